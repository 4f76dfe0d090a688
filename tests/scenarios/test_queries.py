"""How many queries a page asks: a number that its rows do not change."""
import datetime
import re

from harness import Scenario, command

ROUNDS = 4   # rows of each kind before they are doubled; lists show more than twice as many
FRONT, ARTICLE, LIST, OTHER = 8, 6, 4, 10  # queries at most


class Queries(Scenario):
    init = ("--demo",)
    conf = {"cache": {"megabytes": "0"}, "listen": {"workers": "1"}}
    people = (("ed", "admin", "correct horse staple"),)

    @classmethod
    def settle(cls):
        from harness import Client
        cls.poster, cls.desk, cls.posted = Client(cls.server), Client(cls.server), []
        cls.addClassCleanup(cls.poster.close)
        cls.addClassCleanup(cls.desk.close)
        assert cls.desk.login("ed", "correct horse staple").status == 303
        cls.article, cls.edit = cls.poster.published("Much talked about", "Words of the first.", type="news", topic=["housing"], author="Ada")

    @classmethod
    def add_rows(cls, n):
        """n more of everything that a page lists: articles of each kind, comments, hidden ones, revisions, log entries."""
        for i in range(len(cls.posted), len(cls.posted) + n):
            where, _edit = cls.poster.published(f"Counted {i}", f"Words number {i}.", type="news", topic=["housing", "labour"], author="Ada")
            away, _edit = cls.poster.published(f"Put away {i}", f"Other words, number {i}.", type="news", topic=["housing"])
            cls.posted.append(where)
            assert cls.poster.comment(cls.article, f"A remark, number {i}.").status == 303
            hidden = cls.poster.comment(cls.article, f"A remark to be hidden, number {i}.")
            number, comment = re.search(r"/article/(\d+)", where)[1], re.search(r"comment-(\d+)", hidden.location)[1]
            for thing, action, fields in ((f"article/{number}", "feature", {}), (f"article/{number}", "promote", {}),
                                          (f"article/{re.search('/article/([0-9]+)', away)[1]}", "hide", {"reason": "spam"}),
                                          (f"comment/{comment}", "hide", {"reason": "spam"})):
                reply = cls.desk.act(f"/editor/{thing}", action, **fields)
                assert reply.status == 303, reply
            form = cls.poster.get(cls.edit).form("main form").set(body=f"Words of the first, put right {i} times.")
            assert cls.poster.send(form, "correct").status in (200, 303)

    def asked(self):
        return int(re.search(r"^broadside_queries_total (\d+)$", self.site.metrics(), re.M)[1])

    def cost(self, ask):
        """The answer, and the queries it cost without those of the figures themselves."""
        first = self.asked()
        second = self.asked()
        reply = ask()
        return reply, self.asked() - second - (second - first)

    def count(self, client, where):
        """The least of three times, since whoever finds the site's lists changed loads them first."""
        found = []
        for _time in range(3):
            reply, cost = self.cost(lambda: client.get(where))
            self.assertEqual(reply.status, 200, reply)
            found.append(cost)
        return min(found)

    def pages(self):
        number = re.search(r"/article/(\d+)", self.article)[1]
        now = datetime.datetime.now(datetime.timezone.utc)
        fills = {"/type/{slug}": "/type/news", "/topic/{slug}": "/topic/housing", "/region/{slug}": None, "/author/{slug}": "/author/ada",
                 "/archive/{year}/{month}": f"/archive/{now.year}/{now.month}", "/article/{id}": None, "/article/{id}/{slug}": self.article,
                 "/page/{slug}": "/page/about", "/comment/{id}": None, "/media/{key}/{name}": None, "/edit/{key}": self.edit, "/receipt/{key}": None, "/search": "/search?q=words",
                 "/metrics": None, **{f"{form}/challenge{end}": None for form in ("", "/publish", "/login", "/article/{id}/comment") for end in ("", ".png")}, "/logo": None, "/signup": None, "/editor/comment/{id}": None}
        fills.update({f"{route}/{{feed}}": where and f"{where}/feed.atom" for route, where in fills.items() if route.endswith("/{slug}")})
        for line in command("routes").stdout.splitlines():
            if not line.startswith("GET "):
                continue
            route = line.split()[1]
            where = fills.get(route, route.replace("{id}", number).replace("{feed}", "feed.atom"))
            if where:
                yield route, where

    def counts(self):
        found = {}
        for who, client in (("a reader", self.client), ("an editor", self.desk)):
            for route, where in self.pages():
                if route.startswith(("/editor", "/account")) and client is self.client:
                    continue
                found[who, route] = self.count(client, where)
        return found

    def test_they_are_few_and_none_is_asked_for_a_row(self):
        self.add_rows(ROUNDS)
        few = self.counts()
        self.add_rows(ROUNDS)
        many = self.counts()
        self.assertEqual(few, many, "rows add queries")
        lists = ("/newswire", "/features", "/local", "/type/{slug}", "/topic/{slug}", "/author/{slug}", "/archive/{year}/{month}", "/search", "/gallery", "/log", "/hidden")
        for (who, route), n in many.items():
            most = {"/": FRONT, "/article/{id}/{slug}": ARTICLE}.get(route, LIST if route in lists or route.endswith("{feed}") else OTHER)
            self.assertLessEqual(n, most, f"{route} for {who}")
        self.assertGreater(many["a reader", "/"], 1)

    def test_a_comment_asks_nothing_beside_its_write(self):
        found = []
        for i in range(3):  # the least of them: whoever finds the site's lists changed loads them first
            form = self.client.get(self.article).form("form#quick-comment").set(body=f"As usual, number {i}.")
            reply, cost = self.cost(lambda form=form: self.client.send(form))
            self.assertEqual(reply.status, 303)
            self.assertRegex(reply.location, r"/article/\d+/[^?]+#comment-\d+$")
            found.append(cost)
        self.assertEqual(min(found), 0, found)
