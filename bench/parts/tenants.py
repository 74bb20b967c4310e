"""What a send costs the worker when 1, 10 or 100 tenants share what waits: in its own process, as ingress knows one tenant."""
import json
import subprocess

from . import common
from .common import BIN, RUNS, TENANTS, thousands

TITLE = "Many tenants"
SENDS = 10000


def one(tenants):
    def measure():
        done = subprocess.run([BIN / "parley-bench-tenants", str(tenants), str(SENDS)], check=True, capture_output=True, text=True)
        figures = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
        return figures["grant_us"], figures["queue_us"], figures["outcome_us"], figures["page_us"]
    grant, queue, outcome, page = sorted(measure() for _ in range(RUNS))[RUNS // 2]
    common.say(f"tenants: {tenants}: {grant:.1f} us a grant")
    return [tenants, f"{queue:.1f}", f"{grant:.1f}", f"{outcome:.1f}", f"{page:.1f}"]


def run():
    return [f"{thousands(SENDS)} sends wait, shared evenly; µs of the worker's CPU for each send, commits of 500 (queued) and of up to 100",
            "(granted, outcome) included, and for a page of 50 messages:", "",
            *common.table(["tenants", "queued µs", "granted µs", "outcome µs", "page µs"], [one(n) for n in TENANTS])]
