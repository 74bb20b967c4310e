"""An event that stops the worker: put aside after the second time, shown with an alarm, and released by a person."""
import os
import uuid

import pytest

from harness import Parley, eventually
from powercut.disk import shim_path

pytestmark = pytest.mark.skipif("TSAN_OPTIONS" in os.environ, reason="a sanitizer reports the very fault that is planted here")
PERSON = "+15550100777"
POISON = "deadly-" + uuid.uuid4().hex


@pytest.fixture
def parley():
    system = Parley("worker", "ingress", "api", env={"ACK_BUDGET_MS": 100})
    system["worker"].env |= {"LD_PRELOAD": str(shim_path("poison")), "PARLEY_POISON": POISON}
    system.start()
    yield system
    system.close()


def dies(process):
    """It ends by a fault of its own."""
    process.is_wanted, process.was_killed = False, True
    eventually(lambda: not process.is_running, 20, "the poison works")
    assert process.child.returncode < 0, process.log_tail()


def texts(parley):
    return [m["text"] for m in parley.api.messages(direction="inbound")]


def spooled(parley):
    return parley["ingress"].metrics()['parley_ingress_spool_events{lane="inbound"}']


def test_a_poisonous_event_is_put_aside_after_its_second_kill_and_all_else_goes_on(parley):
    worker, poison = parley["worker"], str(uuid.uuid4())
    assert parley.webhooks.inbound(PERSON, "before").status_code == 200
    assert parley.webhooks.inbound(PERSON, POISON, message_uuid=poison).status_code == 200, "it is in the spool"
    dies(worker)
    for i in range(5):
        assert parley.webhooks.inbound(PERSON, f"behind {i}").status_code == 200
    worker.spawn()
    dies(worker)
    parley.start("worker")
    eventually(lambda: spooled(parley) == 0, 20, "the lane goes on")
    wanted = [f"behind {i}" for i in reversed(range(5))] + ["before"]
    assert texts(parley) == wanted

    assert parley.webhooks.inbound(PERSON, POISON, message_uuid=poison).status_code == 200, "it is kept: no need to come again"
    assert parley["worker"].is_running and texts(parley) == wanted
    listed = parley.tool("quarantine", "list").stdout.splitlines()
    assert len(listed) == 1 and poison in listed[0] and POISON not in listed[0], listed
    assert "quarantined        1" in parley.tool("status").stdout
    notices = [n for n in parley.api.all("/notices", status="open") if n["kind"] == "quarantine"]
    assert len(notices) == 1 and notices[0]["severity"] == "alarm", notices

    parley.stop("worker")                                   # mended: what was deadly is not any longer
    del worker.env["PARLEY_POISON"]
    parley.start("worker")
    parley.tool("quarantine", "release", listed[0].split()[0])
    [entry] = parley.api.all("/audit", action="quarantine.release")
    assert entry["actor"] and entry["subject"].startswith("quarantine:") and entry["changes"] == {}
    eventually(lambda: POISON in texts(parley), 10)
    assert parley.tool("quarantine", "list").stdout == ""
    assert not [n for n in parley.api.all("/notices", status="open") if n["kind"] == "quarantine"]
    assert parley.webhooks.inbound(PERSON, POISON, message_uuid=poison).status_code == 200
    assert texts(parley).count(POISON) == 1


def test_a_stop_holds_even_when_its_message_is_poison(parley):
    worker, stop = parley["worker"], {"message_uuid": str(uuid.uuid4()), "MessageIntent": "optout"}
    assert parley.webhooks.inbound(PERSON, "before").status_code == 200
    assert parley.webhooks.inbound(PERSON, POISON, **stop).status_code == 503, "a STOP waits for its commit"
    dies(worker)
    worker.spawn()
    dies(worker)
    parley.start("worker")
    eventually(lambda: parley.webhooks.inbound(PERSON, POISON, **stop).status_code == 200, 20)
    contact = next(c for c in parley.api.all("/contacts") if c["address"] == PERSON)
    assert contact["consent"] == "out"
    message = parley.api.send(PERSON, "are you there?")
    assert message["status"] in ("blocked", "queued")
    assert parley.webhooks.inbound(PERSON, POISON, **stop).status_code == 200
    outs = [e for e in parley.api.all("/consent/ledger") if e["to"] == "out"]
    assert len(outs) == 1, outs
    parley.stop("worker")
    del worker.env["PARLEY_POISON"]
    parley.start("worker")
    parley.tool("quarantine", "release", parley.tool("quarantine", "list").stdout.split()[0])
    eventually(lambda: POISON in texts(parley), 10)
    assert next(c for c in parley.api.all("/contacts") if c["address"] == PERSON)["consent"] == "out"
    assert parley.api.get("/consent/verify")["valid"]


def test_what_was_put_aside_is_erased_with_its_person(parley):
    worker = parley["worker"]
    assert parley.webhooks.inbound(PERSON, "before").status_code == 200
    assert parley.webhooks.inbound(PERSON, POISON).status_code == 200, "it is in the spool"
    dies(worker)
    worker.spawn()
    dies(worker)
    parley.start("worker")
    eventually(lambda: parley.tool("quarantine", "list").stdout, 20)
    contact = next(c for c in parley.api.all("/contacts") if c["address"] == PERSON)
    parley.api.post(f"/contacts/{contact['id']}/erase")
    assert parley.tool("quarantine", "list").stdout == ""
    assert not [n for n in parley.api.all("/notices", status="open") if n["kind"] == "quarantine"]


def test_a_poisonous_command_is_refused_after_its_second_kill(parley):
    worker = parley["worker"]
    key = {"Idempotency-Key": "the-same-each-time"}
    for _ in range(2):
        answer = parley.api.request("POST", "/messages", json={"to": PERSON, "text": POISON}, headers=key)
        assert answer.status_code == 503, answer.text
        dies(worker)
        parley.start("worker")
    answer = parley.api.request("POST", "/messages", json={"to": PERSON, "text": POISON}, headers=key)
    assert answer.status_code == 500 and "put aside" in answer.json()["detail"], answer.text
    assert parley.api.send(PERSON, "harmless")["status"] == "queued"
    assert "send" in parley.tool("quarantine", "list").stdout
