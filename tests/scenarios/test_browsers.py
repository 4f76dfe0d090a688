"""Browsers that say little of where a form comes from, and those that say it comes from elsewhere: nobody is kept out, and nothing is done in anybody's name.

Over http away from loopback no browser says Sec-Fetch-Site, and what else is said differs from browser to browser; tests/browser/named.test.mjs asks
the real ones. Here are their forms as they come over the wire."""
from harness import Client, Scenario, id_of

EDITOR = ("ed", "editor", "correct horse staple")
ONION = "w3kbqj5exvmz2sd7hnt4yflgcoaupr6i2wqkz5m7b3xhdtjvesnoyqid.onion"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1"

# Who, the Host of every request, and what a form is sent with. The site calls itself https://wire.example.
LITTLE = [
    ("a browser on the local network", "192.168.7.20:8080", {"User-Agent": FIREFOX, "Origin": "http://192.168.7.20:8080"}),
    ("any browser, of a page that asks for no referrer", "wire.test:8080", {"User-Agent": FIREFOX, "Origin": "null"}),
    ("Safari before it said Sec-Fetch-Site", "wire.test", {"User-Agent": SAFARI, "Origin": "http://wire.test"}),
    ("Tor Browser, at an onion address", ONION, {"User-Agent": FIREFOX, "Origin": "null", "Sec-Fetch-Site": ""}),
    ("w3m", "wire.test:8080", {"User-Agent": "w3m/0.5.3+git20230121", "Referer": "http://wire.test:8080/publish"}),
    ("lynx", "wire.test:8080", {"User-Agent": "Lynx/2.9.0dev.12 libwww-FM/2.14"}),
    ("a form that was saved, opened from the disk", "wire.test", {"User-Agent": FIREFOX, "Origin": "file://"}),
    ("a privacy tool that takes Origin and Referer out", "wire.test", {"User-Agent": FIREFOX}),
    ("a privacy tool that leaves them empty", "wire.test", {"User-Agent": FIREFOX, "Origin": "", "Referer": ""}),
    ("a Host that tells the port that goes without saying", "wire.test:80", {"User-Agent": SAFARI, "Origin": "http://wire.test"}),
    ("letters of another case", "Wire.TEST:8080", {"User-Agent": SAFARI, "Origin": "HTTP://wire.test:8080"}),
    ("an address of IPv6", "[fd00::20]:8080", {"User-Agent": SAFARI, "Origin": "http://[fd00::20]:8080"}),
    ("a name that ends in a dot", "wire.test.:8080", {"User-Agent": SAFARI, "Origin": "http://wire.test:8080"}),
    ("a proxy that ends TLS", "news.test", {"User-Agent": FIREFOX, "Origin": "https://news.test"}),
    ("a proxy that ends TLS and tells its own port", "news.test:80", {"User-Agent": SAFARI, "Origin": "https://news.test"}),
    ("a proxy on a port that it does not pass on", "news.test", {"User-Agent": SAFARI, "Origin": "https://news.test:8443"}),
    ("a proxy that passes its own name on", "127.0.0.1:9000", {"User-Agent": SAFARI, "Origin": "https://wire.example"}),
    ("a word of Fetch Metadata that is not known yet", "wire.test", {"User-Agent": FIREFOX, "Sec-Fetch-Site": "same-device", "Origin": "null"}),
    ("the person at the browser", "wire.test", {"User-Agent": FIREFOX, "Sec-Fetch-Site": "none", "Origin": "null"}),
    ("a page that asks for no referrer, over TLS", "wire.test", {"User-Agent": FIREFOX, "Sec-Fetch-Site": "same-origin", "Origin": "null"}),
]

ELSEWHERE = [
    ("another site, by Fetch Metadata", {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}),
    ("another site that hides its name, by Fetch Metadata", {"Sec-Fetch-Site": "cross-site", "Origin": "null"}),
    ("another site, by Origin", {"Origin": "https://elsewhere.example"}),
    ("a sibling under the same domain", {"Sec-Fetch-Site": "same-site", "Origin": "http://blog.wire.test"}),
    ("a sibling, by Origin", {"Origin": "http://blog.wire.test:8080"}),
    ("a name that begins like ours", {"Origin": "http://wire.test.elsewhere.example"}),
    ("a name that ends like ours", {"Origin": "http://notwire.test:8080"}),
    ("a name behind ours", {"Origin": "http://wire.test@elsewhere.example"}),
    ("an extension's page", {"Origin": "moz-extension://8c5b0d3e-71f2-4d5a-9f0e-3a1c2b4d5e6f"}),
    ("two at once", {"Origin": "http://elsewhere.example http://wire.test:8080"}),
]


