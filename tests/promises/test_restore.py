"""Restore: a backup of yesterday becomes today's store. Nothing leaves twice, a STOP of meanwhile holds, and nothing leaves before somebody
says so. Real processes, Plivo from the simulator; the store that the backup was taken of is lost.
"""
import json
import shutil
import threading
from collections import Counter

import pytest

from harness import Parley, eventually
from truth import (QUICK, assert_each_once, contact_of, insist_on_send, outbound, people, person, sends, settle, status_of,
                   text_until_acked, texts_to)


@pytest.fixture
def parley():
    with Parley(env=QUICK) as system:
        for rule in system.api.all("/rules"):
            if not rule["system"]:
                system.api.delete(f"/rules/{rule['id']}")
        yield system


def backup(parley, name="backup"):
    folder = parley.folder / name
    parley.tool("backup", folder)
    return folder


def lose_and_restore(parley, folder):
    """The store is gone, as a disk is; the side file beside it is not. Everything starts again on the backup."""
    parley.kill("api", "sender", "ingress", "worker")
    shutil.rmtree(parley.folder / "store")
    done = parley.tool("restore", folder)
    parley.start("worker", "ingress", "sender", "api")
    return done


def scheduled(api, to, text):
    """A message that waits at the backup."""
    return insist_on_send(api, to, text, key=text, send_at="2027-06-01T00:00:00.000Z").json()


def test_back_up_send_on_stop_restore_nothing_leaves_twice_and_the_stop_holds(parley):
    api, plivo = parley.api, parley.plivo
    early, late, stops = people(3), people(3), person()
    for i, who in enumerate(early):
        insist_on_send(api, who, f"early {i}", key=f"early {i}")
    settle(api)
    # what waits at the backup: nobody knows afterwards whether it left
    api.patch(f"/numbers/{api.all('/numbers')[0]['id']}", {"state": "paused"})
    for i, who in enumerate(late):
        insist_on_send(api, who, f"waits {i}", key=f"waits {i}")
    insist_on_send(api, stops, "waits for one who stops", key="stops")
    folder = backup(parley)
    # time goes on: what waited leaves, somebody stops, somebody writes for the first time
    api.patch(f"/numbers/{api.all('/numbers')[0]['id']}", {"state": "active"})
    settle(api)
    text_until_acked(plivo, stops, "STOP")
    before = [m["text"] for m in plivo.messages()]
    assert {f"waits {i}" for i in range(3)} <= set(before)

    lose_and_restore(parley, folder)
    api.patch(f"/numbers/{api.all('/numbers')[0]['id']}", {"state": "active"})
    assert contact_of(api, stops)["consent"] == "out"
    assert parley.api.get("/consent/verify")["valid"] is True
    fresh = person()
    held = insist_on_send(api, fresh, "new after the restore", key="fresh").json()
    assert status_of(api, held, "held")["status_reason"] == "restored"
    refused = insist_on_send(api, stops, "to one who stopped", key="refused").json()
    assert status_of(api, refused, "blocked")["status_reason"] == "opted_out"
    assert [m["text"] for m in plivo.messages()] == before, "something left before `parley recover`"

    parley.tool("recover")
    status_of(api, held, "accepted", "sent", "delivered")
    settle(api)
    assert_each_once(plivo, [f"early {i}" for i in range(3)] + [f"waits {i}" for i in range(3)] + ["new after the restore"])
    assert texts_to(plivo, stops).count("waits for one who stops") == 1
    assert all(m["status"] in ("accepted", "sent", "delivered") for m in outbound(api) if m["text"].startswith("waits "))
    assert "to one who stopped" not in texts_to(plivo, stops)


def test_what_had_not_left_leaves_once_and_what_is_scheduled_keeps_its_time(parley):
    api, plivo = parley.api, parley.plivo
    who, later = person(), person()
    number = api.all("/numbers")[0]["id"]
    api.patch(f"/numbers/{number}", {"state": "paused"})
    insist_on_send(api, who, "never left", key="never left")
    message = scheduled(api, later, "far away")
    folder = backup(parley)
    lose_and_restore(parley, folder)
    api.patch(f"/numbers/{number}", {"state": "active"})
    assert api.message(message["id"])["status"] == "unconfirmed"
    parley.tool("recover")
    eventually(lambda: texts_to(plivo, who) == ["never left"], 20)
    kept = status_of(api, message, "queued", "held", timeout=20)
    assert kept["send_at"] == "2027-06-01T00:00:00.000Z"
    assert texts_to(plivo, later) == []


