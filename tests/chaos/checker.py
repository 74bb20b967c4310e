"""The independent checker: what the simulator was told against what the store holds. It knows no service and no log of theirs.

gather() reads both sides; differences() is a pure function of what was read, so that test_checker.py can plant each difference.
"""
import datetime
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from harness import slowed

OPEN = {"queued", "held", "sending", "unconfirmed"}
LEFT = {"accepted", "sent", "delivered", "undelivered", "rejected"}     # such a message is at Plivo, or the status is wrong
FINAL = {"delivered", "undelivered", "failed", "rejected"}              # Plivo's words for an end
AS_PARLEY = {"queued": "accepted", "sent": "sent", "delivered": "delivered", "undelivered": "undelivered",
             "failed": "failed", "rejected": "rejected"}
BY_CODE = {200: "blocked", 420: "expired"}                              # a failure that is told apart (plivo_words.h)
RANK = {"accepted": 1, "sent": 2}
STOP_MS = 2000                                                          # P4: one granted before may leave so much later


@dataclass
class Evidence:
    journal: object                                 # load.Journal
    received: list                                  # GET /sim/received
    accepted: list                                  # GET /sim/messages
    inbound: list                                   # the API's messages, newest first
    outbound: list
    contacts: list
    ledger: dict                                    # GET /consent/verify
    store: str = ""                                 # what `parley store check` complained of
    events: list = field(default_factory=list)      # event numbers that a dashboard was told
    resets: int = 0                                 # how often it was told to reload
    head: int = 0                                   # the newest event's number


@dataclass(frozen=True)
class Difference:
    kind: str
    text: str

    def __str__(self):
        return f"{self.kind}: {self.text}"


def head(api):
    """The newest event's number."""
    return int(api.request("GET", "/messages", params={"limit": 1}).headers["Event-Id"])


def _store_check(parley):
    done = parley.tool("store", "check", wanted=None)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def gather(parley, journal, dashboard=None):
    api = parley.api
    return Evidence(journal, parley.plivo.received_texts(), parley.plivo.messages(),
                    api.messages(direction="inbound"), api.messages(direction="outbound"), api.all("/contacts"),
                    api.get("/consent/verify"), _store_check(parley), dashboard.numbers() if dashboard else [],
                    dashboard.resets if dashboard else 0, head(api))


