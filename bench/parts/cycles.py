"""Full cycles: inbound, rule, granted, sent, report, delivered. All services and the simulator, on the same cores."""
import time

from . import common
from .common import say, thousands

TITLE = "Full cycles"
TEXTS, NUMBERS, CALLS = 20000, 8, 100


def prepare(parley):
    """A rule that answers everything; eight numbers at the highest rate."""
    for i in range(NUMBERS):
        number = f"+{int(parley.number[1:]) + i}"
        assert parley.webhooks.inbound("+15551000000", "hello", To=number[1:]).status_code == 200
    for number in parley.api.get("/numbers")["data"]:
        parley.api.patch(f"/numbers/{number['id']}", {"state": "active", "rate": 1000})
    parley.api.post("/rules", {"name": "bench", "match": {"kind": "any", "words": []},
                               "actions": [{"kind": "reply", "text": "Thank you, we have got your message."}]})


def delivered(parley):
    count, cursor = 0, None
    while True:
        page = parley.api.get("/messages", limit=200, direction="outbound", status="delivered",
                              **({"cursor": cursor} if cursor else {}))
        count, cursor = count + len(page["data"]), page["next_cursor"]
        if not cursor:
            return count


def is_over(parley):
    """Everything is sent, reported, and nothing waits on its way."""
    plivo, ingress = parley.plivo.health(), parley["ingress"].metrics()
    return (plivo["messages"] >= TEXTS and plivo["waiting"] == plivo["calls"] == 0 and
            ingress['parley_ingress_spool_events{lane="inbound"}'] == ingress['parley_ingress_spool_events{lane="reports"}'] == 0)


def one():
    ours = ",".join(f"+{15550100000 + i}" for i in range(NUMBERS))
    plivo = {"NUMBER_RATE": 100000, "PLIVO_FROM_NUMBER": ours}
    with common.parley(NUMBER_RATE="1000", env_of={"sim": plivo, "sender": {"SENDER_CONNECTIONS": CALLS}}) as parley:
        prepare(parley)
        pids = {name: parley[name].pid for name in ("ingress", "worker", "sender", "sim")}
        before = {name: common.cpu_s(pid) for name, pid in pids.items()}
        began = time.monotonic()
        figures = common.load(parley.ports["ingress"], parley.public_url, 64, seconds=60, n=TEXTS, people=TEXTS, warmup=0,
                              token=parley.token, number=parley.number, numbers=NUMBERS)
        acked = time.monotonic() - began
        common.await_true(lambda: is_over(parley), 120, "every reply is sent and reported")
        took = time.monotonic() - began
        cpu = {name: (common.cpu_s(pid) - before[name]) / TEXTS * 10000 for name, pid in pids.items()}
        got = delivered(parley)
    say(f"cycles: {figures['answered']} texts acked in {acked:.1f} s, {got} replies delivered in {took:.1f} s")
    return got / took, got, cpu, acked


def run():
    rate, got, cpu, acked = common.median_of(one)
    return [f"{thousands(TEXTS)} people text once; a rule answers each; the simulator accepts, sends and reports thrice. Counted until the",
            f"last report is committed; the sender may have {CALLS} calls at once:", "",
            *common.table(["cycles/s", "aim", "delivered", "all acked after s", *(f"{name} CPU s / 10,000" for name in cpu)],
                          [[f"**{thousands(rate)}**", "3,000", thousands(got), f"{acked:.1f}", *(f"{v:.2f}" for v in cpu.values())]])]
