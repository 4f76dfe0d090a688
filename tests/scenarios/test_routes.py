"""The route table is walked: what it demands is what strangers, sessions without a token and wrong methods meet."""
import re

from harness import Scenario, command, id_of

OPEN = ("read", "publish")
HERE = "operate"  # for whoever reaches an operators' listener, which these do not; test_seeing has the rest


class Routes(Scenario):
    people = [("ada", "admin", "correct horse staple")]

    @classmethod
    def settle(cls):
        from harness import Client
        client = Client(cls.server)
        cls.article, cls.edit = client.published("Walked", "Words.", topic=["housing"], author="Wal Ker")
        cls.comment = client.comment(cls.article, "Walked past.").headers["Location"].rpartition("-")[2]
        client.close()
        done = command("routes")
        assert done.returncode == 0, done
        cls.rows, cls.itself = [], []
        for line in done.stdout.splitlines():
            found = re.match(r"(GET|POST) +(/\S*) +(\S+) +token=(yes|no)", line)
            if found:
                cls.rows.append(found.groups())
            if line.endswith("proves-itself"):
                cls.itself.append(found.group(2))
        assert len(cls.rows) > 30, done.stdout

    def address(self, path):
        slug = {"/type": "news", "/topic": "housing", "/region": "none", "/author": "wal-ker", "/page": "about"}
        first = "/" + path.split("/")[1]
        number = self.comment if "comment/{id}" in path else str(id_of(self.article))
        path = path.replace("{id}", number).replace("{key}", self.edit.rsplit("/", 1)[1]).replace("{name}", "picture-1.jpg").replace("{feed}", "feed.atom").replace("{year}", "2004").replace("{month}", "05")
        return path.replace("{slug}", slug.get(first, self.article.rsplit("/", 1)[1]))

    def state(self):
        client = self.visitor()
        return [client.get(w).page.one("main").outline() for w in ("/newswire", "/log", "/hidden", self.article)]

    def test_unsafe_rows_refuse_a_missing_token(self):
        client, before, tried = self.editor("ada"), self.state(), 0
        for method, path, _cap, token in self.rows:
            if token == "yes":
                tried += 1
                self.assertEqual(method, "POST", path)
                for extra in ({}, {"token": ""}, {"token": "0" * 64}):
                    fields = {"action": "hide", "reason": "spam", **extra}
                    self.assertEqual(client.post(self.address(path), fields).status, 403, f"{path} with {extra}")
        self.assertGreater(tried, 4)
        self.assertEqual(self.state(), before)
        self.assertEqual(client.get("/editor").status, 200, "a refused logout logged out")

    def test_another_session_s_token_is_refused(self):
        one, two = self.editor("ada"), self.editor("ada")
        where = f"/editor/article/{id_of(self.article)}"
        self.assertEqual(two.post(where, {"action": "hide", "reason": "spam", "token": one.token(where)}).status, 403)

    def test_every_session_form_that_writes_asks_for_a_token(self):
        for method, path, cap, token in self.rows:
            if method == "POST" and cap not in OPEN:
                self.assertEqual(token, "yes", path)

    def test_guarded_rows_refuse_a_stranger(self):
        before, tried = self.state(), 0
        for method, path, cap, _token in self.rows:
            if cap in OPEN or cap == HERE:
                continue
            tried += 1
            if method == "GET":
                reply = self.client.get(self.address(path))
                self.assertIn(reply.status, (303, 401, 403), path)
                if reply.status == 303:
                    self.assertIn("/login", reply.headers["Location"], path)
            else:
                self.assertIn(self.client.post(self.address(path), {"action": "hide", "reason": "spam"}).status, (401, 403), path)
        self.assertGreater(tried, 8)
        self.assertEqual(self.state(), before)

    def test_no_row_takes_what_another_site_sends_and_each_gives_it_back(self):
        ada, before, tried = self.editor("ada"), self.state(), 0
        for method, path, _cap, _token in self.rows:
            if method != "POST":
                continue
            for client in (self.client, ada):
                for says in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://elsewhere.example"}):
                    tried += 1
                    fields = {"action": "hide", "reason": "spam", "title": "Forged", "body": "x", "type": "news", "user": "ada", "password": "correct horse staple", "confirm": "1"}
                    if client is ada:
                        fields["token"] = ada.token("/account")
                    reply = client.post(self.address(path), fields, headers=says)
                    self.assertEqual(reply.status, 403, f"{path} by {says}")
                    kept = reply.form("form#login" if path in self.itself else "form#again")
                    self.assertEqual((kept.value("user"), kept.action.rpartition(self.server.base)[2]), ("ada", self.address(path)[1:]), path)
                    self.assertNotIn("horse", reply.text, path)
        self.assertGreater(tried, 40)
        self.assertEqual(self.state(), before)
        self.assertEqual(ada.get("/editor").status, 200)

    def test_no_open_row_asks_what_a_browser_leaves_unsaid(self):
        ada, tried = self.editor("ada"), 0
        for method, path, cap, _token in self.rows:
            if method != "POST" or cap not in OPEN or path in self.itself:
                continue
            for client in (self.client, ada):
                for says in ({}, {"Origin": "null"}, {"Origin": ""}):
                    tried += 1
                    self.assertNotIn(client.post(self.address(path), {"action": "preview"}, headers=says).status, (401, 403), f"{path} with {says}")
        self.assertGreater(tried, 10)

    def test_every_page_answers_with_its_headers(self):
        ada = self.editor("ada")
        for client in (self.client, ada):
            for method, path, cap, _token in self.rows:
                if method != "GET" or cap == HERE or (client is self.client and cap not in OPEN):
                    continue
                where = self.address(path)
                reply = client.get(where)
                allowed = (404,) if "region" in path or "receipt" in path or "media" in path or path == "/logo" else (200, 503) if "challenge" in path else (200, 301, 303)
                self.assertIn(reply.status, allowed, where)
                self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff", where)
                self.assertIn("default-src 'none'", reply.headers["Content-Security-Policy"], where)
                self.assertIn("Referrer-Policy", reply.headers, where)
                if cap not in OPEN:
                    self.assertIn("no-store", reply.headers["Cache-Control"], where)
                head = client.head(where)
                if "challenge" in path:
                    continue  # a new one every time
                self.assertEqual(head.status, reply.status, where)
                self.assertEqual(head.raw, b"", where)
                for name in ("Content-Type", "ETag", "Content-Length"):
                    self.assertEqual(head.headers.get(name), reply.headers.get(name), f"{name} of {where}")
                if reply.headers.get("Content-Type", "").startswith("text/html") and reply.status == 200:
                    self.assertEqual(len(reply.page.all("h1")), 1, where)
                    self.assertFalse(reply.page.has("[style], style"), where)
                    self.assertTrue(all(s.get("src") for s in reply.page.all("script")), where)

    def test_wrong_methods(self):
        methods = {}
        for method, path, cap, _token in self.rows:
            methods.setdefault(path, set()).add(method)
        for path, have in methods.items():
            if path == "/metrics":
                continue
            for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - have:
                reply = self.client.request(method, self.address(path), b"")
                self.assertEqual(reply.status, 405, f"{method} {path}")
                allow = {a.strip() for a in reply.headers["Allow"].split(",")}
                self.assertTrue(have <= allow, f"{method} {path}: Allow is {allow}")
                self.assertNotIn(method, allow)
                self.assertEqual("GET" in allow, "HEAD" in allow)
