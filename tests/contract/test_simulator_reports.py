"""What becomes of a send: the number's queue, the reports, and what the faults make of them."""
import time

import pytest
import requests

from harness import eventually
from test_simulator_webhooks import sdk_accepts

PERSON = "+15551230001"


def statuses(reports):
    return [(r["Status"], r["Sequence"]) for r in reports]


ALL = [("queued", "1"), ("sent", "2"), ("delivered", "3")]


def test_reports_come_in_order_signed_and_whole(sim, reports, parley_url):
    uuid_ = sim.send(PERSON, "hi", url=reports.url + "?m=1").json()["message_uuid"][0]
    came = reports(3)
    assert statuses(came) == ALL
    assert {r["MessageUUID"] for r in came} == {r["ParentMessageUUID"] for r in came} == {uuid_}
    assert {(r["From"], r["To"], r["Type"], r["ErrorCode"], r["PartInfo"]) for r in came} == \
        {(sim.number[1:], PERSON[1:], "sms", "", "1 of 1")}
    assert [r["TotalAmount"] for r in came] == ["0.00000", "0.00550", "0.00550"]
    assert "SentTime" not in came[0] and came[1]["SentTime"] and "DeliveryReportTime" not in came[1] and came[2]["DeliveryReportTime"]
    assert came[0]["requester_ip"] == "127.0.0.1" and came[0]["MCC"]
    assert all(sdk_accepts(c, parley_url.address, sim.token) for c in parley_url.caught)
    assert sim.received(PERSON) == ["hi"]


def test_reports_by_get(sim, reports, parley_url):
    sim.send(PERSON, "hi", url=reports.url, method="GET")
    assert statuses(reports(3)) == ALL
    assert {c.method for c in parley_url.caught} == {"GET"}
    assert all(sdk_accepts(c, parley_url.address, sim.token) for c in parley_url.caught)


def test_a_send_without_url_is_not_reported(sim, parley_url):
    uuid_ = sim.send(PERSON, "hi").json()["message_uuid"][0]
    eventually(lambda: sim.rest("GET", f"Message/{uuid_}/").json()["message_state"] == "delivered")
    assert parley_url.caught == []


def test_a_report_that_gets_no_2xx_is_repeated(sim, reports, parley_url):
    parley_url.answer = lambda caught: (500 if len(parley_url.caught) == 1 else 200, "text/plain", "")
    sim.send(PERSON, "hi", url=reports.url)
    assert sorted(statuses(reports(4))) == sorted([("queued", "1")] + ALL)


# --- the number's queue -----------------------------------------------------------------------------------------------

def test_all_are_accepted_at_once_and_leave_at_the_numbers_rate(start_sim, reports):
    sim = start_sim(NUMBER_RATE=5).plivo
    for i in range(5):
        assert sim.send(f"+1555123000{i}", "hi", url=reports.url).status_code == 202
    assert [r["message_state"] for r in sim.rest("GET", "Message/").json()["objects"]].count("queued") >= 3

    def sent():
        times = sorted(r["message_sent_time"] or "" for r in sim.rest("GET", "Message/").json()["objects"])
        return all(times) and times
    times = [float(t[17:26]) for t in eventually(sent)]
    assert (times[4] - times[0]) % 60 >= 0.7, times                             # four waits of 0.2 s, less what it may catch up


def test_segments_count_not_messages(start_sim):
    sim = start_sim(NUMBER_RATE=4).plivo
    first = sim.send(PERSON, "a" * 400).json()["message_uuid"][0]             # three segments: 0.75 s
    second = sim.send(PERSON, "b").json()["message_uuid"][0]

    def times():
        t = [sim.rest("GET", f"Message/{u}/").json()["message_sent_time"] for u in (first, second)]
        return all(t) and [float(x[17:26]) for x in t]
    a, b = eventually(times)
    assert (b - a) % 60 >= 0.6                              # by messages it would be 0.25


