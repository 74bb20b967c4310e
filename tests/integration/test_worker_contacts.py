"""What people and programs do with contacts, notes and drafts; and consent as somebody else says it."""
import uuid

import pytest

from worker_world import (answers, bus, contact_of, conversation_of, event, house, parley, reaches, says,  # noqa: F401: fixtures
                          set_number, who)


@pytest.fixture(autouse=True)
def as_it_was(parley):
    yield
    parley.api.patch("/settings", {"opt_out_scope": "tenant"})


def made(parley, who, **more):
    return parley.api.post("/contacts", {"address": who, **more}, wanted=(201,))


def consent(parley, contact, wanted=(201,), **change):
    return parley.api.post(f"/contacts/{contact['id']}/consent", change, wanted=wanted)


def refused(parley, path, body, status, field=None, method="POST"):
    answer = parley.api.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert field is None or answer.json()["errors"][0]["field"] == field, answer.text
    return answer.json()


# --- contacts -----------------------------------------------------------------------------------------------------------

def test_a_contact_is_made_changed_and_found(parley, who):
    contact = made(parley, who, name="Ann", attributes={"plan": "gold"}, time_zone="America/Chicago")
    assert (contact["address"], contact["name"], contact["attributes"], contact["time_zone"], contact["consent"]) == \
        (who, "Ann", {"plan": "gold"}, "America/Chicago", "none")
    changed = parley.api.patch(f"/contacts/{contact['id']}", {"name": None, "attributes": {"plan": "tin"}})
    assert (changed["name"], changed["attributes"], changed["time_zone"]) == (None, {"plan": "tin"}, "America/Chicago")
    assert parley.api.get(f"/contacts/{contact['id']}") == changed
    says(parley, who, "hello")
    assert contact_of(parley.api, who)["id"] == contact["id"]


def test_a_contact_that_is_one_already_is_a_clash(parley, who):
    contact = made(parley, who)
    assert contact["id"] in refused(parley, "/contacts", {"address": who}, 409)["detail"]


@pytest.mark.parametrize("body, field", [({}, "address"), ({"address": "nobody"}, "address"), ({"address": None}, "address"),
                                         ({"address": "+15550100777", "name": "x" * 201}, "name"),
                                         ({"address": "+15550100777", "attributes": [1]}, "attributes"),
                                         ({"address": "+15550100777", "attributes": None}, "attributes"),
                                         ({"address": "+15550100777", "time_zone": "Mars/Phobos"}, "time_zone"),
                                         ({"address": "+15550100777", "consent": "in"}, "consent")])
def test_a_contact_that_cannot_be_is_refused_by_its_field(parley, body, field):
    refused(parley, "/contacts", body, 400, field)


def test_a_hidden_contact_is_kept_and_comes_back_with_its_next_word(parley, who):
    contact = made(parley, who, name="Ann")
    with parley.api.events() as stream:
        parley.api.delete(f"/contacts/{contact['id']}", wanted=(204,))
        assert stream.until(lambda e: e.type == "contact.deleted", 10)[-1].data == {"id": contact["id"]}
    assert parley.api.get("/contacts", q=who)["data"] == []
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/consent")):
        assert parley.api.request(method, f"/contacts/{contact['id']}{path}").status_code == 404
    says(parley, who, "I am back")
    assert [contact_of(parley.api, who)[k] for k in ("id", "name")] == [contact["id"], "Ann"]


# --- consent by somebody else -------------------------------------------------------------------------------------------

def test_an_opt_in_needs_evidence_and_stands_in_the_ledger(parley, who):
    contact = made(parley, who)
    path = f"/contacts/{contact['id']}/consent"
    for body, field in (({"state": "in"}, "evidence"), ({"state": "in", "evidence": "  "}, "evidence"), ({"state": "none"}, "state"),
                        ({}, "state"), ({"state": "out", "source": "keyword"}, "source"), ({"state": "out", "source": "provider"}, "source"),
                        ({"state": "out", "number": "+15550999999"}, "number"), ({"state": "out", "topic": "a b"}, "topic"),
                        ({"state": "in", "evidence": "x" * 2001}, "evidence")):
        refused(parley, path, body, 400, field)
    assert parley.api.get(path)["data"] == []
    entry = consent(parley, contact, state="in", source="import", evidence="form of 2026-01-05, box ticked: texts about my order")
    assert (entry["from"], entry["to"], entry["source"], entry["address"], entry["scope"]) == ("none", "in", "import", who, None)
    assert entry["actor"].startswith(("key:", "user:")) and "box ticked" in entry["evidence"]
    assert parley.api.get(path)["data"] == [entry]
    assert contact_of(parley.api, who)["consent"] == "in"
    assert parley.api.get("/consent/verify")["valid"] is True
    assert consent(parley, contact, state="out")["source"] in ("api", "agent")


