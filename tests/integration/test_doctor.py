"""`parley doctor`: what it finds right in a demo, and each thing that it finds wrong."""
import pytest

from harness import Parley

CHECKS = ["worker", "disk", "tokens", "account", "clock", "number", "registration", "application", "webhook", "missed"]


@pytest.fixture(scope="module")
def parley():
    with Parley("sim", "worker", "ingress", "sender") as system:
        yield system


def diagnose(parley, wanted, **changes):
    """{check: (word, sentence)} with some variables changed; None takes one away."""
    was = dict(parley.env)
    parley.env = {key: value for key, value in {**parley.env, **changes}.items() if value is not None}
    try:
        done = parley.tool("doctor", wanted=wanted)
    finally:
        parley.env = was
    assert parley.token not in done.stdout + done.stderr
    return {line.split()[1]: (line.split()[0], line.split(maxsplit=2)[2]) for line in done.stdout.splitlines()}


def test_a_demo_is_well(parley):
    said = diagnose(parley, wanted=0)
    assert list(said) == CHECKS
    assert {word for check, (word, _) in said.items() if check != "disk"} == {"ok"}, said


@pytest.mark.parametrize("check, part, changes", [
    ("account", "does not know", {"PLIVO_AUTH_TOKEN": "f" * 40}),
    ("tokens", "must be set", {"PLIVO_AUTH_TOKEN": None}),
    ("number", "rented", {"PLIVO_FROM_NUMBER": "+15550199999"}),
    ("application", "not PUBLIC_URL/plivo/inbound", {"PUBLIC_URL": "http://127.0.0.1:1"}),
    ("webhook", "no answer from here", {"PUBLIC_URL": "http://127.0.0.1:1"}),
    ("webhook", "no https", {"PLIVO_API_BASE": "https://127.0.0.1:1"}),
    ("account", "status 0", {"PLIVO_API_BASE": "http://127.0.0.1:1"}),
    ("worker", "is it running", {"RUN_DIR": "/nonexistent/run"}),
])
def test_what_is_wrong_is_named(parley, check, part, changes):
    word, sentence = diagnose(parley, wanted=1, **changes)[check]
    assert word == "FAIL" and part in sentence


def test_two_tokens_are_told_and_one_that_is_none_is_a_warning(parley):
    assert diagnose(parley, wanted=0, PLIVO_AUTH_TOKEN=f"{parley.token},{'a' * 40}")["tokens"] == \
        ("ok", "2 tokens; the first one sends, each of them may sign")
    assert diagnose(parley, wanted=0, PLIVO_AUTH_TOKEN=f"{parley.token},short")["tokens"][0] == "warn"
