"""Inline replies: the worker grants one with the text that asks for it, and ingress writes it into its answer to Plivo."""
import pytest

from harness import eventually
from worker_world import Bus, event

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
PERSON = "+15550100123"

inline = pytest.mark.parley(INLINE_REPLIES=1, ACK_BUDGET_MS=2000)


def with_rule(parley):
    """Answers "hours"; with markup in it, so that the XML has something to escape."""
    parley.api.post("/rules", {"name": "hours", "enabled": True, "match": {"kind": "exact", "words": ["hours"], "number": None},
                               "actions": [{"kind": "reply", "text": "Open 9 < 17 & always \"on\" time"}], "cooldown_s": 0})


def reply_of(parley, to=PERSON):
    """The one outbound message, or None."""
    found = [m for m in parley.api.messages(direction="outbound") if m["to"] == to]
    assert len(found) <= 1, f"one reply, not {len(found)}"
    return found[0] if found else None


@inline
def test_a_reply_goes_inside_the_answer_and_is_told_as_accepted(parley, plivo):
    with_rule(parley)
    answer = plivo.inbound(PERSON, "hours")
    body = answer["webhook_body"]
    assert answer["webhook_status"] == 200 and body.count("<Message ") == 1, body
    assert f'src="{parley.number[1:]}" dst="{PERSON[1:]}" type="sms" callbackUrl="{parley.public_url}/plivo/status/' in body
    message = eventually(lambda: (m := reply_of(parley)) and m["status"] in ("accepted", "sent", "delivered") and m)
    assert [p["text"] for p in plivo.phone(PERSON) if p["by"] == "parley"] == [message["text"]]
    assert parley["ingress"].metrics()['parley_ingress_replies_total{outcome="accepted"}'] == 1


@inline
def test_a_webhook_that_comes_again_gets_an_empty_response(parley):
    with_rule(parley)
    hooks = parley.webhooks
    first = hooks.inbound(PERSON, "hours", message_uuid="once")
    again = hooks.inbound(PERSON, "hours", message_uuid="once")
    assert "<Message " in first.text and again.text == EMPTY


@inline
def test_a_reply_whose_text_came_by_the_spool_goes_by_rest(parley, plivo):
    with_rule(parley)
    parley.kill("worker")
    assert plivo.inbound(PERSON, "hours")["webhook_body"] == EMPTY
    parley.start("worker")
    eventually(lambda: (m := reply_of(parley)) and m["status"] == "delivered", timeout=30)
    assert len([p for p in plivo.phone(PERSON) if p["by"] == "parley"]) == 1
    assert parley["ingress"].metrics()['parley_ingress_replies_total{outcome="not_sent"}'] == 1


@pytest.mark.parley("worker", "sender", "api", "sim", INLINE_REPLIES=1, CONFIRM_AFTER_MS=100, UNCONFIRMED_MAX_MS=1000,
                    SENDER_SILENCE_MS=1000)
def test_a_crowd_of_replies_that_nobody_tells_of_is_settled_and_goes_by_rest(parley):
    """What an ingress leaves that dies with the worker's answer to a batch of its spool: side by side, and no other send beside them."""
    with_rule(parley)
    crowd = [f"+1555020{i:04d}" for i in range(300)]
    bus = Bus(parley)
    for at in range(0, len(crowd), 100):
        bus.inbound(*[event(parley, who, "hours") for who in crowd[at:at + 100]])
    bus.close()
    eventually(lambda: [m["status"] for m in parley.api.messages(direction="outbound")] == ["accepted"] * len(crowd), 40)
    assert sorted(m["dst"] for m in parley.plivo.messages()) == crowd
