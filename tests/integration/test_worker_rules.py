"""Keyword rules over the whole system: what people make by the API is what a text meets."""
import pytest

from harness import eventually
from worker_world import answers, conversation_of, house, parley, person, says, who  # noqa: F401: fixtures

ANY = {"kind": "any"}


def rule(parley, match, reply=None, **more):
    actions = more.pop("actions", []) + ([{"kind": "reply", "text": reply}] if reply else [])
    return parley.api.post("/rules", {"name": more.pop("name", "a rule"), "match": match, "actions": actions, **more}, wanted=201)


def verdict(parley, text, **more):
    return parley.api.post("/rules/test", {"text": text, **more}, wanted=200)


# kind, words, texts that it answers, texts that it does not
KINDS = [
    ("exact", ["hours", "opening times"], ["hours", "HOURS", " Hours \n", "hours?", "hours!!", "Opening Times."],
     ["hours today", "opening  times", "hour", "my hours", ""]),
    ("exact", ["price?", "¡ayuda ya!"], ["price?", "PRICE?", "¡Ayuda ya!"], ["prices?"]),
    ("exact", ["größe"], ["GRÖSSE", "Größe", "größe"][1:], ["grosse"]),
    ("prefix", ["join", "sign up"], ["join", "JOIN us", "joining", "Sign up now", "  join"], ["please join", "sign  up"]),
    ("contains", ["pizza", "1+1"], ["pizza", "a PIZZA please", "is 1+1=2?"], ["piz za", "11", "1 + 1"]),
    ("regex", [r"^order\s+(\d+)$", r"\bcode:?\s*[A-F]{2}\b"], ["order 12", "ORDER   7", "my code: ab!", "CODE FE"],
     ["order", "order 12x", "code xyz", "reorder 12"]),
    ("any", [], ["anything", "?", "😀"], []),
]


@pytest.mark.parametrize("kind, words, hits, misses", KINDS, ids=[f"{k[0]}-{k[1][0] if k[1] else ''}" for k in KINDS])
def test_a_rule_answers_what_its_kind_says_and_nothing_else(parley, who, kind, words, hits, misses):
    made = rule(parley, {"kind": kind, "words": words}, "yes")
    for text in hits:
        before = len(answers(parley.api, who))
        assert (verdict(parley, text, **{"from": who})["rule"] or {}).get("id") == made["id"], f"the bench, {text!r}"
        says(parley, who, text)
        assert len(answers(parley.api, who)) == before + 1, f"the real thing, {text!r}"
    for text in misses:
        before = len(answers(parley.api, who))
        if text:
            assert verdict(parley, text)["rule"] is None, f"the bench, {text!r}"
        says(parley, who, text or " ")
        assert len(answers(parley.api, who)) == before, f"the real thing, {text!r}"


@pytest.mark.parametrize("match, field", [
    ({"kind": "regex", "words": ["("]}, "match"), ({"kind": "regex", "words": ["a", "b{2,1}"]}, "match"),
    ({"kind": "exact", "words": []}, "match"), ({"kind": "exact"}, "match"), ({"kind": "any", "words": ["x"]}, "match"),
    ({"kind": "exact", "words": ["  "]}, "match"), ({"kind": "nearly", "words": ["x"]}, None)])
def test_a_match_that_means_nothing_is_refused(parley, match, field):
    answer = parley.api.request("POST", "/rules", json={"name": "x", "match": match, "actions": [{"kind": "close"}]})
    assert answer.status_code == 400, answer.text
    assert field is None or answer.json()["errors"][0]["field"].startswith(field), answer.text


@pytest.mark.parametrize("action", [{"kind": "reply"}, {"kind": "reply", "text": " "}, {"kind": "tag"}, {"kind": "assign"},
                                    {"kind": "opt_out"}, {"kind": "opt_in"}, {"kind": "help"},
                                    {"kind": "reply", "text": "Hi {{contact.name"}, {"kind": "reply", "text": "{{password}}"}])
def test_an_action_that_cannot_be_done_is_refused(parley, action):
    answer = parley.api.request("POST", "/rules", json={"name": "x", "match": ANY, "actions": [action]})
    assert answer.status_code == 400, answer.text


def test_a_pattern_that_would_take_for_ever_is_no_match_and_holds_nobody_up(parley, who):
    rule(parley, {"kind": "regex", "words": [r"^(a+)+$"]}, "never", position=1)
    rule(parley, ANY, "the next one", position=2)
    says(parley, who, "a" * 60 + "!")
    assert answers(parley.api, who) == ["the next one"]


