"""Plivo's REST API as the simulator plays it; the official Python SDK is the client."""
import uuid

import plivo as plivo_sdk
import pytest

PERSON = "+15551230001"


@pytest.fixture
def sdk(sim, monkeypatch):
    """The official client. It goes back to these addresses before each request, so they are what must change."""
    for name in ("PLIVO_API_BASE_URI", "API_VOICE_BASE_URI", "API_VOICE_BASE_URI_FALLBACK_1", "API_VOICE_BASE_URI_FALLBACK_2"):
        monkeypatch.setattr(f"plivo.rest.client.{name}", f"{sim.address}/v1/Account")
    return plivo_sdk.RestClient(sim.auth_id, sim.token)


def test_the_sdk_creates_gets_and_lists_a_message(sim, sdk):
    created = sdk.messages.create(src=sim.number, dst=PERSON, text="Hällo €")
    assert created.message == "message(s) queued"
    [message_uuid] = created.message_uuid
    record = sdk.messages.get(message_uuid)
    assert (record.message_uuid, record.from_number, record.to_number) == (message_uuid, sim.number[1:], PERSON[1:])
    assert (record.message_direction, record.message_type, record.units, record.error_code) == ("outbound", "sms", 1, "000")
    listed = sdk.messages.list(message_direction="outbound")
    assert [m.message_uuid for m in listed] == [message_uuid]


def test_several_numbers_get_one_uuid_each_and_bad_ones_are_named(sim, sdk):
    created = sdk.messages.create(src=sim.number, dst="15551230001<15551230002<12", text="hi")
    assert len(created.message_uuid) == 2 and created.invalid_number == ["12"]
    assert [m["dst"] for m in sim.messages()] == ["+15551230001", "+15551230002"]


def test_a_repeated_number_gets_the_text_once(sim):
    assert len(sim.send("15551230001<+15551230001", "hi").json()["message_uuid"]) == 1


PACK = "86bbb125-97bb-4d72-89fd-81d5c515b015"


def test_the_sdk_sends_by_a_powerpack_and_reads_it(sim, sdk):
    numbers = ["+12125550101", "+13105550101"]
    sim.powerpack(PACK, numbers)
    assert sdk.powerpacks.get(PACK).uuid == PACK
    listed = sim.rest("GET", f"NumberPool/{PACK}/Number/").json()["objects"]
    assert [number["number"] for number in listed] == [number[1:] for number in numbers]
    [message_uuid] = sdk.messages.create(powerpack_uuid=PACK, dst=PERSON, text="hi").message_uuid
    record = sdk.messages.get(message_uuid)
    assert record.powerpack_id == PACK and "+" + record.from_number in numbers
    found = sim.rest("GET", f"Message/?powerpack_id={PACK}").json()["objects"]
    assert [m["message_uuid"] for m in found] == [message_uuid]


@pytest.mark.parametrize("how, wanted", [({}, 1), ({"sticky_sender": False}, 1), ({"sticky_sender": False, "local_connect": False}, 2)])
def test_a_powerpack_keeps_its_sender_prefers_the_area_or_takes_turns(sim, how, wanted):
    sim.powerpack(PACK, ["+12125550101", "+13105550101"], **how)
    for _ in range(4):
        assert sim.rest("POST", "Message/", {"powerpack_uuid": PACK, "dst": "+13105559999", "text": "hi"}).status_code == 202
    sources = {m["src"] for m in sim.messages()}
    assert len(sources) == wanted and "+13105550101" in sources


def test_a_number_tells_its_powerpack_with_each_text(sim, parley_url):
    sim.powerpack(PACK, ["+12125550101"])
    sim.inbound(PERSON, "hello", to="+12125550101")
    [caught] = parley_url.caught
    assert caught.params["PowerpackUUID"] == PACK


def test_accepted_sends_can_be_read_in_order(sim):
    for i in range(3):
        sim.send(PERSON, f"text {i}", url="http://127.0.0.1:9/x")
    sends = sim.messages()
    assert [m["text"] for m in sends] == ["text 0", "text 1", "text 2"]
    assert sends[0]["src"] == sim.number and sends[0]["callback_url"] == "http://127.0.0.1:9/x"
    assert sends[0]["accepted_at"].endswith("Z") and uuid.UUID(sends[0]["message_uuid"])


