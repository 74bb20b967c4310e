"""What waits can be changed until it is granted; the hours of states and the limits of campaigns can be edited."""
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from harness import eventually
from worker_world import house, number_of, parley, reaches, says, set_number, who  # noqa: F401: fixtures

SYSTEM = {"NUMBER_RATE": 100}


def at(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_the_time_of_what_waits_can_be_moved_both_ways(parley, who):
    message = parley.api.send(who, "later", send_at=at(hours=2))
    sooner = at(hours=1)
    moved = parley.api.patch(f"/messages/{message['id']}", {"send_at": sooner})
    assert (moved["status"], moved["send_at"], moved["held_until"]) == ("held", sooner, sooner)
    parley.restart("worker")
    assert parley.api.message(message["id"])["send_at"] == sooner
    now = parley.api.patch(f"/messages/{message['id']}", {"send_at": None})
    assert now["send_at"] is None
    reaches(parley.api, message, "delivered")
    assert parley.plivo.received(who) == ["later"]


def test_a_text_can_be_mended_and_its_size_and_cost_follow(parley, who):
    message = parley.api.send(who, "helo", send_at=at(hours=2))
    mended = parley.api.patch(f"/messages/{message['id']}", {"text": "hello " * 60})
    assert mended["segments"] == 3 and mended["encoding"] == "gsm7"
    assert float(mended["cost"]["amount"]) == pytest.approx(3 * float(message["cost"]["amount"]))
    parley.api.patch(f"/messages/{message['id']}", {"send_at": None})
    reaches(parley.api, message, "delivered")
    assert parley.plivo.received(who) == ["hello " * 60]


def test_moved_behind_a_later_one_it_is_not_waited_for(parley, who):
    first = parley.api.send(who, "first", send_at=at(seconds=2))
    parley.api.patch(f"/messages/{first['id']}", {"send_at": at(hours=1)})
    reaches(parley.api, parley.api.send(who, "second"), "delivered")
    assert parley.api.delete(f"/messages/{first['id']}")["status"] == "cancelled"


def test_what_has_left_or_was_cancelled_cannot_be_changed(parley, who):
    sent = reaches(parley.api, parley.api.send(who, "gone"), "delivered")
    cancelled = parley.api.send(who, "not yet", send_at=at(hours=1))
    parley.api.delete(f"/messages/{cancelled['id']}")
    for message in (sent, cancelled):
        answer = parley.api.request("PATCH", f"/messages/{message['id']}", json={"send_at": at(hours=2)})
        assert answer.status_code == 409, answer.text
    assert parley.api.request("PATCH", f"/messages/{uuid.uuid4()}", json={"text": "x"}).status_code == 404


@pytest.mark.parametrize("change, field", [({"send_at": "2020-01-01T00:00:00Z"}, "send_at"), ({"text": ""}, "text"), ({"text": None}, "text"),
                                           ({"valid_until": "2020-01-01T00:00:00Z"}, "valid_until"), ({}, None)])
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(parley, who, change, field):
    message = parley.api.send(who, "later", send_at=at(hours=2))
    answer = parley.api.request("PATCH", f"/messages/{message['id']}", json=change)
    assert answer.status_code == 400 and [e["field"] for e in answer.json().get("errors", [])] == ([field] if field else []), answer.text
    assert parley.api.message(message["id"]) == message
    parley.api.delete(f"/messages/{message['id']}")


@pytest.mark.parametrize("valid_until", [at(seconds=2), "2020-01-01T00:00:00Z"])
def test_under_five_seconds_of_validity_nothing_is_taken(parley, who, valid_until):
    answer = parley.api.request("POST", "/messages", json={"to": who, "text": "x", "valid_until": valid_until})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "valid_until"


def test_plivos_expiry_follows_the_validity(parley, who):
    message = reaches(parley.api, parley.api.send(who, "soon stale", valid_until=at(seconds=60)), "delivered")
    [sent] = [m for m in parley.plivo.messages() if m["message_uuid"] == message["plivo_uuid"]]
    assert 40 <= int(sent["message_expiry"]) <= 60


# --- the hours of states ---

ALL_DAY = {day: "00:00-24:00" for day in ("weekdays", "saturday", "sunday", "holidays")} | {"source": "a test"}


def hours_of(parley, state):
    return next((row for row in parley.api.get("/quiet-hours")["data"] if row["state"] == state), None)


def test_a_states_hours_can_be_edited_with_their_source_and_brought_back(parley):
    before = hours_of(parley, "FL")
    assert before["weekdays"] == "08:00-20:00" and not before["is_own"] and "501.616" in before["source"]
    assert before["most_per_day"] == 3 and hours_of(parley, "TX")["most_per_day"] is None
    own = {"weekdays": "09:00-18:00", "saturday": "10:00-16:00", "sunday": None, "holidays": None, "source": "our counsel, 2026"}
    changed = parley.api.put("/quiet-hours/FL", own)
    assert {name: changed[name] for name in own} == own and changed["is_own"]
    assert changed["most_per_day"] == 3                                                   # as nothing was said of it
    parley.restart("worker")
    assert hours_of(parley, "FL") == changed
    [entry] = parley.api.get("/audit", action="quiet_hours.update", limit=1)["data"]
    assert entry["subject"] == "state:FL" and entry["changes"]["weekdays"] == {"from": "08:00-20:00", "to": "09:00-18:00"}
    parley.api.delete("/quiet-hours/FL", wanted=204)
    assert hours_of(parley, "FL") == before
    assert hours_of(parley, "NY") is None
    parley.api.put("/quiet-hours/NY", {"weekdays": "08:00-20:00", "source": "a habit"})
    assert hours_of(parley, "NY")["sunday"] is None
    parley.api.delete("/quiet-hours/NY", wanted=204)


@pytest.mark.parametrize("state, body, status", [("XX", {"source": "x"}, 404), ("FL", {}, 400), ("FL", {"source": ""}, 400),
                                                 ("FL", {"source": "x", "weekdays": "8-20"}, 400), ("FL", {"source": "x", "monday": "x"}, 400),
                                                 ("FL", {"source": "x", "most_per_day": 17}, 400), ("FL", {"source": "x", "most_per_day": -1}, 400)])
def test_a_row_that_cannot_be_is_refused(parley, state, body, status):
    assert parley.api.request("PUT", f"/quiet-hours/{state}", json=body).status_code == status


def test_a_states_hours_hold_bulk_to_its_area_code(parley):
    somebody = f"+1305555{uuid.uuid4().int % 10000:04d}"            # Florida, Eastern
    says(parley, somebody, "START")
    day = datetime.now(timezone.utc).hour
    never = "03:00-03:10" if not 6 <= day < 10 else "15:00-15:10"
    parley.api.put("/quiet-hours/FL", {"weekdays": never, "saturday": never, "sunday": never, "holidays": never, "source": "a test"})
    parley.api.patch("/settings", {"quiet_bulk": "00:00-23:59", "quiet_states": True})
    held = reaches(parley.api, parley.api.send(somebody, "an offer", **{"class": "bulk"}), "held")
    assert held["status_reason"] == "quiet_hours" and "America/New_York" in held["status_text"]
    reaches(parley.api, parley.api.send(somebody, "a bill"), "delivered")                  # states speak of marketing only
    parley.api.patch("/settings", {"quiet_bulk": "00:00-24:00", "quiet_states": False})
    parley.api.put("/quiet-hours/FL", ALL_DAY)
    reaches(parley.api, held, "delivered")
    parley.api.delete("/quiet-hours/FL", wanted=204)


def test_a_state_limits_how_often_a_person_gets_marketing_in_24_hours(parley):
    somebody, else_where = f"+1405555{uuid.uuid4().int % 10000:04d}", f"+1206555{uuid.uuid4().int % 10000:04d}"     # Oklahoma; Washington
    says(parley, somebody, "START")
    says(parley, else_where, "START")
    offer = lambda to, text: parley.api.send(to, text, **{"class": "bulk"})                 # noqa: E731
    parley.api.patch("/settings", {"quiet_bulk": "00:00-23:59", "quiet_states": True})
    for state in ("OK", "WA"):
        parley.api.put(f"/quiet-hours/{state}", ALL_DAY)
    for i in range(3):
        reaches(parley.api, offer(somebody, f"offer {i}"), "delivered")
    asked = datetime.now(timezone.utc)
    fourth = reaches(parley.api, offer(somebody, "offer 4"), "held")
    assert fourth["status_reason"] == "bulk_cap" and "24 hours" in fourth["status_text"]
    until = datetime.fromisoformat(fourth["held_until"].replace("Z", "+00:00"))
    assert timedelta(hours=23, minutes=50) < until - asked <= timedelta(hours=24)
    reaches(parley.api, parley.api.send(somebody, "a bill"), "delivered")                  # it speaks of marketing only
    for i in range(4):
        reaches(parley.api, offer(else_where, f"offer {i}"), "delivered")                  # that state names no number
    parley.restart("worker")
    assert parley.api.message(fourth["id"])["status_reason"] == "bulk_cap"
    parley.api.put("/quiet-hours/OK", {**ALL_DAY, "most_per_day": 4})
    reaches(parley.api, fourth, "delivered")
    fifth = reaches(parley.api, offer(somebody, "offer 5"), "held")                        # the fourth counts as the others do
    parley.api.put("/quiet-hours/OK", {**ALL_DAY, "most_per_day": 0})
    reaches(parley.api, fifth, "delivered")
    parley.api.patch("/settings", {"quiet_bulk": "00:00-24:00", "quiet_states": False})
    for state in ("OK", "WA"):
        parley.api.delete(f"/quiet-hours/{state}", wanted=204)


# --- shared limits ---

def test_numbers_of_one_campaign_share_its_limits(parley, who):
    name = f"C{uuid.uuid4().hex[:8]}"
    limit = parley.api.put(f"/limits/{name}", {"rate": 0, "daily_limit": 2})
    assert (limit["daily_limit"], limit["used_today"]) == (2, 0)
    set_number(parley, campaign=name)
    for n in range(2):
        reaches(parley.api, parley.api.send(who, f"{n}"), "delivered")
    held = reaches(parley.api, parley.api.send(who, "one too many"), "held")
    assert held["status_reason"] == "daily_limit" and "campaign" in held["status_text"] and held["held_until"]
    assert [row["used_today"] for row in parley.api.get("/limits")["data"] if row["name"] == name] == [2]
    parley.api.put(f"/limits/{name}", {"rate": 0, "daily_limit": 100})
    reaches(parley.api, held, "delivered")
    parley.api.delete(f"/limits/{name}", wanted=204)
    assert parley.api.request("DELETE", f"/limits/{name}").status_code == 404
    set_number(parley, campaign=None)


@pytest.mark.parametrize("name, body", [("a b", {"rate": 1}), ("x" * 65, {"rate": 1}), ("x", {"rate": -1}), ("x", {"daily_limit": -1}),
                                        ("x", {"rate": 0.001})])
def test_a_limit_that_cannot_be_is_refused(parley, name, body):
    assert parley.api.request("PUT", f"/limits/{name}", json=body).status_code in (400, 404)


def test_429_slows_the_number_down_and_it_recovers(parley, who):
    parley.plivo.faults(http_429=1)
    message = parley.api.send(who, "slowly")
    eventually(lambda: any("429" in str(e["data"]) for e in parley.api.timeline(message["id"])["data"]) or None, 15)
    parley.plivo.clear_faults()
    reaches(parley.api, message, "delivered", timeout=30)
    assert number_of(parley)["state"] == "active"
