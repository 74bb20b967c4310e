"""P6: state only moves forward, in whatever order, how often and through whichever deaths the reports come."""
import itertools
import uuid

import pytest

from harness import eventually
from truth import QUICK, RANK, insist, insist_on_send, people, person, settle, status_of, texts_to

SYSTEM = QUICK | {"CONFIRM_AFTER_MS": 20000}
pytestmark = pytest.mark.timeout(120)
FINAL = 90
# what Plivo tells of one message; the last one is what it ended as
STORIES = [("queued", "sent", "delivered"), ("queued", "sent", "undelivered"), ("queued", "failed"), ("sent", "delivered"),
           ("queued", "sent", "failed", "delivered"), ("queued", "sent", "delivered", "undelivered")]


def rank(status):
    return RANK.get(status, FINAL)


def silent_send(api, plivo, to):
    """A message that Plivo took and will not report on by itself: the test plays Plivo from here."""
    message = api.send(to, "to be reported")
    accepted = status_of(api, message, "accepted")
    callback = next(m["callback_url"] for m in plivo.messages() if m["message_uuid"] == accepted["plivo_uuid"])
    return accepted, callback


def report(parley, message, callback, status, sequence, code=""):
    path = callback.removeprefix(parley.public_url)
    answer = insist(lambda: parley.webhooks.status(message["plivo_uuid"], status, sequence, path=path, to=message["to"],
                                                   ErrorCode=code))
    assert answer.status_code == 200, answer.text


def test_p6_every_order_of_every_story_ends_at_the_same_word(parley, api, plivo):
    plivo.faults(dlr_drop=1)
    orders = [(story, order) for story in STORIES for order in itertools.permutations(range(len(story)))]
    sent = []
    for story, order in orders:
        message, callback = silent_send(api, plivo, person())
        sent.append((message, story, order))
        for i in order:
            report(parley, message, callback, story[i], i + 1, "30" if story[i] in ("failed", "undelivered") else "")
    eventually(lambda: all(ended(api, *one) for one in sent), timeout=20)
    for message, story, order in sent:
        now = api.message(message["id"])
        assert now["error_code"] == (30 if story[-1] in ("failed", "undelivered") else None), (story, order, now)


def ended(api, message, story, order):
    now = api.message(message["id"])
    assert now["status"] == story[-1], f"{story} in the order {order} ended as {now['status']}"
    return True


def test_p6_no_one_ever_sees_a_status_go_back(parley, api, plivo, seed):
    """As the dashboard sees it: every message.updated of the stream, under reordered, repeated and late reports."""
    plivo.faults(dlr_reorder=0.5, dlr_duplicate=0.5, dlr_delay_ms=20, dlr_before_response=0.2, seed=seed)
    with api.events() as stream:
        stream.next()
        messages = [api.send(to, f"watched {i}") for i, to in enumerate(people(60))]
        waited = {m["id"] for m in messages}
        seen = {m["id"]: ["queued"] for m in messages}

        def note(event):
            if event.type == "message.updated" and event.data["id"] in seen:
                seen[event.data["id"]].append(event.data["status"])
                if event.data["status"] == "delivered":
                    waited.discard(event.data["id"])
            return not waited

        stream.until(note, timeout=30)
    for statuses in seen.values():
        ranks = [rank(status) for status in statuses]
        assert ranks == sorted(ranks), statuses


def test_p6_reports_in_any_order_across_kills_end_where_plivo_ended(parley, api, plivo, seed):
    plivo.faults(dlr_reorder=0.5, dlr_duplicate=0.5, dlr_delay_ms=150, seed=seed)
    sent = []
    with parley.killing("worker", "sender", "ingress", seed=seed, every_s=(0.2, 0.5)) as died:
        for part in range(4):
            sent += [insist_on_send(api, to, "through kills", str(uuid.uuid4())).json() for to in people(12)]
            eventually(lambda: len(died) > part)
    settle(api)
    for message in sent:
        status_of(api, message, "delivered", timeout=20)


def test_p6_a_report_before_the_response_is_not_undone_by_it(parley, api, plivo):
    plivo.faults(dlr_before_response=1, dlr_final="failed", error_code=30, latency_ms=200)
    messages = [api.send(to, "reported first") for to in people(10)]
    for message in messages:
        now = status_of(api, message, "failed")
        assert (now["error_code"], now["status_reason"]) == (30, "spam"), now
    eventually(lambda: all(any(e["kind"] == "attempt" for e in api.timeline(m["id"])["data"]) for m in messages),
               what="the response is entered, too")
    for message in messages:
        now = api.message(message["id"])
        assert (now["status"], now["error_code"]) == ("failed", 30), now
        assert now["status_reason"] and now["status_text"], "the response took the reason away"


def test_p6_a_report_that_finds_nobody_is_kept_and_claimed(parley, api, plivo):
    """Without its own address: by Plivo's uuid alone, and before we know that uuid."""
    plivo.faults(dlr_drop=1, latency_ms=1500)
    to = person()
    message = api.send(to, "an orphan's parent")
    accepted = eventually(lambda: [m for m in plivo.messages() if m["text"] == "an orphan's parent"])[0]
    answer = parley.webhooks.status(accepted["message_uuid"], "delivered", 3, to=to)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert api.message(message["id"])["plivo_uuid"] is None, "this test was too slow to prove anything"
    status_of(api, message, "delivered")


def test_p6_unknown_words_are_kept_raw_and_change_nothing(parley, api, plivo):
    plivo.faults(dlr_drop=1)
    message, callback = silent_send(api, plivo, person())
    report(parley, message, callback, "teleported", 9)
    words = eventually(lambda: [e["data"]["status_word"] for e in api.timeline(message["id"])["data"]
                                if e["kind"] == "report"])
    assert words == ["teleported"]
    assert api.message(message["id"])["status"] == "accepted"
    report(parley, message, callback, "delivered", 3)
    status_of(api, message, "delivered")


def test_p6_a_late_success_takes_a_queued_successor_back(parley, api, plivo):
    """Attempt 1 looked lost and was to go again; its report comes before the second is granted."""
    plivo.faults(dlr_drop=1)
    message, callback = silent_send(api, plivo, person())
    report(parley, message, callback, "failed", 2, "80")    # temporary: tried again after 15 minutes
    status_of(api, message, "queued", "held")
    report(parley, message, callback, "delivered", 3)
    status_of(api, message, "delivered")
    assert api.request("DELETE", f"/messages/{message['id']}").status_code == 409, "the successor still waited"
    assert texts_to(plivo, message["to"]) == ["to be reported"]