def test_the_lowest_position_wins_and_moving_changes_it_at_once(parley):
    second = rule(parley, {"kind": "contains", "words": ["hi"]}, "second", position=20)
    first = rule(parley, {"kind": "contains", "words": ["hi"]}, "first", position=10)
    disabled = rule(parley, {"kind": "contains", "words": ["hi"]}, "disabled", position=5, enabled=False)
    assert [r["id"] for r in parley.api.all("/rules") if not r["system"]] == [disabled["id"], first["id"], second["id"]]
    one, other, third = person(), person(), person()
    says(parley, one, "hi")
    assert answers(parley.api, one) == ["first"]
    parley.api.patch(f"/rules/{first['id']}", {"position": 30})
    says(parley, other, "hi")
    assert answers(parley.api, other) == ["second"]
    parley.api.patch(f"/rules/{disabled['id']}", {"enabled": True})
    says(parley, third, "hi")
    assert answers(parley.api, third) == ["disabled"]


def test_system_words_win_over_every_rule(parley, who):
    rule(parley, ANY, "mine", position=0)
    for word in ("STOP", "START", "HELP"):
        assert verdict(parley, word)["rule"]["system"] is True
        says(parley, who, word)
    assert "mine" not in answers(parley.api, who)


def test_a_rule_for_one_number_hears_only_that_one(parley, who):
    rule(parley, {"kind": "any", "number": "+15550109001"}, "there", position=1)
    rule(parley, {"kind": "any", "number": parley.number}, "here", position=2)
    says(parley, who, "hello")
    assert answers(parley.api, who) == ["here"]
    says(parley, who, "hello", to="+15550109001")
    assert answers(parley.api, who) == ["here", "there"]
    says(parley, who, "hello", to="+15550109002")
    assert answers(parley.api, who) == ["here", "there"]
    assert verdict(parley, "x", to="+15550109001")["reply"] == "there"
    assert verdict(parley, "x", to="+15550109002")["rule"] is None
    assert verdict(parley, "x")["reply"] == "here"


def test_a_cooldown_silences_the_reply_in_this_conversation_only(parley, who):
    rule(parley, {"kind": "exact", "words": ["menu"]}, "soup", cooldown_s=3600, actions=[{"kind": "tag", "tag": "hungry"}])
    says(parley, who, "menu")
    again = says(parley, who, "menu")
    assert answers(parley.api, who) == ["soup"]
    assert conversation_of(parley.api, again)["labels"] == ["hungry"]
    other = person()
    says(parley, other, "menu")
    assert answers(parley.api, other) == ["soup"]
    says(parley, who, "menu", to="+15550109003")
    assert answers(parley.api, who) == ["soup", "soup"]


def test_a_cooldown_ends(parley, who):
    rule(parley, {"kind": "exact", "words": ["menu"]}, "soup", cooldown_s=1)
    says(parley, who, "menu")

    def answered_again():
        says(parley, who, "menu")
        return len(answers(parley.api, who)) == 2
    eventually(answered_again, 10)


def test_tag_assign_and_close_change_the_conversation(parley, who):
    rule(parley, {"kind": "exact", "words": ["bill"]}, "thanks", actions=[
        {"kind": "tag", "tag": "billing"}, {"kind": "tag", "tag": "money"}, {"kind": "assign", "assignee": "ann"}, {"kind": "close"}])
    first = says(parley, who, "hello")
    parley.api.patch(f"/conversations/{first['conversation_id']}", {"labels": ["old"]})
    conversation = conversation_of(parley.api, says(parley, who, "bill"))
    assert (conversation["labels"], conversation["assignee"], conversation["status"]) == (["old", "billing", "money"], "ann", "closed")
    assert conversation_of(parley.api, says(parley, who, "bill"))["labels"] == ["old", "billing", "money"]
    assert answers(parley.api, who) == ["thanks", "thanks"]


def test_a_template_is_filled_in_and_falls_back(parley, who):
    rule(parley, ANY, "Hi {{contact.name|there}}, you are {{ contact.address }}, we are {{number|x}} {not} {{contact.name}}.")
    wanted = f"Hi there, you are {who}, we are {parley.number} {{not}} ."
    assert verdict(parley, "hello", **{"from": who})["reply"] == wanted
    says(parley, who, "hello")
    assert answers(parley.api, who) == [wanted]
    eventually(lambda: parley.plivo.received(who) == [wanted], 15)


