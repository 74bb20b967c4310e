"""Campaigns: an audience, a preview, an approval; then one text to each, under a throttle, a pause, a cancel."""
import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import eventually
from worker_world import ENDED, bus, house, number_of, parley, person, set_number, who  # noqa: F401: fixtures

SYSTEM = {"NUMBER_RATE": 200}
OPEN = ("draft", "approved", "running", "paused")


@pytest.fixture(autouse=True)
def nothing_left(parley):
    yield
    for campaign in parley.api.all("/campaigns"):
        if campaign["state"] in OPEN:
            act(parley, campaign, "cancel")
    set_number(parley, state="active")


def friends(parley, n):
    """People who have opted in: nobody else gets bulk."""
    people = [person() for _ in range(n)]
    with ThreadPoolExecutor(16) as pool:
        for answer in pool.map(lambda p: parley.plivo.inbound(p, "START"), people):
            assert answer["webhook_status"] == 200, answer
    return people


def friend(parley):
    return friends(parley, 1)[0]


def got(parley, who, text):
    """How often somebody got a text: the first one of a programme says more than its own words."""
    return sum(text in received for received in parley.plivo.received(who))


def create(parley, text="Hi {{first_name|there}}", name="spring", wanted=201, **more):
    answer = parley.api.request("POST", "/campaigns", json={"name": name, "text": text, **more})
    assert answer.status_code == wanted, answer.text
    return answer.json()


def upload(parley, campaign, lines, wanted=200, content_type="text/csv"):
    body = lines if isinstance(lines, (str, bytes)) else "\n".join(lines)
    answer = parley.api.request("PUT", f"/campaigns/{campaign['id']}/audience", headers={"Content-Type": content_type},
                                data=body.encode() if isinstance(body, str) else body)
    assert answer.status_code == wanted, answer.text
    return answer.json()


def now(parley, campaign):
    return parley.api.get(f"/campaigns/{campaign['id']}")


def act(parley, campaign, deed, wanted=200, **body):
    answer = parley.api.request("POST", f"/campaigns/{campaign['id']}/{deed}", json=body)
    assert answer.status_code == wanted, answer.text
    return answer.json()


def previewed(parley, campaign):
    return eventually(lambda: (c := now(parley, campaign))["preview"]["is_ready"] and c, 20, "the preview is counted")


def approved(parley, campaign):
    campaign = previewed(parley, campaign)
    return act(parley, campaign, "approve", revision=campaign["revision"])


def reaches(parley, campaign, *states, timeout=30):
    return eventually(lambda: (c := now(parley, campaign))["state"] in states and c, timeout, f"the campaign is {states}")


def recipients(parley, campaign, **query):
    return parley.api.all(f"/campaigns/{campaign['id']}/recipients", **query)


def begun(parley, people, text="Hi {{first_name|there}}", **more):
    campaign = create(parley, text, **more)
    upload(parley, campaign, ["number,first_name"] + [f"{p},P{n}" for n, p in enumerate(people)])
    return approved(parley, campaign)


# --- the way from draft to done -------------------------------------------------------------------------------------------

def test_everybody_gets_their_own_text_once(parley):
    people = friends(parley, 40)
    campaign = begun(parley, people)
    campaign = reaches(parley, campaign, "done")
    for n, p in enumerate(people):
        eventually(lambda p=p, n=n: got(parley, p, f"Hi P{n}") == 1 or None, 10)
    eventually(lambda: now(parley, campaign)["counts"]["delivered"] == 40 or None, 15)
    assert now(parley, campaign)["counts"]["waiting"] == 0
    listed = recipients(parley, campaign)
    assert [r["to"] for r in listed] == people and [r["line"] for r in listed] == list(range(2, 42))
    assert {r["status"] for r in listed} == {"delivered"} and all(r["cost"]["amount"] for r in listed)
    message = parley.api.message(listed[0]["message_id"])
    assert message["class"] == "bulk" and message["source"] == f"campaign:{campaign['id']}"


