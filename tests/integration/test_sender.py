"""The sender between a worker and a Plivo that misbehave: what leaves, how often, and what the worker is told of it."""
import os
import signal
import socket
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import Parley, eventually
from sender_doubles import ACCEPT, CUT, DROP, SILENT, FakePlivo, FakeWorker, basic
from sender_stage import stage, start  # noqa: F401 (fixtures)


# --- the ordinary way --------------------------------------------------------------------------------------------------

def test_a_granted_send_is_posted_once_as_plivo_wants_it_and_its_uuid_told(stage):
    message, = stage.worker.queue(text="Grüße")
    outcome = stage.worker.outcome_of(message)
    post, = stage.plivo.posts()
    assert post["path"] == f"/v1/Account/{stage.parley.auth_id}/Message/"
    assert post["headers"]["authorization"] == basic(stage.parley.auth_id, stage.parley.token)
    assert "expect" not in post["headers"] and post["headers"]["content-type"] == "application/json"
    assert post["json"] == {
        "src": "+15550100000", "dst": "+15550100001", "text": "Grüße", "type": "sms", "method": "POST", "message_expiry": 600,
        "log": "true", "url": f"https://sms.example.com/plivo/status/1/1/{uuid.UUID(bytes=message)}/1?t={'0' * 32}"}
    assert outcome["outcome"] == "accepted" and uuid.UUID(outcome["uuid"]) and outcome["http_status"] == 202
    assert stage.parley.token not in stage.sender.log()
    assert "+15550100001" not in stage.sender.log()


def test_an_attempt_is_listed_in_hand_until_its_outcome_is_acknowledged(stage):
    stage.worker.deaf.add("outcome")
    message, = stage.worker.queue()
    eventually(stage.plivo.posts, what="the call")

    def listed():
        with stage.worker.lock:
            return [b for _, o, b in stage.worker.requests if o == "grant"][-1].get("in_hand", [])

    eventually(lambda: [a["message"] for a in listed()] == [message], what="it is listed")
    seen = len(stage.worker.grants)
    eventually(lambda: len(stage.worker.grants) > seen + 2, what="more requests")
    assert [a["message"] for a in listed()] == [message]
    stage.worker.deaf.clear()
    assert stage.worker.outcome_of(message)["outcome"] == "accepted"
    eventually(lambda: not listed(), what="it is listed no more")
    assert len(stage.plivo.posts()) == 1


def test_it_never_asks_for_more_than_it_has_connections_free(stage):
    stage.plivo.behave = lambda request: SILENT
    stage.worker.queue(10)
    eventually(lambda: len(stage.plivo.posts()) == 4, what="four calls run")
    with stage.worker.lock:
        asked = [b.get("max", 0) for _, o, b in stage.worker.requests if o == "grant"]
        granted = sum(len(sends) for sends in stage.worker.grants.values())
    assert max(asked) == 4 and granted == 4


def test_a_wake_is_enough_and_a_lost_one_costs_a_second(stage):
    with stage.worker.lock:
        stage.worker.queued.append({"tenant": 1, "message": uuid.uuid4().bytes, "attempt": 1, "from": "+15550100000",
                                    "to": "+15550100001", "text": "no wake", "expiry_s": 60, "callback_path": "/plivo/status/x"})
    eventually(stage.plivo.posts, 5, "the call, though nobody woke the sender")


def test_a_worker_that_starts_later_finds_the_sender_waiting(start, tmp_path):
    plivo = FakePlivo()
    parley = Parley("sender", env={"PLIVO_API_BASE": plivo.address})
    parley.start(wait=False)
    eventually(lambda: "service.started" in parley["sender"].log(), what="it runs")
    assert not parley["sender"].is_ready()
    worker = FakeWorker(parley.folder / "run")
    parley["sender"].wait_ready()
    assert worker.outcome_of(worker.queue()[0])["outcome"] == "accepted"
    parley.close()
    worker.close()
    plivo.close()


# --- what is not known is not repeated (P5) ----------------------------------------------------------------------------

def test_a_connection_cut_under_the_second_post_does_not_bring_a_third(start):
    stage = start(SENDER_CONNECTIONS=1)
    stage.plivo.behave = lambda request: CUT
    first, = stage.worker.queue()
    assert stage.worker.outcome_of(first)["outcome"] == "accepted"
    second, = stage.worker.queue()
    assert stage.worker.outcome_of(second)["outcome"] == "unknown"
    posts = stage.plivo.posts()
    assert [p["connection"] for p in posts] == [1, 1], "the second went on the connection of the first, and was not repeated"


def test_an_accepted_and_dropped_call_is_unknown(stage):
    stage.plivo.behave = lambda request: DROP
    message, = stage.worker.queue()
    assert stage.worker.outcome_of(message)["outcome"] == "unknown"
    assert len(stage.plivo.posts()) == 1


