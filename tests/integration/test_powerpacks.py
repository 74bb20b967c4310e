"""Plivo's Powerpacks as senders of ours: Plivo chooses the number, its reports tell which, and every promise holds all the same."""
import uuid

import pytest

from harness import eventually
from test_campaigns import begun, friends, reaches as becomes, recipients
from worker_world import (answers, conversation_of, house, number_of, parley, person, reaches, says, set_number, who)  # noqa: F401: fixtures

SYSTEM = {"NUMBER_RATE": 200, "CONFIRM_AFTER_MS": 300, "UNCONFIRMED_MAX_MS": 1500}
UUID = "86bbb125-97bb-4d72-89fd-81d5c515b015"
PACK = f"powerpack:{UUID}"
ONE, TWO = "+15550130001", "+15550130002"


@pytest.fixture
def pack(parley):
    """A Powerpack of two numbers, set up on both sides; the pool that names it."""
    parley.plivo.powerpack(UUID, [ONE, TWO])
    pool = next((p for p in parley.api.all("/pools") if p["numbers"] == [PACK]), None)
    yield pool or parley.api.post("/pools", {"name": "the Powerpack", "numbers": [PACK]})
    parley.api.patch("/settings", {"opt_out_scope": "tenant"})
    parley.api.patch(f"/numbers/{number_of(parley, PACK)['id']}", {"state": "active", "daily_limit": None})
    parley.plivo.powerpack(UUID, [ONE, TWO])


def sent(parley, to, text="hello", **more):
    return reaches(parley.api, parley.api.send(to, text, **{"from": PACK, **more}), "delivered")


def at_plivo(parley, text):
    return [m for m in parley.plivo.messages() if m["text"] == text]


def test_a_powerpack_becomes_a_sender_of_ours_by_standing_in_a_pool(parley, pack):
    number = number_of(parley, PACK)
    assert number["kind"] == "powerpack" and number["state"] == "active" and number["stop_reply"] == "provider"
    assert parley.api.request("POST", "/pools", json={"name": "again", "numbers": [PACK]}).status_code == 201
    assert [n["address"] for n in parley.api.all("/numbers")].count(PACK) == 1


def test_plivo_gets_the_powerpack_and_its_report_tells_the_number(parley, pack, who):
    text = f"a text {uuid.uuid4()}"
    message = parley.api.send(who, text, **{"from": PACK})
    assert message["from"] == PACK and "sent_from" not in message
    there = reaches(parley.api, message, "delivered")
    (accepted,) = at_plivo(parley, text)
    assert accepted["powerpack_uuid"] == UUID and accepted["src"] in (ONE, TWO)
    assert there["from"] == PACK and there["sent_from"] == accepted["src"]
    assert conversation_of(parley.api, there)["number"] == PACK
    assert number_of(parley, there["sent_from"])["state"] == "discovered", "the number is ours, and nobody has set it up"
    assert any(e["kind"] == "source" and there["sent_from"] in e["text"] for e in parley.api.timeline(there["id"])["data"])


def test_a_pool_may_name_it_beside_numbers_and_keeps_its_sender(parley, pack, who):
    mixed = parley.api.post("/pools", {"name": "mixed", "numbers": [parley.number, PACK]})
    sent(parley, who)
    assert parley.api.send(who, "again", **{"from": f"pool:{mixed['id']}"})["from"] == PACK
    assert parley.api.send(who, "by itself")["from"] == PACK, "without `from`, the one that they last talked to"
    assert parley.api.request("DELETE", f"/pools/{mixed['id']}").status_code == 204


def test_an_answer_comes_into_the_powerpacks_conversation_and_its_rule_answers_from_it(parley, pack, who):
    parley.api.post("/rules", {"name": "hours", "match": {"kind": "exact", "words": ["hours"]}, "actions": [{"kind": "reply", "text": "9 to 5"}]})
    first = sent(parley, who)
    inbound = says(parley, who, "hours", to=first["sent_from"])
    assert inbound["to"] == first["sent_from"] and inbound["conversation_id"] == first["conversation_id"]
    reply = parley.api.messages(contact=who, direction="outbound")[0]
    assert reply["text"] == "9 to 5" and reply["from"] == PACK
    assert reaches(parley.api, reply, "delivered")["sent_from"] == first["sent_from"], "the sticky sender"


def test_a_stop_to_one_of_its_numbers_ends_what_the_powerpack_sends(parley, pack, who):
    first = sent(parley, who)
    says(parley, who, "REVOKE", to=first["sent_from"])
    blocked = parley.api.send(who, "more", **{"from": PACK})
    assert (blocked["status"], blocked["status_reason"]) == ("blocked", "opted_out")
    says(parley, who, "START", to=first["sent_from"])
    sent(parley, who, "welcome back")


