"""Each rule finds the breach that is planted for it, and leaves a clean tree alone."""
import subprocess

import pytest
import rules

CLEAN_HEADER = """/* {name} - a thing.
 *
 * Promise: it is one.
 * Threads: pure; call from any.
 */
"""


def header(name):
    return CLEAN_HEADER.replace("{name}", name)


CLEAN = {
    "common/base/err.h": header("err.h") + "#include <string.h>\n",
    "common/domain/phone.h": header("phone.h") + '#include "base/err.h"\n',
    "common/domain/phone.c": '#include "domain/phone.h"\n/* strcpy( would be wrong, time() too */\nconst char *x = "rand()";\n',
    "common/io/bus.h": header("bus.h") + "#include <time.h>\n",
    "services/worker/loop.c": '#include "io/bus.h"\n#include "core/lanes.h"\n',
    "services/worker/core/lanes.h": header("lanes.h") + '#include "domain/phone.h"\n#include <openssl/hmac.h>\n',
    "services/worker/main.c": "int main(void)\n{\n    return 0;\n}\n",
    "services/api/routes.h": header("routes.h"),
}

LONG_FUNCTION = "void f(void)\n{\n" + "    g();\n" * 101 + "}\n"
LONGISH_FUNCTION = "void f(void)\n{\n" + "    g();\n" * 41 + "}\n"

PLANTED = [
    (rules.include_arrow, {"common/base/a.c": '#include "domain/phone.h"\n'}, "stands left"),
    (rules.include_arrow, {"common/domain/a.c": '#include "io/bus.h"\n'}, "stands left"),
    (rules.include_arrow, {"common/wire/a.c": '#include "io/bus.h"\n'}, "stands left"),
    (rules.include_arrow, {"common/io/a.c": '#include "loop.h"\n'}, "knows no service"),
    (rules.include_arrow, {"services/worker/a.c": '#include "routes.h"\n'}, "do not include each other"),
    (rules.include_arrow, {"services/worker/a.c": '#include "../api/routes.h"\n'}, 'without ".."'),
    (rules.pure_folders, {"common/domain/a.c": "#include <time.h>\n"}, "<time.h>"),
    (rules.pure_folders, {"common/plivo/a.c": "#include <sys/socket.h>\n"}, "<sys/socket.h>"),
    (rules.pure_folders, {"services/worker/core/a.c": "#include <pthread.h>\n"}, "<pthread.h>"),
    (rules.pure_folders, {"services/worker/core/a.c": '#include "io/bus.h"\n'}, "no header of io/"),
    (rules.pure_folders, {"services/worker/shell.h": '#include "io/bus.h"\n',
                          "services/worker/core/a.c": '#include "shell.h"\n'}, "through services/worker/shell.h"),
    (rules.pure_folders, {"common/base/evil.h": "#include <fcntl.h>\n",
                          "common/domain/a.c": '#include "base/evil.h"\n'}, "through common/base/evil.h"),
    (rules.pure_folders, {"common/domain/a.c": "int64_t f(void) { return time(NULL); }\n"}, "time()"),
    (rules.banned_calls, {"services/api/a.c": "void f(char *a) { strcpy(a, b); }\n"}, "strcpy()"),
    (rules.banned_calls, {"tests/unit/a_test.c": "int f(char *a) { return atoi (a); }\n"}, "atoi()"),
    (rules.left_open, {"tools/a.py": "# TO" + "DO: later\n"}, "left open"),
    (rules.left_open, {"docs/a.md": "FIX" + "ME\n"}, "left open"),
    (rules.file_length, {"common/io/a.c": "\n" * 501}, "500 at most"),
    (rules.file_length, {"common/io/a.c": "\n" * 401}, "needs its reason"),
    (rules.file_length, {"common/io/a.c": "\n" * 10, "tests/lint/long_files.txt": "common/io/a.c it was long\n"}, "drop"),
    (rules.function_length, {"common/io/a.c": LONG_FUNCTION}, "101 lines"),
    (rules.function_length, {"common/io/a.c": LONGISH_FUNCTION}, "one of ten"),
    (rules.mains, {"services/api/main.c": "\n" * 81}, "longer than a screen"),
    (rules.readmes, {f"common/wire/{c}.c": "\n" for c in "abcdefg"}, "no README.md"),
    (rules.readmes, {"common/wire/README.md": "\n" * 61}, "more than a screen"),
    (rules.headers, {"common/io/a.h": "int x;\n"}, "must begin with"),
    (rules.headers, {"common/io/a.h": "/* a.h - a thing.\n * Promise: x\n */\n"}, "Threads:"),
    (rules.headers, {"common/io/a.h": "/* a.h - a thing.\n * Threads: x\n * Promise: x\n */\n"}, "order"),
    (rules.lint_exceptions, {"common/io/a.c": "f(); // NOLINT\n"}, "names its check"),
    (rules.lint_exceptions, {"common/io/a.c": "f(); // NOLINT(cert-x)\n"}, "names its check"),
]


def plant(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return rules.Tree(folder, [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()])


def test_a_clean_tree_breaks_no_rule(tmp_path):
    tree = plant(tmp_path, CLEAN)
    assert [breach for rule in rules.RULES for breach in rule(tree)] == []


@pytest.mark.parametrize("rule,files,words", PLANTED, ids=[f"{r.__name__}-{w}" for r, _, w in PLANTED])
def test_a_planted_breach_is_found(tmp_path, rule, files, words):
    breaches = list(rule(plant(tmp_path, {**CLEAN, **files})))
    assert len(breaches) == 1, breaches
    assert words in breaches[0]


def test_every_rule_has_a_planted_breach():
    assert {rule for rule, _, _ in PLANTED} == set(rules.RULES)


def test_a_long_file_with_its_reason_is_let_through(tmp_path):
    files = {"common/io/a.c": "\n" * 401, "tests/lint/long_files.txt": "common/io/a.c one state machine, drawn once\n"}
    assert list(rules.file_length(plant(tmp_path, files))) == []


def test_a_generated_file_may_be_of_any_length(tmp_path):
    files = {"services/api/types.ts": "/** This file was auto-generated by a tool. */\n" + "\n" * 900}
    assert list(rules.file_length(plant(tmp_path, files))) == []


def test_a_named_exception_with_its_reason_is_let_through(tmp_path):
    for text in ("f(); /* NOLINT(cert-err33-c): nothing is left to do here */\n",
                 "/* nothing is left to do here */\nf(); /* NOLINT(cert-err33-c) */\n"):
        assert list(rules.lint_exceptions(plant(tmp_path, {"common/io/a.c": text}))) == []


def test_only_files_under_version_control_are_looked_at(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plant(tmp_path, {"seen.c": "strcpy(a, b);\n", "unseen.c": "strcpy(a, b);\n"})
    subprocess.run(["git", "add", "seen.c"], cwd=tmp_path, check=True)
    assert rules.Tree(tmp_path).paths == ["seen.c"]
