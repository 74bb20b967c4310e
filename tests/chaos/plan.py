"""What is done to the house and when: a function of the seed, without a clock and without a process.

plan(seed, kills) is a list of rounds. A round has the simulator's faults, the number's way of answering, and its events in the
order of time:

    kill, start      SIGKILL of services, all in the same instant; their start again
    pause, resume    SIGSTOP, SIGCONT of one
    cut, stall, drop of a cable: closed and refused · no byte moves · closed in the middle of a frame; mend ends the first two

Each service dies alone once a round, in an order by chance, then by chance alone or with others. Nothing waits for a service to be
ready: the next blow may meet it while it starts.
"""
import random
from dataclasses import dataclass, field

SERVICES = ("ingress", "worker", "sender", "api")
CABLES = ("ingress-worker", "sender-worker", "api-worker", "ingress-sender", "sender-events", "api-events")
KILLS_A_ROUND = 25

# The simulator's faults of a round, one set after the other. The first is calm: a look at Plivo's list wants a witness that it knows.
WEATHER = (
    {},
    {"latency_ms": 400, "dlr_delay_ms": 200},
    {"http_500": 0.15, "http_429": 0.15},
    {"accept_then_drop": 0.2, "dlr_drop": 0.2},
    {"dlr_before_response": 0.5, "dlr_duplicate": 0.3, "dlr_reorder": 0.3, "webhook_duplicate": 0.3},
    {"accept_then_drop": 0.1, "http_500": 0.05, "http_429": 0.05, "latency_ms": 100, "dlr_delay_ms": 100, "dlr_drop": 0.1,
     "dlr_before_response": 0.1, "dlr_duplicate": 0.2, "dlr_reorder": 0.2, "webhook_duplicate": 0.2},
)


@dataclass(frozen=True, order=True)
class Event:
    at_s: float
    verb: str = field(compare=False)
    what: tuple = field(compare=False)


@dataclass(frozen=True)
class Round:
    number: int
    faults: dict
    reply_via: str                                          # how the number answers: "rest", or "xml" in the webhook's own answer
    events: tuple

    @property
    def kills(self):
        return sum(len(event.what) for event in self.events if event.verb == "kill")


def _victims(chance, turn):
    if turn < len(SERVICES):
        return None                                         # that one's turn, alone
    return tuple(sorted(chance.sample(SERVICES, chance.choice((1, 1, 1, 2, 2, 3, 4)))))


def _kills(chance, n):
    order = chance.sample(SERVICES, len(SERVICES))
    events, up_at, at, turn, done = [], dict.fromkeys(SERVICES, 0.0), 0.3, 0, 0
    while done < n:
        at += chance.choice((0.05, 0.3, 1.0, 2.0)) * chance.uniform(0.5, 1.5)
        names = _victims(chance, turn) or (order[turn],)
        turn += 1
        names = names[:n - done]
        at = max([at] + [up_at[name] + 0.02 for name in names])
        back = at + chance.choice((0.0, 0.1, 0.6, 1.5)) + 0.01
        events += [Event(at, "kill", names), Event(back, "start", names)]
        up_at |= dict.fromkeys(names, back)
        done += len(names)
    return events, at


def _nuisances(chance, n, verbs, whom, until):
    """n of them within [0, until]. verbs: {what begins it: what ends it, or None}."""
    events, free_at = [], dict.fromkeys(whom, 0.0)
    for _ in range(n):
        one, begin = chance.choice(whom), chance.choice(sorted(verbs))
        at, length = chance.uniform(0, until), chance.choice((0.1, 0.5, 1.5, 3.0)) * chance.uniform(0.7, 1.3)
        if at < free_at[one]:
            continue                                        # what lasts there is enough
        free_at[one] = at + length
        events.append(Event(at, begin, (one,)))
        if verbs[begin]:
            events.append(Event(at + length, verbs[begin], (one,)))
    return events


def make_round(seed, number, kills):
    chance = random.Random(f"{seed} {number}")
    events, end = _kills(chance, kills)
    events += _nuisances(chance, kills // 5 + 1, {"pause": "resume"}, SERVICES, end)
    events += _nuisances(chance, kills // 2 + 1, {"cut": "mend", "stall": "mend", "drop": None}, CABLES, end)
    faults = WEATHER[number % len(WEATHER)]
    return Round(number, faults | {"seed": chance.randrange(2 ** 31)}, chance.choice(("rest", "xml")), tuple(sorted(events)))


def plan(seed, kills, first=0):
    """`first`: the number of the first round, and so its weather."""
    rounds = []
    while kills > 0:
        now = min(kills, KILLS_A_ROUND)
        rounds.append(make_round(seed, first + len(rounds), now))
        kills -= now
    return rounds
