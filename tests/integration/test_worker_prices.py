"""What messages cost: the table that people edit, the estimate of each message, and what Plivo's report says in the end."""
import pytest

from harness import eventually
from worker_world import house, parley, person, reaches, who  # noqa: F401: fixtures

US = {"prefix": "+1", "name": "North America", "outbound": "0.0055", "inbound": "0.004", "mms_outbound": "0.018", "mms_inbound": "0.0165"}
RENTS = [{"kind": "long_code", "monthly": "0.5"}]


def put(parley, **body):
    return parley.api.request("PUT", "/prices", json=body)


@pytest.fixture
def prices(parley):
    answer = put(parley, prices=[US, {"prefix": "+", "outbound": "0.1"}], rents=RENTS)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_there_are_prices_before_anybody_enters_any(parley):
    table = parley.api.get("/prices")
    assert table["currency"] == "USD" and {"+1", "+"} <= {p["prefix"] for p in table["prices"]}


def test_a_table_is_replaced_whole_and_survives_a_restart(parley, prices):
    assert prices["prices"][0] == {**US, "outbound": "0.00550", "inbound": "0.00400", "mms_outbound": "0.01800", "mms_inbound": "0.01650"}
    assert prices["prices"][1]["mms_inbound"] == "0.00000" and prices["rents"] == [{"kind": "long_code", "monthly": "0.50000"}]
    assert prices["updated_at"]
    parley.restart("worker")
    assert parley.api.get("/prices") == prices


@pytest.mark.parametrize("body, field", [
    ({"prices": [US]}, "rents"), ({"rents": RENTS}, "prices"), ({"prices": [], "rents": []}, "prices"),
    ({"prices": [{**US, "prefix": "1"}], "rents": []}, "prices"), ({"prices": [{**US, "outbound": "-1"}], "rents": []}, "prices"),
    ({"prices": [{**US, "outbound": "0,5"}], "rents": []}, "prices"), ({"prices": [US, US], "rents": []}, "prices"),
    ({"prices": [US], "rents": RENTS * 2}, "rents"), ({"prices": [US], "rents": [{"kind": "long_code", "monthly": "x"}]}, "rents"),
    ({"prices": None, "rents": []}, "prices"), ({"prices": [US], "rents": [], "currency": "EUR"}, "currency")])
def test_a_table_that_cannot_be_is_refused_by_its_field_and_changes_nothing(parley, prices, body, field):
    answer = put(parley, **body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"].startswith(field), answer.text
    assert parley.api.get("/prices") == prices


def test_a_message_has_an_estimate_until_the_report_says(parley, prices, who):
    parley.plivo.faults(dlr_drop=1)
    message = parley.api.send(who, "x" * 200)
    assert message["cost"] == {"amount": "0.01100", "currency": "USD", "estimated": True}
    parley.plivo.clear_faults()
    other = parley.api.send(person(), "short")
    reaches(parley.api, other, "delivered")
    assert eventually(lambda: parley.api.message(other["id"])["cost"]["estimated"] is False or None, 10)


def test_the_price_of_a_text_is_told_before_it_is_sent(parley, prices):
    assert parley.api.get("/segments", text="x" * 200, to="+15550100001")["cost"]["amount"] == "0.01100"
    assert parley.api.get("/segments", text="x", to="+81")["cost"]["amount"] == "0.10000"
    assert parley.api.get("/segments", text="x")["cost"] is None
    answer = parley.api.request("GET", "/segments", params={"text": "x", "to": "tokyo"})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "to"


def test_a_country_without_a_price_has_no_estimate(parley):
    assert put(parley, prices=[{"prefix": "+44", "outbound": "1"}], rents=[]).status_code == 200
    assert parley.api.send(person(), "x")["cost"] is None
    assert parley.api.get("/segments", text="x", to="+1")["cost"] is None


def test_a_month_adds_up(parley, prices):
    month = parley.api.get("/prices/month", outbound=1000, inbound=500, segments=2, mms_outbound=10)
    assert month == {"currency": "USD", "prefix": "+1", "outbound": "11.00000", "inbound": "4.00000", "mms_outbound": "0.18000",
                     "mms_inbound": "0.00000", "rent": "0.50000", "total": "15.68000",
                     "rents": [{"kind": "long_code", "numbers": 1, "monthly": "0.50000"}]}
    assert parley.api.get("/prices/month", outbound=1, to="+81")["prefix"] == "+"


@pytest.mark.parametrize("query, field", [({"outbound": "many"}, "outbound"), ({"inbound": -1}, "inbound"), ({"segments": 0}, "segments"),
                                          ({"segments": 33}, "segments"), ({"to": "x"}, "to"), ({"mms": 1}, "mms")])
def test_a_month_that_cannot_be_is_refused_by_its_field(parley, prices, query, field):
    answer = parley.api.request("GET", "/prices/month", params=query)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == field, answer.text