class Browser(Client):
    """One that has a way of its own to say, or not, where a form comes from."""

    def __init__(self, server, host, says):
        super().__init__(server)
        self.host, self.says = host, says

    def request(self, method, url, body=None, headers=None):
        says = self.says if method == "POST" else {k: v for k, v in self.says.items() if k == "User-Agent"}
        return super().request(method, url, body, {"Host": self.host, **says, **(headers or {})})


class Browsers(Scenario):
    people = [EDITOR]
    conf = {"site": {"url": "https://wire.example"}}

    def browser(self, host="wire.test:8080", says=None):
        client = Browser(self.server, host, {"User-Agent": SAFARI} if says is None else says)
        self.addCleanup(client.close)
        return client

    def journeys(self, who, browser):
        """All that people do with forms, at the first try."""
        article, edit = browser.published(f"By {who}", "Words.")
        form = browser.get(edit).form("form#correct").set(body="Better words.")
        self.assertEqual(browser.send(form, "correct").status, 303)
        self.assertEqual(browser.send(browser.get(edit).form("form#write").set(message="Thank you.")).status, 303)
        self.assertEqual(browser.comment(article, "Well said.").status, 303)
        self.assertEqual(browser.login("ed", "correct horse staple").status, 303)
        self.assertEqual(browser.act(f"/editor/article/{id_of(article)}", "feature").status, 303)
        known, _edit = browser.published(f"Known {who}", "Words.", author="Ed")
        self.assertEqual(browser.get(known).page.one(".byline").text.split()[:2], ["by", "Ed"])
        self.assertNotIn("unverified", browser.get(known).page.one(".byline").text)
        self.assertEqual(browser.post("/logout", {"token": browser.token("/account")}).status, 303)

    def test_what_a_browser_leaves_unsaid_refuses_nothing(self):
        for who, host, says in LITTLE:
            with self.subTest(who):
                self.journeys(who, self.browser(host, says))

    def test_what_another_site_sends_is_refused_filled_and_can_be_sent_from_here(self):
        for who, says in ELSEWHERE:
            with self.subTest(who):
                browser = self.browser()
                form = browser.get("/publish").form("form#publish").set(title=f"Said {who}", body="One line.\nAnother.", type="news", topic=["housing", "media"])
                browser.says = says
                refused = browser.send(form, "publish")
                self.assertEqual(refused.status, 403)
                self.assertIn("another site", refused.alerts)
                self.assertNotIn(f"Said {who}", self.listed())
                again = refused.form("form#again")
                self.assertEqual((again.value("title"), again.value("body"), again.values("topic")), (f"Said {who}", "One line.\nAnother.", ["housing", "media"]))
                self.assertNotEqual(again.node.one("[name=title]").get("type"), "hidden", "what another site wrote can be read")
                browser.says = {"Origin": "http://wire.test:8080"}
                self.assertEqual(browser.send(again).status, 303)
                self.assertIn(f"Said {who}", self.listed())

    def test_nobody_is_logged_in_by_another_site(self):
        for who, says in ELSEWHERE + [("a frame that hides its name", {"Origin": "null", "User-Agent": FIREFOX}), ("a page of an old browser", {"User-Agent": FIREFOX}),
                                      ("a page in w3m", {"User-Agent": "w3m/0.5.3", "Referer": "http://elsewhere.example/"})]:
            with self.subTest(who):
                browser = self.browser(says=says)
                for before in (lambda: None, lambda: browser.get("/login")):  # whether or not the visitor has been here
                    before()
                    reply = browser.post("/login", {"user": "ed", "password": "correct horse staple", "next": "/editor/queue", "token": "0" * 32})
                    self.assertEqual(reply.status, 403)
                    self.assertNotIn("session", browser.cookies)
                    self.assertNotIn("horse", reply.text)
                browser.says = {"Origin": "null", "User-Agent": FIREFOX}
                form = reply.form("form#login")
                self.assertEqual((form.value("user"), form.value("next")), ("ed", "/editor/queue"))
                self.assertEqual(browser.send(form.set(password="correct horse staple")).status, 303)
                self.assertIn("session", browser.cookies)

    def test_two_log_in_forms_side_by_side(self):
        browser = self.browser(says={"User-Agent": FIREFOX, "Origin": "null"})
        forms = [browser.get("/login").form("form#login").set(user="ed", password="correct horse staple") for _two in range(2)]
        self.assertEqual(browser.send(forms[0]).status, 303)
        self.assertEqual(browser.send(forms[1]).status, 303)

    def test_one_visitors_log_in_form_is_no_other_visitors(self):
        says = {"User-Agent": FIREFOX, "Origin": "null"}
        form = self.browser(says=says).get("/login").form("form#login").set(user="ed", password="correct horse staple")
        other = self.browser(says=says)
        other.get("/login")
        self.assertEqual(other.send(form).status, 403)

    def test_a_program_logs_in_without_the_form(self):
        reply = self.visitor().post("/login", {"user": "ed", "password": "correct horse staple"})
        self.assertEqual(reply.status, 303)

    def test_what_no_one_vouches_for_is_not_posted_under_a_name(self):
        """A page elsewhere that hides its name makes an editor's browser publish: it may, as anybody's does, but not as the editor's."""
        browser = self.browser(says={"User-Agent": FIREFOX, "Origin": "null"})
        browser.login("ed", "correct horse staple")
        for token in ({}, {"token": ""}, {"token": "0" * 32}):
            reply = browser.post("/publish", {"title": f"Not by ed {len(token)}{token.get('token', '')[:1]}", "body": "x", "type": "news", "author": "ed", "action": "publish", **token})
            self.assertEqual(reply.status, 303)
            article = browser.get(reply.location).page.one("a[rel=bookmark]")["href"]
            self.assertIn("unverified", browser.get(article).page.one(".byline").text)
            where = f"/article/{id_of(article)}/comment"
            self.assertEqual(browser.post(where, {"body": f"Nor this {token}", "author": "ed", "action": "publish", **token}).status, 303)
            self.assertIn("unverified", browser.get(article).page.all("article.comment")[-1].text)
        self.assertEqual(browser.get("/editor").status, 200, "the session goes on")
        browser.says = {"Origin": "http://wire.test:8080"}
        reply = browser.post("/publish", {"title": "By ed", "body": "x", "type": "news", "author": "ed", "action": "publish"})
        self.assertNotIn("unverified", browser.get(browser.get(reply.location).page.one("a[rel=bookmark]")["href"]).page.one(".byline").text)

    def test_the_desk_asks_for_its_token_whatever_is_said(self):
        article, _edit = self.client.published("Stays", "Words.")
        desk = f"/editor/article/{id_of(article)}"
        browser = self.browser()
        browser.login("ed", "correct horse staple")
        for says in ({"Origin": "http://wire.test:8080"}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {}):
            browser.says = says
            self.assertEqual(browser.post(desk, {"action": "hide", "reason": "spam"}).status, 403)
        self.assertIn("Stays", self.listed())

    def test_an_act_that_another_site_sent_is_read_and_owned_before_it_is_done(self):
        article, _edit = self.client.published("Hidden by whom", "Words.")
        desk = f"/editor/article/{id_of(article)}"
        browser = self.browser(says={"Origin": "https://elsewhere.example"})
        act = {"action": "hide", "reason": "spam", "note": "Not mine."}
        refused = browser.post(desk, act)  # browsers leave the session's cookie out
        self.assertEqual(refused.status, 403)
        self.assertNotIn("token", [n for n, _v in refused.form("form#again").fields])
        browser.says = {"Origin": "http://wire.test:8080"}
        browser.login("ed", "correct horse staple")
        self.owned(browser.send(refused.form("form#again")))
        browser.says = {"Origin": "http://blog.wire.test:8080"}
        self.owned(browser.post(desk, act))
        self.assertIn("Hidden by whom", self.listed())

    def owned(self, refused):
        self.assertEqual(refused.status, 403)
        form = refused.page.one("form#again")
        for name in ("action", "reason", "note"):
            self.assertNotEqual(form.one(f"[name={name}]").get("type"), "hidden", f"{name} cannot be read")
        self.assertIn("required", form.one("input[type=checkbox]").attrs)
        self.assertEqual(refused.headers["Content-Security-Policy"].count("frame-ancestors 'self'"), 1)

    def test_what_another_site_sent_is_sent_on_without_a_name(self):
        for knows in (True, False):  # a sibling's form comes with the session, another site's does not
            with self.subTest(knows=knows):
                browser = self.browser(says={"Origin": "http://blog.wire.test:8080"})
                session = dict(self.editor().cookies)
                browser.cookies = dict(session) if knows else {}
                refused = browser.post("/publish", {"title": f"Nameless {knows}", "body": "x", "type": "news", "author": "Ed", "action": "publish"})
                self.assertEqual(refused.status, 403)
                browser.cookies, browser.says = dict(session), {"Origin": "http://wire.test:8080"}
                sent = browser.send(refused.form("form#again"))
                self.assertEqual(sent.status, 303)
                article = browser.get(sent.location).page.one("a[rel=bookmark]")["href"]
                self.assertIn("unverified", browser.get(article).page.one(".byline").text)

    def test_files_that_another_site_sent_are_told_to_be_gone(self):
        browser = self.browser()
        form = browser.get("/publish").form("form#publish").set(title="With a file", body="Words.", type="news")
        browser.says = {"Origin": "https://elsewhere.example"}
        refused = browser.send(form, "publish", files=[("files", "a.txt", "text/plain", b"x"), ("files", "b.txt", "text/plain", b"y")])
        self.assertEqual(refused.status, 403)
        self.assertIn("2 files that came with it could not be kept.", refused.page.one("form#again").text)
        browser.says = {}
        looked = browser.send(refused.form("form#again"), "preview")
        self.assertEqual(looked.status, 200)
        self.assertEqual(looked.form("form#publish").value("title"), "With a file")
        self.assertTrue(looked.page.has("form#publish input[type=file]"))


