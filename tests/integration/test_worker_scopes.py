"""What an opt-out holds for, words that may be one, and what bulk needs: each at the phone's end."""
import pytest

from harness import eventually
from worker_world import (answers, bus, contact_of, conversation_of, event, house, number_of, parley, person, reaches,  # noqa: F401: fixtures
                          says, set_number, who)

OTHER, THIRD = "+15550109801", "+15550109802"
SETTINGS = {"opt_out_scope": "tenant", "sender_name": None, "first_message": "add"}
NUMBER = {"stop_reply": "provider", "help_reply": None, "state": "active", "reply_via": "rest", "help_by": None, "topic": None, "campaign": None}


@pytest.fixture(autouse=True)
def as_it_was(parley):
    parley.plivo.faults(number_rate=1000)
    yield
    parley.plivo.clear_faults()
    parley.api.patch("/settings", SETTINGS)
    for number in parley.api.all("/numbers"):
        parley.api.patch(f"/numbers/{number['id']}", NUMBER)


def ours(parley, address, **changes):
    """A number of ours beside the first."""
    if not any(n["address"] == address for n in parley.api.all("/numbers")):
        says(parley, person(), "hi", to=address)
    return parley.api.patch(f"/numbers/{number_of(parley, address)['id']}", {"state": "active", **changes})


def fate(parley, who, number=None, **more):
    """(status, reason) of a message, once it has left or not."""
    message = parley.api.send(who, "news", **{"from": number or parley.number}, **more)
    now = message if message["status"] in ("blocked", "held") else reaches(parley.api, message, "delivered", "failed", "undelivered", "blocked",
                                                                           "held")
    return now["status"], now["status_reason"]


OUT, GONE = ("blocked", "opted_out"), ("delivered", None)


def opt_in(parley, who, **more):
    known = parley.api.get("/contacts", q=who)["data"]
    contact = known[0] if known else parley.api.post("/contacts", {"address": who})
    return parley.api.post(f"/contacts/{contact['id']}/consent", {"state": "in", "evidence": "form 7", **more})


# --- scopes -------------------------------------------------------------------------------------------------------------

def test_by_default_a_stop_holds_for_every_number_and_a_start_to_any_lifts_it(parley, who):
    ours(parley, OTHER)
    says(parley, who, "REVOKE")
    assert fate(parley, who) == fate(parley, who, OTHER) == OUT
    says(parley, who, "START", to=OTHER)
    assert fate(parley, who) == fate(parley, who, OTHER) == GONE


def test_a_stop_can_hold_for_its_number_alone(parley, who):
    parley.api.patch("/settings", {"opt_out_scope": "number"})
    ours(parley, OTHER)
    first = says(parley, who, "hello", to=OTHER)
    says(parley, who, "REVOKE")
    assert fate(parley, who) == OUT and fate(parley, who, OTHER) == GONE
    assert conversation_of(parley.api, first)["opted_out"] is False
    entry = parley.api.get("/consent/ledger", limit=1)["data"][0]
    assert (entry["to"], entry["scope"], entry["number"]) == ("out", f"number:{parley.number}", parley.number)
    says(parley, who, "START", to=OTHER)                             # lifts nothing at the other number
    assert fate(parley, who) == OUT
    says(parley, who, "START")
    assert fate(parley, who) == GONE
    assert parley.api.get("/consent/verify")["valid"] is True


def test_a_wide_stop_stays_wide_when_the_setting_is_narrowed(parley, who):
    ours(parley, OTHER)
    says(parley, who, "REVOKE")
    parley.api.patch("/settings", {"opt_out_scope": "number"})
    assert fate(parley, who) == fate(parley, who, OTHER) == OUT
    says(parley, who, "START", to=OTHER)                             # START to any number lifts a tenant-wide STOP
    assert fate(parley, who) == fate(parley, who, OTHER) == GONE


def test_a_stop_can_hold_for_a_topic(parley, who):
    parley.api.patch("/settings", {"opt_out_scope": "topic"})
    ours(parley, OTHER, topic="offers")
    ours(parley, THIRD, topic="offers")
    set_number(parley, topic="orders")
    says(parley, who, "REVOKE", to=OTHER)
    assert fate(parley, who, OTHER) == fate(parley, who, THIRD) == OUT and fate(parley, who) == GONE
    assert fate(parley, who, topic="offers") == OUT and fate(parley, who, OTHER, topic="orders") == GONE
    assert parley.api.get("/consent/ledger", limit=1)["data"][0]["scope"] == "topic:offers"


