"""What the API refuses, and how: every refusal is a problem that names what was wrong."""
import json
import uuid

import pytest
import requests

from harness import Parley

NOBODY = "00000000-0000-7000-8000-000000000000"
PERSON = "+15550100601"
LISTS = ["/conversations", "/messages", "/contacts", "/consent/ledger", "/rules", "/numbers"]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def api():
    with Parley("worker", "api") as parley:
        yield parley.api


def is_problem(answer, status, field=None):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] and problem["title"] and problem["detail"]
    assert [e["field"] for e in problem["errors"]] == ([field] if field else []), problem
    return problem


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1.5", "", "99999999999999999999", "1e2", "+5", " 5"])
def test_a_limit_outside_1_to_200_is_refused(api, path, limit):
    is_problem(api.request("GET", path, params={"limit": limit}), 400, "limit")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 200])
def test_a_limit_of_1_to_200_is_taken(api, path, limit):
    page = api.get(path, limit=limit)
    assert set(page) == {"data", "next_cursor"}
    assert len(page["data"]) <= limit


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["x", "%00", "AAAA", "../../etc/passwd", "a" * 600])
def test_a_cursor_that_we_did_not_give_is_refused(api, path, cursor):
    is_problem(api.request("GET", path, params={"cursor": cursor}), 400, "cursor")


@pytest.mark.parametrize("path", [*LISTS, "/me", "/segments", "/consent/verify", f"/messages/{NOBODY}", "/events"])
def test_a_query_parameter_that_no_route_names_is_refused(api, path):
    is_problem(api.request("GET", path, params={"limitt": "1"}), 400, "limitt")


def test_a_parameter_that_stands_twice_is_refused(api):
    is_problem(api.request("GET", "/messages?limit=1&limit=2"), 400, "limit")


@pytest.mark.parametrize("query, field", [
    ("direction=up", "direction"), ("status=lost", "status"), ("since=yesterday", "since"), ("until=2026-02-30T00:00:00Z", "until"),
    ("since=2026-01-01", "since")])
def test_a_filter_of_messages_that_means_nothing_is_refused(api, query, field):
    is_problem(api.request("GET", f"/messages?{query}"), 400, field)


def test_a_status_of_conversations_that_does_not_exist_is_refused(api):
    problem = is_problem(api.request("GET", "/conversations?status=gone"), 400, "status")
    assert "open" in problem["detail"] and "closed" in problem["detail"]


@pytest.mark.parametrize("path", ["/nope", "/messages/", "/messages/x/y", "/", "", f"/messages/{NOBODY}/timelines", "/MESSAGES"])
def test_a_path_that_does_not_exist_is_a_404(api, path):
    is_problem(api.request("GET", path), 404)


@pytest.mark.parametrize("noun", ["messages", "conversations", "contacts", "rules", "numbers"])
@pytest.mark.parametrize("id", [NOBODY, "x", "0", "%2e%2e", NOBODY[:-1]])
def test_a_thing_that_does_not_exist_is_a_404(api, noun, id):
    is_problem(api.request("GET", f"/{noun}/{id}"), 404)


@pytest.mark.parametrize("method, path", [
    ("PATCH", f"/conversations/{NOBODY}"), ("POST", f"/conversations/{NOBODY}/read"), ("GET", f"/conversations/{NOBODY}/messages"),
    ("DELETE", f"/messages/{NOBODY}"), ("GET", f"/messages/{NOBODY}/timeline"), ("POST", f"/messages/{NOBODY}/check"),
    ("POST", f"/messages/{NOBODY}/resend"), ("POST", f"/messages/{NOBODY}/mark"), ("GET", f"/contacts/{NOBODY}/consent"),
    ("PATCH", f"/rules/{NOBODY}"), ("DELETE", f"/rules/{NOBODY}"), ("PATCH", f"/numbers/{NOBODY}")])
def test_what_is_done_to_a_thing_that_does_not_exist_is_a_404(api, method, path):
    bodies = {"/mark": {"as": "sent"}, "/conversations/" + NOBODY: {"status": "closed"}, "/rules/" + NOBODY: {"enabled": False},
              "/numbers/" + NOBODY: {"state": "paused"}}
    body = next((b for end, b in bodies.items() if path.endswith(end)), None)
    is_problem(api.request(method, path, json=body if method in ("PATCH", "POST") else None), 404)


