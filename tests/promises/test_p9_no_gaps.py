"""P9: the stream has no gaps. Who reconnects gets what it missed, or is told plainly to reload."""
import threading

import pytest

from harness import Dashboard, eventually
from truth import QUICK, insist, insist_on_send, people, person, settle

SYSTEM = QUICK
pytestmark = pytest.mark.timeout(120)


def head(api):
    answer = insist(lambda: api.request("GET", "/messages", params={"limit": 1}))
    return int(answer.headers["Event-Id"])


def assert_no_gap(numbers, first):
    assert numbers == sorted(set(numbers)), "an event came twice, or out of order"
    assert numbers == list(range(first, first + len(numbers))), \
        f"missing: {sorted(set(range(first, numbers[-1] + 1)) - set(numbers))[:10]}"


def log_from(api, number):
    """The numbers after `number` as the log has them, by a stream of its own."""
    end = head(api)
    with api.events(number) as stream:
        return [e.id for e in stream.until(lambda e: e.id is not None and e.id >= end, timeout=15) if e.data is not None]


@pytest.mark.parametrize("victims", [("api",), ("worker",)], ids="+".join)
def test_p9_a_dashboard_that_comes_back_missed_nothing(parley, api, seed, victims):
    start = head(api)
    dashboard = Dashboard(api, start)
    eventually(lambda: dashboard.connects)
    tag = "+".join(victims)
    with parley.killing(*victims, seed=seed, every_s=(0.2, 0.6)) as died:
        i = 0
        while len(died) < 4:
            insist_on_send(api, person(), f"{tag} {i}", f"{seed} {tag} {i}")
            i += 1
    settle(api)
    end = head(api)
    eventually(lambda: dashboard.last is not None and dashboard.last >= end, timeout=20, what="it has caught up")
    dashboard.close()
    assert dashboard.resets == 0, "it was told to reload although the log knew everything"
    assert dashboard.connects > 1 or "api" not in victims, "it never had to come back: that proves nothing"
    assert_no_gap(dashboard.numbers(), start + 1)
    told = {e.data["id"] for e in dashboard.events if e.type == "message.created"}
    there = {m["id"] for m in api.messages() if m["text"].startswith(tag)}
    assert there <= told


def test_p9_a_list_and_the_stream_from_its_event_id_join_without_a_gap(api):
    """Under load: read the list, then follow from its number. Together they are everything, at any moment."""
    def load():
        for who in people(70):
            api.send(who, "under load")

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    dashboards = []
    for _ in range(8):
        answer = api.request("GET", "/messages", params={"limit": 200})
        number = int(answer.headers["Event-Id"])
        dashboards.append(({m["id"]: m for m in answer.json()["data"]}, number, Dashboard(api, number)))
    for thread in threads:
        thread.join()
    eventually(lambda: {m["status"] for m in api.messages(direction="outbound")} == {"delivered"}, timeout=40)
    end = head(api)
    eventually(lambda: all(d.last >= end for _, _, d in dashboards), timeout=20)
    truth = {m["id"]: m["status"] for m in api.messages()}
    for view, number, dashboard in dashboards:
        dashboard.close()
        assert_no_gap(dashboard.numbers(), number + 1)
        known = {id: m["status"] for id, m in view.items()}
        known |= {e.data["id"]: e.data["status"] for e in dashboard.events if e.type.startswith("message.")}
        assert {id: truth[id] for id in known} == known, "list and stream together show something that is not so"


def test_p9_a_number_that_the_log_does_not_know_is_answered_with_reset(api):
    api.send(person(), "so that there is something")
    end = head(api)
    for unknown in (end + 1000, 2 ** 53):
        with api.events(unknown) as stream:
            event = stream.until(lambda e: e.type == "reset", timeout=10)[-1]
            assert event.data == {}
            message = api.send(person(), "after the reset")
            after = stream.until(lambda e: e.type == "message.created" and e.data["id"] == message["id"], timeout=10)
            assert [e.id for e in after] == sorted({e.id for e in after})


def test_p9_numbers_rise_in_commit_order_and_events_are_told_after_they_can_be_read(api):
    with api.events() as stream:
        stream.next()
        made = {api.send(who, "can be read")["id"] for who in people(20)}
        seen = []
        while made:
            event = stream.next(timeout=10)
            seen.append(event.id)
            if event.type == "message.created" and event.data["id"] in made:
                assert api.message(event.data["id"])["id"] == event.data["id"]
                made.discard(event.data["id"])
        assert seen == list(range(seen[0], seen[0] + len(seen)))


def test_p9_the_log_tells_the_same_to_everybody_after_everything_has_died(parley, api):
    start = head(api)
    for who in people(10):
        api.send(who, "to be told again")
    settle(api)
    before = log_from(api, start)
    assert_no_gap(before, start + 1)
    parley.restart("worker", "api")
    assert log_from(api, start)[:len(before)] == before
