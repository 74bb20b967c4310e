"""An event that the worker refuses for good leaves ingress's lane: kept aside, listed, and in nobody's way."""
import uuid

import msgpack
import pytest

from harness import Parley, eventually
from sender_doubles import FakeWorker

PERSON = "+15550100555"


class Strict(FakeWorker):
    """A worker that takes every event but one kind."""

    def __init__(self, run_dir):
        self.taken = []
        super().__init__(run_dir)

    def _serve(self, zmq, router, peer, head, body):
        if msgpack.unpackb(head)["operation"] == "inbound" and any(e["text"] == "bad" for e in msgpack.unpackb(body)["events"]):
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
    finally:
        parley.close()
        if worker:
            worker.close()