def test_an_answer_that_never_comes_is_unknown(stage):
    stage.plivo.behave = lambda request: SILENT
    message, = stage.worker.queue()
    assert stage.worker.outcome_of(message)["outcome"] == "unknown"
    assert len(stage.plivo.posts()) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 302])
def test_what_is_neither_yes_nor_no_is_unknown(stage, status):
    stage.plivo.behave = lambda request: (status, {"error": "try later"}, {"Location": stage.plivo.address + "/elsewhere"})
    message, = stage.worker.queue()
    outcome = stage.worker.outcome_of(message)
    assert outcome["outcome"] == "unknown" and outcome["http_status"] == status
    assert len(stage.plivo.requests) == 1


def test_an_answer_without_a_uuid_list_is_unknown_and_with_an_empty_one_refused(stage):
    stage.plivo.behave = lambda request: (202, {"message": "queued"})
    assert stage.worker.outcome_of(stage.worker.queue()[0])["outcome"] == "unknown"
    stage.plivo.behave = lambda request: (202, {"message_uuid": [], "invalid_number": ["1"]})
    assert stage.worker.outcome_of(stage.worker.queue()[0])["outcome"] == "refused"


# --- what did not leave, and what was refused --------------------------------------------------------------------------

def test_nobody_there_is_not_sent_and_told_with_a_wait(start):
    stage = start()
    stage.plivo.close()
    outcome = stage.worker.outcome_of(stage.worker.queue()[0])
    assert outcome["outcome"] == "not_sent"
    assert not outcome.get("is_free") and 0 <= outcome.get("retry_in_ms", 0) <= 1000
    assert outcome.get("http_status", 0) == 0


def test_a_host_that_does_not_resolve_is_not_sent(start):
    stage = start(PLIVO_API_BASE="http://plivo.invalid")
    assert stage.worker.outcome_of(stage.worker.queue()[0], 30)["outcome"] == "not_sent"


def test_a_server_that_speaks_no_tls_is_not_sent(start):
    stage = start(PLIVO_API_BASE="https://127.0.0.1:1")
    assert stage.worker.outcome_of(stage.worker.queue()[0])["outcome"] == "not_sent"


def test_429_costs_nothing_honours_retry_after_and_slows_the_sender_down(stage):
    stage.plivo.behave = lambda request: (429, {"error": "slow down"}, {"Retry-After": "2"})
    first, = stage.worker.queue()
    outcome = stage.worker.outcome_of(first)
    limited_at = time.monotonic()
    assert outcome["outcome"] == "not_sent" and outcome["is_free"] and outcome["http_status"] == 429
    assert 2000 <= outcome["retry_in_ms"] <= 3000
    assert stage.sender.metrics()["parley_sender_allowed_calls"] == 2
    stage.plivo.behave = lambda request: ACCEPT
    second, = stage.worker.queue()
    assert stage.worker.outcome_of(second)["outcome"] == "accepted"
    assert stage.plivo.posts()[-1]["at"] - limited_at > 1.5, "a call was made while Plivo wanted none"


@pytest.mark.parametrize("status, body, wanted", [
    (400, {"error": "dst parameter is invalid"}, "refused: dst parameter is invalid"),
    (401, "Could not verify your access level", "account: Could not verify your access level"),
    (402, {}, "credit: "), (403, {"error": "Insufficient Credit"}, "credit: Insufficient Credit"), (404, "", "refused: ")])
def test_a_refusal_is_told_with_plivos_words(stage, status, body, wanted):
    stage.plivo.behave = lambda request: (status, body)
    outcome = stage.worker.outcome_of(stage.worker.queue()[0])
    assert outcome["outcome"] == "refused" and outcome["http_status"] == status
    assert outcome["reason"].startswith(wanted)


# --- P4: a grant leaves within 2 s of its asking, or not at all ---------------------------------------------------------

def test_a_sender_that_slept_past_its_grant_hands_it_back_unsent(stage):
    stage.worker.delay_answers_s = 0.7
    message, = stage.worker.queue()
    eventually(lambda: any(stage.worker.grants.values()), what="the worker has granted it")
    os.kill(stage.sender.pid, signal.SIGSTOP)
    stopped_at = time.monotonic()
    eventually(lambda: time.monotonic() - stopped_at > 2.1, what="the grant is too old")    # the age is the fact under test
    os.kill(stage.sender.pid, signal.SIGCONT)
    assert stage.worker.outcome_of(message)["outcome"] == "handed_back"
    assert stage.plivo.posts() == []


