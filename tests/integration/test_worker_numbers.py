"""What people set about a number of ours holds from that moment on."""
import time
import uuid
from datetime import datetime

import pytest

from harness import eventually
from worker_world import (answers, house, number_of, parley, person, reaches, says, set_number, who)  # noqa: F401: fixtures

STANDARD = {"help_by": None, "topic": None, "campaign": None, "reply_via": "rest", "stop_reply": "provider", "help_reply": None, "rate": None, "daily_limit": None, "state": "active"}


@pytest.fixture(autouse=True)
def as_it_was(parley):
    yield
    set_number(parley, **STANDARD)


def test_a_number_is_exactly_the_object_of_the_contract(parley):
    number = number_of(parley)
    assert number == {"id": number["id"], "address": parley.number, "kind": "long_code", "reply_via": "rest",
                      "stop_reply": "provider", "help_reply": None, "rate": number["rate"], "daily_limit": None, "state": "active",
                      "state_reason": None, "help_by": None, "topic": None, "campaign": None}


@pytest.mark.parametrize("changes", [{"reply_via": "xml"}, {"stop_reply": "both"}, {"stop_reply": "parley"}, {"help_by": "both"}, {"topic": "news"}, {"campaign": "CABC123"}, {"help_reply": "Ask ann"},
                                     {"rate": 2.5}, {"daily_limit": 100}, {"state": "paused"}])
def test_one_change_changes_one_thing_and_survives_a_restart(parley, changes):
    before = number_of(parley)
    assert set_number(parley, **changes) == {**before, **changes}
    entry = parley.api.get("/audit", action="number.update", limit=1)["data"][0]
    assert entry["subject"] == f"number:{before['id']}"
    shown = {name: {"from": before[name], "to": value} for name, value in changes.items() if name != "help_reply"}
    assert {name: change for name, change in entry["changes"].items() if name != "help_reply"} == shown
    assert ("help_reply" in entry["changes"]) == ("help_reply" in changes) and "ann" not in str(entry["changes"])
    parley.restart("worker")
    assert number_of(parley) == {**before, **changes}


@pytest.mark.parametrize("changes, field", [({"reply_via": "fax"}, "reply_via"), ({"stop_reply": "nobody"}, "stop_reply"),
                                            ({"rate": -1}, "rate"), ({"daily_limit": 0}, "daily_limit"),
                                            ({"state": "discovered"}, "state"), ({"state": "gone"}, "state"),
                                            ({"address": "+15550000000"}, "address"), ({"help_reply": "x" * 1601}, "help_reply")])
def test_a_change_that_cannot_be_is_refused_by_its_field(parley, changes, field):
    before = number_of(parley)
    answer = parley.api.request("PATCH", f"/numbers/{before['id']}", json=changes)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text
    assert number_of(parley) == before


def test_a_paused_number_holds_everything_and_lets_it_go_when_active_again(parley):
    set_number(parley, state="paused")
    people = [person() for _ in range(3)]
    held = [parley.api.send(p, f"text {n}", **{"class": c}) for p in people
            for n, c in enumerate(("human", "transactional", "auto"))]
    for message in held:
        assert reaches(parley.api, message, "held")["status_reason"] == "number_paused"
    assert parley.api.messages(status="held", contact=people[0])
    set_number(parley, state="active")
    for message in held:
        reaches(parley.api, message, "delivered")
    for p in people:
        assert sorted(parley.plivo.received(p)) == ["text 0", "text 1", "text 2"]


def test_what_waits_already_when_a_number_is_paused_is_held_too(parley):
    set_number(parley, rate=0.2)
    people = [person() for _ in range(4)]
    sent = [parley.api.send(p, "slow") for p in people]
    reaches(parley.api, sent[0], "delivered", "accepted", "sent")
    set_number(parley, state="paused")
    for message in sent[2:]:
        assert reaches(parley.api, message, "held")["status_reason"] == "number_paused"
    set_number(parley, rate=None, state="active")
    for message in sent:
        reaches(parley.api, message, "delivered")


def test_a_held_message_can_be_cancelled_and_a_stop_blocks_it(parley):
    set_number(parley, state="paused")
    one, other = person(), person()
    first, second = parley.api.send(one, "x"), parley.api.send(other, "x")
    assert parley.api.delete(f"/messages/{first['id']}", wanted=200)["status"] == "cancelled"
    says(parley, other, "STOP")
    assert parley.api.message(second["id"])["status"] == "blocked"
    set_number(parley, state="active")
    third = parley.api.send(person(), "after")
    reaches(parley.api, third, "delivered")
    assert parley.plivo.received(one) == [] and "x" not in parley.plivo.received(other)


