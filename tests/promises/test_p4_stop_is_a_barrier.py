"""P4: STOP is a barrier. After its 200 nothing is granted to that person; what was granted before may leave for 2 s."""
import random
import threading
import time

import pytest

from harness import eventually, slowed
from truth import (QUICK, at_ms, contact_of, ledger, now_ms, number_of, outbound, people, person, sends, settle, status_of,
                   text_until_acked, texts_to)

STILL_LEAVING_MS = 2000
SYSTEM = QUICK | {"NUMBER_RATE": 25}
pytestmark = pytest.mark.timeout(120)


def stop(plivo, who, text="STOP"):
    """Texts STOP until a 200 stands for it, as Plivo's retries would; when it stood, in ms."""
    text_until_acked(plivo, who, text)
    return now_ms()


def late_sends(plivo, who, stopped_at):
    return [(m["text"], at_ms(m["accepted_at"]) - stopped_at) for m in sends(plivo, who)
            if at_ms(m["accepted_at"]) > stopped_at + STILL_LEAVING_MS]


def assert_held(plivo, stopped):
    """`stopped`: {person: when the 200 stood}."""
    late = {who: late_sends(plivo, who, at) for who, at in stopped.items()}
    assert not any(late.values()), f"sent after the STOP: { {who: texts for who, texts in late.items() if texts} }"


@pytest.fixture(autouse=True)
def as_it_was(house):
    """The number as every test expects it, whatever the test before did to it."""
    yield
    number = number_of(house.api, house)
    house.api.patch(f"/numbers/{number['id']}", {"rate": 25, "stop_reply": "provider", "state": "active"})


def test_p4_of_200_messages_that_wait_none_leaves_after_the_200_for_the_stop(parley, api, plivo):
    who = person()
    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"state": "paused"})      # so that all 200 wait, however long asking takes
    messages = [api.send(who, f"waiting {i}") for i in range(200)]
    api.patch(f"/numbers/{number['id']}", {"state": "active"})
    eventually(lambda: len(sends(plivo, who)) >= 5)
    stopped_at = stop(plivo, who)
    assert contact_of(api, who)["consent"] == "out", "the 200 came before the commit"
    eventually(lambda: now_ms() > stopped_at + STILL_LEAVING_MS + 1000, timeout=10)
    assert late_sends(plivo, who, stopped_at) == []
    settle(api)
    statuses = [api.message(m["id"]) for m in messages]
    blocked = [m for m in statuses if m["status"] == "blocked"]
    assert len(blocked) > 100 and {m["status_reason"] for m in blocked} == {"opted_out"}
    assert len(blocked) + len(texts_to(plivo, who)) >= 200, "some are neither sent nor blocked"
    after = api.send(who, "after the stop")
    assert (after["status"], after["status_reason"]) == ("blocked", "opted_out")


@pytest.mark.timeout(180)
def test_p4_the_barrier_holds_while_sender_and_worker_are_killed_and_paused(parley, api, plivo, seed):
    chance = random.Random(seed)
    crowd = people(24)
    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"rate": 120})
    plivo.faults(number_rate=500)
    for i in range(12):
        for who in crowd:
            api.send(who, f"{who} {i}")
    stopped = {}

    def stopping():
        for who in chance.sample(crowd, len(crowd)):
            stopped[who] = stop(plivo, who)
            time.sleep(chance.uniform(0, 0.15))             # people do not text all at once

    thread = threading.Thread(target=stopping)
    with parley.killing("sender", "worker", seed=seed, every_s=(0.3, 0.8)):
        thread.start()
        thread.join(slowed(60))
    settle(api, timeout=40)
    assert set(stopped) == set(crowd)
    assert_held(plivo, stopped)
    assert all(len(texts_to(plivo, who)) == len(set(texts_to(plivo, who))) for who in crowd)


def test_p4_a_sender_that_slept_with_grants_in_its_hand_does_not_start_them(parley, api, plivo, seed):
    chance = random.Random(seed)
    crowd = people(60)
    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"rate": 500})
    plivo.faults(number_rate=500)
    for i in range(8):
        for who in crowd:
            api.send(who, f"{who} {i}")
    stopped = {}
    for part in range(3):
        time.sleep(chance.uniform(0.01, 0.1))               # the instant is the chaos
        parley.pause("sender")
        for who in crowd[part * 20:part * 20 + 20]:
            stopped[who] = stop(plivo, who)
        paused_at = now_ms()
        eventually(lambda: now_ms() > paused_at + STILL_LEAVING_MS + 100, timeout=5)
        parley.resume("sender")
    settle(api)
    assert_held(plivo, stopped)


def confirmed_by(plivo, who):
    return [m["by"] for m in plivo.phone(who) if "unsubscribed" in m["text"]]


