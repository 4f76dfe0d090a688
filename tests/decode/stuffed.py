"""Files of every kind, stuffed with secrets by the tools that people have: exiftool, ffmpeg, qpdf, vips. make(FOLDER) makes all."""
import base64
import shutil
import subprocess
import zlib

SECRET = "Zq7Secret"
TOOLS = ("exiftool", "ffmpeg", "ffprobe", "qpdf", "vips")
PARTS = ("words.srt", "chapters.txt", "plain.png", "small.jpg")  # what others are made of


def run(*args, **more):
    done = subprocess.run([str(a) for a in args], capture_output=True, **more)
    assert done.returncode == 0, f"{args[0]}: {done.stderr.decode(errors='replace')[-2000:]}"
    return done.stdout


def ffmpeg(*args):
    run("ffmpeg", "-nostdin", "-v", "error", "-y", *args)


META = [x for k in ("title", "artist", "album", "comment", "copyright", "description", "location", "encoded_by", "creation_time")
        for x in ("-metadata", f"{k}={'2019-04-05T06:07:08Z' if k == 'creation_time' else '+52.5123+013.4123/' if k == 'location' else SECRET}")]
SOUND = ["-f", "lavfi", "-i", "sine=440:duration=2"]
PICTURE = ["-f", "lavfi", "-i", "testsrc=size=640x420:rate=10:duration=2"]


def stuff(path, *more):
    """Everything that a camera or an editor writes, and what people write themselves."""
    run("exiftool", "-q", "-q", "-overwrite_original", "-GPSLatitude=52.5", "-GPSLatitudeRef=N", "-GPSLongitude=13.4", "-GPSLongitudeRef=E", f"-Make={SECRET}", f"-Model={SECRET}",
        f"-XMP:Creator={SECRET}", f"-XMP:Title={SECRET}", f"-EXIF:Artist={SECRET}", "-EXIF:DateTimeOriginal=2019:04:05 06:07:08", f"-EXIF:UserComment={SECRET}", *more, path)


def make_pictures(to):
    ffmpeg(*PICTURE, "-frames:v", "1", to / "plain.png")
    ffmpeg("-i", to / "plain.png", "-q:v", "2", to / "small.jpg")
    for name in ("photo.jpg", "upright.jpg"):
        ffmpeg("-i", to / "plain.png", "-q:v", "2", to / name)
    stuff(to / "photo.jpg", f"-IPTC:By-line={SECRET}", f"-JFIF:all=", f"-Comment={SECRET}", f"-ThumbnailImage<={to / 'small.jpg'}", "-EXIF:Orientation#=6", f"-MakerNotes:all=")
    with open(to / "photo.jpg", "ab") as f:
        f.write(SECRET.encode() * 10)
    stuff(to / "upright.jpg", f"-Comment={SECRET}")
    shutil.copy(to / "plain.png", to / "drawing.png")
    stuff(to / "drawing.png", f"-PNG:Author={SECRET}", f"-PNG:Comment={SECRET}")
    with open(to / "drawing.png", "ab") as f:
        f.write(SECRET.encode() * 10)
    ffmpeg(*PICTURE, to / "moving.gif")
    run("exiftool", "-q", "-overwrite_original", f"-Comment={SECRET}", f"-XMP:Creator={SECRET}", to / "moving.gif")
    run("vips", "copy", to / "plain.png", f"{to / 'lossy.webp'}")
    run("vips", "copy", to / "plain.png", f"{to / 'exact.webp'}[lossless]")
    for name in ("lossy.webp", "exact.webp"):
        stuff(to / name)
    run("vips", "heifsave", to / "plain.png", to / "phone.heic", "--compression", "hevc")
    run("vips", "heifsave", to / "plain.png", to / "phone.avif", "--compression", "av1")
    for name in ("phone.heic", "phone.avif"):
        run("exiftool", "-q", "-q", "-overwrite_original", "-GPSLatitude=52.5", f"-Make={SECRET}", f"-XMP:Creator={SECRET}", "-EXIF:DateTimeOriginal=2019:04:05 06:07:08", to / name)