def test_a_rate_holds_in_any_window(parley):
    set_number(parley, rate=5)
    people = [person() for _ in range(15)]
    begin = time.time()
    sent = [parley.api.send(p, f"paced {begin}") for p in people]
    for message in sent:
        reaches(parley.api, message, "delivered", timeout=20)
    times = sorted(m["accepted_at"] for m in parley.plivo.messages() if m["text"] == f"paced {begin}")
    assert len(times) == 15
    at = [datetime.fromisoformat(t.replace("Z", "+00:00")).timestamp() for t in times]
    # 5 at once, then 5 a second; a grant may start up to 2 s late, so only the whole is judged
    assert at[-1] - at[0] >= (15 - 5) / 5 - 0.3, at


def test_a_daily_limit_holds_the_rest_until_tomorrow(parley):
    fresh = "+15550109500"
    says(parley, person(), "hello", to=fresh)
    number = number_of(parley, fresh)
    parley.api.patch(f"/numbers/{number['id']}", {"state": "active", "daily_limit": 3})
    two = parley.api.send(person(), "x" * 161, **{"from": fresh})
    assert two["segments"] == 2
    reaches(parley.api, two, "failed", "accepted", "delivered")     # the simulator does not know it; the segments count
    over = parley.api.send(person(), "x" * 161, **{"from": fresh})
    assert reaches(parley.api, over, "held")["status_reason"] == "daily_limit"
    parley.api.patch(f"/numbers/{number['id']}", {"daily_limit": None})
    reaches(parley.api, over, "failed", "accepted", "delivered")


def test_a_help_is_answered_in_the_numbers_own_words(parley, who):
    set_number(parley, stop_reply="parley", help_reply="Ann's shop, 555-0100. STOP ends.")
    says(parley, who, "help")
    assert answers(parley.api, who) == ["Ann's shop, 555-0100. STOP ends."]
    set_number(parley, help_reply=None)
    says(parley, who, "INFO")
    assert len(answers(parley.api, who)) == 2 and "STOP" in answers(parley.api, who)[1]


def test_inline_replies_reach_the_phone_once(parley, who):
    set_number(parley, reply_via="xml")
    parley.api.post("/rules", {"name": "x", "match": {"kind": "exact", "words": ["menu"]},
                               "actions": [{"kind": "reply", "text": "soup & <bread>"}]}, wanted=201)
    answer = parley.plivo.inbound(who, "menu")
    assert "soup &amp; &lt;bread&gt;" in answer["webhook_body"], answer
    eventually(lambda: parley.plivo.received(who) == ["soup & <bread>"], 15)
    [message] = parley.api.messages(contact=who, direction="outbound")
    reaches(parley.api, message, "delivered")
    assert parley.plivo.received(who) == ["soup & <bread>"]


def test_a_webhook_that_is_repeated_gets_no_second_reply(parley, who):
    set_number(parley, reply_via="xml")
    parley.api.post("/rules", {"name": "x", "match": {"kind": "exact", "words": ["menu"]},
                               "actions": [{"kind": "reply", "text": "soup"}]}, wanted=201)
    message_uuid = str(uuid.uuid4())
    first, again = (parley.webhooks.inbound(who, "menu", message_uuid) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert "soup" in first.text and f'dst="{who.removeprefix("+")}"' in first.text, first.text
    assert again.text == '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
    assert answers(parley.api, who) == ["soup"]


def test_without_a_from_the_number_that_the_person_last_wrote_to_answers(parley, who):
    other = "+15550109600"
    says(parley, who, "hello", to=other)
    number = number_of(parley, other)
    parley.api.patch(f"/numbers/{number['id']}", {"state": "active"})
    assert parley.api.send(who, "hi")["from"] == other
    says(parley, who, "hello")
    assert parley.api.send(who, "hi")["from"] == parley.number
    assert parley.api.send(person(), "hi")["from"] == parley.number
    refused = parley.api.request("POST", "/messages", json={"to": who, "text": "x", "from": "+15550109999"})
    assert refused.status_code == 400 and refused.json()["errors"][0]["field"] == "from"
