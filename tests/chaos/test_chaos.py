"""The short form of `make chaos`, and the plan it follows."""
from collections import Counter

import pytest

from campaign import campaign
from plan import CABLES, KILLS_A_ROUND, SERVICES, WEATHER, make_round, plan

KILLS = 14
WORST = len(WEATHER) - 1             # every fault of the simulator at once


@pytest.mark.timeout(300)
def test_under_every_blow_at_once_the_store_and_plivo_end_without_a_difference(seed):
    said = []
    report = campaign(seed, KILLS, said.append, first=WORST)
    assert not report.differences, f"PARLEY_SEED={seed}\n" + "\n".join(map(str, report.differences[:10]))
    assert report.kills == KILLS
    idle = [what for what in ("of them acknowledged", "of them promised (202)", "sends that Plivo accepted", "opt-outs",
                              "events followed") if not report.counts[what]]
    assert not idle, f"nothing of {idle}: that proves nothing; {report.counts}"


def test_the_same_seed_is_the_same_plan_and_another_is_another():
    assert plan(7, 60) == plan(7, 60)
    assert plan(7, 60) != plan(8, 60)
    assert [round_.kills for round_ in plan(7, 60)] == [KILLS_A_ROUND, KILLS_A_ROUND, 60 - 2 * KILLS_A_ROUND]


@pytest.mark.parametrize("seed_", range(20))
def test_each_service_dies_alone_and_is_back_before_it_dies_again(seed_):
    events = make_round(seed_, 0, KILLS_A_ROUND).events
    assert [e.at_s for e in events] == sorted(e.at_s for e in events)
    assert {e.what[0] for e in events if e.verb == "kill" and len(e.what) == 1} == set(SERVICES)
    dead = Counter()
    for event in events:
        if event.verb in ("kill", "start"):
            for name in event.what:
                dead[name] += 1 if event.verb == "kill" else -1
                assert dead[name] in (0, 1)
    assert not +dead, "somebody stays dead"


def test_a_long_plan_cuts_every_cable_in_every_way_and_stops_everyone():
    events = [event for round_ in plan(1, 400) for event in round_.events]
    blows = {(event.verb, event.what[0]) for event in events if event.verb not in ("kill", "start", "mend", "resume")}
    assert blows == {(verb, cable) for verb in ("cut", "stall", "drop") for cable in CABLES} | {("pause", s) for s in SERVICES}
