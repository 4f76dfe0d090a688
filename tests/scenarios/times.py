"""What a site may tell of when something was done: the manual's table of columns (broadside.db, TIMES), and what readers are shown."""
import re
import sqlite3
import time

import old_site
from harness import TOP

MINUTE, HOUR = 60 * 10**6, 3600 * 10**6
UNITS = {"minute": MINUTE, "hour": HOUR}
COLUMNS = dict(re.findall(r"^\.It Va (\w+\.\w+) Ta (minute|hour|day|exact) Ta ", (TOP / "man/broadside.db.5").read_text(), re.M))
AN_EPOCH = 10**14  # microseconds; numbers of other kinds do not reach it


def columns_that_tell_too_much(site):
    """Sentences; of every column of every table. Those that the manual does not name must hold no time at all."""
    db, found, looked_at = sqlite3.connect(":memory:"), [], set()
    for _, _, text, _ in old_site.schema(9999):
        db.executescript(text)
    for table in old_site.tables_of(db):
        for (column,) in db.execute("SELECT name FROM pragma_table_info(?) WHERE type = 'INTEGER'", (table,)).fetchall():
            name, rounded = f"{table}.{column}", COLUMNS.get(f"{table}.{column}")
            unit = UNITS.get(rounded)
            looked_at.add(name)
            if not rounded and site.rows(f"SELECT count(*) FROM {table} WHERE {column} > {AN_EPOCH}") != [("0",)]:
                found.append(f"{name} holds times, and the manual does not tell of it")
            if unit and site.rows(f"SELECT count(*) FROM {table} WHERE {column} % {unit} <> 0") != [("0",)]:
                found.append(f"{name} holds times that are no whole {rounded}")
    found += [f"{name} stands in the manual's table, and there is no such column" for name in COLUMNS if name not in looked_at and not name.startswith("schema_version.")]
    return found


def told_too_finely(text, now=None):
    """What in a text is a time with seconds, or a number that can be one, of these days."""
    now, found = now or time.time(), []
    found += [m.group() for m in re.finditer(r"(?<!\d)\d{1,2}:\d\d:\d\d(?:[.,]\d+)?", text) if not re.fullmatch(r"\d+:\d\d:00", m.group())]
    for m in re.finditer(r"(?<![0-9a-zA-Z.])\d{10,17}(?![0-9a-zA-Z])", text):
        for unit in (1, 10**3, 10**6):
            moment = int(m.group()) / unit
            if abs(moment - now) < 60 * 86400 and int(m.group()) % (60 * unit):
                found.append(m.group())
    return found


def headers_told_too_finely(reply):
    """Date is the answer's own, which its reader knows."""
    return [f"{name}: {value}" for name, value in reply.headers.items() if name.lower() != "date" and told_too_finely(value)]
