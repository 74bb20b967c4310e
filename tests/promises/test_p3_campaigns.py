"""P2 and P3 of a campaign: whoever dies meanwhile, everybody gets it once; a pause and a cancel hold from the next grant on."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import eventually
from truth import QUICK, people, rounds_until, sends

SYSTEM = QUICK | {"NUMBER_RATE": 300}
RECIPIENTS = 1500
pytestmark = pytest.mark.timeout(240)


def opted_in(plivo, n):
    """People who have texted START: nobody else gets bulk."""
    all_of_them = people(n)
    with ThreadPoolExecutor(16) as pool:
        for answer in pool.map(lambda p: plivo.inbound(p, "START"), all_of_them):
            assert answer["webhook_status"] == 200, answer
    return all_of_them


def answered(api, method, path, **options):
    """Asked until somebody answers: the api and the worker may be away."""
    def once():
        answer = api.request(method, path, **options)
        return (answer,) if answer.status_code < 500 else None     # a refusal by itself is falsy
    return eventually(once, 40, f"{method} {path} is answered")[0]


def asked(api, method, path, **options):
    answer = answered(api, method, path, **options)
    assert answer.status_code < 300, answer.text
    return answer.json()


def now(api, campaign):
    return asked(api, "GET", f"/campaigns/{campaign['id']}")


def prepared(api, tag, recipients):
    campaign = asked(api, "POST", "/campaigns", json={"name": tag, "text": f"{tag} {{{{n}}}}, First tenant. Reply STOP to end, HELP for help"})
    body = "number,n\n" + "\n".join(f"{p},{n}." for n, p in enumerate(recipients))
    report = asked(api, "PUT", f"/campaigns/{campaign['id']}/audience", data=body.encode(), headers={"Content-Type": "text/csv"})
    assert report["recipients"] == len(recipients), report
    campaign = eventually(lambda: (c := now(api, campaign))["preview"]["is_ready"] and c, 60, "the preview is counted")
    assert campaign["preview"]["unusable"] == 0
    return campaign


def act(api, campaign, deed, **body):
    return asked(api, "POST", f"/campaigns/{campaign['id']}/{deed}", json=body)


def sent_of(plivo, tag):
    return [m for m in sends(plivo) if m["text"].startswith(f"{tag} ")]


def test_p3_everybody_of_a_campaign_gets_it_once_whoever_dies_meanwhile(parley, api, plivo, seed):
    recipients = opted_in(plivo, RECIPIENTS)
    campaign = prepared(api, "once", recipients)
    act(api, campaign, "approve", revision=campaign["revision"])
    eventually(lambda: len(sent_of(plivo, "once")) > 50 or None, 30, "it has begun")
    with parley.killing("worker", "sender", seed=seed, every_s=(0.2, 0.7)) as died:
        for n in rounds_until(6, died):
            deed = "pause" if n % 2 == 0 else "resume"
            if answered(api, "POST", f"/campaigns/{campaign['id']}/{deed}", json={}).status_code == 409:
                break                                       # where starting takes long, all may have got it before the sixth kill
    assert died
    answered(api, "POST", f"/campaigns/{campaign['id']}/resume", json={})   # refused when it is done
    eventually(lambda: now(api, campaign)["state"] == "done" or None, 120, "the campaign is done")
    sent = sent_of(plivo, "once")
    assert sorted(m["text"].split(",")[0] for m in sent) == sorted(f"once {n}." for n in range(RECIPIENTS)), "lost or twice"
    counts = now(api, campaign)["counts"]
    assert sum(counts.values()) == RECIPIENTS and counts["waiting"] + counts["blocked"] + counts["failed"] == 0


def test_p3_a_campaign_that_is_paused_or_cancelled_grants_nothing_more(parley, api, plivo):
    recipients = opted_in(plivo, 600)
    campaign = prepared(api, "halt", recipients)
    act(api, campaign, "approve", revision=campaign["revision"])
    eventually(lambda: len(sent_of(plivo, "halt")) > 20 or None, 30, "it has begun")

    def granted():
        """Messages that are not waiting: from the answer to the deed on, their number stands still."""
        counts = now(api, campaign)["counts"]
        return len(recipients) - sum(counts[name] for name in ("waiting", "queued", "held", "cancelled"))
    act(api, campaign, "pause")
    before = granted()
    others = [api.send(p, "not of the campaign") for p in recipients[-5:]]          # the worker and the sender go on
    eventually(lambda: all(api.message(m["id"])["status"] == "delivered" for m in others) or None, 30)
    assert granted() == before
    act(api, campaign, "resume")
    eventually(lambda: granted() > before or None, 30, "it goes on")
    act(api, campaign, "cancel")
    before = granted()
    eventually(lambda: (c := now(api, campaign)["counts"])["queued"] + c["held"] + c["sending"] == 0 or None, 30, "what waited is ended")
    assert granted() == before < len(recipients)
    assert len(sent_of(plivo, "halt")) <= 600 - now(api, campaign)["counts"]["waiting"]
