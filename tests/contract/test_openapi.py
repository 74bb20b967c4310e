"""openapi.yaml against the code and against the running system: every route, every answer."""
import json
import re
from pathlib import Path

import jsonschema
import pytest
import requests
import yaml

from harness import Parley, eventually

REPO = Path(__file__).resolve().parents[2]
PERSON = "+15550100801"
ROUTE = re.compile(r'X\("([A-Z]+)",\s+"([^"]+)",\s+\w+,\s+([^"]+),\s+(.+?)\)\s*\\?$', re.M)


def rows():
    """(method, path, flags, query names) of routes.h."""
    text = (REPO / "services/api/routes.h").read_text()
    found = ROUTE.findall(text)
    assert len(found) > 30
    return [(m, p, f, set((q.replace("LIST", '"cursor limit"')).replace('"', " ").split())) for m, p, f, q in found]


SPEC = yaml.safe_load((REPO / "services/api/openapi.yaml").read_text())


def resolved(node):
    while isinstance(node, dict) and "$ref" in node:
        target = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def operations():
    for path, item in SPEC["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield method.upper(), path, item[method], item.get("parameters", [])


def test_every_route_is_described_and_every_description_is_a_route():
    in_code = {(m, p) for m, p, _, _ in rows() if not p.startswith("/sim/")}
    described = {(m, p) for m, p, _, _ in operations() if not p.startswith("/sim/")}
    assert described - in_code == set()
    assert in_code - described == set()


def test_the_description_names_exactly_the_query_parameters_that_are_taken():
    taken = {(m, p): q for m, p, _, q in rows() if not p.startswith("/sim/")}
    for method, path, operation, common in operations():
        if path.startswith("/sim/"):
            continue
        named = {resolved(p)["name"] for p in [*operation.get("parameters", []), *common] if resolved(p)["in"] == "query"}
        assert named == taken[method, path], (method, path)


def test_routes_that_need_nobody_are_described_as_such():
    is_open = {(m, p): "ROUTE_OPEN" in f for m, p, f, _ in rows()}
    for method, path, operation, _ in operations():
        if not path.startswith("/sim/"):
            assert ({} in operation.get("security", [])) == is_open[method, path], (method, path)


def test_every_reference_leads_somewhere_and_every_operation_has_a_name():
    names = [operation["operationId"] for _, _, operation, _ in operations()]
    assert len(names) == len(set(names))
    for reference in re.findall(r"'(#/components/[^']+)'", (REPO / "services/api/openapi.yaml").read_text()):
        resolved({"$ref": reference})


# --- against the running system -----------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def parley():
    with Parley() as system:
        yield system


class Checked:
    """Asks, and holds every answer against the description."""

    def __init__(self, parley):
        self.url, self.seen = parley.api_url, set()

    def __call__(self, method, path, template=None, **options):
        answer = requests.request(method, self.url + path, timeout=30, allow_redirects=False, **options)
        template = template or path.split("?")[0]
        self.seen.add((method, template))
        responses = SPEC["paths"][template][method.lower()]["responses"]
        assert str(answer.status_code) in responses, f"{method} {path}: {answer.status_code} is not described: {answer.text}"
        described = resolved(responses[str(answer.status_code)])
        content = described.get("content", {})
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        if not content:
            assert answer.content == b"", f"{method} {path}: a body where none is described"
            return answer
        assert kind in content, f"{method} {path}: {kind} is not described"
        for name in described.get("headers", {}):
            if name in ("Event-Id", "WWW-Authenticate"):
                assert name in answer.headers, f"{method} {path}: no {name}"
        if "json" in kind:
            check(answer.json(), content[kind]["schema"], f"{method} {path}")
        return answer


def check(value, schema, what):
    validator = jsonschema.Draft202012Validator({**schema, "components": SPEC["components"]},
                                                format_checker=jsonschema.FormatChecker())
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(value)]
    assert not errors, f"{what}: " + "; ".join(errors[:5])