@pytest.mark.parametrize("word, by", [("STOP", "plivo"), ("Revoke", "parley"), ("stop by at noon", None)])
def test_p4_a_stop_is_confirmed_once_by_plivo_or_by_us_however_often_it_comes(api, plivo, word, by):
    who = person()
    plivo.faults(dnd_grace=True)
    for _ in range(3):
        stop(plivo, who, word)
    settle(api)
    if by is None:                                          # the whole message counts, not a word inside it
        assert contact_of(api, who)["consent"] == "none"
        return
    assert contact_of(api, who)["consent"] == "out"
    eventually(lambda: confirmed_by(plivo, who))
    assert confirmed_by(plivo, who) == [by]


def test_p4_where_plivo_is_silent_parley_confirms_once_even_when_killed(parley, api, plivo, seed):
    plivo.faults(dnd=False)
    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"stop_reply": "parley"})
    crowd = people(15)
    with parley.killing("worker", "sender", seed=seed, every_s=(0.2, 0.5)):
        for who in crowd:
            stop(plivo, who)
            stop(plivo, who)
    settle(api)
    for who in crowd:
        assert sum("unsubscribed" in text for text in texts_to(plivo, who)) <= 1, texts_to(plivo, who)
    confirmed = sum(bool(texts_to(plivo, who)) for who in crowd)
    assert confirmed >= len(crowd) // 2, f"only {confirmed} of {len(crowd)} were confirmed"


def test_p4_a_help_after_the_stop_is_answered_one_before_it_is_not(parley, api, plivo):
    plivo.faults(dnd=False)
    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"stop_reply": "parley", "help_reply": "Call us: 555 0100"})
    early, late = people(2)
    api.patch(f"/numbers/{number['id']}", {"state": "paused"})
    plivo.inbound(early, "HELP")
    stop(plivo, early)
    stop(plivo, late)
    plivo.inbound(late, "HELP")
    api.patch(f"/numbers/{number['id']}", {"state": "active"})
    settle(api)
    assert texts_to(plivo, late)[-1] == "Call us: 555 0100"
    assert "Call us: 555 0100" not in texts_to(plivo, early), "the answer to an earlier HELP passed the STOP"


def test_p4_a_confirmation_that_a_later_word_overtakes_is_not_sent(parley, api, plivo):
    plivo.faults(dnd=False)
    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"stop_reply": "parley", "state": "paused"})
    leaver, returner = people(2)
    stop(plivo, leaver)
    plivo.inbound(leaver, "START")
    stop(plivo, leaver)                                     # "subscribed again" must not go now
    stop(plivo, returner)
    plivo.inbound(returner, "START")                        # nor "unsubscribed" here
    api.patch(f"/numbers/{number['id']}", {"state": "active"})
    settle(api)
    assert [("unsubscribed" in t, "again. Reply HELP" in t) for t in texts_to(plivo, leaver)] == [(True, False)]
    assert [("unsubscribed" in t, "subscribed again" in t) for t in texts_to(plivo, returner)] == [(False, True)]


def test_p4_the_persons_own_start_lifts_it(api, plivo):
    who = person()
    stop(plivo, who)
    plivo.inbound(who, "START")
    assert contact_of(api, who)["consent"] == "in"
    message = api.send(who, "welcome back")
    status_of(api, message, "delivered")
    assert [entry["to"] for entry in ledger(api, who)] == ["out", "in"]
    assert api.get("/consent/verify")["valid"] is True


def test_p4_plivos_code_200_is_an_opt_out_and_blocks_what_waits(api, plivo):
    who = person()
    plivo.faults(dlr_final="failed", error_code=200)
    first = api.send(who, "blocked over there")
    done = status_of(api, first, "failed", "blocked")
    assert done["error_code"] == 200 and done["status_reason"] == "opted_out", done
    plivo.clear_faults()
    entry = ledger(api, who)[-1]
    assert (entry["to"], entry["source"]) == ("out", "provider")
    assert api.send(who, "and now?")["status"] == "blocked"


def test_p4_code_200_of_a_send_before_the_start_does_not_take_the_start_back(api, plivo):
    who = person()
    plivo.faults(dlr_final="failed", error_code=200, dlr_delay_ms=1200)
    first = api.send(who, "on its way")
    status_of(api, first, "accepted", "sending")
    stop(plivo, who)
    plivo.inbound(who, "START")
    assert status_of(api, first, "failed", "blocked")["error_code"] == 200
    assert contact_of(api, who)["consent"] == "in", ledger(api, who)


def test_p4_an_opted_out_person_gets_no_automatic_answer(api, plivo):
    who = person()
    plivo.inbound(who, "hello")
    settle(api)
    before = len(texts_to(plivo, who))
    assert before == 1, "the default reply is what this test compares with"
    other = person()
    stop(plivo, other)
    plivo.inbound(other, "hello")
    settle(api)
    assert texts_to(plivo, other) == []
    assert [m["text"] for m in outbound(api) if m["to"] == other] == []
