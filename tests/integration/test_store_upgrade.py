"""Stores of earlier versions, kept small under tests/vectors/stores: today's worker serves what stood in them."""
import hashlib
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


@pytest.mark.parametrize("layout", sorted(p.name for p in STORES.glob("v*")))
def test_a_backup_of_an_older_layout_restores(layout):
    expected = json.loads((STORES / layout / "expected.json").read_text())
    system = Parley("worker", "api")
    folder = system.folder / "backup"
    folder.mkdir()
    data = (STORES / layout / "data.mdb").read_bytes()
    (folder / "data.mdb").write_bytes(data)
    manifest = {"format": 1, "store_id": expected["status"]["store_id"], "generation": 1, "layout": int(layout[1:]),
                "taken_at": "2026-11-23T19:16:00.000Z", "event_head": 0, "ledger_entries": 3, "messages": 17,
                "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    try:
        assert "generation 2, 3 messages unconfirmed" in system.tool("restore", folder).stdout
        system.start()
        status = json.loads(system.tool("status", "--json").stdout)
        assert (status["generation"], status["outbox"], status["unconfirmed"]) == (2, 0, 3)
        assert {m["id"] for m in system.api.all("/messages")} == {m["id"] for m in expected["messages"]}
    finally:
        system.close()


def test_a_copy_has_a_generation_of_its_own_and_waits_as_a_restored_one_does():
    system = Parley("worker", "api")
    (system.folder / "store").mkdir()
    shutil.copy(STORES / "v1" / "data.mdb", system.folder / "store" / "data.mdb")
    with system:
        copy = f"lmdb:{system.folder / 'copy'}"
        assert "a worker has" in system.tool("store", "copy", system.env["STORE_URL"], copy, wanted=1).stderr
        system.stop("worker")
        assert "generation 2," in system.tool("store", "copy", system.env["STORE_URL"], copy).stdout
        assert "whole" in system.tool("store", "check", copy).stdout
        assert "is there already" in system.tool("store", "copy", system.env["STORE_URL"], copy, wanted=1).stderr
