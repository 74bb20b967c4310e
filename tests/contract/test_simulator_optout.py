"""Plivo's own opt-out service, as the simulator plays it."""
import pytest

from harness import eventually

PERSON = "+15551230001"


def intent(parley_url):
    return parley_url.caught[-1].params["MessageIntent"]


def answers(sim):
    return [m["text"] for m in sim.phone(PERSON) if m["by"] == "plivo"]


@pytest.mark.parametrize("word", ["STOP", "stop", "End", "QUIT", "cancel", "UNSUBSCRIBE", "unsub", "STOP ALL", "Stop \n"])
def test_plivos_words_block_and_are_answered(sim, reports, parley_url, word):
    sim.inbound(PERSON, word)
    assert intent(parley_url) == "optout"
    assert len(answers(sim)) == 1 and "unsubscribed" in answers(sim)[0]
    sim.send(PERSON, "hi", url=reports.url)
    came = reports(2)
    assert [(r["Status"], r["ErrorCode"]) for r in came] == [("queued", ""), ("failed", "200")]
    assert "hi" not in sim.received(PERSON)


@pytest.mark.parametrize("text", ["Stop it!", "please stop", "REVOKE", "OPT OUT", "STOPALL", "stop.", "hello", ""])
def test_other_words_do_not(sim, parley_url, text):
    sim.inbound(PERSON, text)
    assert intent(parley_url) == "" and answers(sim) == []
    sim.send(PERSON, "hi")
    eventually(lambda: "hi" in sim.received(PERSON))


def test_start_unblocks_and_is_silent_when_nothing_was_blocked(sim, parley_url):
    sim.inbound(PERSON, "START")
    assert intent(parley_url) == "optin" and answers(sim) == []
    sim.inbound(PERSON, "STOP")
    sim.inbound(PERSON, "UNSTOP")
    assert len(answers(sim)) == 2
    sim.send(PERSON, "hi")
    eventually(lambda: "hi" in sim.received(PERSON))


def test_a_second_stop_is_not_answered_again(sim):
    sim.inbound(PERSON, "STOP")
    sim.inbound(PERSON, "STOP")
    assert len(answers(sim)) == 1


def test_help_is_answered(sim, parley_url):
    sim.inbound(PERSON, "INFO")
    assert intent(parley_url) == "help" and len(answers(sim)) == 1


def test_only_this_person_towards_this_number_is_blocked(sim):
    sim.inbound(PERSON, "STOP")
    sim.inbound(PERSON, "hello", to="+15550100077")
    sim.send("+15551230002", "to another person")
    sim.send(PERSON, "from another number", src="+15550100077")
    eventually(lambda: "from another number" in sim.received(PERSON) and sim.received("+15551230002"))


def test_the_answers_are_no_sends_of_the_account(sim):
    sim.inbound(PERSON, "STOP")
    assert sim.messages() == [] and sim.rest("GET", "Message/?message_direction=outbound").json()["objects"] == []


def test_dnd_false_ends_it(sim, parley_url):
    sim.inbound(PERSON, "STOP")
    sim.faults(dnd=False)
    sim.inbound(PERSON, "STOP")
    assert intent(parley_url) == "" and len(answers(sim)) == 1
    sim.send(PERSON, "hi")
    eventually(lambda: "hi" in sim.received(PERSON))


def test_with_grace_one_message_passes(sim):
    sim.faults(dnd_grace=True)
    sim.inbound(PERSON, "STOP")
    for text in ("you are out", "too late"):
        sim.send(PERSON, text)
    eventually(lambda: all(m["state"] in ("delivered", "failed") for m in sim.messages()))
    assert [m["state"] for m in sim.messages()] == ["delivered", "failed"]


def test_an_intent_can_be_given(sim, parley_url):
    sim.inbound(PERSON, "please take me off", intent="optout")
    assert intent(parley_url) == "optout" and len(answers(sim)) == 1
