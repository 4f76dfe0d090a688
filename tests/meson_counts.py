"""Counts what `meson test` ran, from its log: every cmocka test by itself, any other program as one test.

usage: meson_counts.py BUILD/meson-logs/testlog.json
Prints the output of programs that failed, one "SKIP unit/NAME: reason" a skipped test, and the closing line."""
import json
import re
import sys

passed = failed = skipped = 0
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        test = json.loads(line)
        text = test.get("stdout", "") + "\n" + test.get("stderr", "")
        ok = len(re.findall(r"^\[       OK \]", text, re.M))
        bad = len(set(re.findall(r"^\[  FAILED  \] (.+)", text, re.M)))
        left = re.findall(r"^\[  SKIPPED \] (\S+)$", text, re.M)
        good = test["result"] in ("OK", "EXPECTEDFAIL")
        if test["result"] == "SKIP":
            left, good = [test["name"]], True
        for name in left:
            print(f"SKIP unit/{name}: said by {test['name']}")
        if not good:
            bad = max(bad, 1)
            print(f"---- {test['name']}: {test['result']} (status {test.get('returncode')})")
            print(text[-6000:])
        elif not ok and not left:
            ok = 1
        passed, failed, skipped = passed + ok, failed + bad, skipped + len(set(left))
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed else 0)