def test_a_message_tells_which_rule_answered(parley, who):
    rule(parley, {"kind": "prefix", "words": ["hi"]}, "hello", name="Greeting")
    message = says(parley, who, "hi there")
    [answer] = parley.api.messages(contact=who, direction="outbound")
    assert (answer["source"], answer["class"], answer["status_reason"]) == ("rule", "auto", None)
    for timeline in (parley.api.timeline(message["id"]), parley.api.timeline(answer["id"])):
        assert any(e["kind"] == "rule" and "Greeting" in e["text"] for e in timeline["data"]), timeline


def test_a_rule_that_is_gone_does_nothing_more(parley, who):
    made = rule(parley, ANY, "yes")
    says(parley, who, "one")
    parley.api.delete(f"/rules/{made['id']}")
    says(parley, who, "two")
    assert answers(parley.api, who) == ["yes"]


def test_rules_hold_over_a_restart(parley, who):
    rule(parley, ANY, "yes", cooldown_s=3600)
    says(parley, who, "one")
    parley.restart("worker")
    says(parley, who, "two")
    other = person()
    says(parley, other, "one")
    assert (answers(parley.api, who), answers(parley.api, other)) == (["yes"], ["yes"])


# --- the default reply, and people --------------------------------------------------------------------------------------

def test_the_default_reply_leaves_a_conversation_alone_that_a_person_answers(parley, who):
    rule(parley, ANY, "default", position=1000)
    rule(parley, {"kind": "exact", "words": ["hours"]}, "nine to five")
    says(parley, who, "hello")
    assert answers(parley.api, who) == ["default"]
    parley.api.send(who, "a program", **{"class": "transactional"})
    says(parley, who, "still here")
    assert answers(parley.api, who) == ["default", "a program", "default"]
    parley.api.send(who, "a person", **{"class": "human"})
    says(parley, who, "thanks")
    says(parley, who, "hours")                              # a keyword still answers
    assert answers(parley.api, who) == ["default", "a program", "default", "a person", "nine to five"]
    assert verdict(parley, "thanks", **{"from": who})["reply"] is None
    assert verdict(parley, "thanks", **{"from": person()})["reply"] == "default"


def test_a_new_store_has_one_default_reply_that_can_be_changed(start_parley):
    parley = start_parley("worker", "api")
    [default] = [r for r in parley.api.all("/rules") if not r["system"]]
    assert default["match"]["kind"] == "any" and default["cooldown_s"] > 0 and default["enabled"]
    parley.api.delete(f"/rules/{default['id']}")
    parley.restart("worker")
    assert [r for r in parley.api.all("/rules") if not r["system"]] == []


# --- the bench says what would be -----------------------------------------------------------------------------------------

def test_the_bench_says_the_same_as_the_real_thing(parley):
    rule(parley, {"kind": "exact", "words": ["menu"]}, "soup for {{contact.address}}", cooldown_s=3600, position=1)
    rule(parley, {"kind": "prefix", "words": ["tag"]}, None, position=2, actions=[{"kind": "tag", "tag": "t"}])
    rule(parley, ANY, "default", position=1000)
    stranger, cooling, answered, gone = (person() for _ in range(4))
    says(parley, cooling, "menu")
    parley.api.send(answered, "hello", **{"class": "human"})
    says(parley, gone, "REVOKE")
    for sender in (stranger, cooling, answered, gone, "22395", "NOTICE", parley.number):
        for text in ("menu", "MENU!", "tag me", "something else", "HELP", "YES", "revoke", "unstop"):
            if sender == stranger and text in ("revoke", "unstop"):
                sender = person()
            bench = verdict(parley, text, **{"from": sender})
            before = answers(parley.api, sender)
            message = says(parley, sender, text)
            new = answers(parley.api, sender)[len(before):]
            assert new == ([bench["reply"]] if bench["reply"] else []), f"{sender} says {text!r}: {bench}"
            told = [e["text"] for e in parley.api.timeline(message["id"])["data"] if e["kind"] == "rule"]
            if bench["rule"] and not bench["rule"]["system"]:
                assert any(bench["rule"]["name"] in t for t in told), f"{sender} says {text!r}: {told}"
            else:
                assert told == [], f"{sender} says {text!r}: {told}"


def test_the_bench_changes_nothing(parley, who):
    rule(parley, ANY, "yes")
    verdict(parley, "hello", **{"from": who})
    verdict(parley, "STOP", **{"from": who})
    assert parley.api.all("/contacts", q=who) == []
    assert parley.api.messages(contact=who) == []
