"""GET /events: everything that happens, in order, and after any break without a gap (P9)."""
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests

from harness import Parley, eventually

people = (f"+1555012{n:04d}" for n in range(10_000))


@pytest.fixture(scope="module")
def parley():
    with Parley("worker", "api") as system:
        yield system


@pytest.fixture
def api(parley):
    return parley.api


def numbers(events):
    return [e.id for e in events]


def is_of(message):
    return lambda e: e.type.startswith("message.") and e.data and e.data.get("id") == message["id"]


def test_the_first_block_is_the_newest_events_number_alone(parley, api):
    api.send(next(people), "before")
    head = int(api.request("GET", "/messages").headers["Event-Id"])
    with socket.create_connection(("127.0.0.1", urlsplit(parley.api_url).port), timeout=10) as s:
        s.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        text = b""
        while text.count(b"\n\n") < 1 and text.count(b"\r\n\r\n") < 1 or b"retry" not in text:
            text += s.recv(4096)
    header, _, body = text.partition(b"\r\n\r\n")
    assert b"Content-Type: text/event-stream" in header and b"X-Accel-Buffering: no" in header
    blocks = body.decode().split("\n\n")
    assert blocks[0].startswith("id: ") and blocks[0].count("\n") == 0 and int(blocks[0][4:]) >= head
    assert "retry: 2000" in blocks


def test_what_happens_is_told_with_the_whole_object(api):
    with api.events() as stream:
        first = stream.next()
        assert first.type == "" and first.data is None and first.id is not None
        message = api.send(next(people), "hello")
        seen = stream.until(is_of(message))
        assert seen[-1].type == "message.created"
        assert seen[-1].data == message | {k: seen[-1].data[k] for k in ("status", "updated_at", "status_text")}
        assert "conversation.created" in {e.type for e in seen} | {stream.next().type}


def test_a_list_and_a_stream_from_its_event_id_leave_no_gap(api):
    person = next(people)
    api.send(person, "before")
    answer = api.request("GET", "/messages", params={"contact": person})
    after = api.send(person, "after")
    with api.events(int(answer.headers["Event-Id"])) as stream:
        seen = stream.until(is_of(after))
    assert all(e.id > int(answer.headers["Event-Id"]) for e in seen if e.type)
    assert not any(e.data and e.data.get("text") == "before" and e.type == "message.created" for e in seen)


@pytest.mark.parametrize("far", ["ring", "log"])
def test_a_client_that_comes_back_gets_what_it_missed(start_parley, far):
    parley = start_parley("worker", "api")
    api = parley.api
    with api.events() as stream:
        last = stream.next().id
    sent = [api.send(next(people), f"missed {n}") for n in range(30)]
    if far == "log":
        parley.restart("api")                               # its ring is empty now
    with api.events(last) as stream:
        seen = stream.until(is_of(sent[-1]))
    assert {m["id"] for m in sent} <= {e.data["id"] for e in seen if e.type == "message.created"}
    got = numbers(e for e in seen if e.type)
    assert got == list(range(got[0], got[0] + len(got))) and got[0] == last + 1


def test_the_query_resumes_as_the_header_does_and_the_header_wins(api):
    with api.events() as stream:
        last = stream.next().id
    message = api.send(next(people), "x")
    url = api.address + "/api/v1/events"
    for headers, query in (({}, last), ({"Last-Event-ID": str(last)}, 10 ** 15)):
        answer = requests.get(url, params={"last_event_id": query}, headers=headers, stream=True, timeout=(5, 30))
        lines = (line for line in answer.iter_lines(chunk_size=1, decode_unicode=True))
        assert next(lines) == f"id: {last}"
        found = next(line for line in lines if message["id"] in line)
        assert found.startswith("data: ")
        answer.close()


@pytest.mark.parametrize("number", [10 ** 15, 2 ** 62])
def test_a_number_that_the_log_does_not_know_means_reset(api, number):
    head = int(api.request("GET", "/messages").headers["Event-Id"])
    with api.events(number) as stream:
        reset = stream.until(lambda e: e.type == "reset")[-1]
        assert reset.data == {} and reset.id >= head
        message = api.send(next(people), "after the reset")
        assert numbers(stream.until(is_of(message)))[0] > reset.id - 1


