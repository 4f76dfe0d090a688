"""Rounds: two or more things measured in turn, A B B A …, so that a machine that is now slow, now fast, is so for all of them; and the load itself."""
import json
import statistics
import subprocess
import sys

from servers import CLIENT_CORE, SERVER_CORE, TOP, WORK


def compile_tools():
    """The load generator and the bare writers, with the compiler of the machine."""
    WORK.mkdir(parents=True, exist_ok=True)
    for name, libraries in (("load", ["-lm"]), ("bare_sqlite", ["-lsqlite3", "-pthread"]), ("bare_pq", ["-lpq", "-pthread"])):
        source, out = TOP / f"bench/{name}.c", WORK / name
        if out.exists() and out.stat().st_mtime > source.stat().st_mtime:
            continue
        include = []
        if name == "bare_pq":
            found = subprocess.run(["pkg-config", "--cflags", "libpq"], capture_output=True, text=True)
            include = found.stdout.split()
        subprocess.run(["cc", "-std=c11", "-O2", "-Wall", "-Wextra", *include, "-o", out, source, *libraries], check=True)


def load_command(server, path="/", connections=64, seconds=3, warm=0, rate=0, headers=(), method=None, body=None, paths=None, first=0, pinned=False):
    args = ["taskset", "-c", CLIENT_CORE] if pinned else []
    args += [WORK / "load", "-c", connections, "-d", seconds, "-w", warm, "-n", first]
    args += ["-r", rate] if rate else []
    args += ["-m", method] if method else []
    args += ["-b", body] if body else []
    args += ["-f", paths] if paths else []
    for h in headers:
        args += ["-H", h]
    return [*map(str, args), "127.0.0.1", str(server.port), path]


def load(server, path="/", seconds=3, **how):
    """One run of the load generator; its figures, with the server's processor seconds and microseconds a request."""
    before = server.cpu()
    done = subprocess.run(load_command(server, path, seconds=seconds, **how), capture_output=True, text=True, timeout=seconds * 4 + 60)
    spent = server.cpu() - before
    if done.returncode != 0:
        raise RuntimeError(f"load: {done.stderr.strip()}")
    r = json.loads(done.stdout)
    r["cpu"] = spent
    r["us"] = spent / r["requests"] * 1e6 if r["requests"] else None
    return r


def good(r, *statuses):
    """That what was measured was answers, not refusals."""
    wrong = {k: v for k, v in r["statuses"].items() if int(k) not in statuses}
    if wrong or r["failed"] > max(2, r["requests"] // 1000) or not r["requests"]:
        raise RuntimeError(f"wrong answers: {wrong}, {r['failed']} failed of {r['requests']}")
    return r


def rounds(n, **things):
    """Calls each of things n times, in turn and back again; the answers by name."""
    out = {name: [] for name in things}
    names = list(things)
    for i in range(n):
        for name in names if i % 2 == 0 else reversed(names):
            out[name].append(things[name]())
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return out


def summary(values):
    values = [v for v in values if v is not None]
    if not values:
        return None
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values)}


def ratio(a, b):
    """Round by round."""
    return summary([x / y for x, y in zip(a, b) if y])


__all__ = ["CLIENT_CORE", "SERVER_CORE", "compile_tools", "good", "load", "load_command", "ratio", "rounds", "summary"]