def test_the_rate_can_be_changed_while_they_wait(start_sim):
    sim = start_sim(NUMBER_RATE=0.01).plivo
    for i in range(4):
        sim.send(PERSON, f"{i}")
    sim.faults(number_rate=1000)
    eventually(lambda: sim.received(PERSON) == ["0", "1", "2", "3"])


def test_what_expires_in_the_queue_fails_with_420(start_sim, reports):
    sim = start_sim(NUMBER_RATE=0.01).plivo
    sim.send(PERSON, "first")
    sim.send(PERSON, "second", url=reports.url, message_expiry=5)
    came = reports(2, timeout=15)
    assert statuses(came) == [("queued", "1"), ("failed", "2")] and came[1]["ErrorCode"] == "420"
    assert came[1]["TotalAmount"] == "0.00000" and sim.received(PERSON) == ["first"]
    sim.faults(number_rate=1000)
    sim.send(PERSON, "third")
    eventually(lambda: sim.received(PERSON) == ["first", "third"])


# --- faults -----------------------------------------------------------------------------------------------------------

def test_accept_then_drop_is_accepted_but_not_answered(sim, reports):
    sim.faults(accept_then_drop=1)
    with pytest.raises(requests.ConnectionError):
        sim.send(PERSON, "hi", url=reports.url)
    assert len(sim.messages()) == 1 and statuses(reports(3)) == ALL


@pytest.mark.parametrize("fault, status", [("http_500", 500), ("http_429", 429)])
def test_errors_accept_nothing(sim, fault, status):
    sim.faults(**{fault: True})
    assert sim.send(PERSON, "hi").status_code == status
    assert sim.messages() == []
    sim.clear_faults()
    assert sim.send(PERSON, "hi").status_code == 202


def test_a_late_answer_comes_after_acceptance_and_report(sim, reports, parley_url):
    sim.faults(latency_ms=1500)
    began = time.monotonic()
    answer = sim.send(PERSON, "hi", url=reports.url)
    answered = time.monotonic()
    assert answer.status_code == 202 and answered - began >= 1.5
    assert statuses(reports(3)) == ALL and parley_url.caught[0].at < answered


def test_a_report_can_beat_the_answer(sim, reports, parley_url):
    sim.faults(dlr_before_response=1)
    answer = sim.send(PERSON, "hi", url=reports.url)
    assert answer.status_code == 202
    assert parley_url.caught[0].params["MessageUUID"] == answer.json()["message_uuid"][0]


def test_reports_can_be_late(sim, reports, parley_url):
    sim.faults(dlr_delay_ms=700)
    began = time.monotonic()
    sim.send(PERSON, "hi", url=reports.url)
    assert statuses(reports(3)) == ALL and parley_url.caught[0].at - began >= 0.69
    assert sim.received(PERSON) == ["hi"]


def test_reports_can_come_twice(sim, reports):
    sim.faults(dlr_duplicate=1)
    sim.send(PERSON, "hi", url=reports.url)
    assert statuses(reports(6)) == [s for s in ALL for _ in range(2)]


def test_reports_can_come_in_reverse(sim, reports):
    sim.faults(dlr_reorder=1)
    sim.send(PERSON, "hi", url=reports.url)
    assert statuses(reports(3)) == ALL[::-1]


def test_reports_can_be_lost_while_the_message_arrives(sim, reports, parley_url):
    sim.faults(dlr_drop=1)
    uuid_ = sim.send(PERSON, "hi", url=reports.url).json()["message_uuid"][0]
    eventually(lambda: sim.rest("GET", f"Message/{uuid_}/").json()["message_state"] == "delivered")
    assert parley_url.caught == [] and sim.received(PERSON) == ["hi"]


