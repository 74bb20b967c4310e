"""The checker finds each difference that is planted, and none in a world that is right."""
import copy
from types import SimpleNamespace

import pytest

import checker

ASKER, STOPPER, BUYER = "+15570000001", "+15570000002", "+15570000003"


def message(**fields):
    return {"status_reason": None, "status_text": "", "class": "transactional"} | fields


def right_world():
    """A question and its answer, a STOP, a send that was delivered, a send whose last report never came."""
    inbound = [message(id="i1", plivo_uuid="u1", **{"from": ASKER}, text="question 1", to="us", status="received"),
               message(id="i2", plivo_uuid="u2", **{"from": STOPPER}, text="STOP", to="us", status="received")]
    outbound = [message(id="o1", plivo_uuid="a1", to=ASKER, text="thanks", status="delivered") | {"class": "auto"},
                message(id="o2", plivo_uuid="a2", to=BUYER, text="send 1", status="delivered"),
                message(id="o3", plivo_uuid="a3", to=BUYER, text="send 2", status="sent"),
                message(id="o4", plivo_uuid=None, to=STOPPER, text="send 3", status="blocked")]
    received = [{"message_uuid": m["plivo_uuid"], "from": m["from"], "text": m["text"], "is_acked": True} for m in inbound]
    accepted = [{"message_uuid": f"a{i}", "dst": to, "text": text, "state": state, "error_code": 0, "reports_acked": told,
                 "accepted_at": "2026-01-01T00:00:00.000Z"}
                for i, to, text, state, told in ((1, ASKER, "thanks", "delivered", ["queued", "sent", "delivered"]),
                                                 (2, BUYER, "send 1", "delivered", ["delivered"]),
                                                 (3, BUYER, "send 2", "delivered", ["queued", "sent"]))]
    sends = [{"key": f"k{i}", "to": to, "text": f"send {i}", "id": f"o{i + 1}", "after_stop": i == 3, "is_refused": False}
             for i, to in ((1, BUYER), (2, BUYER), (3, STOPPER))]
    journal = SimpleNamespace(sends=sends, stops={STOPPER: 1767225600.0}, texts=2)
    contacts = [{"address": STOPPER, "consent": "out"}, {"address": ASKER, "consent": "none"}]
    return checker.Evidence(journal, received, accepted, inbound, outbound, contacts, {"valid": True}, "", [5, 6, 7], 0, 7)


def lose(items, **wanted):
    items[:] = [item for item in items if any(item[key] != value for key, value in wanted.items())]


def another(items, index, **changes):
    items.append(copy.deepcopy(items[index]) | changes)


PLANTED = {
    "acked text lost": lambda e: lose(e.inbound, plivo_uuid="u1"),
    "text twice": lambda e: another(e.inbound, 0, id="i9"),
    "text from nowhere": lambda e: another(e.inbound, 1, plivo_uuid="u9"),
    "text altered": lambda e: e.inbound[1].update(text="STAY"),
    "promised send lost": lambda e: lose(e.outbound, id="o4"),
    "send twice in the store": lambda e: another(e.outbound, 3, id="o9"),
    "refused send is there": lambda e: e.journal.sends[2].update(id=None, is_refused=True),
    "store not whole": lambda e: setattr(e, "store", "a finding"),
    "send altered": lambda e: e.outbound[3].update(to=BUYER),
    "left twice": lambda e: another(e.accepted, 1, message_uuid="a9"),
    "accepted send unknown": lambda e: e.outbound[2].update(plivo_uuid=None, status="unconfirmed"),
    "two messages for one send": lambda e: another(e.outbound, 1, id="o9", text="send 9"),
    "uuid of another send": lambda e: (e.outbound[1].update(plivo_uuid="a3"), e.outbound[2].update(plivo_uuid="a2")),
    "wrong state": lambda e: e.outbound[1].update(status="sent"),
    "never left": lambda e: e.outbound[3].update(status="delivered"),
    "given up": lambda e: e.outbound[3].update(status="failed"),
    "unresolved": lambda e: e.outbound[3].update(status="sending"),
    "stop lost": lambda e: e.contacts[0].update(consent="none"),
    "sent after a stop": lambda e: another(e.accepted, 0, message_uuid="a9", dst=STOPPER, text="send 3"),
    "answered wrongly": lambda e: e.outbound[0].update({"class": "transactional"}),
    "ledger broken": lambda e: e.ledger.update(valid=False),
    "stream gap": lambda e: e.events.remove(6),
    "stream reset": lambda e: setattr(e, "resets", 1),
}


def test_a_right_world_has_no_difference():
    assert checker.differences(right_world()) == []


def test_an_inline_answer_without_any_report_is_known_by_its_person():
    evidence = right_world()
    evidence.outbound[0].update(plivo_uuid=None, status="accepted")
    evidence.accepted[0]["reports_acked"] = []
    assert checker.differences(evidence) == []
    del evidence.accepted[0]
    assert {difference.kind for difference in checker.differences(evidence)} == {"never left"}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_difference_is_found(kind):
    evidence = right_world()
    PLANTED[kind](evidence)
    assert kind in {difference.kind for difference in checker.differences(evidence)}


@pytest.mark.parametrize("state,code,told,status,is_right", [
    ("sent", 0, ["queued"], "accepted", True),
    ("delivered", 0, ["queued"], "delivered", True),        # Plivo's list told it
    ("delivered", 0, ["queued", "sent"], "accepted", False),
    ("queued", 0, [], "sent", False),
    ("failed", 420, ["failed"], "expired", True),
    ("failed", 420, ["failed"], "failed", False),
    ("failed", 200, ["failed"], "blocked", True),
    ("undelivered", 70, ["undelivered"], "delivered", False),
])
def test_a_state_is_right_when_plivo_told_or_would_tell_it(state, code, told, status, is_right):
    evidence = right_world()
    evidence.accepted[1].update(state=state, error_code=code, reports_acked=told)
    evidence.outbound[1]["status"] = status
    assert ("wrong state" not in {difference.kind for difference in checker.differences(evidence)}) is is_right
