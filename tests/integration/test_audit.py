"""Who changed what: every change that people make of how Parley behaves, or of what it holds on somebody, has its entry."""
import hashlib
import json
import re
from pathlib import Path

import pytest

from harness import eventually
from test_campaigns import act, approved, create, friends, now, reaches, upload  # noqa: F401
from worker_world import bus, house, number_of, parley, person, set_number, who  # noqa: F401: fixtures

SYSTEM = {"NUMBER_RATE": 200}
ROOT = Path(__file__).resolve().parents[2]
WORDS = "Half price, today only"

# Each bus operation that writes: the actions that it may enter, or why it enters none.
EVENTS = "what happens by itself, told in the message's timeline"
OWN_TRACE = "who did it stands in the thing itself"
DAILY = "daily work on one conversation or message; no rule, no consent"
DOOR = "comes in or goes out of the door, and changes nothing"
OPERATIONS = {
    "inbound": EVENTS, "raw_report": EVENTS, "report": EVENTS, "hello": EVENTS, "grant": EVENTS, "outcome": EVENTS, "settle": EVENTS,
    "media_seen": EVENTS, "inbound_look": EVENTS,
    "send": DAILY, "message_patch": DAILY, "conversation_read": DAILY, "draft_put": DAILY,
    "contact_create": DAILY, "contact_patch": DAILY,
    "note_add": OWN_TRACE,
    "login_create": DOOR, "login_exchange": DOOR, "logout": DOOR,
    "notice_close": ("conversation.resume",), "conversation_patch": ("conversation.resume",),
    "rule_create": ("rule.create",), "rule_patch": ("rule.update",), "rule_delete": ("rule.delete",),
    "number_patch": ("number.update",), "settings_patch": ("settings.update",), "key_create": ("key.create",),
    "pool_put": ("pool.create", "pool.update"), "pool_delete": ("pool.delete",),
    "template_put": ("template.create", "template.update"), "template_delete": ("template.delete",),
    "prices_put": ("prices.replace",), "quiet_hours_put": ("quiet_hours.update",), "quiet_hours_delete": ("quiet_hours.update",),
    "limit_put": ("limit.update",), "limit_delete": ("limit.update",),
    "campaign_put": ("campaign.create", "campaign.update"), "campaign_delete": ("campaign.delete",),
    "campaign_deed": ("campaign.approve", "campaign.pause", "campaign.resume", "campaign.cancel", "campaign.retry"),
    "audience_part": ("campaign.audience",), "audience_filter": ("campaign.audience",),
    "message_action": ("message.resend", "message.mark"),
    "consent_set": ("consent.set",), "contact_erase": ("contact.erase",), "contact_export": ("contact.export",),
    "contact_delete": ("contact.delete",),
    "recover": ("store.recover",), "quarantine_release": ("quarantine.release",),
}


def wording(text):
    return f"{len(text.encode())} bytes, sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def entered(parley, action, subject, actor=r"(key|user):[0-9a-f-]{36}"):
    """The newest entry of the action, which must be about `subject`: what it says has changed."""
    [entry] = parley.api.get("/audit", action=action, limit=1)["data"]
    assert (entry["action"], entry["subject"]) == (action, subject) and re.fullmatch(actor, entry["actor"]), entry
    return entry["changes"]


def test_every_operation_that_writes_is_audited_or_says_why_not():
    written = {name for header in (ROOT / "common/wire").glob("*.h")
               for name in re.findall(r"^    X\((\w+), +WRITE,", header.read_text(), re.M)}
    assert len(written) > 40 and written == OPERATIONS.keys()
    entered_by_the_worker = "\n".join(path.read_text() for path in (ROOT / "services/worker/apply").glob("*.c"))
    documented = (ROOT / "services/api/openapi.yaml").read_text()
    for actions in OPERATIONS.values():
        for action in actions if isinstance(actions, tuple) else ():
            known = f'"{action}"' in entered_by_the_worker or action.startswith("campaign.")    # made of the deed's word
            assert known and f"`{action}`" in documented, action


def test_a_rule_from_its_first_day_to_its_last(parley):
    match = {"kind": "exact", "words": ["HOURS"]}
    rule = parley.api.post("/rules", {"name": "hours", "match": match,
                                      "actions": [{"kind": "reply", "text": WORDS}, {"kind": "tag", "tag": "hours"}]})
    about = f"rule:{rule['id']}"
    made = entered(parley, "rule.create", about)
    assert made["name"] == {"from": None, "to": "hours"} and made["match"]["to"]["words"] == ["HOURS"] and made["match"]["from"] is None
    assert [(a["kind"], a["text"], a["tag"]) for a in made["actions"]["to"]] == [("reply", wording(WORDS), None), ("tag", None, "hours")]
    parley.api.patch(f"/rules/{rule['id']}", {"enabled": False, "cooldown_s": 60})
    assert entered(parley, "rule.update", about) == {"enabled": {"from": True, "to": False},
                                                     "cooldown_s": {"from": made["cooldown_s"]["to"] if "cooldown_s" in made else 0, "to": 60}}
    before = len(parley.api.all("/audit"))
    parley.api.patch(f"/rules/{rule['id']}", {"enabled": False})
    assert len(parley.api.all("/audit")) == before, "nothing differs: nothing to enter"
    parley.api.delete(f"/rules/{rule['id']}")
    assert entered(parley, "rule.delete", about)["name"] == {"from": "hours", "to": None}


