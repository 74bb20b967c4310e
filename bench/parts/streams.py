"""SSE: how long an event takes to all of many clients, and what they cost."""
import json
import subprocess
import time

from . import common
from .common import BIN, STREAMS, say, thousands

TITLE = "Event streams"
MARKS = 20


def one(n):
    with common.parley("worker", "ingress", "api", API_STREAMS_MAX=str(n)) as parley:
        pid = parley["api"].pid
        at_rest = common.memory_mb(pid)
        child = subprocess.Popen([BIN / "parley-bench-streams", "127.0.0.1", str(parley.ports["api"]), str(n)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        opened = json.loads(child.stdout.readline())
        with_clients = common.memory_mb(pid)
        before, took = common.cpu_s(pid), []
        for mark in range(1, MARKS + 1):
            began = time.clock_gettime(time.CLOCK_BOOTTIME)
            assert parley.webhooks.inbound("+15552000001", f"fanout-{mark} is told to all").status_code == 200
            seen = json.loads(child.stdout.readline())
            took.append(seen["last_us"] / 1000 - began * 1000)
        cpu_ms = (common.cpu_s(pid) - before) / MARKS * 1000
        peak = common.memory_mb(pid, "VmHWM")
        child.stdin.close()
        child.wait(20)
    say(f"streams: {n} clients, {with_clients:.0f} MB, {common.p50(took):.0f} ms")
    return [thousands(n), f"{at_rest:.0f}", f"{with_clients:.0f}", f"**{peak:.0f}**", "512" if n >= 10000 else "–",
            f"{(with_clients - at_rest) * 1024 / n:.1f}", f"{opened['seconds']:.1f}", f"{common.p50(took):.1f}",
            f"{max(took):.1f}", f"{cpu_ms:.0f}"]


def run():
    return ["From a text's webhook (its commit included) to the last client that has `message.created`:", "",
            *common.table(["clients", "api MB at rest", "MB with them", "peak MB", "aim", "KB a client", "opened in s", "p50 ms",
                           "worst ms", "api CPU ms an event"], [one(n) for n in STREAMS])]