def test_a_report_of_the_lost_time_settles_what_the_backup_still_had_waiting(parley):
    api, plivo = parley.api, parley.plivo
    who = person()
    number = api.all("/numbers")[0]["id"]
    api.patch(f"/numbers/{number}", {"state": "paused"})
    message = insist_on_send(api, who, "left meanwhile", key="left meanwhile").json()
    folder = backup(parley)
    plivo.faults(dlr_delay_ms=4000)                         # its report comes when the store is another
    api.patch(f"/numbers/{number}", {"state": "active"})
    eventually(lambda: texts_to(plivo, who) == ["left meanwhile"], 10)
    lose_and_restore(parley, folder)
    assert status_of(api, message, "delivered", timeout=20)["status"] == "delivered"    # nobody has said `recover` yet
    assert texts_to(plivo, who) == ["left meanwhile"]


def test_a_report_for_an_attempt_of_another_generation_is_kept_as_an_orphan(parley):
    api, plivo = parley.api, parley.plivo
    folder = backup(parley)
    plivo.faults(dlr_delay_ms=4000)
    insist_on_send(api, person(), "of the lost time", key="lost")
    eventually(lambda: len(sends(plivo)) == 1, 10)
    lose_and_restore(parley, folder)
    eventually(lambda: json.loads(parley.tool("status", "--json").stdout)["orphan_reports"] >= 1, 20)


def test_whoever_wrote_meanwhile_is_paused_for_a_persons_look(parley):
    api, plivo = parley.api, parley.plivo
    wrote, silent = person(), person()
    for who in (wrote, silent):
        text_until_acked(plivo, who, "hello")
    folder = backup(parley)
    text_until_acked(plivo, wrote, "please do not write to me any more, I am in hospital")
    lose_and_restore(parley, folder)
    parley.tool("recover")
    for who in (wrote, silent):
        insist_on_send(api, who, "how are you", key=f"how are you {who}")
    eventually(lambda: texts_to(plivo, silent) == ["how are you"], 10)
    [waiting] = [m for m in outbound(api, contact=wrote) if m["text"] == "how are you"]
    assert status_of(api, waiting, "held")["status_reason"] == "review"
    [notice] = [n for n in api.all("/notices") if n["status"] == "open"]
    api.request("POST", f"/notices/{notice['id']}/close")
    eventually(lambda: texts_to(plivo, wrote) == ["how are you"], 10)
    assert json.loads(parley.tool("status", "--json").stdout)["generation"] == 2


def test_a_backup_under_load_is_whole_and_has_all_that_was_acknowledged_before_it(parley):
    api = parley.api
    over = threading.Event()
    acknowledged = []

    def write(base):
        i = 0
        while not over.is_set():
            text = f"load {base} {i}"
            insist_on_send(api, f"+1558{base:03d}{i % 50:04d}", text, key=text)
            acknowledged.append(text)
            i += 1

    writers = [threading.Thread(target=write, args=(base,)) for base in range(4)]
    for writer in writers:
        writer.start()
    try:
        eventually(lambda: len(acknowledged) > 50, 20)
        for n in range(3):
            before = list(acknowledged)
            folder = backup(parley, f"backup-{n}")
            assert "0 findings" in parley.tool("store", "check", f"lmdb:{folder}").stdout
            manifest = json.loads((folder / "manifest.json").read_text())
            assert manifest["messages"] >= len(before) and manifest["generation"] == 1
    finally:
        over.set()
        for writer in writers:
            writer.join()
    lose_and_restore(parley, folder)
    there = {m["text"] for m in outbound(api)}
    assert set(before) <= there


def test_restoring_again_gives_a_new_generation_and_the_stream_says_reset(parley):
    api = parley.api
    insist_on_send(api, person(), "told", key="told")
    settle(api)
    folder = backup(parley)
    old = int(api.request("GET", "/messages").headers["Event-Id"])
    for generation in (2, 3):
        assert f"generation {generation}," in lose_and_restore(parley, folder).stdout
        head = int(api.request("GET", "/messages").headers["Event-Id"])
        assert head > old
        with api.events(last_event_id=old) as stream:
            assert stream.until(lambda e: e.type == "reset", 10)
        old = head
    parley.tool("recover", "--without-plivo")