@pytest.fixture(scope="module")
def ask(parley):
    """A system in which something has happened: texts both ways, a STOP, a rule that answered."""
    checked = Checked(parley)
    checked("POST", "/api/v1/rules", json={"name": "Hours", "match": {"kind": "exact", "words": ["HOURS"]}, "cooldown_s": 5,
                                           "actions": [{"kind": "reply", "text": "9 to 5"}, {"kind": "tag", "tag": "hours"}]})
    for text in ("hello", "HOURS", "STOP"):
        assert parley.plivo.inbound(PERSON, text)["webhook_status"] == 200
    for text in ("to one who opted out", "emoji 😀"):
        checked("POST", "/api/v1/messages", json={"to": PERSON if "opted" in text else "+15550100802", "text": text})
    eventually(lambda: any(m["status"] == "delivered" for m in parley.api.messages()), 20, "something is delivered")
    return checked


def first(ask, path):
    return ask("GET", path).json()["data"][0]


V1 = "/api/v1"


def test_reading_answers_as_described(ask):
    for path in ("/conversations", "/messages", "/contacts", "/consent/ledger", "/consent/ledger?format=csv", "/consent/verify", "/rules",
                 "/numbers", "/notices", "/notices?status=open&kind=refusal", "/settings", "/audit", "/me", "/openapi.json", "/segments?text=%F0%9F%98%80%E2%80%9C"):
        assert ask("GET", V1 + path).status_code == 200
    for noun in ("conversations", "messages", "contacts", "rules", "numbers"):
        thing = first(ask, f"{V1}/{noun}")
        assert ask("GET", f"{V1}/{noun}/{thing['id']}", f"{V1}/{noun}/{{id}}").json()["id"] == thing["id"]
    for noun, part in (("conversations", "messages"), ("conversations", "notes"), ("conversations", "draft"), ("contacts", "consent"), ("messages", "timeline")):
        thing = first(ask, f"{V1}/{noun}")
        assert ask("GET", f"{V1}/{noun}/{thing['id']}/{part}", f"{V1}/{noun}/{{id}}/{part}").status_code == 200


def test_every_message_and_its_timeline_are_as_described(ask):
    for message in ask("GET", f"{V1}/messages?limit=200").json()["data"]:
        ask("GET", f"{V1}/messages/{message['id']}/timeline", V1 + "/messages/{id}/timeline")


def test_writing_answers_as_described(ask):
    conversation, message, rule, number = (first(ask, f"{V1}/{noun}")["id"] for noun in ("conversations", "messages", "rules", "numbers"))
    assert ask("PATCH", f"{V1}/conversations/{conversation}", V1 + "/conversations/{id}", json={"labels": ["x"]}).status_code == 200
    for part, wanted in (("notes", 201), ("draft", 200)):
        assert ask("POST", f"{V1}/conversations/{conversation}/{part}", V1 + "/conversations/{id}/" + part,
                   json={"text": "call back"}).status_code == wanted
    contact = ask("POST", V1 + "/contacts", json={"address": "+15550100899", "name": "Ann"}).json()["id"]
    one = f"{V1}/contacts/{contact}"
    assert ask("PATCH", one, V1 + "/contacts/{id}", json={"attributes": {"plan": "gold"}}).status_code == 200
    assert ask("POST", one + "/consent", V1 + "/contacts/{id}/consent", json={"state": "in", "evidence": "form 7"}).status_code == 201
    assert ask("DELETE", one, V1 + "/contacts/{id}").status_code == 204
    assert ask("POST", f"{V1}/conversations/{conversation}/read", V1 + "/conversations/{id}/read").status_code == 200
    assert ask("PATCH", f"{V1}/numbers/{number}", V1 + "/numbers/{id}", json={"help_reply": "Call us."}).status_code == 200
    assert ask("PATCH", V1 + "/settings", json={"opt_out_scope": "number"}).status_code == 200
    assert ask("PATCH", V1 + "/settings", json={"opt_out_scope": "tenant"}).status_code == 200
    assert ask("GET", V1 + "/audit?action=settings.update&limit=1").json()["data"][0]["changes"] == \
        {"opt_out_scope": {"from": "number", "to": "tenant"}}
    for action, body in (("check", None), ("resend", None), ("mark", {"as": "sent"})):
        ask("POST", f"{V1}/messages/{message}/{action}", V1 + "/messages/{id}/" + action, json=body)
    ask("DELETE", f"{V1}/messages/{message}", V1 + "/messages/{id}")
    ask("POST", f"{V1}/rules/test", json={"text": "HOURS", "from": PERSON})
    made = ask("POST", f"{V1}/rules", json={"name": "Gone", "match": {"kind": "any"}, "actions": [{"kind": "close"}]}).json()
    assert ask("PATCH", f"{V1}/rules/{made['id']}", V1 + "/rules/{id}", json={"enabled": False}).status_code == 200
    assert ask("DELETE", f"{V1}/rules/{made['id']}", V1 + "/rules/{id}").status_code == 204
    assert ask("POST", f"{V1}/logout").status_code == 204


