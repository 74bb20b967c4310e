"""What stops by itself: loops, spending, and what Plivo holds back. Each says so, and each ends."""
from datetime import datetime, timedelta, timezone

import pytest

from harness import eventually
from worker_world import contact_of, house, number_of, parley, person, reaches, says, set_number, who  # noqa: F401

DEFAULTS = ["loop_limit", "loop_same_limit", "loop_window_s", "spend_daily_limit", "spend_warn_percent"]


@pytest.fixture
def settings(parley):
    yield lambda **changes: parley.api.patch("/settings", changes)
    parley.api.patch("/settings", {name: None for name in DEFAULTS})


@pytest.fixture
def talkative(parley):
    """A rule that answers everything, each time."""
    def rule(text):
        parley.api.post("/rules", {"name": "talks", "match": {"kind": "any"}, "actions": [{"kind": "reply", "text": text}],
                                   "cooldown_s": 0})
    return rule


def notices(parley, kind):
    return parley.api.get("/notices", kind=kind, status="open", limit=200)["data"]


def outbound(parley, who):
    return list(reversed(parley.api.messages(contact=who, direction="outbound")))


def statuses(parley, who, n):
    """The statuses of the n messages to somebody, once none of them is on its way."""
    def there():
        found = [(m["status"], m["status_reason"]) for m in outbound(parley, who)]
        return found if len(found) == n and all(s in ("delivered", "blocked", "held") for s, _ in found) else None
    return eventually(there, 15)


def test_the_same_answer_goes_to_one_person_only_so_often(parley, settings, talkative, who):
    settings(loop_same_limit=3, loop_window_s=600)
    talkative("We are closed")
    for n in range(5):
        says(parley, who, f"hello {n}")
    assert statuses(parley, who, 5) == [("delivered", None)] * 3 + [("blocked", "loop")] * 2
    assert parley.plivo.received(who) == ["We are closed"] * 3
    blocked = outbound(parley, who)[-1]
    assert "loop" in blocked["status_text"]
    [notice] = [n for n in notices(parley, "loop") if n["subject"] == f"contact:{contact_of(parley.api, who)['id']}"]
    assert notice["severity"] == "warning"


def test_different_answers_count_together(parley, settings, talkative, who):
    settings(loop_limit=2, loop_window_s=600)
    for n in range(4):
        talkative(f"answer {n}")
        says(parley, who, f"hello {n}")
        for rule in parley.api.all("/rules"):
            if not rule["system"]:
                parley.api.delete(f"/rules/{rule['id']}")
    assert statuses(parley, who, 4) == [("delivered", None)] * 2 + [("blocked", "loop")] * 2


def test_people_and_others_are_not_stopped_by_a_loop(parley, settings, talkative, who):
    settings(loop_same_limit=1, loop_window_s=600)
    talkative("Yes")
    for n in range(3):
        says(parley, who, f"hello {n}")
    reaches(parley.api, parley.api.send(who, "a person here", **{"class": "human"}), "delivered")
    somebody = person()
    says(parley, somebody, "hello")
    assert statuses(parley, somebody, 1) == [("delivered", None)]


def test_a_loop_is_over_when_its_window_is(parley, settings, talkative, who):
    settings(loop_same_limit=1, loop_window_s=10)
    talkative("Yes")
    says(parley, who, "one")
    says(parley, who, "two")
    statuses(parley, who, 2)
    first = datetime.fromisoformat(outbound(parley, who)[0]["created_at"].replace("Z", "+00:00"))
    eventually(lambda: datetime.now(timezone.utc) > first + timedelta(seconds=11) or None, 15)
    says(parley, who, "three")
    assert statuses(parley, who, 3)[-1] == ("delivered", None)


def test_a_short_code_gets_no_automatic_answer(parley, talkative):
    talkative("We are closed")
    heard = says(parley, "22395", "Your code is 1234")
    assert outbound(parley, "22395") == []
    assert any("nothing can be answered" in e["text"] for e in parley.api.timeline(heard["id"])["data"])


def test_a_number_of_our_own_gets_no_automatic_message(parley):
    message = reaches(parley.api, parley.api.send(parley.number, "hello me", **{"class": "auto"}), "blocked")
    assert message["status_reason"] == "loop" and "our own" in message["status_text"]


def test_a_number_of_our_own_that_texts_us_gets_no_answer_and_trips_the_breaker(parley, talkative):
    talkative("We are closed")
    other = "+15550109901"
    says(parley, person(), "hello", to=other)                               # which makes it one of ours
    heard = says(parley, other, "hello")
    assert outbound(parley, other) == []
    assert any("nothing can be answered" in e["text"] for e in parley.api.timeline(heard["id"])["data"])
    message = reaches(parley.api, parley.api.send(other, "hello me", **{"class": "auto"}), "blocked")
    assert message["status_reason"] == "loop"
    assert [n for n in notices(parley, "loop") if n["subject"] == f"contact:{contact_of(parley.api, other)['id']}"]


