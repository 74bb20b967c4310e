"""P1: a 2xx means durable. Ingress answers Plivo 200 only after the event is on stable storage."""
import uuid

import pytest

from harness import eventually

PERSON = "+15550100123"
TEXTS = 300


def inbound(parley):
    """[(plivo_uuid, text)] of what the API shows, oldest first."""
    return [(message["plivo_uuid"], message["text"]) for message in reversed(parley.api.messages(direction="inbound"))]


def settled(parley):
    """Nothing waits in the spool any longer."""
    metrics = parley["ingress"].metrics()
    return all(metrics[f'parley_ingress_spool_events{{lane="{lane}"}}'] == 0 for lane in ("inbound", "reports"))


def is_there_once(parley, acked):
    seen = [message_uuid for message_uuid, _ in inbound(parley)]
    missing = acked - set(seen)
    assert not missing, f"{len(missing)} of {len(acked)} acknowledged texts are missing: {sorted(missing)[:3]}"
    assert len(seen) == len(set(seen)), "a text is there twice"
    return True


@pytest.mark.timeout(300)
@pytest.mark.parametrize("victims", [("ingress", "worker"), ("worker",), ("ingress",)], ids="+".join)
def test_p1_a_webhook_answered_200_survives_the_kill_of_any_process(parley, plivo, seed, victims):
    acked = plivo.texts(TEXTS, during=parley.killing(*victims, seed=seed), seed=seed)
    assert acked, "not one text got through: that proves nothing"
    parley.restart("worker", "ingress")
    eventually(lambda: settled(parley) and is_there_once(parley, acked), timeout=60)


@pytest.mark.timeout(300)
def test_p1_a_spooled_webhook_survives_the_kill_of_ingress(parley, plivo, seed):
    parley.kill("worker")
    acked = plivo.texts(TEXTS, during=parley.killing("ingress", seed=seed), seed=seed)
    assert acked, "not one text got through: that proves nothing"
    parley.restart("ingress")
    parley.start("worker")
    eventually(lambda: settled(parley) and is_there_once(parley, acked), timeout=60)


@pytest.mark.timeout(120)
@pytest.mark.parley(SIM_RETRY_MS="60000")
def test_p1_without_a_worker_texts_are_kept_in_order_and_a_stop_waits_for_its_commit(parley):
    hooks = parley.webhooks
    before = str(uuid.uuid4())
    assert hooks.inbound(PERSON, "before", message_uuid=before).status_code == 200
    parley.kill("worker")
    texts = [(str(uuid.uuid4()), f"text {i}") for i in range(25)]
    for message_uuid, text in texts[:20]:
        assert hooks.inbound(PERSON, text, message_uuid=message_uuid).status_code == 200
    stop = str(uuid.uuid4())
    assert hooks.inbound(PERSON, "STOP", message_uuid=stop).status_code == 503, "a STOP is acknowledged by the worker alone"
    for message_uuid, text in texts[20:]:
        assert hooks.inbound(PERSON, text, message_uuid=message_uuid).status_code == 200

    parley.restart("ingress")
    parley.start("worker")
    assert eventually(lambda: hooks.inbound(PERSON, "STOP", message_uuid=stop).status_code == 200, timeout=30)
    eventually(lambda: settled(parley), timeout=30)
    wanted = [(before, "before"), *texts[:20], (stop, "STOP"), *texts[20:]]
    eventually(lambda: inbound(parley) == wanted, timeout=30, what="every text, in its order, once")
    contact = parley.api.get("/contacts")["data"][0]
    assert contact["consent"] == "out"


@pytest.mark.timeout(120)
def test_p1_a_report_answered_200_survives_the_kill_of_ingress_while_the_sender_is_away(parley, plivo):
    plivo.faults(dlr_drop=1)
    sent = parley.api.send(PERSON, "hello")
    accepted = eventually(lambda: (m := parley.api.message(sent["id"]))["plivo_uuid"] and m)
    callback = eventually(lambda: plivo.messages())[0]["callback_url"]
    parley.kill("sender")
    path = callback.removeprefix(parley.public_url)
    answer = parley.webhooks.post(path, {"MessageUUID": accepted["plivo_uuid"], "ParentMessageUUID": accepted["plivo_uuid"],
                                         "From": parley.number[1:], "To": PERSON[1:], "Type": "sms", "Status": "delivered",
                                         "Sequence": "3", "Units": "1", "ErrorCode": ""})
    assert (answer.status_code, answer.text) == (200, "OK")
    parley.restart("ingress")
    parley.start("sender")
    eventually(lambda: parley.api.message(sent["id"])["status"] == "delivered", timeout=30)
