"""What is typed as Markdown or HTML cannot end the server: a text that breaks the program which reads it comes back with a sentence, and nobody else notices."""
import threading

from harness import Scenario, id_of

KILLING = (  # what Debian's gumbo aborts on
    "<table><td><math><select><mi><table><table>",
    "Words before.\n\n<table><math><select><mi><select><thead>",
    "<table><svg><th><foreignObject><select></table>",
    "<table><svg><select><desc><select></table>Words behind.",
    "<table><math><td><mtext><template></template></table>",
    "<table><caption><math><select><mn><table><table>",
)
FRAGMENTS = (  # what it aborts on only where it is told that a text is a fragment
    "<math><html><mi><table></table></body>",
    "<svg><html><desc><template></template></body>",
    "<math><head><mo><select><select></body>",
    "<svg><head><foreignObject><select></select></body>",
    "<math><head><mtext><article><template></template></head>",
)


class Markup(Scenario):
    conf = {"spam": {"challenge": "none", "limit_posts_per_hour": "100000", "limit_comments_per_hour": "100000"}}

    def setUp(self):
        super().setUp()
        self.article = id_of(self.client.published(f"Under which {self.id()} comments", "Words.")[0])

    def web(self):
        return sorted(pid for pid, line in self.server.children() if " role web " in line)

    def post(self, where, body, how, action="publish"):
        fields = {"title": f"About {hash(body)}", "body": body, "format": how, "type": "news", "action": action}
        return self.client.post("/publish" if where == "article" else f"/article/{self.article}/comment", fields)

    def test_a_text_that_breaks_its_reader_comes_back_with_a_sentence(self):
        before = self.web()
        for body in KILLING:
            for where, action in (("article", "publish"), ("article", "preview"), ("comment", "publish"), ("comment", "preview")):
                with self.subTest(body=body, where=where, action=action):
                    reply = self.post(where, body, "html", action)
                    self.assertEqual(reply.status, 422)
                    self.assertIn("cannot be read: something in its markup stops the program that reads it", reply.alerts)
                    self.assertIn("send it as plain text", reply.alerts)
                    self.assertEqual(reply.form("form#publish" if where == "article" else "main form").value("body"), body)
            self.assertEqual(self.post("article", body, "markdown").status, 303)  # there such tags are words
        self.assertEqual(self.web(), before)
        self.assertEqual(self.post("article", KILLING[0], "plain").status, 303)
        self.assertEqual(self.post("article", "<b>Peace</b>", "html").status, 303)
        self.assertEqual(self.post("comment", "*Peace*", "markdown").status, 303)

    def test_what_is_broken_only_as_a_fragment_is_published(self):
        before = self.web()
        for body in FRAGMENTS:
            with self.subTest(body):
                self.assertEqual(self.post("article", "<p>Words.</p>" + body, "html").status, 303)
        self.assertEqual(self.web(), before)

    def test_others_post_and_read_while_somebody_sends_nothing_else(self):
        before, stop, sent = self.web(), threading.Event(), []

        def attack():
            client = self.visitor()
            while not stop.is_set():
                sent.append(client.post("/publish", {"title": "x", "body": KILLING[len(sent) % len(KILLING)], "format": "html", "type": "news", "action": "preview"}).status)

        attackers = [threading.Thread(target=attack) for _i in range(4)]
        for thread in attackers:
            thread.start()
        try:
            for i in range(30):
                self.assertEqual(self.post("comment", f"*Remark* {i}", ("markdown", "html", "plain")[i % 3]).status, 303)
                self.assertEqual(self.client.get("/newswire").status, 200)
        finally:
            stop.set()
            for thread in attackers:
                thread.join()
        self.assertGreater(len(sent), 30)
        self.assertEqual(set(sent), {422})
        self.assertEqual(self.web(), before)
