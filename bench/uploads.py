"""What readers notice of a large upload: a video of 200 MB comes through the form, again and again, while a kept page is read."""
import http.client
import pathlib
import re
import subprocess
import threading
import time

from measure import good, load, ratio, rounds, summary
from servers import CORES, WORK, broadside, configure, need
from sites import demo_site

LEAST = 200 * 1000 * 1000
BOUNDARY = "a-long-video"


def video():
    """A video of that size: some seconds of noise, as often as it takes, copied and not encoded again."""
    need("ffmpeg", "ffmpeg")
    short, out = WORK / "noise.mp4", WORK / "video.mp4"
    if not out.exists() or out.stat().st_size < LEAST:
        quiet = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
        subprocess.run([*quiet, "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=4,noise=alls=60:allf=t", "-f", "lavfi", "-i", "sine=d=4", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "14",
                        "-pix_fmt", "yuv420p", "-c:a", "aac", short], check=True)
        times = LEAST // short.stat().st_size + 1
        subprocess.run([*quiet, "-stream_loop", str(times), "-i", short, "-c", "copy", out], check=True)
    return out


def as_form(path):
    """The body of a form that brings it, as a file."""
    out = WORK / "video.form"
    head = "".join(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in (("title", "A long video"), ("body", "Long."), ("type", "news"), ("action", "preview")))
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="long.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
    with open(out, "wb") as to:
        to.write(head.encode() + path.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode())
    return out


class Sender(threading.Thread):
    """Sends the form until it is told to stop; took: seconds of each that was answered."""

    def __init__(self, port, form):
        super().__init__(daemon=True)
        self.port, self.form, self.took, self.over, self.wrong = port, form, [], threading.Event(), None
        self.start()

    def once(self):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=200)
        c.putrequest("POST", "/publish")
        c.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        c.putheader("Content-Length", str(self.form.stat().st_size))
        c.endheaders()
        with open(self.form, "rb") as body:
            c.sock.sendfile(body)
        r = c.getresponse()
        page = r.read()
        c.close()
        if r.status != 200 or b'name="received"' not in page:
            raise RuntimeError(f"the video was not taken: {r.status}")

    def run(self):
        while not self.over.is_set():
            begun = time.perf_counter()
            try:
                self.once()
            except (OSError, http.client.HTTPException, RuntimeError) as e:
                self.wrong = e
                return
            self.took.append(time.perf_counter() - begun)

    def end(self):
        self.over.set()
        self.join(200)
        if self.wrong:
            raise self.wrong


def web_memory(server):
    """The most that the process which answers ever had, in MB."""
    [root] = server.roots
    for pid in pathlib.Path(f"/proc/{root}/task/{root}/children").read_text().split():
        if b"role\0web\0" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
            return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024
    raise RuntimeError("web is not there")


def upload(quick):
    """A video of 200 MB is sent in while a kept page is read."""
    form = as_form(video())
    size, seconds = form.stat().st_size, 3 if quick else 6
    site = demo_site()
    configure(site, upload={"max_file_mb": 300}, spam={"limit_files_per_hour": 100000}, cache={"megabytes": 8})
    out = {"rows": [], "notes": [f"A kept page is asked for 300 times a second; the video has {size / 1e6:.0f} MB and is sent again as soon as it is answered. Sending, receiving, cleaning "
                                 f"and the load generator share the {len(CORES)} processors."]}
    with broadside(site) as s:
        def read():
            return good(load(s, "/newswire", seconds=seconds, warm=.5, connections=32, rate=300), 200)

        took = []

        def meanwhile():
            sender = Sender(s.port, form)
            try:
                return read()
            finally:
                sender.end()
                took.extend(sender.took)

        def beside():  # the same bytes moved as often between two others, so that it is seen what the machine does to anybody
            p = subprocess.Popen(["sh", "-c", 'while :; do cat "$1" > "$2" && sha256sum "$2"; done', "sh", form, WORK / "copy"], stdout=subprocess.DEVNULL)
            try:
                return read()
            finally:
                p.kill()
                p.wait()
        read()
        r = rounds(2 if quick else 6, still=read, uploading=meanwhile, beside=beside)
        still, uploading, control = [[x["p99"] / 1000 for x in r[k]] for k in ("still", "uploading", "beside")]
        times, memory = ratio(uploading, still), web_memory(s)
        out["rows"] += [
            {"figure": "Kept page's p99 while the video comes", "ours": summary(uploading), "unit": "ms", "peer": summary(still), "peer_name": "the same, nobody sending", "ratio": times,
             "goal": "≤ 2 ×", "met": times["median"] <= 2},
            {"figure": "… and while the same bytes are copied and hashed beside it", "ours": summary(control), "unit": "ms", "peer": summary(still), "peer_name": "the same, nobody sending",
             "ratio": ratio(control, still), "goal": None, "met": None},
            {"figure": "Most memory of web", "ours": summary([memory]), "unit": "MB", "peer": None, "peer_name": None, "ratio": None, "goal": "< 64 MB", "met": memory < 64},
            {"figure": "A video taken, cleaned and kept", "ours": summary(took), "unit": "s", "peer": None, "peer_name": None, "ratio": None, "goal": None, "met": None}]
    (WORK / "copy").unlink(missing_ok=True)
    return out
