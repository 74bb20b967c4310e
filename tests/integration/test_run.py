"""`make run`: tools/run over the real programs, as a newcomer starts them."""
import os
import re
import signal
import socket
import subprocess
import time

import pytest
import requests

from harness.processes import REPO, bin_folder, free_port
from harness.wait import eventually

SERVICES = ("ingress", "worker", "sender", "api", "sim")
READY_S = 30


def first_admin_port():
    """The first of five neighbours that are all free."""
    while True:
        first = free_port()
        sockets = []
        try:
            for port in range(first, first + len(SERVICES)):
                sockets.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for s in sockets:
                s.close()


class Supervisor:
    """tools/run with ports and folders of its own."""

    def __init__(self, folder, **variables):
        self.admin = first_admin_port()
        self.api, self.ingress, self.sim = (f"127.0.0.1:{free_port()}" for _ in range(3))
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG") or k.endswith("SAN_OPTIONS")}
        env = {**kept, "PARLEY_BIN": str(bin_folder()), "ADMIN_LISTEN": f"127.0.0.1:{self.admin}", "API_LISTEN": self.api,
               "INGRESS_LISTEN": self.ingress, "SIM_LISTEN": self.sim, "RUN_DIR": str(folder / "run"),
               "STORE_URL": f"lmdb:{folder}/store", "SPOOL_DIR": str(folder / "spool"), "LOG_FORMAT": "json", **variables}
        self.out, self.log = folder / "out", folder / "log"
        self.child = subprocess.Popen([REPO / "tools" / "run"], env=env, stdin=subprocess.DEVNULL,
                                      stdout=self.out.open("w"), stderr=self.log.open("w"), start_new_session=True)

    def said(self):
        return self.out.read_text()

    def ready_lines(self):
        return re.findall(r"^Parley is ready: (http\S+)$", self.said(), re.M)

    def wait_ready(self):
        def fact():
            assert self.child.poll() is None, f"tools/run ended:\n{self.said()}\n{self.log.read_text()[-3000:]}"
            return self.ready_lines()
        return eventually(fact, READY_S, "the ready line")[0]

    def children(self):
        """{name: pid} of what the supervisor started."""
        found = {}
        listing = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.child.pid)], capture_output=True, text=True)
        for line in listing.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            match = re.search(r"/parley-([a-z]+)$", command)
            if match:
                found[match[1]] = int(pid)
        return found

    def readyz(self, name):
        port = self.admin + SERVICES.index(name)
        try:
            return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False


@pytest.fixture
def supervise(tmp_path_factory):
    begun = []

    def start(**variables):
        begun.append(Supervisor(tmp_path_factory.mktemp("r"), **variables))
        return begun[-1]

    yield start
    for supervisor in begun:
        if supervisor.child.poll() is None:
            supervisor.child.kill()
            supervisor.child.wait(10)


def gone(pids):
    return all(not os.path.exists(f"/proc/{pid}") for pid in pids)


def test_a_newcomer_is_signed_in_by_the_one_line_that_it_prints(supervise):
    supervisor = supervise()
    link = supervisor.wait_ready()
    assert link.startswith(f"http://{supervisor.api}/")
    browser = requests.Session()
    assert browser.get(link, timeout=10).status_code == 200
    assert browser.get(f"http://{supervisor.api}/api/v1/me", timeout=10).status_code == 200
    assert len(supervisor.ready_lines()) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_what_dies_is_started_again(supervise, name):
    supervisor = supervise()
    supervisor.wait_ready()
    old = supervisor.children()
    assert sorted(old) == sorted(SERVICES)
    os.kill(old[name], signal.SIGKILL)
    eventually(lambda: supervisor.children().get(name) not in (None, old[name]), 10, f"a new {name}")
    eventually(lambda: all(supervisor.readyz(each) for each in SERVICES), READY_S, "all ready again")
    now = supervisor.children()
    assert {n: now[n] for n in SERVICES if n != name} == {n: old[n] for n in SERVICES if n != name}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_within_five_seconds_and_leaves_none(supervise, number):
    supervisor = supervise()
    supervisor.wait_ready()
    pids = supervisor.children().values()
    supervisor.child.send_signal(number)
    began = time.monotonic()
    assert supervisor.child.wait(15) == 0
    assert gone(pids)
    assert "killed" not in supervisor.said(), f"after {time.monotonic() - began:.1f} s: {supervisor.said()}"


def test_nothing_stays_behind_when_the_supervisor_itself_is_killed(supervise):
    supervisor = supervise()
    supervisor.wait_ready()
    pids = list(supervisor.children().values())
    supervisor.child.kill()
    supervisor.child.wait(10)
    eventually(lambda: gone(pids), 10, "the end of all processes")


def test_a_second_one_in_the_same_folder_refuses_to_start(supervise, tmp_path):
    first = supervise(RUN_DIR=str(tmp_path / "run"))
    first.wait_ready()
    second = supervise(RUN_DIR=str(tmp_path / "run"))
    assert second.child.wait(10) != 0
    assert "already runs" in second.log.read_text()


def test_a_wrong_setting_ends_the_start_and_is_named(supervise):
    supervisor = supervise(ACK_BUDGET_MS="soon")
    assert supervisor.child.wait(15) == 1
    assert "ACK_BUDGET_MS" in supervisor.log.read_text()


def test_a_demo_sees_no_real_credential(supervise):
    supervisor = supervise(DEMO="1", PLIVO_AUTH_ID="MAREALREALREALREAL00", PLIVO_AUTH_TOKEN="a-real-token",
                           PLIVO_AUTH_TOKEN_FILE="/nonexistent", PLIVO_API_BASE="https://api.plivo.com",
                           PUBLIC_URL="https://sms.example.com")
    supervisor.wait_ready()
    for pid in supervisor.children().values():
        with open(f"/proc/{pid}/environ") as file:
            environment = file.read()
        for real in ("MAREAL", "a-real-token", "api.plivo.com", "sms.example.com"):
            assert real not in environment


def test_live_mode_warns_of_an_address_that_plivo_cannot_reach(supervise):
    supervisor = supervise(PLIVO_AUTH_ID="MAREALREALREALREAL00", PLIVO_AUTH_TOKEN="a-real-token",
                           PLIVO_API_BASE="http://127.0.0.1:9", PUBLIC_URL="http://127.0.0.1:3001")
    supervisor.wait_ready()
    assert "warning: PUBLIC_URL" in supervisor.said()
    assert "sim" not in supervisor.children()
