"""How messages fare: counted by number, template and carrier; told when it gets bad, and when Plivo bills other units than we count."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import eventually
from test_campaigns import approved, begun, friends, upload, reaches as campaign_reaches  # noqa: F401
from worker_world import bus, house, number_of, parley, person, reaches, says, who  # noqa: F401: fixtures

SYSTEM = {"NUMBER_RATE": 200}


def counted(parley, by, name, **query):
    rows = parley.api.get("/deliverability", by=by, **query)["data"]
    return next((row for row in rows if row["name"] == name), None)


def notices(parley, kind):
    """Of numbers: carriers and templates get theirs beside them."""
    return [n for n in parley.api.get("/notices", status="open")["data"] if n["kind"] == kind and n["subject"].startswith("number:")]


def send_all(parley, n):
    people = [person() for _ in range(n)]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda p: parley.api.send(p, "hello"), people))


def test_too_many_blocked_by_spam_filters_and_too_many_opt_outs_are_told(parley):
    parley.plivo.faults(dlr_final="failed", error_code=30)
    spam = [reaches(parley.api, m, "failed") for m in send_all(parley, 3)]
    assert {m["error_code"] for m in spam} == {30} and not notices(parley, "spam")      # three of three say nothing yet
    parley.plivo.clear_faults()
    for message in send_all(parley, 57):
        reaches(parley.api, message, "delivered")
    row = eventually(lambda: (r := counted(parley, "number", parley.number)) and r["reported"] == 60 and r, 15)
    [early] = notices(parley, "spam")                                                   # 3 of 50 was over 3 %, with none after it
    assert (early["count"], early["severity"]) == (1, "alarm")
    assert (row["delivered"], row["failed"], row["spam"], row["opted_out"]) == (57, 3, 3, 0)
    assert [(c["code"], c["messages"]) for c in row["codes"]] == [(30, 3)] and "spam" in row["codes"][0]["text"].lower()
    parley.plivo.faults(dlr_final="failed", error_code=30)
    reaches(parley.api, parley.api.send(person(), "hello"), "failed")                   # 4 of 61: over 3 %
    told = eventually(lambda: (n := notices(parley, "spam"))[0]["count"] == 2 and n, 10, "a notice of spam")
    assert len(told) == 1 and told[0]["severity"] == "alarm" and parley.number not in told[0]["text"]
    parley.plivo.clear_faults()
    for _ in range(3):
        says(parley, person(), "STOP")
    assert not notices(parley, "opt_outs")
    says(parley, person(), "STOP")                                                      # 4 of 61: over 5 %
    warned = notices(parley, "opt_outs")
    assert len(warned) == 1 and warned[0]["severity"] == "warning"
    for _ in range(3):
        says(parley, person(), "STOP")
    again = notices(parley, "opt_outs")
    assert [n["id"] for n in again] == [warned[0]["id"]] and again[0]["severity"] == "alarm"
    assert counted(parley, "number", parley.number)["opted_out"] == 7


def test_a_campaign_counts_for_its_text(parley):
    parley.plivo.faults(dlr_final="undelivered", error_code=50)
    campaign = begun(parley, friends(parley, 5))
    campaign_reaches(parley, campaign, "done")
    row = eventually(lambda: (r := counted(parley, "template", f"campaign:{campaign['id']}")) and r["failed"] == 5 and r, 15)
    assert row["reported"] == 5 and [(c["code"], c["messages"]) for c in row["codes"]] == [(50, 5)]


def test_an_opt_out_counts_for_the_text_that_it_answers_and_too_many_are_told(parley):
    template = parley.api.post("/templates", {"name": "offer", "text": "Half price, today only"})
    people = friends(parley, 55)
    campaign = parley.api.post("/campaigns", {"name": "sale", "template_id": template["id"]})
    upload(parley, campaign, ["number", *people])
    approved(parley, campaign)
    campaign_reaches(parley, campaign, "done")
    name = f"template:{template['id']}"
    eventually(lambda: (r := counted(parley, "template", name)) and r["delivered"] == 55 and r, 20, "every report has come")

    def told():
        return [n for n in parley.api.get("/notices", status="open")["data"] if n["kind"] == "opt_outs" and n["subject"] == f"template:{name}"]
    parley.api.send(people[0], "from a person", **{"class": "human"})
    eventually(lambda: "from a person" in parley.plivo.received(people[0]), 15)
    says(parley, people[0], "STOP")                         # answers the person's text, not the template
    for somebody in people[1:3]:
        says(parley, somebody, "STOP")
        says(parley, somebody, "STOP")                      # said twice it counts once
    assert counted(parley, "template", name)["opted_out"] == 2 and not told()
    says(parley, people[3], "STOP")                         # 3 of 55: over 5 %
    [warning] = told()
    assert warning["severity"] == "warning" and "opt-out" in warning["text"]
    for somebody in people[4:7]:
        says(parley, somebody, "STOP")                      # 6 of 55: over 10 %
    [alarm] = told()
    assert alarm["id"] == warning["id"] and alarm["severity"] == "alarm"
    assert counted(parley, "template", name)["opted_out"] == 6


def report_of(message, **more):
    return {"uuid": message["plivo_uuid"], "status_word": "delivered", "sequence": 3, "units": 1, "total_amount": "0.00550", "received_at": 1, **more}


def test_an_opt_out_counts_for_the_carrier_that_the_report_of_the_answered_message_named(parley, bus):
    def opted_out():
        return {row["name"]: row["opted_out"] for row in parley.api.get("/deliverability", by="carrier")["data"]}
    before = opted_out()
    parley.plivo.faults(dlr_drop=1)
    people = [reaches(parley.api, m, "accepted") for m in send_all(parley, 58)]
    nameless, odd, *known = people
    reports = [report_of(nameless), report_of(odd, mcc="311", mnc="no")] + [report_of(m, mcc="311", mnc="480") for m in known]
    for at in range(0, len(reports), 20):
        bus.ask("report", {"reports": reports[at:at + 20]})
    assert counted(parley, "carrier", "311-480")["reported"] == 56

    def told():
        return [n for n in parley.api.get("/notices", status="open")["data"] if n["kind"] == "opt_outs" and n["subject"] == "carrier:311-480"]
    again = reaches(parley.api, parley.api.send(known[0]["to"], "once more"), "accepted")
    bus.ask("report", {"reports": [report_of(again, mcc="311", mnc="882")]})            # the person has gone to another network since
    for somebody in (nameless, odd, known[0]):
        says(parley, somebody["to"], "STOP")
    assert counted(parley, "carrier", "311-882")["opted_out"] == 1
    for somebody in known[1:3]:
        says(parley, somebody["to"], "STOP")
        says(parley, somebody["to"], "STOP")                                            # said twice it counts once
    assert counted(parley, "carrier", "311-480")["opted_out"] == 2 and not told()
    says(parley, known[3]["to"], "STOP")                                                # 3 of 56: over 5 %
    [warning] = told()
    assert warning["severity"] == "warning" and "to one carrier, 3 brought an opt-out" in warning["text"]
    for somebody in known[4:7]:
        says(parley, somebody["to"], "STOP")                                            # 6 of 56: over 10 %
    [alarm] = told()
    assert alarm["id"] == warning["id"] and alarm["severity"] == "alarm"
    assert opted_out() == {**before, "311-480": 6, "311-882": 1}                       # who is nowhere counts nowhere


def test_other_units_than_ours_are_told_and_carriers_are_counted(parley, bus):
    parley.plivo.faults(dlr_drop=1)
    message = reaches(parley.api, parley.api.send(person(), "one segment"), "accepted")
    report = {"uuid": message["plivo_uuid"], "status_word": "delivered", "sequence": 3, "units": 1, "total_amount": "0.00550", "mcc": "310",
              "mnc": "410", "received_at": 1}
    assert bus.ask("report", {"reports": [report]})[0].get("error") is None
    assert counted(parley, "carrier", "310-410") == {"by": "carrier", "name": "310-410", "reported": 1, "delivered": 1, "failed": 0,
                                                     "spam": 0, "opted_out": 0, "codes": []}
    assert not notices(parley, "units")
    assert bus.ask("report", {"reports": [report]})[0].get("error") is None             # the same again counts nothing
    assert counted(parley, "carrier", "310-410")["reported"] == 1
    dear = reaches(parley.api, parley.api.send(person(), "one segment"), "accepted")
    bus.ask("report", {"reports": [{**report, "uuid": dear["plivo_uuid"], "units": 2, "total_amount": "0.01100", "mcc": "3x"}]})
    told = notices(parley, "units")
    assert len(told) == 1 and "2 units" in told[0]["text"] and told[0]["severity"] == "alarm"
    assert parley.api.message(dear["id"])["cost"] == {"amount": "0.01100", "currency": "USD", "estimated": False}
    assert counted(parley, "carrier", "310-410")["reported"] == 1


@pytest.mark.parametrize("query, field", [({"by": "person"}, "by"), ({"days": 0}, "days"), ({"days": 93}, "days"), ({"since": 1}, "since")])
def test_a_question_that_cannot_be_is_refused_by_its_field(parley, query, field):
    answer = parley.api.request("GET", "/deliverability", params=query)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text
