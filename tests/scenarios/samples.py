"""Small files of the kinds that can be published, made here byte by byte and stuffed with what must not survive."""
import io
import random
import shutil
import struct
import subprocess
import tempfile
import wave
import zlib

SECRET = b"Secretive Person, 52.1 North"


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width=400, height=300, seed=1, hidden=True):
    """A picture of noise and a gradient, different for each seed; with a name in a text chunk and bytes behind its end."""
    luck = random.Random(seed)
    tint = [luck.randrange(256) for _ in range(3)]
    rows = b"".join(b"\0" + b"".join(bytes(((x * 255 // width) ^ tint[0], (y * 255 // height) ^ tint[1], tint[2])) for x in range(width))
                    for y in range(height))
    out = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    if hidden:
        out += _chunk(b"tEXt", b"Author\0" + SECRET)
    return out + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"") + (SECRET if hidden else b"")


def wav(seconds=1, rate=8000, channels=1, seed=1):
    out = io.BytesIO()
    with wave.open(out, "wb") as w:
        w.setnchannels(channels)
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes(random.Random(seed).randbytes(rate * channels * 2 * seconds))
    return out.getvalue()


def pdf(words="Minutes of the meeting"):
    stream = f"BT /F 20 Tf 50 500 Td ({words}) Tj ET".encode()
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
               b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
               b"<</Author(" + SECRET + b")>>"]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + table + b"trailer\n<</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))


def by_ffmpeg(suffix, *arguments):
    """What only an encoder makes; None where there is none."""
    if not shutil.which("ffmpeg"):
        return None
    with tempfile.NamedTemporaryFile(suffix="." + suffix) as out:
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *arguments, "-metadata", f"title={SECRET.decode()}", out.name], check=True)
        return out.read()


def jpeg():
    return by_ffmpeg("jpg", "-f", "lavfi", "-i", "testsrc2=s=1500x1000", "-frames:v", "1")


def mp3(seconds=3):
    return by_ffmpeg("mp3", "-f", "lavfi", "-i", f"sine=f=440:d={seconds}")


def long_video(least):
    """Of at least so many bytes: some seconds, as often as it takes. Not stuffed."""
    if not shutil.which("ffmpeg"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        quiet = ["ffmpeg", "-nostdin", "-y", "-loglevel", "error"]
        subprocess.run([*quiet, "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=2,noise=alls=60:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-pix_fmt", "yuv420p",
                        f"{folder}/short.mp4"], check=True)
        with open(f"{folder}/short.mp4", "rb") as short:
            times = least // len(short.read()) + 1
        subprocess.run([*quiet, "-stream_loop", str(times), "-i", f"{folder}/short.mp4", "-c", "copy", f"{folder}/long.mp4"], check=True)
        with open(f"{folder}/long.mp4", "rb") as out:
            return out.read()


def webm(seconds=2):
    return by_ffmpeg("webm", "-f", "lavfi", "-i", f"testsrc2=s=320x240:r=10:d={seconds}", "-c:v", "libvpx", "-b:v", "300k")
