"""The harness signs as Plivo does: judged by the vectors and by the official SDK, so that no test rests on a wrong signature."""
import json
from pathlib import Path

import plivo.utils
import pytest

from harness import sign_v2, sign_v3, signature_headers

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "signatures.json").read_text())
CERTAIN = [v for v in VECTORS if v["valid"] and not v.get("disputed")]
TOKEN = "ZmFrZS10b2tlbi1mb3ItcGFybGV5LXRlc3RzLW9uZQ"


def pairs(vector):
    params = vector.get("params") or {}
    return [(key, item) for key, value in params.items() for item in (value if isinstance(value, list) else [value])]


@pytest.mark.parametrize("vector", CERTAIN, ids=lambda v: v["name"])
def test_the_harness_makes_the_signature_of_each_vector(vector):
    if vector["scheme"] == "v3":
        ours = sign_v3(vector["method"], vector["url"], vector["nonce"], vector["auth_token"], pairs(vector))
    else:
        ours = sign_v2(vector["url"], vector["nonce"], vector["auth_token"])
    assert ours in [item.strip() for item in vector["signature"].split(",")]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("url", ["https://sms.example.com/plivo/inbound", "http://127.0.0.1:3001/plivo/status/1?b=2&a=1&c"])
def test_the_official_sdk_accepts_what_the_harness_signs(method, url):
    params = {"From": "15550100123", "Text": "Hello & 1+1 = 2", "Empty": "", "Units": "1"} if method == "POST" else {}
    signed = signature_headers(method, url, TOKEN, params)
    nonce = signed["X-Plivo-Signature-V3-Nonce"]
    assert plivo.utils.validate_v3_signature(method, url, nonce, TOKEN, signed["X-Plivo-Signature-V3"], params)
    assert plivo.utils.validate_signature(url, nonce, signed["X-Plivo-Signature-V2"], TOKEN)
    assert not plivo.utils.validate_v3_signature(method, url, nonce, TOKEN + "x", signed["X-Plivo-Signature-V3"], params)
