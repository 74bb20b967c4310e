"""Inbound messages: the webhook as Plivo calls it, its signature, its repeats, and XML answers."""
import uuid

import plivo.utils
import pytest

from harness import Catcher, eventually, free_port

PERSON = "+15551230001"
INBOUND = {"From", "To", "Text", "Type", "MessageUUID", "TotalRate", "TotalAmount", "Units", "MessageIntent", "PowerpackUUID"}


def sdk_accepts(caught, address, token):
    url, headers = address + caught.path, caught.headers
    params = caught.params if caught.method == "POST" else {}
    nonce = headers["X-Plivo-Signature-V3-Nonce"]
    return (all(plivo.utils.validate_v3_signature(caught.method, url, nonce, token, headers[name], params)
                for name in ("X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"))
            and all(plivo.utils.validate_signature(url, headers["X-Plivo-Signature-V2-Nonce"], headers[name], token)
                    for name in ("X-Plivo-Signature-V2", "X-Plivo-Signature-Ma-V2")))


def test_a_text_calls_the_webhook_with_every_parameter(sim, parley_url):
    answer = sim.inbound(PERSON, "Hello & 1+1 = 2\n")
    assert answer["webhook_status"] == 200 and answer["webhook_body"] == "<Response></Response>" and answer["elapsed_ms"] > 0
    [caught] = parley_url.caught
    assert (caught.method, caught.path) == ("POST", "/plivo/inbound")
    assert caught.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert set(caught.params) == INBOUND
    assert caught.params["MessageUUID"] == answer["message_uuid"] and caught.params["Text"] == "Hello & 1+1 = 2\n"
    assert (caught.params["From"], caught.params["To"], caught.params["Units"]) == (PERSON[1:], sim.number[1:], "1")
    assert sdk_accepts(caught, parley_url.address, sim.token)


def test_the_official_sdk_refuses_another_token(sim, parley_url):
    sim.inbound(PERSON, "hello")
    assert not sdk_accepts(parley_url.caught[0], parley_url.address, "another-token")


def test_the_first_of_several_tokens_signs(start_sim, parley_url):
    start_sim(PLIVO_AUTH_TOKEN="first-token,second-token").plivo.inbound(PERSON, "hello")
    assert sdk_accepts(parley_url.caught[0], parley_url.address, "first-token")


def test_by_get_all_parameters_stand_in_the_query_and_are_signed(sim, parley_url):
    sim.rest("POST", "Application/10000000000000001/", {"message_method": "GET", "message_url": parley_url.address + "/in?a=1"})
    sim.inbound(PERSON, "hello there")
    [caught] = parley_url.caught
    assert caught.method == "GET" and caught.path.startswith("/in?a=1&From=") and caught.params["Text"] == "hello there"
    assert sdk_accepts(caught, parley_url.address, sim.token)


def test_media_make_an_mms(sim, parley_url):
    sim.inbound(PERSON, "look", media=["https://h/a.png?x=1&y=2", "https://h/b.png"])
    params = parley_url.caught[0].params
    assert (params["Type"], params["Body"], params["MediaCount"]) == ("mms", "look", "2")
    assert (params["Media0"], params["Media1"]) == ("https://h/a.png?x=1&y=2", "https://h/b.png")
    assert sim.phone(PERSON)[0]["media"] == ["https://h/a.png?x=1&y=2", "https://h/b.png"]


def test_a_long_text_arrives_joined_with_its_units(sim, parley_url):
    sim.inbound(PERSON, "й" * 200)
    assert parley_url.caught[0].params["Units"] == "3" and parley_url.caught[0].params["Text"] == "й" * 200


