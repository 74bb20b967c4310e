"""P8: every message explains itself: rule, consent, holds, attempts, raw reports and cost, on one timeline."""
import datetime

import pytest

from harness import eventually
from truth import (QUICK, ledger, number_of, people, person, settle, status_of, text_until_acked)

SYSTEM = QUICK
pytestmark = pytest.mark.timeout(90)


def timeline(api, message):
    """The entries, once it is clear that they are well formed and in order."""
    entries = api.timeline(message["id"])["data"]
    assert entries, f"nothing explains {message['text']!r}"
    for entry in entries:
        assert set(entry) >= {"at", "kind", "text", "data"} and entry["kind"] and isinstance(entry["data"], dict)
        assert entry["text"][0].isupper() and len(entry["text"]) > 5, entry
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)
    return entries


def of_kind(api, message, kind):
    return [entry for entry in timeline(api, message) if entry["kind"] == kind]


def first_inbound(api, who):
    return next(m for m in api.messages(direction="inbound") if m["from"] == who)


def answer_to(api, who):
    return eventually(lambda: next((m for m in api.messages(direction="outbound") if m["to"] == who), None))


def test_p8_a_delivered_message_tells_its_way_from_the_asking_to_the_receipt(api, plivo):
    message = status_of(api, api.send(person(), "hello"), "delivered")
    eventually(lambda: len(of_kind(api, message, "report")) == 3)
    kinds = [entry["kind"] for entry in timeline(api, message)]
    assert kinds[0] == "queued" and kinds.index("grant") < kinds.index("report")
    assert {"attempt", "cost"} <= set(kinds)
    assert {e["data"]["status_word"] for e in of_kind(api, message, "report")} == {"queued", "sent", "delivered"}
    assert all(e["data"]["uuid"] == message["plivo_uuid"] for e in of_kind(api, message, "report"))
    assert message["cost"]["amount"] in of_kind(api, message, "cost")[0]["text"]


def test_p8_an_automatic_answer_names_its_rule_and_so_does_the_question(api, plivo):
    rule = api.post("/rules", {"name": "Opening hours", "match": {"kind": "contains", "words": ["open"]},
                               "actions": [{"kind": "reply", "text": "9 to 5"}], "position": 1})
    who = person()
    text_until_acked(plivo, who, "when are you open?")
    reply, question = answer_to(api, who), first_inbound(api, who)
    for message in (reply, question):
        entry = of_kind(api, message, "rule")[0]
        assert "Opening hours" in entry["text"] and entry["data"]["rule_id"] == rule["id"]
    api.delete(f"/rules/{rule['id']}")
    assert "Opening hours" in of_kind(api, reply, "rule")[0]["text"], "the rule is gone, and with it the reason"


def test_p8_a_stop_names_its_entry_in_the_ledger_and_the_blocked_message_its_reason(api, plivo):
    who = person()
    text_until_acked(plivo, who, "STOP")
    entry = of_kind(api, first_inbound(api, who), "consent")[0]
    assert entry["data"]["sequence"] == ledger(api, who)[-1]["sequence"]
    blocked = api.send(who, "too late")
    assert blocked["status_reason"] == "opted_out" and blocked["status_text"]
    assert any("opted out" in e["text"] for e in timeline(api, blocked))


def test_p8_a_hold_says_why_and_until_when(parley, api, plivo):
    due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    scheduled = api.send(person(), "in an hour", send_at=due.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    hold = of_kind(api, scheduled, "hold")[0]
    assert due.strftime("%H:%M") in hold["text"]
    api.delete(f"/messages/{scheduled['id']}")
    assert any("ancelled" in e["text"] for e in timeline(api, scheduled))

    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"state": "paused"})
    held = status_of(api, api.send(person(), "paused"), "held")
    assert held["status_reason"] == "number_paused"
    assert any("paused" in e["text"] for e in timeline(api, held))
    api.patch(f"/numbers/{number['id']}", {"state": "active"})
    status_of(api, held, "delivered")


def test_p8_a_failure_gives_plivos_code_and_a_sentence(api, plivo):
    plivo.faults(dlr_final="undelivered", error_code=30)
    message = status_of(api, api.send(person(), "spam?"), "undelivered")
    assert message["error_code"] == 30 and message["status_reason"] == "spam" and "spam" in message["status_text"].lower()
    last = of_kind(api, message, "report")[-1]
    assert (last["data"]["status_word"], last["data"]["error_code"]) == ("undelivered", 30)


def test_p8_an_unknown_outcome_tells_each_step_of_its_settling(api, plivo):
    plivo.faults(http_500=1)
    message = status_of(api, api.send(person(), "where is it?"), "unconfirmed")
    plivo.clear_faults()
    status_of(api, message, "delivered", timeout=20)
    kinds = [entry["kind"] for entry in timeline(api, message)]
    for kind in ("grant", "attempt", "unconfirmed", "check"):
        assert kind in kinds, kinds
    assert [e["data"]["attempt"] for e in of_kind(api, message, "grant")] == [1, 2]
    assert any(e["data"].get("http_status") == 500 for e in of_kind(api, message, "attempt"))


def test_p8_after_a_storm_every_message_still_has_its_story(parley, api, plivo, seed):
    plivo.faults(accept_then_drop=0.2, http_500=0.1, dlr_duplicate=0.3, dlr_reorder=0.3, seed=seed)
    with parley.killing("worker", "sender", seed=seed, every_s=(0.3, 0.6)):
        for i, who in enumerate(people(20)):
            text_until_acked(plivo, who, "STOP" if i % 5 == 0 else "hello")
    plivo.clear_faults()
    settle(api, timeout=40)
    for message in api.messages():
        eventually(lambda: is_explained(api, message["id"]))    # reports may still come


def is_explained(api, id):
    message = api.message(id)
    entries = timeline(api, message)
    kinds = {entry["kind"] for entry in entries}
    if message["direction"] == "inbound":
        assert {"received", "decision"} <= kinds
        return True
    assert "queued" in kinds and ("grant" in kinds or not message["plivo_uuid"])
    assert "rule" in kinds or message["source"] != "rule"
    assert not message["status_text"] or any(message["status_text"] in entry["text"] for entry in entries), (message, entries)
    return True
