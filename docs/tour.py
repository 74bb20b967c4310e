#!/usr/bin/env python3
"""docs/tour.py - four things that are hard to believe until one has seen them, played on a running demo.

    make run                        in one terminal
    python3 docs/tour.py            in another

It texts as customers do, through the simulator, and tells what it sees: a STOP while hundreds of messages wait, a message held until
its hour, a send whose fate nobody knew, and a campaign whose worker is killed under it. Each part checks what it says and ends with an
error where that is not so. It needs Python alone. People of the tour have numbers from +1 555 016 0000 on.

BASE       the api (http://127.0.0.1:8080)
KEY        an API key; unset: one is made by build/bin/parley
PARLEY_BIN where parley lies (build/bin)
TOUR_WORKER the worker's pid, where several run
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASE = os.environ.get("BASE", "http://127.0.0.1:8080").rstrip("/")
BIN = pathlib.Path(os.environ.get("PARLEY_BIN", ROOT / "build" / "bin"))
PATIENCE_S = 120
START = int(time.time()) % 10_000
ENDED = ("delivered", "undelivered", "failed", "rejected", "expired", "blocked", "cancelled")


def say(text=""):
    print(text, flush=True)


def check(is_so, text):
    if not is_so:
        sys.exit(f"not so: {text}")
    say(f"   ✓ {text}")


def key():
    """An API key: given, or made by the operator's tool as `make run` has set it up."""
    if "KEY" in os.environ:
        return os.environ["KEY"]
    made = subprocess.run([BIN / "parley", "key", "create", "--name", "tour"], capture_output=True, text=True, cwd=ROOT,
                          env={"RUN_DIR": str(ROOT / "var" / "run"), **os.environ})
    return made.stdout.split()[-1] if made.returncode == 0 and made.stdout.split() else ""


KEY = key()


def ask(method, path, body=None, content_type="application/json", **headers):
    """Asks until there is an answer: services are killed meanwhile. A command carries a key, so that it is done once."""
    data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": content_type, **({"Authorization": f"Bearer {KEY}"} if KEY else {}), **headers}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            request = urllib.request.Request(BASE + path, data=data, method=method, headers=headers)
            with urllib.request.urlopen(request, timeout=40) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            if refusal.code not in (429, 503) or time.monotonic() > deadline:
                sys.exit(f"{method} {path}: {refusal.code} {refusal.read().decode()}")
        except (urllib.error.URLError, ConnectionError, TimeoutError) as trouble:
            if time.monotonic() > deadline:
                sys.exit(f"{BASE} does not answer ({trouble}); does `make run` run?")
        time.sleep(0.2)


def api(method, path, body=None, **more):
    return ask(method, f"/api/v1{path}", body, **more)


def send(to, text, **more):
    return api("POST", "/messages", {"to": to, "text": text, **more}, **{"Idempotency-Key": str(uuid.uuid4())})


def message(id):
    return api("GET", f"/messages/{id}")


def texts(person, text):
    """Somebody texts us; what our webhook answered."""
    return ask("POST", "/sim/inbound", {"from": person, "text": text})


def phone(person):
    return [m["text"] for m in ask("GET", f"/sim/phones/{person}/messages") if m["by"] == "parley"]


def eventually(what, why, seconds=PATIENCE_S):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"waited in vain: {why}")


def person(n):
    return f"+1555016{(START + n) % 10_000:04d}"


# --- the four parts ------------------------------------------------------------------------------------------------------

def stop_under_load():
    say("1  A STOP while three hundred messages wait")
    who = person(0)
    texts(who, "START")
    sent = [send(who, f"news {n}")["id"] for n in range(300)]
    eventually(lambda: any("news" in text for text in phone(who)), "the first ones arrive")
    stopped = time.monotonic()
    answer = texts(who, "STOP")
    say(f"   STOP answered {answer['webhook_status']} after {answer['elapsed_ms']:.0f} ms")
    time.sleep(max(0.0, 2.5 - (time.monotonic() - stopped)))       # what was granted before it may still leave for 2 s
    before = [text for text in phone(who) if "news" in text]
    states = [eventually(lambda id=id: (m := message(id))["status"] in ENDED and m, f"{id} ends") for id in sent]
    blocked = [m for m in states if m["status"] == "blocked"]
    after = [text for text in phone(who) if "news" in text]
    check(answer["webhook_status"] == 200 and blocked, f"{len(after)} had left, {len(blocked)} are blocked: {blocked[0]['status_text']}")
    check(after == before, "none has left more than 2 s after the STOP")
    check(send(who, "are you sure?")["status"] == "blocked", "nor can a new one be sent")
    texts(who, "START")
    check(send(who, "welcome back")["status"] != "blocked", "their own START lifts it")


