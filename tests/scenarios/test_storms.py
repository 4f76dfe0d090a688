"""While one visitor storms a site, everybody else reads, publishes, comments and logs in at the first try: through a listener on which nobody can be told apart, as an onion
service has it, and through a proxy that tells addresses.

BROADSIDE_STORM_SECONDS: how long each storm lasts, 3 unless told; from 30 on a reader's slowest answers are looked at too."""
import json
import os
import pathlib
import subprocess
import sys

from harness import Scenario
from test_number import in_words, work_out

SECONDS = int(os.environ.get("BROADSIDE_STORM_SECONDS") or 3)
A_SECOND = 200
STORM = pathlib.Path(__file__).with_name("storm.py")
PASSWORD = "correct horse staple"


class Storm:
    """One that is on while the block runs, or for as long as it lasts."""

    def __init__(self, test, kind):
        self.test, self.kind = test, kind

    def __enter__(self):
        words = [sys.executable, str(STORM), str(self.test.server.port), self.kind, str(A_SECOND), str(SECONDS), *(["forwarded"] if self.test.addresses else [])]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.test.addCleanup(self.process.stdout.close)
        self.test.assertEqual(self.process.stdout.readline(), "begun\n")
        return self

    def __exit__(self, *fault):
        if fault[0]:
            self.process.terminate()
        said = self.process.stdout.read().splitlines()
        self.process.wait()
        self.told = json.loads(said[-1]) if said else None

    @property
    def is_on(self):
        return self.process.poll() is None


def reads(test, seconds):
    """A reader beside, whose wait is for its end."""
    return subprocess.Popen([sys.executable, str(STORM), str(test.server.port), "read", "100", str(seconds)], stdout=subprocess.PIPE, text=True)


def told_by(process):
    with process:
        return json.loads(process.stdout.read().splitlines()[-1])


class Onion(Scenario):
    addresses = False
    storms = 0
    conf = {"spam": {"challenge": "number", "least_seconds": "0"}}
    people = [("ed", "editor", PASSWORD), ("ada", "editor", PASSWORD)]

    @classmethod
    def settle(cls):
        from harness import Client
        client = Client(cls.server, forwarded="203.0.113.1" if cls.addresses else None)
        assert client.login("ed", PASSWORD).status == 303
        cls.article, _ = client.published("Read through it all", "Words to read.")
        client.close()
        cls.known = dict(client.scoped)

    def somebody(self, number):
        return self.visitor(forwarded=f"192.0.{self.storms}.{10 * (self.rounds % 24) + number}" if self.addresses else None)

    def log_in_anew(self, user):
        """As a person with a new browser does: whatever the page asks for is typed."""
        client = self.somebody(7)
        page = client.get("/login")
        form = page.form("form#login").set(user=user, password=PASSWORD)
        link = page.page.all("form#login .challenge a[href]")
        if link:
            form.set(answer=work_out(client.get(link[0]["href"]).page.one("#number").text))
        return client.send(form), bool(link)

    def log_in_again(self, user):
        client = self.somebody(8)
        client.scoped = {k: v for k, v in self.known.items() if k[1] == "known"}
        return client.post("/login", {"user": user, "password": PASSWORD})

    def go_through(self, kind, users=("ed", "ada")):
        """Ten comments, and both editors' log-ins, all at the first try; again and again while the storm lasts."""
        self.rounds, asked = 0, 0
        type(self).storms += 1  # each with other people's addresses
        calm = told_by(reads(self, 1)) if SECONDS >= 30 else None
        with Storm(self, kind) as storm:
            reader = reads(self, SECONDS)
            while self.rounds == 0 or (storm.is_on and self.rounds < 40):  # what is shown in an hour, to all or to one, is not endless
                for i in range(10 if self.rounds == 0 else 1):
                    visitor = self.somebody(6)
                    how = ("plain", "markdown", "html")[(self.rounds + i) % 3]
                    reply = visitor.comment(self.article, f"Said in the storm of {kind}, {self.rounds} {i}.", answer=in_words(visitor, self.article), format=how)
                    self.assertEqual(reply.status, 303, reply)
                    self.assertIn(f"Said in the storm of {kind}, {self.rounds} {i}.", visitor.get(reply.location, follow=True).text)
                author = self.somebody(5)
                where, _edit = author.published(f"Published in the storm of {kind}, {self.rounds}", "Words.", answer=in_words(author))
                self.assertEqual(author.get(where).status, 200)
                self.assertEqual(self.log_in_again("ed").status, 303)
                for user in users:
                    reply, number = self.log_in_anew(user)
                    asked += number
                    self.assertEqual(reply.status, 303, reply)
                self.rounds += 1
            reading = told_by(reader)
        print(f"\n    {type(self).__name__}, {kind}: {storm.told}; {self.rounds} rounds, {asked} log-ins with a number; reader {reading}, in calm {calm}", file=sys.stderr)
        if SECONDS >= 30:
            self.assertLess(reading["p99"], max(50, 4 * calm["p99"]), "a machine on which a reader waits in calm tells little")

    def test_wrong_numbers(self):
        self.go_through("guesses")

    def test_texts_that_break_their_reader(self):
        self.go_through("markup")

    def test_pictures(self):
        self.go_through("pictures")

    def test_log_ins_of_one_name(self):
        self.go_through("one")

    def test_log_ins_of_many_names(self):
        self.go_through("many")

    def test_log_ins_of_an_editor_s_name(self):
        self.go_through("editor")


class Proxy(Onion):
    addresses = True
    conf = {"listen": {"behind_proxy": "yes"}, "spam": {"challenge": "number", "least_seconds": "0"}}