def test_a_preview_tells_each_text_its_segments_and_its_cost_before_anything_leaves(parley):
    long, short, empty = friends(parley, 3)
    stranger = person()
    campaign = create(parley, "{{text}}")
    upload(parley, campaign, ["number,text", f"{long},{'x' * 200}", f"{short},hey", f"{empty},", f"{stranger},you"])
    campaign = previewed(parley, campaign)
    assert campaign["preview"] == {"is_ready": True, "recipients": 4, "unusable": 2, "segments": 3,
                                   "cost": {"amount": "0.01650", "currency": "USD", "estimated": True}}
    listed = recipients(parley, campaign)
    assert [(r["status"], r["status_reason"], r["segments"], r["cost"]["amount"]) for r in listed] == [
        ("waiting", None, 2, "0.01100"), ("waiting", None, 1, "0.00550"), ("skipped", "empty", 1, "0.00000"),
        ("waiting", "no_consent", 1, "0.00000")]
    assert "hey" in listed[1]["text"] and "STOP" in listed[1]["text"]       # the first of a programme, as it will be sent
    assert not parley.plivo.received(long) and campaign["state"] == "draft"
    act(parley, campaign, "approve", revision=campaign["revision"])
    done = reaches(parley, campaign, "done")
    assert done["counts"]["skipped"] == 1 and done["counts"]["blocked"] == 1
    after = recipients(parley, campaign)
    assert [r["text"] for r in after] == [r["text"] for r in listed] and after[3]["status_reason"] == "no_consent"
    assert [r["status"] for r in recipients(parley, campaign, status="skipped")] == ["skipped"]
    assert not parley.plivo.received(stranger)


def test_every_bad_line_is_told_with_its_number_and_reason(parley):
    one, two = person(), person()
    campaign = create(parley)
    report = upload(parley, campaign, "number,First Name\r\n" f'{one},"A ""B"", C"\r\n' "nonsense,x\r\n" ",nobody\r\n" f"{one},again\r\n"
                    f"{two},x,y\r\n" f'{two},"not closed\r\n' "\r\n" f"{two},ok")
    assert report["recipients"] == 2 and report["refused"] == 5 and report["columns"] == ["first_name"]
    lines = {line["line"]: line["reason"] for line in report["lines"]}
    assert set(lines) == {3, 4, 5, 6, 7}
    assert "country code" in lines[3] and "no number" in lines[4] and "line 2" in lines[5] and "more cells" in lines[6]
    assert "not closed" in lines[7]
    assert [(r["to"], r["text"]) for r in recipients(parley, campaign)] == [(one, 'Hi A "B", C'), (two, "Hi ok")]
    assert now(parley, campaign)["audience"]["refused"] == 5


@pytest.mark.parametrize("body", ["", "name\nx", "number,a,a\n+15550179999,1,2", "number,\n+15550179999,1", '"number'])
def test_a_file_whose_first_line_says_nothing_is_refused_whole(parley, body):
    campaign = create(parley)
    problem = upload(parley, campaign, body, wanted=400)
    assert problem["errors"][0]["field"] == "body"
    assert now(parley, campaign)["audience"]["kind"] is None


def test_semicolons_tabs_and_a_byte_order_mark_are_understood(parley):
    for separator in ";\t":
        campaign = create(parley)
        one = person()
        upload(parley, campaign, ("\ufeff" + f"first_name{separator}phone\nÄnne, Dr.{separator}{one}").encode())
        assert recipients(parley, campaign)[0]["text"] == "Hi Änne, Dr."


def test_other_bodies_than_csv_and_json_are_refused(parley):
    upload(parley, create(parley), "x", wanted=415, content_type="text/plain")


def test_another_file_replaces_the_first(parley):
    one, two = friends(parley, 2)
    campaign = create(parley)
    upload(parley, campaign, ["number", one, *(f"+1555030{n:04}" for n in range(2000))])  # takes long to be dropped; the house's check
    first = previewed(parley, campaign)                                                  # of its store finds what is left of it
    upload(parley, campaign, ["number", two])
    second = previewed(parley, campaign)
    assert second["revision"] > first["revision"] and [r["to"] for r in recipients(parley, campaign)] == [two]
    act(parley, campaign, "approve", wanted=409, revision=first["revision"])
    act(parley, campaign, "approve", revision=second["revision"])
    reaches(parley, campaign, "done")
    assert not parley.plivo.received(one)


