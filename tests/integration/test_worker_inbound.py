"""What the worker makes of a text: message, contact and conversation, once, and kept."""
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
import requests

from harness import eventually, signature_headers
from worker_world import (answers, bus, conversation_of, contact_of, event, house, message_of, number_of, parley, person,
                          says, who)  # noqa: F401: fixtures

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def soon(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- shapes -----------------------------------------------------------------------------------------------------------

def test_a_text_becomes_exactly_the_message_of_the_contract(parley, who):
    text = "Grüße & <b>1+1=2</b>\n😀 "
    message = says(parley, who, text)
    made_up = {name: message[name] for name in ("id", "conversation_id", "plivo_uuid", "created_at", "updated_at")}
    assert ID.fullmatch(made_up["id"]) and ID.fullmatch(made_up["conversation_id"])
    assert TIME.fullmatch(made_up["created_at"]) and TIME.fullmatch(made_up["updated_at"])
    source, sentence, cost = message["source"], message["status_text"], message["cost"]
    assert message == {**made_up, "direction": "inbound", "from": who, "to": parley.number, "text": text, "media": [],
                       "encoding": "ucs2", "segments": 1, "status": "received", "status_reason": None,
                       "status_text": sentence, "error_code": None, "cost": cost, "class": None, "source": source,
                       "send_at": None, "valid_until": None, "held_until": None}
    assert cost is None or set(cost) == {"amount", "currency", "estimated"}
    assert message == parley.api.message(message["id"])


def test_a_text_opens_exactly_the_conversation_and_contact_of_the_contract(parley, who):
    message = says(parley, who, "hello")
    conversation = conversation_of(parley.api, message)
    contact = contact_of(parley.api, who)
    assert conversation == {
        "id": message["conversation_id"], "number": parley.number,
        "contact": {"id": contact["id"], "address": who, "name": None}, "status": "open", "assignee": None, "labels": [],
        "unread": 1, "snooze_until": None, "last_message": message, "opted_out": False, "paused": False,
        "created_at": conversation["created_at"], "updated_at": conversation["updated_at"]}
    assert contact == {"id": contact["id"], "address": who, "name": None, "attributes": {}, "time_zone": None,
                       "consent": "none", "valid": contact["valid"], "erased_at": None, "created_at": contact["created_at"],
                       "updated_at": contact["updated_at"]}
    assert isinstance(contact["valid"], bool)
    assert contact == parley.api.get(f"/contacts/{contact['id']}")


def test_a_second_text_joins_the_conversation_of_the_first(parley, who):
    first, second = says(parley, who, "one"), says(parley, who, "two")
    assert first["conversation_id"] == second["conversation_id"]
    conversation = conversation_of(parley.api, second)
    assert (conversation["unread"], conversation["last_message"]["text"]) == (2, "two")
    listed = parley.api.all(f"/conversations/{conversation['id']}/messages")
    assert [m["text"] for m in listed] == ["two", "one"]
    assert len(parley.api.all("/contacts", q=who)) == 1


def test_reading_resets_what_is_unread_and_the_next_text_counts_again(parley, who):
    message = says(parley, who, "one")
    read = parley.api.post(f"/conversations/{message['conversation_id']}/read")
    assert read["unread"] == 0 and conversation_of(parley.api, message)["unread"] == 0
    says(parley, who, "two")
    assert conversation_of(parley.api, message)["unread"] == 1


def test_our_own_messages_are_not_unread(parley, who):
    message = parley.api.send(who, "hello", **{"class": "human"})
    assert conversation_of(parley.api, message)["unread"] == 0


# --- once -------------------------------------------------------------------------------------------------------------

def test_a_uuid_that_comes_twice_is_stored_once(parley, who):
    message_uuid = str(uuid.uuid4())
    for _ in range(3):
        assert parley.webhooks.inbound(who, "again", message_uuid).status_code == 200
    assert parley.webhooks.inbound(who, "the same uuid with other words", message_uuid).status_code == 200
    assert [m["text"] for m in parley.api.messages(contact=who)] == ["again"]
    assert conversation_of(parley.api, message_of(parley.api, message_uuid))["unread"] == 1


def test_a_uuid_that_comes_many_times_at_once_is_stored_once(parley, who):
    message_uuid = str(uuid.uuid4())
    with ThreadPoolExecutor(16) as hands:
        codes = list(hands.map(lambda _: requests.post(parley.webhooks.address + "/plivo/inbound", timeout=20,
                                                       **signed(parley, who, "once", message_uuid)).status_code, range(16)))
    assert codes == [200] * 16
    assert [m["text"] for m in parley.api.messages(contact=who)] == ["once"]


def signed(parley, who, text, message_uuid):
    params = parley.webhooks.inbound_params(who, text, message_uuid)
    return {"data": params, "headers": signature_headers("POST", parley.public_url + "/plivo/inbound", parley.token, params)}


def test_a_uuid_that_stands_twice_in_one_batch_is_stored_once(parley, bus, who):
    one, other = event(parley, who, "one"), event(parley, who, "other")
    assert bus.inbound(one, one, other, {**one, "text": "changed"}) == ["committed", "duplicate", "committed", "duplicate"]
    assert bus.inbound(other, one) == ["duplicate", "duplicate"]
    assert [m["text"] for m in parley.api.messages(contact=who)] == ["other", "one"]


def test_a_batch_with_a_broken_event_leaves_no_trace_and_spoils_no_other(parley, bus, who):
    fine = event(parley, who, "fine")
    head, _ = bus.ask("inbound", {"events": [fine, {**event(parley, who, "broken"), "uuid": ""}]})
    assert head["error"], head
    assert parley.api.messages(contact=who) == []
    assert bus.inbound(fine) == ["committed"]


def test_an_operation_that_nobody_knows_is_refused_in_words(bus):
    head, _ = bus.ask("inbuond", {})
    assert head["error"] and "inbuond" in head["text"], head


# --- who and where ----------------------------------------------------------------------------------------------------

def test_a_number_of_ours_that_nobody_set_up_is_discovered(parley, who):
    unknown = "+15550109876"
    message = says(parley, who, "hello", to=unknown)
    assert message["to"] == unknown
    number = number_of(parley, unknown)
    assert number["state"] == "discovered"
    assert conversation_of(parley.api, message)["number"] == unknown
    held = parley.api.send(who, "not yet", **{"from": unknown})
    eventually(lambda: parley.api.message(held["id"])["status_reason"] == "number_paused", 10)
    parley.api.patch(f"/numbers/{number['id']}", {"state": "active"})
    # the simulator knows no such number: what counts is that Parley let it go
    eventually(lambda: parley.api.message(held["id"])["status"] in ("failed", "accepted", "sent", "delivered"), 10)


def test_the_same_person_has_a_conversation_with_each_number_of_ours(parley, who):
    here, there = says(parley, who, "hello"), says(parley, who, "hello", to="+15550109877")
    assert here["conversation_id"] != there["conversation_id"]
    assert conversation_of(parley.api, here)["contact"]["id"] == conversation_of(parley.api, there)["contact"]["id"]


@pytest.mark.parametrize("sender", ["22395", "311", "VERIFY", "MyShop24"])
def test_short_codes_and_letters_are_kept_as_they_came(parley, sender):
    message = says(parley, sender, f"code 1234 from {sender}")
    assert message["from"] == sender
    assert conversation_of(parley.api, message)["contact"]["address"] == sender
    assert message["id"] in {m["id"] for m in parley.api.messages(contact=sender)}


def test_letters_are_never_answered(parley):
    parley.api.post("/rules", {"name": "all", "match": {"kind": "any"}, "actions": [
        {"kind": "reply", "text": "hi"}, {"kind": "tag", "tag": "seen"}]}, wanted=201)
    message = says(parley, "NOTICE", "your parcel")
    assert answers(parley.api, "NOTICE") == []
    assert conversation_of(parley.api, message)["labels"] == ["seen"]
    says(parley, "NOTICE", "HELP")
    says(parley, "NOTICE", "REVOKE")
    assert answers(parley.api, "NOTICE") == []


def test_a_number_without_plus_and_one_with_it_are_one_person(parley, who):
    for sender in (who, who.removeprefix("+")):
        params = {**parley.webhooks.inbound_params(who, "hi"), "From": sender}
        assert parley.webhooks.post("/plivo/inbound", params).status_code == 200
    assert len(parley.api.messages(contact=who)) == 2
    assert len(parley.api.all("/conversations", q=who)) == 1


def test_media_are_kept_with_or_without_a_text(parley, who):
    urls = ["https://media.example.com/Account/1/a.png?x=1&y=2", "https://media.example.com/b.jpg"]
    message = says(parley, who, "look", media=urls)
    assert [m["url"] for m in message["media"]] == urls and message["text"] == "look"
    assert all(set(m) == {"id", "url", "content_type", "bytes"} and m["id"] for m in message["media"])
    assert len({m["id"] for m in message["media"]}) == 2
    alone = says(parley, who, media=urls[:1])
    assert [m["url"] for m in alone["media"]] == urls[:1] and alone["text"] in (None, "")
    assert conversation_of(parley.api, alone)["last_message"]["media"] == alone["media"]


def test_a_text_that_came_late_is_stored_and_not_answered(parley, bus, who):
    parley.api.post("/rules", {"name": "all", "match": {"kind": "any"}, "actions": [{"kind": "reply", "text": "hi"}]}, wanted=201)
    now = event(parley, who, "now")["received_at"]
    assert bus.inbound(event(parley, who, "old", received_at=now - 5 * 60_000 - 1000)) == ["committed"]
    assert answers(parley.api, who) == []
    assert bus.inbound(event(parley, who, "fresh", received_at=now - 4 * 60_000)) == ["committed"]
    assert answers(parley.api, who) == ["hi"]


def test_what_only_observing_let_in_may_opt_out_never_in_and_triggers_nothing(parley, bus, who):
    parley.api.post("/rules", {"name": "all", "match": {"kind": "any"}, "actions": [{"kind": "reply", "text": "hi"}]}, wanted=201)
    bus.inbound(event(parley, who, "hello", is_observed=True))
    assert answers(parley.api, who) == []
    bus.inbound(event(parley, who, "REVOKE", is_observed=True))
    assert contact_of(parley.api, who)["consent"] == "out"
    bus.inbound(event(parley, who, "START", is_observed=True))
    assert contact_of(parley.api, who)["consent"] == "out"
    assert answers(parley.api, who) == []
    bus.inbound(event(parley, who, "START"))
    assert contact_of(parley.api, who)["consent"] == "in"


# --- snoozing, and what stays -----------------------------------------------------------------------------------------

def test_a_snoozed_conversation_wakes_at_its_time_and_says_so(parley, who):
    message = says(parley, who, "later please")
    path = f"/conversations/{message['conversation_id']}"
    with parley.api.events() as stream:
        stream.next()
        until = soon(seconds=2)
        snoozed = parley.api.patch(path, {"status": "snoozed", "snooze_until": until})
        assert (snoozed["status"], snoozed["snooze_until"]) == ("snoozed", until)
        assert [c["id"] for c in parley.api.all("/conversations", status="snoozed")] == [snoozed["id"]]
        stream.until(lambda e: e.type == "conversation.updated" and e.data["status"] == "snoozed")
        woken = stream.until(lambda e: e.type == "conversation.updated" and e.data["status"] == "open")[-1].data
    assert woken["id"] == snoozed["id"] and woken["snooze_until"] is None
    assert datetime.now(timezone.utc) >= datetime.fromisoformat(until.replace("Z", "+00:00"))
    assert parley.api.get(path)["status"] == "open"
    assert parley.api.all("/conversations", status="snoozed") == []


def test_a_text_wakes_a_snoozed_conversation_and_opens_a_closed_one(parley, who):
    message = says(parley, who, "one")
    path = f"/conversations/{message['conversation_id']}"
    parley.api.patch(path, {"status": "snoozed", "snooze_until": soon(hours=1)})
    says(parley, who, "two")
    assert (parley.api.get(path)["status"], parley.api.get(path)["snooze_until"]) == ("open", None)
    parley.api.patch(path, {"status": "closed"})
    parley.api.send(who, "bye")
    assert parley.api.get(path)["status"] == "closed"
    says(parley, who, "three")
    assert parley.api.get(path)["status"] == "open"


@pytest.mark.parametrize("changes", [{"status": "snoozed"}, {"status": "snoozed", "snooze_until": None},
                                     {"status": "snoozed", "snooze_until": "2020-01-01T00:00:00Z"}])
def test_snoozing_needs_a_time_to_come(parley, who, changes):
    message = says(parley, who, "one")
    answer = parley.api.request("PATCH", f"/conversations/{message['conversation_id']}", json=changes)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "snooze_until"
    assert conversation_of(parley.api, message)["status"] == "open"


def test_a_restart_of_the_worker_keeps_everything(parley, who):
    rule = parley.api.post("/rules", {"name": "hours", "match": {"kind": "exact", "words": ["hours"]},
                                      "actions": [{"kind": "reply", "text": "nine to five"}]}, wanted=201)
    message = says(parley, who, "hours")
    parley.api.patch(f"/conversations/{message['conversation_id']}", {"labels": ["vip"], "assignee": "ann"})
    later = parley.api.send(who, "tomorrow", send_at=soon(days=1))
    other = person()
    says(parley, other, "REVOKE")
    says(parley, other, "START")

    def everything():
        lists = {path: parley.api.all(path) for path in ("/messages", "/conversations", "/contacts", "/rules", "/numbers",
                                                          "/consent/ledger")}
        return {**lists, "timeline": parley.api.timeline(later["id"]), "verify": parley.api.get("/consent/verify")}
    eventually(lambda: not [m for m in parley.api.messages(direction="outbound")
                            if m["status"] in ("queued", "sending", "accepted", "sent")], 15, "nothing is on its way")
    before = everything()
    parley.restart("worker")
    eventually(lambda: requests.get(parley["api"].admin + "/readyz", timeout=5).status_code == 200, 15)
    assert everything() == before
    assert parley.api.get(f"/rules/{rule['id']}") == rule
    parley.api.delete(f"/messages/{later['id']}")