def test_nobody_undoes_a_persons_own_stop(parley, bus, who):
    says(parley, who, "REVOKE")
    contact = contact_of(parley.api, who)
    for source in ("agent", "api", "import"):
        assert "START" in refused(parley, f"/contacts/{contact['id']}/consent", {"state": "in", "source": source, "evidence": "said so"},
                                  409, "state")["detail"]
    consent(parley, contact, state="out", evidence="said it again on the phone")
    refused(parley, f"/contacts/{contact['id']}/consent", {"state": "in", "evidence": "x", "number": parley.number}, 409)
    assert contact_of(parley.api, who)["consent"] == "out"
    later = event(parley, who, "START")
    later["received_at"] += 2000                                     # within a second of it the opt-out would stand
    assert bus.inbound(later) == ["committed"]
    assert contact_of(parley.api, who)["consent"] == "in"


def test_an_opt_out_that_somebody_else_entered_can_be_taken_back_with_evidence(parley, who):
    contact = made(parley, who)
    set_number(parley, state="paused")
    waiting = parley.api.send(who, "waits")
    consent(parley, contact, state="out", evidence="asked on the phone")
    assert parley.api.message(waiting["id"])["status"] == "blocked"
    set_number(parley, state="active")
    assert parley.api.send(who, "no")["status_reason"] == "opted_out"
    consent(parley, contact, state="in", evidence="asked on the phone again, 2026-02-01, call 4711")
    reaches(parley.api, parley.api.send(who, "yes"), "delivered")


def test_an_opt_in_entered_before_a_delayed_stop_arrives_does_not_undo_it(parley, bus, who):
    """The STOP was received first and comes late, out of a spool: what an agent entered meanwhile cannot have known of it."""
    contact = made(parley, who)
    early = event(parley, who, "REVOKE")
    early["received_at"] -= 3000
    consent(parley, contact, state="in", evidence="form 7")
    assert bus.inbound(early) == ["committed"]
    assert contact_of(parley.api, who)["consent"] == "out"


def test_a_start_of_before_an_opt_out_does_not_lift_it(parley, bus, who):
    contact = made(parley, who)
    early = event(parley, who, "START")
    early["received_at"] -= 3000
    consent(parley, contact, state="out", evidence="asked on the phone")
    assert bus.inbound(early) == ["committed"]
    assert contact_of(parley.api, who)["consent"] == "out"
    assert [e["superseded"] for e in parley.api.get(f"/contacts/{contact['id']}/consent")["data"]] == [True, False]


# --- notes and drafts ---------------------------------------------------------------------------------------------------

def test_notes_stay_with_the_conversation_and_are_told(parley, who):
    conversation = conversation_of(parley.api, says(parley, who, "hello"))
    path = f"/conversations/{conversation['id']}/notes"
    with parley.api.events() as stream:
        first = parley.api.post(path, {"text": "wants a call"}, wanted=(201,))
        assert stream.until(lambda e: e.type == "note.created", 10)[-1].data == first
    second = parley.api.post(path, {"text": "called"}, wanted=(201,))
    assert first["author"].startswith(("key:", "user:")) and first["conversation_id"] == conversation["id"]
    assert parley.api.get(path)["data"] == [second, first]
    page = parley.api.get(path, limit=1)
    assert page["data"] == [second] and parley.api.get(path, limit=1, cursor=page["next_cursor"])["data"] == [first]
    assert answers(parley.api, who) == []
    for body in ({}, {"text": ""}, {"text": "  "}, {"text": None}, {"text": "x" * 8001}):
        refused(parley, path, body, 400, "text")
    refused(parley, f"/conversations/{uuid.uuid4()}/notes", {"text": "x"}, 404)


def test_a_draft_is_kept_until_it_is_emptied(parley, bus, who):
    conversation = conversation_of(parley.api, says(parley, who, "hello"))
    path = f"/conversations/{conversation['id']}/draft"
    assert parley.api.get(path)["text"] == "" and parley.api.get(path)["updated_at"] is None
    kept = parley.api.post(path, {"text": "Dear"}, wanted=(200,))
    parley.restart("worker", "api")
    assert parley.api.get(path) == kept and kept["text"] == "Dear"
    _, others = bus.ask("draft", {"conversation": uuid.UUID(conversation["id"]).bytes, "owner": "user:somebody else"})
    assert others["text"] == ""                                      # everyone has their own
    assert parley.api.post(path, {"text": ""}, wanted=(200,))["text"] == "" == parley.api.get(path)["text"]
    refused(parley, path, {}, 400, "text")
