"""STOP, START and HELP by the table of words; one confirmation at most; the ledger tells all of it."""
import csv
import io
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from harness import eventually
from worker_world import (UNHURRIED, answers, bus, contact_of, conversation_of, event, house, number_of, parley, person, reaches, says,
                          set_number, who)  # noqa: F401: fixtures

REPO = Path(__file__).resolve().parents[2]
# plivo.md section 11: Plivo's own, which it answers itself; section 12: per se revocations, and what a reasonable person reads so
PLIVO_STOPS = ["STOP", "stop", "Stop  ", "STOP\r\n", "END", "quit", "Cancel", "UNSUBSCRIBE", "unsub", "stop all"]
OUR_STOPS = ["Stop!", "STOP.", " stop", "S T O P", "“Stop”", "STOP 🛑", "ＳＴＯＰ", "revoke", "Opt out", "OPT-OUT", "optout", "STOPALL",
             "please stop", "Stop it!", "unsubscribe me", "Remove me", "don't text me", "do not text", "ARRÊT", "alto", "Cancelar"]
NO_STOPS = ["stop by at noon", "don't stop", "the bus stop", "end of the month", "I quit my job", "cancel my 3 pm", "stopp", "no",
            "unsubscribed?", "STOP1", "pare de sufrir", "стоп"]
STARTS = ["START", "start", "Start!", "UNSTOP", "unstop.", "opt in", "Subscribe"]
STARTS_WHEN_OUT = ["YES", "yes!", "Resume", "go"]
HELPS = ["HELP", "help", "Help!", "INFO", "info?", "ayuda", "AIDE"]


@pytest.fixture(autouse=True)
def as_it_was(parley):
    yield
    set_number(parley, stop_reply="provider", help_reply=None, state="active", reply_via="rest")


def state(parley, who):
    return contact_of(parley.api, who)["consent"]


def received_by(parley, who):
    """(by Plivo, by us): the texts on the phone."""
    screen = parley.plivo.phone(who)
    return [m["text"] for m in screen if m["by"] == "plivo"], [m["text"] for m in screen if m["by"] == "parley"]


def all_over(parley, who):
    def over():
        waiting = [m["status"] for m in parley.api.messages(contact=who, direction="outbound")
                   if m["status"] in ("queued", "held", "sending", "accepted", "unconfirmed")]
        assert not waiting, waiting
        return True
    return eventually(over, 15)


def screens(parley, who):
    all_over(parley, who)
    return received_by(parley, who)


# --- words --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("text", PLIVO_STOPS + OUR_STOPS)
def test_a_word_of_the_stop_family_opts_out_and_is_confirmed_once(parley, who, text):
    message = says(parley, who, text)
    assert state(parley, who) == "out"
    assert conversation_of(parley.api, message)["opted_out"] is True
    plivos, ours = screens(parley, who)
    assert (len(plivos), len(ours)) == ((1, 0) if text in PLIVO_STOPS else (0, 1)), (plivos, ours)
    says(parley, who, text)
    plivos, ours = screens(parley, who)
    assert len(plivos) + len(ours) == 1, (plivos, ours)
    refused = parley.api.send(who, "one more thing")
    assert (refused["status"], refused["status_reason"]) == ("blocked", "opted_out")


@pytest.mark.parametrize("text", NO_STOPS)
def test_what_only_looks_like_it_opts_nobody_out(parley, who, text):
    says(parley, who, text)
    assert state(parley, who) == "none"
    assert answers(parley.api, who) == []


@pytest.mark.parametrize("text", STARTS + STARTS_WHEN_OUT)
def test_a_word_of_the_start_family_opts_in_again(parley, who, text):
    says(parley, who, "REVOKE")
    says(parley, who, text)
    assert state(parley, who) == "in"
    message = parley.api.send(who, "welcome back")
    reaches(parley.api, message, "delivered")
    assert [(e["from"], e["to"]) for e in parley.api.all(f"/contacts/{contact_of(parley.api, who)['id']}/consent")] == \
        [("out", "in"), ("none", "out")]


@pytest.mark.parametrize("text", STARTS_WHEN_OUT)
def test_an_everyday_word_is_no_opt_in_for_somebody_who_is_not_out(parley, who, text):
    says(parley, who, text)
    assert state(parley, who) == "none"


