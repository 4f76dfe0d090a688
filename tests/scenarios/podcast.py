"""What a podcast feed must be: RSS 2.0 (rssboard.org/rss-specification) and the elements that Apple Podcasts asks for. faults(BYTES, ADDRESS) names what is not so."""
import email.utils
import re
import urllib.parse
import xml.etree.ElementTree as ET

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
ATOM = "{http://www.w3.org/2005/Atom}"
CHANNEL = {"title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate", "category", "generator", "docs", "cloud", "ttl", "image", "rating",
           "textInput", "skipHours", "skipDays", "item"}
ITEM = {"title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate", "source"}
CATEGORIES = {"Arts", "Business", "Comedy", "Education", "Fiction", "Government", "History", "Health & Fitness", "Kids & Family", "Leisure", "Music", "News", "Religion & Spirituality", "Science",
              "Society & Culture", "Sports", "Technology", "True Crime", "TV & Film"}


def is_address(text):
    at = urllib.parse.urlsplit(text or "")
    return at.scheme in ("http", "https") and bool(at.netloc) and not re.search(r"[\s<>\"]", text)


def is_date(text):
    """RFC 822 with a year of four digits, and a day of the week that is true."""
    if not re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT|UT)", text or ""):
        return False
    at = email.utils.parsedate_to_datetime(text)
    return at.strftime("%a") == text[:3]


def each_once(node, names, where):
    for name in names:
        found = node.findall(name)
        if len(found) != 1 or not (found[0].text or "").strip():
            yield f"{where}: {name} stands {len(found)} times, or is empty"


def of_enclosure(item, where):
    found = item.findall("enclosure")
    if len(found) != 1:
        yield f"{where}: {len(found)} enclosures"
        return
    a = found[0].attrib
    if set(a) != {"url", "length", "type"} or not is_address(a.get("url")) or not a.get("length", "").isdigit() or int(a["length"]) == 0:
        yield f"{where}: enclosure {a}"
    if not re.fullmatch(r"audio/[a-z0-9.+-]+", a.get("type", "")):
        yield f"{where}: enclosure of type {a.get('type')}"


def of_item(item, where):
    if item.find("title") is None and item.find("description") is None:
        yield f"{where}: neither title nor description"
    yield from (f"{where}: {n.tag} is not of RSS" for n in item if not n.tag.startswith("{") and n.tag not in ITEM)
    yield from each_once(item, ("title", "link", "pubDate", "guid"), where)
    yield from of_enclosure(item, where)
    if not is_address(item.findtext("link")):
        yield f"{where}: link {item.findtext('link')}"
    if not is_date(item.findtext("pubDate")):
        yield f"{where}: pubDate {item.findtext('pubDate')}"
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false" and not is_address(guid.text):
        yield f"{where}: guid {guid.text} is no address"
    if not re.fullmatch(r"\d+|(\d+:)?\d{1,2}:\d\d", item.findtext(ITUNES + "duration") or ""):
        yield f"{where}: duration {item.findtext(ITUNES + 'duration')}"


def of_channel(channel, address):
    yield from (f"channel: {n.tag} is not of RSS" for n in channel if not n.tag.startswith("{") and n.tag not in CHANNEL)
    yield from each_once(channel, ("title", "link", "description", "language", ITUNES + "explicit", ITUNES + "author"), "channel")
    if not is_address(channel.findtext("link")):
        yield f"channel: link {channel.findtext('link')}"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", channel.findtext("language") or ""):
        yield f"channel: language {channel.findtext('language')}"
    if channel.find("lastBuildDate") is not None and not is_date(channel.findtext("lastBuildDate")):
        yield f"channel: lastBuildDate {channel.findtext('lastBuildDate')}"
    if channel.findtext(ITUNES + "explicit") not in ("true", "false"):
        yield "channel: explicit is neither true nor false"
    if not {c.get("text") for c in channel.findall(ITUNES + "category")} & CATEGORIES:
        yield "channel: no category that there is"
    images = channel.findall(ITUNES + "image")
    if len(images) != 1 or not is_address(images[0].get("href")) or not re.search(r"\.(png|jpe?g)$", images[0].get("href")):
        yield "channel: no image"
    selves = [a.get("href") for a in channel.findall(ATOM + "link") if a.get("rel") == "self"]
    if selves != [address]:
        yield f"channel: its own address is {selves}"


def faults(data, address):
    rss = ET.fromstring(data)
    if rss.tag != "rss" or rss.get("version") != "2.0" or len(rss) != 1 or rss[0].tag != "channel":
        return ["it is not RSS 2.0 with one channel"]
    items = rss[0].findall("item")
    found = [*of_channel(rss[0], address), *(f for i, item in enumerate(items) for f in of_item(item, f"item {i}"))]
    guids = [i.findtext("guid") for i in items]
    return found + (["two items have one guid"] if len(set(guids)) != len(guids) else [])
