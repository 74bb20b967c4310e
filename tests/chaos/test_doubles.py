"""Two of one service: a sender that sleeps through its own succession, two workers on one store, two ingresses on one spool."""
from collections import Counter

import pytest

from harness import Parley, eventually, free_port
from harness.processes import Process
from house import QUICK

SENDS = 40


def another(parley, name, **env):
    """One more process of that service, with the same variables but those given; it belongs to the system's end."""
    port = free_port()
    double = Process(name, parley[name].env | {"ADMIN_LISTEN": f"127.0.0.1:{port}"} | env, [port],
                     parley.folder / f"{name}-2.log")
    parley.processes[f"{name}-2"] = double
    double.spawn()
    return double


def ended(process):
    """Its exit code, once it has ended by itself."""
    process.is_wanted = False
    eventually(lambda: not process.is_running, 20)
    process.was_killed = True                               # the harness need not stop it any more
    return process.child.returncode


def each_left_once(parley, texts):
    times = Counter(m["text"] for m in parley.plivo.messages())
    assert {text: times[text] for text in texts if times[text] != 1} == {}
    return True


def all_delivered(parley, timeout=60):
    def there():
        standing = Counter(m["status"] for m in parley.api.messages(direction="outbound"))
        assert set(standing) == {"delivered"}, str(standing)
        return True
    eventually(there, timeout)


@pytest.mark.timeout(200)
@pytest.mark.parametrize("wakes", ["at once", "when all is settled"])
def test_a_sender_that_wakes_after_its_successor_took_over_sends_nothing_and_ends(wakes):
    with Parley(env=QUICK | {"SENDER_CONNECTIONS": 8}) as parley:
        parley.plivo.faults(latency_ms=300)
        texts = [f"text {i}" for i in range(SENDS)]
        for i, text in enumerate(texts):
            parley.api.send(f"+1557{i:07d}", text)
        eventually(lambda: len(parley.plivo.messages()) > 8, 20)
        old = parley["sender"]
        parley.pause("sender")
        successor = another(parley, "sender")
        successor.wait_ready()
        eventually(lambda: "sender.welcome" in successor.log(), 20)
        if wakes != "at once":
            all_delivered(parley)
        parley.resume("sender")
        assert ended(old) == 1
        assert "sender.replaced" in old.log()
        all_delivered(parley)
        each_left_once(parley, texts)

        parley.plivo.clear_faults()
        later = parley.api.send("+15570000099", "after the succession")     # reports find the successor, not the dead one
        eventually(lambda: parley.api.message(later["id"])["status"] == "delivered", 20)
        assert "service.stopped" in old.log()
        assert successor.stop() == 0


def test_a_sender_that_outlives_a_restore_is_refused_and_ends_and_the_next_one_sends():
    with Parley(env=QUICK) as parley:
        parley.api.send("+15570000001", "before the backup")
        all_delivered(parley)
        backup = parley.folder / "backup"
        parley.tool("backup", backup)
        old = parley["sender"]
        old.is_wanted = False
        parley.kill("api", "ingress", "worker")
        parley.tool("restore", backup, "--replace")
        parley.start("worker", "ingress", "api")
        assert ended(old) == 1
        assert "sender.replaced" in old.log()
        held = parley.api.send("+15570000002", "after the restore")
        parley.start("sender")
        parley.tool("recover")
        eventually(lambda: parley.api.message(held["id"])["status"] == "delivered", 30)
        each_left_once(parley, ["before the backup", "after the restore"])


def test_a_second_worker_on_the_same_store_does_not_start_and_disturbs_nobody():
    with Parley(env=QUICK) as parley:
        second = another(parley, "worker")
        assert ended(second) == 1
        assert "another worker has" in second.log()
        message = parley.api.send("+15570000001", "the first still works")
        eventually(lambda: parley.api.message(message["id"])["status"] == "delivered", 20)
        parley.restart("worker")                            # nothing of the second is in its way
        assert parley.api.message(message["id"])["status"] == "delivered"


def test_a_second_ingress_on_the_same_spool_does_not_start_and_disturbs_nobody():
    with Parley(env=QUICK) as parley:
        second = another(parley, "ingress", INGRESS_LISTEN=f"127.0.0.1:{free_port()}")
        assert ended(second) == 1
        assert "SPOOL_DIR" in second.log()
        assert parley.webhooks.inbound("+15570000001", "the first still works").status_code == 200
        eventually(lambda: parley.api.inbound_count() == 1, 20)