@pytest.mark.parametrize("method, path, allowed", [
    ("PUT", "/messages", "GET, HEAD, POST, OPTIONS"), ("DELETE", "/conversations", "GET, HEAD, OPTIONS"), ("POST", "/me", "GET, HEAD, OPTIONS"),
    ("POST", f"/numbers/{NOBODY}", "GET, HEAD, PATCH, OPTIONS"), ("GET", "/logout", "POST, OPTIONS")])
def test_a_method_that_does_not_apply_is_a_405_with_those_that_do(api, method, path, allowed):
    answer = api.request(method, path)
    is_problem(answer, 405)
    assert answer.headers["Allow"] == allowed


def test_a_body_over_64_kib_is_a_413(api):
    body = json.dumps({"to": PERSON, "text": "x" * 70_000})
    is_problem(api.request("POST", "/messages", data=body, headers=JSON), 413)
    is_problem(api.request("POST", "/messages", data=(part for part in [body[:40_000].encode(), body[40_000:].encode()]), headers=JSON), 413)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", None])
def test_a_body_of_another_type_is_a_415(api, content_type):
    headers = {"Content-Type": content_type} if content_type else {}
    is_problem(api.request("POST", "/messages", data=json.dumps({"to": PERSON, "text": "x"}), headers=headers), 415)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "1", '"x"', '{"to":"+15550100601"} x', '{"to":"a","to":"b"}', b"\xff\xfe", '{"a":1,}'])