@pytest.mark.parametrize("change, said", [
    ({"dst": None}, "dst"), ({"dst": "abc"}, "dst"), ({"dst": 15551230001}, "dst"), ({"dst": ""}, "dst"),
    ({"dst": "<".join(f"1555{i:07d}" for i in range(1001))}, "dst"),
    ({"src": None}, "src"), ({"src": "+15559999999"}, "src"), ({"src": "x"}, "src"),
    ({"powerpack_uuid": "p"}, "powerpack_uuid"), ({"src": None, "powerpack_uuid": "p"}, "powerpack_uuid"),
    ({"text": None}, "text"), ({"text": ""}, "text"), ({"text": 1}, "text"), ({"text": "a" * 1601}, "text"),
    ({"text": "й" * 738}, "text"), ({"type": "fax"}, "type"), ({"url": "ftp://x"}, "url"), ({"method": "PUT"}, "method"),
    ({"message_expiry": 4}, "message_expiry"), ({"message_expiry": 10800}, "message_expiry"),
    ({"message_expiry": "soon"}, "message_expiry"), ({"log": "maybe"}, "log"),
    ({"media_urls": ["https://h/x"]}, "media_urls"), ({"type": "mms", "media_urls": ["https://h/x"] * 11}, "media"),
    ({"type": "mms", "media_urls": "https://h/x"}, "media_urls"), ({"type": "mms", "media_urls": ["x"]}, "media_urls"),
])
def test_a_wrong_send_is_refused_with_the_field(sim, change, said):
    body = {"src": sim.number, "dst": PERSON, "text": "hi", **change}
    answer = sim.rest("POST", "Message/", {key: value for key, value in body.items() if value is not None})
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["error"] and uuid.UUID(answer.json()["api_id"])
    assert sim.messages() == []


@pytest.mark.parametrize("more", [{"text": "a" * 1600}, {"text": "й" * 737}, {"message_expiry": 5}, {"message_expiry": "10799"},
                                  {"log": "false"}, {"log": False}, {"type": "sms", "method": "GET"},
                                  {"type": "mms", "text": "", "media_urls": ["https://h/x"] * 10}, {"unknown": 1}])
def test_what_plivo_takes_is_taken(sim, more):
    answer = sim.send(PERSON, **{"text": "hi", **more})
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"src":"a","src":"b"}', '"text"', '{"text":"\\ud800"}', "\xff"])
def test_a_body_that_is_no_object_is_refused(sim, body):
    answer = sim.session.post(f"{sim.address}/v1/Account/{sim.auth_id}/Message/", data=body.encode("latin-1"),
                              auth=(sim.auth_id, sim.token))
    assert answer.status_code == 400 and "error" in answer.json()


def test_credentials_are_checked_first(sim, sdk):
    for auth in [(sim.auth_id, "wrong"), ("MAWRONG", sim.token), (sim.auth_id, "")]:
        assert sim.rest("GET", "Message/", auth=auth).status_code == 401
    assert sim.session.get(f"{sim.address}/v1/Account/{sim.auth_id}/").status_code == 401
    for header in ["Basic", "Basic !", "Basic " + "A" * 2000, "Bearer x"]:
        assert sim.session.get(f"{sim.address}/v1/Account/{sim.auth_id}/", headers={"Authorization": header}).status_code == 401
    with pytest.raises(plivo_sdk.exceptions.AuthenticationError):
        plivo_sdk.RestClient(sim.auth_id, "wrong").messages.list()


def test_each_configured_token_opens_the_api(start_sim):
    parley = start_sim(PLIVO_AUTH_TOKEN="first-token,second-token")
    for token in ("first-token", "second-token"):
        assert parley.plivo.rest("GET", "Message/", auth=(parley.auth_id, token)).status_code == 200
    assert parley.plivo.rest("GET", "Message/", auth=(parley.auth_id, "first-token,second-token")).status_code == 401


def test_unknown_things_are_404_and_wrong_methods_405(sim, sdk):
    with pytest.raises(plivo_sdk.exceptions.ResourceNotFoundError):
        sdk.messages.get(str(uuid.uuid4()))
    assert sim.rest("GET", "Nothing/").status_code == 404
    assert sim.session.get(f"{sim.address}/v1/Account/MAOTHER/Message/", auth=(sim.auth_id, sim.token)).status_code == 404
    answer = sim.rest("DELETE", "Message/")
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST, GET"
    assert sim.session.get(sim.address + "/sim/nothing").status_code == 404


