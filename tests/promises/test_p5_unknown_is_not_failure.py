"""P5: an unknown outcome is not a failure. What may have reached Plivo is settled, never blindly sent again."""
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import eventually
from truth import (QUICK, assert_each_once, at_ms, kinds, outbound, people, person, sends, settle, status_of, text_until_acked,
                   texts_to)

SYSTEM = QUICK
pytestmark = pytest.mark.timeout(90)


def send_to_each(api, n, text="text"):
    texts = [f"{text} {i}" for i in range(n)]
    return texts, [api.send(to, text) for to, text in zip(people(n), texts)]


def grants(api, message):
    return [at_ms(entry["at"]) for entry in api.timeline(message["id"])["data"] if entry["kind"] == "grant"]


def test_p5_a_send_whose_answer_was_lost_is_settled_by_its_report(api, plivo):
    plivo.faults(accept_then_drop=1, dlr_delay_ms=100)
    texts, messages = send_to_each(api, 30)
    settle(api)
    assert_each_once(plivo, texts)
    assert {status_of(api, m, "delivered")["status"] for m in messages} == {"delivered"}


def test_p5_without_a_report_plivos_own_list_settles_it(api, plivo):
    plivo.faults(accept_then_drop=1, dlr_drop=1)
    texts, messages = send_to_each(api, 30, "unreported")
    settle(api)
    assert_each_once(plivo, texts)
    uuids = {m["text"]: m["message_uuid"] for m in sends(plivo)}
    for message in messages:
        now = api.message(message["id"])
        assert now["plivo_uuid"] == uuids[now["text"]], "the list gave it the uuid of another send"
        assert "unconfirmed" in kinds(api, message) and "check" in kinds(api, message)


def test_p5_what_plivo_never_took_is_sent_again_and_not_before_its_time(api, plivo):
    witness = api.send(person(), "a witness")
    status_of(api, witness, "delivered")
    plivo.faults(http_500=1)
    to = person()
    message = api.send(to, "once more")
    status_of(api, message, "unconfirmed")
    plivo.clear_faults()
    status_of(api, message, "delivered", timeout=20)
    assert texts_to(plivo, to) == ["once more"]
    first, second = grants(api, message)
    assert second - first >= QUICK["UNCONFIRMED_MAX_MS"], "it was sent again before Plivo had had its time"


def test_p5_a_class_that_is_set_so_is_held_for_a_person(api, plivo):
    api.patch("/settings", {"unknown_human": "hold"})
    status_of(api, api.send(person(), "a witness"), "delivered")
    plivo.faults(http_500=1)
    to = person()
    message = api.send(to, "by hand", **{"class": "human"})
    held = eventually(lambda: (m := api.message(message["id"]))["status_reason"] == "not_accepted" and m, timeout=20)
    plivo.clear_faults()
    assert held["status"] == "unconfirmed" and len(grants(api, message)) == 1, "it was sent again without being asked for"
    api.patch("/settings", {"unknown_human": "resend"})
    api.post(f"/messages/{message['id']}/resend")
    status_of(api, message, "delivered", timeout=20)
    assert texts_to(plivo, to) == ["by hand"]


def test_p5_as_many_records_as_claimants_is_a_match_any_other_number_is_for_a_person(api, plivo):
    to = person()
    plivo.faults(http_500=1, dlr_drop=1)
    message = api.send(to, "ambiguous")
    status_of(api, message, "unconfirmed")
    plivo.faults(dlr_drop=1)
    for _ in range(2):                                      # another program on the same account, twice the same
        assert plivo.send(to, "ambiguous").status_code == 202
    held = eventually(lambda: (m := api.message(message["id"]))["status_reason"] == "ambiguous" and m, timeout=15)
    assert held["status"] == "unconfirmed" and held["status_text"]
    assert len(sends(plivo, to)) == 2, "it was sent again although nobody knows"
    marked = api.post(f"/messages/{message['id']}/mark", {"as": "sent"})
    assert marked["status"] == "sent"
    later = api.send(to, "later")
    status_of(api, later, "accepted", "sent", "delivered")
    assert texts_to(plivo, to) == ["ambiguous", "ambiguous", "later"]


@pytest.mark.parley(**QUICK, PLIVO_LOG="false")
def test_p5_where_plivo_keeps_no_numbers_an_unknown_send_is_for_a_person_and_never_sent_again(api, plivo):
    status_of(api, api.send(person(), "a witness"), "delivered")
    plivo.faults(accept_then_drop=1, dlr_drop=1)
    to = person()
    message = api.send(to, "whose number is masked")
    held = eventually(lambda: (m := api.message(message["id"]))["status_reason"] == "ambiguous" and m, 20, "it is for a person")
    assert held["status"] == "unconfirmed" and held["status_text"]
    assert texts_to(plivo, to) == ["whose number is masked"] and len(grants(api, message)) == 1
    assert api.post(f"/messages/{message['id']}/mark", {"as": "sent"})["status"] == "sent"


def test_p5_later_messages_to_the_person_wait_and_those_to_others_do_not(api, plivo, parley):
    to, other = people(2)
    plivo.faults(http_500=1)
    first = api.send(to, "first")
    status_of(api, first, "unconfirmed")
    plivo.clear_faults()
    second = api.send(to, "second")
    free = api.send(other, "free")
    status_of(api, free, "delivered")
    status_of(api, second, "delivered", timeout=20)
    status_of(api, first, "delivered")
    assert texts_to(plivo, to) == ["first", "second"]


