"""A power cut: what was acknowledged is there, once; the store opens clean and the consent chain verifies. The long form: tests/powercut/run."""
import os

import pytest

from powercut.rounds import spool_rounds, store_rounds

EVENTS = int(os.environ.get("PARLEY_CUT_EVENTS", "4000"))
CUTS = 5


@pytest.mark.timeout(300)
def test_an_event_that_the_worker_acknowledged_survives_power_cuts(seed):
    report = store_rounds(seed, EVENTS, CUTS)
    assert not report.missing and not report.twice, report


@pytest.mark.timeout(300)
def test_an_event_that_ingress_acknowledged_survives_power_cuts(seed):
    report = spool_rounds(seed, EVENTS // 2, CUTS, live_s=(0.2, 0.8))
    assert not report.missing and not report.twice, report


@pytest.mark.timeout(300)
def test_a_disk_that_forgets_its_syncs_is_found_out(seed):
    report = store_rounds(seed, EVENTS, CUTS, lies=True)
    assert report.missing, f"a test that cannot fail: {report}"