@pytest.mark.parametrize("status", [500, 503, 403, 302])
def test_what_is_not_2xx_is_repeated_with_the_same_uuid_and_a_fresh_nonce(sim, parley_url, status):
    parley_url.answer = lambda caught: (status if len(parley_url.caught) < 3 else 200, "text/plain", "no")
    answer = sim.inbound(PERSON, "hello")
    assert answer["webhook_status"] == status and answer["webhook_body"] == "no"
    tries = parley_url.wait_for(3)
    assert len({t.params["MessageUUID"] for t in tries}) == 1 and len({t.body for t in tries}) == 1
    assert len({t.headers["X-Plivo-Signature-V3-Nonce"] for t in tries}) == 3
    assert all(sdk_accepts(t, parley_url.address, sim.token) for t in tries)
    assert tries[1].at - tries[0].at >= 0.19 and tries[2].at - tries[1].at >= 0.39      # SIM_RETRY_MS


def test_after_the_last_repeat_the_record_tells_why(start_sim, parley_url):
    sim = start_sim(SIM_RETRY_MS="30,30").plivo
    parley_url.answer = (503, "text/plain", "")
    uuid_ = sim.inbound(PERSON, "hello")["message_uuid"]

    def given_up():
        record = sim.rest("GET", f"Message/{uuid_}/").json()
        assert (record["message_state"], record["error_code"]) == ("undelivered", "2503"), record
        return True
    eventually(given_up)
    assert len(parley_url.caught) == 3


def test_a_webhook_that_is_down_is_called_again_when_it_is_back(start_sim):
    port = free_port()
    sim = start_sim(SIM_RETRY_MS="100,100,100,100,100,100,100,100", PUBLIC_URL=f"http://127.0.0.1:{port}").plivo
    answer = sim.inbound(PERSON, "hello")
    assert answer["webhook_status"] == 0 and answer["webhook_body"] == ""
    with Catcher(port=port) as back:
        assert back.wait_for(1)[0].params["MessageUUID"] == answer["message_uuid"]


def test_a_webhook_that_cuts_the_connection_is_called_again(sim, parley_url):
    parley_url.answer = lambda caught: None if len(parley_url.caught) == 1 else (200, "text/plain", "")
    assert sim.inbound(PERSON, "hello")["webhook_status"] == 0
    parley_url.wait_for(2)


def test_the_same_webhook_can_be_asked_for_again(sim, parley_url):
    uuid_ = sim.inbound(PERSON, "hello")["message_uuid"]
    again = sim.inbound(PERSON, "hello", message_uuid=uuid_)
    assert again["message_uuid"] == uuid_ and parley_url.caught[0].body == parley_url.caught[1].body
    assert len(sim.phone(PERSON)) == 1
    mine = str(uuid.uuid4())
    assert sim.inbound(PERSON, "hello", message_uuid=mine)["message_uuid"] == mine
    assert parley_url.caught[2].params["MessageUUID"] == mine


def test_senders_that_are_no_numbers(sim, parley_url):
    for sender, plain in [("24587", "24587"), ("PARLEY", "PARLEY"), ("15551230001", "15551230001")]:
        sim.inbound(sender, "hello")
        assert parley_url.caught[-1].params["From"] == plain


def test_another_number_of_the_account_comes_into_being(sim, parley_url):
    sim.inbound(PERSON, "hello", to="+15550100077")
    assert parley_url.caught[0].params["To"] == "15550100077"
    assert sim.send(PERSON, "hi", src="+15550100077").status_code == 202


@pytest.mark.parametrize("body, field", [
    ({}, "from"), ({"from": None}, "from"), ({"from": 5}, "from"), ({"from": "+1"}, "from"), ({"from": "+abc"}, "from"),
    ({"from": ""}, "from"), ({"from": "a name that is too long"}, "from"), ({"to": "PARLEY"}, "to"), ({"to": []}, "to"),
    ({"text": 1}, "text"), ({"text": "a" * 65537}, "text"), ({"media": "https://h/x"}, "media"), ({"media": ["x"]}, "media"),
    ({"media": ["https://h/x"] * 11}, "media"), ({"media": [1]}, "media"), ({"intent": "stop"}, "intent"),
    ({"message_uuid": "x"}, "message_uuid"), ({"txt": "hello"}, "txt"),
])
def test_a_wrong_inbound_is_refused_by_name(sim, parley_url, body, field):
    whole = body if "from" in body or not body else {"from": PERSON, **body}
    answer = sim.session.post(sim.address + "/sim/inbound", json=whole)
    assert answer.status_code == 400 and answer.json()["field"] == field, answer.text
    assert parley_url.caught == []


