"""An event that the worker refuses for good leaves ingress's lane: kept aside, listed, and in nobody's way. Erased with its person."""
import contextlib
import uuid

import msgpack
import pytest

from harness import Parley, eventually
from live_bytes import live_bytes
from sender_doubles import FakeWorker

PERSON = "+15550100555"


class Strict(FakeWorker):
    """A worker that takes every event but one kind."""

    def __init__(self, run_dir):
        self.taken = []
        self.is_strict = True
        super().__init__(run_dir)

    def _serve(self, zmq, router, peer, head, body):
        if self.is_strict and msgpack.unpackb(head)["operation"] == "inbound" and any(e["text"] == "bad" for e in msgpack.unpackb(body)["events"]):
            self.refuse["inbound"] = ("input", "events")
        super()._serve(zmq, router, peer, head, body)
        self.refuse.pop("inbound", None)

    def _inbound(self, body):
        self.taken += [e["text"] for e in body["events"]]
        return {"answers": [{"result": "committed"}] * len(body["events"])}


@pytest.mark.timeout(60)
def test_an_event_refused_for_good_is_put_aside_and_the_lane_goes_on():
    parley = Parley("ingress", env={"ACK_BUDGET_MS": 20})
    worker = None
    try:
        parley.start()
        bad = str(uuid.uuid4())
        for i in range(3):
            assert parley.webhooks.inbound(PERSON, f"before {i}").status_code == 200
        assert parley.webhooks.inbound(PERSON, "bad", message_uuid=bad).status_code == 200
        assert parley.webhooks.inbound(PERSON, "behind").status_code == 200
        worker = Strict(parley.folder / "run")
        eventually(lambda: "behind" in worker.taken, 20, "the lane goes on")
        eventually(lambda: parley["ingress"].metrics()['parley_ingress_spool_events{lane="inbound"}'] == 0, 10)
        assert list(dict.fromkeys(worker.taken)) == ["before 0", "before 1", "before 2", "behind"]
        parley.restart("ingress")
        listed = parley.tool("spool", "list", parley.env["SPOOL_DIR"]).stdout
        assert "0 events wait" in listed and f"inbound {bad}: refused for good: refused by the double" in listed, listed
        assert worker.taken.count("bad") == 0
        again = ("spool", "again", parley.env["SPOOL_DIR"])
        assert parley.tool(*again, "all", wanted=None).returncode != 0, "ingress holds the folder"
        parley.stop("ingress")
        refused = parley.tool(*again, "1", wanted=None)
        assert refused.returncode != 0 and "0 taken, 1 stay aside" in refused.stdout, refused
        assert parley.tool(*again, "7", wanted=None).returncode != 0, "there is no such one"
        worker.is_strict = False                                        # a newer version, say
        assert "1 taken, 0 stay aside" in parley.tool(*again, "all").stdout
        assert worker.taken.count("bad") == 1
        assert bad not in parley.tool("spool", "list", parley.env["SPOOL_DIR"]).stdout
    finally:
        parley.close()
        if worker:
            worker.close()


OTHER = "+15550100556"
SECRET, FORGED, KEPT = "xylophonitis in the spool", "xylophonitis, badly signed", "what somebody else said"


def wait_for(parley, table, wanted):
    """`parley spool list|rejected`, once it has so many lines of its kind."""
    def lines():
        listed = parley.tool("spool", table, parley.env["SPOOL_DIR"]).stdout.splitlines()
        found = [line for line in listed if ("refused for good" if table == "list" else "POST") in line]
        return found if len(found) == wanted else None
    return eventually(lines, 30, f"{wanted} of spool {table}")


def put_aside(parley, *said):
    """The worker is away; a strict one refuses these for good, and the real one comes back."""
    parley.stop("worker")
    for person, text in said:
        assert parley.webhooks.inbound(person, text).status_code == 200
    with contextlib.closing(Refusing(parley.folder / "run")):
        wait_for(parley, "list", len(said))
    parley.start("worker")


class Refusing(FakeWorker):
    """A worker that takes no event at all."""

    def __init__(self, run_dir):
        super().__init__(run_dir)
        self.refuse["inbound"] = ("input", "events")


@pytest.fixture
def parley():
    system = Parley("worker", "ingress", "api", env={"ACK_BUDGET_MS": 200}).start()
    for person in (PERSON, OTHER):
        assert system.webhooks.inbound(person, "hello").status_code == 200
    eventually(lambda: len(system.api.all("/contacts")) == 2, 20)
    yield system
    system.close()


def erase(parley, person):
    contact = next(c for c in parley.api.all("/contacts") if c["address"] == person)
    parley.api.post(f"/contacts/{contact['id']}/erase")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("away", ["ingress", "nobody"])
def test_what_ingress_keeps_of_a_person_goes_with_their_erasure(parley, tmp_path, away):
    put_aside(parley, (PERSON, SECRET), (OTHER, KEPT))
    params = parley.webhooks.inbound_params(PERSON, FORGED)
    assert parley.webhooks.post("/plivo/inbound", params, token="not-the-token").status_code == 403
    assert parley.webhooks.post("/plivo/inbound", parley.webhooks.inbound_params(OTHER, KEPT), token="no").status_code == 403
    wait_for(parley, "rejected", 2)
    if away == "ingress":
        parley.stop("ingress")
        held = live_bytes(parley.folder / "spool", tmp_path / "before")
        assert SECRET.encode() in held and FORGED.replace(" ", "+").replace(",", "%2C").encode() in held
    erase(parley, PERSON)
    if away == "ingress":
        parley.kill("worker")               # nobody tells anybody anything: what counts is what the store knows
        parley.start("ingress")
        wait_for(parley, "list", 2)
        parley.start("worker")
    wait_for(parley, "list", 1)
    wait_for(parley, "rejected", 1)
    parley.stop("ingress")
    held = live_bytes(parley.folder / "spool", tmp_path / "after")
    assert b"xylophonitis" not in held and PERSON[1:].encode() not in held
    assert KEPT.encode() in held and OTHER.encode() in held


@pytest.mark.timeout(120)
def test_what_is_put_aside_after_the_erasure_goes_too_and_what_came_later_stays(parley, tmp_path):
    parley.stop("worker")
    assert parley.webhooks.inbound(PERSON, SECRET).status_code == 200, "it is in the spool"
    parley.stop("ingress")
    parley.start("worker")
    erase(parley, PERSON)
    parley.stop("worker")
    parley.start("ingress")
    assert parley.webhooks.inbound(PERSON, KEPT).status_code == 200
    with contextlib.closing(Refusing(parley.folder / "run")):
        wait_for(parley, "list", 2)
    parley.start("worker")
    wait_for(parley, "list", 1)
    parley.stop("ingress")
    held = live_bytes(parley.folder / "spool", tmp_path / "after")
    assert SECRET.encode() not in held and KEPT.encode() in held
