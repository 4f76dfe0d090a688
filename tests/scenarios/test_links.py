"""No link leads nowhere: whatever a page of the demo site offers to a visitor or to an administrator is there."""
import urllib.parse

from harness import Scenario

SECRET = "correct horse staple"


class Links(Scenario):
    init = ("--demo",)
    people = (("boss", "admin", SECRET),)

    def walk(self, client):
        waiting, seen, dead = ["/"], {"/"}, []
        while waiting:
            where = waiting.pop()
            reply = client.get(where)
            if reply.status >= 400:
                dead.append((reply.status, where))
            if reply.status != 200 or not reply.headers["Content-Type"].startswith("text/html"):
                continue
            for node in reply.page.all("a[href], link[href], img[src], script[src]"):
                at = urllib.parse.urljoin(where, (node.get("href") or node.get("src")).partition("#")[0])
                if at.startswith("/") and not at.startswith("//") and at not in seen:
                    seen.add(at)
                    waiting.append(at)
        self.assertGreater(len(seen), 150)
        return dead

    def test_a_visitor_s(self):
        self.assertEqual(self.walk(self.client), [])

    def test_an_administrator_s(self):
        self.assertEqual(self.walk(self.editor("boss", SECRET)), [])


class Foot(Scenario):
    def test_nothing_is_offered_twice(self):
        links = [a["href"] for a in self.client.get("/").page.all("footer nav a")]
        self.assertIn("/log", links)
        self.assertEqual(sorted(links), sorted(set(links)))
