"""results.json as results.md and as plots."""
import os
import pathlib
import platform
import re
import shutil
import subprocess

from plot import lines
from servers import BINARY

HERE = pathlib.Path(__file__).resolve().parent
TITLES = {"hit": "A kept page", "p99": "Many connections", "latency": "Latency over offered load", "made": "Pages made for the request", "write": "Writing, on SQLite",
          "write-postgres": "Writing, on PostgreSQL", "size": "Size, on SQLite", "size-postgres": "Size, on PostgreSQL", "abuse": "Abuse", "upload": "A large upload", "peers": "Others", "profile": "Where the time goes"}


def first_line(*command):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if not shutil.which(command[0], path=path):
        return None
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env={**os.environ, "PATH": path, "LC_ALL": "C"})
    said = (done.stdout or done.stderr).strip()
    return said.splitlines()[0] if said else None


def debian(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True) if shutil.which("dpkg-query") else None
    return done.stdout.strip() if done and done.returncode == 0 else None


def machine():
    """What it was measured on: nothing that names it."""
    cpu = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    memory = int(re.search(r"^MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.M)[1])
    system = re.search(r'^PRETTY_NAME="(.+)"', pathlib.Path("/etc/os-release").read_text(), re.M)
    versions = {"Broadside": first_line(BINARY, "version") or first_line(BINARY, "--version"), "commit": first_line("git", "-C", str(HERE), "rev-parse", "--short", "HEAD")}
    for name, package in (("libmicrohttpd", "libmicrohttpd12"), ("SQLite", "libsqlite3-0"), ("PostgreSQL", "postgresql-15"), ("nginx", "nginx"), ("WordPress", "wordpress"),
                          ("PHP", "php8.2-fpm"), ("MariaDB", "mariadb-server"), ("Fossil", "fossil"), ("slowhttptest", "slowhttptest")):
        versions[name] = debian(package)
    return {"cores": len(os.sched_getaffinity(0)), "cpu": cpu[1] if cpu else platform.machine(), "memory": f"{memory / 1048576:.0f} GiB", "system": system[1] if system else "",
            "kernel": platform.release().split("-")[0], "versions": {k: v for k, v in versions.items() if v}}


def digits(v):
    if 0 < abs(v) < .01:
        return f"{v:.4f}"
    return f"{v:,.0f}" if abs(v) >= 100 else f"{v:.1f}" if abs(v) >= 10 else f"{v:.2f}"


def shown(s, unit=""):
    if not s or s["median"] is None:
        return "–"
    spread = f" ({digits(s['min'])}–{digits(s['max'])})" if s["n"] > 1 else ""
    return f"{digits(s['median'])} {unit}{spread}".strip()


def times(s):
    return f"**{digits(s['median'])}** ({digits(s['min'])}–{digits(s['max'])})" if s else ""


def table(rows):
    out = ["| Figure | Broadside | Beside it | Ratio | Goal | Met |", "|---|---|---|---|---|---|"]
    for r in rows:
        peer = f"{shown(r['peer'], r['unit'])}, {r['peer_name']}" if r.get("peer") else ""
        met = {True: "yes", False: "**no**", None: ""}[r["met"]]
        out.append(f"| {r['figure']} | {shown(r['ours'], r['unit'])} | {peer} | {times(r['ratio'])} | {r['goal'] or ''} | {met} |")
    return out


def plots(results):
    """Writes the SVG files; {part: [file]}."""
    folder, out = HERE / "plots", {}
    folder.mkdir(exist_ok=True)

    def write(part, name, text):
        (folder / name).write_text(text)
        out.setdefault(part, []).append(name)
    points = results["parts"].get("latency", {}).get("points")
    if points:
        series = {}
        for which in ("p50", "p99"):
            for name in ("broadside", "nginx"):
                series[f"{name}, {which}"] = [(p["rate"], *[max(p[which][k], .01) for k in ("median", "min", "max")]) for p in points if p["server"] == name]
        write("latency", "latency.svg", lines("Latency over offered load, one kept page", "requests offered a second", "milliseconds", series, log_y=True))
    for part, engine in (("size", "SQLite"), ("size-postgres", "PostgreSQL")):
        points = results["parts"].get(part, {}).get("points")
        if points:
            series = {}
            for p in points:
                if p["page"] != "start":
                    series.setdefault(p["page"], []).append((p["size"], *[p["value"][k] for k in ("median", "min", "max")]))
            write(part, f"size-{engine.lower()}.svg", lines(f"Cost of a request over the size of the site, {engine}", "articles", "µs of processor time a request", series, log_x=True))
    return out


def profiles(part):
    out = []
    for p in part.get("profiles", []):
        out += [f"### {p['name']}", "", ", ".join(f"{home} {share:.0f} %" for home, share in p["by"]) + ".", "", "| Share | Where | What |", "|---|---|---|"]
        out += [f"| {share:.1f} % | {home} | `{what}` |" for share, home, what in p["top"]]
        out.append("")
    return out


def closing(part):
    """The paragraph on where the remaining time goes: made from the profile's figures."""
    said = []
    for p in part.get("profiles", []):
        if not p["name"].startswith("broadside"):
            continue
        ours = [t for t in p["top"] if t[1] == "broadside"][:3]
        text = f"Of *{p['name'].split(': ', 1)[1]}*, " + ", ".join(f"{share:.0f} % is {'the kernel’s' if home == 'kernel' else home + '’s'}" for home, share in p["by"][:4])
        text += "; the kernel's largest are " + ", ".join(f"`{t[2]}` ({t[0]:.1f} %)" for t in [t for t in p["top"] if t[1] == "kernel"][:3])
        libc = [t for t in p["top"] if t[1].startswith("libc.")][:2]
        text += "; of libc's " + ", ".join(f"`{t[2]}` ({t[0]:.1f} %)" for t in libc) if libc else ""
        text += ("; of our own code " + ", ".join(f"`{t[2]}` ({t[0]:.1f} %)" for t in ours) + "." if ours else "; none of our own functions is among the first fourteen.")
        said.append(text)
    said.append("What `memset` there is on kept pages is the library clearing a connection's buffers after each request, and `_copy_from_iter` the page on its way into the "
                "socket, which nginx saves by sendfile where it doesn't compress." if said else "")
    return " ".join(said)


def write_report(results):
    m, parts, drawn = results.get("machine") or machine(), results["parts"], plots(results)
    out = ["# Measured", "", "Written by `bench/run`; `README.md` beside this page tells how to read it. Medians, least and most in brackets; ratios are taken round by round.", "",
           f"Machine: {m['cores']} cores of {m['cpu']}, {m['memory']} of memory, {m['system']}, Linux {m['kernel']}.", "",
           "Versions: " + ", ".join(f"{k} {v}" for k, v in m["versions"].items()) + ".", ""]
    order = [p for p in TITLES if p in parts]
    quick = [p for p in order if parts[p].get("quick")]
    if quick:
        out += ["**Quick**, that is, short rounds and small sites: " + ", ".join(quick) + ". These figures are for a look, not for quoting.", ""]
    missed = [(p, r) for p in order for r in parts[p]["rows"] if r["met"] is False]
    met = sum(1 for p in order for r in parts[p]["rows"] if r["met"])
    out += [f"**{met} goals met, {len(missed)} not.**" + (" Short of the goal:" if missed else ""), ""]
    out += [f"- {TITLES[p]}: {r['figure']}: {shown(r['ours'], r['unit'])}" + (f", ratio {r['ratio']['median']:.2f}" if r["ratio"] else "") + f"; goal {r['goal']}" for p, r in missed]
    if missed:
        out.append("")
    for p in order:
        part = parts[p]
        out += [f"## {TITLES[p]}", "", f"`bench/run {p}`, {part.get('when', '')}, {part.get('took', 0)} s; load average before it {part.get('load_before')}.", ""]
        if part.get("failed") or part.get("failed_since"):
            out += [f"**Not measured{' again' if part.get('failed_since') else ''}**: {part.get('failed') or part['failed_since']}", ""]
        out += [*table(part["rows"]), ""] if part["rows"] else []
        for note in part["notes"]:
            out += [note, ""]
        for name in drawn.get(p, []):
            out += [f"![{name[:-4]}](plots/{name})", ""]
        if p == "made" and (HERE / "instructions.txt").exists():
            out += ["Instructions for a request, counted by callgrind (`bench/instructions`):", "", "```", (HERE / "instructions.txt").read_text().rstrip(), "```", ""]
        if p == "profile" and not part.get("failed"):
            out += profiles(part) + ["### Where the remaining time goes", "", closing(part), ""]
    (HERE / "results.md").write_text("\n".join(out).rstrip() + "\n")
