"""What every test relies on: how the harness ends a process."""
import os
import signal
import sys

import pytest

from harness import eventually, free_port
from harness.processes import Process

LISTENER = """
import signal, time
signal.signal(signal.SIGCONT, lambda *_: print("woken", flush=True))
asked = []
signal.signal(signal.SIGTERM, lambda *_: (asked.append(1), print("asked", flush=True)))
print("up", flush=True)
while not asked:
    time.sleep(0.01)
time.sleep(0.5)                         # what comes now comes too late, and is noted
"""


@pytest.fixture
def process(tmp_path):
    """One that notes which signals it gets, and ends half a second after the first SIGTERM."""
    one = Process("worker", dict(os.environ), [free_port()], tmp_path / "log")
    one.prefix = [sys.executable, "-c", LISTENER]
    one.spawn()
    eventually(lambda: "up" in one.log())
    yield one
    one.kill()


def test_a_process_is_asked_to_end_once_however_often_the_harness_says_so(process):
    process.terminate()
    eventually(lambda: "asked" in process.log())
    process.terminate()
    assert process.stop() == 0
    assert process.log().count("asked") == 1


def test_only_a_paused_process_is_woken(process):
    """SIGCONT at the end of a process under LeakSanitizer leaves it hanging for ever."""
    process.terminate()
    assert process.stop() == 0
    assert "woken" not in process.log()


def test_a_paused_process_is_woken_and_ends(process):
    os.kill(process.pid, signal.SIGSTOP)
    eventually(process.is_paused)
    assert process.stop() == 0
    assert "woken" in process.log()
