"""A tutorial's page works against Parley with nothing but its address line changed: a browser uses it as a person would.

tutorial/ has two front ends of the shape that the common Plivo tutorials have: React with axios, Vue with fetch; both
poll GET /api/messages and POST to /api/send_sms. Each is served by Vite at a port of its own, as its reader would do.
"""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from harness import Parley, eventually, free_port
from harness.processes import REPO

FOLDER = Path(__file__).parent / "tutorial"
TIMEOUT_S = 20
# React as tutorials write addresses, Vue by number: both are loopback.
PAGES = [("react", "localhost", "+1555010083"), ("vue", "127.0.0.1", "+1555010084")]


@pytest.fixture(scope="module")
def parley():
    with Parley() as system:
        yield system


@pytest.fixture
def serve(tmp_path):
    """serve("react", host, api): the address of a Vite development server with that front end."""
    if not (FOLDER / "node_modules" / "vite").is_dir():
        raise RuntimeError(f"its packages are missing: run `npm install` in {FOLDER.relative_to(REPO)}, or `tools/setup test`")
    begun = []

    def start(name, host, api):
        port = free_port()
        with open(tmp_path / "vite.log", "wb") as log:
            begun.append(subprocess.Popen(
                ["node", "../node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", str(port), "--strictPort"],
                cwd=FOLDER / name, env={**node_env(), "VITE_API_URL": api}, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

        def is_there():
            log = (tmp_path / "vite.log").read_text()
            assert begun[-1].poll() is None, log
            try:
                return requests.get(f"http://127.0.0.1:{port}/", timeout=TIMEOUT_S).status_code == 200
            except requests.ConnectionError:
                return False
        eventually(is_there, 30, "Vite serves the page")
        return f"http://{host}:{port}"

    yield start
    for server in begun:
        server.terminate()
        server.wait(TIMEOUT_S)


def node_env():
    return {**os.environ, "PATH": f"{REPO / 'var' / 'tools' / 'bin'}:{os.environ['PATH']}"}


@pytest.mark.parametrize("name, host, people", PAGES)
def test_a_tutorials_page_works_with_nothing_but_its_address_line_changed(parley, serve, tmp_path, name, host, people):
    page = serve(name, host, f"http://{host}:{parley.ports['api']}")
    done = subprocess.run(["node", "node_modules/@playwright/test/cli.js", "test"], cwd=FOLDER, capture_output=True,
                          text=True, timeout=100,
                          env={**node_env(), "PAGE": page, "SIM": parley.sim_url, "PEOPLE": people,
                               "OUTPUT_DIR": str(tmp_path / "output")})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout, done.stdout


# --- the same by plain HTTP, where a browser hides what came ----------------------------------------------------------


def ask(parley, method, path, **options):
    return requests.request(method, parley.api_url + path, timeout=TIMEOUT_S, **options)


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:8081"])
@pytest.mark.parametrize("method, path", [("GET", "/api/messages"), ("POST", "/api/send_sms"), ("GET", "/health")])
def test_a_browser_at_another_loopback_port_may_ask_and_read(parley, origin, method, path):
    asked = ask(parley, "OPTIONS", path, headers={"Origin": origin, "Access-Control-Request-Method": method,
                                                  "Access-Control-Request-Headers": "content-type"})
    assert asked.status_code in (200, 204)
    assert asked.headers["Access-Control-Allow-Origin"] == origin
    assert method in asked.headers["Access-Control-Allow-Methods"]
    assert "content-type" in asked.headers["Access-Control-Allow-Headers"].lower()
    answer = ask(parley, method, path, headers={"Origin": origin}, json={"to": "", "text": ""} if method == "POST" else None)
    assert answer.headers["Access-Control-Allow-Origin"] == origin       # the refusal of the POST must be readable, too
    assert answer.status_code == (400 if method == "POST" else 200)


@pytest.mark.parametrize("origin", ["https://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com:5173",
                                    "null"])
def test_a_page_from_elsewhere_may_not(parley, origin):
    for method, path in (("GET", "/api/messages"), ("POST", "/api/send_sms")):
        answer = ask(parley, method, path, headers={"Origin": origin},
                     json={"to": "+15550100811", "text": "x"} if method == "POST" else None)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert parley.plivo.received("+15550100811") == []


def test_a_body_that_a_foreign_page_could_send_without_asking_is_refused(parley):
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        answer = ask(parley, "POST", "/api/send_sms", data='{"to":"+15550100812","text":"x"}',
                     headers={"Content-Type": content_type})
        assert answer.status_code == 415
    assert parley.plivo.received("+15550100812") == []


def test_a_number_as_people_write_it_is_understood_or_refused_as_the_tutorials_do(parley):
    for to in ("+1 555 010 0813", "+1 (555) 010-0813", "+1-555-010-0813"):
        answer = ask(parley, "POST", "/api/send_sms", json={"to": to, "text": f"to {to}"})
        assert answer.status_code == 200, answer.text
        eventually(lambda to=to: f"to {to}" in parley.plivo.received("+15550100813"), TIMEOUT_S, "it is on the phone")


def test_the_list_is_the_last_thousand_oldest_first(parley):
    for rule in parley.api.all("/rules"):               # answers among them would be counted, too
        if not rule["system"]:
            parley.api.patch(f"/rules/{rule['id']}", {"enabled": False})
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: parley.webhooks.inbound(f"+1556010{i:04d}", f"one of many {i}").status_code,
                                range(1020)))
    assert answers == [200] * 1020
    listed = ask(parley, "GET", "/api/messages").json()["messages"]
    assert len(listed) == 1000
    assert all(set(m) == {"id", "from", "to", "text", "type", "timestamp"} for m in listed)
    assert {m["type"] for m in listed} == {"inbound"} and {m["to"] for m in listed} == {parley.number}
    assert all(m["text"] == f"one of many {int(m['from'][-4:])}" for m in listed)
    assert [m["timestamp"] for m in listed] == sorted(m["timestamp"] for m in listed)
    newest = [m["id"] for m in parley.api.get("/messages", limit=200)["data"]]
    assert [m["id"] for m in listed[:-201:-1]] == newest