@pytest.mark.parametrize("faults, words, code", [
    ({"dlr_final": "undelivered"}, ["queued", "sent", "undelivered"], "70"),
    ({"dlr_final": "undelivered", "error_code": 30}, ["queued", "sent", "undelivered"], "30"),
    ({"dlr_final": "failed", "error_code": 900}, ["queued", "failed"], "900"),
    ({"dlr_final": "rejected"}, ["queued", "rejected"], "10"),
    ({"error_code": 80}, ["queued", "failed"], "80"),
    ({"dlr_final": "delivered", "error_code": 80}, ["queued", "sent", "delivered"], ""),
])
def test_messages_can_end_otherwise(sim, reports, faults, words, code):
    sim.faults(**faults)
    uuid_ = sim.send(PERSON, "hi", url=reports.url).json()["message_uuid"][0]
    came = reports(len(words))
    assert [r["Status"] for r in came] == words and came[-1]["ErrorCode"] == code
    assert sim.received(PERSON) == (["hi"] if words[-1] == "delivered" else [])
    record = sim.rest("GET", f"Message/{uuid_}/").json()
    assert record["message_state"] == words[-1] and int(record["error_code"]) == int(code or 0)


def test_webhooks_can_be_doubled_and_forged(sim, parley_url):
    sim.faults(webhook_duplicate=1)
    uuid_ = sim.inbound(PERSON, "hello")["message_uuid"]
    assert [c.params["MessageUUID"] for c in parley_url.wait_for(2)] == [uuid_, uuid_]
    assert sdk_accepts(parley_url.caught[0], parley_url.address, sim.token)
    sim.faults(webhook_bad_signature=1)
    sim.inbound(PERSON, "hello")
    assert not sdk_accepts(parley_url.caught[2], parley_url.address, sim.token)


def test_a_seed_repeats_the_chance(sim):
    def run():
        sim.faults(http_500=0.5, seed=7)
        return [sim.send(PERSON, "hi").status_code for _ in range(30)]
    first = run()
    assert first == run() and set(first) == {202, 500}


def test_put_replaces_and_delete_empties_the_faults(sim):
    assert sim.faults(latency_ms=5, dnd=False, dlr_final="failed") == {"latency_ms": 5, "dnd": False, "dlr_final": "failed"}
    assert sim.faults(http_500=0.25) == {"http_500": 0.25}
    assert sim._control("GET", "/sim/faults") == {"http_500": 0.25}
    assert sim.clear_faults() == {} and sim.send(PERSON, "hi").status_code == 202


@pytest.mark.parametrize("name, value", [("http_500", 1.1), ("http_500", -0.1), ("http_500", "1"), ("latency_ms", -1), ("latency_ms", 60001),
                                         ("latency_ms", True), ("dlr_final", "lost"), ("dlr_final", 1), ("dnd", 1), ("number_rate", 0),
                                         ("error_code", None), ("http_50", 1), ("seed", -1)])
def test_a_wrong_fault_is_refused_by_name_and_changes_nothing(sim, name, value):
    sim.faults(error_code=30)
    answer = sim.session.put(sim.address + "/sim/faults", json={"latency_ms": 1, name: value})
    assert answer.status_code == 400 and answer.json()["field"] == name
    assert sim._control("GET", "/sim/faults") == {"error_code": 30}


def test_more_than_100_calls_at_once_get_429(sim):
    from concurrent.futures import ThreadPoolExecutor
    sim.faults(latency_ms=3000)
    with ThreadPoolExecutor(130) as pool:
        codes = list(pool.map(lambda i: sim.send(PERSON, f"{i}").status_code, range(130)))
    assert codes.count(202) >= 100 and codes.count(429) >= 1 and set(codes) == {202, 429}
    assert len(sim.messages()) == codes.count(202)


def test_a_reset_forgets_everything(sim, reports, parley_url):
    parley_url.answer = (500, "text/plain", "")
    sim.faults(dlr_delay_ms=1)
    sim.inbound(PERSON, "STOP")
    sim.send(PERSON, "hi", url=reports.url)
    sim.reset()
    assert sim.messages() == sim.phone(PERSON) == [] and sim._control("GET", "/sim/faults") == {}
    parley_url.answer = (200, "text/plain", "")
    sim.send(PERSON, "on", url=reports.url)
    eventually(lambda: sim.received(PERSON) == ["on"])
