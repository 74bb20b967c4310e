"""Durable signed acks, beside the tutorial's server and the limits: the same bytes, the same generator, the same minutes."""
import tempfile

from . import common
from .common import CONNECTIONS, RUNS, SECONDS, say, thousands

TITLE = "Acks: signed, durable, 200"
POOL_A_SECOND = {True: 35000, False: 70000}     # requests made ahead, with the worker there and away: a run that uses them up fails
ALONE = "Parley, its worker away"
AIMS = (("Express, in memory", 6), ("Express, SQLite synchronous=FULL", 12), ("nginx, constant 200", 0.18))


def peer_runs(peer, n, repeat):
    with peer:
        url = f"http://127.0.0.1:{peer.port}"
        common.load(peer.port, url, 32, seconds=1, n=2000, repeat=True)
        return {connections: [common.measured(peer.pids, port=peer.port, url=url, connections=connections, n=n,
                                              repeat=repeat) for _ in range(RUNS)] for connections in CONNECTIONS}


def one(parley, pids, asked, acked, has_worker):
    def spooled():
        return parley["ingress"].metrics()['parley_ingress_webhooks_total{answer="spooled"}']
    before = spooled()
    figures = common.measured(pids, **asked, n=POOL_A_SECOND[has_worker] * (SECONDS + 1), acked=acked)
    assert not figures["ran_dry"], "more requests are needed"
    figures["spooled"] = spooled() - before
    if has_worker:
        await_spool(parley)
    return figures


def stored(parley):
    """The MessageUUIDs that the API lists."""
    found, cursor = set(), None
    while True:
        page = parley.api.get("/messages", limit=200, direction="inbound", **({"cursor": cursor} if cursor else {}))
        found.update(message["plivo_uuid"] for message in page["data"])
        cursor = page["next_cursor"]
        if not cursor:
            return found


def parley_runs(has_worker):
    """A fresh system for each number of connections: one run meets its 10,000 people, the others count. A worker that is away meanwhile
    comes at the end, for what waits in the spool."""
    runs, lost = {}, 0
    services = ("worker", "ingress") if has_worker else ("ingress",)
    n = RUNS if has_worker else 1
    for connections in CONNECTIONS:
        with common.parley(*services) as parley, tempfile.TemporaryDirectory() as folder:
            pids = [parley[service].pid for service in services]
            asked = {"port": parley.ports["ingress"], "url": parley.public_url, "token": parley.token,
                     "number": parley.number, "connections": connections}
            common.load(**asked, seconds=3, n=40000, acked=f"{folder}/0")
            runs[connections] = [one(parley, pids, asked, f"{folder}/{i + 1}", has_worker) for i in range(n)]
            acked = set()
            for i in range(n + 1):
                with open(f"{folder}/{i}", encoding="ascii") as lines:
                    acked.update(lines.read().split())
            if not has_worker:
                parley.start("worker")
            await_spool(parley)
            parley.start("api")
            missing = acked - stored(parley)
            lost += len(missing)
            say(f"{connections} connections: {len(acked)} acked, {len(missing)} of them not in the store")
    return runs, lost


def await_spool(parley):
    common.await_true(lambda: parley["ingress"].metrics()['parley_ingress_spool_events{lane="inbound"}'] == 0, 120,
                      "the spool is empty")


def run():
    servers = {}
    for peer, n, repeat in ((common.nginx(), 20000, True), (common.civetweb(), 20000, True),
                            (common.express(False), 60000, False), (common.express(True), 60000, False)):
        say(f"acks: {peer.name}")
        servers[peer.name] = peer_runs(peer, n, repeat)
    say("acks: Parley")
    servers["Parley, durable"], lost = parley_runs(has_worker=True)
    say("acks: Parley's ingress alone")
    servers[ALONE], lost_alone = parley_runs(has_worker=False)
    return report(servers, lost + lost_alone)


def ratio(servers, peer, connections):
    ours = common.median_run(servers["Parley, durable"][connections])["rps"]
    return ours / max(1, common.median_run(servers[peer][connections])["rps"])


def spooled_part(run):
    """How many of its answers were durable in ingress's own spool, not yet in the store: the worker took longer than 50 ms."""
    return f"{100 * run['spooled'] / run['answered']:.0f} %" if "spooled" in run else "–"


def cpu_ratio(servers, peer, connections):
    ours = common.median_run(servers["Parley, durable"][connections])["cpu"]
    return common.median_run(servers[peer][connections])["cpu"] / ours


def report(servers, lost):
    ratios = [[f"÷ {peer}", *(f"{ratio(servers, peer, c):.2f}" for c in CONNECTIONS), f"{aim:g}"] for peer, aim in AIMS]
    ratios.insert(0, ["÷ civetweb, constant 200", *(f"{ratio(servers, 'civetweb, constant 200', c):.2f}" for c in CONNECTIONS), "–"])
    spent = [[peer, *(f"{cpu_ratio(servers, peer, c):.2f}" for c in CONNECTIONS)] for peer in servers if not peer.startswith("Parley")]
    rows = []
    for name, runs in servers.items():
        for connections in CONNECTIONS:
            m = common.median_run(runs[connections])
            wrong = m["refused"] + m["unanswered"]
            rows.append([name, connections, thousands(m["rps"]), f"{m['p50_ms']:.2f}", f"{m['p99_ms']:.2f}",
                         f"{m['p999_ms']:.2f}", f"{m['cpu']:.2f}", f"{m['peak_mb']:.0f}", wrong or "–", spooled_part(m)])
    return [
        f"Parley's durable acks as a multiple of each peer's rate, by connections; medians of {RUNS} runs of {SECONDS} s:", "",
        *common.table(["Parley durable", *CONNECTIONS, "aim"], ratios), "",
        "The peer's CPU for a request as a multiple of Parley's, which hardly depends on what else the machine does:", "",
        *common.table(["peer", *CONNECTIONS], spent), "",
        *common.table(["server", "connections", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "CPU s / 10,000", "peak MB",
                       "not 200", "by the spool"], rows), "",
        f"Acked and not in the store afterwards: **{lost}** (every id of every run is looked up). Parley's memory counts the pages",
        "of the store that are mapped; the generator shares the machine's cores with the server it asks.",
    ]
