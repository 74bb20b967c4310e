"""The operator's command: what it prints, where, and with which exit code."""
import json

import pytest

from harness import Parley


@pytest.fixture(scope="module")
def parley():
    with Parley("worker", "api", env={"API_AUTH": "on"}) as system:
        yield system


def test_help_names_every_command_and_variable(parley):
    text = parley.tool("--help").stdout
    for word in ("login", "key create", "status", "spool", "store check", "backup", "restore", "recover", "doctor", "RUN_DIR", "WORKER_ENDPOINT", "DASHBOARD_URL"):
        assert word in text
    assert parley.tool("--version").stdout.startswith("parley ")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["login", "now"], ["key"], ["key", "create"], ["key", "create", "--name", ""],
                                       ["key", "delete", "--name", "x"], ["key", "create", "--name", "x" * 101], ["status", "--xml"]])
def test_a_command_that_is_none_says_how_and_does_nothing(parley, arguments):
    done = parley.tool(*arguments, wanted=2)
    assert done.stdout == "" and "parley" in done.stderr


def test_results_are_all_that_stands_on_stdout(parley):
    assert len(parley.tool("login").stdout.splitlines()) == 1
    assert len(parley.tool("key", "create", "--name", "Käthe's till").stdout.splitlines()) == 1


def test_status_counts_what_is_there(parley):
    before = json.loads(parley.tool("status", "--json").stdout)
    parley.new_key().send("+15550100901", "hello", send_at=None, **{"class": "bulk"})
    after = json.loads(parley.tool("status", "--json").stdout)
    assert after["messages"] == before["messages"] + 1 and after["event_head"] > before["event_head"]
    assert f"messages           {after['messages']}" in parley.tool("status").stdout


def test_without_a_worker_it_says_so_and_fails():
    parley = Parley("worker")
    try:
        done = parley.tool("login", wanted=1)
        assert done.stdout == "" and "worker" in done.stderr and "RUN_DIR" in done.stderr
    finally:
        parley.close()


def test_a_store_that_is_whole_says_so_running_or_not():
    with Parley("worker", "api") as parley:
        parley.api.send("+15550100902", "hello")
        assert parley.tool("store", "check").stdout.splitlines()[-1].endswith("0 findings: the store is whole")
        refused = parley.tool("store", "check", parley.env["STORE_URL"], wanted=1)
        assert "a worker has" in refused.stderr
        parley.stop("worker")
        assert "the store is whole" in parley.tool("store", "check", parley.env["STORE_URL"]).stdout


@pytest.mark.parametrize("url", ["lmdb:/nonexistent/folder", "nonsense"])
def test_what_is_no_store_cannot_be_checked(parley, url):
    done = parley.tool("store", "check", url, wanted=1)
    assert done.stdout == "" and done.stderr.startswith("parley: ") and len(done.stderr.splitlines()) == 1
