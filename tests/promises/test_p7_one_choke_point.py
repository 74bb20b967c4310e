"""P7: one choke point. Whoever asks for a message, the same checks stand before it, in the same place."""
import datetime
import random
import threading

import pytest

from harness import eventually, slowed
from truth import (QUICK, at_ms, contact_of, insist_on_send, number_of, outbound, passed_at_most, people, person, sends,
                   settle, status_of, text_until_acked, texts_to)

RATE = 20
SYSTEM = QUICK | {"NUMBER_RATE": RATE, "CONFIRM_AFTER_MS": 20000}
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def number(parley, api):
    """Our number; as it was, afterwards. The loop breaker is another test's: here a person gets many answers in a minute."""
    it = number_of(api, parley)
    api.patch("/settings", {"loop_limit": 1000, "loop_same_limit": 1000})
    yield it
    api.patch(f"/numbers/{it['id']}", {"state": "active", "reply_via": "rest", "rate": RATE, "daily_limit": None})


def change(api, number, **what):
    return api.patch(f"/numbers/{number['id']}", what)


def grants(api, messages):
    """[(ms, segments)] of every attempt that was ever granted."""
    return [(at_ms(entry["at"]), message["segments"]) for message in messages
            for entry in api.timeline(message["id"])["data"] if entry["kind"] == "grant"]


def test_p7_consent_stands_before_api_rules_and_inline_replies_alike(api, plivo, number):
    who = person()
    text_until_acked(plivo, who, "STOP")
    for kind in ("transactional", "human", "bulk", "auto"):
        refused = api.send(who, f"as {kind}", **{"class": kind})
        assert (refused["status"], refused["status_reason"]) == ("blocked", "opted_out")
    text_until_acked(plivo, who, "a question")              # a rule would answer it
    change(api, number, reply_via="xml")
    answer = plivo.inbound(who, "another question")         # and so would an inline reply
    assert "<Message" not in answer["webhook_body"]
    settle(api)
    assert texts_to(plivo, who) == []
    assert [m["text"] for m in plivo.phone(who) if m["by"] == "parley"] == []


def test_p7_a_paused_number_sends_nothing_and_goes_on_in_order(api, plivo, number):
    change(api, number, state="paused")
    asker, texter, inline = people(3)
    first = api.send(asker, "one")
    status_of(api, first, "held")
    assert api.message(first["id"])["status_reason"] == "number_paused"
    api.send(asker, "two")
    text_until_acked(plivo, texter, "hello")
    change(api, number, reply_via="xml")
    assert "<Message" not in plivo.inbound(inline, "hello")["webhook_body"]
    assert sends(plivo, asker) == sends(plivo, texter) == sends(plivo, inline) == []
    change(api, number, state="active", reply_via="rest")
    settle(api)
    assert texts_to(plivo, asker) == ["one", "two"]
    assert len(texts_to(plivo, texter)) == 1 and len(texts_to(plivo, inline)) == 1


def test_p7_no_window_passes_more_than_the_rate_whoever_asks_and_whoever_dies(parley, api, plivo, number, seed):
    chance = random.Random(seed)
    before = {m["id"] for m in outbound(api)}
    plivo.faults(number_rate=1000)
    with parley.killing("sender", "worker", seed=seed, every_s=(0.3, 0.9)) as died:
        for i, who in enumerate(people(110)):
            length = chance.choice([20, 20, 200, 400])      # one, two, three segments
            if i % 5 == 0:
                text_until_acked(plivo, who, "hello")
            else:
                insist_on_send(api, who, f"{i:03d}" + "x" * length, f"{seed} rate {i}",
                               **{"class": chance.choice(["transactional", "human", "auto"])})
        eventually(lambda: len(died) >= 4, timeout=20)
    settle(api, timeout=60)
    messages = [m for m in outbound(api) if m["id"] not in before]
    assert len(messages) == 110
    passed_at_most(grants(api, messages), RATE, RATE)
    # A granted send may take 2 s to leave: what Plivo sees bunches by no more than that.
    texts = {m["text"]: m["segments"] for m in messages}
    arrivals = [(at_ms(m["accepted_at"]), texts[m["text"]]) for m in plivo.messages() if m["text"] in texts]
    passed_at_most(arrivals, RATE, RATE, slack_ms=2000)


def test_p7_a_daily_limit_holds_what_is_over_it(api, plivo, number):
    used = sum(m["segments"] for m in outbound(api) if m["plivo_uuid"])
    change(api, number, daily_limit=used + 1000)
    to = person()
    status_of(api, api.send(to, "within"), "delivered")
    change(api, number, daily_limit=1)
    over = api.send(to, "over")
    held = status_of(api, over, "held")
    assert held["status_reason"] == "daily_limit" and held["status_text"]
    answer = text_until_acked(plivo, person(), "hello")
    assert answer
    change(api, number, daily_limit=None)
    assert api.delete(f"/messages/{over['id']}", wanted=(200, 409))
    assert texts_to(plivo, to)[0] == "within"