def test_bulk_sending_answers_as_described(ask):
    template = ask("POST", V1 + "/templates", json={"name": "hi", "text": "Hi {{first_name|you}}"}).json()
    number = first(ask, V1 + "/numbers")["address"]
    pool = ask("POST", V1 + "/pools", json={"name": "all", "numbers": [number]}).json()
    made = ask("POST", V1 + "/campaigns", json={"name": "c", "template_id": template["id"], "from": f"pool:{pool['id']}"}).json()
    path, like = f"{V1}/campaigns/{made['id']}", V1 + "/campaigns/{id}"
    ask("PUT", path + "/audience", like + "/audience", json={"filter": {"q": "nobody"}})
    ask("PUT", path + "/audience", like + "/audience", data="number\n+15550100804\nx", headers={"Content-Type": "text/csv"})
    ready = eventually(lambda: (c := ask("GET", path, like).json())["preview"]["is_ready"] and c, 20, "the preview is counted")
    assert ask("GET", path + "/recipients", like + "/recipients").json()["data"][0]["status"] == "waiting"
    assert ask("PATCH", path, like, json={"throttle": 1}).status_code == 200
    for deed in ("approve", "pause", "resume", "cancel", "retry"):
        ask("POST", f"{path}/{deed}", f"{like}/{deed}", json={"revision": ready["revision"]} if deed == "approve" else None)
    assert ask("GET", path + "/recipients?format=csv", like + "/recipients").status_code == 200
    assert ask("DELETE", path, like).status_code == 204
    for noun, thing in (("templates", template), ("pools", pool)):
        assert ask("PATCH", f"{V1}/{noun}/{thing['id']}", f"{V1}/{noun}/{{id}}", json={"name": "other"}).status_code == 200
        assert ask("GET", f"{V1}/{noun}/{thing['id']}", f"{V1}/{noun}/{{id}}").status_code == 200
        assert ask("GET", f"{V1}/{noun}").json()["data"]
        assert ask("DELETE", f"{V1}/{noun}/{thing['id']}", f"{V1}/{noun}/{{id}}").status_code == 204
    prices = ask("GET", V1 + "/prices").json()
    assert ask("PUT", V1 + "/prices", json={"prices": prices["prices"], "rents": prices["rents"]}).status_code == 200
    states = V1 + "/quiet-hours/FL", V1 + "/quiet-hours/{state}"
    assert ask("PUT", *states, json={"weekdays": "08:00-20:00", "source": "a test"}).status_code == 200
    assert ask("DELETE", *states).status_code == 204
    assert ask("PUT", V1 + "/limits/C1", V1 + "/limits/{name}", json={"rate": 5, "daily_limit": None}).status_code == 200
    for path in ("/quiet-hours", "/limits"):
        assert ask("GET", V1 + path).json()["data"]
    assert ask("DELETE", V1 + "/limits/C1", V1 + "/limits/{name}").status_code == 204
    for path in ("/campaigns", "/prices/month?outbound=10", "/deliverability?by=carrier", "/segments?text=x&to=%2B1"):
        assert ask("GET", V1 + path).status_code == 200


