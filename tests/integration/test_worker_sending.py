"""What is asked for once is done once, when it was asked for: send_at, cancelling, Idempotency-Key, classes."""
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from harness import eventually
from worker_world import house, parley, reaches, who  # noqa: F401: fixtures


def at(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_the_gauges_tell_what_waits_and_what_is_open(start_parley):
    parley = start_parley(CONFIRM_AFTER_MS=60000)
    parley.kill("sender")
    for i in range(3):
        parley.api.send(f"+155501811{i:02d}", "waits")
    parley.api.send("+15550181199", "for later", send_at=at(hours=1))

    def gauges():
        metrics = parley["worker"].metrics()
        return [metrics[f"parley_{name}"] for name in ("outbox_size", "outbox_oldest_milliseconds", "open_attempts")]

    def waiting():
        size, oldest_ms, still_open = gauges()
        assert (size, still_open) == (4, 0) and oldest_ms > 0, gauges()
        return True

    def under_way():
        assert gauges() == [1, 0, 3]
        return True

    eventually(waiting)
    parley.plivo.faults(http_500=1)
    parley.start("sender")
    eventually(under_way)


def test_a_message_for_later_leaves_at_its_time_and_not_before(parley, who):
    when = at(seconds=2)
    message = parley.api.send(who, "later", send_at=when)
    assert (message["status"], message["send_at"]) == ("held", when)
    assert message["status_text"]
    assert parley.api.messages(contact=who, status="held")
    reaches(parley.api, message, "delivered")
    [sent] = [m for m in parley.plivo.messages() if m["text"] == "later" and who.endswith(m["dst"].lstrip("+"))]
    assert parsed(sent["accepted_at"]) >= parsed(when)
    assert parley.plivo.received(who) == ["later"]


def test_a_later_one_does_not_hold_up_what_is_sent_now(parley, who):
    later = parley.api.send(who, "later", send_at=at(hours=1))
    now = parley.api.send(who, "now")
    reaches(parley.api, now, "delivered")
    assert parley.api.message(later["id"])["status"] == "held"
    assert parley.api.delete(f"/messages/{later['id']}")["status"] == "cancelled"


def test_what_is_cancelled_stays_so_over_a_restart_and_its_time(parley, who):
    message = parley.api.send(who, "never", send_at=at(seconds=2))
    parley.api.delete(f"/messages/{message['id']}")
    parley.restart("worker")
    probe = parley.api.send(who, "after it", send_at=at(seconds=2, milliseconds=500))
    reaches(parley.api, probe, "delivered")
    assert parley.api.message(message["id"])["status"] == "cancelled"
    assert parley.plivo.received(who) == ["after it"]
    assert parley.api.delete(f"/messages/{message['id']}", wanted=200)["status"] == "cancelled"      # asked again, answered again


@pytest.mark.parametrize("when", ["yesterday", "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", 5, "2026-13-01T00:00:00Z"])
def test_a_time_that_cannot_be_is_refused(parley, who, when):
    answer = parley.api.request("POST", "/messages", json={"to": who, "text": "x", "send_at": when})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "send_at", answer.text


def post(parley, key, body):
    return parley.api.request("POST", "/messages", json=body, headers={"Idempotency-Key": key})


def test_the_same_key_gives_the_same_answer_even_after_a_restart(parley, who):
    key, body = str(uuid.uuid4()), {"to": who, "text": "once", "class": "human"}
    first = post(parley, key, body)
    reaches(parley.api, first.json(), "delivered")
    parley.restart("worker", "api")
    again = post(parley, key, body)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert again.json() == first.json()                     # the first answer, not what has become of it
    assert parley.plivo.received(who) == ["once"]


@pytest.mark.parametrize("change", [{"text": "other"}, {"class": "bulk"}, {"from": "+15550100000"}, {"to": "+15550100999"}])
def test_the_same_key_with_another_body_is_422_and_does_nothing(parley, who, change):
    key, body = str(uuid.uuid4()), {"to": who, "text": "once"}
    first = post(parley, key, body)
    answer = post(parley, key, {**body, **change})
    assert answer.status_code == 422 and answer.headers["Content-Type"] == "application/problem+json"
    assert [m["id"] for m in parley.api.messages(contact=who, direction="outbound")] == [first.json()["id"]]
    assert post(parley, key, body).json()["id"] == first.json()["id"]


def test_the_same_body_written_otherwise_is_the_same(parley, who):
    key = str(uuid.uuid4())
    first = post(parley, key, {"to": who, "text": "once"})
    raw = '{ "text":"\\u006fnce",\n "to" : "%s" }' % who
    again = parley.api.request("POST", "/messages", data=raw, headers={"Idempotency-Key": key, "Content-Type": "application/json"})
    assert again.status_code == 202 and again.json()["id"] == first.json()["id"]


def test_a_refused_request_leaves_its_key_free(parley, who):
    key = str(uuid.uuid4())
    assert post(parley, key, {"to": who, "text": "x", "from": "+15550100888"}).status_code == 400
    assert post(parley, key, {"to": who, "text": "x"}).status_code == 202


@pytest.mark.parametrize("key, status", [("k" * 255, 202), ("k" * 256, 400), ("", 400)])
def test_a_key_has_1_to_255_characters(parley, who, key, status):
    assert post(parley, key, {"to": who, "text": "x"}).status_code == status


def test_a_key_of_255_characters_counts_whole(parley, who):
    head = uuid.uuid4().hex + "k" * 222
    assert post(parley, head + "a", {"to": who, "text": "one"}).json()["id"] != \
        post(parley, head + "b", {"to": who, "text": "two"}).json()["id"]


def test_messages_of_one_person_leave_in_their_order(parley, who):
    sent = [parley.api.send(who, f"{n}") for n in range(8)]
    for message in sent:
        reaches(parley.api, message, "delivered")
    assert parley.plivo.received(who) == [f"{n}" for n in range(8)]


def test_a_timeline_tells_it_all_in_order(parley, who):
    message = parley.api.send(who, "hello", send_at=at(seconds=1))
    reaches(parley.api, message, "delivered")

    def whole():
        entries = parley.api.timeline(message["id"])["data"]
        kinds = [e["kind"] for e in entries]
        assert {"queued", "hold", "grant", "attempt", "report"} <= set(kinds), kinds
        return entries
    entries = eventually(whole, 10)
    assert all(set(e) == {"at", "kind", "text", "data"} and e["text"] and isinstance(e["data"], dict) for e in entries)
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)


@pytest.mark.parametrize("body, field", [({"text": "x"}, "to"), ({"to": "+15550100123"}, "text"), ({"to": "nobody", "text": "x"}, "to"),
                                         ({"to": "22395", "text": "x"}, "to"), ({"to": "+15550100123", "text": "x" * 1601}, "text"),
                                         ({"to": "+15550100123", "text": "я" * 738}, "text"),
                                         ({"to": "+15550100123", "text": "x", "class": "confirm"}, "class"),
                                         ({"to": "+15550100123", "text": "x", "colour": "red"}, "colour"),
                                         ({"to": "+15550100123", "media_urls": ["ftp://x/y"]}, "media_urls")])
def test_a_request_that_cannot_be_is_refused_by_its_field(parley, body, field):
    answer = parley.api.request("POST", "/messages", json=body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text