def test_every_client_gets_everything(api):
    streams = [api.events() for _ in range(20)]
    for stream in streams:
        stream.next()
    sent = [api.send(next(people), f"{n}")["id"] for n in range(20)]
    for stream in streams:
        seen = stream.until(lambda e: e.type == "message.created" and e.data["id"] == sent[-1])
        assert [e.data["id"] for e in seen if e.type == "message.created" and e.data["id"] in sent] == sent
        stream.close()


def test_p9_no_event_is_missed_while_the_api_is_killed_under_load(start_parley, seed):
    parley = start_parley("worker", "api")
    api = parley.api
    with api.events() as stream:
        start = stream.next().id
    sent, over = [], threading.Event()

    def load():
        while not over.is_set():
            try:
                answer = api.request("POST", "/messages", json={"to": next(people), "text": "load"}, timeout=10)
            except requests.RequestException:
                continue                                    # the api is down: not acknowledged
            if answer.status_code == 202:
                sent.append(answer.json()["id"])
    loader = threading.Thread(target=load, daemon=True)
    seen, last = [], start

    def follow(until):
        nonlocal last
        while not until():
            try:
                with api.events(last) as stream:
                    while not until():
                        event = stream.next(2)
                        assert event.type != "reset", "the log has it all"
                        if event.type:
                            seen.append(event)
                            last = event.id
            except (requests.RequestException, AssertionError) as e:
                if "the log has it all" in str(e):
                    raise
    loader.start()
    with parley.killing("api", seed=seed, every_s=(0.3, 0.8)):
        ends_at = time.monotonic() + 8
        follow(lambda: time.monotonic() > ends_at)
    over.set()
    loader.join(20)
    head = int(eventually(lambda: api.request("GET", "/messages"), 10).headers["Event-Id"])
    ends_at = time.monotonic() + 20
    follow(lambda: last >= head or time.monotonic() > ends_at)
    assert len(sent) > 50
    assert numbers(seen) == list(range(start + 1, start + 1 + len(seen)))
    assert set(sent) <= {e.data["id"] for e in seen if e.type == "message.created"}


def test_a_stream_outlives_the_worker_and_misses_nothing(start_parley):
    parley = start_parley("worker", "api")
    api = parley.api
    with api.events() as stream:
        last = stream.next().id
        before = api.send(next(people), "before")
        seen = stream.until(is_of(before))
        parley.restart("worker")
        after = api.send(next(people), "after")
        seen += stream.until(is_of(after), 20)
    got = numbers(e for e in seen if e.type)
    assert got == list(range(last + 1, last + 1 + len(got)))


def test_beyond_the_cap_a_stream_is_refused_and_the_rest_goes_on(start_parley):
    parley = start_parley("worker", "api", API_STREAMS_MAX=3)
    streams = [parley.api.events() for _ in range(3)]
    for stream in streams:
        stream.next()
    refused = parley.api.request("GET", "/events")
    assert refused.status_code == 503 and "3 event streams" in refused.json()["detail"] and "Retry-After" in refused.headers
    assert parley.api.get("/me")
    message = parley.api.send(next(people), "x")
    streams[0].until(is_of(message))
    for stream in streams:
        stream.close()


def test_a_stream_ends_with_its_session(start_parley):
    parley = start_parley("worker", "api", API_AUTH="on")
    session = requests.Session()
    session.get(parley.tool("login").stdout.strip(), timeout=20)
    answer = session.get(parley.api_url + "/api/v1/events", stream=True, timeout=(5, 60))
    lines = answer.iter_lines(chunk_size=1)
    assert next(lines).startswith(b"id: ")
    assert session.post(parley.api_url + "/api/v1/logout", headers={"Sec-Fetch-Site": "same-origin"}, timeout=20).status_code == 204
    assert not [line for line in lines if line.startswith(b"data")]         # and it ends: else the read would time out


def test_sigterm_ends_streams_at_once(start_parley):
    parley = start_parley("worker", "api")
    streams = [parley.api.events() for _ in range(5)]
    for stream in streams:
        stream.next()
    parley.stop("api")                                      # the harness bounds it, and wants exit code 0
