"""The tour in docs/ is true: played against the real system, with a worker that is started again when it dies."""
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness import Parley
from harness.processes import bin_folder

TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour.py"


@pytest.mark.timeout(600)
def test_the_tour_shows_what_it_says():
    with Parley(env={"NUMBER_RATE": 20, "CONFIRM_AFTER_MS": 1000}) as parley:
        over = threading.Event()

        def keep():
            while not over.wait(0.1):
                if not parley["worker"].is_running:
                    parley.start("worker")

        keeper = threading.Thread(target=keep)
        keeper.start()
        try:
            env = {**os.environ, "BASE": parley.api_url, "KEY": "", "PARLEY_BIN": str(bin_folder()),
                   "TOUR_WORKER": str(parley["worker"].pid)}
            told = subprocess.run([sys.executable, TOUR], env=env, text=True, capture_output=True, timeout=540)
        finally:
            over.set()
            keeper.join()
        print(told.stdout, told.stderr)
        assert told.returncode == 0, told.stdout + told.stderr
        assert told.stdout.count("✓") == 10
