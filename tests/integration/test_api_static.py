"""The dashboard, served out of the api's own binary."""
import re

import pytest
import requests

from harness import Parley


@pytest.fixture(scope="module")
def url():
    with Parley("worker", "api") as parley:
        yield parley.api_url


def get(address, **headers):
    return requests.get(address, headers={"Accept-Encoding": "identity", **headers}, timeout=20)


def hashed_file(url):
    """A file of the page whose name holds its hash."""
    found = re.findall(r'(?:src|href)="(/assets/[^"]+)"', get(url + "/").text)
    if not found:
        pytest.skip("the dashboard was not built")
    return url + found[0]


@pytest.mark.parametrize("path", ["/", "/index.html", "/inbox", "/inbox/some-id", "/sign-in?reason=link", "/rules/"])
def test_every_path_of_the_page_gets_the_page(url, path):
    answer = get(url + path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_page_may_load_from_here_only_and_be_framed_by_nobody(url):
    headers = get(url + "/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"


def test_what_is_known_is_not_sent_again(url):
    first = get(url + "/")
    assert requests.get(url + "/", headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "identity"}, timeout=20).status_code == 304
    assert requests.get(url + "/", headers={"If-None-Match": '"other"', "Accept-Encoding": "identity"}, timeout=20).status_code == 200


def test_a_file_named_by_its_hash_is_kept_for_ever(url):
    answer = get(hashed_file(url))
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("accepted, sent", [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None), ("br;q=0, gzip;q=0", None)])
def test_a_file_is_compressed_for_who_takes_it(url, accepted, sent):
    file = hashed_file(url)
    answer = requests.get(file, headers={"Accept-Encoding": accepted}, timeout=20, stream=True)
    assert answer.headers.get("Content-Encoding") == sent
    assert "Accept-Encoding" in answer.headers["Vary"]
    if sent:
        assert answer.headers["ETag"] != get(file).headers["ETag"]


@pytest.mark.parametrize("path", ["/assets/none-12345678.js", "/assets/", "/assets/../etc/passwd"])
def test_a_file_that_is_not_there_is_a_404(url, path):
    session = requests.Session()
    request = requests.Request("GET", url + path).prepare()
    request.url = url + path
    assert session.send(request, timeout=20).status_code == 404


def test_the_page_is_only_read(url):
    answer = requests.post(url + "/inbox", timeout=20)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