def test_a_filter_finds_contacts_and_leaves_out_who_has_opted_out(parley):
    gone, here, other = "+15550221001", "+15550221002", "+15550231003"
    for p in (gone, here, other):
        parley.plivo.inbound(p, "hello")
    parley.plivo.inbound(gone, "STOP")
    campaign = create(parley)
    answer = parley.api.request("PUT", f"/campaigns/{campaign['id']}/audience", json={"filter": {"prefix": "+1555022"}})
    assert answer.status_code == 200, answer.text
    previewed(parley, campaign)
    assert [r["to"] for r in recipients(parley, campaign)] == [here]


@pytest.mark.parametrize("body, field", [({}, "filter"), ({"filter": {"prefix": "1555"}}, "filter.prefix"),
                                         ({"filter": {"consent": "maybe"}}, "filter.consent"),
                                         ({"filter": {"value": "x"}}, "filter.attribute"), ({"filters": {}}, "filters"),
                                         ({"filter": {"q": "x" * 201}}, "filter")])
def test_a_filter_that_cannot_be_is_refused_by_its_field(parley, body, field):
    campaign = create(parley)
    answer = parley.api.request("PUT", f"/campaigns/{campaign['id']}/audience", json=body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text


# --- what is refused ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("body, field", [
    ({"text": "x"}, "name"), ({"name": "x"}, "text"), ({"name": "x", "text": "{{"}, "text"), ({"name": "x", "text": "x" * 1601}, "text"),
    ({"name": "x", "text": "x", "from": "+15559999999"}, "from"), ({"name": "x", "text": "x", "from": "pool:nonsense"}, "from"),
    ({"name": "x", "text": "x", "throttle": -1}, "throttle"), ({"name": "x", "text": "x", "topic": "not a name:"}, "topic"), ({"name": "x", "text": "x", "send_at": "2020-01-01T00:00:00Z"}, "send_at"),
    ({"name": "x", "text": "x", "valid_until": "2020-01-01T00:00:00Z"}, "valid_until"), ({"name": "x" * 121, "text": "x"}, "name"),
    ({"name": "x", "template_id": "01890000-0000-7000-8000-000000000000"}, "template_id"), ({"name": "x", "text": "x", "more": 1}, "more")])
