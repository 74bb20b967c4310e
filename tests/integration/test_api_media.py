"""Files of an MMS: fetched through the api's guarded proxy, never run by a browser, never from where only we could reach."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness import Parley, eventually
from harness.processes import free_port

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
people = (f"+1555013{n:04d}" for n in range(10_000))


class Keeper(BaseHTTPRequestHandler):
    """A server of files, as Plivo's media host is one."""
    protocol_version = "HTTP/1.1"
    seen = []

    def do_GET(self):
        Keeper.seen.append((self.path, self.headers.get("Authorization")))
        name = self.path.lstrip("/")
        if name == "html":
            self.answer(200, b"<!doctype html><script>alert(1)</script>", "text/html")
        elif name == "huge":
            self.answer(200, PNG + bytes(9 * 1024 * 1024), "image/png")
        elif name == "endless":                                        # says nothing of its length
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                for _ in range(200):
                    self.wfile.write(bytes(64 * 1024))
            except OSError:
                pass
            self.close_connection = True
        elif name == "gone":
            self.answer(404, b"no", "text/plain")
        elif name == "ill":
            self.answer(500, b"no", "text/plain")
        elif name.startswith("moved-"):
            self.answer(302, b"", "text/plain", Location=self.server.places[name])
        else:
            self.answer(200, PNG, "text/html")                         # lies about its type

    def answer(self, status, body, content_type, **more):
        self.send_response(status)
        for header, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **more}.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def keeper():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
    server.base = f"http://127.0.0.1:{server.server_address[1]}"
    server.places = {
        "moved-once": f"{server.base}/photo",
        "moved-twice": f"{server.base}/moved-once",
        "moved-inside": f"http://127.0.0.1:{free_port()}/secret",      # not one of MEDIA_PRIVATE_HOSTS
        "moved-file": "file:///etc/passwd",
    }
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def parley(keeper):
    with Parley(env={"MEDIA_PRIVATE_HOSTS": keeper.base.removeprefix("http://")}) as system:
        yield system


def received(parley, *urls):
    """Somebody sends us these files; the message as the API has it."""
    answer = parley.plivo.inbound(next(people), "look", media=list(urls))
    assert answer["webhook_status"] == 200
    return eventually(lambda: next((m for m in parley.api.get("/messages", direction="inbound")["data"]
                                    if m["plivo_uuid"] == answer["message_uuid"]), None), 10, "the text is listed")


def fetch(parley, file):
    return parley.api.request("GET", f"/media/{file['id']}")


def problem(answer):
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    return answer.status_code


def test_a_picture_comes_as_what_it_is_and_its_facts_are_kept(parley, keeper):
    message = received(parley, f"{keeper.base}/photo", f"{keeper.base}/html")
    photo, html = message["media"]
    assert photo["url"] == f"{keeper.base}/photo" and photo["bytes"] is None and photo["content_type"] is None
    answer = fetch(parley, photo)
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["Content-Type"] == "image/png"               # by its bytes: the server said text/html
    assert answer.headers["Content-Disposition"] == 'attachment; filename="media-1.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    kept = parley.api.message(message["id"])["media"]
    assert (kept[0]["content_type"], kept[0]["bytes"]) == ("image/png", len(PNG))
    assert kept[1]["bytes"] is None


def test_what_a_browser_would_run_is_only_ever_a_download(parley, keeper):
    answer = fetch(parley, received(parley, f"{keeper.base}/html")["media"][0])
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["huge", "endless"])
def test_a_file_over_the_limit_is_given_up(parley, keeper, name):
    assert problem(fetch(parley, received(parley, f"{keeper.base}/{name}")["media"][0])) == 413


def test_one_redirect_is_followed_and_no_more(parley, keeper):
    assert fetch(parley, received(parley, f"{keeper.base}/moved-once")["media"][0]).content == PNG
    assert problem(fetch(parley, received(parley, f"{keeper.base}/moved-twice")["media"][0])) == 404


def test_a_redirect_passes_the_same_gate(parley, keeper):
    assert problem(fetch(parley, received(parley, f"{keeper.base}/moved-inside")["media"][0])) == 403
    assert problem(fetch(parley, received(parley, f"{keeper.base}/moved-file")["media"][0])) == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "2130706433"])
def test_what_only_we_could_reach_is_refused(parley, host):
    file = received(parley, f"http://{host}:{free_port()}/x")["media"][0]
    answer = fetch(parley, file)
    assert problem(answer) == 403 and "not public" in answer.json()["detail"]


def test_plivo_s_credentials_go_to_plivo_only(parley, keeper):
    fetch(parley, received(parley, f"{keeper.base}/for-plivo.com")["media"][0])
    assert ("/for-plivo.com", None) in Keeper.seen
    assert all(authorization is None for _, authorization in Keeper.seen)


def test_what_is_gone_is_missing_and_what_is_ill_may_be_asked_again(parley, keeper):
    assert problem(fetch(parley, received(parley, f"{keeper.base}/gone")["media"][0])) == 404
    answer = fetch(parley, received(parley, f"{keeper.base}/ill")["media"][0])
    assert problem(answer) == 503 and "Retry-After" in answer.headers


@pytest.mark.parametrize("id", ["nothing", "0190e2a8-7a1b-7cc2-8d4e-0123456789ab", "0190e2a8-7a1b-7cc2-8d4e-0123456789ab-0", "../x"])
def test_what_is_no_file_is_404(parley, id):
    assert problem(parley.api.request("GET", f"/media/{id}")) == 404


def test_a_place_that_the_message_has_not_is_404(parley, keeper):
    message = received(parley, f"{keeper.base}/photo")
    for place in ("1", "99", "-1", "x", ""):
        assert problem(parley.api.request("GET", f"/media/{message['id']}-{place}")) == 404


def test_an_mms_leaves_with_its_files_and_reaches_north_america_only(parley, keeper):
    person = next(people)
    sent = parley.api.post("/messages", {"to": person, "media_urls": [f"{keeper.base}/photo"]})
    eventually(lambda: parley.api.message(sent["id"])["status"] in ("accepted", "sent", "delivered"), 10, "it leaves")
    phone = parley.plivo.phone(person)
    assert [m["media"] for m in phone if m["direction"] == "inbound" or m["by"] == "parley"] == [[f"{keeper.base}/photo"]]
    refused = parley.api.request("POST", "/messages", json={"to": "+4915112345678", "media_urls": [f"{keeper.base}/photo"]})
    assert problem(refused) == 400 and refused.json()["errors"][0]["field"] == "media_urls"
