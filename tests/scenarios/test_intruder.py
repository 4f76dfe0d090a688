"""What takes over a child that reads strangers' bytes gains nothing: whatever it tries ends in its death and a refused file or text, and the next is read."""
import pathlib
import shutil
import tempfile

import harness
import samples
from harness import Scenario

SANITIZED = False  # a sanitizer's build refuses such calls and lets the process live, so that it can report
DEADLY = ("socket", "fork", "connect", "exec", "kill", "open", "create", "program")
TAKEN_BY_FORCE = ("thread", "memory")  # what only the reader of markup may not
LIES = ("<script>alert(1)</script>", "</div></main><h1>Ours</h1>", "<img src=https://elsewhere.example/x>", "<p onclick='x'>a</p>", "<a href='javascript:x'>a</a>", "<style>*{}</style>")


class WithIntruder(Scenario):
    """A site whose programs are the real ones, but for those named: they have a traitor in them."""
    swapped = {}
    conf = {"spam": {"limit_files_per_hour": "100000", "challenge": "none"}}

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-intruder-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        built = pathlib.Path(harness.BINARY).resolve()
        for name in ("broadside", "broadside-decode", "broadside-read"):
            traitor = cls.swapped.get(name)
            shutil.copy(built.parent.parent / "tests/decode" / traitor if traitor else built.parent / name, cls.folder / name)
        before, harness.BINARY = harness.BINARY, str(cls.folder / "broadside")
        cls.addClassCleanup(setattr, harness, "BINARY", before)
        super().setUpClass()

    def wait_for_line(self, line, before):
        """The parent tells of a death when it has buried the child, which may be after the answer, and of many at once."""
        for _try in range(5000):
            if self.server.log_text().count(line) > before:
                return
            self.client.get("/healthz")
        self.fail(self.server.log_text()[-2000:])


class Intruder(WithIntruder):
    swapped = {"broadside-decode": "intruder"}

    def send(self, name, data):
        fields = [("title", f"With {name}"), ("body", "Words."), ("type", "news"), ("action", "publish")]
        return self.client.post("/publish", fields, [("files", name, "text/plain", data)], multipart=True)

    def test_each_act_ends_in_death_and_a_refusal(self):
        for act in DEADLY:
            with self.subTest(act):
                reply = self.send(f"{act}.txt", f"{act} whatever can be had.\n".encode())
                self.assertEqual(reply.status, 422)
                self.assertIn(f"“{act}.txt” cannot be read safely", reply.alerts)
                self.assertEqual(reply.form("form#publish").values("received"), [])
        self.assertFalse(pathlib.Path("/tmp/broadside-intruder").exists())
        self.assertEqual(self.send("peace.txt", b"Only words.\n").status, 303)
        self.assertEqual(self.send("picture.png", samples.png()).status, 303)
        self.assertEqual(self.client.get("/healthz").status, 200)


class MarkupIntruder(WithIntruder):
    swapped = {"broadside-read": "read_intruder"}

    def send(self, body, form="html", **more):
        return self.client.post("/publish", [("title", f"With {body[:20]}"), ("body", body), ("format", form), ("type", "news"), ("action", more.get("action", "publish"))])

    def test_each_act_ends_in_death_and_a_refusal(self):
        for act in DEADLY + TAKEN_BY_FORCE:
            for form in ("html", "markdown"):
                with self.subTest(act=act, form=form):
                    reply = self.send(f"{act} whatever can be had.", form)
                    self.assertEqual(reply.status, 422)
                    self.assertIn("cannot be read: something in its markup", reply.alerts)
                    self.assertEqual(reply.form("form#publish").value("body"), f"{act} whatever can be had.")
        self.assertFalse(pathlib.Path("/tmp/broadside-intruder").exists())
        self.assertEqual(self.send("<b>Peace</b>").status, 303)

    def test_what_it_says_is_shown_only_where_it_is_what_the_program_would_have_written(self):
        for lie in LIES:
            with self.subTest(lie):
                before = self.server.log_text().count("said what makes no sense")
                reply = self.send(f"answer {lie}")
                self.assertEqual(reply.status, 422)
                self.assertNotIn("Ours</h1>", reply.text)
                self.wait_for_line("said what makes no sense", before)
        self.assertEqual(self.send("answer <p>Ours too.</p>").status, 303)
