"""Parley's own API as a client sees it, and the event stream with deadlines."""
import json
import queue
import socket
import threading
import time
from dataclasses import dataclass

import requests
import urllib3

from .wait import slowed

TIMEOUT_S = slowed(30)


@dataclass
class Event:
    id: int | None
    type: str
    data: object


class Stream:
    """One open GET /events. A thread reads; next() and until() wait with a deadline."""

    def __init__(self, response):
        self._response = response
        self._events = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        block = {}
        try:
            for line in self._lines():
                if line == "":
                    self._block(block)
                    block = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    block.setdefault(name, []).append(value.removeprefix(" "))
        except (requests.RequestException, urllib3.exceptions.HTTPError, AttributeError, ValueError, OSError):
            pass                                            # the connection ended: told by the None below
        self._events.put(None)

    def _lines(self):
        """Each as soon as it is there. iter_lines() reads byte by byte for that: a thousand events a second would not get through."""
        rest = b""
        while part := self._response.raw.read1(65536):
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                yield line.decode()

    def _block(self, block):
        if "id" not in block and "data" not in block:       # a retry line alone
            return
        data = "\n".join(block["data"]) if "data" in block else None
        self._events.put(Event(id=int(block["id"][-1]) if block.get("id") else None, type=block.get("event", [""])[-1],
                               data=json.loads(data) if data else None))

    def next(self, timeout=10.0):
        """The next event. A failure when none came in time, stretched by PARLEY_SLOW, or the stream ended."""
        return self._next(slowed(timeout))

    def _next(self, timeout):
        try:
            event = self._events.get(timeout=max(timeout, 0.001))
        except queue.Empty:
            raise AssertionError(f"no event came within {timeout:g} s") from None
        assert event is not None, "the stream ended"
        return event

    def until(self, wanted, timeout=10.0):
        """The events up to and with the first one for which wanted(event) is true; the timeout is stretched likewise."""
        deadline = time.monotonic() + slowed(timeout)
        seen = []
        while True:
            try:
                event = self._next(deadline - time.monotonic())
            except AssertionError as e:
                raise AssertionError(f"{e}; seen: {[(s.id, s.type) for s in seen]}") from e
            seen.append(event)
            if wanted(event):
                return seen

    def close(self):
        """Ends the connection under the reading thread: a close alone would wait until the server says something more."""
        try:
            self._response.raw._fp.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        except (AttributeError, OSError):
            pass                                            # it has ended by itself
        self._thread.join()
        self._response.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Api:
    """`key`: an API key, or None where API_AUTH=off."""

    def __init__(self, address, key=None):
        self.address = address
        self.session = requests.Session()
        self.session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))
        if key:
            self.session.headers["Authorization"] = f"Bearer {key}"

    def request(self, method, path, **options):
        """path: behind /api/v1, as "/messages". The response, whatever it is."""
        return self.session.request(method, self.address + "/api/v1" + path, timeout=options.pop("timeout", TIMEOUT_S), **options)

    def get(self, path, wanted=200, **params):
        return self._json(self.request("GET", path, params=params), wanted)

    def post(self, path, body=None, wanted=(200, 201, 202), headers=None):
        return self._json(self.request("POST", path, json={} if body is None else body, headers=headers), wanted)

    def put(self, path, body, wanted=200):
        return self._json(self.request("PUT", path, json=body), wanted)

    def patch(self, path, body, wanted=200):
        return self._json(self.request("PATCH", path, json=body), wanted)

    def delete(self, path, wanted=(200, 204)):
        return self._json(self.request("DELETE", path), wanted)

    def _json(self, answer, wanted):
        wanted = (wanted,) if isinstance(wanted, int) else wanted
        assert answer.status_code in wanted, \
            f"{answer.request.method} {answer.request.path_url}: {answer.status_code}, not {wanted}: {answer.text}"
        return answer.json() if answer.content else None

    def all(self, path, **params):
        """Every item of a list, page after page, newest first."""
        items = []
        params = {"limit": 200, **params}
        while True:
            page = self.get(path, **params)
            items += page["data"]
            if page["next_cursor"] is None:
                return items
            params["cursor"] = page["next_cursor"]

    def send(self, to, text, key=None, **more):
        return self.post("/messages", {"to": to, "text": text, **more}, wanted=202,
                         headers={"Idempotency-Key": key} if key else None)

    def message(self, id):
        return self.get(f"/messages/{id}")

    def messages(self, **filters):
        return self.all("/messages", **filters)

    def timeline(self, id):
        return self.get(f"/messages/{id}/timeline")

    def inbound_uuids(self):
        return {message["plivo_uuid"] for message in self.messages(direction="inbound")}

    def inbound_count(self):
        return len(self.messages(direction="inbound"))

    def events(self, last_event_id=None):
        """An open Stream; close it, or use it in a with."""
        headers = {"Accept": "text/event-stream"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        answer = self.request("GET", "/events", headers=headers, stream=True, timeout=(10, 60))
        assert answer.status_code == 200, f"GET /events: {answer.status_code} {answer.text}"
        return Stream(answer)
