"""What the API does: messages, conversations, contacts, consent, rules, numbers, as a program sees them."""
import csv
import io
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
import requests

from harness import Parley, eventually

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
people = (f"+1555011{n:04d}" for n in range(10_000))


@pytest.fixture(scope="module")
def parley():
    with Parley() as system:
        for rule in system.api.all("/rules"):               # the demo answers everybody; these tests want silence
            if not rule["system"]:
                system.api.delete(f"/rules/{rule['id']}")
        yield system


@pytest.fixture
def api(parley):
    return parley.api


@pytest.fixture
def person():
    """A number that no other test texts."""
    return next(people)


def said(parley, person, text):
    """Somebody texts us; the message as the API has it."""
    answer = parley.plivo.inbound(person, text)
    assert answer["webhook_status"] == 200
    return eventually(lambda: next((m for m in parley.api.get("/messages", direction="inbound")["data"]
                                    if m["plivo_uuid"] == answer["message_uuid"]), None), 10, "the text is listed")


def conversation_with(api, person):
    return next((c for c in api.all("/conversations") if c["contact"]["address"] == person), None)


def later(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- messages ---------------------------------------------------------------------------------------------------------

def test_a_message_is_stored_sent_and_reported(parley, api, person):
    message = api.send(person, "hello")
    assert (message["direction"], message["from"], message["to"], message["text"]) == ("outbound", parley.number, person, "hello")
    assert (message["encoding"], message["segments"], message["class"]) == ("gsm7", 1, "transactional")
    assert TIME.fullmatch(message["created_at"]) and message["send_at"] is None and message["error_code"] is None
    eventually(lambda: api.message(message["id"])["status"] == "delivered", 20, "it is delivered")
    assert parley.plivo.received(person) == ["hello"]
    kinds = [entry["kind"] for entry in api.timeline(message["id"])["data"]]
    assert "grant" in kinds and "report" in kinds


def test_a_text_outside_gsm_is_counted_as_ucs2(api, person):
    message = api.send(person, "Привет 😀")
    assert (message["encoding"], message["segments"]) == ("ucs2", 1)


def test_the_same_key_and_body_is_one_message(parley, api, person):
    key = str(uuid.uuid4())

    def send(text="once"):
        return api.request("POST", "/messages", json={"to": person, "text": text}, headers={"Idempotency-Key": key})
    first, again, other = send(), send(), send("twice")
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert other.headers["Content-Type"] == "application/problem+json"
    eventually(lambda: parley.plivo.received(person) == ["once"], 20)


def test_the_same_key_at_the_same_time_is_one_message(api, person):
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(16) as hands:
        sent = list(hands.map(lambda _: api.send(person, "once", key=key), range(16)))
    assert len({m["id"] for m in sent}) == 1
    assert len(api.messages(contact=person)) == 1


def test_the_same_key_of_another_owner_is_another_message(start_parley, person):
    parley = start_parley("worker", "api", API_AUTH="on")
    ids = {parley.new_key(name).send(person, "hello", key="order-17")["id"] for name in ("a", "b")}
    assert len(ids) == 2


def test_a_message_for_later_can_be_cancelled_once(api, person):
    message = api.send(person, "tomorrow", send_at=later(days=1))
    assert message["status"] in ("queued", "held") and message["send_at"].endswith(".000Z")
    assert api.delete(f"/messages/{message['id']}", wanted=200)["status"] == "cancelled"
    assert api.message(message["id"])["status"] == "cancelled"
    assert api.request("DELETE", f"/messages/{message['id']}").status_code in (200, 409)
    assert api.message(message["id"])["status"] == "cancelled"


def test_what_has_left_cannot_be_cancelled(api, person):
    message = api.send(person, "gone")
    eventually(lambda: api.message(message["id"])["status"] == "delivered", 20)
    assert api.request("DELETE", f"/messages/{message['id']}").status_code == 409
    for action in ("check", "resend"):
        assert api.request("POST", f"/messages/{message['id']}/{action}").status_code == 409
    assert api.request("POST", f"/messages/{message['id']}/mark", json={"as": "failed"}).status_code == 409


def test_who_has_opted_out_gets_nothing(parley, api, person):
    said(parley, person, "STOP")
    message = api.send(person, "still there?")
    eventually(lambda: api.message(message["id"])["status"] == "blocked", 10)
    blocked = api.message(message["id"])
    assert blocked["status_reason"] == "opted_out" and blocked["status_text"]


def test_filters_of_messages_hold(parley, api, person):
    before = said(parley, person, "one")
    out = api.send(person, "two")
    assert {m["id"] for m in api.messages(contact=person)} == {before["id"], out["id"]}
    assert {m["id"] for m in api.messages(contact=person, direction="inbound")} == {before["id"]}
    assert {m["id"] for m in api.messages(contact=person, direction="outbound")} == {out["id"]}
    assert {m["id"] for m in api.messages(contact=person, status="received")} == {before["id"]}
    assert {m["id"] for m in api.messages(contact=person, number=parley.number)} == {before["id"], out["id"]}
    assert api.messages(contact=person, number="+15559990000") == []
    assert {m["id"] for m in api.messages(contact=person, since=out["created_at"])} >= {out["id"]}
    assert api.messages(contact=person, until=before["created_at"]) == []
    contact = conversation_with(api, person)["contact"]["id"]
    assert {m["id"] for m in api.messages(contact=contact)} == {before["id"], out["id"]}


def test_pages_give_each_message_once_newest_first(api, person):
    sent = [api.send(person, f"page {n}", send_at=later(days=1))["id"] for n in range(11)]
    seen, cursor = [], None
    for _ in range(20):
        page = api.get("/messages", contact=person, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [m["id"] for m in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", cursor)
    assert seen == sent[::-1]


def test_a_cursor_belongs_to_its_filters(api, person):
    for n in range(3):
        api.send(person, f"{n}", send_at=later(days=1))
    cursor = api.get("/messages", contact=person, limit=1)["next_cursor"]
    assert cursor
    other = api.request("GET", "/messages", params={"contact": person, "limit": 1, "cursor": cursor, "direction": "outbound"})
    assert other.status_code == 400 and other.json()["errors"][0]["field"] == "cursor"
    assert api.request("GET", "/conversations", params={"cursor": cursor}).status_code == 400


# --- conversations ----------------------------------------------------------------------------------------------------

def test_a_text_opens_a_conversation_that_can_be_worked_on(parley, api, person):
    said(parley, person, "help me")
    found = conversation_with(api, person)
    assert (found["status"], found["unread"], found["opted_out"], found["number"]) == ("open", 1, False, parley.number)
    assert found["last_message"]["text"] == "help me"
    path = f"/conversations/{found['id']}"
    assert api.post(path + "/read")["unread"] == 0
    changed = api.patch(path, {"status": "closed", "labels": ["vip"], "assignee": "someone"})
    assert (changed["status"], changed["labels"], changed["assignee"]) == ("closed", ["vip"], "someone")
    assert api.patch(path, {"assignee": None})["assignee"] is None
    assert api.get(path)["labels"] == ["vip"]
    assert [c["id"] for c in api.all("/conversations", label="vip")] == [found["id"]]
    assert found["id"] in {c["id"] for c in api.all("/conversations", status="closed")}
    assert found["id"] not in {c["id"] for c in api.all("/conversations", status="open")}
    said(parley, person, "again")
    assert api.get(path)["status"] == "open"
    assert [m["text"] for m in api.all(path + "/messages")] == ["again", "help me"]


def test_a_conversation_is_found_by_its_person(parley, api, person):
    said(parley, person, "hello")
    assert [c["contact"]["address"] for c in api.all("/conversations", q=person[-6:])] == [person]
    assert api.all("/conversations", q="nobody is called this") == []


# --- contacts and consent -----------------------------------------------------------------------------------------------

def test_a_stop_and_a_start_stand_in_contact_and_ledger(parley, api, person):
    said(parley, person, "STOP")
    contact = api.get("/contacts", q=person)["data"][0]
    assert (contact["address"], contact["consent"]) == (person, "out")
    said(parley, person, "START")
    assert api.get(f"/contacts/{contact['id']}")["consent"] == "in"
    entries = api.all(f"/contacts/{contact['id']}/consent")
    assert [(e["from"], e["to"], e["source"]) for e in entries] == [("out", "in", "keyword"), ("none", "out", "keyword")]
    assert entries[0]["address"] == person and entries[0]["sequence"] > entries[1]["sequence"]


def test_the_ledger_verifies_and_reads_the_same_as_json_and_csv(parley, api, person):
    said(parley, person, "STOP")
    verdict = api.get("/consent/verify")
    entries = api.all("/consent/ledger")
    assert verdict == {"valid": True, "entries": len(entries), "head": entries[0]["hash"], "first_bad": None}
    answer = api.request("GET", "/consent/ledger?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Ledger-Head"] == entries[0]["hash"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == ["sequence", "at", "number", "contact_id", "address", "from", "to", "source", "evidence", "actor", "hash",
                             "scope"]
    assert [{k: v or None for k, v in row.items()} for row in rows] == \
        [{k: None if v is None else str(v) or None for k, v in e.items() if k in row} for e, row in zip(entries, rows, strict=True)]


# --- rules ------------------------------------------------------------------------------------------------------------

def test_a_rule_answers_from_the_moment_it_is_made_until_it_is_deleted(parley, api, person):
    word = f"W{uuid.uuid4().hex[:8]}"
    rule = api.post("/rules", {"name": "Hours", "match": {"kind": "exact", "words": [word]},
                               "actions": [{"kind": "reply", "text": "9 to 5"}, {"kind": "tag", "tag": "hours"}]}, wanted=201)
    assert rule["enabled"] is True and rule["system"] is False and rule["match"]["number"] is None
    verdict = api.post("/rules/test", {"text": word.lower()}, wanted=200)
    assert verdict["rule"]["id"] == rule["id"] and verdict["reply"] == "9 to 5" and verdict["why"]
    said(parley, person, word)
    eventually(lambda: parley.plivo.received(person) == ["9 to 5"], 20, "the answer is on the phone")
    assert conversation_with(api, person)["labels"] == ["hours"]
    changed = api.patch(f"/rules/{rule['id']}", {"enabled": False, "name": "Closed"})
    assert (changed["enabled"], changed["name"], changed["match"]["words"]) == (False, "Closed", [word])
    assert api.post("/rules/test", {"text": word}, wanted=200)["rule"] is None
    assert api.request("DELETE", f"/rules/{rule['id']}").status_code == 204
    assert api.request("GET", f"/rules/{rule['id']}").status_code == 404
    assert rule["id"] not in {r["id"] for r in api.all("/rules")}


def test_the_systems_rules_cannot_be_changed(api):
    system = [r for r in api.all("/rules") if r["system"]]
    if not system:
        pytest.skip("system words are no rows here")
    assert api.request("DELETE", f"/rules/{system[0]['id']}").status_code == 409
    assert api.request("PATCH", f"/rules/{system[0]['id']}", json={"enabled": False}).status_code == 409


def test_a_test_says_what_stop_would_do(api):
    verdict = api.post("/rules/test", {"text": "STOP"}, wanted=200)
    assert verdict["consent"] == "out" and verdict["why"]


# --- numbers ----------------------------------------------------------------------------------------------------------

def test_our_number_is_listed_and_can_be_changed(parley, api):
    number = next(n for n in api.all("/numbers") if n["address"] == parley.number)
    assert number["state"] == "active" and number["reply_via"] == "rest"
    path = f"/numbers/{number['id']}"
    changed = api.patch(path, {"help_reply": "Ask at the desk.", "daily_limit": 5000, "stop_reply": "both"})
    assert (changed["help_reply"], changed["daily_limit"], changed["stop_reply"]) == ("Ask at the desk.", 5000, "both")
    assert api.patch(path, {"daily_limit": None, "help_reply": None, "stop_reply": number["stop_reply"]}) == api.get(path)


# --- headers ----------------------------------------------------------------------------------------------------------

def test_lists_and_objects_tell_the_last_event_they_reflect(parley, api, person):
    message = api.send(person, "x", send_at=later(days=1))
    for path in ("/messages", f"/messages/{message['id']}", "/conversations", "/contacts", "/rules", "/numbers", "/consent/ledger"):
        answer = api.request("GET", path)
        assert int(answer.headers["Event-Id"]) > 0, path
        assert answer.headers["Cache-Control"] == "no-store"


# --- the demo's phone -------------------------------------------------------------------------------------------------

def test_the_phone_panel_reaches_the_simulator(parley, person):
    answer = requests.post(parley.api_url + "/sim/inbound", json={"from": person, "text": "by the panel"}, timeout=30)
    assert answer.status_code == 200 and answer.json()["webhook_status"] == 200
    phone = requests.get(f"{parley.api_url}/sim/phones/{person}/messages", timeout=20).json()
    assert [m["text"] for m in phone] == ["by the panel"]
    assert phone == requests.get(f"{parley.api_url}/sim/phones/%2B{person[1:]}/messages", timeout=20).json()


@pytest.mark.parametrize("path", ["/sim/../v1/Account/", "/sim/%2e%2e/v1/Account/", "/sim/./x", "/sim/"])
def test_the_phone_panel_reaches_nothing_but_its_routes(parley, path):
    request = requests.Request("GET", parley.api_url + path).prepare()
    request.url = parley.api_url + path
    assert requests.Session().send(request, timeout=20).status_code == 404


def test_outside_a_demo_there_is_no_phone_panel(start_parley):
    parley = start_parley("worker", "api", DEMO=0)
    assert requests.get(parley.api_url + "/sim/messages", timeout=20).status_code == 404
    assert parley.api.get("/me")["environment"] == "live"


# --- all that is held on a person -------------------------------------------------------------------------------------

def test_an_export_holds_all_of_a_person_and_nothing_of_others(parley, api, person):
    other = next(people)
    said(parley, other, "somebody else's words")
    said(parley, person, "my words")
    said(parley, person, "STOP")
    said(parley, person, "START")
    sent = [api.send(person, f"answer {n}") for n in range(3)]
    for message in sent:
        eventually(lambda m=message: api.message(m["id"])["status"] == "delivered", 20, "it is delivered")
    room = conversation_with(api, person)
    contact = room["contact"]["id"]
    api.post(f"/conversations/{room['id']}/notes", {"text": "likes to be called in the morning"})
    api.post(f"/conversations/{room['id']}/draft", {"text": "half a thought"})
    campaign = api.post("/campaigns", {"name": "spring", "text": "Hi {{first_name}}"})
    file = f"number,first_name,city\n{other},Otto,Ulm\n{person},Ann,Bonn\n"
    uploaded = api.request("PUT", f"/campaigns/{campaign['id']}/audience", headers={"Content-Type": "text/csv"}, data=file)
    assert uploaded.status_code == 200, uploaded.text
    answer = api.request("GET", f"/contacts/{contact}/export")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"] == f'attachment; filename="contact-{contact}.json"'
    export = answer.json()
    assert export["contact"]["address"] == person and TIME.fullmatch(export["exported_at"])
    assert [(e["from"], e["to"]) for e in export["consent_entries"]] == [("out", "in"), ("none", "out")]
    texts = [m["message"]["text"] for m in export["messages"]]
    assert {"my words", "STOP", "START", "answer 0", "answer 1", "answer 2"} <= set(texts)
    assert all(person in (m["message"]["from"], m["message"]["to"]) for m in export["messages"])
    kinds = {e["kind"] for m in export["messages"] if m["message"]["id"] == sent[0]["id"] for e in m["timeline"]}
    assert {"attempt", "report"} <= kinds
    assert [c["contact"]["id"] for c in export["conversations"]] == [contact]
    assert [n["text"] for n in export["notes"]] == ["likes to be called in the morning"]
    assert [d["text"] for d in export["drafts"]] == ["half a thought"] and export["drafts"][0]["conversation_id"] == room["id"]
    [line] = export["audiences"]
    assert line["campaign_id"] == campaign["id"] and line["line"] == 3
    assert {"first_name": "Ann", "city": "Bonn"}.items() <= dict(zip(line["columns"], line["values"])).items()
    assert "Otto" not in answer.text
    [entry] = [e for e in api.all("/audit", action="contact.export") if e["subject"] == f"contact:{contact}"]
    assert entry["actor"], "who took it stands in the audit"
    assert other not in answer.text and "somebody else" not in answer.text


def test_an_export_of_nobody_is_404(api):
    assert api.request("GET", "/contacts/0190e2a8-7a1b-7cc2-8d4e-0123456789ab/export").status_code == 404
    assert api.request("GET", "/contacts/nobody/export").status_code == 404