def test_a_stop_answers_the_topic_that_was_last_sent_and_without_one_it_is_wide(parley, who):
    parley.api.patch("/settings", {"opt_out_scope": "topic"})
    ours(parley, OTHER)
    assert fate(parley, who, topic="survey") == GONE
    says(parley, who, "REVOKE")
    assert fate(parley, who, topic="survey") == OUT and fate(parley, who, topic="orders") == GONE
    stranger = person()
    says(parley, stranger, "REVOKE")
    assert fate(parley, stranger, topic="orders") == fate(parley, stranger, OTHER) == OUT


def test_a_narrow_stop_blocks_what_waits_in_its_scope_alone(parley, who):
    parley.api.patch("/settings", {"opt_out_scope": "number"})
    ours(parley, OTHER)
    parley.api.patch(f"/numbers/{number_of(parley, OTHER)['id']}", {"state": "paused"})
    set_number(parley, state="paused")
    here, there = parley.api.send(who, "here"), parley.api.send(who, "there", **{"from": OTHER})
    says(parley, who, "REVOKE")
    assert [parley.api.message(m["id"])["status"] for m in (here, there)] == ["blocked", "held"]


def starts(bus, parley, who, number, later_ms):
    """A START, received later than what stands: within a second of it the opt-out would stand."""
    start = {**event(parley, who, "START"), "to": number}
    assert bus.inbound({**start, "received_at": start["received_at"] + later_ms}) == ["committed"]


@pytest.mark.parametrize("scope", ["tenant", "number", "topic"])
def test_plivos_own_block_holds_for_its_campaign_whatever_our_scope(parley, bus, who, scope):
    parley.api.patch("/settings", {"opt_out_scope": scope})
    set_number(parley, campaign="CAMP1", topic="orders")
    ours(parley, OTHER, campaign="CAMP1", topic="offers")
    ours(parley, THIRD, topic="surveys")
    parley.plivo.faults(dlr_final="failed", error_code=200, number_rate=1000)
    assert fate(parley, who)[0] == "blocked" or contact_of(parley.api, who)["consent"] == "out"
    parley.plivo.clear_faults()
    entry = parley.api.get("/consent/ledger", limit=1)["data"][0]
    assert (entry["to"], entry["source"], entry["address"]) == ("out", "provider", who) and "200" in entry["evidence"]
    assert fate(parley, who) == fate(parley, who, OTHER) == OUT
    assert fate(parley, who, THIRD) == (OUT if scope == "tenant" else GONE)
    assert parley.api.request("POST", f"/contacts/{contact_of(parley.api, who)['id']}/consent",
                              json={"state": "in", "evidence": "x"}).status_code == 409
    starts(bus, parley, who, THIRD, 2000)                            # not one of the campaign's: Plivo blocks there still
    assert fate(parley, who) == fate(parley, who, OTHER) == OUT and fate(parley, who, THIRD) == GONE
    starts(bus, parley, who, OTHER, 4000)
    assert fate(parley, who) == fate(parley, who, OTHER) == GONE


# --- words that may be a refusal ----------------------------------------------------------------------------------------

def notices(parley, conversation, **filters):
    return [n for n in parley.api.get("/notices", kind="refusal", **filters)["data"] if n["subject"] == f"conversation:{conversation['id']}"]


@pytest.mark.parametrize("text", ["please stop texting me, ok?", "lose my number", "no me escriban más por favor"])
def test_a_refusal_in_ones_own_words_pauses_the_pair_and_raises_a_notice(parley, who, text):
    parley.api.post("/rules", {"name": "All", "match": {"kind": "any"}, "actions": [{"kind": "reply", "text": "Thanks!"}]})
    conversation = conversation_of(parley.api, says(parley, who, text))
    assert conversation["paused"] is True and conversation["opted_out"] is False
    assert contact_of(parley.api, who)["consent"] == "none" and answers(parley.api, who) == []
    [notice] = notices(parley, conversation, status="open")
    assert (notice["severity"], notice["count"], notice["data"]["conversation_id"]) == ("warning", 1, conversation["id"])
    assert text not in notice["text"] and who not in str(notice)
    for kind in ("transactional", "human", "auto"):
        message = parley.api.send(who, "still there?", **{"class": kind})
        held = reaches(parley.api, message, "held")
        assert held["status_reason"] == "review" and held["status_text"]
    says(parley, who, "don't ever text me again")
    assert notices(parley, conversation, status="open")[0]["count"] == 2
    says(parley, who, "HELP me")                                     # no keyword, and no automatic answer either
    assert answers(parley.api, who)[3:] == []