def test_a_list_pages_newest_first(sim):
    uuids = [sim.send(PERSON, f"{i}").json()["message_uuid"][0] for i in range(45)]
    seen, path = [], "Message/?message_direction=outbound"
    while path:
        page = sim.rest("GET", path).json()
        seen += [m["message_uuid"] for m in page["objects"]]
        assert page["meta"]["total_count"] == 45 and page["meta"]["limit"] == 20
        path = page["meta"]["next"] and page["meta"]["next"].split(f"{sim.auth_id}/")[1]
    assert seen == uuids[::-1]
    page = sim.rest("GET", "Message/?limit=2&offset=43").json()
    assert [m["message_uuid"] for m in page["objects"]] == uuids[1::-1]
    assert page["meta"]["next"] is None and "limit=2&offset=41" in page["meta"]["previous"]


def test_filters_narrow_the_list(sim):
    inbound = sim.inbound(PERSON, "hello")["message_uuid"]
    outbound = sim.send(PERSON, "hi").json()["message_uuid"][0]

    def found(query):
        return [m["message_uuid"] for m in sim.rest("GET", "Message/?" + query).json()["objects"]]
    record = sim.rest("GET", f"Message/{outbound}/").json()
    at = record["message_time"].removesuffix("+00:00")
    assert found("message_direction=inbound") == [inbound]
    assert found("message_state=received") == [inbound]
    assert found("message_type=mms") == []
    assert found(f"message_direction=outbound&message_time__gte={at}") == [outbound]
    assert found(f"message_direction=outbound&message_time__gt={at}") == []
    assert found(f"message_direction=outbound&message_time__lte={at}") == [outbound]
    assert found(f"message_direction=outbound&message_time__lt={at}") == []
    assert found(f"message_time__lt={at[:4]}-01-01 00:00") == []
    assert outbound in found("message_time__gte=2020-01-01 00:00:00") and outbound in found("message_time__gte=2020-01-01 00:00:00.5")
    assert found("error_code=200") == [] and found("subaccount=SA1") == [] and found("powerpack_id=x") == []
    assert len(found("message_state=&unknown=1")) == 2


@pytest.mark.parametrize("query", ["limit=21", "limit=0", "limit=x", "offset=-1", "message_direction=up", "message_state=odd",
                                   "message_time=yesterday", "message_time__gte=2026-13-01 00:00", "message_time__near=2026-01-01 00:00",
                                   "error_code=x"])
def test_a_wrong_filter_is_refused(sim, query):
    answer = sim.rest("GET", "Message/?" + query)
    assert answer.status_code == 400 and query.partition("=")[0] in answer.json()["error"]


def test_log_false_masks_the_persons_number(sim):
    uuid_ = sim.send(PERSON, "hi", log="false").json()["message_uuid"][0]
    record = sim.rest("GET", f"Message/{uuid_}/").json()
    assert record["to_number"] == "1555123XXXX" and record["from_number"] == sim.number[1:] and record["log"] is False


def test_what_the_doctor_reads(sim, sdk):
    assert sdk.account.get().auth_id == sim.auth_id
    number = sdk.numbers.get(sim.number[1:])
    assert number.sms_enabled and number.tendlc_registration_status == "COMPLETED"
    app_id = number.application.rstrip("/").rsplit("/", 1)[1]
    application = sdk.applications.get(app_id)
    assert application.message_url.endswith("/plivo/inbound") and application.message_method == "POST"
    assert sdk.applications.update(app_id, message_url="http://127.0.0.1:9/new", message_method="GET").message == "changed"
    assert sdk.applications.get(app_id).message_url == "http://127.0.0.1:9/new"
    assert sdk.numbers.update(sim.number[1:], app_id=app_id).message == "changed"
    assert sim.rest("POST", f"Number/{sim.number[1:]}/", {"app_id": "1"}).status_code == 400
    assert sim.rest("POST", f"Application/{app_id}/", {"message_url": "x"}).status_code == 400
    assert sim.rest("GET", "Number/15559999999/").status_code == 404 and sim.rest("GET", "Application/1/").status_code == 404
    assert [n.number for n in sdk.numbers.list()] == [sim.number[1:]]


def test_mms_lists_its_media(sim):
    uuid_ = sim.send(PERSON, "look", type="mms", media_urls=["https://h/a.png", "https://h/b.png"]).json()["message_uuid"][0]
    media = sim.rest("GET", f"Message/{uuid_}/Media/").json()["objects"]
    assert [m["media_url"] for m in media] == ["https://h/a.png", "https://h/b.png"]
    assert sim.rest("GET", f"Message/{uuid_}/").json()["message_type"] == "mms"


def test_a_text_survives_as_it_came(sim):
    text = 'Ünï 😀 "quoted" \\ back\nline\t\x7f <b>&amp;</b>'
    assert sim.send(PERSON, text).status_code == 202
    assert sim.messages()[0]["text"] == text
