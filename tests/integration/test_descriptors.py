"""Few files to open: connections wait instead of turning the processor, and all goes on when they end."""
import contextlib
import os
import socket
import time

import pytest
import requests

from harness import Parley, eventually

FILES = {"ingress": 96, "api": 96, "sender": 40}
CALLS = 64                                                  # more than the sender has files for
CROWD = 150
PERSON = "+15550100888"
IDLE_S = 1.5


def cpu_s(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def parley():
    system = Parley(env={"KEEP_ALIVE_MS": 600000, "INGRESS_THREADS": 1000, "SENDER_CONNECTIONS": CALLS})
    for name, files in FILES.items():
        system[name].prefix = ["prlimit", f"--nofile={files}:{files}"]
    system.start()
    yield system
    system.close()


@contextlib.contextmanager
def crowd(port):
    """Connections that say nothing, more than there are files."""
    with contextlib.ExitStack() as idle:
        for _ in range(CROWD):
            s = idle.enter_context(socket.socket())
            s.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                s.connect(("127.0.0.1", port))
        yield


@pytest.mark.parametrize("name,path", [("ingress", "/health"), ("api", "/api/v1/numbers")])
def test_more_connections_than_files_wait_and_cost_nothing(parley, name, path):
    pid, port = parley[name].pid, parley.ports[name]
    assert requests.get(f"http://127.0.0.1:{port}{path}", timeout=10).status_code == 200
    with crowd(port):
        eventually(lambda: len(os.listdir(f"/proc/{pid}/fd")) > FILES[name] // 2, 10, "the crowd is there")
        before = cpu_s(pid)
        time.sleep(IDLE_S)                                  # the measure is what it does meanwhile: nothing
        used = cpu_s(pid) - before
        assert used < IDLE_S / 10, f"parley-{name} worked for {used:.2f} s of {IDLE_S} s, for connections that say nothing"
        assert len(os.listdir(f"/proc/{pid}/fd")) < FILES[name], "not a file is left for anything else"
        assert requests.get(parley[name].admin + "/healthz", timeout=10).status_code == 200
    assert eventually(lambda: requests.get(f"http://127.0.0.1:{port}{path}", timeout=20).status_code == 200, 30)
    assert parley[name].pid == pid and "few_files" in parley[name].log()


def test_a_sender_with_few_files_sends_everything_once(parley):
    parley.plivo.faults(latency_ms=300)
    pid = parley["sender"].pid
    sent = [parley.api.send(f"+1555016{i:04d}", "hello")["id"] for i in range(60)]
    eventually(lambda: len(os.listdir(f"/proc/{pid}/fd")) >= FILES["sender"] - 1, 20, "the sender has no file left")
    eventually(lambda: all(parley.api.message(id)["status"] not in ("queued", "held", "sending") for id in sent), 60)
    arrived = [m["dst"] for m in parley.plivo.messages()]
    assert len(arrived) == len(set(arrived)) == 60, f"{len(arrived)} arrived, {len(set(arrived))} of them once"
    assert parley["sender"].pid == pid
