"""The layout check finds what is laid out wrongly and lets a person's columns stand."""
import shutil

import layout
import pytest

pytestmark = pytest.mark.skipif(not shutil.which("clang-format"), reason="needs clang-format")

ALLOWED = """\
#define STATUSES(X)                                               \\
    X(SENT,           20,   false,  "with the carrier")           \\
    X(FAILED,         30,   true,   "could not be delivered")     /* ... */

enum { PHONE_DIGITS_MIN = 2, PHONE_DIGITS_MAX = 15 };

struct phone { char e164[1 + PHONE_DIGITS_MAX + 1]; };      /* "+15550100001" and its NUL */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }   /* isdigit() obeys the locale */

static const struct service INGRESS = {
    .name   = "ingress",
    .config = ingress_config,
    .parts  = { /* name        start          ready          drain          stop         */
                { "spool",     spool_start,   spool_ready,   NULL,          spool_stop   },
                { "ack",       ack_start,     ack_ready,     ack_drain,     ack_stop     } },
};

static const struct route ROUTES[] = {
    { "/plivo/inbound", true, TARGET_INBOUND, "GET, POST" },
    { "/health", true, TARGET_HEALTH, "GET" }
};

bool open_both(struct spool *spool, struct err *err)
{
    add(out, (struct effect){ .kind = FX_STORE });                 /* P4 */
    if (!env_open(spool, err))       return false;
    if (!tables_open(spool, err))    goto undo_env;
    return true;
undo_env:
    env_close(spool);
    return false;
}
"""

WRONG = {
    "indentation": ("    return true;", "  return true;"),
    "brace of a function": ("struct err *err)\n{", "struct err *err) {"),
    "pointer": ("struct spool *spool", "struct spool* spool"),
    "two statements": ("    env_close(spool);\n    return false;", "    env_close(spool); return false;"),
    "columns": ("    env_close(spool);", "    env_close(" + "spool + " * 20 + "spool);"),
}


def breaches(tmp_path, text, fix=False):
    (tmp_path / ".clang-format").write_text(open(".clang-format").read())
    (tmp_path / "a.c").write_text(text)
    return layout.check(str(tmp_path / "a.c"), fix)


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(layout.pathlib.Path(__file__).parents[2])


def test_a_persons_columns_stand(tmp_path):
    assert breaches(tmp_path, ALLOWED) == []


@pytest.mark.parametrize("what", WRONG)
def test_a_planted_breach_is_found(tmp_path, what):
    right, wrong = WRONG[what]
    assert right in ALLOWED
    assert len(breaches(tmp_path, ALLOWED.replace(right, wrong))) == 1


def test_fix_mends_the_breach_and_nothing_else(tmp_path):
    wrong = ALLOWED.replace("    return true;", "  return true;")
    assert breaches(tmp_path, wrong, fix=True)
    assert (tmp_path / "a.c").read_text() == ALLOWED


def test_a_file_that_is_no_c_is_left_alone(tmp_path, capsys):
    text = "def f(a):\n  return {\n    'a': a}\n"
    (tmp_path / "a.py").write_text(text)
    assert layout.main(["--fix", str(tmp_path / "a.py")]) == 0
    assert (tmp_path / "a.py").read_text() == text
    assert "left alone" in capsys.readouterr().out
