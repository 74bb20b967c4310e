"""Lists over the real store: filters, pages, cursors, and the event that they reflect."""
import re
from datetime import datetime, timedelta, timezone

import pytest

from worker_world import Bus, contact_of, event, house, parley, person, says, who  # noqa: F401: fixtures

LISTS = ["/messages", "/conversations", "/contacts", "/rules", "/numbers", "/consent/ledger"]


def later(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pages(api, path, limit, **filters):
    """Every item, page by page, and how many pages that took."""
    items, cursor, n = [], None, 0
    while True:
        page = api.get(path, limit=limit, **filters, **({"cursor": cursor} if cursor else {}))
        assert len(page["data"]) <= limit
        items, cursor, n = items + page["data"], page["next_cursor"], n + 1
        if cursor is None:
            return items, n
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", cursor), cursor


def test_conversations_come_with_the_newest_activity_first(parley):
    people = [person() for _ in range(4)]
    for who in people + people[:1]:
        says(parley, who, "hello")
    listed = [c["contact"]["address"] for c in parley.api.all("/conversations")]
    wanted = [people[0], people[3], people[2], people[1]]
    assert [a for a in listed if a in people] == wanted
    parley.api.send(people[2], "an answer moves it, too")
    assert [a for a in [c["contact"]["address"] for c in parley.api.all("/conversations")] if a in people][0] == people[2]


def test_filters_of_conversations_hold_alone_and_together(parley):
    people = [person() for _ in range(4)]
    ids = {who: says(parley, who, "hello")["conversation_id"] for who in people}
    label, user = f"label-{people[0][-4:]}", f"user-{people[0][-4:]}"
    parley.api.patch(f"/conversations/{ids[people[0]]}", {"labels": [label, "x"], "assignee": user})
    parley.api.patch(f"/conversations/{ids[people[1]]}", {"labels": [label], "status": "closed"})
    parley.api.patch(f"/conversations/{ids[people[2]]}", {"assignee": user, "status": "snoozed", "snooze_until": later(hours=1)})

    def found(**filters):
        return {c["contact"]["address"] for c in parley.api.all("/conversations", **filters)} & set(people)
    assert found(label=label) == {people[0], people[1]}
    assert found(label=label, status="open") == {people[0]}
    assert found(label=label, status="closed") == {people[1]}
    assert found(assignee=user) == {people[0], people[2]}
    assert found(assignee=user, status="snoozed") == {people[2]}
    assert found(assignee="none") == {people[1], people[3]}
    assert found(label=label[:-1]) == set()
    assert found(q=people[3][1:]) == {people[3]} and found(q=people[3][-7:], status="closed") == set()
    assert found(q=people[3]) == {people[3]}


def test_pages_of_conversations_give_each_once_while_nothing_moves(parley):
    for _ in range(7):
        says(parley, person(), "hello")
    whole = [c["id"] for c in parley.api.all("/conversations")]
    paged, n = pages(parley.api, "/conversations", 3)
    assert [c["id"] for c in paged] == whole and n == -(-len(whole) // 3)
    some, _ = pages(parley.api, "/conversations", 2, status="open")
    assert {c["id"] for c in some} == {c["id"] for c in parley.api.all("/conversations", status="open")}


def test_a_page_that_ends_exactly_at_the_end_has_no_cursor(parley):
    whole = parley.api.all("/contacts") or [says(parley, person(), "x")]
    page = parley.api.get("/contacts", limit=min(200, len(parley.api.all("/contacts"))))
    assert page["next_cursor"] is None and len(page["data"]) == len(parley.api.all("/contacts")) >= len(whole)
    assert parley.api.get("/contacts", q="+19995550000") == {"data": [], "next_cursor": None}


def test_filters_of_messages_hold_alone_and_together(parley, who):
    first = says(parley, who, "in")
    scheduled = parley.api.send(who, "out", send_at=later(days=1))
    other = says(parley, who, "elsewhere", to="+15550109800")

    def found(**filters):
        return [m["id"] for m in parley.api.messages(**filters)]
    contact = contact_of(parley.api, who)
    assert found(contact=who) == found(contact=contact["id"]) == [other["id"], scheduled["id"], first["id"]]
    assert found(contact=who, number=parley.number) == [scheduled["id"], first["id"]]
    assert found(contact=who, direction="inbound") == [other["id"], first["id"]]
    assert found(contact=who, direction="inbound", number=parley.number) == [first["id"]]
    assert found(contact=who, status="held") == [scheduled["id"]]
    assert found(contact=who, status="received", number="+15550109800") == [other["id"]]
    assert found(contact=who, since=scheduled["created_at"]) == [other["id"], scheduled["id"]]
    assert found(contact=who, until=scheduled["created_at"]) == [first["id"]]
    assert found(contact=who, since=scheduled["created_at"], until=other["created_at"]) == [scheduled["id"]]
    assert found(contact=who, since=later(hours=1)) == []
    parley.api.delete(f"/messages/{scheduled['id']}")
    assert found(contact=who, status="cancelled") == [scheduled["id"]]


def test_pages_of_messages_and_of_a_conversation_agree(parley, who):
    for n in range(11):
        message = says(parley, who, f"text {n}")
    wanted = [f"text {n}" for n in reversed(range(11))]
    for path, filters in (("/messages", {"contact": who}), (f"/conversations/{message['conversation_id']}/messages", {})):
        for limit in (1, 3, 11, 200):
            assert [m["text"] for m in pages(parley.api, path, limit, **filters)[0]] == wanted, (path, limit)


def test_a_new_message_does_not_disturb_older_pages(parley, who):
    for n in range(4):
        says(parley, who, f"{n}")
    page = parley.api.get("/messages", contact=who, limit=2)
    says(parley, who, "new")
    rest = parley.api.get("/messages", contact=who, limit=2, cursor=page["next_cursor"])
    assert [m["text"] for m in page["data"] + rest["data"]] == ["3", "2", "1", "0"] and rest["next_cursor"] is None


def test_contacts_are_found_by_a_part_of_their_number_newest_first(parley):
    people = [person() for _ in range(3)]
    for who in people:
        says(parley, who, "hello")
    assert [c["address"] for c in parley.api.get("/contacts", limit=3)["data"]] == people[::-1]
    for q in (people[1], people[1][1:], people[1][-7:], people[1][3:]):
        assert [c["address"] for c in parley.api.all("/contacts", q=q)] == [people[1]], q
    says(parley, "SHOPNOW", "sale")
    assert [c["address"] for c in parley.api.all("/contacts", q="opno")] == ["SHOPNOW"]
    paged, _ = pages(parley.api, "/contacts", 1, q="+1555")
    assert {c["address"] for c in paged} >= set(people)


def test_something_rare_is_found_among_more_than_one_look_goes_through(start_parley):
    parley = start_parley("worker", "api")
    bus = Bus(parley)
    many = [event(parley, f"+1556{n:07d}", "x" * 300) for n in range(21_000)]
    for at in range(0, len(many), 500):
        bus.inbound(*many[at:at + 500])
    bus.close()
    oldest = parley.api.all("/contacts", q="+15560000000")
    assert [c["address"] for c in oldest] == ["+15560000000"]
    [conversation] = parley.api.all("/conversations", q="+15560000000")
    parley.api.patch(f"/conversations/{conversation['id']}", {"labels": ["rare"]})
    assert [c["id"] for c in parley.api.all("/conversations", label="rare")] == [conversation["id"]]
    assert parley.api.all("/conversations", status="closed") == []
    assert [m["text"] for m in parley.api.all("/messages", contact="+15560000000", direction="inbound")] == ["x" * 300]
    assert parley.api.all("/messages", status="failed") == []


CURSORS = [("/messages", {"direction": "inbound"}, {"direction": "outbound"}), ("/messages", {}, {"status": "received"}),
           ("/messages", {"number": "+15550100000"}, {}), ("/messages", {}, {"since": "2020-01-01T00:00:00Z"}),
           ("/conversations", {}, {"status": "open"}), ("/conversations", {"status": "open"}, {"status": "open", "q": "5"}),
           ("/conversations", {"q": "5"}, {"label": "5"}), ("/contacts", {"q": "5"}, {"q": "55"}), ("/contacts", {}, {"q": "5"})]


@pytest.mark.parametrize("path, filters, others", CURSORS)
def test_a_cursor_of_other_filters_is_refused(parley, path, filters, others):
    for _ in range(2):
        says(parley, person(), "hello")
    cursor = parley.api.get(path, limit=1, **filters)["next_cursor"]
    assert cursor
    assert parley.api.get(path, limit=1, cursor=cursor, **filters)["data"]
    answer = parley.api.request("GET", path, params={"limit": 1, "cursor": cursor, **others})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "cursor", answer.text


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_nobody_gave_is_refused(parley, path):
    for number in (parley.number, "+15550109900"):
        says(parley, person(), "REVOKE", to=number)
    cursor = parley.api.get(path, limit=1)["next_cursor"]
    for wrong in ("x", "00", cursor[:-1], cursor + "00", "0" * len(cursor), "zz" + cursor[2:]):
        answer = parley.api.request("GET", path, params={"limit": 1, "cursor": wrong})
        assert answer.status_code == 400, (wrong, answer.text)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", ""])
def test_a_limit_outside_1_to_200_is_refused(parley, path, limit):
    answer = parley.api.request("GET", path, params={"limit": limit})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "limit", answer.text


@pytest.mark.parametrize("path", LISTS)
def test_a_list_tells_the_last_event_it_reflects(parley, path, who):
    before = int(parley.api.request("GET", path).headers["Event-Id"])
    message = says(parley, who, "hello")
    after = int(parley.api.request("GET", path).headers["Event-Id"])
    assert after > before
    with parley.api.events(last_event_id=before) as stream:
        seen = stream.until(lambda e: e.id == after)
    assert message["id"] in {e.data["id"] for e in seen if e.data and e.type == "message.created"}
    assert [e.id for e in seen] == sorted(e.id for e in seen)


def test_an_object_tells_the_last_event_it_reflects(parley, who):
    message = says(parley, who, "hello")
    for path in (f"/messages/{message['id']}", f"/conversations/{message['conversation_id']}",
                 f"/contacts/{contact_of(parley.api, who)['id']}", f"/messages/{message['id']}/timeline"):
        assert int(parley.api.request("GET", path).headers["Event-Id"]) > 0, path


@pytest.mark.parametrize("path", ["/messages", "/conversations", "/contacts", "/rules", "/numbers"])
def test_an_id_that_nobody_has_is_404_and_one_that_is_none_too(parley, path):
    assert parley.api.request("GET", f"{path}/019ab2f0-7c51-7d3e-9f42-6c0f6f7b2a11").status_code == 404
    assert parley.api.request("GET", f"{path}/nobody").status_code in (400, 404)


def test_a_person_s_messages_come_in_order_from_all_conversations_page_by_page(parley):
    who = person()
    numbers = [parley.number, "+15550109811", "+15550109812", "+15550109813"]
    sent = [says(parley, who, f"text {n}", to=numbers[n * 7 % 4]) for n in range(23)]
    wanted = [m["id"] for m in reversed(sent)]
    for limit in (1, 2, 5, 22, 23, 50):
        assert [m["id"] for m in parley.api.all("/messages", contact=who, limit=limit)] == wanted
    first = parley.api.get("/messages", contact=who, limit=5)
    late = says(parley, who, "between two pages", to="+15550109814")         # a conversation that the cursor does not know
    rest = parley.api.get("/messages", contact=who, limit=50, cursor=first["next_cursor"])
    assert [m["id"] for m in first["data"] + rest["data"]] == wanted
    assert parley.api.get("/messages", contact=who, limit=1)["data"][0]["id"] == late["id"]