def test_a_campaign_that_cannot_be_is_refused_by_its_field(parley, body, field):
    answer = parley.api.request("POST", "/campaigns", json=body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text


def test_only_what_was_previewed_can_be_approved(parley):
    campaign = create(parley, "Hi {{nick}}")
    act(parley, campaign, "approve", wanted=409, revision=campaign["revision"])             # no audience
    upload(parley, campaign, ["number,name", f"{friend(parley)},A"])
    campaign = previewed(parley, campaign)
    problem = act(parley, campaign, "approve", wanted=400, revision=campaign["revision"])   # no column of that name
    assert problem["errors"][0]["field"] == "text" and "nick" in problem["errors"][0]["message"]
    changed = parley.api.patch(f"/campaigns/{campaign['id']}", {"text": "Hi {{name}}"})
    act(parley, campaign, "approve", wanted=409, revision=campaign["revision"])             # changed since
    previewed(parley, campaign)
    assert act(parley, campaign, "approve", revision=changed["revision"])["state"] == "approved"
    answer = parley.api.request("PATCH", f"/campaigns/{campaign['id']}", json={"text": "other"})
    assert answer.status_code == 409
    upload(parley, campaign, ["number", person()], wanted=409)


def test_deeds_that_do_not_fit_the_state_are_conflicts_and_repeated_ones_are_not(parley):
    campaign = create(parley)
    for deed in ("pause", "resume", "retry"):
        act(parley, campaign, deed, wanted=409)
    assert act(parley, campaign, "cancel")["state"] == "cancelled"
    assert act(parley, campaign, "cancel")["state"] == "cancelled"
    act(parley, campaign, "resume", wanted=409)
    assert parley.api.request("DELETE", f"/campaigns/{campaign['id']}").status_code == 204
    assert parley.api.request("GET", f"/campaigns/{campaign['id']}").status_code == 404


# --- pace -----------------------------------------------------------------------------------------------------------------

def test_who_approved_and_who_stopped_stands_in_the_audit(parley):
    campaign = begun(parley, friends(parley, 1))
    entries = [e for e in parley.api.get("/audit", limit=50)["data"] if e["subject"] == f"campaign:{campaign['id']}"]
    deeds = {e["action"]: e for e in entries}
    assert deeds["campaign.approve"]["changes"] == {"state": {"from": "draft", "to": "approved"}} and deeds["campaign.approve"]["actor"]
    assert deeds["campaign.create"]["changes"]["name"]["to"] == "spring"


def test_a_throttle_holds_and_lets_others_pass(parley):
    people = friends(parley, 30)
    campaign = begun(parley, people, throttle=0.5)
    reaches(parley, campaign, "running")
    other = person()
    message = parley.api.send(other, "human", **{"class": "human"})
    bulk = parley.api.send(friend(parley), "bulk of its own", **{"class": "bulk"})
    for m in (message, bulk):
        eventually(lambda m=m: parley.api.message(m["id"])["status"] == "delivered" or None, 15)
    assert now(parley, campaign)["counts"]["queued"] > 0
    parley.api.patch(f"/campaigns/{campaign['id']}", {"throttle": None})
    reaches(parley, campaign, "done")


def test_who_waits_for_a_throttled_campaign_is_still_texted_by_people(parley):
    p, q = friends(parley, 2)
    campaign = begun(parley, [q, p], throttle=0.02)
    eventually(lambda: now(parley, campaign)["counts"]["queued"] == 1 or None, 15)
    message = parley.api.send(p, "now", **{"class": "transactional"})
    eventually(lambda: parley.api.message(message["id"])["status"] == "delivered" or None, 15)


def test_a_pause_holds_what_waits_and_a_resumption_lets_it_go(parley):
    people = friends(parley, 20)
    set_number(parley, state="paused")
    campaign = begun(parley, people)
    eventually(lambda: now(parley, campaign)["counts"]["held"] == 20 or None, 15)
    assert act(parley, campaign, "pause")["state"] == "paused"
    set_number(parley, state="active")
    other = parley.api.send(people[0], "not bulk", **{"class": "transactional"})
    eventually(lambda: parley.api.message(other["id"])["status"] == "delivered" or None, 15)
    counts = now(parley, campaign)["counts"]
    assert counts["held"] + counts["queued"] == 20 and got(parley, people[1], "Hi") == 0
    held = recipients(parley, campaign)[1]
    assert held["status"] in ("held", "queued")
    act(parley, campaign, "resume")
    reaches(parley, campaign, "done")
    for n, p in enumerate(people[1:], 1):
        eventually(lambda p=p, n=n: got(parley, p, f"Hi P{n}") == 1 or None, 10)


def test_a_cancel_ends_what_waits_and_what_never_began(parley):
    people = friends(parley, 600)
    campaign = begun(parley, people, throttle=1)
    eventually(lambda: now(parley, campaign)["counts"]["queued"] > 100 or None, 20)
    assert act(parley, campaign, "cancel")["state"] == "cancelled"
    left = eventually(lambda: (c := now(parley, campaign)["counts"])["queued"] + c["held"] + c["sending"] == 0 and c, 15)
    statuses = [r["status"] for r in recipients(parley, campaign)]
    assert len(statuses) == 600 and statuses.count("cancelled") + left["delivered"] + left["accepted"] + left["sent"] == 600
    assert left["waiting"] > 0 and left["delivered"] + left["accepted"] + left["sent"] < 60


def test_retrying_reaches_those_that_failed_and_nobody_else(parley):
    people = friends(parley, 10)
    parley.plivo.faults(dlr_final="failed", error_code=10)
    campaign = begun(parley, people[:5])
    reaches(parley, campaign, "done")
    eventually(lambda: now(parley, campaign)["counts"]["failed"] == 5 or None, 15)
    parley.plivo.clear_faults()
    assert act(parley, campaign, "retry")["state"] == "running"
    reaches(parley, campaign, "done")
    eventually(lambda: now(parley, campaign)["counts"]["delivered"] == 5 or None, 15)
    assert now(parley, campaign)["counts"]["failed"] == 0
    act(parley, campaign, "retry", wanted=409)
    assert [got(parley, p, "Hi") for p in people[:5]] == [1] * 5


def test_a_campaign_waits_for_its_time(parley):
    campaign = create(parley)
    upload(parley, campaign, ["number", friend(parley)])
    later = parley.api.patch(f"/campaigns/{campaign['id']}", {"send_at": "2027-06-01T00:00:00Z"})
    assert later["send_at"] == "2027-06-01T00:00:00.000Z"
    assert approved(parley, campaign)["state"] == "approved"
    act(parley, campaign, "pause")
    assert act(parley, campaign, "resume")["state"] == "approved"
    assert now(parley, campaign)["counts"]["waiting"] == 1


# --- recipients -----------------------------------------------------------------------------------------------------------

def test_the_csv_has_everybody_and_runs_no_formula(parley):
    people = friends(parley, 3)
    campaign = begun(parley, people, text="=1+1 {{first_name}}, First tenant. Reply STOP to end, HELP for help")
    reaches(parley, campaign, "done")
    answer = parley.api.request("GET", f"/campaigns/{campaign['id']}/recipients", params={"format": "csv"})
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["to"] for row in rows] == people and rows[0]["text"].startswith("'=1+1 P0")
    assert all(row["cost"] and row["message_id"] for row in rows)


