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
