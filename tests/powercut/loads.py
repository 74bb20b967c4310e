"""Events for a system whose power is cut: sent as fast as they are taken, and which of them were acknowledged.

Promise: `acked` holds a MessageUUID once its acknowledgement was read, never before. What was sent and not acknowledged is sent again
by the next run(), as ingress and Plivo do.
"""
import collections
import random
import selectors
import socket
import time
import uuid
from urllib.parse import urlencode

import msgpack

from harness import signature_headers
from integration.sender_doubles import reply_parts

BATCH = 200
IN_FLIGHT = 4                       # batches
PEOPLE = 400
WORDS = ("hello", "is the shop open", "thanks", "see you at nine", "STOP", "START", "what does it cost")
ENDPOINT_DEALER = 5


class Events:
    """New events, of people who also opt out and in, so that the consent ledger grows."""

    def __init__(self, number, seed):
        self.number, self.chance = number, random.Random(seed)

    def next(self):
        keyword = self.chance.random() < 0.04
        text = self.chance.choice(("STOP", "START")) if keyword else self.chance.choice(WORDS[:4])
        return {"uuid": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
                "from": f"+1555018{self.chance.randrange(PEOPLE):04d}", "to": self.number, "text": text, "type": "sms", "units": 1,
                "received_at": round(time.time() * 1000), "ingress": "load"}


class BusLoad:
    """Straight at the worker: batches over the bus."""

    def __init__(self, zmq, endpoint, events):
        self.zmq, self.endpoint, self.events = zmq, endpoint, events
        self.acked = {}             # uuid -> event
        self.results = collections.Counter()
        self.again = []             # sent, and nothing was heard of it

    def run(self, over):
        """Until over() says so. Called again after the worker came back."""
        s = self.zmq.socket(ENDPOINT_DEALER, self.endpoint, bind=False)
        waiting = {}
        while not over():
            while len(waiting) < IN_FLIGHT:
                batch = [self.again.pop() if self.again else self.events.next() for _ in range(BATCH)]
                number = uuid.uuid4().int >> 65
                waiting[number] = batch
                self.zmq.send(s, [msgpack.packb({"version": 1, "request_id": number, "operation": "inbound", "tenant": 1}),
                                  msgpack.packb({"events": batch})])
            frames = self.zmq.receive(s)
            if frames:
                self._take(waiting, frames)
        for batch in waiting.values():
            self.again += batch
        self.zmq.close(s)

    def _take(self, waiting, frames):
        first, body = reply_parts(frames)
        head = msgpack.unpackb(first)
        batch = waiting.pop(head.get("request_id"), None)
        if batch is None:
            return
        answers = msgpack.unpackb(body)["answers"] if "error" not in head else [{"result": "later"}] * len(batch)
        for event, answer in zip(batch, answers):
            result = answer.get("result", "committed")      # the table's first is not written out
            self.results[result] += 1
            if result in ("committed", "duplicate"):
                self.acked[event["uuid"]] = event
            else:
                self.again.append(event)


class Connection:
    def __init__(self, address):
        self.socket = socket.create_connection(address, 5)
        self.socket.setblocking(False)
        self.event, self.read = None, b""


class WebhookLoad:
    """Signed webhooks at ingress, over as many connections as `width`."""

    def __init__(self, parley, events, width=48):
        self.parley, self.events, self.width = parley, events, width
        self.acked, self.again = {}, []
        self.results = collections.Counter()

    def _bytes(self, event):
        params = {"From": event["from"][1:], "To": event["to"][1:], "Text": event["text"], "Type": "sms",
                  "MessageUUID": event["uuid"], "Units": "1"}
        path = "/plivo/inbound"
        head = signature_headers("POST", self.parley.public_url + path, self.parley.token, params, families=("V3",))
        body = urlencode(params).encode()
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/x-www-form-urlencoded",
                 f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in head.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def _send(self, connection):
        connection.event = self.again.pop() if self.again else self.events.next()
        connection.read = b""
        connection.socket.sendall(self._bytes(connection.event))

    def run(self, over):
        """Until over() says so. Every connection has one webhook under way."""
        open_ones = set()
        with selectors.DefaultSelector() as selector:
            while not over():
                if len(open_ones) < self.width:
                    self._open(selector, open_ones)
                for key, _ in selector.select(0.02):
                    if not self._receive(key.data):
                        self._drop(selector, open_ones, key.data)
            for connection in list(open_ones):
                self._drop(selector, open_ones, connection)

    def _open(self, selector, open_ones):
        try:
            connection = Connection(("127.0.0.1", self.parley.ports["ingress"]))
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            open_ones.add(connection)
            self._send(connection)
        except OSError:
            time.sleep(0.001)       # nobody listens just now

    def _drop(self, selector, open_ones, connection):
        selector.unregister(connection.socket)
        connection.socket.close()
        open_ones.discard(connection)
        if connection.event:
            self.again.append(connection.event)

    def _receive(self, connection):
        """False: the connection is over."""
        try:
            got = connection.socket.recv(65536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        connection.read += got
        head, mark, body = connection.read.partition(b"\r\n\r\n")
        if not got or (mark and b"content-length: " not in head.lower()):
            return False
        if not mark or len(body) < int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]):
            return True
        status = int(connection.read[9:12])
        self.results[status] += 1
        if status == 200:
            self.acked[connection.event["uuid"]] = connection.event
        else:
            self.again.insert(0, connection.event)
        connection.event = None
        if b"connection: close" in head.lower():
            return False
        try:
            self._send(connection)
        except OSError:
            return False
        return True