# --- XML answers -----------------------------------------------------------------------------------------------------

def answered(text):
    return (200, "application/xml", text)


def test_an_xml_reply_reaches_the_phone_and_is_reported(sim, parley_url):
    reply = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Message src="{sim.number[1:]}" dst="{PERSON[1:]}" type="sms" '
             f'callbackUrl="{parley_url.address}/report?a=1&amp;b=2">1 &lt; 2 &amp; 3 &#228;&#x1F600;</Message></Response>')
    parley_url.answer = lambda caught: answered(reply if caught.path == "/plivo/inbound" else "")
    assert sim.inbound(PERSON, "hello")["webhook_body"] == reply
    reports = parley_url.wait_for(3, where=lambda c: c.path == "/report?a=1&b=2")
    assert [r.params["Status"] for r in reports] == ["queued", "sent", "delivered"]
    assert all(sdk_accepts(r, parley_url.address, sim.token) for r in reports)
    assert [(m["by"], m["text"]) for m in sim.phone(PERSON)] == [("phone", "hello"), ("parley", "1 < 2 & 3 ä😀")]
    assert sim.messages()[0]["message_uuid"] == reports[0].params["MessageUUID"]


def test_several_messages_and_several_people(sim, parley_url):
    parley_url.answer = answered(f'<Response><!-- two --><Message dst="{PERSON}&lt;+15551230002">a</Message> <Message>b</Message></Response>')
    sim.inbound(PERSON, "hello")
    assert [(m["dst"], m["text"]) for m in sim.messages()] == [(PERSON, "a"), ("+15551230002", "a"), (PERSON, "b")]


@pytest.mark.parametrize("xml", [
    "", "OK", "<Response>", "<response><Message>a</Message></response>", "<Response><message>a</message></Response>",
    "<Response><Message>a</Response>", "<Response><Message>a</Message></Response>x", "<Response><Message>a & b</Message></Response>",
    "<Response><Message>a &nope; b</Message></Response>", "<Response><Message dst='x' dst='y'>a</Message></Response>",
    "<Response><Speak>a</Speak></Response>", "<Response><Message colour='red'>a</Message></Response>",
    "<Response><Message>&#0;</Message></Response>", "<Response><Message src='15559999999'>a</Message></Response>",
    "<!DOCTYPE x><Response><Message>a</Message></Response>", "<Response><Message></Message></Response>",
    "<Response><Message>a</Message><Message", "<Response/><Response><Message>a</Message></Response>",
])
def test_what_is_no_response_sends_nothing(sim, parley_url, xml):
    parley_url.answer = answered(xml)
    assert sim.inbound(PERSON, "hello")["webhook_status"] == 200
    assert sim.messages() == []
    parley_url.answer = answered("<Response><Message>and on</Message></Response>")
    sim.inbound(PERSON, "hello")
    assert [m["text"] for m in sim.messages()] == ["and on"]


def test_an_xml_reply_beside_an_error_status_sends_nothing(sim, parley_url):
    parley_url.answer = (500, "application/xml", "<Response><Message>a</Message></Response>")
    sim.inbound(PERSON, "hello")
    parley_url.wait_for(4)
    assert sim.messages() == []


def test_many_at_once(sim, parley_url):
    assert len(sim.texts(200, parallel=32)) == 200
    assert len({c.params["MessageUUID"] for c in parley_url.caught}) == 200
