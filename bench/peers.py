"""What others need for the same pages: WordPress behind nginx, with nginx's FastCGI cache and without, and Fossil; all of them Debian's packages."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess

from measure import good, load, ratio, rounds, summary
from servers import CORES, WORK, Missing, Server, broadside, configure, free_port, need, nginx, wait_until
from sites import addresses, say, sqlite_rows, sqlite_site

SYSTEM = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:%(socket)s');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', 'http://' . ($_SERVER['HTTP_HOST'] ?? '127.0.0.1')); define('WP_SITEURL', WP_HOME);
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_DEBUG', false);
foreach (['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT'] as $k) define($k, md5($k));
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

FILL = """<?php
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('The Measured Wire', 'admin', 'admin@example.org', true, '', 'correct horse staple');
update_option('posts_per_page', 20); update_option('comments_notify', 0); update_option('moderation_notify', 0); update_option('page_comments', 0);
wp_defer_term_counting(true); wp_defer_comment_counting(true);
$in = fopen($argv[2], 'r'); $busy = 0; $most = -1;
while (($line = fgets($in)) !== false) {
  $a = json_decode($line, true);
  $post = wp_insert_post(['post_title' => $a['title'], 'post_content' => $a['body'], 'post_excerpt' => $a['summary'], 'post_status' => 'publish', 'post_author' => 1,
    'post_date' => $a['posted'], 'post_date_gmt' => $a['posted']]);
  foreach ($a['comments'] as $c)
    wp_insert_comment(['comment_post_ID' => $post, 'comment_author' => $c['author'] ?: 'anonymous', 'comment_content' => $c['body'], 'comment_approved' => 1,
      'comment_date' => $c['posted'], 'comment_date_gmt' => $c['posted']]);
  if (!empty($a['busy'])) $busy = $post;
}
wp_defer_term_counting(false); wp_defer_comment_counting(false);
echo "article $busy\\n";
"""


def content(site, n, busy):
    """The newest n articles with their comments, and the busy one; oldest first."""
    rows = sqlite_rows(site)
    picked = f"(SELECT id FROM article WHERE status = 0 ORDER BY posted DESC LIMIT {n})"
    out = []
    for a in rows(f"SELECT id, title, summary, body_html, datetime(posted / 1000000, 'unixepoch') FROM article WHERE id IN {picked} OR id = {busy} ORDER BY posted"):
        comments = rows(f"SELECT author, body_html, datetime(posted / 1000000, 'unixepoch') FROM comment WHERE article = {a[0]} AND status = 0 ORDER BY posted")
        out.append({"id": a[0], "title": a[1], "summary": a[2], "body": a[3], "posted": a[4], "busy": a[0] == busy,
                    "comments": [{"author": c[0], "body": c[1], "posted": c[2]} for c in comments]})
    return out


def mariadb(folder):
    need("mariadbd", "mariadb-server")
    user = ["--user=root"] if os.geteuid() == 0 else []
    data, sock = folder / "mariadb", f"/tmp/bench-{os.getpid()}.sock"
    if not (data / "mysql").exists():
        subprocess.run(["mariadb-install-db", "--no-defaults", *user, f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PATH": SYSTEM})
    s = Server("WordPress")
    s.spawn([shutil.which("mariadbd", path=SYSTEM), "--no-defaults", *user, f"--datadir={data}", f"--socket={sock}", "--skip-networking", f"--pid-file={folder}/mariadb.pid",
             "--innodb-buffer-pool-size=256M"])
    wait_until(lambda: subprocess.run(["mariadb", "--no-defaults", "-uroot", f"--socket={sock}", "-e", "SELECT 1"], capture_output=True).returncode == 0, "mariadb")
    return s, sock


def wordpress_files(folder, sock):
    source, to = pathlib.Path("/usr/share/wordpress"), folder / "wordpress"
    if not (source / "wp-load.php").exists():
        raise Missing("WordPress is not installed (Debian's wordpress, wordpress-theme-twentytwentythree, php-fpm, php-mysql)")
    if not to.exists():
        subprocess.run(["cp", "-rL", source, to], check=False, stderr=subprocess.DEVNULL)  # one of its links leads nowhere
        (to / "wp-config.php").unlink(missing_ok=True)
        (to / "wp-content/uploads").mkdir(parents=True, exist_ok=True)
    (to / "wp-config.php").write_text(CONFIG % {"socket": sock})
    return to


def fpm(s, folder):
    found = sorted(p for d in SYSTEM.split(":") if d for p in pathlib.Path(d).glob("php-fpm*"))
    if not found:
        raise Missing("php-fpm is not installed (Debian's php-fpm)")
    sock = f"/tmp/bench-{os.getpid()}-fpm.sock"
    root = os.geteuid() == 0
    own = "user = root\ngroup = root\n" if root else ""
    (folder / "fpm.conf").write_text(f"[global]\nerror_log = {folder}/fpm.log\ndaemonize = no\n[www]\n{own}listen = {sock}\nlisten.mode = 0666\npm = static\npm.max_children = 4\nphp_admin_flag[log_errors] = on\nphp_admin_value[error_log] = {folder}/php.log\n")
    s.spawn([found[0], "-F", *(["-R"] if root else []), "-y", folder / "fpm.conf"])
    wait_until(lambda: os.path.exists(sock), "php-fpm")
    return sock


FASTCGI = """fastcgi_cache_path {d}/kept levels=1:2 keys_zone=kept:10m max_size=100m inactive=1h;
  server {{ listen 127.0.0.1:{port} backlog=4096; root {root}; index index.php; location ~ \\.php$ {{ {php} {keep} }} location / {{ try_files $uri $uri/ /index.php?$args; }} }}
  server {{ listen 127.0.0.1:{bare} backlog=4096; root {root}; index index.php; location ~ \\.php$ {{ {php} }} location / {{ try_files $uri $uri/ /index.php?$args; }} }}"""
KEEP = ("fastcgi_cache kept; fastcgi_cache_key $scheme$request_method$http_host$request_uri; fastcgi_cache_valid 200 1h; "
        "fastcgi_ignore_headers Cache-Control Expires Set-Cookie Vary; fastcgi_cache_lock on;")


def wordpress(articles):
    """(the server behind its cache, the port that leads past it, the address of the busy article)."""
    need("php", "php-cli")
    folder = WORK / f"wordpress-{len(articles)}"
    folder.mkdir(parents=True, exist_ok=True)
    s, sock = mariadb(folder)
    root = wordpress_files(folder, sock)
    mark = folder / "whole"
    if not mark.exists():
        say(f"filling WordPress with {len(articles)} articles")
        subprocess.run(["mariadb", "--no-defaults", "-uroot", f"--socket={sock}", "-e", "DROP DATABASE IF EXISTS wordpress; CREATE DATABASE wordpress CHARACTER SET utf8mb4"], check=True)
        (folder / "articles.json").write_text("".join(json.dumps(a) + "\n" for a in articles))
        (folder / "fill.php").write_text(FILL)
        done = subprocess.run(["php", "-d", "memory_limit=1G", "-d", "display_errors=stderr", folder / "fill.php", root, folder / "articles.json"], capture_output=True, text=True, timeout=1800)
        if done.returncode != 0 or "article " not in done.stdout:
            raise RuntimeError(f"WordPress was not filled: {done.stdout[-300:]} {done.stderr[-300:]}")
        mark.write_text(done.stdout.rsplit("article ", 1)[1].strip())
    php = f"include {'/etc/nginx/fastcgi_params'}; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_pass unix:{fpm(s, folder)};"
    s.port, bare = free_port(), free_port()
    shutil.rmtree(folder / "nginx", ignore_errors=True)
    front = nginx("nginx before WordPress", folder / "nginx", FASTCGI.format(d=folder / "nginx", port=s.port, bare=bare, root=root, php=php, keep=KEEP), s.port, workers=len(CORES))
    s.roots += front.roots
    s.at_end.append(front.stop)
    return s, bare, f"/?p={mark.read_text()}"


def fossil(articles):
    """Articles as wiki pages with their comments in them, and as technical notes, which are its timeline."""
    need("fossil", "fossil")
    folder = WORK / f"fossil-{len(articles)}"
    repo, env = folder / "wire.fossil", {**os.environ, "USER": "admin", "HOME": str(folder), "FOSSIL_HOME": str(folder)}
    busy = next(a for a in articles if a["busy"])
    if not (folder / "whole").exists():
        say(f"filling Fossil with {len(articles)} articles")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run(["fossil", "init", "-A", "admin", repo], check=True, env=env, stdout=subprocess.DEVNULL)
        for a in articles:
            text = folder / "text"
            text.write_text(a["body"] + "".join(f"<hr><p><b>{c['author']}</b> {c['posted']}</p>{c['body']}" for c in a["comments"]))
            subprocess.run(["fossil", "wiki", "create", f"A{a['id']}", text, "-R", repo, "-M", "text/x-fossil-wiki"], check=True, env=env, stdout=subprocess.DEVNULL)
            note = folder / "note"
            note.write_text(a["summary"] or a["title"])
            subprocess.run(["fossil", "wiki", "create", a["title"], note, "-R", repo, "-t", a["posted"].replace(" ", "T"), "-M", "text/x-fossil-wiki"], check=True, env=env,
                           stdout=subprocess.DEVNULL)
        (folder / "whole").touch()
    s = Server("Fossil", free_port())
    s.spawn(["fossil", "server", repo, "--port", s.port, "--localhost"], env=env)
    return s.listening(), f"/wiki?name=A{busy['id']}"


def row(figure, ours, unit, peer, name, times):
    return {"figure": figure, "ours": ours, "unit": unit, "peer": peer, "peer_name": name, "ratio": times, "goal": None, "met": None}


def peers(quick):
    """The front page and an article with 20 comments: kept and made, against WordPress with and without a page cache, and Fossil."""
    n = 1000
    site, out, others = sqlite_site(n), {"rows": [], "notes": []}, []
    where = addresses(sqlite_rows(site), n)
    busy = int(where["article"].split("/")[2])
    articles = content(site, 100 if quick else 500, busy)
    seconds, times = (2, 2) if quick else (4, 5)
    configure(site)
    kept = broadside(site)
    second = WORK / "peers-made"
    shutil.rmtree(second, ignore_errors=True)
    second.mkdir()
    (second / "media").mkdir()
    with sqlite3.connect(f"file:{site}/site.db?mode=ro", uri=True) as c, sqlite3.connect(second / "site.db") as to:
        c.backup(to)  # a plain copy would miss what is still in the log beside it
    configure(second, cache={"megabytes": 0})
    made = broadside(second)
    try:
        def ask(s, path, port=None):
            mine, s.port = s.port, port or s.port
            slow = port or s.name == "Fossil"  # what takes tenths of a second is given time, and few at once
            try:
                return load(s, path, seconds=seconds * 2 if slow else seconds, connections=4)
            finally:
                s.port = mine

        def against(name, server, ours, front, article, port=None):
            for page, mine, theirs in (("front page", "/", front), ("article", where["article"], article)):
                ask(server, theirs, port), ask(ours, mine)
                r = rounds(times, a=lambda: good(ask(ours, mine), 200), b=lambda: good(ask(server, theirs, port), 200))
                a, b = [[x["us"] for x in r[k]] for k in "ab"]
                out["rows"].append(row(f"{page}, {'kept' if ours is kept else 'made for the request'}", summary(a), "µs CPU", summary(b), name, ratio(a, b)))
        try:
            wp, bare, page = wordpress(articles)
            others.append(wp)
            against("WordPress, nginx's FastCGI cache", wp, kept, "/", page)
            against("WordPress, no page cache", wp, made, "/", page, bare)
            out["rows"].append(row("Memory, all processes", one(kept.memory()), "MB PSS", one(wp.memory()), "WordPress: nginx, 4 php-fpm, MariaDB", None))
        except Missing as e:
            out["notes"].append(f"Not measured: {e}.")
        try:
            fs, page = fossil([a for a in articles if a["busy"]] + [a for a in articles if not a["busy"]][-20 if quick else -100:])
            others.append(fs)
            against("Fossil", fs, made, "/timeline?n=20", page)
        except Missing as e:
            out["notes"].append(f"Not measured: {e}.")
    finally:
        for s in [kept, made, *others]:
            s.stop()
    out["notes"].append(f"WordPress holds the newest {len(articles)} articles of the same site with their comments, as many on a page (20), with its default theme, MariaDB and four php-fpm "
                        "processes; Fossil the newest 100 (20 in a quick run) as wiki pages and technical notes. Their pages are what their own templates make of it, so bytes differ. Processor time of all "
                        "processes of each: less is better.")
    return out


def one(value):
    return {"median": value, "min": value, "max": value, "n": 1}