def _at_ms(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def _short(message):
    return f"{message['text']!r} to {message['to']} ({message['status']}, {message['status_reason']}, id {message['id']})"


# --- the rules: each yields (kind, text) ---------------------------------------------------------------------------------

def acked_texts_are_there_once(e):
    """P1, P2: every webhook that got a 2xx is exactly one message; one that got none is at most one."""
    times = Counter(m["plivo_uuid"] for m in e.inbound)
    known = {m["message_uuid"]: m for m in e.received}
    for uuid, text in known.items():
        if text["is_acked"] and times[uuid] == 0:
            yield "acked text lost", f"{text['text']!r} of {text['from']} ({uuid})"
        if times[uuid] > 1:
            yield "text twice", f"{text['text']!r} of {text['from']} is there {times[uuid]} times ({uuid})"
    for m in e.inbound:
        sent = known.get(m["plivo_uuid"])
        if sent is None:
            yield "text from nowhere", f"{m['text']!r} of {m['from']} ({m['plivo_uuid']})"
        elif (sent["from"], sent["text"]) != (m["from"], m["text"]):
            yield "text altered", f"{sent['text']!r} of {sent['from']} became {m['text']!r} of {m['from']}"


def promised_sends_are_there_once(e):
    """P2, P3: every 202 is exactly one message; an asking that got no answer at most one."""
    by_text = defaultdict(list)
    for m in e.outbound:
        by_text[m["text"]].append(m)
    for send in e.journal.sends:
        there = by_text[send["text"]]
        if send["is_refused"] and there:
            yield "refused send is there", _short(there[0])
        elif len(there) > 1:
            yield "send twice in the store", f"{send['text']!r} is there {len(there)} times"
        elif send["id"] and not there:
            yield "promised send lost", f"{send['text']!r} to {send['to']}, id {send['id']}"
        elif send["id"] and (there[0]["id"], there[0]["to"]) != (send["id"], send["to"]):
            yield "send altered", f"{send['text']!r}: promised {send['id']}, there is {_short(there[0])}"


def nothing_left_twice(e):
    """P2, P5. Every person gets one message at most: a send of their own, or the answer to their text."""
    times = defaultdict(list)
    for a in e.accepted:
        times[(a["dst"], a["text"])].append(a)
    for (dst, text), all_of_it in times.items():
        if len(all_of_it) > 1:
            yield "left twice", f"{text!r} to {dst}: {[(a['message_uuid'], a['accepted_at']) for a in all_of_it]}"


def _rightful(a):
    """The statuses that a message may have whose attempt Plivo has in this state, with these reports acknowledged."""
    told = [state for state in a["reports_acked"] if state in FINAL]
    truth = BY_CODE.get(a["error_code"], AS_PARLEY[a["state"]]) if a["state"] == "failed" else AS_PARLEY[a["state"]]
    if told:
        return {truth}
    least = max((RANK[AS_PARLEY[state]] for state in a["reports_acked"]), default=1)
    return {status for status, rank in RANK.items() if rank >= least and (rank == 1 or a["state"] != "queued")} | {truth}


def _is_inline(m):
    """An automatic answer that was written into a webhook's own answer: its uuid comes with its first report."""
    return m["plivo_uuid"] is None and (m["class"], m["status"]) == ("auto", "accepted")


def _owners(e):
    """uuid: the messages that have it. An inline answer of which no report was acknowledged is found by its person."""
    owners, inline = defaultdict(list), {}
    for m in e.outbound:
        owners[m["plivo_uuid"]].append(m)
        if _is_inline(m):
            inline[(m["to"], m["text"])] = m
    for a in e.accepted:
        if not a["reports_acked"] and (a["dst"], a["text"]) in inline:
            owners[a["message_uuid"]].append(inline[(a["dst"], a["text"])])
    return owners


def accepted_sends_are_one_message_in_a_right_state(e):
    """P5, P6: what Plivo took is known, and stands as Plivo told or would tell."""
    by_uuid = _owners(e)
    for a in e.accepted:
        owners = by_uuid[a["message_uuid"]]
        if len(owners) != 1:
            like = [_short(m) for m in e.outbound if (m["to"], m["text"]) == (a["dst"], a["text"])]
            yield ("accepted send unknown" if not owners else "two messages for one send",
                   f"{a['text']!r} to {a['dst']}, {a['message_uuid']}, state {a['state']}, told {a['reports_acked']}; like it: {like}")
        elif (owners[0]["to"], owners[0]["text"]) != (a["dst"], a["text"]):
            yield "uuid of another send", f"{_short(owners[0])} has the uuid of {a['text']!r} to {a['dst']}"
        elif owners[0]["status"] not in _rightful(a):
            yield "wrong state", f"{_short(owners[0])}; Plivo: {a['state']} {a['error_code']}, told {a['reports_acked']}"


def what_is_said_to_have_left_did(e):
    at_plivo = {a["message_uuid"] for a in e.accepted}
    to_persons = {(a["dst"], a["text"]) for a in e.accepted}
    for m in e.outbound:
        is_there = (m["to"], m["text"]) in to_persons if _is_inline(m) else m["plivo_uuid"] in at_plivo
        if m["status"] in LEFT and not is_there:
            yield "never left", f"{_short(m)}, uuid {m['plivo_uuid']}"
        if m["status"] in ("failed", "expired", "cancelled") and m["plivo_uuid"] not in at_plivo:
            yield "given up", f"{_short(m)}: {m['status_text']}"        # nothing in these plans is a reason to


def nothing_is_unresolved(e):
    for m in e.outbound:
        if m["status"] in OPEN:
            yield "unresolved", f"{_short(m)}: {m['status_text']}"


def a_stop_is_a_barrier(e):
    """P4, through all of it."""
    consent = {c["address"]: c["consent"] for c in e.contacts}
    after = {s["text"]: s for s in e.journal.sends if s["after_stop"]}
    for who, at_s in e.journal.stops.items():
        if consent.get(who) != "out":
            yield "stop lost", f"{who} is {consent.get(who)}"
        for a in e.accepted:
            if a["dst"] == who and (a["text"] in after or _at_ms(a["accepted_at"]) > at_s * 1000 + STOP_MS):
                yield "sent after a stop", f"{a['text']!r} to {who} at {a['accepted_at']}"


def questions_are_answered_once(e):
    """Effects of an inbound stand or fall with it: one automatic answer, no more, no less."""
    answers = Counter(m["to"] for m in e.outbound if m["class"] == "auto")
    for m in e.inbound:
        if m["text"].startswith("question") and answers[m["from"]] != 1:
            yield "answered wrongly", f"{m['text']!r} of {m['from']} has {answers[m['from']]} answers"


def the_ledger_is_whole(e):
    if not e.ledger["valid"]:
        yield "ledger broken", str(e.ledger)


def the_store_is_whole(e):
    if e.store:
        yield "store not whole", e.store


def the_stream_has_no_gap(e):
    """P9: a dashboard that came back each time was told every number once."""
    if e.resets:
        yield "stream reset", f"told {e.resets} times to reload although the log knew everything"
    if e.events and e.events != list(range(e.events[0], e.head + 1)):
        missing = sorted(set(range(e.events[0], e.head + 1)) - set(e.events))
        yield "stream gap", f"{len(missing)} numbers missing: {missing[:5]}; in order and once: {e.events == sorted(set(e.events))}"


RULES = (acked_texts_are_there_once, promised_sends_are_there_once, nothing_left_twice,
         accepted_sends_are_one_message_in_a_right_state, what_is_said_to_have_left_did, nothing_is_unresolved,
         a_stop_is_a_barrier, questions_are_answered_once, the_ledger_is_whole, the_store_is_whole,
         the_stream_has_no_gap)


def differences(evidence):
    return [Difference(kind, text) for rule in RULES for kind, text in rule(evidence)]


# --- when it may be looked at ----------------------------------------------------------------------------------------------

def _none_pending(messages):
    pending = sum(m["pending"] > 0 for m in messages)
    assert not pending, f"{pending} messages are still under way at Plivo"


def _spool_is_empty(parley):
    spool = {name: n for name, n in parley["ingress"].metrics().items() if name.startswith("parley_ingress_spool_events")}
    assert not any(spool.values()), f"the spool is not empty: {spool}"


def _none_is_open(parley):
    for status in sorted(OPEN):
        waiting = parley.api.get("/messages", direction="outbound", status=status)["data"]
        assert not waiting, f"{len(waiting)} or more are {status}, as {_short(waiting[0])}"


def is_quiet(parley):
    """Nothing is on its way any more, looked at in the order in which things go. An AssertionError tells what is. The newest event
    tells that the looks are one: what goes from `sending` back to `queued` between two of them would be seen by neither."""
    before = head(parley.api)
    _none_pending(parley.plivo.received_texts())            # webhooks
    _spool_is_empty(parley)
    _none_is_open(parley)                                   # the outbox
    _none_pending(parley.plivo.messages())                  # reports
    _spool_is_empty(parley)
    after = head(parley.api)
    assert before == after, f"{after - before} events came while it was looked at"
    return True


def wait_until_quiet(parley, within_s):
    """None, or what was still moving at the end of the window."""
    deadline, why = time.monotonic() + slowed(within_s), None
    while time.monotonic() < deadline:
        try:
            is_quiet(parley)
            return None
        except AssertionError as e:
            why = str(e)
        time.sleep(0.2)                                     # between two looks
    return why
