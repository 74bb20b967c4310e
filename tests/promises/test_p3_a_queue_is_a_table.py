"""P3: a queue is a table. Whatever process dies at whatever instant, nothing is lost and nothing is repeated."""
import datetime
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import eventually
from truth import (QUICK, assert_each_once, by_person, insist_on_send, outbound, people, person, rounds_until, sends, settle,
                   text_until_acked, texts_to)

SYSTEM = QUICK | {"NUMBER_RATE": 300}
pytestmark = pytest.mark.timeout(150)


def queue(api, n, text):
    texts = [f"{text} {i}" for i in range(n)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda pair: api.send(*pair), zip(people(n), texts)))
    return texts


def test_p3_what_waits_survives_the_death_of_everything_at_once(parley, api, plivo):
    parley.kill("sender")
    texts = queue(api, 150, "waits")
    parley.kill("worker", "ingress", "api")
    parley.start("worker", "ingress", "api", "sender")
    settle(api)
    assert_each_once(plivo, texts)


@pytest.mark.parametrize("victims", [("worker",), ("worker", "sender")], ids="+".join)
def test_p3_a_send_is_neither_lost_nor_repeated_whoever_dies_meanwhile(parley, api, plivo, seed, victims):
    plivo.faults(latency_ms=20, seed=seed)
    tag = "+".join(victims)
    texts = []
    with parley.killing(*victims, seed=seed, every_s=(0.1, 0.4)) as died:
        for _ in rounds_until(5, died):
            for to in people(8):
                texts.append(f"{tag} {len(texts)}")
                insist_on_send(api, to, texts[-1], f"{seed} {texts[-1]}")
    settle(api, timeout=40)
    assert_each_once(plivo, texts)


def test_p3_deaf_processes_lose_no_frame_that_matters(parley, api, plivo, seed):
    chance = random.Random(seed)
    over = threading.Event()
    pauses = []

    def torment():
        while not over.wait(chance.uniform(0.05, 0.2)):
            pauses.append(chance.choice(["worker", "sender", "ingress"]))
            parley.pause(pauses[-1])
            over.wait(chance.choice([0.05, 0.3, 1.2]))      # longer than the sender's patience with the worker, at times
            parley.resume(pauses[-1])

    thread = threading.Thread(target=torment)
    thread.start()
    texts = []
    try:
        while len(pauses) < 10:
            texts.append(f"deaf {len(texts)}")
            insist_on_send(api, person(), texts[-1], f"{seed} {texts[-1]}")
    finally:
        over.set()
        thread.join()
    settle(api, timeout=40)
    assert_each_once(plivo, texts)


def test_p3_kill_9_of_any_service_under_mixed_load_loses_nothing_and_repeats_nothing(parley, api, plivo, seed):
    """Texts come in and are answered, programs send, people stop; answers get lost, reports come late, twice and in disorder."""
    plivo.faults(accept_then_drop=0.1, http_500=0.05, http_429=0.05, dlr_delay_ms=50, dlr_duplicate=0.2, dlr_reorder=0.3,
                 dlr_drop=0.1, webhook_duplicate=0.1, seed=seed)
    chance = random.Random(seed)
    acked, sent, stopped = {}, [], set()

    def text(who, words):
        acked[text_until_acked(plivo, who, words)] = (who, words)

    def one(i):
        what = chance.random()
        who = person()
        if what < 0.5:
            insist_on_send(api, who, f"mixed {i}", f"{seed} mixed {i}")
            sent.append(f"mixed {i}")
        elif what < 0.85:
            text(who, f"question {i}")
        else:
            text(who, "STOP")
            stopped.add(who)

    with parley.killing("ingress", "worker", "sender", "api", seed=seed, every_s=(0.15, 0.5)) as died, \
            ThreadPoolExecutor(6) as pool:
        for part in rounds_until(6, died):
            list(pool.map(one, range(part * 18, part * 18 + 18)))
    plivo.clear_faults()
    eventually(lambda: set(acked) <= api.inbound_uuids(), timeout=30, what="every acknowledged text is there")
    settle(api, timeout=60)

    seen = [m["plivo_uuid"] for m in api.messages(direction="inbound")]
    assert len(seen) == len(set(seen)), "a text is there twice"
    assert_each_once(plivo, sent)
    got = by_person(plivo)
    for who, words in acked.values():
        if words != "STOP":
            assert len(got[who]) == 1, f"the answer to {words!r} went {len(got[who])} times"
    contacts = {c["address"]: c["consent"] for c in api.all("/contacts")}
    assert {who for who in stopped if contacts[who] != "out"} == set(), "a STOP was lost"
    assert api.get("/consent/verify")["valid"] is True


def test_p3_a_message_for_later_waits_through_a_restart_and_goes_in_its_time(parley, api, plivo):
    due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
    to = person()
    message = api.send(to, "later", send_at=due.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    assert message["status"] == "held" and message["status_reason"] == "scheduled"
    parley.restart("worker", "sender")
    assert texts_to(plivo, to) == []
    settle(api)
    at = datetime.datetime.fromisoformat(sends(plivo, to)[0]["accepted_at"].replace("Z", "+00:00"))
    assert at >= due.replace(microsecond=due.microsecond // 1000 * 1000), f"it left {due - at} too early"
    assert [m["status"] for m in outbound(api) if m["to"] == to] != ["held"]
    assert uuid.UUID(message["id"]).version == 7