def held_until_its_hour():
    say("2  A message that is held until its hour")
    who = person(1)
    was = api("GET", "/settings")
    opens = datetime.now(timezone.utc).replace(second=0, microsecond=0) + timedelta(minutes=1)
    if (opens - datetime.now(timezone.utc)).total_seconds() < 10:
        opens += timedelta(minutes=1)
    closes = opens + timedelta(hours=2)
    window = f"{opens:%H:%M}-{closes:%H:%M}"
    if closes.date() != opens.date():
        window = f"{opens:%H:%M}-24:00"
    contact = api("POST", "/contacts", {"address": who, "time_zone": "UTC"})
    try:
        api("PATCH", "/settings", {"quiet_transactional": window})
        held = send(who, "good morning")["id"]
        now = eventually(lambda: (m := message(held))["status"] == "held" and m, "it is held")
        check(now["held_until"] is not None, f"held until {now['held_until']}: {now['status_text']}")
        gone = eventually(lambda: (m := message(held))["status"] in ENDED and m, "it leaves", 150)
        check(gone["status"] == "delivered" and "good morning" in phone(who), f"at {opens:%H:%M} UTC it has left, and arrived")
    finally:
        api("PATCH", "/settings", {"quiet_transactional": was["quiet_transactional"]})
    for entry in api("GET", f"/messages/{held}/timeline")["data"]:
        say(f"     {entry['at'][11:19]}  {entry['text']}")
    return contact


def nobody_knows():
    say("3  A send of which nobody knows whether it left")
    who = person(2)
    ask("PUT", "/sim/faults", {"accept_then_drop": 1, "dlr_drop": 1})
    try:
        lost = send(who, "did this arrive?")["id"]
        now = eventually(lambda: (m := message(lost))["status"] == "unconfirmed" and m, "it is unconfirmed")
        check(True, f"Plivo took it and the connection broke: {now['status']}. {now['status_text'] or ''}")
    finally:
        ask("DELETE", "/sim/faults")
    api("POST", f"/messages/{lost}/check")
    now = eventually(lambda: (m := message(lost))["status"] not in ("unconfirmed", "sending") and m, "it is settled")
    check(phone(who).count("did this arrive?") == 1, f"asked at once, Plivo's list says: {now['status']}; it was not sent twice")


def worker():
    """The one worker that runs from BIN."""
    if "TOUR_WORKER" in os.environ:
        return int(os.environ["TOUR_WORKER"])
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "exe").startswith(str(BIN.resolve() / "parley-worker")):
                found.append(int(entry.name))
        except OSError:
            continue
    if len(found) != 1:
        sys.exit(f"{len(found)} workers run from {BIN}; say which by TOUR_WORKER=<pid>")
    return found[0]


def killed_under_a_campaign():
    say("4  A campaign whose worker is killed under it")
    people = [person(10 + n) for n in range(60)]
    for who in people:
        texts(who, "START")                                          # bulk goes to who has opted in, and to nobody else
    campaign = api("POST", "/campaigns", {"name": f"tour {START}", "text": "Hi {{first_name|there}}, we open at nine."})
    lines = "\n".join(["number,first_name", *(f"{who},Friend {n}" for n, who in enumerate(people))])
    api("PUT", f"/campaigns/{campaign['id']}/audience", lines, content_type="text/csv")
    ready = eventually(lambda: (c := api("GET", f"/campaigns/{campaign['id']}"))["preview"]["is_ready"] and c, "the preview is ready")
    preview = ready["preview"]
    say(f"   {preview['recipients']} recipients, {preview['segments']} segments, about {preview['cost']['amount']} {preview['cost']['currency']}")
    api("POST", f"/campaigns/{campaign['id']}/approve", {"revision": ready["revision"]})
    eventually(lambda: sum(any("open at nine" in text for text in phone(who)) for who in people[:10]) > 2, "the first ones arrive")
    os.kill(worker(), signal.SIGKILL)
    say("   kill -9 of the worker, in the middle of it")
    api("POST", f"/campaigns/{campaign['id']}/pause")
    check(api("GET", f"/campaigns/{campaign['id']}")["state"] == "paused", "it is back, and paused when asked")
    api("POST", f"/campaigns/{campaign['id']}/resume")
    done = eventually(lambda: (c := api("GET", f"/campaigns/{campaign['id']}"))["state"] == "done" and c, "the campaign is done", 300)
    eventually(lambda: all(any("open at nine" in text for text in phone(who)) for who in people), "the last one arrives")
    got = [sum("open at nine" in text for text in phone(who)) for who in people]
    check(got == [1] * len(people), f"resumed and {done['state']}: each of {len(people)} has it exactly once")


if __name__ == "__main__":
    for part in (stop_under_load, held_until_its_hour, nobody_knows, killed_under_a_campaign):
        part()
        say()
    say("That was the tour. Every message's own story: the Explain drawer, or GET /api/v1/messages/{id}/timeline.")