def make_sounds(to):
    cover = ["-i", to / "small.jpg", "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v:0", "attached_pic"]
    for name, codec in (("song.mp3", "libmp3lame"), ("song.flac", "flac"), ("song.m4a", "aac")):
        ffmpeg(*SOUND, *cover, "-c:a", codec, *META, to / name)
    for name, codec in (("song.ogg", "libvorbis"), ("speech.opus", "libopus"), ("tape.wav", "pcm_s16le")):
        ffmpeg(*SOUND, "-c:a", codec, *META, *(["-write_bext", "1"] if name == "tape.wav" else []), to / name)


def make_videos(to):
    (to / "words.srt").write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{SECRET}\n")
    (to / "chapters.txt").write_text(f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle={SECRET}\n")
    common = [*PICTURE, *SOUND, "-i", to / "words.srt", "-i", to / "chapters.txt", "-map", "0:v", "-map", "1:a", "-map", "2:s", "-map_metadata", "3", "-map_chapters", "3", "-shortest"]
    ffmpeg(*common, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "mov_text", *META, to / "film.mp4")
    ffmpeg(*common, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus", "-c:s", "webvtt", *META, to / "film.webm")
    ffmpeg(*PICTURE, *SOUND, "-c:v", "libtheora", "-c:a", "libvorbis", "-shortest", *META, to / "film.ogv")


def document(objects, ends=b"\n"):
    """A PDF file of these objects, the first of which is its catalogue; ends: what stands before each endobj (nothing: readers mend it, and warn)."""
    out, at = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj" % number + body + ends + b"endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % a for a in at)
    return bytes(out), start


def box(kind, body):
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def make_album(to):
    """Pictures as cameras wrote them inside a document, behind every chain of filters."""
    photo = (to / "photo.jpg").read_bytes()
    ffmpeg(*PICTURE, "-frames:v", "1", "-c:v", "jpeg2000", "-pix_fmt", "rgb24", to / "drawing.jp2")
    drawing = (to / "drawing.jp2").read_bytes()
    (to / "drawing.jp2").unlink()
    behind_type = 12 + int.from_bytes(drawing[12:16], "big")
    drawing = drawing[:behind_type] + box(b"xml ", b"<x:creator>" + SECRET.encode()) + box(b"uuid", bytes(16) + SECRET.encode()) + drawing[behind_type:] + box(b"xml ", SECRET.encode())
    pictures = [(b"/DCTDecode", photo), (b"[/DCTDecode]", photo), (b"[/FlateDecode/DCTDecode]", zlib.compress(photo)), (b"[/ASCII85Decode/DCTDecode]", base64.a85encode(photo) + b"~>"),
                (b"[/ASCIIHexDecode/FlateDecode/DCTDecode]/DecodeParms[null null null]", zlib.compress(photo).hex().encode() + b">"), (b"/JPXDecode", drawing),
                (b"[/FlateDecode/JPXDecode]", zlib.compress(drawing))]
    shown = b" ".join(b"q 90 0 0 60 %d %d cm /P%d Do Q" % (10 + 100 * (i % 3), 10 + 70 * (i // 3), i) for i in range(len(pictures)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 320 230]/Contents 4 0 R/Resources<</XObject<<%s>>>>>>" % b"".join(b"/P%d %d 0 R" % (i, 5 + i) for i in range(len(pictures))),
               b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown)]
    objects += [b"<</Type/XObject/Subtype/Image/Width 640/Height 420/BitsPerComponent 8/ColorSpace/DeviceRGB/OPI<</F(%s)>>/Filter%s/Length %d>>stream\n%s\nendstream" %
                (SECRET.encode(), filters, len(data), data) for filters, data in pictures]
    for name, ends in (("album.pdf", b"\n"), ("untidy-album.pdf", b"")):
        data, start = document(objects, ends)
        (to / name).write_bytes(data + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def bare(jpeg):
    """A JPEG with nothing but what a picture is made of."""
    out, at = jpeg[:2], 2
    while jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2:at + 4], "big")
        if not 0xE0 <= jpeg[at + 1] <= 0xEF and jpeg[at + 1] != 0xFE:
            out += jpeg[at:end]
        at = end
    return out + jpeg[at:]


def inlined(filters, data, more=b""):
    return b"BI /W 640 /H 420 /BPC 8 /CS /RGB /F %s%s ID %s\nEI" % (filters, more, data)


def page_with(*contents):
    """A document whose page, and a form and a letter on it, are drawn by these three contents."""
    page, form, letter = contents
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 320 230]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>/Font<</T 6 0 R>>>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
               b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(zlib.compress(form)), zlib.compress(form)),
               b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[1]/Encoding<</Differences[97/a]>>/CharProcs<</a 7 0 R>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(letter), letter)]
    data, start = document(objects)
    return data + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def make_inlined(to):
    """Pictures within the words that draw a page, behind chains of filters, and words that only look so."""
    photo, plain = (to / "photo.jpg").read_bytes(), bare((to / "small.jpg").read_bytes())
    shown = [inlined(b"/DCT", photo), inlined(b"[/A85 /DCT]", base64.a85encode(photo, wrapcol=70) + b"~>", b"/DP[null<</ColorTransform 1>>]/L 7"), inlined(b"/DCTDecode", plain)]
    page = b"\n".join(b"q 90 0 0 60 %d 150 cm %s Q" % (10 + 100 * i, one) for i, one in enumerate(shown))
    page += b"\nq 90 0 0 60 10 80 cm /A Do Q BT /T 60 Tf 110 80 Td (a) Tj ET (BI of a DCT has an ID or so EI ) pop"
    (to / "inlined.pdf").write_bytes(page_with(page, inlined(b"[/Fl/DCT]", zlib.compress(photo)), b"1 0 d0 " + inlined(b"[/AHx/Fl/DCT]", zlib.compress(photo).hex().encode() + b">")))


