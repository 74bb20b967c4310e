"""Quiet hours: what is outside its window is held with the time at which it may go, says why, and goes when it may. Never dropped."""
import uuid
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from harness import eventually
from worker_world import house, parley, reaches, says, set_number, who  # noqa: F401: fixtures

HOME = ZoneInfo("Asia/Kolkata")             # +5:30, no summer time: half hours must be right, too
DEFAULTS = ["quiet_bulk", "quiet_transactional", "quiet_auto", "quiet_human", "home_zone", "quiet_reply_minutes"]


def parsed(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def now_there():
    return datetime.now(HOME)


def window(opens, closes):
    """A part of today there that begins and ends so many minutes from now; at the day's ends it is cut off."""
    def text(minutes):
        then = now_there() + timedelta(minutes=minutes)
        return "00:00" if then.date() < now_there().date() else "24:00" if then.date() > now_there().date() else then.strftime("%H:%M")
    return f"{text(opens)}-{text(closes)}"


def closed():
    """A window of some minutes that is neither now nor within the next ten minutes."""
    return "03:00-03:30" if not 2 <= now_there().hour < 4 else "15:00-15:30"


@pytest.fixture
def quiet(parley):
    def set_to(**settings):
        return parley.api.patch("/settings", {"home_zone": "Asia/Kolkata", **settings})
    yield set_to
    parley.api.patch("/settings", {name: None for name in DEFAULTS} | {"quiet_bulk": "00:00-24:00", "quiet_states": False, "holidays": []})


def bulk(parley, who, text="an offer", **more):
    """To somebody who has asked for such messages. A first one has the programme's notice behind its text."""
    says(parley, who, "START")
    return parley.api.send(who, text, **{"class": "bulk", **more})


def got(parley, who, *parts):
    """Whether the phone got these texts of ours in this order, confirmations of the START aside."""
    texts = [m["text"] for m in parley.plivo.phone(who) if m["by"] == "parley" and "subscribed" not in m["text"]]
    return len(texts) == len(parts) and all(wanted in text for text, wanted in zip(texts, parts))


def test_outside_its_window_bulk_is_held_with_its_time_and_leaves_when_the_window_is_widened(parley, quiet, who):
    hours = closed()
    quiet(quiet_bulk=hours)
    message = reaches(parley.api, bulk(parley, who), "held")
    assert message["status_reason"] == "quiet_hours"
    opens = parsed(message["held_until"]).astimezone(HOME)
    assert opens.strftime("%H:%M") == hours[:5]
    assert timedelta(0) < opens - now_there() <= timedelta(days=1)
    assert opens.strftime("%Y-%m-%d %H:%M") in message["status_text"] and "Asia/Kolkata" in message["status_text"]
    hold = next(e for e in parley.api.timeline(message["id"])["data"] if e["kind"] == "hold")
    assert message["held_until"] in hold["text"] and hold["data"] == {"reason": "quiet_hours", "until": message["held_until"]}
    parley.restart("worker")
    assert parley.api.message(message["id"])["held_until"] == message["held_until"]
    quiet(quiet_bulk="00:00-24:00")
    message = reaches(parley.api, message, "delivered")
    assert message["held_until"] is None and got(parley, who, "an offer")


@pytest.mark.timeout(120)
def test_what_is_held_leaves_by_itself_when_its_window_opens(parley, quiet, who):
    if now_there().hour == 23 and now_there().minute > 55:
        pytest.skip("minutes to midnight there")
    quiet(quiet_bulk=window(1.2, 5))                        # from the next minute but a moment on
    message = reaches(parley.api, bulk(parley, who), "held")
    opens = parsed(message["held_until"])
    message = reaches(parley.api, message, "delivered", timeout=90)
    grant = next(e for e in parley.api.timeline(message["id"])["data"] if e["kind"] == "grant")
    assert parsed(grant["at"]) >= opens, "it left before its window opened"


def test_a_held_one_does_not_hold_up_other_classes(parley, quiet, who):
    quiet(quiet_bulk=closed())
    reaches(parley.api, bulk(parley, who), "held")
    for kind in ("human", "transactional"):
        reaches(parley.api, parley.api.send(who, kind, **{"class": kind}), "delivered")
    assert got(parley, who, "human", "transactional")


def test_a_tenant_can_extend_quiet_hours_to_any_class(parley, quiet, who):
    quiet(quiet_transactional=closed())
    assert reaches(parley.api, parley.api.send(who, "a bill"), "held")["status_reason"] == "quiet_hours"


def test_a_hold_that_would_outlast_the_validity_ends_at_once_with_both_reasons(parley, quiet, who):
    quiet(quiet_bulk=closed())
    until = (datetime.now(timezone.utc) + timedelta(minutes=2)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = reaches(parley.api, bulk(parley, who, valid_until=until), "expired")
    assert message["status_reason"] == "quiet_hours"
    assert "Quiet hours" in message["status_text"] and "too late" in message["status_text"]


def test_plivos_queue_cannot_break_the_window_either(parley, quiet, who):
    left = 24 * 60 - now_there().hour * 60 - now_there().minute
    minutes = min(30, left - 1)
    if minutes < 3:
        pytest.skip("two minutes to midnight there")
    quiet(quiet_bulk=window(-5, minutes))
    message = reaches(parley.api, bulk(parley, who, "before the end"), "delivered")
    [sent] = [m for m in parley.plivo.messages() if m["message_uuid"] == message["plivo_uuid"]]
    assert 0 < int(sent["message_expiry"]) <= minutes * 60


def test_a_holiday_of_the_tenant_is_no_day_for_bulk(parley, quiet, who):
    today = now_there().date()
    quiet(quiet_bulk="00:01-23:59", holidays=[today.isoformat(), (today + timedelta(days=1)).strftime("%m-%d")])
    message = reaches(parley.api, bulk(parley, who), "held")
    opens = parsed(message["held_until"]).astimezone(HOME)
    assert (opens.date() - today).days in (2, 3)            # 3: midnight has passed there meanwhile


def test_who_has_just_written_is_answered_at_any_hour(parley, quiet, who):
    parley.api.post("/rules", {"name": "hours", "match": {"kind": "exact", "words": ["hours"]},
                               "actions": [{"kind": "reply", "text": "9 to 5"}]})
    quiet(quiet_auto=closed(), quiet_bulk=closed())
    says(parley, who, "hours")
    eventually(lambda: parley.plivo.received(who) == ["9 to 5"] or None, 10)
    reaches(parley.api, bulk(parley, who), "held")          # bulk is no answer, however recently they wrote


def test_without_the_exemption_even_they_wait(parley, quiet, who):
    parley.api.post("/rules", {"name": "hours", "match": {"kind": "exact", "words": ["hours"]},
                               "actions": [{"kind": "reply", "text": "9 to 5"}]})
    quiet(quiet_auto=closed(), quiet_reply_minutes=0)
    says(parley, who, "hours")
    answer = eventually(lambda: parley.api.messages(contact=who, direction="outbound"), 10)[0]
    assert reaches(parley.api, answer, "held", "expired")["status_reason"] == "quiet_hours"


def test_a_stop_is_confirmed_at_any_hour(parley, quiet, who):
    quiet(quiet_auto=closed(), quiet_reply_minutes=0)
    set_number(parley, stop_reply="parley")
    says(parley, who, "REVOKE")
    eventually(lambda: parley.plivo.received(who) or None, 10)


def test_a_number_that_tells_no_place_waits_for_every_place_that_it_may_be_in(parley, quiet, who):
    quiet(quiet_bulk="08:00-09:00", quiet_states=True, home_zone=None)      # no hour is between 8 and 9 everywhere from Samoa to Newfoundland
    message = reaches(parley.api, bulk(parley, who), "held")
    assert message["held_until"] is None and "everywhere" in message["status_text"]
    quiet(quiet_bulk="00:00-24:00", quiet_states=False, home_zone=None)
    reaches(parley.api, message, "delivered")


def test_a_tenant_without_hours_of_its_own_still_keeps_those_of_states(parley, quiet, who):
    hours = {day: None for day in ("weekdays", "saturday", "sunday", "holidays")} | {"source": "a test"}
    parley.api.put("/quiet-hours/FL", hours)                # no day at all
    quiet(quiet_bulk="00:00-24:00", quiet_states=True, home_zone=None)
    somebody = f"+1305555{uuid.uuid4().int % 10000:04d}"    # Florida
    message = reaches(parley.api, bulk(parley, somebody), "held")
    assert message["status_reason"] == "quiet_hours" and message["status_text"]
    reaches(parley.api, bulk(parley, f"+1212555{uuid.uuid4().int % 10000:04d}"), "delivered")      # New York has no row
    quiet(quiet_states=False)
    reaches(parley.api, message, "delivered")
    parley.api.delete("/quiet-hours/FL", wanted=204)


@pytest.mark.parametrize("change, field", [({"quiet_bulk": "8 to 9 o'clock"}, "quiet_bulk"), ({"quiet_auto": "21:00-08:00"}, "quiet_auto"),
                                           ({"home_zone": "America/Nowhere"}, "home_zone"), ({"holidays": ["31-12"]}, "holidays"),
                                           ({"spend_daily_limit": "-1"}, "spend_daily_limit"), ({"loop_limit": 0}, "loop_limit")])
def test_a_setting_that_cannot_be_is_refused_and_says_what_can(parley, change, field):
    answer = parley.api.request("PATCH", "/settings", json=change)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text


def test_a_contact_that_gets_a_time_zone_is_looked_at_again(parley, quiet, who):
    quiet(quiet_bulk="08:00-09:00", quiet_states=False, home_zone=None)     # never everywhere at once
    message = reaches(parley.api, bulk(parley, who), "held")
    assert message["held_until"] is None
    contact = parley.api.get("/contacts", q=who)["data"][0]
    parley.api.patch(f"/contacts/{contact['id']}", {"time_zone": "Asia/Kolkata"})

    def knows_when():
        now = parley.api.message(message["id"])
        return now if now["held_until"] or now["status"] == "delivered" else None
    known = eventually(knows_when, 10)
    assert known["status"] == "delivered" or parsed(known["held_until"]).astimezone(HOME).strftime("%H:%M") == "08:00"
