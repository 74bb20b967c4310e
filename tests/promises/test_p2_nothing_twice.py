"""P2: nothing twice. Every write has an identity, kept on every retry; applying it again changes nothing."""
import random
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import eventually, slowed
from truth import (QUICK, assert_each_once, by_person, insist, insist_on_send, ledger, number_of, outbound, people, person,
                   rounds_until, settle, status_of, texts_to)

SYSTEM = QUICK
pytestmark = pytest.mark.timeout(120)


def test_p2_a_command_asked_again_and_again_across_kills_is_done_once(parley, api, plivo, seed):
    answers = []

    def ask(i):
        """As a program does that is not sure: the same again, whatever it heard."""
        to = person()
        return [insist_on_send(api, to, f"asked {i}", f"key {seed} {i}") for _ in range(2 + i % 3)]

    with parley.killing("worker", "api", seed=seed, every_s=(0.15, 0.5)) as died, ThreadPoolExecutor(8) as pool:
        for _ in rounds_until(5, died):
            answers += pool.map(ask, range(len(answers), len(answers) + 16))
    for same in answers:
        assert len({a.json()["id"] for a in same}) == 1, "one key, two messages"
        assert all(a.headers["Idempotency-Replayed"] == "true" for a in same[1:])
    settle(api)
    assert_each_once(plivo, [f"asked {i}" for i in range(len(answers))])
    assert sum(m["text"].startswith("asked ") for m in outbound(api)) == len(answers)


def test_p2_a_key_with_another_body_is_refused_and_sends_nothing(parley, api, plivo):
    to, key = person(), str(uuid.uuid4())
    first = insist_on_send(api, to, "mine", key)
    parley.restart("worker")
    other = insist(lambda: api.request("POST", "/messages", json={"to": to, "text": "not mine"},
                                       headers={"Idempotency-Key": key}))
    assert other.status_code == 422, other.text
    status_of(api, first.json(), "delivered")
    assert texts_to(plivo, to) == ["mine"]


def test_p2_a_webhook_that_comes_again_is_one_message_and_has_one_answer(parley, api, plivo, webhooks, seed):
    uuids = {}

    def text(who):
        return insist(lambda: webhooks.inbound(who, "hello", message_uuid=uuids[who])).status_code

    chance = random.Random(seed)
    with parley.killing("worker", "ingress", seed=seed, every_s=(0.15, 0.4)) as died, ThreadPoolExecutor(8) as pool:
        for _ in rounds_until(5, died):
            some = people(8)
            uuids |= {who: str(uuid.uuid4()) for who in some}
            assert set(pool.map(text, chance.sample(some * 4, 32))) == {200}
    crowd = list(uuids)
    eventually(lambda: set(uuids.values()) <= api.inbound_uuids(), timeout=30)
    settle(api)
    seen = [m["plivo_uuid"] for m in api.messages(direction="inbound") if m["from"] in uuids]
    assert len(seen) == len(set(seen)) == len(crowd)
    arrived = by_person(plivo)
    answers = {who: arrived[who] for who in crowd}
    assert all(len(texts) == 1 for texts in answers.values()), {w: t for w, t in answers.items() if len(t) != 1}


def test_p2_a_report_that_comes_again_is_entered_once(parley, api, plivo, seed):
    plivo.faults(dlr_duplicate=1, dlr_delay_ms=100)
    messages = []
    with parley.killing("ingress", "sender", "worker", seed=seed, every_s=(0.2, 0.5)) as died:
        for part in range(4):
            messages += [insist_on_send(api, to, "reported twice", str(uuid.uuid4())).json() for to in people(15)]
            eventually(lambda: len(died) > part)
    done = [status_of(api, m, "delivered", timeout=30) for m in messages]
    for message in done:
        reports = [e["data"] for e in api.timeline(message["id"])["data"] if e["kind"] == "report"]
        seen = [(r["uuid"], r["status_word"], r["sequence"]) for r in reports]
        assert len(seen) == len(set(seen)), seen
        assert message["cost"]["amount"] == done[0]["cost"]["amount"], "a report was counted twice"


def test_p2_a_cancel_that_is_asked_again_gets_the_same_answer(parley, api, plivo):
    number = number_of(api, parley)
    api.patch(f"/numbers/{number['id']}", {"state": "paused"})
    to = person()
    message = api.send(to, "never mind")
    assert api.delete(f"/messages/{message['id']}", wanted=200)["status"] == "cancelled"
    parley.restart("worker")
    again = insist(lambda: api.request("DELETE", f"/messages/{message['id']}"))
    assert (again.status_code, again.json()["status"]) == (200, "cancelled"), again.text
    api.patch(f"/numbers/{number['id']}", {"state": "active"})
    other = api.send(to, "something else")
    status_of(api, other, "delivered")
    assert texts_to(plivo, to) == ["something else"]


def test_p2_a_cancel_and_a_grant_at_once_have_one_winner(parley, api, plivo):
    messages = [api.send(to, f"race {i}") for i, to in enumerate(people(60))]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda m: api.request("DELETE", f"/messages/{m['id']}").status_code, messages))
    settle(api)
    assert set(codes) <= {200, 409}
    sent = {m["text"] for m in plivo.messages()}
    for message, code in zip(messages, codes):
        assert (message["text"] in sent) == (code == 409), f"{message['text']}: {code}, sent: {message['text'] in sent}"
        assert api.message(message["id"])["status"] == ("cancelled" if code == 200 else "delivered") or code == 409


# The silence is longer than ingress needs to tell a worker that comes back what it wrote.
@pytest.mark.parley(**QUICK, INLINE_REPLIES=1, SENDER_SILENCE_MS=round(slowed(5000)))
def test_p2_an_inline_reply_is_written_once_or_goes_by_rest_never_both(parley, api, plivo, webhooks, seed):
    uuids = {}
    written = []

    def text(who):
        def once():
            answer = webhooks.inbound(who, "hello", message_uuid=uuids[who])
            if "<Message" in answer.text:
                written.append(who)
            return answer
        insist(once)
        insist(once)                                        # Plivo lost the answer, and comes again

    with parley.killing("worker", seed=seed, every_s=(0.1, 0.3)) as died, ThreadPoolExecutor(6) as pool:
        for _ in rounds_until(6, died):
            some = people(12)
            uuids |= {who: str(uuid.uuid4()) for who in some}
            list(pool.map(text, some))
    crowd = list(uuids)
    eventually(lambda: len(outbound(api)) == len(crowd), timeout=30)
    # Plivo takes an inline reply out of our answer; the test took these, so only what goes by REST reaches the simulator. Of a worker
    # that died between its commit and its answer nobody knows the reply: after a silence Plivo is asked, and then it goes by REST.
    settle(api, timeout=60)
    arrived = by_person(plivo)
    by_rest = [who for who in crowd for _ in arrived[who]]
    assert len(written) == len(set(written)), "an answer was written twice"
    assert len(by_rest) == len(set(by_rest)), "an answer was sent twice"
    assert not set(by_rest) & set(written), "written into the answer, and sent by REST as well"
    assert set(by_rest) | set(written) == set(crowd), "somebody got no answer"
    assert len(written) > 0


def test_p2_a_stop_that_comes_twice_is_confirmed_once(parley, api, plivo):
    plivo.faults(webhook_duplicate=1)
    who = person()
    plivo.inbound(who, "STOP")
    eventually(lambda: len(api.messages(direction="inbound")) >= 1)
    settle(api)
    assert sum("unsubscribed" in m["text"] for m in plivo.phone(who)) == 1
    assert len(ledger(api, who)) == 1
