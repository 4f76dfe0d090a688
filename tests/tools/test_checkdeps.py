"""checkdeps on trees made to be wrong in one place, and on the project itself."""
import os
import subprocess
import sys
import tempfile
import unittest

CHECKDEPS, ROOT = sys.argv[1:3]
DEPS = "# a comment\nbase:\ntext: base\nhttp: base text\nmain: base http\n"
GUARDED = "#ifndef {0}\n#define {0}\n#endif\n"
GOOD = {
    "deps.txt": DEPS,
    "src/base/str.h": "/* first */\n" + GUARDED.format("BASE_STR_H"),
    "src/base/banned.h": GUARDED.format("BASE_BANNED_H"),
    "src/base/meson.build": "",
    "src/text/two-words.h": GUARDED.format("TEXT_TWO_WORDS_H"),
    "src/text/slug.c": '#include <stdio.h>\n#include "base/str.h"\n# include "base/banned.h"\nint x;\n',
    "src/main.c": '#include "base/str.h"\n#include "base/banned.h"\n',
}


def run(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        done = subprocess.run([CHECKDEPS, root, os.path.join(root, "stamp")], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr, os.path.exists(os.path.join(root, "stamp"))


class CheckDeps(unittest.TestCase):
    def refused(self, changes, told):
        code, err, stamp = run({**GOOD, **changes})
        self.assertEqual(code, 1, err)
        self.assertFalse(stamp)
        self.assertEqual(err.strip(), told)

    def test_a_good_tree_passes(self):
        self.assertEqual(run(GOOD), (0, "", True))

    def test_an_include_against_the_arrows(self):
        self.refused({"src/text/slug.c": '#include "http/form.h"\n#include "base/banned.h"\n'},
                     "src/text/slug.c:1: error: text may not include from http (deps.txt)")

    def test_an_include_is_not_passed_on(self):
        self.refused({"src/main.c": '#include "text/slug.h"\n#include "base/banned.h"\n'},
                     "src/main.c:1: error: main may not include from text (deps.txt)")

    def test_generated_queries_belong_to_db(self):
        self.refused({"src/text/slug.c": '#include "sql.h"\n#include "base/banned.h"\n'},
                     "src/text/slug.c:1: error: text may not include from db (deps.txt)")

    def test_an_include_without_folder(self):
        self.refused({"src/text/slug.c": '#include "slug.h"\n#include "base/banned.h"\n'},
                     'src/text/slug.c:1: error: "slug.h" is named without its folder')

    def test_banned_is_not_last(self):
        self.refused({"src/text/slug.c": '#include "base/banned.h"\n#include <stdio.h>\n'},
                     'src/text/slug.c:2: error: the last #include is not "base/banned.h"')
        self.refused({"src/text/slug.c": "int x;\n"},
                     'src/text/slug.c:1: error: the last #include is not "base/banned.h"')

    def test_too_long(self):
        self.refused({"src/base/str.h": GUARDED.format("BASE_STR_H") + "\n" * 798},
                     "src/base/str.h:801: error: has 801 lines; 800 are the most")
        self.assertEqual(run({**GOOD, "src/base/str.h": GUARDED.format("BASE_STR_H") + "\n" * 797})[0], 0)

    def test_no_guard(self):
        self.refused({"src/base/str.h": "struct s;\n"},
                     "src/base/str.h:1: error: the include guard is missing: #ifndef BASE_STR_H")
        self.refused({"src/base/str.h": "#ifndef BASE_STR_H\n#define BASE_STRING_H\n#endif\n"},
                     "src/base/str.h:2: error: the include guard is missing: #define BASE_STR_H")

    def test_an_unknown_folder(self):
        self.refused({"src/extra/new.c": '#include "base/banned.h"\n'},
                     "src/extra/new.c:1: error: folder extra has no line in deps.txt")
        self.refused({"src/new.c": '#include "base/banned.h"\n'}, "src/new.c:1: error: stands in no folder")

    def test_bad_rules(self):
        self.refused({"deps.txt": DEPS + "web: http view\n"},
                     "deps.txt:6: error: view is not named above: arrows point downward")
        self.refused({"deps.txt": DEPS + "text: base\n"}, "deps.txt:6: error: text has a line already")
        self.refused({"deps.txt": DEPS + "web\n"}, "deps.txt:6: error: is not FOLDER: FOLDER ...")

    def test_nothing_to_check_is_a_fault(self):
        code, err, _ = run({"deps.txt": "", "src/meson.build": ""})
        self.assertEqual((code, err.strip()), (1, "src:0: error: holds no file to check"))

    def test_this_project(self):
        done = subprocess.run([CHECKDEPS, ROOT], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


unittest.main(argv=sys.argv[:1])
