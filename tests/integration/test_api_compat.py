"""The routes of the common Plivo tutorials, exactly as those front ends use them."""
import pytest
import requests

from harness import Parley, eventually

PERSON = "+15550100701"


@pytest.fixture(scope="module")
def parley():
    with Parley() as system:
        yield system


def send(parley, **options):
    return requests.post(parley.api_url + "/api/send_sms", timeout=20, **options)


def messages(parley):
    answer = requests.get(parley.api_url + "/api/messages", timeout=20)
    assert answer.status_code == 200 and answer.json()["success"] is True
    return answer.json()["messages"]


def test_a_text_goes_out_and_is_listed(parley):
    answer = send(parley, json={"to": PERSON, "text": "from a tutorial"})
    assert answer.status_code == 200
    assert set(answer.json()) == {"success", "messageId"} and answer.json()["success"] is True
    eventually(lambda: "from a tutorial" in parley.plivo.received(PERSON), 20, "it is on the phone")
    listed = [m for m in messages(parley) if m["id"] == answer.json()["messageId"]]
    assert len(listed) == 1
    assert set(listed[0]) == {"id", "from", "to", "text", "type", "timestamp"}
    assert (listed[0]["from"], listed[0]["to"], listed[0]["text"], listed[0]["type"]) == \
        (parley.number, PERSON, "from a tutorial", "outbound")


def test_messages_come_oldest_first_with_both_directions(parley):
    before = len(messages(parley))

    def came():
        new = messages(parley)[before:]
        return new if len([m for m in new if m["type"] == "inbound"]) == 3 else None
    for text in ("first", "second", "third"):
        assert parley.plivo.inbound(PERSON, text)["webhook_status"] == 200
    new = eventually(came, 10)
    assert [m["text"] for m in new if m["type"] == "inbound"] == ["first", "second", "third"]
    assert [m["timestamp"] for m in new] == sorted(m["timestamp"] for m in new)


@pytest.mark.parametrize("body", [{}, {"to": PERSON}, {"text": "x"}, {"to": "", "text": ""}, {"to": PERSON, "text": ""}, {"to": None, "text": None}])
def test_missing_fields_are_named_as_the_tutorials_name_them(parley, body):
    answer = send(parley, json=body)
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "message": "Missing required fields: to, text"}


@pytest.mark.parametrize("to", ["abc", "123", "+", "15550100701", "+0555", "tel:+15550100701;ext=5"])
def test_a_number_that_is_none_is_refused(parley, to):
    answer = send(parley, json={"to": to, "text": "x"})
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "message": "Invalid phone number format"}


def test_fields_that_a_front_end_adds_are_ignored(parley):
    assert send(parley, json={"to": PERSON, "text": "x", "user": "me"}).status_code == 200


def test_who_has_opted_out_is_told_as_the_tutorials_tell_it(parley):
    person = "+15550100702"
    assert parley.plivo.inbound(person, "STOP")["webhook_status"] == 200
    answer = send(parley, json={"to": person, "text": "still there?"})
    assert answer.status_code == 400
    assert answer.json()["success"] is False and "opted out" in answer.json()["message"]


def test_health_is_one_of_them(parley):
    health = requests.get(parley.api_url + "/health", timeout=20)
    assert health.status_code == 200
    assert health.json()["status"] == "ok" and set(health.json()) == {"status", "timestamp", "uptime", "checks"}


def test_receive_sms_and_dlr_are_not_here(parley):
    assert requests.post(parley.api_url + "/api/receive_sms", timeout=20).status_code == 404
    assert requests.post(parley.api_url + "/api/dlr", timeout=20).status_code == 404
