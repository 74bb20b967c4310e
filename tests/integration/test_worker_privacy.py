"""Erasure: what somebody asked us to forget is nowhere in the store, and what the law wants kept still holds."""
from datetime import datetime, timedelta, timezone

import pytest

from harness import eventually
from live_bytes import live_bytes
from worker_world import (bus, contact_of, conversation_of, event, house, number_of, parley, person, says, silent, who)  # noqa: F401

def erase(parley, contact_id, wanted=202):
    answer = parley.api.request("POST", f"/contacts/{contact_id}/erase")
    assert answer.status_code == wanted, answer.text
    return answer.json()


def forgotten(parley, *message_ids):
    """The messages, once nothing is left in them."""
    def gone():
        messages = [parley.api.message(id) for id in message_ids]
        return messages if all(m["text"] is None and m["media"] == [] for m in messages) else None
    return eventually(gone, 20, "the texts are gone")


def over(parley, message):
    return eventually(lambda: parley.api.message(message["id"])["status"] in ("delivered", "failed", "blocked"), 20)


def journal(parley):
    return b"".join(file.read_bytes() for file in (parley.folder / "store").glob("journal.*"))


def test_nothing_of_a_person_is_left_in_the_store(tmp_path):
    parley = silent()
    try:
        who, other = person(), person()
        told = says(parley, who, "my diagnosis is xylophonitis", media=["https://media.example/xylophone-photo"])
        says(parley, who, "STOP")
        says(parley, who, "START")
        sent = parley.api.send(who, "about your xylophonitis", key="a-key-of-ours")
        over(parley, sent)
        beside = f"/conversations/{told['conversation_id']}"
        parley.api.post(beside + "/notes", {"text": "asked about xylophonitis"}, wanted=(201,))
        parley.api.post(beside + "/draft", {"text": "Dear xylophonist"}, wanted=(200,))
        stays = says(parley, other, "somebody else")
        room = f"/conversations/{told['conversation_id']}"
        parley.api.post(f"{room}/notes", {"text": "asks about xylophones"})
        parley.api.post(f"{room}/draft", {"text": "the xylophone is"})
        campaign = parley.api.post("/campaigns", {"name": "spring", "text": "Hi {{first_name|there}}"})
        lines = f"number,first_name\n{who},Xylophilia\n{other},Somebody"
        parley.api.request("PUT", f"/campaigns/{campaign['id']}/audience", data=lines, headers={"Content-Type": "text/csv"})
        eventually(lambda: parley.api.get(f"/campaigns/{campaign['id']}")["preview"]["is_ready"] or None, 10)
        contact = contact_of(parley.api, who)
        parley.stop("worker")
        before = live_bytes(parley.folder / "store", tmp_path / "before")
        assert b"xylophon" in before and b"Xylophilia" in before and who[1:].encode() in before
        parley.start("worker")
        again = says(parley, who, "xylophonitis again")
        assert b"xylophon" in journal(parley)

        assert erase(parley, contact["id"])["address"] == "erased"
        forgotten(parley, told["id"], sent["id"], again["id"])
        eventually(lambda: b"xylophon" not in journal(parley), 10, "the journal's files were made anew")
        eventually(lambda: parley.api.get("/consent/ledger")["data"][0]["address"] is None or None, 10)
        # asked again, the send is refused, not repeated: so its answer is gone as well
        eventually(lambda: parley.api.request("POST", "/messages", json={"to": who, "text": "about your xylophonitis"},
                                              headers={"Idempotency-Key": "a-key-of-ours"}).status_code == 409 or None, 10)
        parley.stop("worker")
        after = live_bytes(parley.folder / "store", tmp_path / "after")
        assert b"xylophon" not in after and b"Xylophilia" not in after
        assert who[1:].encode() not in after
        assert b"somebody else" in after
        parley.start("worker")
        assert parley.api.message(stays["id"])["text"] == "somebody else"
        assert parley.api.get("/consent/verify")["valid"] is True
        recipients = parley.api.all(f"/campaigns/{campaign['id']}/recipients")
        assert [(r["to"], r["status"]) for r in recipients] == [("erased", "skipped"), (other, "waiting")]
    finally:
        parley.close()