def test_the_other_pairs_of_the_person_go_on(parley, who):
    ours(parley, OTHER)
    says(parley, who, "lose my number")
    assert fate(parley, who)[0] == "held" and fate(parley, who, OTHER) == GONE


def test_what_was_held_goes_on_when_somebody_has_looked(parley, who):
    for look in ("conversation", "notice"):
        conversation = conversation_of(parley.api, says(parley, who, "leave me alone"))
        message = reaches(parley.api, parley.api.send(who, f"by {look}"), "held")
        [notice] = notices(parley, conversation, status="open")
        if look == "conversation":
            assert parley.api.patch(f"/conversations/{conversation['id']}", {"paused": False})["paused"] is False
            assert parley.api.get("/audit", action="conversation.resume", limit=1)["data"][0]["subject"] == f"conversation:{conversation['id']}"
        else:
            assert parley.api.post(f"/notices/{notice['id']}/close")["status"] == "closed"
        reaches(parley.api, message, "delivered", "sent", "accepted", "sending", "queued")
        assert parley.api.get(f"/notices/{notice['id']}")["status"] == "closed"
        assert conversation_of(parley.api, parley.api.message(message["id"]))["paused"] is False
    assert parley.api.request("PATCH", f"/conversations/{conversation['id']}", json={"paused": True}).status_code == 400


def test_a_certain_word_settles_what_was_asked(parley, who):
    conversation = conversation_of(parley.api, says(parley, who, "lose my number"))
    waiting = reaches(parley.api, parley.api.send(who, "waits"), "held")
    says(parley, who, "STOP")
    assert parley.api.message(waiting["id"])["status"] == "blocked" and notices(parley, conversation, status="open") == []
    assert conversation_of(parley.api, waiting)["paused"] is False
    says(parley, who, "START")
    assert fate(parley, who) == GONE


def test_a_help_is_answered_while_a_pair_is_paused(parley, who):
    set_number(parley, help_by="parley", help_reply="Ask Ann: 555 0100")
    says(parley, who, "leave me alone")
    says(parley, who, "HELP")
    assert reaches(parley.api, parley.api.messages(contact=who, direction="outbound")[0], "delivered")["text"] == "Ask Ann: 555 0100"


# --- who answers a HELP -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("whom", ["a stranger", "opted out"])
@pytest.mark.parametrize("setting, at_plivo, by", [
    ({"stop_reply": "provider"}, True, ["plivo"]), ({"help_by": "provider", "stop_reply": "parley"}, True, ["plivo"]),
    ({"stop_reply": "parley"}, False, ["parley"]), ({"help_by": "parley", "stop_reply": "provider"}, False, ["parley"]),
    ({"help_by": "both", "stop_reply": "provider"}, True, ["parley", "plivo"])])
def test_a_help_gets_one_answer_from_whoever_answers_it_stranger_or_opted_out(parley, who, whom, setting, at_plivo, by):
    set_number(parley, help_reply="Ask Ann: 555 0100", **{"help_by": None, **setting})
    if whom == "opted out":
        says(parley, who, "REVOKE")                         # no word of Plivo's: it does not block
        eventually(lambda: parley.plivo.received(who), 10, "the STOP is confirmed")
    before = len(parley.plivo.phone(who))
    parley.plivo.faults(number_rate=1000, dnd=at_plivo)     # Plivo's own service is on where it is to answer
    says(parley, who, "HELP")
    after = eventually(lambda: len(got := parley.plivo.phone(who)[before:]) > len(by) and got, 10, "the answers are there")
    answered = [m for m in after if m["by"] != "phone"]
    assert sorted(m["by"] for m in answered) == by
    assert all(m["text"] == "Ask Ann: 555 0100" for m in answered if m["by"] == "parley")
    asked = parley.api.messages(contact=who, direction="outbound")
    assert len([m for m in asked if m["text"] == "Ask Ann: 555 0100"]) == by.count("parley")
    if whom == "opted out":
        assert fate(parley, who) == OUT, "a HELP lifts no STOP"


@pytest.mark.parametrize("stop_reply, help_by, word, answered", [
    ("provider", None, "HELP", False), ("provider", "parley", "HELP", True), ("provider", "both", "HELP", True),
    ("parley", "provider", "HELP", False), ("parley", None, "HELP", True), ("provider", "provider", "ayuda", True)])
