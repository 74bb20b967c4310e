"""A store that is nearly full: new sends are refused first, new messages next; opt-outs and reports still find room."""
import uuid

import pytest

from harness import Parley, eventually
from worker_world import Bus, event

ROOM_FOR = 'parley_worker_room'


@pytest.fixture
def parley():
    with Parley("worker", "ingress", "api", env={"STORE_MAX_MB": 12, "STORE_RESERVE_MB": 8, "ACK_BUDGET_MS": 300}) as system:
        yield system


def send(parley, text):
    return parley.api.request("POST", "/messages", json={"to": "+15550170001", "text": text})


def test_the_order_of_refusal_when_room_runs_out(parley):
    bus, number = Bus(parley), 0
    friend = "+15550180001"
    assert parley.webhooks.inbound(friend, "START").status_code == 200
    campaign = parley.api.request("POST", "/campaigns", json={"name": "spring", "text": "an offer"}).json()
    at = f"/campaigns/{campaign['id']}"
    parley.api.request("PUT", at + "/audience", headers={"Content-Type": "text/csv"}, data=f"number\n{friend}\n".encode())
    campaign = eventually(lambda: (c := parley.api.get(at))["preview"]["is_ready"] and c, 20, "the preview is counted")
    refused_sends_at = None
    while True:
        number += 1
        assert number < 3000, "the store never filled up"
        answer = send(parley, "x" * 1000)
        if answer.status_code == 503 and refused_sends_at is None:
            assert "nearly full" in answer.json()["detail"], answer.text
            refused_sends_at = number
        result = bus.inbound(*[event(parley, f"+155501{number % 500:05d}", "hello " * 100) for _ in range(5)])
        if "later" in result:
            break
    assert refused_sends_at and refused_sends_at < number, "sends are refused before inbound is"
    assert send(parley, "still").status_code == 503
    parley.api.post(at + "/approve", {"revision": campaign["revision"]}, wanted=200)
    begun = eventually(lambda: (c := parley.api.get(at))["state"] == "running" and c, 20, "the campaign has begun")
    assert begun["counts"]["waiting"] == 1, "a campaign adds no messages, either"
    parley.api.post(at + "/pause", {}, wanted=200)                  # who has to stop something can
    parley.api.post(at + "/resume", {}, wanted=200)
    who = "+15550190000"
    stop = event(parley, who, "STOP")
    assert bus.inbound(event(parley, who, "hello"), stop, event(parley, who, "again")) == ["later", "committed", "later"]
    assert bus.inbound(stop) == ["duplicate"]
    head, body = bus.ask("report", {"reports": [{"uuid": str(uuid.uuid4()), "status_word": "delivered", "received_at": 1}]})
    assert "error" not in head and body["answers"][0]["result"] == "committed", (head, body)
    assert parley["worker"].metrics()[ROOM_FOR] == 2
    assert parley.webhooks.inbound(who, "a text").status_code == 200, "there is the spool"
    assert parley.webhooks.inbound("+15550190001", "STOP").status_code == 200, "an opt-out overtakes what waits for room"
    consent = {c["address"]: c["consent"] for c in parley.api.all("/contacts", q="+1555019000")}
    assert consent == {"+15550190000": "out", "+15550190001": "out"}, consent
    bus.close()

    parley.stop("worker")                                   # somebody makes room
    parley["worker"].env["STORE_MAX_MB"] = "64"
    parley.start("worker")
    assert send(parley, "again").status_code == 202
    eventually(lambda: parley.api.get(at)["counts"]["waiting"] == 0, 20, "the campaign goes on")