@pytest.mark.parametrize("talks_to", ["powerpack", "number"])
def test_a_stop_for_a_number_alone_holds_for_number_and_powerpack(parley, pack, who, talks_to):
    says(parley, person(), "hi", to=ONE)
    parley.api.patch(f"/numbers/{number_of(parley, ONE)['id']}", {"state": "active"})
    parley.api.patch("/settings", {"opt_out_scope": "number"})
    parley.plivo.powerpack(UUID, [ONE])
    sent(parley, who, **{"from": PACK if talks_to == "powerpack" else ONE})
    stop = says(parley, who, "REVOKE", to=ONE)
    assert conversation_of(parley.api, stop)["number"] == (PACK if talks_to == "powerpack" else ONE)
    for sender in (PACK, ONE):
        assert parley.api.send(who, "more", **{"from": sender})["status"] == "blocked", sender
    assert parley.api.send(who, "more", **{"from": parley.number})["status"] != "blocked", "the others were not meant"
    says(parley, who, "START", to=ONE)
    for sender in (PACK, ONE):
        assert parley.api.send(who, "more", **{"from": sender})["status"] != "blocked", sender


def test_plivos_own_block_becomes_an_opt_out_from_the_powerpack(parley, pack, who):
    first = sent(parley, who)
    parley.plivo.faults(number_rate=1000, dlr_final="failed", error_code=200)
    message = parley.api.send(who, "x", **{"from": PACK})
    assert reaches(parley.api, message, "blocked")["error_code"] == 200
    parley.plivo.clear_faults()
    entry = parley.api.get("/consent/ledger")["data"][0]
    assert entry["source"] == "provider" and entry["number"] == PACK and entry["contact_id"] == parley.api.get("/contacts", q=who)["data"][0]["id"]
    assert parley.api.send(who, "y", **{"from": PACK})["status"] == "blocked" and first["sent_from"]


def test_a_paused_powerpack_holds_and_its_own_limit_counts(parley, pack):
    parley.api.patch(f"/numbers/{number_of(parley, PACK)['id']}", {"state": "paused"})
    held = parley.api.send(person(), "wait", **{"from": PACK})
    assert reaches(parley.api, held, "held")["status_reason"] == "number_paused"
    parley.api.patch(f"/numbers/{number_of(parley, PACK)['id']}", {"state": "active"})
    reaches(parley.api, held, "delivered")
    parley.api.patch(f"/numbers/{number_of(parley, PACK)['id']}", {"daily_limit": 1})
    second = parley.api.send(person(), "tomorrow", **{"from": PACK})
    assert reaches(parley.api, second, "held")["status_reason"] == "daily_limit"
    parley.api.patch(f"/numbers/{number_of(parley, PACK)['id']}", {"daily_limit": None})
    reaches(parley.api, second, "delivered")


def test_a_campaign_leaves_from_a_powerpack(parley, pack):
    people = friends(parley, 12)
    campaign = begun(parley, people, **{"from": PACK})
    becomes(parley, campaign, "done")
    assert {r["from"] for r in recipients(parley, campaign)} == {PACK}
    (message,) = parley.api.messages(contact=people[0], direction="outbound", limit=1)[:1]
    assert message["class"] == "bulk" and message["sent_from"] in (ONE, TWO)


def test_a_lost_answer_is_settled_by_plivos_list_by_powerpack(parley, pack, who):
    sent(parley, person(), "a witness")
    parley.plivo.faults(number_rate=1000, accept_then_drop=1, dlr_drop=1)
    text = f"lost {uuid.uuid4()}"
    message = parley.api.send(who, text, **{"from": PACK})
    there = eventually(lambda: (m := parley.api.message(message["id"]))["plivo_uuid"] and m, 20, "the list has told its uuid")
    (accepted,) = at_plivo(parley, text)
    assert there["plivo_uuid"] == accepted["message_uuid"] and there["sent_from"] == accepted["src"]
    assert len(there and at_plivo(parley, text)) == 1, "it was sent twice"


@pytest.mark.parametrize("path, body, field", [
    ("/messages", {"to": "+15550170001", "text": "x", "from": "powerpack:" + str(uuid.uuid4())}, "from"),
    ("/messages", {"to": "+15550170001", "text": "x", "from": "powerpack:"}, "from"),
    ("/messages", {"to": "+15550170001", "text": "x", "from": ONE, "powerpack_uuid": UUID}, "powerpack_uuid"),
    ("/campaigns", {"name": "x", "text": "x", "from": "powerpack:" + str(uuid.uuid4())}, "from"),
    ("/pools", {"name": "x", "numbers": ["powerpack:nonsense"]}, "numbers"),
    ("/pools", {"name": "x", "numbers": ["powerpack:" + UUID.upper()]}, "numbers"),
    ("/pools", {"name": "x", "numbers": [PACK, PACK]}, "numbers"),
])
def test_a_powerpack_that_cannot_be_is_refused_by_its_field(parley, pack, path, body, field):
    answer = parley.api.request("POST", path, json=body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text


def test_a_powerpack_answers_by_rest_alone(parley, pack):
    answer = parley.api.request("PATCH", f"/numbers/{number_of(parley, PACK)['id']}", json={"reply_via": "xml"})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "reply_via"


def test_what_plivo_does_not_have_is_refused_with_its_words(parley, pack, who):
    unknown = str(uuid.uuid4())
    parley.api.post("/pools", {"name": "a mistake", "numbers": [f"powerpack:{unknown}"]})
    refused = reaches(parley.api, parley.api.send(who, "x", **{"from": f"powerpack:{unknown}"}), "failed")
    assert refused["status_reason"] == "refused" and "powerpack_uuid" in refused["status_text"]


def test_the_store_is_whole_after_all_that(parley, pack):
    assert parley.tool("store", "check").stdout.splitlines()[-1].endswith("0 findings: the store is whole")
