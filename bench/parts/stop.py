"""STOP behind a full outbox: from the webhook to its 200, which comes after the commit that puts it in force."""
import random
import time

from . import common
from .common import WAITING, say, thousands

TITLE = "STOP behind waiting sends"
STOPS, PEOPLE = 200, 10000


def fill(parley, waiting):
    url = f"http://127.0.0.1:{parley.ports['api']}"
    left = waiting
    while left > 0:
        n = min(left, 50000)
        figures = common.load(parley.ports["api"], url, min(32, n), seconds=100, n=n, people=min(PEOPLE, waiting), warmup=0,
                              send=True)
        assert figures["refused"] == 0 and figures["answered"] == n, figures
        left -= n


def one(waiting):
    with common.parley(NUMBER_RATE="5") as parley:
        fill(parley, waiting)
        people = random.sample(range(min(PEOPLE, waiting)), min(STOPS, waiting))
        took = []
        for i in people:
            began = time.perf_counter()
            answer = parley.webhooks.inbound(f"+1555{2000000 + i}", "STOP")
            took.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200
        metrics = parley["sender"].metrics()
        grant_ms = metrics["parley_sender_grant_seconds_sum"] / max(1, metrics["parley_sender_grant_seconds_count"]) * 1000
        left = sum(message["status"] in ("queued", "held") for i in people[:20]
                   for message in parley.api.get("/messages", contact=contact(parley, i), direction="outbound")["data"])
    assert left == 0, f"{left} sends to people who said STOP still wait"
    say(f"stop: behind {waiting}: p99 {common.p99(took):.1f} ms")
    return [thousands(waiting), len(took), f"{common.p50(took):.1f}", f"**{common.p99(took):.1f}**", "50", f"{max(took):.1f}",
            f"{grant_ms:.2f}"]


def contact(parley, i):
    return parley.api.get("/contacts", q=f"+1555{2000000 + i}")["data"][0]["id"]


def run():
    return ["Each STOP comes from a person for whom sends wait; afterwards none of them is queued any more:", "",
            *common.table(["waiting", "STOPs", "p50 ms", "p99 ms", "aim", "worst ms", "mean grant ms"],
                          [one(waiting) for waiting in WAITING])]
