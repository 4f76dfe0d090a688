"""A file that takes over the child that reads it gains nothing: whatever that child tries ends in its death and a refused upload, and the next file is read."""
import pathlib
import shutil
import tempfile

import harness
import samples
from harness import Scenario

SANITIZED = False  # a sanitizer's build refuses such calls and lets the process live, so that it can report
DEADLY = ("socket", "fork", "connect", "exec", "kill", "open", "create", "program")


class Intruder(Scenario):
    conf = {"spam": {"limit_files_per_hour": "100000"}}

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-intruder-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        built = pathlib.Path(harness.BINARY).resolve()
        shutil.copy(built, cls.folder / "broadside")
        shutil.copy(built.parent.parent / "tests/decode/intruder", cls.folder / "broadside-decode")
        before, harness.BINARY = harness.BINARY, str(cls.folder / "broadside")
        cls.addClassCleanup(setattr, harness, "BINARY", before)
        super().setUpClass()

    def send(self, name, data):
        fields = [("title", f"With {name}"), ("body", "Words."), ("type", "news"), ("action", "publish")]
        return self.client.post("/publish", fields, [("files", name, "text/plain", data)], multipart=True)

    def wait_for_death(self, deaths):
        """The parent tells of it when it has buried the child, which may be after the answer."""
        for _try in range(5000):
            if self.server.log_text().count("decode was ended by signal") > deaths:
                return
            self.client.get("/healthz")
        self.fail(self.server.log_text()[-2000:])

    def test_each_act_ends_in_death_and_a_refusal(self):
        for act in DEADLY:
            with self.subTest(act):
                deaths = self.server.log_text().count("decode was ended by signal")
                reply = self.send(f"{act}.txt", f"{act} whatever can be had.\n".encode())
                self.assertEqual(reply.status, 422)
                self.assertIn(f"“{act}.txt” cannot be read safely", reply.alerts)
                self.assertEqual(reply.form("form#publish").values("received"), [])
                self.wait_for_death(deaths)
        self.assertFalse(pathlib.Path("/tmp/broadside-intruder").exists())
        self.assertEqual(self.send("peace.txt", b"Only words.\n").status, 303)
        self.assertEqual(self.send("picture.png", samples.png()).status, 303)
        self.assertEqual(self.client.get("/healthz").status, 200)
