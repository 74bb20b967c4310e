"""A worker that is slower than what ingress brings: nothing is lost or stored twice, order holds, ingress keeps its memory, a STOP waits.

The worker stands still for most of the time (SIGSTOP), by a seeded plan, as one does whose disk or processor is taken by others.
"""
import contextlib
import os
import random
import threading
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from harness import eventually, slowed

PEOPLE = 16
TEXTS = 40                                                  # of each, one after the other
LONG = "x" * 40000
IS_SANITIZED = "ASAN_OPTIONS" in os.environ         # AddressSanitizer keeps what was freed, to know it when it is used
GROWTH_MAX_KB = PEOPLE * TEXTS * len(LONG) // 1024 // 2      # a batch or two; what waits lies on disk
MET = 'parley_ingress_webhooks_total{{answer="{}"}}'
WAITING = 'parley_ingress_spool_events{lane="inbound"}'


@contextlib.contextmanager
def stuttering(parley, seed, still_s=(0.1, 0.5), moving_s=(0.01, 0.05)):
    """While the context lasts, the worker stands still, moves a little, stands still. At its end it runs."""
    chance = random.Random(seed)
    over = threading.Event()

    def torment():
        while not over.is_set():
            parley.pause("worker")
            over.wait(chance.uniform(*still_s))
            parley.resume("worker")
            over.wait(slowed(chance.uniform(*moving_s)))

    thread = threading.Thread(target=torment, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def anonymous_kb(process):
    """Memory that is no file's: the spool's own pages are one's."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0])


def until_acked(hooks, who, text, message_uuid):
    """As Plivo does: again with the same uuid until a 2xx. A 503 says when to come again."""
    def acked():
        answer = hooks.inbound(who, text, message_uuid=message_uuid)
        assert answer.status_code in (200, 503), f"{answer.status_code} {answer.text}"
        assert answer.status_code == 200 or int(answer.headers["Retry-After"]) > 0
        return answer.status_code == 200
    return eventually(acked, 60, f"{text[:20]!r} of {who} is acknowledged")


def stored(parley):
    """{person: [text, …]}, oldest first."""
    found = defaultdict(list)
    for message in reversed(parley.api.messages(direction="inbound")):
        found[message["from"]].append(message["text"])
    return found


def all_is_stored(parley, wanted):
    assert parley["ingress"].metrics()[WAITING] == 0
    found = stored(parley)
    for who, texts in wanted.items():
        assert [t[:20] for t in found[who]] == [t[:20] for t in texts], who
    assert found == wanted
    return True


@pytest.mark.timeout(240)
@pytest.mark.parley("worker", "ingress", "api")
def test_what_comes_in_faster_than_the_worker_takes_it_is_stored_once_and_in_order(parley, seed):
    hooks, ingress = parley.webhooks, parley["ingress"]
    wanted = {f"+1555022{i:04d}": [f"text {n} {LONG}" for n in range(TEXTS)] + ["STOP"] for i in range(PEOPLE)}
    early = []                                              # opt-outs that were acknowledged and not yet there
    memory_kb, backlog = [], []

    def one_person(who):
        *texts, stop = wanted[who]
        for text in texts:
            until_acked(hooks, who, text, str(uuid.uuid4()))
            backlog.append(text)
            if len(backlog) % 50 == 0:
                memory_kb.append(anonymous_kb(ingress))
        until_acked(hooks, who, stop, str(uuid.uuid4()))
        if [contact["consent"] for contact in parley.api.get("/contacts", q=who)["data"]] != ["out"]:
            early.append(who)

    with stuttering(parley, seed), ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(one_person, wanted))
    metrics = ingress.metrics()
    assert metrics[MET.format("spooled")] > len(wanted), f"the worker was not slower than ingress: {metrics}"
    assert early == [], "a STOP is acknowledged by the worker's commit alone"
    eventually(lambda: all_is_stored(parley, wanted), 60)
    grown_kb = max(memory_kb) - memory_kb[0]
    assert IS_SANITIZED or grown_kb < GROWTH_MAX_KB, f"ingress keeps what waits in memory: {grown_kb} KiB more, {memory_kb}"


@pytest.mark.timeout(240)
@pytest.mark.parley("worker", "ingress", "api", SPOOL_MB=1)
def test_with_a_worker_that_stands_still_and_a_full_spool_the_answer_is_a_clear_503_until_there_is_room(parley):
    hooks, who, other = parley.webhooks, "+15550230001", "+15550230002"
    until_acked(hooks, who, "first", str(uuid.uuid4()))
    parley.pause("worker")
    stop = str(uuid.uuid4())
    texts = ["first"]
    refused = None
    while refused is None:
        text = f"text {len(texts)} {LONG}"
        message_uuid = str(uuid.uuid4())
        answer = hooks.inbound(who, text, message_uuid=message_uuid)
        assert answer.status_code in (200, 503)
        if answer.status_code == 503:
            refused = (text, message_uuid)
        else:
            texts.append(text)
            assert len(texts) * len(LONG) < 4 * 1024 * 1024, "a spool of 1 MB takes no more than that"
        if len(texts) == 3:
            answer = hooks.inbound(other, "STOP", message_uuid=stop)
            assert answer.status_code == 503, "nobody can have committed this STOP"
    assert len(texts) > 5, "there was room on disk"
    assert int(answer.headers["Retry-After"]) > 0 and answer.headers["Content-Type"].startswith("text/plain") and answer.text
    eventually(lambda: requests.get(parley["ingress"].admin + "/readyz", timeout=5).status_code == 503)
    assert hooks.inbound(other, "STOP", message_uuid=stop).status_code == 503

    parley.resume("worker")
    until_acked(hooks, who, *refused)
    until_acked(hooks, other, "STOP", stop)
    assert [contact["consent"] for contact in parley.api.get("/contacts", q=other)["data"]] == ["out"]
    eventually(lambda: all_is_stored(parley, {who: [*texts, refused[0]], other: ["STOP"]}), 60)
    eventually(lambda: requests.get(parley["ingress"].admin + "/readyz", timeout=5).status_code == 200)
