"""docker-compose.yml: the same demo in containers, seen from outside through its published ports."""
import os
import pathlib
import re
import subprocess
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = "parley-compose-test"
PORTS = {"INGRESS_LISTEN": "127.0.0.1:23001", "API_LISTEN": "127.0.0.1:28080", "SIM_LISTEN": "127.0.0.1:23003"}
API, SIM, INGRESS = ("http://" + PORTS[name] for name in ("API_LISTEN", "SIM_LISTEN", "INGRESS_LISTEN"))
SERVICES = ("ingress", "worker", "sender", "api", "sim")
BUILD_SECONDS_MAX = 1200
BACK_SECONDS_MAX = 60

pytestmark = pytest.mark.timeout(BUILD_SECONDS_MAX + 300)


def compose(*arguments, check=True, timeout=120):
    env = {**os.environ, **PORTS, "DASHBOARD_URL": API}
    done = subprocess.run(["docker-compose", "-p", PROJECT, *arguments], cwd=ROOT, env=env, text=True, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert not check or done.returncode == 0, f"docker-compose {' '.join(arguments)}:\n{done.stdout[-4000:]}"
    return done.stdout


def wait_for(what, ask, seconds):
    """What ask() gives as soon as that is true; connection errors count as not yet."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            last = ask()
            if last:
                return last
        except requests.RequestException as e:
            last = e
        time.sleep(0.2)
    pytest.fail(f"{what}: not within {seconds} s; last seen: {last}\n{compose('logs', '--tail=15', check=False)[-6000:]}")


@pytest.fixture(scope="module")
def system():
    compose("build", timeout=BUILD_SECONDS_MAX)
    try:
        compose("up", "-d", timeout=180)
        yield
    finally:
        compose("down", "-v", "--remove-orphans", "--rmi", "local", check=False)


@pytest.fixture(scope="module")
def link(system):
    return wait_for("the ready line in the api's log",
                    lambda: re.search(r"Parley is ready: (http://\S+)", compose("logs", "api")), BACK_SECONDS_MAX)[1]


@pytest.fixture(scope="module")
def key(link):
    printed = compose("exec", "-T", "api", "parley", "key", "create", "--name", "compose-test")
    return printed.split()[-1]


def phone(person):
    return requests.get(f"{SIM}/sim/phones/{person}/messages", timeout=5).json()


def outbound_to(person, key):
    answer = requests.get(f"{API}/api/v1/messages", params={"direction": "outbound", "limit": 200}, timeout=5,
                          headers={"Authorization": f"Bearer {key}"})
    answer.raise_for_status()
    return [m for m in answer.json()["data"] if m["to"] == person]


def walk_main_path(person, key):
    """A person texts; the reply reaches the phone; Plivo's report reaches the message."""
    def text_in():
        answer = requests.post(f"{SIM}/sim/inbound", json={"from": person, "text": "hello"}, timeout=10)
        return answer.ok and answer.json()["webhook_status"] == 200
    wait_for(f"the webhook of a text from {person}", text_in, BACK_SECONDS_MAX)
    wait_for("the reply on the phone", lambda: [m for m in phone(person) if m["by"] == "parley"], BACK_SECONDS_MAX)
    wait_for("the reply's delivery", lambda: [m for m in outbound_to(person, key) if m["status"] == "delivered"], BACK_SECONDS_MAX)


def test_the_main_path_works(key):
    walk_main_path("+15550101000", key)


def test_the_sign_in_link_of_the_log_opens_the_dashboard(link):
    browser = requests.Session()
    assert link.startswith(API)
    assert browser.get(link, timeout=10).status_code == 200
    assert browser.get(f"{API}/api/v1/me", timeout=10).status_code == 200


def test_exec_login_prints_another_link(link):
    other = re.search(r"http://\S+", compose("exec", "-T", "api", "parley", "login"))
    assert other and other[0] != link and other[0].startswith(API)


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_runs_as_root_or_writes_to_its_image(system, service):
    assert compose("exec", "-T", service, "id", "-u").strip() != "0"
    assert "Read-only" in compose("exec", "-T", service, "touch", "/usr/local/bin/x", check=False)


def test_only_loopback_is_published(system):
    for service, port in (("ingress", "3001"), ("api", "8080"), ("sim", "3003")):
        assert compose("port", service, port).strip().startswith("127.0.0.1:")


def restarts(container):
    return int(subprocess.check_output(["docker", "inspect", "-f", "{{.RestartCount}}", container], text=True))


@pytest.mark.parametrize("n,service", list(enumerate(SERVICES)))
def test_the_main_path_works_after_a_container_is_killed(key, n, service):
    container = compose("ps", "-q", service).strip()
    before = restarts(container)
    # From inside, as a crash: a kill by the engine would count as a wish to stop, and not be restarted.
    compose("exec", "-T", service, "bash", "-c", "kill -9 -1", check=False)
    wait_for(f"{service} to be started again", lambda: restarts(container) > before, BACK_SECONDS_MAX)
    walk_main_path(f"+155501011{n:02}", key)