def test_an_erased_person_is_found_nowhere(parley, who):
    message = says(parley, who, "remember me")
    conversation, contact = conversation_of(parley.api, message), contact_of(parley.api, who)
    answer = erase(parley, contact["id"])
    assert answer["erased_at"] and answer["name"] is None and answer["attributes"] == {}
    assert who not in [c["address"] for c in parley.api.all("/contacts")]
    assert conversation["id"] not in [c["id"] for c in parley.api.all("/conversations")]
    assert parley.api.get("/messages", contact=who)["data"] == []
    assert parley.api.get(f"/contacts/{contact['id']}")["address"] == "erased"
    [left] = forgotten(parley, message["id"])
    assert (left["from"], left["to"], left["status"]) == ("erased", parley.number, "received")
    assert erase(parley, contact["id"]) == parley.api.get(f"/contacts/{contact['id']}")       # again: the same
    assert [e["action"] for e in parley.api.all("/audit") if contact["id"] in (e["subject"] or "")] == ["contact.erase"]


def test_who_writes_again_is_somebody_new_and_an_opt_out_still_holds(parley, who):
    says(parley, who, "STOP")
    first = contact_of(parley.api, who)
    erase(parley, first["id"])
    says(parley, who, "hello again")
    again = contact_of(parley.api, who)
    assert again["id"] != first["id"] and again["consent"] == "out"
    assert parley.api.send(who, "welcome back")["status"] == "blocked"
    assert [m["text"] for m in parley.api.messages(contact=who, direction="inbound")] == ["hello again"]


def test_what_waits_for_an_erased_person_never_leaves(parley, who):
    says(parley, who, "hello")
    ahead = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    waiting = parley.api.send(who, "tomorrow", send_at=ahead)
    erase(parley, contact_of(parley.api, who)["id"])
    message = parley.api.message(waiting["id"])
    assert (message["status"], message["status_reason"]) == ("cancelled", "erased")
    assert parley.api.request("POST", f"/messages/{waiting['id']}/resend").status_code == 409


def test_what_came_before_and_arrives_late_is_not_stored_again(parley, bus, who):
    says(parley, who, "hello")
    late = event(parley, who, "a text from the spool")
    stop = event(parley, who, "STOP")
    contact = contact_of(parley.api, who)
    eventually(lambda: datetime.now(timezone.utc).timestamp() * 1000 > stop["received_at"] + 2, 5)
    erase(parley, contact["id"])
    bus.inbound(late)
    assert who not in [c["address"] for c in parley.api.all("/contacts")]
    assert "a text from the spool" not in [m["text"] for m in parley.api.messages(direction="inbound")]
    bus.inbound(late)                                                    # and again: known
    bus.inbound(stop)                                                    # an opt-out is never lost
    assert parley.api.send(who, "hello?")["status"] == "blocked"
    assert parley.api.get("/consent/ledger")["data"][0]["address"] is None
    assert parley.api.get("/consent/verify")["valid"] is True


def test_a_call_that_is_out_is_waited_for_and_its_report_is_not_kept(parley, who):
    parley.plivo.faults(dlr_delay_ms=1500)
    says(parley, who, "hello")
    sent = parley.api.send(who, "on its way")
    eventually(lambda: parley.api.message(sent["id"])["status"] in ("accepted", "sent") or None, 10)
    erase(parley, contact_of(parley.api, who)["id"])
    forgotten(parley, sent["id"])
    heard = parley["sender"].metrics()['parley_sender_reports_total{result="forwarded"}']
    parley.plivo.clear_faults()
    eventually(lambda: parley["sender"].metrics()['parley_sender_reports_total{result="forwarded"}'] > heard or None, 15)
    assert "report" not in [e["kind"] for e in parley.api.timeline(sent["id"])["data"]]


def test_a_long_history_is_forgotten_through_kills(parley, bus, who):
    texts = [event(parley, who, f"text {n}") for n in range(1500)]
    for at in range(0, len(texts), 500):
        bus.inbound(*texts[at:at + 500])
    contact = contact_of(parley.api, who)
    ids = [m["id"] for m in parley.api.all("/messages", contact=who, limit=200)]
    assert len(ids) == 1500
    erase(parley, contact["id"])
    for _ in range(3):
        parley.kill("worker")
        parley.start("worker")
    forgotten(parley, ids[0], ids[750], ids[-1])
    whole = forgotten(parley, *ids[::50])
    assert {m["from"] for m in whole} == {"erased"}


@pytest.mark.parametrize("id", ["nobody", "0190e2a8-7a1b-7cc2-8d4e-0123456789ab"])
def test_nobody_cannot_be_erased(parley, id):
    erase(parley, id, wanted=404)