def test_a_connection_that_stands_only_after_two_seconds_is_not_used(start):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    crowd = [socket.socket() for _ in range(4)]             # fill the queue: the sender's SYN is dropped, and repeated after 1 and 3 s
    for s in crowd:
        s.setblocking(False)
        s.connect_ex(listener.getsockname())
    stage = start(PLIVO_API_BASE=f"http://127.0.0.1:{listener.getsockname()[1]}", SENDER_CONNECT_MS=20000, SENDER_CALL_MS=20000)
    message, = stage.worker.queue()
    eventually(lambda: any(stage.worker.grants.values()), what="the worker has granted it")
    granted_at = time.monotonic()
    eventually(lambda: time.monotonic() - granted_at > 2.1, what="the grant is too old")    # the age is the fact under test
    received = []

    def read(connection):
        connection.settimeout(20)
        try:
            received.append(connection.recv(65536))
        except OSError:
            pass                                            # the crowd says nothing

    def accept():
        while True:
            try:
                threading.Thread(target=read, args=(listener.accept()[0],), daemon=True).start()
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    assert stage.worker.outcome_of(message, 20)["outcome"] == "handed_back"
    assert not any(received), "something of the request left"
    for s in [listener, *crowd]:
        s.close()


def test_an_answer_that_comes_too_late_is_dropped_and_its_grants_given_back(stage):
    stage.worker.delay_answers_s = 2.5
    message, = stage.worker.queue()
    eventually(lambda: any(stage.worker.grants.values()), what="the worker has granted it")
    stage.worker.delay_answers_s = 0
    granted_in = next(n for n, sends in stage.worker.grants.items() if sends)
    eventually(lambda: len(stage.worker.grants) > granted_in, 15, "the next number")
    with stage.worker.lock:
        following = next(b for _, o, b in stage.worker.requests if o == "grant" and b["number"] == granted_in + 1)
    listed = [a["message"] for a in following.get("in_hand", [])]
    if message in listed:                       # the repeated request was answered with it, too late
        assert stage.worker.outcome_of(message)["outcome"] == "handed_back"
    assert stage.plivo.posts() == []


# --- the worker goes away and comes back -------------------------------------------------------------------------------

def test_outcomes_are_told_until_the_worker_has_them(stage):
    stage.worker.deaf |= {"outcome"}
    messages = stage.worker.queue(3)
    eventually(lambda: len(stage.plivo.posts()) == 3, what="the calls")
    eventually(lambda: stage.sender.metrics()["parley_sender_outcome_retries_total"] >= 1, what="it tried in vain")
    stage.worker.deaf.clear()
    for message in messages:
        assert stage.worker.outcome_of(message)["outcome"] == "accepted"
    assert len(stage.plivo.posts()) == 3


def test_an_outcome_that_the_worker_refuses_keeps_the_attempt_in_hand(stage):
    stage.worker.refuse["outcome"] = ("input", "outcomes")
    message, = stage.worker.queue()
    eventually(lambda: "outcome.refused" in stage.sender.log(), what="it is logged")
    assert stage.sender.metrics()["parley_sender_in_hand"] == 1
    stage.worker.refuse.clear()
    assert stage.worker.outcome_of(message)["outcome"] == "accepted"


def test_a_sender_whose_epoch_is_refused_exits(stage):
    stage.worker.refuse["grant"] = ("conflict", "epoch")
    assert stage.sender.child.wait(15) == 1
    assert "sender.replaced" in stage.sender.log()
    stage.sender.kill()                         # its end was wanted


def test_a_stopped_sender_ends_its_calls_and_tells_their_outcomes(stage):
    held = []

    def slow(request):
        held.append(request)
        eventually(lambda: stage.sender.child.poll() is not None or "service.stopping" in stage.sender.log(), what="it is stopping")
        return ACCEPT

    stage.plivo.behave = slow
    message, = stage.worker.queue()
    eventually(lambda: held, what="the call runs")
    assert stage.sender.stop() == 0
    assert stage.worker.outcome_of(message)["outcome"] == "accepted"


# --- many at once ------------------------------------------------------------------------------------------------------

def test_a_thousand_sends_leave_once_each(start):
    stage = start(SENDER_CONNECTIONS=16)
    stage.worker.regrants = True                            # a slow machine starts some of them too late
    with ThreadPoolExecutor(4) as pool:
        messages = [m for batch in pool.map(stage.worker.queue, [250] * 4) for m in batch]

    def accepted():
        return [o["message"] for o in list(stage.worker.outcomes) if o["outcome"] == "accepted"]

    eventually(lambda: len(accepted()) >= 1000, 60, "all outcomes")
    assert sorted(accepted()) == sorted(messages)
    urls = [p["json"]["url"] for p in stage.plivo.posts()]
    assert len(urls) == len(set(urls)) == 1000
