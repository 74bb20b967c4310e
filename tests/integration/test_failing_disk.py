"""A disk that is full, read-only or broken: clear refusals, reads go on, and nobody has to start anything again when it is well."""
import errno
import uuid

import pytest

from harness import Parley, eventually
from powercut.disk import Disk

PERSON = "+15550100321"
FAULTS = [(code, which) for code in ("ENOSPC", "EROFS", "EIO") for which in ("write", "sync", "meta", "write+meta+sync+open")]


def on_failing_disk(*names, victim, variable, prefix="", **env):
    parley = Parley(*names, env={"ACK_BUDGET_MS": 200, **env})
    disk = Disk(parley.folder / "below").watch(parley[victim])
    parley.env[variable] = parley[victim].env[variable] = f"{prefix}{disk.root / 'data'}"
    return parley.start(), disk


def asked(parley, text):
    """A send, whatever it is answered."""
    return parley.api.request("POST", "/messages", json={"to": PERSON, "text": text})


@pytest.fixture(scope="module")
def house():
    parley, disk = on_failing_disk(victim="worker", variable="STORE_URL", prefix="lmdb:")
    yield parley, disk
    disk.heal()
    parley.close()


@pytest.fixture
def failing_store(house):
    parley, disk = house
    disk.heal()
    eventually(lambda: asked(parley, "before").status_code == 202, 10)
    yield house
    disk.heal()


def texts(parley):
    return {m["plivo_uuid"] for m in parley.api.messages(direction="inbound")}


def ids(parley):
    return {m["id"] for m in parley.api.messages(limit=200)}


@pytest.mark.parametrize("code,which", FAULTS)
def test_a_store_whose_disk_fails_refuses_clearly_reads_on_and_recovers_by_itself(failing_store, code, which):
    parley, disk = failing_store
    pid, refused = parley["worker"].pid, disk.refused
    known, taken = ids(parley), set()

    def refusal():
        answer = asked(parley, "during")
        if answer.status_code == 202:                           # the journal had it before anything failed
            taken.add(answer.json()["id"])
        return answer.status_code == 503 and [answer.json()["detail"]]
    disk.fail(getattr(errno, code), *which.split("+"))
    [why] = eventually(refusal, 5, "a send is refused")
    assert "disk" in why or "written" in why, why
    assert disk.refused > refused, "nothing failed: that proves nothing"
    assert ids(parley) - taken == known, "what was refused is there, or what was there is not"
    spooled = str(uuid.uuid4())
    assert parley.webhooks.inbound(PERSON, "hello", message_uuid=spooled).status_code == 200, "there is the spool"
    disk.heal()
    eventually(lambda: asked(parley, "after").status_code == 202, 15)
    eventually(lambda: spooled in texts(parley), 15, "what was spooled has been committed")
    there = {m["id"] for m in parley.api.messages(direction="outbound", limit=200) if m["text"] == "during"}
    assert there - known == taken, "what was taken is gone, or what was refused is there"
    assert parley["worker"].pid == pid, "it was started again"


def test_a_stop_is_not_acknowledged_before_its_commit_whatever_the_disk(failing_store):
    parley, disk = failing_store
    stop = str(uuid.uuid4())
    disk.fail(errno.ENOSPC)
    assert parley.webhooks.inbound(PERSON, "STOP", message_uuid=stop).status_code == 503
    disk.heal()
    eventually(lambda: stop in texts(parley), 15, "its spooled copy has been committed")


@pytest.mark.parametrize("code,which", [("ENOSPC", "write"), ("EROFS", "write+meta+sync+open"), ("EIO", "meta")])
def test_a_spool_whose_disk_fails_answers_503_and_takes_again_by_itself(code, which):
    parley, disk = on_failing_disk("ingress", victim="ingress", variable="SPOOL_DIR")
    try:
        pid = parley["ingress"].pid
        before, during, after = (str(uuid.uuid4()) for _ in range(3))
        assert parley.webhooks.inbound(PERSON, "before", message_uuid=before).status_code == 200
        disk.fail(getattr(errno, code), *which.split("+"))
        answer = parley.webhooks.inbound(PERSON, "during", message_uuid=during)
        assert answer.status_code == 503 and "Retry-After" in answer.headers, answer.text
        disk.heal()
        eventually(lambda: parley.webhooks.inbound(PERSON, "after", message_uuid=after).status_code == 200, 15)
        assert parley["ingress"].pid == pid
        parley.start("worker", "api")
        eventually(lambda: {before, after} <= texts(parley), 15)
    finally:
        parley.close()


@pytest.mark.parametrize("victim,variable,prefix", [("worker", "STORE_URL", "lmdb:"), ("ingress", "SPOOL_DIR", "")])
def test_a_start_on_a_full_disk_says_so(victim, variable, prefix):
    parley = Parley(victim)
    disk = Disk(parley.folder / "below").watch(parley[victim])
    parley.env[variable] = parley[victim].env[variable] = f"{prefix}{disk.root / 'data'}"
    try:
        disk.fail(errno.ENOSPC, "write", "meta", "sync")
        process = parley[victim]
        process.spawn()
        process.is_wanted, process.was_killed = False, True
        eventually(lambda: not process.is_running, 20)
        assert process.child.returncode != 0 and "disk is full" in process.log_tail(), process.log_tail()
        disk.heal()
        parley.start(victim)
    finally:
        parley.close()
