"""A tenant's settings: defaults, changes, who made them; one table says all of it."""
import re
from pathlib import Path

import pytest
import yaml

from worker_world import house, parley  # noqa: F401: fixtures

REPO = Path(__file__).resolve().parents[2]
# type, name, words, default, min, max of a line of TENANT_SETTINGS
LINE = re.compile(r'^    Y\(X, S, (\w+),\s+(\w+),\s+(\w+),\s+([^,]+),\s+([^,]+),\s+([^,]+),\s+"(.*)"\)', re.M)


def table():
    rows = LINE.findall((REPO / "common/wire/tenant_settings.h").read_text())
    assert rows
    return rows


def test_the_description_has_every_setting_of_the_table_with_its_limits():
    schemas = yaml.safe_load((REPO / "services/api/openapi.yaml").read_text())["components"]["schemas"]
    names = [name for _, name, *_ in table()]
    for schema in ("Settings", "SettingsPatch"):
        assert sorted(schemas[schema]["properties"]) == sorted(names), schema
    assert sorted(schemas["Settings"]["required"]) == sorted(names)
    for kind, name, _, _, low, high, _ in table():
        asked = schemas["SettingsPatch"]["properties"][name]
        if kind == "INT":
            assert (asked["minimum"], asked["maximum"]) == (int(low), int(high)), name
        if kind == "TEXT":
            assert (asked.get("minLength", 0), asked["maxLength"]) == (int(low), int(high)), name
        if kind == "TEXTS":
            assert asked["maxItems"] == int(high), name


def test_a_change_is_kept_told_and_entered_with_who_made_it(parley):
    api = parley.api
    assert api.get("/settings")["opt_out_scope"] == "tenant"
    with parley.api.events() as stream:
        changed = api.patch("/settings", {"opt_out_scope": "topic"})
        assert changed["opt_out_scope"] == "topic"
        event = stream.until(lambda e: e.type == "settings.updated", 10)[-1]
        assert event.data == changed
    parley.restart("worker")
    assert api.get("/settings") == changed
    assert api.patch("/settings", {"opt_out_scope": "tenant"})["opt_out_scope"] == "tenant"
    newest, older = api.get("/audit", action="settings.update", limit=2)["data"]
    assert newest["changes"] == {"opt_out_scope": {"from": "topic", "to": "tenant"}}
    assert older["changes"] == {"opt_out_scope": {"from": "tenant", "to": "topic"}}
    assert re.fullmatch(r"(key|user):[0-9a-f-]{36}", newest["actor"]) and newest["subject"] is None
    api.patch("/settings", {"opt_out_scope": "tenant"})                  # nothing differs: nothing to enter
    assert api.get("/audit", limit=1)["data"][0]["id"] == newest["id"]


@pytest.mark.parametrize("body, field", [({}, None), ({"opt_out_scope": "everybody"}, "opt_out_scope"), ({"opt_out_scope": None}, "opt_out_scope"),
                                         ({"nonsense": 1}, "nonsense")])
def test_a_setting_that_cannot_be_is_refused_by_its_name(parley, body, field):
    answer = parley.api.request("PATCH", "/settings", json=body)
    assert answer.status_code == 400, answer.text
    assert [e["field"] for e in answer.json().get("errors", [])] == ([field] if field else [])
