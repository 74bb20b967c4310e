"""Cut, start, look, load, cut: until enough events were acknowledged. One function for the worker's store, one for ingress's spool."""
import random
import sys
import time

import msgpack

from harness import Parley, eventually
from integration.sender_doubles import Zmq, reply_parts
from powercut.disk import Disk
from powercut.loads import BATCH, BusLoad, Events, WebhookLoad

SAMPLE = 2000                       # of older events, looked for after each cut; the newest all are


class Report:
    """What was measured."""

    def __init__(self, what):
        self.what, self.cuts, self.at_stake, self.acked, self.missing, self.twice = what, 0, 0, 0, [], []
        self.began = time.monotonic()

    def __str__(self):
        return (f"{self.what}: {self.acked} events acknowledged, {self.cuts} power cuts ({self.at_stake} writes at stake), "
                f"{len(self.missing)} lost, {len(self.twice)} twice; {time.monotonic() - self.began:.0f} s")


class Machine:
    """Worker and ingress, each on a disk that forgets."""

    def __init__(self, seed, **env):
        self.parley = Parley("worker", "ingress", env={"PLIVO_FROM_NUMBER": "+15550100000", "LOG_LEVEL": "warn", **env})
        folder = self.parley.folder
        self.disks = {name: Disk(folder / f"{name}-disk", seed + i).watch(self.parley[name])
                      for i, name in enumerate(("worker", "ingress"))}
        self.parley.env["STORE_URL"] = self.parley["worker"].env["STORE_URL"] = f"lmdb:{self.disks['worker'].root / 'store'}"
        self.parley["ingress"].env["SPOOL_DIR"] = str(self.disks["ingress"].root / "spool")
        self.zmq = Zmq()

    def cut(self, report, lies=False):
        """Both at once, as a machine without power."""
        self.parley.kill("ingress", "worker")
        report.at_stake += sum(disk.cut(lies) for disk in self.disks.values())
        report.cuts += 1

    def ask(self, operation, body, timeout=30):
        s = self.zmq.socket(5, f"ipc://{self.parley.folder}/run/worker.sock", bind=False)
        self.zmq.send(s, [msgpack.packb({"version": 1, "request_id": 1, "operation": operation, "tenant": 1}), msgpack.packb(body)])
        frames = eventually(lambda: self.zmq.receive(s), timeout, f"an answer to {operation}")
        self.zmq.close(s)
        head, body = reply_parts(frames)
        assert "error" not in msgpack.unpackb(head), head
        return msgpack.unpackb(body) if body else {}

    def missing(self, events):
        """Those of acknowledged events that the store does not know: what it knows it calls duplicates."""
        gone = []
        for i in range(0, len(events), BATCH):
            part = events[i:i + BATCH]
            answers = self.ask("inbound", {"events": part})["answers"]
            gone += [e["uuid"] for e, a in zip(part, answers) if a.get("result", "committed") != "duplicate"]
        return gone

    def chain_is_valid(self):
        verdict = self.ask("ledger_verify", {})
        assert verdict.get("valid"), f"the consent chain does not verify: {verdict}"
        return verdict

    def stored(self):
        """Every inbound message's uuid, as often as it is there."""
        query, all_of_them = {"direction": "inbound", "limit": 200}, []
        while True:
            page = self.ask("messages", query)
            all_of_them += [m["plivo_uuid"] for m in page.get("data", [])]
            if not page.get("next_cursor"):
                return all_of_them
            query["cursor"] = page["next_cursor"]


def until(chance, low_s, high_s):
    over_at = time.monotonic() + chance.uniform(low_s, high_s)
    return lambda: time.monotonic() >= over_at


def look(machine, load, checked, report, chance):
    """What was acknowledged since the last look, and a sample of what was before."""
    news = [e for uuid, e in load.acked.items() if uuid not in checked]
    old = [load.acked[u] for u in chance.sample(sorted(checked), min(SAMPLE, len(checked)))]
    report.missing += machine.missing(news + old)
    checked.update(e["uuid"] for e in news)
    machine.chain_is_valid()


def account(machine, load, report):
    """Each acknowledged event once, and nothing twice."""
    stored = machine.stored()
    there = set(stored)
    report.acked = len(load.acked)
    report.missing = sorted({u for u in load.acked if u not in there} | set(report.missing))
    report.twice = sorted({u for u in stored if stored.count(u) > 1}) if len(stored) != len(there) else []
    verdict = machine.chain_is_valid()
    print(f"  {len(stored)} messages in the store, a consent chain of {verdict.get('entries', 0)} entries verifies", file=sys.stderr)


def store_rounds(seed, goal, cuts, lies=False, live_s=(0.05, 0.8)):
    """Batches over the bus into the worker's store, until both so many events and so many cuts."""
    chance = random.Random(seed)
    report = Report("worker's store")
    machine = Machine(seed)
    machine.parley.is_whole = not lies                       # else the harness looks at every row of it in the end
    load = BusLoad(machine.zmq, f"ipc://{machine.parley.folder}/run/worker.sock", Events("+15550100000", seed))
    checked = set()
    try:
        while (len(load.acked) < goal or report.cuts < cuts) and not report.missing:
            machine.parley.processes["worker"].spawn()
            if chance.random() < 0.2 and (load.acked or not lies):      # in the middle of the start, too; lies need something to lose
                load.run(until(chance, 0.0, 0.1))
                machine.cut(report, lies)
                continue
            machine.parley["worker"].wait_ready()
            look(machine, load, checked, report, chance)
            load.run(until(chance, *live_s))
            machine.cut(report, lies)
        machine.parley.start("worker")
        account(machine, load, report)
    except RuntimeError as e:
        if not lies:
            raise
        machine.parley["worker"].kill()                      # whether it ended by itself or not
        report.missing, report.acked = sorted(load.acked), len(load.acked)
        print(f"  the store does not open: {str(e).splitlines()[-1]}", file=sys.stderr)
    finally:
        machine.parley.close()
    return report


def spool_rounds(seed, goal, cuts, lies=False, live_s=(0.3, 2.0)):
    """Signed webhooks while the worker is mostly away; both disks lose their power at once. At the end the spool is replayed."""
    chance = random.Random(seed)
    report = Report("ingress's spool")
    machine = Machine(seed, ACK_BUDGET_MS=5, SPOOL_MB=4096)
    load = WebhookLoad(machine.parley, Events("+15550100000", seed))
    try:
        while len(load.acked) < goal or report.cuts < cuts:
            machine.parley.processes["ingress"].spawn()
            if chance.random() < 0.25:                       # it comes back in the midst of it: entries leave the spool
                machine.parley.processes["worker"].spawn()
            if chance.random() >= 0.2:
                machine.parley["ingress"].wait_ready()
            load.run(until(chance, *live_s))
            machine.cut(report, lies)
        machine.parley.start("worker", "ingress")
        eventually(lambda: machine.parley["ingress"].metrics()['parley_ingress_spool_events{lane="inbound"}'] == 0, 600,
                   "the spool is empty")
        account(machine, load, report)
        return report
    finally:
        machine.parley.close()