def assert_in_order(api, arrived, asked):
    """`arrived`: the texts of one person as Plivo took them; `asked`: the messages in the order of asking.

    The one that may pass others is a `human` message, once the attempt before them has been open for CONFIRM_AFTER_MS.
    """
    texts = [message["text"] for message in asked]
    assert sorted(arrived) == sorted(texts)
    if arrived == texts:
        return
    granted_at = {message["text"]: grants(api, [message])[0][0] for message in asked}
    place = {text: i for i, text in enumerate(arrived)}
    for i, message in enumerate(asked):
        passed = [text for text in texts[:i] if place[text] > place[message["text"]]]
        waited_for = min((granted_at[text] for text in texts[:i]), default=granted_at[message["text"]])
        assert not passed or (message["class"] == "human" and
                              granted_at[message["text"]] - waited_for >= SYSTEM["CONFIRM_AFTER_MS"]), \
            f"{message['text']!r} ({message['class']}) passed {passed}"


def test_p7_messages_to_one_person_leave_in_their_order_whatever_their_class(parley, api, plivo, number, seed):
    chance = random.Random(seed)
    change(api, number, rate=200)
    # A call takes so long that some are under way whenever the sender dies, and that as many fit between two kills, slowed or not.
    plivo.faults(latency_ms=round(slowed(50)), accept_then_drop=0.1, dlr_delay_ms=30, number_rate=1000, seed=seed)
    crowd = people(6)
    asked = {who: [] for who in crowd}
    n = 0
    with parley.killing("sender", seed=seed, every_s=(0.4, 0.8)) as died:
        while len(died) < 3:
            eventually(lambda: n - len(plivo.messages()) < 30 or len(died) >= 3, timeout=180, what="the queue has gone down")
            who = chance.choice(crowd)
            asked[who].append(insist_on_send(api, who, f"no. {n}", f"{seed} order {n}",
                                             **{"class": chance.choice(["auto", "transactional", "human"])}).json())
            n += 1
    settle(api, timeout=90)
    for who in crowd:
        assert_in_order(api, texts_to(plivo, who), asked[who])


def test_p7_one_person_who_has_to_wait_holds_up_nobody_else(api, plivo, number):
    stuck, others = person(), people(10)
    change(api, number, rate=200)
    plivo.faults(http_500=1)
    first = api.send(stuck, "stuck")
    status_of(api, first, "unconfirmed")
    plivo.clear_faults()
    for i in range(30):
        api.send(stuck, f"behind it {i}")
    free = [api.send(who, "free") for who in others]
    for message in free:
        status_of(api, message, "accepted", "sent", "delivered", timeout=5)
    assert sends(plivo, stuck) == []
    api.post(f"/messages/{first['id']}/mark", {"as": "failed"})
    settle(api)
    assert texts_to(plivo, stuck) == [f"behind it {i}" for i in range(30)]


def test_p7_nobody_passes_a_stop_by_being_asked_at_the_same_moment(api, plivo, number):
    crowd = people(30)
    asked = []

    def ask():
        for who in crowd:
            asked.append(api.send(who, "at the same moment"))

    thread = threading.Thread(target=ask)
    thread.start()
    for who in reversed(crowd):
        text_until_acked(plivo, who, "STOP")
    thread.join()
    settle(api)
    for message in asked:
        now = api.message(message["id"])
        opted_out_at = at_ms(api.all(f"/contacts/{contact_of(api, now['to'])['id']}/consent")[-1]["at"])
        for granted_at, _ in grants(api, [now]):
            assert granted_at <= opted_out_at, f"granted {granted_at - opted_out_at} ms after the opt-out"
        assert now["status"] in ("blocked", "delivered", "sent", "accepted", "failed"), now


def test_p7_neither_a_setting_nor_plivos_units_can_stop_the_line(parley, api, plivo, number):
    for rate in (1e-9, 1e-300, 0.009):
        assert api.request("PATCH", f"/numbers/{number['id']}", json={"rate": rate}).status_code == 400
    plivo.faults(dlr_drop=1)
    message = status_of(api, api.send(person(), "one segment"), "accepted")
    callback = next(m["callback_url"] for m in plivo.messages() if m["message_uuid"] == message["plivo_uuid"])
    answer = parley.webhooks.status(message["plivo_uuid"], "failed", 2, path=callback.removeprefix(parley.public_url),
                                    to=message["to"], Units="5000", ErrorCode="10")
    assert answer.status_code == 200
    status_of(api, message, "failed")
    plivo.clear_faults()
    api.post(f"/messages/{message['id']}/resend")
    status_of(api, message, "delivered", timeout=20)
    status_of(api, api.send(person(), "behind it", media_urls=["https://example.com/a.png"]), "delivered")


def test_p7_who_waits_for_an_hour_holds_up_nobody_and_hides_nobody(api, plivo, number):
    """More messages for later than one decision looks at: the open attempt behind them still counts."""
    to = person()
    change(api, number, rate=500)
    in_an_hour = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for i in range(70):
        api.send(to, f"for later {i}", send_at=in_an_hour)
    plivo.faults(http_500=1)
    first = api.send(to, "open")
    status_of(api, first, "unconfirmed")
    plivo.clear_faults()
    second = api.send(to, "after it")
    other = api.send(person(), "meanwhile")
    status_of(api, other, "delivered")
    assert api.message(second["id"])["status"] == "queued", "it passed an open attempt"
    assert sends(plivo, to) == []
    api.post(f"/messages/{first['id']}/mark", {"as": "failed"})
    status_of(api, second, "delivered")
    assert texts_to(plivo, to) == ["after it"]
    text_until_acked(plivo, to, "STOP")                     # and all that waited for its hour with it
    eventually(lambda: {m["status"] for m in outbound(api) if m["text"].startswith("for later")} == {"blocked"})