def test_a_body_that_is_no_json_object_is_a_400(api, body):
    answer = api.request("POST", "/messages", data=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


A_MESSAGE = {"to": PERSON, "text": "hello"}


@pytest.mark.parametrize("change, field", [
    ({"to": None}, "to"), ({"to": ""}, "to"), ({"to": "15550100601"}, "to"), ({"to": "+1"}, "to"), ({"to": "+999999"}, "to"), ({"to": "Mum"}, "to"),
    ({"to": 15550100601}, "to"), ({"to": [PERSON]}, "to"),
    ({"text": None}, "text"), ({"text": ""}, "text"), ({"text": 5}, "text"), ({"text": "x" * 1601}, "text"), ({"text": "😀" * 369}, "text"),
    ({"from": ""}, "from"), ({"from": "+15559999999"}, "from"),
    ({"media_urls": "https://x.example/a.png"}, "media_urls"), ({"media_urls": ["ftp://x.example/a"]}, "media_urls"),
    ({"media_urls": ["javascript:alert(1)"]}, "media_urls"), ({"media_urls": ["https://x.example/a"] * 11}, "media_urls"),
    ({"send_at": "soon"}, "send_at"), ({"send_at": "2001-01-01T00:00:00Z"}, "send_at"), ({"send_at": "2999-01-01T00:00:00Z"}, "send_at"),
    ({"class": "confirm"}, "class"), ({"class": "urgent"}, "class"), ({"clas": "human"}, "clas"), ({"source": "webhook"}, "source")])
def test_a_field_of_a_message_that_is_wrong_is_named(api, change, field):
    body = {key: value for key, value in (A_MESSAGE | change).items() if value is not None or key not in A_MESSAGE}
    is_problem(api.request("POST", "/messages", json=body), 400, field)


def test_an_idempotency_key_may_have_255_characters(api):
    is_problem(api.request("POST", "/messages", json=A_MESSAGE, headers={"Idempotency-Key": "k" * 256}), 400, "Idempotency-Key")
    key = str(uuid.uuid4()) + "k" * 219
    assert len(key) == 255
    assert api.request("POST", "/messages", json=A_MESSAGE, headers={"Idempotency-Key": key}).status_code == 202


@pytest.mark.parametrize("body, field", [
    ({}, None), ({"status": "gone"}, "status"), ({"status": None}, "status"), ({"labels": "x"}, "labels"), ({"labels": [""]}, "labels"),
    ({"labels": ["x"] * 21}, "labels"), ({"snooze_until": "tomorrow"}, "snooze_until"), ({"unread": 0}, "unread"), ({"labels": [1]}, "labels")])
def test_a_change_of_a_conversation_that_is_wrong_is_named(api, body, field):
    is_problem(api.request("PATCH", f"/conversations/{NOBODY}", json=body), 400, field)


@pytest.mark.parametrize("body, field", [
    ({}, None), ({"state": "discovered"}, "state"), ({"state": None}, "state"), ({"rate": -1}, "rate"), ({"rate": "fast"}, "rate"),
    ({"daily_limit": 0}, "daily_limit"), ({"daily_limit": 1.5}, "daily_limit"), ({"reply_via": "soap"}, "reply_via"), ({"address": PERSON}, "address")])
def test_a_change_of_a_number_that_is_wrong_is_named(api, body, field):
    is_problem(api.request("PATCH", f"/numbers/{NOBODY}", json=body), 400, field)


A_RULE = {"name": "Hours", "match": {"kind": "exact", "words": ["HOURS"]}, "actions": [{"kind": "reply", "text": "9 to 5"}]}


@pytest.mark.parametrize("change", [
    {"name": None}, {"name": ""}, {"match": None}, {"actions": None}, {"actions": []}, {"match": {"kind": "soundex", "words": ["a"]}},
    {"match": {"kind": "exact", "words": []}}, {"match": {"kind": "regex", "words": ["("]}}, {"match": {"kind": "exact", "words": ["x" * 5000]}},
    {"actions": [{"kind": "explode"}]}, {"actions": [{"kind": "reply"}]}, {"actions": [{"kind": "opt_in"}]}, {"cooldown_s": -1},
    {"position": -1}, {"system": True}, {"enabled": "yes"}, {"match": {"kind": "exact", "words": ["a"], "colour": "red"}}])
def test_a_rule_that_cannot_work_is_refused(api, change):
    answer = api.request("POST", "/rules", json=A_RULE | change)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize("field", ["name", "match", "actions"])
def test_a_rule_without_a_part_that_it_needs_is_refused(api, field):
    is_problem(api.request("POST", "/rules", json={k: v for k, v in A_RULE.items() if k != field}), 400, field)


@pytest.mark.parametrize("body", [{}, {"as": None}, {"as": "read"}, {"as": 1}])
def test_a_message_is_marked_sent_or_failed_only(api, body):
    is_problem(api.request("POST", f"/messages/{NOBODY}/mark", json=body), 400, "as")


def test_a_route_without_a_body_takes_none_but_an_empty_object(api):
    path = f"/conversations/{NOBODY}/read"
    is_problem(api.request("POST", path), 404)
    is_problem(api.request("POST", path, json={}), 404)
    is_problem(api.request("POST", path, json={"x": 1}), 400, "x")
    is_problem(api.request("POST", path, data="x", headers={"Content-Type": "text/plain"}), 415)


def test_the_ledger_knows_two_formats(api):
    is_problem(api.request("GET", "/consent/ledger?format=xml"), 400, "format")
    is_problem(api.request("GET", "/consent/ledger?format=csv&limit=5"), 400, "format")


def test_segments_need_a_text(api):
    is_problem(api.request("GET", "/segments"), 400, "text")
    assert api.get("/segments", text="")["segments"] == 1


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "99999999999999999999"])
def test_a_last_event_id_that_is_no_number_is_refused(api, number):
    is_problem(api.request("GET", "/events", headers={"Last-Event-ID": number}), 400, "last_event_id")
    is_problem(api.request("GET", "/events", params={"last_event_id": number}), 400, "last_event_id")


def test_head_answers_as_get_without_the_body(api):
    answer = api.request("HEAD", "/messages")
    assert answer.status_code == 200 and answer.content == b"" and int(answer.headers["Content-Length"]) > 0


def test_without_the_worker_the_answer_is_a_503_that_says_when_to_come_again(start_parley):
    parley = start_parley("worker", "api")
    parley.kill("worker")
    answer = parley.api.request("GET", "/messages")
    is_problem(answer, 503)
    assert int(answer.headers["Retry-After"]) >= 1
    health = requests.get(parley.api_url + "/health", timeout=10)
    assert (health.status_code, health.json()["checks"]["worker"]) == (503, "unreachable")