def test_a_loop_that_plivo_reports_stops_automatic_answers_to_that_person_alone(parley, settings, talkative, who):
    settings(loop_same_limit=50, loop_limit=100, loop_window_s=600)         # far away: it is the code that trips
    talkative("We are closed")
    parley.plivo.faults(dlr_final="failed", error_code=60)
    says(parley, who, "hello")
    failed = eventually(lambda: (m := outbound(parley, who)[0])["status"] == "failed" and m, 15, "Plivo has reported a loop")
    assert failed["error_code"] == 60
    [notice] = [n for n in notices(parley, "loop") if n["subject"] == f"contact:{contact_of(parley.api, who)['id']}"]
    assert "two machines" in notice["text"]
    parley.plivo.clear_faults()
    says(parley, who, "hello?")
    blocked = eventually(lambda: (m := outbound(parley, who)[-1])["status"] == "blocked" and m, 15)
    assert blocked["status_reason"] == "loop" and "looked like a loop" in blocked["status_text"]
    parley.restart("worker")
    says(parley, who, "still there?")
    eventually(lambda: [m["status_reason"] for m in outbound(parley, who)[1:]] == ["loop", "loop"], 15, "a restart forgets no loop")
    reaches(parley.api, parley.api.send(who, "a person here", **{"class": "human"}), "delivered")
    somebody = person()
    says(parley, somebody, "hello")
    assert statuses(parley, somebody, 1) == [("delivered", None)]


def test_spending_warns_and_then_stops_but_not_what_the_law_wants(parley, settings, who):
    spent_before = len(notices(parley, "spend"))
    texts = [parley.api.send(who, "x") for _ in range(3)]
    cost = max(float(reaches(parley.api, m, "delivered")["cost"]["amount"]) for m in texts)
    settings(spend_daily_limit=f"{cost / 10:.6f}")                          # less than what today has cost
    held = reaches(parley.api, parley.api.send(who, "too dear"), "held")
    assert held["status_reason"] == "spend_limit"
    midnight = (datetime.now(timezone.utc) + timedelta(days=1)).date().isoformat()
    assert held["held_until"].startswith(midnight)
    alarms = [n for n in notices(parley, "spend") if n["severity"] == "alarm"]
    assert len(alarms) == 1 and len(notices(parley, "spend")) >= spent_before
    set_number(parley, stop_reply="parley")
    somebody = person()
    says(parley, somebody, "REVOKE")
    eventually(lambda: parley.plivo.received(somebody) or None, 10)         # its confirmation is owed
    settings(spend_daily_limit=None)
    reaches(parley.api, held, "delivered")


def test_a_country_over_its_hourly_limit_is_held_and_the_others_are_not(parley):
    german, spanish = "+4915112345601", "+34612345601"
    parley.plivo.faults(dlr_final="failed", error_code=451)
    reaches(parley.api, parley.api.send(german, "over"), "queued", "held", "failed")
    eventually(lambda: [n for n in notices(parley, "limit") if n["subject"] == "country:DE"] or None, 15)
    parley.plivo.clear_faults()
    held = reaches(parley.api, parley.api.send("+4915112345602", "next"), "held")
    assert held["status_reason"] == "country_limit" and held["held_until"]
    reaches(parley.api, parley.api.send(spanish, "elsewhere"), "delivered")


def test_a_number_that_used_up_its_day_at_plivo_is_held_until_midnight_pacific(parley, who):
    parley.plivo.faults(dlr_final="failed", error_code=960)
    reaches(parley.api, parley.api.send(who, "over"), "failed")
    parley.plivo.clear_faults()
    held = reaches(parley.api, parley.api.send(who, "next"), "held")
    assert held["status_reason"] == "number_limit" and held["held_until"]
    assert number_of(parley)["state"] == "active"
    assert any(n["subject"] == f"number:{number_of(parley)['id']}" for n in notices(parley, "limit"))
    set_number(parley, state="active")                                      # somebody has seen to it
    reaches(parley.api, held, "delivered")


@pytest.mark.parametrize("code", [900, 910])
def test_a_number_that_would_fail_for_everybody_pauses_itself_and_says_so(parley, who, code):
    stranger = person()
    parley.plivo.faults(dlr_final="failed", error_code=code)
    reaches(parley.api, parley.api.send(who, "fails"), "failed")
    number = eventually(lambda: (n := number_of(parley))["state"] == "paused" and n, 15, "the number pauses itself")
    assert number["state_reason"] and str(code) not in number["state_reason"], "a sentence for a person"
    subject = f"number:{number['id']}"
    [notice] = [n for n in notices(parley, "limit") if n["subject"] == subject and n["severity"] == "alarm"]
    assert "paused until somebody" in notice["text"]
    held = reaches(parley.api, parley.api.send(stranger, "waits"), "held")
    assert held["status_reason"] == "number_paused"
    parley.plivo.clear_faults()
    assert set_number(parley, state="active")["state_reason"] is None       # somebody has seen to it
    reaches(parley.api, held, "delivered")
    assert len(parley.api.messages(contact=who, direction="outbound")) == 1, "what failed is not sent again"


def test_spending_warns_at_its_percentage_and_stops_at_its_limit(start_parley):
    system = start_parley(NUMBER_RATE=200)
    send = lambda text: system.api.send(person(), text)                     # noqa: E731
    cost = float(reaches(system.api, send("what one costs"), "delivered")["cost"]["amount"])
    system.api.patch("/settings", {"spend_daily_limit": f"{4 * cost:.5f}", "spend_warn_percent": 60})
    told = lambda: [(n["severity"], n["status"]) for n in notices(system, "spend")]             # noqa: E731
    reaches(system.api, send("two of four: half"), "delivered")
    assert told() == []
    reaches(system.api, send("three of four: 75 %"), "delivered")
    assert told() == [("warning", "open")]
    reaches(system.api, send("four of four"), "delivered")
    assert told() == [("warning", "open")]
    held = reaches(system.api, send("one too many"), "held")
    assert held["status_reason"] == "spend_limit" and told() == [("alarm", "open")]
    system.restart("worker")
    assert reaches(system.api, send("and another"), "held")["status_reason"] == "spend_limit", "a restart forgets no spending"
