"""What campaigns are made from: templates, and pools of numbers."""
import pytest

from test_campaigns import begun, create, friends, nothing_left, now, reaches, recipients  # noqa: F401: fixtures
from worker_world import house, number_of, parley, person  # noqa: F401: fixtures

SYSTEM = {"NUMBER_RATE": 200}


def test_templates_are_kept_changed_and_copied(parley):
    made = parley.api.request("POST", "/templates", json={"name": "hello", "text": "Hi {{first_name|you}}, {{shop}} {{shop}}"})
    assert made.status_code == 201, made.text
    template = made.json()
    assert template["variables"] == ["first_name", "shop"]
    campaign = create(parley, text=None, wanted=400)
    campaign = parley.api.request("POST", "/campaigns", json={"name": "x", "template_id": template["id"]}).json()
    assert campaign["text"] == template["text"] and campaign["template_id"] == template["id"]
    changed = parley.api.patch(f"/templates/{template['id']}", {"text": "New"})
    assert changed["text"] == "New" and changed["name"] == "hello"
    assert now(parley, campaign)["text"] == template["text"]
    assert parley.api.all("/templates") == [changed]
    assert parley.api.request("DELETE", f"/templates/{template['id']}").status_code == 204
    assert parley.api.request("GET", f"/templates/{template['id']}").status_code == 404


@pytest.mark.parametrize("body, field", [({"name": "x"}, "text"), ({"text": "x"}, "name"), ({"name": "", "text": "x"}, "name"),
                                         ({"name": "x", "text": "{{a"}, "text"), ({"name": "x", "text": "{{ }}"}, "text"),
                                         ({"name": "x", "text": "é" * 1700}, "text"), ({"name": "x", "text": None}, "text")])
def test_a_template_that_cannot_be_is_refused_by_its_field(parley, body, field):
    answer = parley.api.request("POST", "/templates", json=body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text


@pytest.fixture
def second(parley):
    """Another number of ours."""
    parley.plivo.inbound(person(), "hello", to="+15550190000")
    other = number_of(parley, "+15550190000")
    return parley.api.patch(f"/numbers/{other['id']}", {"state": "active"})["address"]


def test_a_pool_prefers_the_area_then_keeps_the_sender_and_skips_the_paused(parley, second):
    pool = parley.api.request("POST", "/pools", json={"name": "all", "numbers": [parley.number, second]}).json()
    assert pool["sticky"] and pool["local"] and not pool["is_default"]
    first = person()
    sent = parley.api.send(first, "one", **{"from": f"pool:{pool['id']}"})
    assert sent["from"] in (parley.number, second)
    again = parley.api.send(first, "two", **{"from": f"pool:{pool['id']}"})
    assert again["from"] == sent["from"]
    paused = number_of(parley, sent["from"])
    parley.api.patch(f"/numbers/{paused['id']}", {"state": "paused"})
    third = parley.api.send(first, "three", **{"from": f"pool:{pool['id']}"})
    parley.api.patch(f"/numbers/{paused['id']}", {"state": "active"})
    assert third["from"] != sent["from"]
    changed = parley.api.patch(f"/pools/{pool['id']}", {"is_default": True, "numbers": [second]})
    assert changed["is_default"] and parley.api.send(person(), "new")["from"] == second
    assert parley.api.request("DELETE", f"/pools/{pool['id']}").status_code == 204
    assert parley.api.send(person(), "new")["from"] == parley.number
    assert parley.api.request("POST", "/messages", json={"to": first, "text": "x", "from": f"pool:{pool['id']}"}).status_code == 400


def test_a_campaign_leaves_from_the_numbers_of_its_pool(parley, second):
    pool = parley.api.request("POST", "/pools", json={"name": "both", "sticky": False, "numbers": [parley.number, second]}).json()
    people = friends(parley, 30)
    campaign = begun(parley, people, **{"from": f"pool:{pool['id']}"})
    reaches(parley, campaign, "done")
    assert {r["from"] for r in recipients(parley, campaign)} == {parley.number, second}
    parley.api.request("DELETE", f"/pools/{pool['id']}")


@pytest.mark.parametrize("body, field", [({"name": "x"}, "numbers"), ({"name": "x", "numbers": []}, "numbers"),
                                         ({"name": "x", "numbers": ["+15559999999"]}, "numbers"), ({"name": "x", "numbers": "all"}, "numbers")])
def test_a_pool_that_cannot_be_is_refused_by_its_field(parley, body, field):
    answer = parley.api.request("POST", "/pools", json=body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text


def test_a_pool_names_a_number_once(parley):
    answer = parley.api.request("POST", "/pools", json={"name": "x", "numbers": [parley.number, parley.number]})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "numbers"
    assert parley.api.request("POST", "/pools", json={"numbers": [parley.number]}).json()["errors"][0]["field"] == "name"