def test_the_rest_answers_as_described(ask):
    assert ask("GET", "/health").status_code == 200
    assert ask("GET", "/api/messages").status_code == 200
    assert ask("POST", "/api/send_sms", json={"to": "+15550100803", "text": "x"}).status_code == 200
    assert ask("POST", "/api/send_sms", json={}).status_code == 400
    assert ask("GET", "/login?token=nope").status_code == 303
    assert ask("GET", "/login").status_code == 400
    assert ask("POST", "/sim/inbound", json={"from": PERSON, "text": "panel"}).status_code == 200
    assert ask("GET", f"/sim/phones/{PERSON}/messages", "/sim/phones/{number}/messages").status_code == 200
    assert ask("GET", "/sim/messages").status_code == 200
    assert ask("PUT", "/sim/faults", json={"latency_ms": 1}).status_code == 200
    assert ask("DELETE", "/sim/faults").status_code == 200


def test_refusals_are_as_described(ask):
    nobody = "00000000-0000-7000-8000-000000000000"
    for method, path, operation, _ in operations():
        if not path.startswith(V1) or path.endswith(("/events", "/openapi.json", "/logout")):
            continue
        real = path.replace("{id}", nobody)
        if "{id}" in path:
            assert ask(method, real, path, json={"status": "open"} if method == "PATCH" and "conv" in path else
                       {"state": "active"} if "numbers" in path and method == "PATCH" else
                       {"name": "x"} if method == "PATCH" and any(n in path for n in ("contacts", "templates", "pools", "campaigns")) else
                       {"state": "out"} if method == "POST" and path.endswith("consent") else
                       {"text": "x"} if method == "PATCH" and "messages" in path else
                       {"text": "x"} if method == "POST" and path.endswith(("notes", "draft")) else
                       {"enabled": True} if method == "PATCH" else {"as": "sent"} if path.endswith("mark") else
                       {"filter": {}} if path.endswith("audience") else {"revision": 1} if path.endswith("approve") else
                       None).status_code == 404
        if "requestBody" in operation:
            assert ask(method, real, path, data="x", headers={"Content-Type": "text/plain"}).status_code == 415
            assert ask(method, real, path, json={"no such field": 1}).status_code == 400
            assert ask(method, real, path, data=json.dumps("x" * 70_000), headers={"Content-Type": "application/json"}).status_code == 413
        assert ask(method, real + "?nonsense=1", path).status_code == 400


def test_every_event_carries_an_object_as_described(parley, ask):
    kinds = {"message": "Message", "conversation": "Conversation", "contact": "Contact", "notice": "Notice", "note": "Note", "settings": "Settings"}
    seen = set()
    with parley.api.events(0) as stream:
        head = int(ask("GET", f"{V1}/messages").headers["Event-Id"])
        for event in stream.until(lambda e: e.id is not None and e.id >= head and e.type, 20):
            noun = event.type.split(".")[0]
            if noun in kinds and event.type != "contact.deleted":
                seen.add(noun)
                check(event.data, {"$ref": f"#/components/schemas/{kinds[noun]}"}, event.type)
    assert seen >= {"message", "conversation"}


def test_no_described_operation_went_unasked(ask):
    """Stands last: the tests above asked them all but the stream, which has its own."""
    described = {(m, p) for m, p, _, _ in operations()} - {("GET", V1 + "/events")}
    assert described - ask.seen == set()
