"""What the promises are judged by: the world outside, never Parley's own log.

The simulator's list of accepted sends, the phones, the API.
"""
import datetime
import itertools
import time
from collections import Counter, defaultdict

import requests

from harness import eventually, slowed

# So that what takes minutes in production takes seconds here; every rule stays the same.
QUICK = {"CONFIRM_AFTER_MS": 300, "UNCONFIRMED_MAX_MS": 1500, "SIM_RETRY_MS": "150,300,600,1200,2400,4800"}
OPEN = {"queued", "held", "sending", "unconfirmed"}
BREATH_S = 0.05                                             # about what a round takes
RANK = {"queued": 0, "held": 5, "sending": 10, "unconfirmed": 20, "accepted": 40, "sent": 50}      # the finals: 90

_people = (f"+1557{n:07d}" for n in itertools.count(1))


def person():
    """A telephone number that no test has used."""
    return next(_people)


def people(n):
    return [person() for _ in range(n)]


def digits(number):
    """As Plivo writes it."""
    return number.removeprefix("+")


def at_ms(text):
    """A time of the API or the simulator in ms."""
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def now_ms():
    return round(time.time() * 1000)


def sends(plivo, to=None):
    """What Plivo accepted by REST, in order."""
    return [m for m in plivo.messages() if to is None or digits(m["dst"]) == digits(to)]


def texts_to(plivo, to):
    return [m["text"] for m in sends(plivo, to)]


def by_person(plivo):
    got = defaultdict(list)
    for m in plivo.messages():
        got["+" + digits(m["dst"])].append(m["text"])
    return got


def assert_each_once(plivo, wanted):
    """`wanted`: the texts. Each arrived at Plivo, and none twice."""
    got = Counter(m["text"] for m in plivo.messages())
    twice = {text: n for text, n in got.items() if n > 1 and text in wanted}
    missing = [text for text in wanted if text not in got]
    assert not twice, f"{len(twice)} of {len(wanted)} were sent twice: {dict(list(twice.items())[:5])}"
    assert not missing, f"{len(missing)} of {len(wanted)} never left: {missing[:5]}"
    return True


def outbound(api, **filters):
    return api.messages(direction="outbound", **filters)


def all_settled(api):
    """No outbound message waits or is unknown any more; an AssertionError tells which one does."""
    waiting = [(m["text"], m["status"], m["status_reason"]) for m in outbound(api) if m["status"] in OPEN]
    assert not waiting, f"{len(waiting)} are not settled yet: {waiting[:4]}"
    return True


def settle(api, timeout=30):
    return eventually(lambda: all_settled(api), timeout)


def status_of(api, message, *wanted, timeout=10):
    """The message, once its status is one of those wanted."""
    def there():
        now = api.message(message["id"])
        assert now["status"] in wanted, f"{now['text']!r} is {now['status']} ({now['status_reason']}: {now['status_text']})"
        return now
    return eventually(there, timeout)


def kinds(api, message):
    return [entry["kind"] for entry in api.timeline(message["id"])["data"]]


def number_of(api, parley):
    return next(n for n in api.get("/numbers")["data"] if n["address"] == parley.number)


def ledger(api, address):
    """The consent entries of one person, oldest first."""
    contact = contact_of(api, address)
    return list(reversed(api.all(f"/contacts/{contact['id']}/consent")))


def contact_of(api, address):
    return next(c for c in api.all("/contacts") if c["address"] == address)


def rounds_until(n, died):
    """Counts rounds of load until n have died. Between two of them everybody takes breath, for longer where the time between two kills
    is: however slow the processes are, there is about as much load, and as much of it under each kill."""
    for part in itertools.count():
        if len(died) >= n:
            return
        yield part
        time.sleep(slowed(BREATH_S) - BREATH_S)


def insist(call, timeout=20):
    """What a careful client does: the same again until there is an answer. Returns the response; refusals count as answers."""
    deadline = time.monotonic() + slowed(timeout)
    while True:
        try:
            answer = call()
            if answer.status_code not in (502, 503):
                return answer
        except requests.RequestException:
            pass
        assert time.monotonic() < deadline, "no answer in time"
        time.sleep(0.05)                                    # between two tries, as Retry-After would have it


def insist_on_send(api, to, text, key, **more):
    answer = insist(lambda: api.request("POST", "/messages", json={"to": to, "text": text, **more},
                                        headers={"Idempotency-Key": key}, timeout=10))
    assert answer.status_code == 202, f"{answer.status_code} {answer.text}"
    return answer


def text_until_acked(plivo, who, text):
    """A person's text, called in again until there is a 200, as Plivo would in minutes. Its uuid."""
    call = plivo.inbound(who, text)
    deadline = time.monotonic() + slowed(40)
    while not 200 <= call["webhook_status"] < 300:
        assert time.monotonic() < deadline, f"{text!r} is not acknowledged: {call}"
        time.sleep(0.1)                                     # Plivo's own wait between two tries, shortened
        call = plivo.inbound(who, text, message_uuid=call["message_uuid"])
    return call["message_uuid"]


def passed_at_most(times_and_segments, rate, burst, slack_ms=0):
    """Whether no window holds more than burst + rate × window. `times_and_segments`: (ms, segments)."""
    events = sorted(times_and_segments)
    for i, (begin, _) in enumerate(events):
        total = 0
        for at, segments in events[i:]:
            total += segments
            allowed = burst + rate * (at - begin + 1 + slack_ms) / 1000
            assert total <= allowed + 1e-6, \
                f"{total} segments within {at - begin} ms, allowed {allowed:.2f} (rate {rate}/s, burst {burst})"
    return True
