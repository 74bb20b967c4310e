"""The official npm SDK as client of the simulator and as judge of its signatures."""
import json
import os
import subprocess
from pathlib import Path

import pytest

from harness.processes import REPO

PERSON = "+15551230001"
FOLDER = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def node():
    if not (FOLDER / "node_modules" / "plivo").is_dir():
        raise RuntimeError(f"the npm SDK is missing: run `npm ci` in {FOLDER.relative_to(REPO)}, or `tools/setup test`")
    path = f"{REPO / 'var' / 'tools' / 'bin'}:{os.environ['PATH']}"

    def ask(do, **fields):
        done = subprocess.run(["node", "--no-deprecation", "sdk.mjs"], cwd=FOLDER, input=json.dumps({"do": do, **fields}),
                              capture_output=True, text=True, timeout=60, env={**os.environ, "PATH": path})
        assert done.returncode == 0 and done.stdout, done.stderr
        return json.loads(done.stdout)
    return ask


def client(sim, **changes):
    return {"url": f"{sim.address}/v1/Account/{sim.auth_id}", "auth_id": sim.auth_id, "token": sim.token, **changes}


def test_the_npm_sdk_creates_gets_and_lists(sim, node):
    created = node("send", client=client(sim), src=sim.number, dst=PERSON, text="Hällo €")
    assert created["message"] == "message(s) queued"
    [uuid] = created["messageUuid"]
    record = node("get", client=client(sim), uuid=uuid)
    assert (record["messageUuid"], record["toNumber"], record["units"]) == (uuid, PERSON[1:], 1)
    assert [r["messageUuid"] for r in node("list", client=client(sim), filters={"message_direction": "outbound"})] == [uuid]


def test_the_npm_sdk_sees_bad_numbers_beside_good_ones(sim, node):
    created = node("send", client=client(sim), src=sim.number, dst=f"{PERSON}<12", text="hi")
    assert len(created["messageUuid"]) == 1 and created["invalid_number"] == ["12"]


def test_the_npm_sdk_throws_what_it_should(sim, node):
    refused = node("send", client=client(sim), src="+15559999999", dst=PERSON, text="hi")
    assert refused == {"error": "Error", "message": "src is not a number of this account"}      # Plivo's own sentence
    denied = node("list", client=client(sim, token="wrong"), filters={})
    assert "error" in denied and "Could not verify your access level" in denied["message"], denied
    missing = node("get", client=client(sim), uuid="nothing")
    assert missing == {"error": "Error", "message": "not found"}


def test_the_npm_sdk_accepts_every_signature(sim, reports, parley_url, node):
    sim.inbound(PERSON, "Hello & 1+1 = 2\nünï 😀")
    sim.inbound(PERSON, "look", media=["https://h/a.png?x=1&y=2"])
    sim.send(PERSON, "hi", url=reports.url + "?m=1&a=2")
    sim.send(PERSON, "hi", url=reports.url, method="GET")
    reports(6)
    cases = [{"method": c.method, "url": parley_url.address + c.path, "nonce": c.headers["X-Plivo-Signature-V3-Nonce"],
              "token": sim.token, "v3": c.headers["X-Plivo-Signature-V3"], "v2": c.headers["X-Plivo-Signature-V2"],
              "params": c.params if c.method == "POST" else {}} for c in parley_url.caught]
    assert node("validate", cases=cases) == [[True, True]] * 8
    assert node("validate", cases=[{**c, "token": "another"} for c in cases]) == [[False, False]] * 8