def test_what_cannot_be_restored_is_refused_and_nothing_has_changed(parley):
    folder = backup(parley)
    assert "is there already" in parley.tool("backup", folder, wanted=1).stderr
    assert "is there already" in parley.tool("restore", folder, wanted=1).stderr
    assert "a worker has" in parley.tool("restore", folder, "--replace", wanted=1).stderr
    parley.stop("api", "sender", "ingress", "worker")
    data = folder / "data.mdb"
    whole = data.read_bytes()
    data.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "damaged" in parley.tool("restore", folder, "--replace", wanted=1).stderr
    assert not list(parley.folder.glob("store.re*"))
    data.write_bytes(whole)
    assert "store.replaced-" in parley.tool("restore", folder, "--replace").stdout
    assert len(list(parley.folder.glob("store.replaced-*"))) == 1
    parley.start("worker", "ingress", "sender", "api")
    assert "closed" in parley.tool("recover", "--status").stdout
    assert not parley.api.all("/audit", action="store.recover"), "who only looks changes nothing"
    parley.tool("recover", "--without-plivo")
    parley.tool("recover")                                  # it is over: nothing more to begin
    assert [bool(e["actor"]) for e in parley.api.all("/audit", action="store.recover")] == [True]


def test_a_store_that_was_never_restored_has_nothing_to_recover(parley):
    assert "was not restored" in parley.tool("recover", wanted=1).stderr


def test_who_was_erased_meanwhile_is_erased_again(parley):
    api, plivo = parley.api, parley.plivo
    gone, stays = person(), person()
    for who in (gone, stays):
        text_until_acked(plivo, who, f"my number is {who}")
    folder = backup(parley)
    api.request("POST", f"/contacts/{contact_of(api, gone)['id']}/erase")
    eventually(lambda: gone not in json.dumps(api.all("/contacts")), 10)
    assert gone[1:] not in (parley.folder / "store.optouts").read_text()
    assert "1 erasures" in lose_and_restore(parley, folder).stdout
    eventually(lambda: f"my number is {gone}" not in json.dumps(api.messages()), 10)
    assert gone not in json.dumps(api.all("/contacts")) and stays in json.dumps(api.all("/contacts"))
    parley.tool("recover", "--without-plivo")


def running_campaign(parley, audience):
    """To people who have said START, slowly."""
    api = parley.api
    for who in audience:
        text_until_acked(parley.plivo, who, "START")
    campaign = api.post("/campaigns", {"name": "spring", "text": "Hi {{first_name|there}}", "throttle": 4})
    lines = "\n".join(["number,first_name"] + [f"{who},P{n}" for n, who in enumerate(audience)])
    api.request("PUT", f"/campaigns/{campaign['id']}/audience", headers={"Content-Type": "text/csv"}, data=lines.encode())
    ready = eventually(lambda: (c := api.get(f"/campaigns/{campaign['id']}"))["preview"]["is_ready"] and c, 20)
    api.post(f"/campaigns/{campaign['id']}/approve", {"revision": ready["revision"]})
    return campaign


def test_a_campaign_that_was_under_way_reaches_nobody_twice_and_waits_for_a_person(parley):
    api, plivo = parley.api, parley.plivo
    audience = people(12)
    campaign = running_campaign(parley, audience)
    eventually(lambda: len([m for m in sends(plivo) if "Hi P" in m["text"]]) >= 3, 20)
    folder = backup(parley)
    eventually(lambda: api.get(f"/campaigns/{campaign['id']}")["state"] == "done", 40)
    lose_and_restore(parley, folder)
    assert api.get(f"/campaigns/{campaign['id']}")["state"] == "paused"
    parley.tool("recover")
    settle(api, timeout=60)
    counts = Counter(m["dst"] for m in sends(plivo) if "Hi P" in m["text"])
    assert len(counts) == len(audience) and set(counts.values()) == {1}, counts
    assert api.get(f"/campaigns/{campaign['id']}")["state"] == "paused"


def test_an_opt_out_of_one_number_holds_for_that_number_after_a_restore(parley):
    api, plivo = parley.api, parley.plivo
    api.patch("/settings", {"opt_out_scope": "number"})
    who = person()
    text_until_acked(plivo, who, "hello")
    folder = backup(parley)
    text_until_acked(plivo, who, "STOP")
    text_until_acked(plivo, who, "START")
    text_until_acked(plivo, who, "STOP")
    lose_and_restore(parley, folder)
    refused = insist_on_send(api, who, "to one who stopped", key="refused").json()
    assert status_of(api, refused, "blocked")["status_reason"] == "opted_out"
    entries = [e for e in api.all("/consent/ledger") if e["to"] == "out"]
    assert len(entries) == 2 and all(e["number"] == parley.number and e["address"] == who for e in entries)
    parley.tool("recover", "--without-plivo")
