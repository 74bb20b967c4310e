"""A campaign: round after round of a plan under load, peace after each, and the checker's word. Shared by the test and by `run`."""
import contextlib
import time
from dataclasses import dataclass, field

import checker
from harness import Dashboard, slowed
from house import House
from load import Load
from plan import plan

SETTLING_S = 60                     # SENDER_SILENCE_MS, UNCONFIRMED_MAX_MS, the simulator's last repeat of a webhook: 39 s in all,
LOOKS_S = 0.02                      # and for each record of Plivo's list: it is read twice, in pages of 20 at least 50 ms apart


@dataclass
class Report:
    seed: int
    kills: int = 0
    done: dict = field(default_factory=dict)
    counts: dict = field(default_factory=dict)
    differences: list = field(default_factory=list)
    took_s: float = 0.0


def _counts(evidence):
    webhooks = sum(len(a["reports_acked"]) for a in evidence.accepted)
    return {"texts of people": len(evidence.received), "of them acknowledged": sum(m["is_acked"] for m in evidence.received),
            "sends asked for": len(evidence.journal.sends), "of them promised (202)": sum(bool(s["id"]) for s in evidence.journal.sends),
            "opt-outs": len(evidence.journal.stops), "sends that Plivo accepted": len(evidence.accepted),
            "kinds of report acknowledged": webhooks, "messages in the store": len(evidence.inbound) + len(evidence.outbound),
            "events followed": len(evidence.events)}


def _one_round(house, load, dashboard, round_, report, say):
    load.scope = round_.number
    house.parley.plivo.faults(**round_.faults)
    number = house.parley.api.get("/numbers")["data"][0]
    house.parley.api.patch(f"/numbers/{number['id']}", {"reply_via": round_.reply_via})
    with load:
        house.suffer(round_.events)
        house.recover()
    house.parley.plivo.clear_faults()
    begun, window_s = time.monotonic(), SETTLING_S + LOOKS_S * len(house.parley.plivo.messages())
    restless = checker.wait_until_quiet(house.parley, window_s)
    peace_s = time.monotonic() - begun
    newest = checker.head(house.parley.api)
    deadline = time.monotonic() + slowed(15)
    while (dashboard.last or 0) < newest and time.monotonic() < deadline:
        time.sleep(0.1)                                     # between two looks
    evidence = checker.gather(house.parley, load.journal, dashboard)
    found = checker.differences(evidence)
    if restless:
        found.append(checker.Difference("no peace", restless))
    found += [checker.Difference("surprise", text) for text in house.surprises]
    report.kills += round_.kills
    report.done, report.counts = dict(house.done), _counts(evidence)
    report.differences = found                              # of all rounds: the store keeps what was wrong
    say(f"round {round_.number + 1} ({round_.reply_via}): {round_.kills} kills, {report.kills} in all, {report.counts['messages in the store']} messages, "
        f"peace after {peace_s:.0f} s, {len(found)} differences")
    return not found


def campaign(seed, kills, say=print, until_s=float("inf"), first=0):
    """Stops after the round in which the first difference shows, or that ends after until_s. `first`: see plan()."""
    report, begun = Report(seed), time.monotonic()
    with House() as house:
        load = Load(house.parley, seed)
        with contextlib.closing(Dashboard(house.parley.api, checker.head(house.parley.api))) as dashboard:
            for round_ in plan(seed, kills, first):
                if not _one_round(house, load, dashboard, round_, report, say) or time.monotonic() - begun > until_s:
                    break
    report.took_s = time.monotonic() - begun
    return report
