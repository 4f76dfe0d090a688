"""The main job in a text browser: what w3m shows, and publishing with nothing but its forms."""
import os
import pty
import re
import select
import signal
import subprocess

from harness import Scenario, id_of


class TextBrowser(Scenario):
    init = ("--demo",)

    def dump(self, where):
        done = subprocess.run(["w3m", "-dump", "-cols", "80", "-o", "use_proxy=0", self.server.base.rstrip("/") + where], capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_an_article_reads_in_a_sensible_order(self):
        article, _ = self.client.published("Tide tables", "The body of it.", summary="The sum of it.", author="Lou", topic=["media"],
                                                source="Harbour Almanac", licence="public-domain")
        self.client.comment(article, "A remark on it.")
        text = self.dump(article)
        order = ["Skip to the text", "Publish", "The Scenario", "Comment on this article", "Media", "Tide tables", "Lou", "The sum of it.", "The body of it.",
                 "Harbour Almanac", "public domain", "A remark on it."]
        places = [text.find(words) for words in order]
        self.assertNotIn(-1, places, list(zip(order, places)))
        self.assertEqual(places, sorted(places), list(zip(order, places)))

    def test_lists_and_forms_show(self):
        self.assertIn("Newswire", self.dump("/"))
        text = self.dump("/publish")
        for words in ("Title", "Summary", "Text format", "Publish", "Preview", "Type", "Licen"):
            self.assertIn(words, text)

    def test_a_comment_s_private_link_is_offered(self):
        """lynx sends the form, keeps the cookie and follows to the article, as it does for whoever sits before it."""
        article, _ = self.client.published("Commented upon in text", "Words.")
        done = subprocess.run(["lynx", "-dump", "-accept_all_cookies", "-post_data", f"{self.server.base.rstrip('/')}/article/{id_of(article)}/comment"],
                              input="body=A+remark+from+a+terminal.&action=publish\n---\n", capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        text = done.stdout
        self.assertIn("A remark from a terminal.", text)
        self.assertIn("This is your comment.", text)
        [key] = set(re.findall(r"/edit/([0-9a-f]{48})", re.sub(r"\s+", "", text)))
        for words in ("A remark from a terminal.", "Correct it", "Take it back", "Withdraw it", "Erase it now", "Write to the editors"):
            self.assertIn(words, self.dump(f"/edit/{key}"))

    def lynx(self, keys):
        """It wants a terminal to draw on; what it draws is read and thrown away."""
        child, screen = pty.fork()
        if child == 0:
            os.environ.update(TERM="vt100", LANG="C.UTF-8")
            os.execvp("lynx", ["lynx", "-accept_all_cookies", "-nopause", f"-cmd_script={keys}", self.server.base + "publish"])
        try:
            while select.select([screen], [], [], 60)[0] and os.read(screen, 65536):
                pass
        except OSError:
            pass  # that is how a terminal says that the other side has gone
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(screen)

    def test_publishing_with_keys_alone(self):
        """lynx, driven by a list of keys: down to the fields, words typed, the button pressed."""
        page = self.client.get("/publish").page
        script = []

        def key(name):
            script.append(f"key {name}")

        def typed(words):
            for c in words:
                key("<space>" if c == " " else c)

        # Tab goes from link or field to the next; a field takes what is typed.
        stops = []
        main = page.one("body")
        for n in main.walk():
            kind = n.get("type", "text")
            if (n.tag == "a" and "href" in n.attrs) or n.tag in ("select", "textarea", "button") or (n.tag == "input" and kind != "hidden"):
                rows = int(n.get("rows", "1")) if n.tag == "textarea" else 1
                stops.append((n.tag, n.get("name"), n.get("value"), rows))
        at = 0
        for wanted, words in ((("input", "title"), "Typed with keys"), (("textarea", "body"), "Every word by hand."), (("button", "action"), None)):
            goal = next(i for i, s in enumerate(stops) if s[:2] == wanted)
            for _stop in range(goal - at):
                key("<tab>")
            at = goal
            if words:
                typed(words)
            else:
                key("^J")
        for answer in ("y", "y", "q", "y"):
            key(answer)
        path = self.site.folder.parent / "keys"
        path.write_text("\n".join(script) + "\n")
        self.lynx(path)
        self.assertIn("Typed with keys", self.listed())
