"""Fixtures that every test in Python shares. What stands behind them: harness/."""
import os
import random

import pytest

from harness import Parley, slowed
from harness.processes import LIVING


def pytest_configure(config):
    config.addinivalue_line("markers", "parley(*processes, **variables): which processes the fixture `parley` runs, and with what")


def pytest_collection_modifyitems(config, items):
    """Each test's own limit, stretched like all that it waits for."""
    for item in items:
        mark = item.get_closest_marker("timeout")
        limit_s = mark.args[0] if mark else float(config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(slowed(limit_s)), append=False)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    if hasattr(item, "parley_seed"):
        report.sections.append(("seed", f"PARLEY_SEED={item.parley_seed}"))
    for parley in LIVING:
        for name, text in parley.logs().items():
            report.sections.append((f"log of parley-{name}", text))


@pytest.fixture
def seed(request):
    """Chance that a failure can repeat: PARLEY_SEED, or a new number each time; a failure shows it."""
    value = int(os.environ.get("PARLEY_SEED") or random.SystemRandom().randrange(2 ** 31))
    request.node.parley_seed = value
    return value


@pytest.fixture
def start_parley():
    """A function that starts a system of its own: start_parley("worker", "sim", ACK_BUDGET_MS=20)."""
    begun = []

    def start(*names, **variables):
        parley = Parley(*names, env=variables)
        begun.append(parley)
        return parley.start()

    yield start
    errors = []
    for parley in reversed(begun):
        try:
            parley.close()
        except AssertionError as e:
            errors.append(str(e))
    assert not errors, "\n".join(errors)


@pytest.fixture
def parley(request, start_parley):
    """The whole system, or what the test's mark `parley` names, running and ready."""
    mark = request.node.get_closest_marker("parley")
    return start_parley(*(mark.args if mark else ()), **(mark.kwargs if mark else {}))


@pytest.fixture
def plivo(parley):
    """The simulator's control routes."""
    return parley.plivo


@pytest.fixture
def api(parley):
    return parley.api


@pytest.fixture
def webhooks(parley):
    """Signed webhooks straight at ingress."""
    return parley.webhooks
