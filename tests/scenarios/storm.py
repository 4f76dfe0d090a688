"""One visitor's storm on a server of this machine: storm.py PORT KIND A-SECOND SECONDS [forwarded]. Prints a line when it has begun, and at its end how often it
asked and what it was answered. forwarded: each request comes as through a proxy, from another address. It is bounded in number and time.
KIND read is no storm but one reader of the first article, and what is told at its end is the time in milliseconds that 99 of 100 answers did not reach."""
import http.client
import json
import random
import sys
import threading
import time
import urllib.parse

THREADS = 8
KILLING = (  # what Debian's gumbo aborts on
    "<table><td><math><select><mi><table><table>",
    "<table><svg><th><foreignObject><select></table>",
    "<table><math><td><mtext><template></template></table>",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Attacker:
    def __init__(self, port, forwarded):
        self.port, self.forwarded, self.connection = port, forwarded, None

    def ask(self, method, where, fields=None, cookie=None):
        headers = dict(FORM if fields else {})
        if cookie:
            headers["Cookie"] = cookie
        if self.forwarded:
            headers["X-Forwarded-For"] = "10." + ".".join(str(random.randrange(250)) for _ in range(3))
        self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request(method, where, urllib.parse.urlencode(fields) if fields else None, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return 0, None
        return answer.status, (answer.getheader("Set-Cookie") or "").split(";")[0]

    def log_in(self, user):
        return self.ask("POST", "/login", {"user": user, "password": "not the password"})[0]

    def guess(self):
        _status, cookie = self.ask("GET", "/article/1/comment/challenge")
        return self.ask("POST", "/article/1/comment", {"body": f"A guess {random.random()}.", "action": "publish", "answer": "1234"}, cookie)[0]

    def once(self, kind):
        if kind == "guesses":
            return self.guess()
        if kind == "markup":
            return self.ask("POST", "/publish", {"title": "x", "body": random.choice(KILLING), "format": "html", "type": "news", "action": "preview"})[0]
        if kind == "pictures":
            return self.ask("GET", "/article/1/comment/challenge.png")[0]
        return self.log_in({"one": "zzz", "many": f"name {random.random()}", "editor": "ed"}[kind])


def read(port, a_second, seconds):
    reader, begun, times = Attacker(port, None), time.monotonic(), []
    while time.monotonic() - begun < seconds or len(times) < 100:
        asked = time.monotonic()
        assert reader.ask("GET", "/article/1")[0] in (200, 301)
        times.append((time.monotonic() - asked) * 1000)
        time.sleep(1 / a_second)
    print(json.dumps({"p99": round(sorted(times)[int(len(times) * 0.99)], 1), "answers": len(times)}))


def main(port, kind, a_second, seconds, forwarded=None):
    if kind == "read":
        return read(int(port), int(a_second), int(seconds))
    begun, lock, counts, turns = time.monotonic(), threading.Lock(), {}, iter(range(int(a_second) * int(seconds)))

    def run():
        attacker = Attacker(int(port), forwarded == "forwarded")
        while time.monotonic() - begun < int(seconds):
            with lock:
                turn = next(turns, None)
            if turn is None:
                break
            time.sleep(max(0, begun + turn / int(a_second) - time.monotonic()))
            status = attacker.once(kind)
            with lock:
                counts[status] = counts.get(status, 0) + 1
                if sum(counts.values()) == 40:
                    print("begun", flush=True)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(json.dumps({"a_second": round(sum(counts.values()) / (time.monotonic() - begun), 1), "answers": counts}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