def test_a_number_and_the_tenants_settings(parley):
    number = number_of(parley)
    set_number(parley, help_reply=WORDS, rate=3)
    assert entered(parley, "number.update", f"number:{number['id']}") == \
        {"help_reply": {"from": None, "to": wording(WORDS)}, "rate": {"from": number["rate"], "to": 3}}
    set_number(parley, help_reply=None, rate=number["rate"])
    parley.api.patch("/settings", {"holidays": ["12-24"], "federal_holidays": True})
    assert entered(parley, "settings.update", None) == {"holidays": {"from": [], "to": ["12-24"]}, "federal_holidays": {"from": False, "to": True}}
    parley.api.patch("/settings", {"holidays": [], "federal_holidays": False})
    assert entered(parley, "settings.update", None)["holidays"] == {"from": ["12-24"], "to": []}


def test_a_pool_and_which_one_is_the_default(parley):
    pool = parley.api.post("/pools", {"name": "all", "numbers": [parley.number]})
    about = f"pool:{pool['id']}"
    made = entered(parley, "pool.create", about)
    assert made["name"]["to"] == "all" and made["numbers"] == {"from": [], "to": [parley.number]}
    parley.api.patch(f"/pools/{pool['id']}", {"is_default": True})
    assert entered(parley, "pool.update", about) == {"is_default": {"from": False, "to": True}}
    parley.api.delete(f"/pools/{pool['id']}")
    gone = entered(parley, "pool.delete", about)
    assert gone["name"] == {"from": "all", "to": None} and gone["is_default"] == {"from": True, "to": False}


def test_a_template_by_its_sum_and_never_in_words(parley):
    template = parley.api.post("/templates", {"name": "offer", "text": WORDS})
    about = f"template:{template['id']}"
    assert entered(parley, "template.create", about) == {"name": {"from": None, "to": "offer"}, "text": {"from": None, "to": wording(WORDS)}}
    parley.api.patch(f"/templates/{template['id']}", {"text": WORDS + " ☎"})
    assert entered(parley, "template.update", about) == {"text": {"from": wording(WORDS), "to": wording(WORDS + " ☎")}}
    parley.api.delete(f"/templates/{template['id']}")
    assert entered(parley, "template.delete", about)["name"] == {"from": "offer", "to": None}


def test_prices_hours_and_limits(parley):
    standing = parley.api.get("/prices")
    table = {"prices": [{"prefix": "+", "outbound": "0.05"}, {"prefix": "+1", "outbound": "0.01"}], "rents": [{"kind": "long_code", "monthly": "1"}]}
    parley.api.put("/prices", table)
    table["prices"][1]["outbound"] = "0.02"
    parley.api.put("/prices", {**table, "rents": []})
    changes = entered(parley, "prices.replace", None)
    assert changes.keys() == {"+1", "long_code"} and changes["long_code"]["to"] is None
    assert (changes["+1"]["from"]["outbound"], changes["+1"]["to"]["outbound"]) == ("0.01000", "0.02000")
    before = len(parley.api.all("/audit"))
    parley.api.put("/prices", {**table, "rents": []})
    assert len(parley.api.all("/audit")) == before
    many = [{"prefix": f"+{n}", "name": "x" * 40, "outbound": "0.1"} for n in range(1000, 1499)]
    parley.api.put("/prices", {"prices": [{"prefix": "+", "outbound": "0.05"}, *many], "rents": []})
    assert entered(parley, "prices.replace", None) == {"prices": {"from": 2, "to": 500}}, "too many for one entry: how many there are"
    parley.api.put("/prices", {name: standing[name] for name in ("prices", "rents")})
    parley.api.put("/quiet-hours/FL", {"weekdays": "09:00-18:00", "source": "our counsel"})
    assert entered(parley, "quiet_hours.update", "state:FL")["weekdays"] == {"from": "08:00-20:00", "to": "09:00-18:00"}
    parley.api.delete("/quiet-hours/FL", wanted=204)
    assert entered(parley, "quiet_hours.update", "state:FL")["weekdays"] == {"from": "09:00-18:00", "to": "08:00-20:00"}
    parley.api.put("/limits/CABC123", {"rate": 2})
    assert entered(parley, "limit.update", "campaign:CABC123")["rate"]["to"] == 2
    parley.api.delete("/limits/CABC123", wanted=204)
    assert entered(parley, "limit.update", "campaign:CABC123")["rate"]["from"] == 2


