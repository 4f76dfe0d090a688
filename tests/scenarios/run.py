"""Runs the scenarios: run.py [-j N] [--sanitized] [--engine postgres] [NAME...], NAME a test file's name without test_ and .py, or FILE.Class.test.

Files run side by side, N at a time. A file that says SANITIZED = False at its start is left out of sanitizer runs: its subject is
speed, the disk or another program. One that says ENGINES = ("sqlite",) or ENGINES = ("postgres",)
is left out on the other. Prints what failed, "SKIP scenario/NAME: reason" lines, and the closing line."""
import argparse
import ast
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from postgres import Cluster  # noqa: E402  it is found by the line above


def run_one(name):
    """In a process of its own: one file's tests, told as one JSON line."""
    result = unittest.TestResult()
    suite = unittest.defaultTestLoader.loadTestsFromName("test_" + name)
    suite.run(result)
    bad = [(str(t), text) for t, text in result.failures + result.errors]
    bad += [(str(t), "it was expected to fail and did not") for t in result.unexpectedSuccesses]
    print("\n" + json.dumps({"run": result.testsRun, "bad": bad, "skipped": [(t.id(), why) for t, why in result.skipped]}))


def spawn(name):
    done = subprocess.run([sys.executable, __file__, "--one", name], capture_output=True, text=True, errors="replace")
    try:
        return name, json.loads(done.stdout.rstrip("\n").rsplit("\n", 1)[-1])
    except ValueError:
        return name, {"run": 0, "bad": [(name, f"the tests ended early:\n{done.stdout}\n{done.stderr}")], "skipped": []}


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("-j", type=int, default=1)
    ask.add_argument("--sanitized", action="store_true")
    ask.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    ask.add_argument("--one")
    ask.add_argument("names", nargs="*")
    args = ask.parse_args()
    if args.one:
        return run_one(args.one)

    if args.engine == "postgres":
        return with_cluster(args)
    return run_all(args)


def with_cluster(args):
    """A PostgreSQL server for all sites of this run, thrown away at its end."""
    cluster = Cluster(settings=["max_connections = 200"]).start()
    os.environ["BROADSIDE_CLUSTER"] = str(cluster.folder)
    try:
        return run_all(args)
    finally:
        cluster.stop("immediate")
        shutil.rmtree(cluster.folder, ignore_errors=True)


def engines(text):
    found = re.search(r"^ENGINES = (.+?)(  #.*)?$", text, re.M)
    return ast.literal_eval(found.group(1)) if found else ("sqlite", "postgres")


def run_all(args):
    names = args.names or sorted(p.stem[5:] for p in HERE.glob("test_*.py"))
    if args.sanitized:
        os.environ["BROADSIDE_SANITIZED"] = "1"
        names = [n for n in names if "\nSANITIZED = False" not in (HERE / f"test_{n.split('.')[0]}.py").read_text()]
    if not args.names:
        names = [n for n in names if args.engine in engines((HERE / f"test_{n}.py").read_text())]
    ran = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        for name, got in pool.map(spawn, names):
            ran, failed, skipped = ran + got["run"], failed + len(got["bad"]), skipped + len(got["skipped"])
            print(f"{name}: {got['run']} run, {len(got['bad'])} failed, {len(got['skipped'])} skipped", flush=True)
            for test, text in got["bad"]:
                print(f"---- {test}\n{text[-5000:]}")
            for test, why in got["skipped"]:
                print(f"SKIP scenario/{test.removeprefix('test_')}: {why}")
    # A class that could not be set up counts as a failure without having run.
    print(f"{max(ran - failed - skipped, 0)} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
