"""Plivo's webhook signatures, written from its rules (V3: URL, query, parameters, nonce; V2: URL, nonce).

Written anew and not taken from an SDK, so that the SDKs can judge it: tests/contract/test_signing.py.
"""
import base64
import hashlib
import hmac
import secrets
from urllib.parse import parse_qsl, urlsplit


def _pairs(params):
    items = params.items() if isinstance(params, dict) else params
    return sorted((str(key), str(value)) for key, value in items or [])


def _split(url):
    url = url.split("#", 1)[0]
    base, mark, query = url.partition("?")
    assert urlsplit(base).scheme in ("http", "https"), f"a whole URL is signed, not {url!r}"
    return base, parse_qsl(query, keep_blank_values=True, max_num_fields=1000) if mark else []


def base_string_v3(method, url, nonce, params=()):
    base, query = _split(url)
    if method.upper() == "GET":
        q = "&".join(f"{key}={value}" for key, value in sorted(query + _pairs(params)))
        return f"{base}?{q}.{nonce}" if q else f"{base}.{nonce}"
    q = "&".join(f"{key}={value}" for key, value in sorted(query))
    p = "".join(key + value for key, value in _pairs(params))
    return base + ("?" if q or p else "") + q + ("." if q and p else "") + p + "." + nonce


def _hmac(token, text):
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha256).digest()).decode()


def sign_v3(method, url, nonce, token, params=()):
    return _hmac(token, base_string_v3(method, url, nonce, params))


def sign_v2(url, nonce, token):
    return _hmac(token, _split(url)[0] + nonce)


def signature_headers(method, url, token, params=(), nonce=None, families=("V3", "V2")):
    """The headers that Plivo sets. `token`: one token, or (the owner's, the main account's)."""
    own, main = (token, token) if isinstance(token, str) else token
    nonce = nonce or f"{secrets.randbelow(10 ** 20):020d}"
    headers = {}
    if "V3" in families:
        headers |= {"X-Plivo-Signature-V3": sign_v3(method, url, nonce, own, params),
                    "X-Plivo-Signature-Ma-V3": sign_v3(method, url, nonce, main, params),
                    "X-Plivo-Signature-V3-Nonce": nonce}
    if "V2" in families:
        headers |= {"X-Plivo-Signature-V2": sign_v2(url, nonce, own),
                    "X-Plivo-Signature-Ma-V2": sign_v2(url, nonce, main),
                    "X-Plivo-Signature-V2-Nonce": nonce}
    return headers