@pytest.mark.parametrize("query, field", [({"format": "xml"}, "format"), ({"status": "lost"}, "status"), ({"limit": 0}, "limit"),
                                          ({"cursor": "abcd"}, "cursor"), ({"format": "csv", "limit": 5}, "format"), ({"x": 1}, "x")])
def test_a_list_of_recipients_that_cannot_be_is_refused_by_its_field(parley, query, field):
    campaign = create(parley)
    answer = parley.api.request("GET", f"/campaigns/{campaign['id']}/recipients", params=query)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text


def test_recipients_come_by_the_page_without_gap(parley):
    people = friends(parley, 25)
    campaign = create(parley)
    upload(parley, campaign, ["number"] + people)
    seen, cursor = [], None
    while True:
        page = parley.api.get(f"/campaigns/{campaign['id']}/recipients", limit=10, **({"cursor": cursor} if cursor else {}))
        seen += [r["to"] for r in page["data"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == people


def test_a_late_report_does_not_bring_a_deleted_campaign_back(parley, bus):
    parley.plivo.faults(dlr_drop=1)
    campaign = begun(parley, friends(parley, 3))
    reaches(parley, campaign, "done")
    messages = [m for m in parley.api.messages(direction="outbound", limit=20) if m["class"] == "bulk"][:3]
    for message in messages:
        eventually(lambda m=message: parley.api.message(m["id"])["plivo_uuid"], 15, "Plivo has taken it")
    assert parley.api.request("DELETE", f"/campaigns/{campaign['id']}").status_code == 204
    for message in messages:
        uuid = parley.api.message(message["id"])["plivo_uuid"]
        report = {"uuid": uuid, "status_word": "delivered", "sequence": 3, "units": 1, "total_amount": "0.00550", "received_at": 1}
        assert bus.ask("report", {"reports": [report]})[0].get("error") is None
        assert parley.api.message(message["id"])["status"] == "delivered"
    assert parley.api.request("GET", f"/campaigns/{campaign['id']}").status_code == 404
    assert parley.tool("store", "check").stdout.splitlines()[-1].endswith("0 findings: the store is whole")
