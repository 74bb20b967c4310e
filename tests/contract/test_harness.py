"""The harness itself: it must show what went wrong, never hide it."""
import os
import signal
import stat
import textwrap

import pytest

from harness import Parley, eventually

FAKE = textwrap.dedent("""\
    #!/usr/bin/env python3
    import http.server, os, signal, sys
    signal.signal(signal.SIGTERM, lambda *_: os._exit(int(os.environ.get("EXIT", "0"))))
    print("a line of the log", file=sys.stderr, flush=True)
    print(os.environ.get("REPORT", ""), file=sys.stderr, flush=True)
    if os.environ.get("DIE"): sys.exit(3)
    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers(); self.wfile.write(b"parley_x_total{a=\\"b\\"} 2\\n")
        def log_message(self, *_): pass
    host, port = os.environ["ADMIN_LISTEN"].split(":")
    http.server.HTTPServer((host, int(port)), Ready).serve_forever()
    """)


@pytest.fixture
def fake_binaries(tmp_path, monkeypatch):
    for name in ("sim", "worker"):
        (tmp_path / f"parley-{name}").write_text(FAKE)
        (tmp_path / f"parley-{name}").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PARLEY_BIN", str(tmp_path))


def test_a_binary_that_does_not_exist_is_named(fake_binaries):
    parley = Parley("ingress")
    with pytest.raises(RuntimeError, match="parley-ingress does not exist"):
        parley.start()
    parley.close()


def test_a_process_can_be_killed_started_and_stopped(fake_binaries):
    with Parley("worker", "sim") as parley:
        assert parley["sim"].metrics() == {'parley_x_total{a="b"}': 2}
        first = parley["worker"].pid
        parley.kill("worker")
        assert not parley["worker"].is_running
        parley.start("worker")
        assert parley["worker"].pid != first
        folder = parley.folder
    assert not parley["sim"].is_running and not folder.exists()


@pytest.mark.parametrize("report", ["==7==ERROR: AddressSanitizer: heap-use-after-free", "WARNING: ThreadSanitizer: data race",
                                    "/src/a.c:6:29: runtime error: signed integer overflow"])
def test_a_sanitizers_report_fails_the_test_even_of_a_killed_process(fake_binaries, report):
    parley = Parley("worker", env={"REPORT": report}).start()
    parley.kill("worker")
    with pytest.raises(AssertionError, match=report.split(" ", 1)[-1]):
        parley.close()


def test_a_start_that_fails_shows_the_log(fake_binaries):
    parley = Parley("worker", env={"DIE": "1"})
    with pytest.raises(RuntimeError, match="(?s)ended with 3.*a line of the log"):
        parley.start()
    with pytest.raises(AssertionError, match="ended by itself"):
        parley.close()


def test_a_crash_that_nobody_asked_for_is_a_failure(fake_binaries):
    parley = Parley("worker").start()
    os.kill(parley["worker"].pid, signal.SIGABRT)
    eventually(lambda: not parley["worker"].is_running)
    with pytest.raises(AssertionError, match="ended by itself with -6"):
        parley.close()


def test_an_exit_code_other_than_0_is_a_failure(fake_binaries):
    parley = Parley("worker", env={"EXIT": "7"}).start()
    with pytest.raises(AssertionError, match="ended with 7"):
        parley.close()


def test_killing_leaves_everything_running(fake_binaries):
    with Parley("worker", "sim") as parley:
        pids = {parley[name].pid for name in ("worker", "sim")}
        with parley.killing("worker", "sim", seed=1, every_s=(0, 0.01)):
            eventually(lambda: parley["worker"].is_running and parley["sim"].is_running
                       and not pids & {parley["worker"].child.pid, parley["sim"].child.pid})
        assert parley["worker"].is_running and parley["sim"].is_running


def test_eventually_says_what_came_last():
    with pytest.raises(AssertionError, match="the last value was 0"):
        eventually(lambda: 0, timeout=0.05)
    with pytest.raises(AssertionError, match="3 came, 4 wanted"):
        def fact():
            raise AssertionError("3 came, 4 wanted")
        eventually(fact, timeout=0.05)