class Numbers(Scenario):
    """Where the anti-spam number is asked for."""
    people = [EDITOR]
    conf = {"spam": {"challenge": "number", "least_seconds": "0"}}

    def test_a_session_that_nobody_vouches_for_answers_the_number(self):
        client = self.editor()
        fields = {"title": "Asked", "body": "x", "type": "news", "action": "publish"}
        reply = client.post("/publish", fields, headers={"Origin": "null"})
        self.assertRefused(reply, "answer")
        self.assertEqual(client.post("/publish", {**fields, "token": client.token("/account")}, headers={"Origin": "null"}).status, 303)

    def test_what_is_sent_from_here_has_its_number(self):
        form = self.client.get("/publish").form("form#publish").set(title="Numbered", body="x", type="news", answer="12345", website="a trap")
        refused = self.client.post(form.action, form.fields, headers={"Origin": "https://elsewhere.example"})
        self.assertEqual(refused.status, 403)
        again = refused.form("form#again")
        self.assertEqual((again.value("answer"), again.value("website")), ("", ""))
        self.assertTrue(refused.page.has("form#again .challenge img"))


class Referrers(Scenario):
    """What a page's address tells to others."""

    def test_no_page_makes_its_own_forms_hide_where_they_come_from(self):
        article, edit = self.client.published("Referred", "Words.")
        receipt = self.client.publish("Received", "Words.").location
        for where in ("/", "/publish", article, f"/article/{id_of(article)}/print", f"/article/{id_of(article)}/comment", "/login", "/nowhere", "/newswire", edit, receipt):
            reply = self.client.get(where)
            self.assertFalse(reply.page.has("meta[name=referrer]"), where)
            self.assertEqual(reply.headers.get_all("Referrer-Policy"), ["no-referrer" if where in (edit, receipt) else "same-origin"], where)

    def test_a_private_address_is_told_to_nobody_even_where_it_opens_nothing(self):
        for where in ("/edit/" + "ab" * 16, "/receipt/" + "ab" * 16, "/edit/xyz"):
            for reply in (self.client.get(where), self.client.post(where, {"action": "write"})):
                self.assertIn(reply.status, (404, 405), where)
                if reply.status == 404 and "xyz" not in where:
                    self.assertEqual(reply.headers["Referrer-Policy"], "no-referrer", where)

    def test_a_browser_may_remember_what_people_write(self):
        page = self.client.get("/publish").page
        for n in page.one("form#publish").walk():
            if n.get("autocomplete") == "off":
                self.assertIn(n.get("name"), ("answer", "website"))
        self.assertNotEqual(page.one("#f-title").get("autocomplete"), "off")


class Kept(Scenario):
    """Whatever a form is refused for, what was typed into it comes back."""

    def test_under_an_article_that_is_gone(self):
        reply = self.client.post("/article/999999/comment", {"body": "Long\nwords.", "author": "Ana", "action": "publish"})
        self.assertEqual(reply.status, 404)
        self.assertEqual(reply.form("form#again").value("body"), "Long\nwords.")

    def test_with_a_private_link_that_was_not_copied_whole(self):
        reply = self.client.post("/edit/" + "ab" * 16, {"title": "T", "body": "Long\nwords.", "action": "save"})
        self.assertEqual(reply.status, 404)
        self.assertEqual(reply.form("form#again").value("body"), "Long\nwords.")
