"""SIGTERM: readiness turns false first, what is in hand is finished, the process is gone in time, and nothing in flight is lost."""
import contextlib
import signal
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from harness import Parley, eventually, slowed
from house import QUICK

GONE_S = 5                                                  # the promise; SERVICE_DRAIN_MS and the closing after it
PERSON = "+15570000001"


@pytest.fixture
def parley():
    with Parley(env=QUICK | {"ACK_BUDGET_MS": 3000}) as system:
        yield system


class Watch:
    """Asks /readyz of one process without a pause; `answers`: what changed, as statuses, None for a refused connection."""

    def __init__(self, process):
        self.answers = []
        self._url = process.admin + "/readyz"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        eventually(lambda: self.answers == [200])

    def _run(self):
        while not self._over.is_set():
            try:
                now = requests.get(self._url, timeout=5).status_code
            except requests.RequestException:
                now = None
            if self.answers[-1:] != [now]:
                self.answers.append(now)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join(10)


def terminate(process):
    process.is_wanted = False
    process.child.send_signal(signal.SIGTERM)


def ends_well(process):
    process.child.wait(slowed(GONE_S))                      # nobody pokes it: as a service manager sees it
    assert process.child.returncode == 0, process.log_tail()


def not_ready_and_still_there(process):
    assert requests.get(process.admin + "/readyz", timeout=5).status_code == 503
    assert process.is_running
    return True


@contextlib.contextmanager
def paused(parley, name):
    parley.pause(name)
    try:
        yield
    finally:
        parley.resume(name)


def each_once(parley, texts):
    times = Counter(m["text"] for m in parley.plivo.messages())
    assert {text: times[text] for text in texts} == dict.fromkeys(texts, 1)
    return True


def test_a_sender_that_is_told_to_stop_hears_its_calls_out_and_tells_their_outcome(parley):
    parley.plivo.faults(latency_ms=1000, dlr_drop=1)
    texts = [f"text {i}" for i in range(60)]
    messages = [parley.api.send(f"+1557{i:07d}", text) for i, text in enumerate(texts)]
    eventually(lambda: parley["sender"].metrics()["parley_sender_in_flight"] >= 10)
    with Watch(parley["sender"]) as watch:
        terminate(parley["sender"])
        eventually(lambda: not_ready_and_still_there(parley["sender"]))
        ends_well(parley["sender"])
    assert watch.answers[:2] == [200, 503], "it was gone before it said that it was not ready"
    parley.plivo.clear_faults()
    parley.start("sender")
    eventually(lambda: each_once(parley, texts), 30)
    for message in messages:
        assert "unconfirmed" not in [entry["kind"] for entry in parley.api.timeline(message["id"])["data"]], "a call was cut"


def test_an_api_that_is_told_to_stop_answers_what_it_was_asked(parley):
    with ThreadPoolExecutor(1) as pool, Watch(parley["api"]) as watch:
        with paused(parley, "worker"):
            asked = pool.submit(parley.api.request, "POST", "/messages", json={"to": PERSON, "text": "asked before"})
            eventually(lambda: parley["api"].metrics()["parley_api_worker_silent_total"] > 0)
            terminate(parley["api"])
            eventually(lambda: not_ready_and_still_there(parley["api"]))
            late = parley.api.request("GET", "/messages")
            assert late.status_code == 503, "something new was taken"
        assert asked.result().status_code == 202, asked.result().text
        ends_well(parley["api"])
    assert watch.answers[:2] == [200, 503]
    eventually(lambda: each_once(parley, ["asked before"]), 20)


@pytest.mark.parametrize("name", ["ingress", "sender"])
def test_a_worker_that_is_away_keeps_nobody_from_stopping(parley, name):
    parley.plivo.faults(latency_ms=500)
    texts = [f"text {i}" for i in range(60)]
    for i, text in enumerate(texts):
        parley.api.send(f"+1557{i:07d}", text)
    eventually(lambda: parley["sender"].metrics()["parley_sender_in_flight"] >= 10)
    with paused(parley, "worker"):
        parley.plivo.inbound(PERSON, "hello")
        terminate(parley[name])
        ends_well(parley[name])
    parley.plivo.clear_faults()
    parley.start(name)
    eventually(lambda: each_once(parley, texts), 30)
    eventually(lambda: parley.api.inbound_count() == 1, 30)


def test_an_api_that_is_told_to_stop_does_not_wait_for_a_worker_that_is_away(parley):
    with ThreadPoolExecutor(1) as pool, paused(parley, "worker"):
        asked = pool.submit(parley.api.request, "POST", "/messages", json={"to": PERSON, "text": "asked before"})
        eventually(lambda: parley["api"].metrics()["parley_api_worker_silent_total"] > 0)
        terminate(parley["api"])
        ends_well(parley["api"])
        assert asked.result().status_code == 503, "it must be told to ask again"


def test_an_open_stream_does_not_keep_the_api_from_stopping(parley):
    with parley.api.events() as stream:
        stream.next()
        terminate(parley["api"])
        ends_well(parley["api"])


def test_an_ingress_that_is_told_to_stop_keeps_what_it_was_given(parley):
    uuids = [str(uuid.uuid4()) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool, Watch(parley["ingress"]) as watch:
        with paused(parley, "worker"):
            asked = [pool.submit(parley.webhooks.inbound, f"+1557{i:07d}", "hello", message_uuid=one)
                     for i, one in enumerate(uuids)]
            eventually(lambda: parley["ingress"].metrics()["parley_ingress_connections"] >= len(uuids))
            terminate(parley["ingress"])
            answers = [one.result().status_code for one in asked]
        ends_well(parley["ingress"])
    assert 503 in watch.answers[:2]
    assert set(answers) <= {200, 503}
    acked = {one for one, status in zip(uuids, answers) if status == 200}
    assert acked, "not one was taken: that proves nothing"
    parley.start("ingress")
    eventually(lambda: acked <= parley.api.inbound_uuids(), 20)
    assert parley.api.inbound_count() == len(parley.api.inbound_uuids())


def test_a_worker_that_is_told_to_stop_answers_what_it_has_taken(parley):
    texts = [f"text {i}" for i in range(200)]
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(parley.api.request, "POST", "/messages", json={"to": f"+1557{i:07d}", "text": text},
                             headers={"Idempotency-Key": text}) for i, text in enumerate(texts)]
        eventually(lambda: sum(one.done() for one in asked) > 20)
        terminate(parley["worker"])
        ends_well(parley["worker"])
        parley.start("worker")
        answers = {text: one.result() for text, one in zip(texts, asked)}
    promised = {text: answer.json()["id"] for text, answer in answers.items() if answer.status_code == 202}
    assert {answer.status_code for answer in answers.values()} <= {202, 503} and promised
    there = Counter(m["text"] for m in parley.api.messages(direction="outbound"))
    assert {text: there[text] for text in promised} == dict.fromkeys(promised, 1)
    eventually(lambda: each_once(parley, promised), 30)


@pytest.mark.parametrize("order", [("ingress", "sender", "api", "worker"), ("worker", "api", "sender", "ingress")], ids="-".join)
def test_all_at_once_under_load_each_ends_in_time_and_nothing_is_lost(parley, order):
    texts = [f"text {i}" for i in range(100)]
    for i, text in enumerate(texts):
        parley.api.send(f"+1557{i:07d}", text)
    for name in order:
        terminate(parley[name])
    for name in order:
        ends_well(parley[name])
    parley.start(*order)
    eventually(lambda: each_once(parley, texts), 40)
