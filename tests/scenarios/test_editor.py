"""An editor curates, and everybody can see what was done."""
import json

from harness import Scenario, command, id_of

EDITOR = ("ed", "editor", "correct horse staple")
WRITER = ("win", "contributor", "another long word")


class Accounts(Scenario):
    people = [EDITOR, WRITER]

    def test_login_and_logout(self):
        self.assertFalse(self.client.get("/").page.has("form[action=/logout]"))
        reply = self.client.login("ed", "correct horse staple")
        self.assertEqual(reply.status, 303, reply)
        cookie = reply.headers["Set-Cookie"].lower()
        for word in ("httponly", "samesite=lax", "path=/"):
            self.assertIn(word, cookie)
        self.assertNotIn("secure", cookie)
        self.assertEqual(self.client.get("/editor").status, 200)
        cookies = dict(self.client.cookies)
        out = self.client.post("/logout", {"token": self.client.token("/editor")})
        self.assertEqual(out.status, 303, out)
        self.client.cookies = cookies  # a stolen copy is worth nothing afterwards
        self.assertIn(self.client.get("/editor").status, (303, 401, 403))

    def test_names_are_found_in_any_case(self):
        self.assertEqual(self.client.login("ED", "correct horse staple").status, 303)

    def test_wrong_logins(self):
        answers = {self.client.login(*pair).alerts for pair in (("ed", "wrong"), ("nobody", "wrong"), ("ed", "x" * 1024))}
        self.assertEqual(len(answers), 1, f"the answer tells whether the name exists: {answers}")
        self.assertNotEqual(answers, {""})
        for pair in (("ed", ""), ("", ""), ("ed", "x" * 5000)):
            self.assertIn(self.client.login(*pair).status, (413, 422))
        self.assertNotIn("session", self.client.cookies)

    def test_only_known_paths_are_gone_to_after_login(self):
        for where in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
            reply = self.visitor().post("/login", {"user": "ed", "password": "correct horse staple", "next": where})
            self.assertEqual(reply.status, 303)
            self.assertNotIn("elsewhere", reply.headers["Location"])

    def test_a_contributor_may_not_edit(self):
        article, _ = self.client.published("Not for writers", "Words.")
        writer = self.editor("win", "another long word")
        self.assertEqual(writer.get("/editor").status, 403)
        self.assertEqual(writer.post(f"/editor/article/{id_of(article)}", {"action": "feature"}).status, 403)

    def test_a_disabled_account_is_out_at_once(self):
        self.site.user("leaving", "editor", "some other password")
        client = self.editor("leaving", "some other password")
        self.assertEqual(client.get("/editor").status, 200)
        self.assertEqual(command("user", self.site.path, "disable", "leaving").returncode, 0)
        self.assertIn(client.get("/editor").status, (303, 401, 403))
        self.assertNotEqual(client.login("leaving", "some other password").status, 303)

    def test_the_user_command(self):
        listed = command("user", self.site.path, "list")
        self.assertEqual(listed.returncode, 0)
        self.assertIn("ed", listed.stdout)
        again = command("user", self.site.path, "add", "Ed", "--role", "editor", stdin="some password here\n")
        self.assertEqual(again.returncode, 1, again)
        self.assertEqual(len(again.stderr.strip().splitlines()), 1, again.stderr)
        self.assertEqual(command("user", self.site.path, "add", "x", "--role", "emperor", stdin="some password here\n").returncode, 2)
        short = command("user", self.site.path, "add", "short", "--role", "editor", stdin="\n")
        self.assertEqual(short.returncode, 1)

    def test_a_password_is_in_no_file(self):
        for path in self.site.path.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"correct horse", path.read_bytes(), path)


