"""Ingress through its real sockets: the order of its refusals, the spool without a worker, and what an operator sees."""
import re
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from harness import Parley, eventually, free_port, signature_headers
from harness.processes import bin_folder

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "webhooks"
PUBLIC_URL = "https://sms.example.com"
TOKENS = "ZmFrZS10b2tlbi1mb3ItcGFybGV5LXRlc3RzLW9uZQ,U3ViYWNjb3VudC10b2tlbi1pbnZlbnRlZC1mb3ItdA"
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
PERSON = "+15550100123"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

alone = pytest.mark.parley("ingress", ACK_BUDGET_MS=20)


def expectations():
    """{file: status} as the vectors' README says it."""
    rows = re.findall(r"^\| `(\w+\.http)` \|.*\| (\d{3}) \|$", (VECTORS / "README.md").read_text(), re.M)
    found = {name: int(status) for name, status in rows}
    assert set(found) == {path.name for path in VECTORS.glob("*.http")}
    return found


def raw_exchange(address, request, timeout=10):
    """Sends bytes as they are; (status, headers, body) of the answer."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=timeout) as s:
        s.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = s.recv(65536)
            assert piece, f"the connection ended after {answer!r}"
            answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head.decode().split("\r\n")[1:])}
        while len(body) < int(headers.get("content-length", 0)):
            body += s.recv(65536)
    return int(head.split()[1]), headers, body.decode()


def spooled(parley, lane="inbound"):
    return parley["ingress"].metrics()[f'parley_ingress_spool_events{{lane="{lane}"}}']


# --- refusals, in the contract's order -------------------------------------------------------------------------------

@alone
def test_refusals_come_in_the_contract_s_order(parley):
    base = parley.webhooks.address
    answer = requests.post(base + "/nowhere", data="x" * 70000, timeout=10)
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/plain")

    answer = requests.put(base + "/plivo/inbound", data="x" * 70000, timeout=10)
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, POST"

    answer = requests.post(base + "/plivo/inbound", data="x" * 70000, headers={"Content-Type": "text/plain"}, timeout=10)
    assert answer.status_code == 413

    answer = requests.post(base + "/plivo/inbound", data="x", headers={"Content-Type": "text/plain"}, timeout=10)
    assert answer.status_code == 415

    answer = requests.post(base + "/plivo/inbound", data="From=x", headers=FORM, timeout=10)
    assert (answer.status_code, answer.text) == (400, "Missing signature headers")

    answer = parley.webhooks.post("/plivo/inbound", {"From": "x"}, token="wrong")
    assert (answer.status_code, answer.text) == (403, "Invalid signature")

    answer = parley.webhooks.post("/plivo/inbound", {"From": "15550100123", "To": "15550100000"})
    assert answer.status_code == 400 and "MessageUUID" in answer.text and answer.headers["Content-Type"].startswith("text/plain")


@alone
@pytest.mark.parametrize("field", ["From", "To", "MessageUUID"])
def test_a_missing_field_is_named(parley, field):
    params = parley.webhooks.inbound_params(PERSON, "hi")
    del params[field]
    answer = parley.webhooks.post("/plivo/inbound", params)
    assert answer.status_code == 400 and field in answer.text


@alone
def test_a_malformed_json_body_is_refused_after_its_signature(parley):
    url = parley.public_url + "/plivo/inbound"
    headers = {"Content-Type": "application/json"}
    v3 = signature_headers("POST", url, parley.token, families=("V3",))
    v2 = signature_headers("POST", url, parley.token, families=("V2",))
    address = parley.webhooks.address + "/plivo/inbound"
    assert requests.post(address, data="{", headers=headers, timeout=10).status_code == 400
    assert requests.post(address, data='{"From":[1]}', headers={**headers, **v2}, timeout=10).text.startswith("From")
    assert requests.post(address, data='{"From":"1"}', headers={**headers, **v3}, timeout=10).status_code == 403


@alone
def test_more_than_200_parameters_are_too_many(parley):
    answer = requests.post(parley.webhooks.address + "/plivo/inbound", data="&".join(["a=1"] * 201), headers=FORM, timeout=10)
    assert answer.status_code == 413


@alone
def test_the_aliases_and_get_serve_like_the_routes(parley):
    hooks = parley.webhooks
    for path in ("/plivo/inbound", "/api/receive_sms"):
        assert hooks.post(path, hooks.inbound_params(PERSON, "hi")).text == EMPTY
        assert hooks.get(path, hooks.inbound_params(PERSON, "hi")).text == EMPTY
    for path in ("/plivo/status", "/plivo/status/a/b?t=1", "/api/dlr"):
        answer = hooks.status("u-" + str(len(path)), "sent", path=path) if "?" not in path else \
            hooks.status("u-x", "sent", path="/plivo/status/a/b")
        assert (answer.status_code, answer.text) == (200, "OK")
    for path in ("/plivo/inbound/", "/plivo/statusx", "/plivo", "/"):
        assert hooks.post(path, hooks.inbound_params(PERSON, "hi")).status_code == 404


# --- signatures ------------------------------------------------------------------------------------------------------

@alone
def test_a_v2_nonce_serves_one_body_only(parley):
    hooks = parley.webhooks
    headers = signature_headers("POST", parley.public_url + "/plivo/inbound", parley.token, families=("V2",))
    first = hooks.inbound_params(PERSON, "hi")
    assert hooks.post("/plivo/inbound", first, headers=headers).status_code == 200
    assert hooks.post("/plivo/inbound", first, headers=headers).status_code == 200
    assert hooks.post("/plivo/inbound", hooks.inbound_params(PERSON, "other"), headers=headers).status_code == 403


@pytest.mark.parley("ingress", "worker", ACK_BUDGET_MS=5000)
def test_of_many_bodies_with_one_v2_nonce_at_once_one_gets_in(parley):
    hooks = parley.webhooks
    headers = signature_headers("POST", parley.public_url + "/plivo/inbound", parley.token, families=("V2",))
    parley.pause("worker")                                  # so that none has its answer before the others ask
    with ThreadPoolExecutor(8) as hands:
        calls = [hands.submit(hooks.post, "/plivo/inbound", hooks.inbound_params(PERSON, f"body {i}"), headers=headers) for i in range(8)]
        eventually(lambda: sum(call.done() for call in calls) == 7, timeout=4, what="all but one are refused")
        parley.resume("worker")
        assert sorted(call.result().status_code for call in calls) == [200] + 7 * [403]


@pytest.mark.parley("ingress", ACK_BUDGET_MS=20, SIGNATURE_V2=0)
def test_v2_alone_can_be_switched_off(parley):
    hooks = parley.webhooks
    assert hooks.post("/plivo/inbound", hooks.inbound_params(PERSON, "hi"), families=("V2",)).status_code in (400, 403)
    assert hooks.post("/plivo/inbound", hooks.inbound_params(PERSON, "hi")).status_code == 200


@pytest.mark.parley("ingress", ACK_BUDGET_MS=20, SIGNATURE_MODE="observe")
def test_observe_lets_in_and_counts_what_enforce_would_refuse(parley):
    hooks = parley.webhooks
    assert hooks.post("/plivo/inbound", hooks.inbound_params(PERSON, "hi"), headers={}).status_code == 200
    assert hooks.post("/plivo/inbound", hooks.inbound_params(PERSON, "hi"), token="wrong").status_code == 200
    assert hooks.inbound(PERSON, "hi").status_code == 200
    metrics = parley["ingress"].metrics()
    assert metrics['parley_ingress_signatures_total{family="observed"}'] == 2
    assert metrics['parley_ingress_signatures_total{family="v3"}'] == 1


def _forwarded(parley, trusted_url):
    params = parley.webhooks.inbound_params(PERSON, "hi")
    headers = signature_headers("POST", trusted_url + "/plivo/inbound", parley.token, params)
    headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "sms.example.com"}
    return parley.webhooks.post("/plivo/inbound", params, headers=headers).status_code


@pytest.mark.parley("ingress", ACK_BUDGET_MS=20, TRUSTED_PROXIES="192.0.2.0/24, 127.0.0.1")
def test_a_trusted_proxy_s_word_counts(parley):
    assert _forwarded(parley, "https://sms.example.com") == 200


@alone
def test_a_stranger_s_x_forwarded_does_not_count(parley):
    assert _forwarded(parley, "https://sms.example.com") == 403
    assert _forwarded(parley, parley.public_url) == 200


# --- the spool -------------------------------------------------------------------------------------------------------

@alone
def test_without_a_worker_a_text_is_spooled_once_and_a_stop_gets_503(parley):
    hooks = parley.webhooks
    assert hooks.inbound(PERSON, "hi", message_uuid="u1").text == EMPTY
    assert hooks.inbound(PERSON, "hi", message_uuid="u1").text == EMPTY
    began = time.monotonic()
    answer = hooks.inbound(PERSON, "Stop!", message_uuid="u2")
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert time.monotonic() - began < 8, "Plivo does not wait longer"
    eventually(lambda: spooled(parley) == 2, what="one text and the STOP in the spool")
    listing = parley.tool("spool", "list", parley.folder / "spool").stdout
    assert "u1" in listing and "2 events wait" in listing
    assert re.search(r"u2 .*opt-out", listing)


@alone
def test_the_spool_survives_kill_9(parley):
    for i in range(20):
        assert parley.webhooks.inbound(PERSON, f"text {i}", message_uuid=f"u{i:02d}").status_code == 200
    parley.restart("ingress")
    assert spooled(parley) == 20
    listing = parley.tool("spool", "list", parley.folder / "spool").stdout
    assert re.findall(r"u\d\d", listing) == [f"u{i:02d}" for i in range(20)]


@pytest.mark.parley("ingress", ACK_BUDGET_MS=20, SPOOL_MB=1)
def test_a_full_spool_without_a_worker_is_a_clear_503_and_not_ready(parley):
    hooks = parley.webhooks

    def fill(i):
        return hooks.inbound(PERSON, "x" * 30000, message_uuid=f"u{i}")
    answers = [fill(i) for i in range(60)]
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 503}
    full = next(answer for answer in answers if answer.status_code == 503)
    assert full.headers["Retry-After"] and full.headers["Content-Type"].startswith("text/plain")
    assert spooled(parley) == sum(answer.status_code == 200 for answer in answers)
    assert requests.get(hooks.address + "/health", timeout=10).json()["checks"] == {"worker": "away", "spool": "full"}
    assert requests.get(hooks.address + "/health", timeout=10).status_code == 503
    assert requests.get(parley["ingress"].admin + "/readyz", timeout=10).status_code == 503


@alone
def test_a_second_ingress_on_the_same_spool_does_not_start(parley):
    env = {**parley["ingress"].env, "INGRESS_LISTEN": f"127.0.0.1:{free_port()}", "ADMIN_LISTEN": f"127.0.0.1:{free_port()}"}
    second = subprocess.run([bin_folder() / "parley-ingress"], env=env, cwd=parley.folder, capture_output=True, text=True, timeout=20)
    assert second.returncode == 1 and "SPOOL_DIR" in second.stderr
    assert parley.webhooks.inbound(PERSON, "hi").status_code == 200


# --- what was refused ------------------------------------------------------------------------------------------------

def _rejected(parley):
    return parley.tool("spool", "rejected", parley.folder / "spool").stdout


@alone
def test_a_refused_request_is_listed_with_the_url_it_was_checked_against(parley):
    parley.webhooks.post("/plivo/inbound?a=1", {"From": "x"}, token="wrong")
    parley.webhooks.post("/plivo/status/x", {"From": "x"}, headers={})
    listing = eventually(lambda: (text := _rejected(parley)).startswith(" ") and "2 refused" in text and text)
    assert re.search(rf"403  invalid +POST {re.escape(parley.public_url)}/plivo/inbound  from 127.0.0.1", listing)
    assert re.search(rf"400  missing +POST {re.escape(parley.public_url)}/plivo/status/x", listing)
    assert "webhook.refused" in parley["ingress"].log()
    assert parley.token not in parley["ingress"].log()


def test_a_refused_request_is_accepted_once_the_token_is_mended(start_parley):
    parley = start_parley("ingress", ACK_BUDGET_MS=20)
    params = parley.webhooks.inbound_params(PERSON, "hi & bye é", message_uuid="lost")
    assert parley.webhooks.post("/plivo/inbound?x=1", params, token="the-new-token").status_code == 403
    assert parley.webhooks.get("/api/receive_sms", params | {"MessageUUID": "lost2"}, token="the-new-token").status_code == 403
    eventually(lambda: "2 refused" in _rejected(parley))
    parley.tool("spool", "resend", parley.folder / "spool", "all", wanted=1)
    parley.kill("ingress")
    parley["ingress"].env["PLIVO_AUTH_TOKEN"] = parley.token + ",the-new-token"
    parley.start("ingress")
    sent = parley.tool("spool", "resend", parley.folder / "spool", "all").stdout
    assert "accepted" in sent
    listing = parley.tool("spool", "list", parley.folder / "spool").stdout
    assert re.findall(r" (lost2?)\b", listing) == ["lost", "lost2"]


# --- the process -----------------------------------------------------------------------------------------------------

@alone
def test_health_says_what_works(parley):
    answer = requests.get(parley.webhooks.address + "/health", timeout=10)
    body = answer.json()
    assert answer.status_code == 200 and body["status"] == "ok" and body["uptime"] >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    assert set(body["checks"]) == {"worker", "spool"}
    assert requests.post(parley.webhooks.address + "/health", timeout=10).headers["Allow"] == "GET, HEAD"


def test_port_is_an_alias_for_the_port(start_parley):
    port = free_port()
    start_parley("ingress", PORT=port)
    assert requests.get(f"http://127.0.0.1:{port}/health", timeout=10).status_code == 200


@pytest.mark.parametrize("variable, value", [("PLIVO_AUTH_TOKEN", None), ("SIGNATURE_MODE", "off"), ("PUBLIC_URL", "sms.example.com"),
                                             ("TRUSTED_PROXIES", "everybody"), ("ACK_BUDGET_MS", "5s")])
def test_a_wrong_setting_is_named_and_stops_the_start(variable, value):
    parley = Parley("ingress", env={variable: value} if variable != "PLIVO_AUTH_TOKEN" else {})
    env = dict(parley["ingress"].env)
    if value is None:
        del env[variable]
    done = subprocess.run([bin_folder() / "parley-ingress", "--check-config"], env=env, cwd=parley.folder, capture_output=True,
                          text=True, timeout=20)
    parley.close()
    assert done.returncode == 2 and variable in done.stderr + done.stdout


@alone
def test_an_opt_out_that_waits_does_not_hold_up_the_stop(parley):
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(parley.webhooks.inbound(PERSON, "STOP").status_code))
    waiting.start()
    eventually(lambda: spooled(parley) == 1)
    began = time.monotonic()
    parley.stop("ingress")
    waiting.join(20)
    assert answers == [503]
    assert time.monotonic() - began < 10


@pytest.mark.parley("ingress", ACK_BUDGET_MS=20, KEEP_ALIVE_MS=60000)
def test_a_thousand_idle_connections_do_not_starve_a_new_one(parley):
    host, _, port = parley.webhooks.address.removeprefix("http://").partition(":")
    idle = []
    try:
        for _ in range(1000):
            s = socket.create_connection((host, int(port)), timeout=20)
            s.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            idle.append(s)
        for s in idle:
            assert s.recv(4096).startswith(b"HTTP/1.1 200")
        took = []
        for i in range(20):
            began = time.monotonic()
            assert parley.webhooks.inbound(PERSON, f"text {i}").status_code == 200
            took.append(time.monotonic() - began)
        rss_kb = int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{parley['ingress'].pid}/status").read_text())[1])
        print(f"1,000 idle connections: slowest of 20 webhooks {max(took) * 1000:.0f} ms, RSS {rss_kb // 1024} MB")
    finally:
        for s in idle:
            s.close()


# --- with worker and sender ------------------------------------------------------------------------------------------

@pytest.fixture
def example_com(start_parley):
    """Ingress, worker and sender for the account that the vectors were signed for."""
    return start_parley("worker", "sender", "ingress", "sim", PUBLIC_URL=PUBLIC_URL, PLIVO_AUTH_TOKEN=TOKENS, ACK_BUDGET_MS=2000)


def test_every_raw_request_gets_what_the_vectors_say(example_com):
    for name, status in sorted(expectations().items()):
        got, headers, body = raw_exchange(example_com.webhooks.address, (VECTORS / name).read_bytes())
        assert got == status, f"{name}: {got} {body}, not {status}"
        if status == 200 and name.startswith("inbound"):
            assert (headers["content-type"], body) == ("application/xml", EMPTY), name
        elif status == 200:
            assert body == "OK", name
    metrics = example_com["ingress"].metrics()
    assert metrics['parley_ingress_webhooks_total{answer="spooled"}'] == 0, "the worker was there all the time"


def test_every_raw_request_is_durable_without_worker_and_sender(example_com):
    example_com.kill("worker", "sender")
    for name, status in sorted(expectations().items()):
        got, _, body = raw_exchange(example_com.webhooks.address, (VECTORS / name).read_bytes())
        assert got == (503 if name == "inbound_sms_stop.http" else status), f"{name}: {got} {body}"
    example_com.start("worker", "sender")
    eventually(lambda: spooled(example_com) == 0 and spooled(example_com, "reports") == 0, timeout=20)
    got, _, _ = raw_exchange(example_com.webhooks.address, (VECTORS / "inbound_sms_stop.http").read_bytes())
    assert got == 200


@pytest.mark.parley(ACK_BUDGET_MS=20)
def test_a_spool_whose_ingress_is_gone_is_replayed_by_hand(parley):
    spool = parley.folder / "spool"
    parley.kill("worker", "sender")
    uuids = [f"u{i:02d}" for i in range(12)]
    for message_uuid in uuids:
        assert parley.webhooks.inbound(PERSON, f"text of {message_uuid}", message_uuid=message_uuid).status_code == 200
    assert parley.webhooks.status("unknown-uuid", "sent").status_code == 200
    held = parley.tool("spool", "replay", spool, wanted=1)
    assert "SPOOL_DIR" in held.stderr, "a running ingress replays by itself"
    parley.kill("ingress")
    parley.start("worker", "sender")
    done = parley.tool("spool", "replay", spool).stdout
    assert "12 inbound events replayed, 0 wait" in done and "1 report events replayed, 0 wait" in done
    assert "0 events wait" in parley.tool("spool", "list", spool).stdout
    assert [m["plivo_uuid"] for m in reversed(parley.api.messages(direction="inbound"))] == uuids
