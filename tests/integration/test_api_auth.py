"""Who may ask: keys, the one-time link, the session's cookie, and nobody at all."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from harness import Api, Parley, eventually, slowed

PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def parley():
    with Parley("worker", "api", env={"API_AUTH": "on"}) as system:
        yield system


def get(parley, path, **options):
    return requests.get(parley.api_url + path, allow_redirects=False, timeout=20, **options)


def signed_in(parley):
    """A session as a browser gets it."""
    session = requests.Session()
    answer = session.get(parley.tool("login").stdout.strip(), allow_redirects=False, timeout=20)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    return session, answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/messages", "/api/v1/events", "/api/messages", "/sim/messages"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nope"}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"},
                                     {"Cookie": "parley_session=nope"}, {"Cookie": "parley_session="}])
def test_without_a_key_or_session_there_is_nothing(parley, path, headers):
    answer = get(parley, path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/health", "/api/v1/openapi.json", "/conversations/deep/link"])
def test_what_tells_nothing_of_anybody_needs_no_key(parley, path):
    assert get(parley, path).status_code == 200


def test_a_key_opens_what_its_tenant_has(parley):
    key = parley.tool("key", "create", "--name", "till 7").stdout.strip()
    assert key.startswith("pk_") and len(key) == 46
    me = Api(parley.api_url, key).get("/me")
    assert me["user"]["name"] == "till 7" and me["tenant"]["id"] == "1" and me["environment"] == "demo"
    assert Api(parley.api_url, key[:-1]).request("GET", "/me").status_code == 401


def test_the_sign_in_link_works_once(parley):
    link = parley.tool("login").stdout.strip()
    assert link.startswith(parley.api_url + "/login?token=")
    first = requests.get(link, allow_redirects=False, timeout=20)
    again = requests.get(link, allow_redirects=False, timeout=20)
    assert (first.status_code, first.headers["Location"]) == (303, "/")
    assert (again.status_code, again.headers["Location"]) == (303, "/sign-in?reason=link")
    assert "Set-Cookie" not in again.headers


def test_a_preview_of_the_link_does_not_use_it_up(parley):
    link = parley.tool("login").stdout.strip()
    assert requests.head(link, timeout=20).status_code == 405
    assert requests.get(link, allow_redirects=False, timeout=20).headers["Location"] == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(parley):
    _, cookie = signed_in(parley)
    name, *flags = [part.strip() for part in cookie.split(";")]
    assert name.startswith("parley_session=") and len(name) > 50
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert "Secure" not in flags                       # DASHBOARD_URL is plain http here


def test_under_https_the_cookie_is_secure(start_parley):
    parley = start_parley("worker", "api", API_AUTH="on", DASHBOARD_URL="https://parley.example/")
    link = parley.tool("login").stdout.strip()
    assert link.startswith("https://parley.example/login?token=")
    answer = requests.get(parley.api_url + "/login?" + link.split("?")[1], allow_redirects=False, timeout=20)
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_session_opens_what_a_key_opens_until_it_signs_out(parley):
    session, _ = signed_in(parley)
    me = session.get(parley.api_url + "/api/v1/me", timeout=20)
    assert me.status_code == 200 and me.json()["user"]["role"] == "owner"
    cookie = {"Cookie": "parley_session=" + session.cookies["parley_session"]}
    out = session.post(parley.api_url + "/api/v1/logout", headers=PAGE, timeout=20)
    assert out.status_code == 204 and "Max-Age=0" in out.headers["Set-Cookie"]
    assert get(parley, "/api/v1/me", headers=cookie).status_code == 401     # the cookie itself, kept by a thief


def test_signing_out_without_a_session_is_fine(parley):
    assert requests.post(parley.api_url + "/api/v1/logout", timeout=20).status_code == 204


@pytest.mark.parametrize("headers, status", [
    ({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403), (PAGE, 404), ({"Origin": "own"}, 404)])
def test_only_our_own_page_writes_with_the_cookie(parley, headers, status):
    session, _ = signed_in(parley)
    headers = {k: parley.api_url if v == "own" else v for k, v in headers.items()}
    answer = session.post(parley.api_url + "/api/v1/conversations/00000000-0000-7000-8000-000000000000/read", headers=headers, timeout=20)
    assert answer.status_code == status, answer.text


def test_a_form_of_another_site_cannot_use_the_cookie(parley):
    session, _ = signed_in(parley)
    url = parley.api_url + "/api/v1/conversations/00000000-0000-7000-8000-000000000000/read"
    assert session.post(url, timeout=20).status_code == 403                 # nothing that only a page of ours could send


def test_a_key_needs_no_origin(parley):
    api = parley.new_key()
    assert api.request("POST", "/conversations/00000000-0000-7000-8000-000000000000/read").status_code == 404


def test_two_who_click_the_link_at_once_get_one_session(parley):
    link = parley.tool("login").stdout.strip()
    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _: requests.get(link, allow_redirects=False, timeout=20), range(8)))
    assert [a.status_code for a in answers] == [303] * 8
    assert sum("Set-Cookie" in a.headers for a in answers) == 1


def test_neither_key_nor_cookie_nor_token_is_ever_logged(start_parley):
    parley = start_parley("worker", "api", API_AUTH="on", LOG_LEVEL="debug")
    key = parley.tool("key", "create", "--name", "x").stdout.strip()
    session, _ = signed_in(parley)
    session.get(parley.api_url + "/api/v1/me", timeout=20)
    Api(parley.api_url, key).send("+15550100602", "a text that nobody may read")
    log = parley["api"].log() + parley["worker"].log()
    for secret in (key, key[3:], session.cookies["parley_session"], "a text that nobody may read", "5550100602"):
        assert secret not in log


# --- the rate -------------------------------------------------------------------------------------------------------

def test_beyond_the_burst_the_answer_is_429_and_says_when(start_parley):
    parley = start_parley("worker", "api", API_AUTH="on", API_RATE=1, API_BURST=20)
    api, other = parley.new_key("a"), parley.new_key("b")
    answers = [api.request("GET", "/segments?text=x") for _ in range(60)]
    refused = [a for a in answers if a.status_code == 429]
    assert {a.status_code for a in answers} == {200, 429} and len(refused) >= 20
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert refused[0].headers["Content-Type"] == "application/problem+json"
    assert other.request("GET", "/me").status_code == 200                   # one key does not slow another
    tutorial = api.session.get(parley.api_url + "/api/messages", timeout=20)
    assert tutorial.status_code == 429 and tutorial.json()["success"] is False
    eventually(lambda: api.request("GET", "/me").status_code == 200, 10, "the rate lets one through again")


def test_strangers_are_limited_by_address_before_the_worker_is_asked(start_parley):
    parley = start_parley("worker", "api", API_AUTH="on", API_RATE=1, API_BURST=10)
    began = time.monotonic()
    answers = [get(parley, "/api/v1/me", headers={"Authorization": f"Bearer guess{i}"}).status_code for i in range(40)]
    assert set(answers) == {401, 429} and answers.count(401) <= 10 + (time.monotonic() - began) + 1    # burst, rate, and a part of one


# --- API_AUTH=off ---------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def open_parley():
    with Parley("worker", "api", env={"API_AUTH": "off"}) as system:
        yield system


def test_without_authentication_everyone_is_the_owner(open_parley):
    assert open_parley.api.get("/me")["user"]["role"] == "owner"


def test_a_front_end_on_another_local_port_may_read_and_write(open_parley):
    origin = {"Origin": "http://localhost:5173"}
    asked = requests.options(open_parley.api_url + "/api/v1/messages", timeout=20, headers=origin | {
        "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,idempotency-key"})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert {"content-type", "idempotency-key"} <= set(asked.headers["Access-Control-Allow-Headers"].lower().split(", "))
    answer = get(open_parley, "/api/v1/messages", headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert "Event-Id" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    refused = get(open_parley, "/api/v1/nope", headers=origin)
    assert refused.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"    # else a page sees no reason


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"}, {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:8080"}, {"Host": "192.168.1.5:8080"}])
@pytest.mark.parametrize("path", ["/api/v1/me", "/", "/api/messages", "/health", "/api/v1/events"])
def test_what_is_not_loopback_is_not_served(open_parley, headers, path):
    answer = get(open_parley, path, headers=headers)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_authentication_there_is_no_rate(open_parley):
    start = time.monotonic()
    assert {open_parley.api.request("GET", "/segments?text=x").status_code for _ in range(700)} == {200}
    assert time.monotonic() - start < slowed(60)


def test_off_on_a_public_address_does_not_start(start_parley):
    parley = Parley("api", env={"API_AUTH": "off", "API_LISTEN": "0.0.0.0:1"})
    try:
        with pytest.raises(RuntimeError, match="API_AUTH"):
            parley.start()
        assert parley["api"].child.wait(10) == 2
        parley["api"].kill()                                # its end was wanted
    finally:
        parley.close()


# --- CORS_ORIGINS, TRUSTED_PROXIES ------------------------------------------------------------------------------------

def test_a_listed_origin_gets_cors_and_no_other(start_parley):
    parley = start_parley("worker", "api", API_AUTH="on", CORS_ORIGINS="https://desk.example, https://ops.example")
    listed = get(parley, "/api/v1/me", headers={"Origin": "https://ops.example"})
    other = get(parley, "/api/v1/me", headers={"Origin": "https://evil.example"})
    assert listed.headers["Access-Control-Allow-Origin"] == "https://ops.example"
    assert "Access-Control-Allow-Origin" not in other.headers


def test_behind_a_trusted_proxy_each_client_is_limited_by_itself(start_parley):
    parley = start_parley("worker", "api", API_AUTH="on", API_RATE=1, API_BURST=5, TRUSTED_PROXIES="127.0.0.0/8")

    def ask(client, n):
        return [get(parley, "/api/v1/me", headers={"X-Forwarded-For": client}).status_code for _ in range(n)]
    assert 429 in ask("203.0.113.1", 20)
    assert ask("203.0.113.2", 3) == [401] * 3
