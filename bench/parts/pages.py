"""Lists and threads while the store grows: every page of a walk is timed; and what a message costs to take and to keep."""
import time

from . import common
from .common import MESSAGES, say, thousands

TITLE = "Pages of lists, and the store as it grows"
PEOPLE, PAGES, CHUNK = 10000, 200, 100000
LISTS = {"conversations": "/conversations", "messages": "/messages", "messages, inbound": "/messages?direction=inbound",
         "contacts": "/contacts", "a thread": "/conversations/{conversation}/messages",
         "a contact's messages": "/messages?contact={contact}"}


def grow(parley, n):
    pids = [parley["ingress"].pid, parley["worker"].pid]
    figures = None
    while n > 0:
        part = min(n, CHUNK)
        figures = common.measured(pids, port=parley.ports["ingress"], url=parley.public_url, connections=64, seconds=120, n=part,
                                  people=PEOPLE, warmup=0, token=parley.token, number=parley.number)
        assert figures["answered"] == part, figures
        n -= part
    return figures


def walk(parley, path):
    """Milliseconds of up to PAGES pages of 50, from the newest on; again from the start when the list is over."""
    took, cursor = [], None
    session = parley.api.session
    while len(took) < PAGES:
        url = parley.api_url + "/api/v1" + path + ("&" if "?" in path else "?") + "limit=50" + (f"&cursor={cursor}" if cursor else "")
        began = time.perf_counter()
        answer = session.get(url)
        body = answer.content
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, body
        cursor = answer.json()["next_cursor"]
    return took


def inside(parley, before):
    """Of the queries since `before`, as the worker sees them: their mean time, and how many took over 5 ms."""
    now = parley["worker"].metrics()
    n, total, quick = (now[name] - before[name] for name in (
        "parley_worker_query_seconds_count", "parley_worker_query_seconds_sum", 'parley_worker_query_seconds_bucket{le="0.005"}'))
    return f"{total / max(1, n) * 1000:.2f}", f"{100 * (n - quick) / max(1, n):.1f} %"


def store_bytes(parley):
    return (parley.folder / "store" / "data.mdb").stat().st_blocks * 512


def run():
    rows, costs, have = [], [], 0
    with common.parley("worker", "ingress", "api") as parley:
        for messages in MESSAGES:
            figures = grow(parley, messages - have)
            have = messages
            common.await_true(lambda: parley["ingress"].metrics()['parley_ingress_spool_events{lane="inbound"}'] == 0, 120,
                              "the spool is empty")
            conversation = parley.api.get("/conversations", limit=1)["data"][0]
            names = {"conversation": conversation["id"], "contact": conversation["contact"]["id"]}
            row = [thousands(messages)]
            before = parley["worker"].metrics()
            for path in LISTS.values():
                took = walk(parley, path.format(**names))
                row.append(f"{common.p50(took):.1f} / {common.p99(took):.1f}")
            rows.append([*row, *inside(parley, before)])
            costs.append([thousands(messages), thousands(figures["rps"]), f"{figures['cpu']:.2f}",
                          thousands(store_bytes(parley) / messages)])
            say(f"pages: {messages} messages done")
    return [f"Milliseconds (p50 / p99) of {PAGES} pages of 50 each, as a client of the API sees them; aim: p99 under 5 ms. The last columns",
            "are of the queries inside the worker:", "",
            *common.table(["messages", *LISTS, "worker's mean", "over 5 ms there"], rows), "",
            f"The store on disk, with {thousands(PEOPLE)} people; rate and cost of the last messages before each mark (64 connections):", "",
            *common.table(["messages", "acks/s", "CPU s / 10,000", "bytes a message"], costs)]