@pytest.mark.parametrize("text", HELPS)
def test_a_help_is_answered_once_even_to_somebody_who_is_out(parley, who, text):
    by_plivo = text.upper() in ("HELP", "INFO")
    for wanted_before in ("none", "out"):
        assert wanted_before == "none" or says(parley, who, "REVOKE")
        plivos, ours = screens(parley, who)
        says(parley, who, text)
        assert state(parley, who) == wanted_before
        new_plivos, new_ours = screens(parley, who)
        assert (len(new_plivos) - len(plivos), len(new_ours) - len(ours)) == ((1, 0) if by_plivo else (0, 1))


def test_plivos_word_for_it_counts_whatever_the_text_says(parley, who):
    assert parley.webhooks.inbound(who, "leave me alone", MessageIntent="optout").status_code == 200
    assert state(parley, who) == "out"


# --- who confirms -------------------------------------------------------------------------------------------------------

# stop_reply, Plivo's own service on, word → by Plivo, by us
CONFIRMATIONS = [
    ("provider", True, "STOP", 1, 0), ("provider", True, "REVOKE", 0, 1),
    ("parley", False, "STOP", 0, 1), ("parley", False, "REVOKE", 0, 1),
    ("both", False, "STOP", 0, 1), ("both", False, "REVOKE", 0, 1), ("both", True, "REVOKE", 0, 1),
]


@pytest.mark.parametrize("stop_reply, dnd, word, plivos, ours", CONFIRMATIONS)
def test_a_stop_is_confirmed_once_by_whoever_confirms(parley, who, stop_reply, dnd, word, plivos, ours):
    set_number(parley, stop_reply=stop_reply)
    if not dnd:
        parley.plivo.faults(dnd=False)
    parley.api.send(who, "hello")
    all_over(parley, who)
    for _ in range(3):
        says(parley, who, word)
    by_plivo, by_us = screens(parley, who)
    assert (len(by_plivo), len(by_us)) == (plivos, 1 + ours), (by_plivo, by_us)


def test_a_stop_to_a_number_that_answers_by_xml_is_confirmed_in_the_webhooks_answer_once(parley, who):
    set_number(parley, stop_reply="parley", reply_via="xml")
    parley.plivo.faults(dnd=False)
    first, again = parley.plivo.inbound(who, "STOP"), parley.plivo.inbound(who, "STOP")
    assert "<Message " in first["webhook_body"] and "<Message " not in again["webhook_body"]
    eventually(lambda: len(parley.plivo.received(who)) == 1, 15)
    assert screens(parley, who)[1] == parley.plivo.received(who)


def test_each_stop_after_a_start_is_confirmed_again(parley, who):
    set_number(parley, stop_reply="parley")
    parley.plivo.faults(dnd=False)
    for _ in range(2):
        says(parley, who, "STOP")
        all_over(parley, who)
        says(parley, who, "START")
        all_over(parley, who)
    _, by_us = screens(parley, who)
    assert len(by_us) == 4 and by_us[0] == by_us[2] and by_us[1] == by_us[3] and by_us[0] != by_us[1], by_us


def test_a_short_code_of_ours_confirms_itself(parley, who):
    says(parley, who, "hello", to="24680")
    number = number_of(parley, "24680")
    assert (number["kind"], number["stop_reply"]) == ("short_code", "parley")


def test_a_stop_blocks_what_waits_and_what_is_scheduled(parley, who):
    later = parley.api.send(who, "tomorrow", send_at=(datetime.now(timezone.utc) + timedelta(days=1)).isoformat())
    set_number(parley, state="paused")
    waiting = parley.api.send(who, "now", **{"class": "human"})
    says(parley, who, "STOP")
    for message in (later, waiting):
        assert [parley.api.message(message["id"])[k] for k in ("status", "status_reason")] == ["blocked", "opted_out"]
    other_number = "+15550109700"
    says(parley, person(), "hi", to=other_number)
    parley.api.patch(f"/numbers/{number_of(parley, other_number)['id']}", {"state": "active"})
    assert parley.api.send(who, "from another number", **{"from": other_number})["status"] == "blocked"


# --- the order of two changes -------------------------------------------------------------------------------------------

def test_of_two_changes_the_later_received_stands_whatever_comes_first(parley, bus, who):
    now = event(parley, who, "x")["received_at"]
    assert bus.inbound(event(parley, who, "START", received_at=now), event(parley, who, "REVOKE", received_at=now - 5000)) == \
        ["committed", "committed"]
    assert state(parley, who) == "in"
    entries = parley.api.all(f"/contacts/{contact_of(parley.api, who)['id']}/consent")
    assert [e["to"] for e in entries] == ["out", "in"]              # the loser is entered all the same
    assert answers(parley.api, who) == [] or "unsubscribed" not in answers(parley.api, who)[-1]


