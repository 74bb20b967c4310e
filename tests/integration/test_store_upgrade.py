"""Stores of earlier versions, kept small under tests/vectors/stores: today's worker serves what stood in them."""
import json
import shutil
from pathlib import Path

import pytest

from harness import Parley

STORES = Path(__file__).resolve().parents[1] / "vectors" / "stores"


@pytest.fixture(scope="module", params=sorted(p.name for p in STORES.glob("v*")))
def upgraded(request):
    """A system on a copy of one, and what its own API said of it. No sender: nothing may leave by itself."""
    system = Parley("worker", "api", env={"CONFIRM_AFTER_MS": 3600000, "UNCONFIRMED_MAX_MS": 86400000})
    (system.folder / "store").mkdir()
    shutil.copy(STORES / request.param / "data.mdb", system.folder / "store" / "data.mdb")
    with system:
        yield system, json.loads((STORES / request.param / "expected.json").read_text())


def test_every_message_is_there(upgraded):
    system, expected = upgraded
    there = [{key: m[key] for key in ("id", "direction", "from", "to", "text", "status")} for m in system.api.all("/messages")]
    assert there == expected["messages"]


def test_people_keep_their_consent_and_conversations_their_state(upgraded):
    system, expected = upgraded
    there = [{"address": c["contact"]["address"], **{key: c[key] for key in ("status", "opted_out", "labels", "assignee")}}
             for c in system.api.all("/conversations")]
    assert there == expected["conversations"]
    assert system.api.get("/consent/verify") == expected["verify"]


def test_what_waited_waits_and_what_was_unknown_is(upgraded):
    system, expected = upgraded
    status = json.loads(system.tool("status", "--json").stdout)
    for what in ("store_id", "generation", "outbox", "unconfirmed", "orphan_reports", "ledger_entries", "contacts"):
        assert status[what] == expected["status"][what], what


def test_rules_are_kept_and_new_messages_join_the_old_ones(upgraded):
    system, expected = upgraded
    assert [r["name"] for r in system.api.all("/rules") if not r["system"]] == expected["rules"]
    known = expected["conversations"][-1]["address"]
    message = system.api.send(known, "hello again")
    assert message["conversation_id"] in {c["id"] for c in system.api.all("/conversations")}
    assert len(system.api.all("/conversations")) == len(expected["conversations"])
