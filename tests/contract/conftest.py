"""The simulator alone, with a web server of the test's own in Parley's place."""
import pytest

from harness import Catcher


@pytest.fixture
def parley_url():
    """What Plivo calls: a Catcher that answers everything with an empty Response."""
    with Catcher() as catcher:
        yield catcher


@pytest.fixture
def start_sim(start_parley, parley_url):
    """Starts a simulator whose webhooks go to parley_url: start_sim(NUMBER_RATE=2).plivo."""
    def start(**variables):
        return start_parley("sim", PUBLIC_URL=parley_url.address, **variables)
    return start


@pytest.fixture
def sim(start_sim):
    return start_sim().plivo


@pytest.fixture
def reports(parley_url):
    """reports(n): the first n delivery reports that came to /report, as parameters."""
    def wait(n, timeout=10.0):
        return [caught.params for caught in parley_url.wait_for(n, timeout, lambda c: c.path.startswith("/report"))]
    wait.url = parley_url.address + "/report"
    return wait
