"""Clocks that are wrong: what step, go back and forth, or differ from one service to the next (design.md section 4, Time)."""
import os
import random
import time
import uuid

import pytest

import checker
from clocks import Clocks
from harness import Parley, eventually, slowed
from house import QUICK, House
from load import Load

PERSON, STOPPER = "+15570000001", "+15570000002"
HOUR_S = 3600
ANSWERED_S = 4 * 60             # an older text gets no automatic answer: by more than 5 minutes ingress must not lag
long = pytest.mark.skipif(not os.environ.get("CHAOS_LONG"), reason="takes the minute that the clocks are distrusted: make chaos")


@pytest.fixture
def stepped(request):
    """(parley, clocks): a house in which the worker's clock can be stepped."""
    parley = Parley(env=QUICK)
    clocks = Clocks(parley, "worker")
    with parley:
        yield parley, clocks


def is_now(api, message, status, timeout=20):
    def there():
        now = api.message(message["id"])
        assert now["status"] == status, f"it is {now['status']} ({now['status_reason']}: {now['status_text']})"
        return now
    return eventually(there, timeout)


def consent_of(api, who):
    return next((c["consent"] for c in api.all("/contacts") if c["address"] == who), None)


def jump(parley, clocks, seconds):
    """Returns once the worker has noticed."""
    before = parley["worker"].metrics()["parley_worker_clock_jumps_total"]
    clocks.step(seconds, "worker")
    eventually(lambda: parley["worker"].metrics()["parley_worker_clock_jumps_total"] == before + 1, 10)


def asked_in_vain(parley):
    """Three more requests for grants have been answered since: none of them gave anything."""
    metrics = parley["sender"].metrics
    name = "parley_sender_grant_seconds_count"
    seen = metrics()[name]
    eventually(lambda: metrics()[name] >= seen + 3, 20)


@pytest.mark.parametrize("seconds", [HOUR_S, -HOUR_S], ids=["forward", "back"])
def test_while_the_clocks_disagree_nothing_leaves_nothing_expires_and_everything_is_taken(stepped, seconds):
    parley, clocks = stepped
    is_now(parley.api, parley.api.send(PERSON, "before"), "delivered")
    jump(parley, clocks, seconds)
    message = parley.api.send(PERSON, "meanwhile")
    asked_in_vain(parley)
    assert parley.api.message(message["id"])["status"] == "queued"
    assert [m["text"] for m in parley.plivo.messages()] == ["before"]
    assert parley.webhooks.inbound(STOPPER, "STOP").status_code == 200
    assert consent_of(parley.api, STOPPER) == "out"

    parley.restart("worker")                                # a new one trusts the clock that it finds
    is_now(parley.api, message, "delivered")
    assert [m["text"] for m in parley.plivo.messages()] == ["before", "meanwhile"]


@long
@pytest.mark.timeout(240)
@pytest.mark.parametrize("seconds", [HOUR_S, -HOUR_S], ids=["forward", "back"])
def test_after_a_minute_of_agreement_what_waited_leaves_once(stepped, seconds):
    parley, clocks = stepped
    is_now(parley.api, parley.api.send(PERSON, "before"), "delivered")
    jump(parley, clocks, seconds)
    message = parley.api.send(PERSON, "meanwhile")
    is_now(parley.api, message, "delivered", timeout=100)
    assert [m["text"] for m in parley.plivo.messages()] == ["before", "meanwhile"]


def test_a_clock_that_went_back_does_not_keep_an_unknown_outcome_unknown(stepped):
    parley, clocks = stepped
    is_now(parley.api, parley.api.send(PERSON, "a witness"), "delivered")
    parley.plivo.faults(accept_then_drop=1, dlr_drop=1)
    message = parley.api.send(PERSON, "an answer is lost")
    eventually(lambda: len(parley.plivo.messages()) == 2, 20)
    parley.kill("worker")
    clocks.step(-HOUR_S, "worker")
    parley.start("worker")
    eventually(lambda: parley.api.message(message["id"])["status"] in ("accepted", "sent", "delivered"), 40)
    assert [m["text"] for m in parley.plivo.messages()] == ["a witness", "an answer is lost"]


def test_what_was_queued_before_the_clock_went_back_does_not_wait_until_it_has_caught_up(stepped):
    parley, clocks = stepped
    parley.kill("sender")
    messages = [parley.api.send(f"+1557{i:07d}", f"text {i}") for i in range(20)]
    parley.kill("worker")
    clocks.step(-HOUR_S, "worker")
    parley.start("worker", "sender")
    for message in messages:
        is_now(parley.api, message, "delivered")
    assert sorted(m["text"] for m in parley.plivo.messages()) == sorted(f"text {i}" for i in range(20))


@pytest.mark.parametrize("minutes", [-10, 10], ids=["behind", "ahead"])
def test_a_worker_whose_clock_is_far_from_everybody_elses_loses_nothing_and_keeps_the_order_of_words(minutes):
    parley = Parley(env=QUICK)
    Clocks(parley, "worker").step(60 * minutes)
    with parley:
        api, hooks = parley.api, parley.webhooks
        for words, consent in (("STOP", "out"), ("START", "in"), ("STOP", "out")):
            assert hooks.inbound(STOPPER, words).status_code == 200
            assert consent_of(api, STOPPER) == consent, f"after {words}"
        is_now(api, api.send(STOPPER, "in vain"), "blocked")
        text = str(uuid.uuid4())
        assert hooks.inbound(PERSON, "hello", message_uuid=text).status_code == 200
        assert hooks.inbound(PERSON, "hello", message_uuid=text).status_code == 200
        eventually(lambda: [m["text"] for m in api.messages(direction="inbound")].count("hello") == 1)
        is_now(api, api.send(PERSON, "a send"), "delivered")
        assert "in vain" not in [m["text"] for m in parley.plivo.messages()]


@pytest.mark.timeout(200)
def test_clocks_that_step_back_and_forth_under_load_make_no_difference(seed):
    """Everybody's by up to an hour, the worker's by less than what makes it stop: that has its own tests."""
    chance = random.Random(seed)
    house = House()
    clocks = Clocks(house.parley, "ingress", "worker", "sender", "api")
    with house:
        load = Load(house.parley, seed)
        house.parley.plivo.faults(accept_then_drop=0.2, http_500=0.05, dlr_drop=0.2, seed=seed)
        with load:
            for _ in range(24):
                time.sleep(slowed(chance.uniform(0.1, 0.5)))     # the chaos itself: how long a clock stays wrong
                clocks.step(chance.uniform(-HOUR_S, HOUR_S), chance.choice(("sender", "api")))
                clocks.step(chance.uniform(-ANSWERED_S, HOUR_S), "ingress")
                clocks.step(chance.uniform(-2, 2), "worker")
        clocks.step(0)
        house.parley.plivo.clear_faults()
        assert checker.wait_until_quiet(house.parley, 60) is None
        assert [str(d) for d in checker.differences(checker.gather(house.parley, load.journal))] == []
        assert house.parley["worker"].metrics()["parley_worker_clock_jumps_total"] == 0, "the test stepped too far"
