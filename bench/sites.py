"""The sites that are measured: invented articles, the same in every run, made once and kept. $BENCH_BIG names a site of 1,000,000 articles to copy instead
of making one."""
import os
import shutil
import sqlite3
import subprocess
import sys
from urllib.parse import quote

from servers import BINARY, WORK, configure


def say(text):
    print(text, file=sys.stderr, flush=True)


def command(*args, timeout=7200):
    done = subprocess.run([BINARY, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"broadside {args[0]}: {done.stderr.strip()}")


def sqlite_site(n):
    """A site of n invented articles with their comments on SQLite."""
    site = WORK / f"sqlite-{n}"
    if (site / "whole").exists():
        return site
    shutil.rmtree(site, ignore_errors=True)
    big = os.environ.get("BENCH_BIG")
    if n == 1000000 and big:
        say("copying the site of 1,000,000 articles")
        site.mkdir(parents=True)
        (site / "media").mkdir()
        with sqlite3.connect(f"file:{big}/site.db?mode=ro", uri=True) as c, sqlite3.connect(site / "site.db") as to:
            c.backup(to, pages=20000)
        configure(site)
    else:
        say(f"making a site of {n} articles on SQLite")
        command("init", site)
        command("bench", site, "--generate", n)
    with sqlite3.connect(site / "site.db") as c:
        c.execute("PRAGMA journal_mode = WAL")
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if c.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone() == (0,):
            c.execute("PRAGMA optimize")
    (site / "whole").touch()
    return site


def postgres_site(pg, n):
    """The same on PostgreSQL, copied from SQLite's: (folder, address of the database)."""
    site, name = WORK / f"postgres-{n}", f"bench_{n}"
    url = pg.cluster.url(name)
    if (site / "whole").exists() and pg.cluster.sql(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == "1":
        return site, url
    source = sqlite_site(n)
    shutil.rmtree(site, ignore_errors=True)
    pg.cluster.drop(name)
    pg.cluster.create(name)
    say(f"copying the site of {n} articles to PostgreSQL")
    (site / "media").mkdir(parents=True)
    command("migrate", f"sqlite:{source}/site.db", url)
    configure(site, url)
    pg.cluster.sql("VACUUM ANALYZE", name)
    (site / "whole").touch()
    return site, url


def demo_site():
    site = WORK / "demo"
    if not (site / "whole").exists():
        shutil.rmtree(site, ignore_errors=True)
        command("init", site, "--demo")
        (site / "whole").touch()
    return site


def sqlite_rows(site):
    """Runs a query on the site's file: the caller's rows."""
    def rows(text):
        with sqlite3.connect(f"file:{site}/site.db?mode=ro", uri=True) as c:
            return c.execute(text).fetchall()
    return rows


def postgres_rows(pg, n):
    def rows(text):
        return pg.cluster.rows(text, f"bench_{n}")
    return rows


def addresses(rows, n):
    """The pages that are measured, by name; a page deep in the past is as far back as the site goes, halfway."""
    deep = rows(f"SELECT posted, id FROM article WHERE status = 0 ORDER BY posted LIMIT 1 OFFSET {n // 2}")[0]
    busy = rows("SELECT id, slug FROM article WHERE comments BETWEEN 20 AND 22 AND status = 0 AND locked = 0 "
                "ORDER BY comments, CASE WHEN language = 'en' THEN 0 ELSE 1 END, abs(length(body) - 2000), id LIMIT 1")[0]
    topic = rows("SELECT id, slug FROM term WHERE slug = 'topic-1'")
    topic = topic[0] if topic else rows("SELECT id, slug FROM term WHERE kind = 1 ORDER BY position DESC LIMIT 1")[0]
    out = {"front": "/", "newswire": "/newswire", "newswire, deep": f"/newswire?before={deep[0]}-{deep[1]}", "article": f"/article/{busy[0]}/{quote(busy[1])}"}
    out["feed"] = "/newswire/feed.atom"
    of_topic = rows(f"SELECT posted, article FROM article_topic WHERE topic = {topic[0]} ORDER BY posted LIMIT 1 OFFSET 20")
    if of_topic:
        out["topic, deep"] = f"/topic/{topic[1]}?before={of_topic[0][0]}-{of_topic[0][1]}"
    return out


def commented(rows, most=200):
    """Where comments are sent: the newest articles that take them."""
    return [f"/article/{r[0]}/comment" for r in rows(f"SELECT id FROM article WHERE status = 0 AND locked = 0 ORDER BY posted DESC, id DESC LIMIT {most}")]