def test_all_that_is_done_with_a_campaign(parley):
    people = friends(parley, 3)
    campaign = create(parley, text=WORDS, name="sale")
    about = f"campaign:{campaign['id']}"
    assert entered(parley, "campaign.create", about)["text"] == {"from": None, "to": wording(WORDS)}
    upload(parley, campaign, ["number", *people[:2]])
    chosen = entered(parley, "campaign.audience", about)
    assert chosen["audience"] == {"from": None, "to": "csv"} and chosen["recipients"] == {"from": 0, "to": 2}
    assert not any(p in json.dumps(chosen) for p in people), "who they are is the campaign's business"
    parley.api.put(f"/campaigns/{campaign['id']}/audience", {"filter": {"consent": "in"}})
    assert entered(parley, "campaign.audience", about)["audience"] == {"from": "csv", "to": "filter"}
    upload(parley, campaign, ["number", *people])
    parley.api.patch(f"/campaigns/{campaign['id']}", {"throttle": 0.01})
    assert entered(parley, "campaign.update", about) == {"throttle": {"from": 0, "to": 0.01}}
    approved(parley, campaign)
    assert entered(parley, "campaign.approve", about) == {"state": {"from": "draft", "to": "approved"}}
    reaches(parley, campaign, "running")
    for deed, to in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        before = now(parley, campaign)["state"]
        act(parley, campaign, deed)
        assert entered(parley, f"campaign.{deed}", about)["state"]["to"] in (to, "approved") and before != to
    parley.api.delete(f"/campaigns/{campaign['id']}")
    assert entered(parley, "campaign.delete", about)["name"] == {"from": "sale", "to": None}


def test_consent_by_hand_export_hiding_and_erasure(parley):
    somebody = parley.api.post("/contacts", {"address": person(), "name": "Ann Other"})
    about = f"contact:{somebody['id']}"
    said = {"state": "out", "source": "agent", "evidence": "Ann Other rang us up on +15550109999", "topic": 'a"b'}
    entry = parley.api.post(f"/contacts/{somebody['id']}/consent", said)
    assert entered(parley, "consent.set", about) == {
        "consent": {"from": "none", "to": "out"}, "source": {"from": None, "to": "agent"}, "scope": {"from": None, "to": 'topic:a"b'},
        "ledger_entry": {"from": 0, "to": entry["sequence"]}}
    parley.api.get(f"/contacts/{somebody['id']}/export")
    assert entered(parley, "contact.export", about) == {}
    parley.api.delete(f"/contacts/{somebody['id']}")
    assert entered(parley, "contact.delete", about) == {}
    parley.api.post(f"/contacts/{somebody['id']}/erase")
    assert entered(parley, "contact.erase", about) == {}
    left = json.dumps([e for e in parley.api.all("/audit") if e["subject"] == about])
    assert "Ann" not in left and somebody["address"] not in left and "15550109999" not in left, "what an erasure cannot reach"


def test_who_decides_about_a_message_of_which_nobody_knows(parley, who):
    parley.plivo.faults(accept_then_drop=1, dlr_drop=1)
    sent = parley.api.send(who, WORDS)
    message = eventually(lambda: (m := parley.api.message(sent["id"]))["status"] == "unconfirmed" and m, 20)
    parley.plivo.clear_faults()
    parley.api.post(f"/messages/{message['id']}/mark", {"as": "failed"})
    assert entered(parley, "message.mark", f"message:{message['id']}") == {"status": {"from": "unconfirmed", "to": "failed"}}
    again = parley.api.post(f"/messages/{message['id']}/resend")
    assert entered(parley, "message.resend", f"message:{message['id']}") == {"status": {"from": "failed", "to": again["status"]}}


def test_a_key_by_its_name_and_never_itself(parley):
    printed = parley.tool("key", "create", "--name", "the till").stdout
    key = printed.split()[-1]
    [entry] = parley.api.get("/audit", action="key.create", limit=1)["data"]
    assert entry["changes"] == {"name": {"from": None, "to": "the till"}} and re.fullmatch(r"key:[0-9a-f-]{36}", entry["subject"])
    assert entry["actor"] and key[-4:] not in json.dumps(entry["changes"])


@pytest.mark.parametrize("look", ["conversation", "notice"])
def test_who_looked_at_a_refusal_answers_for_it(parley, who, look):
    parley.plivo.inbound(who, "leave me alone")
    [notice] = eventually(lambda: [n for n in parley.api.all("/notices", status="open") if n["kind"] == "refusal"], 10)
    about = notice["subject"]
    if look == "conversation":
        parley.api.patch(f"/conversations/{about.partition(':')[2]}", {"paused": False})
    else:
        parley.api.post(f"/notices/{notice['id']}/close")
    assert entered(parley, "conversation.resume", about) == {"paused": {"from": True, "to": False}}