def test_p5_a_late_report_overrules_that_plivo_did_not_know_it(api, plivo, parley):
    plivo.faults(http_500=1)
    message = api.send(person(), "late")
    status_of(api, message, "unconfirmed")
    assert api.post(f"/messages/{message['id']}/mark", {"as": "failed"})["status"] == "failed"
    path = "/plivo/status"
    assert parley.webhooks.status("11111111-2222-4333-8444-555555555555", "delivered", path=path).text == "OK"
    assert api.message(message["id"])["status"] == "failed", "a report of another message changed it"
    assert sends(plivo, message["to"]) == []


def test_p5_a_killed_sender_leaves_nothing_twice_and_nothing_behind(api, plivo, parley):
    plivo.faults(latency_ms=1500, dlr_drop=1)
    texts, _ = send_to_each(api, 40, "killed")
    eventually(lambda: sum(m["text"] in texts for m in sends(plivo)) >= 10)
    parley.kill("sender")
    plivo.faults(dlr_drop=1)
    parley.start("sender")
    settle(api)
    assert_each_once(plivo, texts)


def test_p5_a_person_can_ask_plivo_at_once_and_can_send_it_again(api, plivo):
    to = person()
    plivo.faults(http_500=1)
    message = api.send(to, "again, please")
    status_of(api, message, "unconfirmed")
    assert api.post(f"/messages/{message['id']}/check")["status"] == "unconfirmed"
    plivo.clear_faults()
    api.post(f"/messages/{message['id']}/resend")
    status_of(api, message, "delivered")
    assert texts_to(plivo, to) == ["again, please"]


# --- inline replies: ingress is their sender, and says nothing when it is gone ---------------------------------------------

INLINE = pytest.mark.parley(**QUICK, INLINE_REPLIES=1, ACK_BUDGET_MS=5000, SENDER_SILENCE_MS=3000)


def replies_on(plivo, who):
    return [m["text"] for m in plivo.phone(who) if m["by"] == "parley"]


def replies_to(api, who):
    return [m for m in outbound(api) if m["to"] == who]


def granted_and_not_handed_out(parley, api, plivo):
    """A reply that is committed while ingress, which is to write it, stands still and has not read of it; and Plivo's call."""
    def batches():
        return parley["ingress"].metrics()['parley_ingress_batches_total{lane="inbound"}']

    def once():
        who, before = person(), batches()
        parley.pause("worker")
        call = threading.Thread(target=plivo.inbound, args=(who, "hello"))
        call.start()
        eventually(lambda: batches() > before, what="ingress has asked the worker")
        parley.pause("ingress")
        parley.resume("worker")
        try:
            return eventually(lambda: replies_to(api, who), timeout=2)[0], call
        except AssertionError:                              # stopped with the question still in its hand: with somebody else, then
            parley.resume("ingress")
            call.join()
            return None

    return eventually(once, timeout=60)


@INLINE
def test_p5_an_inline_reply_that_ingress_took_to_its_grave_is_settled_and_sent_once(parley, api, plivo):
    text_until_acked(plivo, person(), "hello")              # a send of ours that Plivo's list is to have
    settle(api)
    reply, call = granted_and_not_handed_out(parley, api, plivo)
    assert reply["status"] == "sending"
    parley.kill("ingress")
    call.join()
    assert replies_on(plivo, reply["to"]) == [], "nobody can have written it"
    parley.start("ingress")                                 # Plivo calls again, and gets an empty answer
    status_of(api, reply, "unconfirmed", timeout=20)
    status_of(api, reply, "delivered", timeout=30)
    assert replies_on(plivo, reply["to"]) == [reply["text"]]
    assert [m["id"] for m in replies_to(api, reply["to"])] == [reply["id"]]
    assert {"unconfirmed", "check"} <= set(kinds(api, reply))


@INLINE
@pytest.mark.parametrize("victim", ["worker", "ingress"])
def test_p5_inline_replies_whose_fate_died_with_somebody_are_settled_and_never_sent_twice(parley, api, plivo, seed, victim):
    """Killed between commit and answer, or between the answer and its telling: nobody is told, and no report tells it either."""
    chance = random.Random(seed)
    plivo.faults(dlr_drop=1, seed=seed)
    crowd, unknown = [], []

    def once():
        some = people(24)
        crowd.extend(some)
        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(plivo.inbound, who, "hello") for who in some]
            done = chance.randrange(12)
            eventually(lambda: sum(call.done() for call in calls) >= done)
            parley.kill(victim)
            parley.start(victim)
            for call in calls:
                call.result()
        eventually(lambda: len(outbound(api)) == len(crowd), timeout=30)
        settle(api)
        unknown.extend(m for m in outbound(api) if m["to"] in some and "unconfirmed" in kinds(api, m))
        return unknown

    eventually(once, timeout=60, what="a reply whose fate nobody knew")
    for who in crowd:
        assert len(replies_on(plivo, who)) == 1, f"{len(replies_on(plivo, who))} replies to {who}"
    for message in unknown:
        assert "check" in kinds(api, message), "it was settled without Plivo"
