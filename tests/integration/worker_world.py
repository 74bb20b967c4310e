"""What the tests of the worker share: people whom nobody else texts, and the bus spoken by hand."""
import itertools
import time
import uuid

import msgpack
import pytest

from harness import Parley, eventually, slowed
from sender_doubles import Zmq, reply_parts

ZMQ_DEALER = 5
_people = (f"+1555017{n:04d}" for n in itertools.count(1))
ENDED = {"delivered", "undelivered", "failed", "rejected", "expired", "blocked", "cancelled"}


def person():
    """A number that no other test of this run texts."""
    return next(_people)


# A 200 means here that the worker has committed: a machine under load must not turn it into "spooled".
UNHURRIED = {"ACK_BUDGET_MS": 5000}


def silent(**env):
    """The whole system, without the default reply that a new store has."""
    system = Parley(env={**UNHURRIED, **env}).start()
    for rule in own_rules(system.api):
        system.api.delete(f"/rules/{rule['id']}")
    return system


def own_rules(api):
    return [rule for rule in api.all("/rules") if not rule["system"]]


@pytest.fixture(scope="module")
def house(request):
    """One system a file, with what the file's SYSTEM says."""
    system = silent(**getattr(request.module, "SYSTEM", {}))
    try:
        yield system
    finally:
        system.close()


@pytest.fixture
def parley(house):
    house.plivo.clear_faults()
    yield house
    for rule in own_rules(house.api):
        house.api.delete(f"/rules/{rule['id']}")


@pytest.fixture
def who():
    return person()


def says(parley, who, text=None, **more):
    """Somebody texts us. What it brings about is there when Plivo has its 200: the message as the API has it."""
    answer = parley.plivo.inbound(who, text, **more)
    assert answer["webhook_status"] == 200, answer
    return message_of(parley.api, answer["message_uuid"])


def message_of(api, message_uuid):
    return next(m for m in api.get("/messages", direction="inbound", limit=200)["data"] if m["plivo_uuid"] == message_uuid)


def conversation_of(api, message):
    return api.get(f"/conversations/{message['conversation_id']}")


def answers(api, who):
    """What we have written to somebody, oldest first; a rule's answer stands here from the moment of the 200."""
    return [m["text"] for m in reversed(api.messages(contact=who, direction="outbound"))]


def number_of(parley, address=None):
    return next(n for n in parley.api.all("/numbers") if n["address"] == (address or parley.number))


def set_number(parley, **changes):
    return parley.api.patch(f"/numbers/{number_of(parley)['id']}", changes)


def reaches(api, message, *wanted, timeout=15):
    """The message, once its status is one of those wanted."""
    def there():
        now = api.message(message["id"])
        assert now["status"] in wanted, (now["status"], now["status_reason"], now["status_text"])
        return now
    return eventually(there, timeout)


def contact_of(api, who):
    return api.get("/contacts", q=who)["data"][0]


class Bus:
    """A client of the worker: one request, its reply. Nothing of the code under test helps it."""

    def __init__(self, parley):
        self.zmq = Zmq()
        self.socket = self.zmq.socket(ZMQ_DEALER, f"ipc://{parley.folder}/run/worker.sock", bind=False)

    def ask(self, operation, body, timeout=10):
        request_id = uuid.uuid4().int >> 65
        head = {"version": 1, "request_id": request_id, "operation": operation, "tenant": 1}
        self.zmq.send(self.socket, [msgpack.packb(head), msgpack.packb(body)])
        deadline = time.monotonic() + slowed(timeout)
        while time.monotonic() < deadline:
            frames = self.zmq.receive(self.socket)
            head, body = reply_parts(frames) if frames else (b"\x80", b"")
            if msgpack.unpackb(head).get("request_id") == request_id:
                return msgpack.unpackb(head), msgpack.unpackb(body) if body else {}
        raise AssertionError(f"no answer to {operation} within {timeout} s")

    def inbound(self, *events):
        """A batch of events; the word of each result."""
        head, body = self.ask("inbound", {"events": list(events)})
        assert "error" not in head, head
        return [answer.get("result", "later") for answer in body["answers"]]         # the table's first is not written out

    def close(self):
        self.zmq.close(self.socket)


def event(parley, who, text, **more):
    """An inbound event as ingress hands it on."""
    return {"uuid": str(uuid.uuid4()), "from": who, "to": parley.number, "text": text, "type": "sms", "units": 1,
            "received_at": round(time.time() * 1000), "ingress": "test", **more}


@pytest.fixture
def bus(parley):
    client = Bus(parley)
    yield client
    client.close()