def make_documents(to):
    secret = SECRET.encode()
    objects = [b"<</Type/Catalog/Pages 2 0 R/Metadata 7 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('%s'\\))>>/Names<</EmbeddedFiles<</Names[(a)8 0 R]>>>>/AcroForm<</Fields[10 0 R]>>>>" % secret,
               b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[11 0 R]/PieceInfo<</%s<</Private(%s)>>>>>>" % (secret, secret),
               b"<</Length 46>>stream\nBT /F1 24 Tf 50 100 Td (Shown to all) Tj ET   \nendstream",
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
               b"<</Author(%s)/Title(%s)/Producer(%s)/CreationDate(D:20190405060708Z)>>" % (secret, secret, secret),
               b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n<x>%s</x>\nendstream" % (len(secret) + 7, secret),
               b"<</Type/Filespec/F(%s.txt)/EF<</F 9 0 R>>>>" % secret,
               b"<</Type/EmbeddedFile/Length %d>>stream\n%s\nendstream" % (len(secret), secret),
               b"<</FT/Tx/T(%s)/V(%s)>>" % (secret, secret),
               b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/T(%s)/M(D:20190405060708Z)/A<</S/Launch/F(%s.exe)>>>>" % (secret, secret)]
    out, start = document(objects, b"")
    whole = out + b"trailer<</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    (to / "report.pdf").write_bytes(whole)
    (to / "mended.pdf").write_bytes(out[:start] + b"trailer<</Root 1 0 R/Info 6 0 R>>\n")
    make_album(to)
    make_inlined(to)
    (to / "notes.txt").write_text("Plain words, and ünïcödé.\n")


def make(to):
    for part in (make_pictures, make_sounds, make_videos, make_documents):
        part(to)
    return [p for p in sorted(to.iterdir()) if p.name not in PARTS]
