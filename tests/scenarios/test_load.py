"""Everything at once on a small server: readers over pages that change, posters, commenters, editors, and whoever asks for the figures.

No figure is asserted: what is looked for are answers that are wrong, and, in a ThreadSanitizer build, threads that get into each other's way."""
import itertools
import re

from harness import SANITIZED, Client, Scenario, together

EACH = 25 if SANITIZED else 60  # of everything that each of them does
READERS, POSTERS = 8, 4


class Load(Scenario):
    init = ("--demo",)
    conf = {"listen": {"workers": "4"}, "cache": {"megabytes": "1"}}
    people = (("ed", "admin", "correct horse staple"),)

    @classmethod
    def settle(cls):
        poster = Client(cls.server)
        cls.articles = [poster.published(f"From the start {i}", f"Words number {i}.", type="news", topic=["housing"])[0] for i in range(6)]
        poster.close()

    def read(self, which):
        """Kept and unkept answers, with and without compression, HEAD, 304, pages that are not there."""
        client, tags = self.visitor(), {}
        places = itertools.cycle(["/", "/newswire", "/topic/housing", *self.articles, "/log", "/hidden", "/search?q=words", "/no/such/page",
                                  f"/newswire?before=2000000000000000-{which}", "/readyz", "/style.css", "/publish"])
        for where in itertools.islice(places, which, which + 4 * EACH):
            headers = {"Accept-Encoding": "gzip"} if which % 2 else {}
            if which % 3 == 0 and where in tags:
                headers["If-None-Match"] = tags[where]
            reply = client.request("HEAD" if which % 4 == 3 else "GET", where, None, headers)
            self.assertIn(reply.status, (404,) if where == "/no/such/page" else (200, 304), (where, reply))
            tags[where] = reply.headers.get("ETag", "none")

    def write(self, which):
        """Whoever wrote sees at once what was written."""
        client = self.visitor()
        for i in range(EACH):
            title = f"Posted under load by {which}, number {i}"
            where, edit = client.published(title, f"Words of {title}.", type="news", topic=["housing"])
            self.assertIn(title, [n.text for n in client.get("/newswire").page.all("article.row h2")])
            reply = client.comment(self.articles[i % len(self.articles)], f"A remark on it by {which}, number {i}.")
            self.assertEqual(reply.status, 303, reply)
            self.assertIn(f"A remark on it by {which}, number {i}.", client.get(reply.location.split("#")[0]).text)
            if i % 5 == 0:
                self.assertIn(client.send(client.get(edit).form("main form").set(body=f"{title}, put right."), "correct").status, (200, 303))
                self.assertIn("put right", client.get(where).text)

    def edit(self):
        desk = self.editor()
        for i in range(EACH // 2):
            number = re.search(r"/article/(\d+)", self.articles[i % len(self.articles)])[1]
            for action in ("feature", "unfeature", "promote", "demote"):
                self.assertIn(desk.act(f"/editor/article/{number}", action).status, (303, 409))
            self.assertEqual(desk.get("/editor").status, 200)

    def come_and_go(self):
        """Sessions that begin and end."""
        for _i in range(EACH // 5):
            client = self.editor()
            self.assertEqual(client.get("/").status, 200)
            self.assertEqual(client.post("/logout", {"token": client.token("/account")}).status, 303)

    def test_all_at_once(self):
        together(*[lambda n=n: self.read(n) for n in range(READERS)], *[lambda n=n: self.write(n) for n in range(POSTERS)], self.edit, self.come_and_go)
        self.assertEqual(self.site.check().returncode, 0)
