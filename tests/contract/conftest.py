"""The simulator alone, with a web server of the test's own in Parley's place. One of each serves all tests, cleaned between them."""
import pytest

from harness import Catcher, Parley, eventually

EMPTY = (200, "application/xml", "<Response></Response>")


@pytest.fixture(scope="session")
def catcher():
    with Catcher(EMPTY) as catcher:
        yield catcher


@pytest.fixture
def parley_url(catcher):
    """What Plivo calls: it answers everything with an empty Response, until the test says otherwise."""
    catcher.answer = EMPTY
    catcher.caught = []
    return catcher


@pytest.fixture(scope="session")
def shared_sim(catcher):
    with Parley("sim", env={"PUBLIC_URL": catcher.address}) as parley:
        yield parley


@pytest.fixture
def sim(shared_sim, parley_url):
    """The control routes of a simulator that remembers nothing of other tests."""
    shared_sim.check_alive()
    shared_sim.plivo.reset()
    eventually(lambda: shared_sim.plivo.health()["calls"] == 0, what="the last test's webhooks are over")
    parley_url.caught = []
    return shared_sim.plivo


@pytest.fixture
def start_sim(start_parley, parley_url):
    """Starts a simulator of the test's own: start_sim(NUMBER_RATE=2).plivo."""
    def start(**variables):
        return start_parley("sim", **{"PUBLIC_URL": parley_url.address, **variables})
    return start


@pytest.fixture
def reports(parley_url):
    """reports(n): the first n delivery reports that came to /report, as parameters."""
    def wait(n, timeout=10.0):
        return [caught.params for caught in parley_url.wait_for(n, timeout, lambda c: c.path.startswith("/report"))]
    wait.url = parley_url.address + "/report"
    return wait