def test_within_a_second_and_from_two_ingresses_the_opt_out_stands(parley, bus, who):
    other = person()
    now = event(parley, who, "x")["received_at"]
    bus.inbound(event(parley, who, "REVOKE", received_at=now, ingress="a"), event(parley, who, "START", received_at=now + 900, ingress="b"))
    bus.inbound(event(parley, other, "REVOKE", received_at=now, ingress="a"),
                event(parley, other, "START", received_at=now + 900, ingress="a"))
    assert (state(parley, who), state(parley, other)) == ("out", "in")


# --- the ledger ---------------------------------------------------------------------------------------------------------

def test_every_change_is_an_entry_and_the_chain_verifies(parley, who):
    before = parley.api.get("/consent/verify")
    message = says(parley, who, "Stop!")
    says(parley, who, "stop")
    says(parley, who, "START")
    contact = contact_of(parley.api, who)
    newest, again, oldest = parley.api.all(f"/contacts/{contact['id']}/consent")
    assert set(oldest) == {"sequence", "at", "number", "contact_id", "address", "from", "to", "source", "evidence", "actor", "hash",
                           "scope", "superseded"}
    assert (oldest["from"], oldest["to"], oldest["source"], oldest["address"], oldest["contact_id"], oldest["number"]) == \
        ("none", "out", "keyword", who, contact["id"], parley.number)
    assert message["id"] in oldest["evidence"] and "Stop!" in oldest["evidence"]
    assert [(e["from"], e["to"]) for e in (again, newest)] == [("out", "out"), ("out", "in")]
    assert [e["sequence"] for e in (oldest, again, newest)] == [before["entries"] + n for n in (1, 2, 3)]
    assert len({e["hash"] for e in (oldest, again, newest)}) == 3
    assert parley.api.get("/consent/verify") == {"valid": True, "entries": before["entries"] + 3, "head": newest["hash"],
                                                  "first_bad": None}
    assert any(e["kind"] == "consent" for e in parley.api.timeline(message["id"])["data"])


def test_pages_of_the_ledger_give_each_entry_once_and_csv_says_the_same(parley):
    for _ in range(4):
        says(parley, person(), "REVOKE")
    whole = parley.api.all("/consent/ledger")
    assert [e["sequence"] for e in whole] == list(range(len(whole), 0, -1))
    paged, cursor = [], None
    while True:
        page = parley.api.get("/consent/ledger", limit=3, **({"cursor": cursor} if cursor else {}))
        paged += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == whole
    rows = list(csv.DictReader(io.StringIO(parley.api.request("GET", "/consent/ledger?format=csv").text)))
    assert [row["hash"] for row in rows] == [e["hash"] for e in whole]
    contact = contact_of(parley.api, whole[0]["address"])
    cursor = parley.api.get("/consent/ledger", limit=1)["next_cursor"]
    assert parley.api.request("GET", f"/contacts/{contact['id']}/consent", params={"cursor": cursor}).status_code == 400


def test_an_entry_that_somebody_changed_in_the_store_is_found(start_parley):
    parley = start_parley(**UNHURRIED)
    people = [person() for _ in range(5)]
    for who in people:
        says(parley, who, "REVOKE")
    assert parley.api.get("/consent/verify")["valid"] is True
    parley.stop("worker")
    [store] = (parley.folder / "store").rglob("data.mdb")
    whole = store.read_bytes()
    # the evidence of every entry, on LMDB's older pages, too; nothing but the ledger holds "message …: REVOKE"
    assert whole.count(b": REVOKE") >= 5
    store.write_bytes(whole.replace(b": REVOKE", b": REVOLT"))
    parley.start("worker")
    verdict = eventually(lambda: parley.api.get("/consent/verify"), 10)
    assert (verdict["valid"], verdict["first_bad"], verdict["entries"]) == (False, 1, 5), verdict
    assert "does not verify from entry 1" in parley.tool("store", "check", wanted=1).stdout
    parley.is_whole = False


def test_no_line_of_the_worker_takes_an_entry_out_of_the_ledger():
    """Kept whatever retention says: the law wants 4 years, ours are for ever (plivo.md section 12)."""
    sources = [path for path in (REPO / "services/worker").rglob("*.c")]
    assert any("TABLE_LEDGER" in path.read_text() for path in sources)
    takers = [path.name for path in sources if re.search(r"row_delete\([^;]*TABLE_LEDGER", path.read_text())]
    assert takers == []