def test_who_answers_a_help_is_the_numbers_own_choice(parley, who, stop_reply, help_by, word, answered):
    set_number(parley, stop_reply=stop_reply, help_by=help_by, help_reply="Ask Ann")
    says(parley, who, "REVOKE")                                      # even who is out
    before = len(answers(parley.api, who))
    says(parley, who, word)
    assert answers(parley.api, who)[before:] == (["Ask Ann"] if answered else [])


# --- bulk ---------------------------------------------------------------------------------------------------------------

def bulk(parley, who, text="Sale today", **more):
    return parley.api.send(who, text, **{"class": "bulk", "from": parley.number, **more})


@pytest.fixture
def any_hour(parley):
    parley.api.patch("/settings", {"quiet_bulk": "00:00-24:00", "quiet_states": False})
    yield
    parley.api.patch("/settings", {"quiet_bulk": None, "quiet_states": True})


def test_bulk_goes_only_to_who_has_opted_in(parley, who, any_hour):
    refused = bulk(parley, who)
    assert (refused["status"], refused["status_reason"]) == ("blocked", "no_consent") and refused["status_text"]
    opt_in(parley, who)
    reaches(parley.api, bulk(parley, who), "delivered")
    says(parley, who, "REVOKE")
    assert bulk(parley, who)["status_reason"] == "opted_out"


def test_an_opt_in_for_one_number_is_none_for_the_others(parley, who, any_hour):
    ours(parley, OTHER)
    opt_in(parley, who, number=OTHER)
    assert bulk(parley, who)["status_reason"] == "no_consent"
    reaches(parley.api, bulk(parley, who, **{"from": OTHER}), "delivered")


def test_the_first_message_of_a_programme_says_who_writes_stop_and_help(parley, who, any_hour):
    parley.api.patch("/settings", {"sender_name": "Acme Shoes"})
    opt_in(parley, who)
    first = reaches(parley.api, bulk(parley, who, topic="offers"), "delivered")
    assert first["text"].startswith("Acme Shoes: Sale today") and "STOP" in first["text"] and "HELP" in first["text"]
    assert parley.plivo.received(who) == [first["text"]]
    assert reaches(parley.api, bulk(parley, who, topic="offers"), "delivered")["text"] == "Sale today"
    assert bulk(parley, who, topic="surveys")["text"].startswith("Acme Shoes: ")       # another programme begins anew
    own = person()
    opt_in(parley, own)
    text = "Acme Shoes here: sale! Text STOP to end, HELP for help."
    assert bulk(parley, own, text)["text"] == text
    assert parley.api.send(own, "your order", **{"class": "transactional"})["text"] == "your order"


def test_it_can_be_refused_instead(parley, who, any_hour):
    parley.api.patch("/settings", {"sender_name": "Acme Shoes", "first_message": "refuse"})
    opt_in(parley, who)
    refused = bulk(parley, who)
    assert (refused["status"], refused["status_reason"], refused["text"]) == ("blocked", "first_message", "Sale today")
    reaches(parley.api, bulk(parley, who, "Acme Shoes: sale. STOP ends, HELP helps."), "delivered")
    reaches(parley.api, bulk(parley, who), "delivered")


def test_every_send_holds_the_place_in_the_ledger_that_allowed_it(parley, who):
    says(parley, who, "START")
    head = parley.api.get("/consent/verify")["entries"]
    message = reaches(parley.api, parley.api.send(who, "hello"), "delivered")
    grant = next(e for e in parley.api.timeline(message["id"])["data"] if e["kind"] == "grant")
    assert grant["data"]["ledger"] == head


# --- the exceptions of the barrier stay what they are -------------------------------------------------------------------

def test_a_confirmation_is_sent_once_whoever_asks_for_it_again(parley, who):
    set_number(parley, stop_reply="parley")
    parley.plivo.faults(dnd=False, dlr_final="failed", error_code=30, number_rate=1000)
    says(parley, who, "REVOKE")
    confirmation = reaches(parley.api, parley.api.messages(contact=who, direction="outbound")[0], "failed")
    assert parley.api.request("POST", f"/messages/{confirmation['id']}/resend").status_code == 409
    assert len(parley.plivo.received(who)) <= 1


def test_the_answer_to_a_help_cannot_be_made_something_else(parley, who):
    set_number(parley, help_by="parley", state="paused")
    says(parley, who, "REVOKE")
    says(parley, who, "HELP")
    answer = parley.api.messages(contact=who, direction="outbound")[0]
    assert answer["status"] in ("held", "queued") and answer["class"] == "auto"
    assert parley.api.request("PATCH", f"/messages/{answer['id']}", json={"text": "Sale today"}).status_code == 409
    assert parley.api.message(answer["id"])["text"] == answer["text"]