class Desk(Scenario):
    people = [EDITOR]

    def setUp(self):
        super().setUp()
        self.name = self.id().rsplit(".", 1)[1].replace("_", " ")
        self.article, _ = self.client.published(self.name, f"Words of {self.name}.", topic=["housing"])
        self.desk = f"/editor/article/{id_of(self.article)}"
        self.ed = self.editor()

    def entries(self):
        return [e.text for e in self.visitor().get("/log").page.all(".entry")]

    def act(self, action, **fields):
        before = len(self.entries())
        reply = self.ed.act(self.desk, action, **fields)
        self.assertEqual(reply.status, 303, reply)
        entries = self.entries()
        self.assertEqual(len(entries), before + 1, f"{action} is not in the log once")
        self.assertIn(self.name, entries[0])
        for value in fields.values():
            if " " in value:
                self.assertIn(value, entries[0])

    def test_feature_and_unfeature(self):
        self.act("feature", note="A very good one.")
        self.assertIn(self.name, self.listed("/features"))
        self.assertIn(self.name, self.visitor().get("/").page.text)
        self.act("unfeature")
        self.assertNotIn(self.name, self.listed("/features"))

    def test_promote_and_demote(self):
        self.act("promote")
        self.assertIn(self.name, self.listed("/local"))
        self.act("demote")
        self.assertNotIn(self.name, self.listed("/local"))

    def test_hide_and_unhide(self):
        self.assertEqual(self.ed.act(self.desk, "hide").status, 422)
        self.assertEqual(self.ed.act(self.desk, "hide", reason="made-up").status, 422)
        self.assertIn(self.name, self.listed())
        self.act("hide", reason="off-topic", note="It is about something else.")
        for where in ("/", "/newswire", "/topic/housing"):
            self.assertNotIn(f"Words of {self.name}", self.visitor().get(where).text)
            self.assertNotIn(self.name, self.listed(where))
        page = self.visitor().get(self.article)
        self.assertEqual(page.status, 200)
        self.assertIn("Outside what this site is for", page.page.one(".banner").text)
        self.assertIn("It is about something else.", page.page.one(".banner").text)
        self.assertIn("noindex", page.page.one("meta[name=robots]")["content"])
        self.assertIn(f"Words of {self.name}.", page.page.text)
        self.assertIn(self.name, self.visitor().get("/hidden").page.text)
        self.act("unhide")
        self.assertIn(self.name, self.listed())
        self.assertFalse(self.visitor().get(self.article).page.has(".banner"))
        self.assertNotIn(self.name, self.visitor().get("/hidden").page.text)

    def test_what_its_author_withdrew_cannot_be_hidden_back(self):
        article, edit = self.visitor().published("Taken back", "Words that were taken back.")
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        self.assertEqual(self.ed.act(f"/editor/article/{id_of(article)}", "hide", reason="other").status, 409)
        self.assertEqual(self.visitor().get(article).status, 404)

    def test_lock_and_unlock(self):
        self.act("lock")
        self.act("unlock")

    def test_edit_keeps_a_revision(self):
        form = self.ed.get(self.desk + "/edit").form("form#edit")
        before = len(self.entries())
        reply = self.ed.send(form.set(title=self.name + " mended", note="A slip of the pen."), "edit")
        self.assertEqual(reply.status, 303, reply)
        self.assertEqual(len(self.entries()), before + 1)
        self.assertIn("A slip of the pen.", self.entries()[0])
        page = self.visitor().get(self.article, follow=True)
        self.assertEqual(page.page.one("h1").text, self.name + " mended")
        self.assertIn("Modified", page.page.text)
        self.assertRefused(self.ed.send(self.ed.get(self.desk + "/edit").form("form#edit").set(title=""), "edit"), "title")

    def test_the_same_action_twice_is_logged_once(self):
        self.act("feature")
        before = len(self.entries())
        self.assertIn(self.ed.act(self.desk, "feature").status, (303, 409))
        self.assertEqual(len(self.entries()), before)

    def test_unknown_actions_and_articles(self):
        self.assertIn(self.ed.act(self.desk, "explode").status, (400, 422))
        token = self.ed.token(self.desk)
        self.assertEqual(self.ed.post("/editor/article/99999", {"action": "feature", "token": token}).status, 404)
        self.assertEqual(self.ed.post("/editor/comment/99999", {"action": "hide", "reason": "spam", "token": token}).status, 404)

    def test_the_log_for_machines(self):
        self.act("feature", note="For <machines> & \"others\"")
        reply = self.visitor().get("/log.json")
        self.assertEqual(reply.status, 200)
        self.assertTrue(reply.headers["Content-Type"].startswith("application/json"))
        self.assertIn('For <machines> & "others"', json.dumps(json.loads(reply.text), ensure_ascii=False).replace('\\"', '"'))
