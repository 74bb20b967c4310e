"""Ingress's answers leave from another thread than the one that read the request: their order, their peers, and the end of the process."""
import re
import socket
from urllib.parse import urlencode

import pytest
import requests

from harness import eventually, signature_headers

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
PERSON = "+15550100123"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

patient = pytest.mark.parley("worker", "ingress", "api", ACK_BUDGET_MS=5000)


def raw_inbound(parley, text, message_uuid, token=None, connection="keep-alive"):
    """The bytes of a signed inbound webhook."""
    params = parley.webhooks.inbound_params(PERSON, text, message_uuid=message_uuid)
    headers = signature_headers("POST", parley.public_url + "/plivo/inbound", token or parley.token, params, families=("V3",))
    body = urlencode(params).encode()
    lines = [f"{name}: {value}" for name, value in {**headers, **FORM, "Host": "x", "Connection": connection,
                                                    "Content-Length": len(body)}.items()]
    return ("POST /plivo/inbound HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode() + body


def connected(parley):
    host, _, port = parley.webhooks.address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def read_to_end(s):
    answer = b""
    while piece := s.recv(65536):
        answer += piece
    return answer.decode()


def texts_in_store(parley):
    return [m["plivo_uuid"] for m in reversed(parley.api.messages(direction="inbound"))]


def is_working(parley, count):
    """So many webhooks are read and wait for the worker."""
    return parley["ingress"].metrics()['parley_ingress_signatures_total{family="v3"}'] >= count


@patient
def test_pipelined_webhooks_are_answered_in_their_order(parley):
    with connected(parley) as s:
        s.sendall(raw_inbound(parley, "one", "u1") + raw_inbound(parley, "forged", "u2", token="wrong") +
                  raw_inbound(parley, "three", "u3") + b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" +
                  raw_inbound(parley, "five", "u5", connection="close"))
        answer = read_to_end(s)
    assert re.findall(r"HTTP/1.1 (\d{3})", answer) == ["200", "403", "200", "200", "200"], answer
    assert answer.count(EMPTY) == 3 and answer.endswith(EMPTY), answer
    assert texts_in_store(parley) == ["u1", "u3", "u5"]


@patient
def test_who_leaves_before_the_answer_spoils_nobody_else_s(parley):
    parley.pause("worker")
    gone = [connected(parley) for _ in range(20)]
    stays = [connected(parley) for _ in range(20)]
    for i, (leaver, stayer) in enumerate(zip(gone, stays)):
        leaver.sendall(raw_inbound(parley, "gone", f"g{i}"))
        stayer.sendall(raw_inbound(parley, "stays", f"s{i}", connection="close"))
    eventually(lambda: is_working(parley, 40))
    for leaver in gone:
        leaver.close()
    parley.resume("worker")
    for stayer in stays:
        answer = read_to_end(stayer)
        assert answer.count("HTTP/1.1 ") == 1 and answer.startswith("HTTP/1.1 200") and answer.endswith(EMPTY), answer
        stayer.close()
    eventually(lambda: sorted(texts_in_store(parley)) == sorted([f"g{i}" for i in range(20)] + [f"s{i}" for i in range(20)]))
    assert parley.webhooks.inbound(PERSON, "after").status_code == 200


@patient
def test_a_stop_lets_the_answers_that_are_owed_be_given_first(parley):
    parley.pause("worker")
    waiting = [connected(parley) for _ in range(40)]
    for i, s in enumerate(waiting):
        s.sendall(raw_inbound(parley, "owed", f"u{i}"))
    eventually(lambda: is_working(parley, 40))
    parley["ingress"].terminate()
    eventually(lambda: requests.get(parley["ingress"].admin + "/readyz", timeout=10).status_code == 503)
    parley.resume("worker")
    for s in waiting:
        answer = read_to_end(s)
        assert answer.startswith("HTTP/1.1 200") and "Connection: close" in answer and answer.endswith(EMPTY), answer
        s.close()
    parley["ingress"].stop()
    assert sorted(texts_in_store(parley)) == sorted(f"u{i}" for i in range(40))
