"""A sender on its stage: the doubles on both sides of it, as fixtures."""
import pytest

from harness import Parley, eventually
from sender_doubles import FakePlivo, FakeWorker

CALL_MS = 1500


class Stage:
    def __init__(self, **env):
        self.plivo = FakePlivo()
        self.parley = Parley("sender", env={"PLIVO_API_BASE": self.plivo.address, "PUBLIC_URL": "https://sms.example.com",
                                            "SENDER_CONNECTIONS": 4, "SENDER_CALL_MS": CALL_MS, "LOG_LEVEL": "debug", **env})
        self.run_dir = self.parley.folder / "run"
        self.worker = FakeWorker(self.run_dir)
        self.parley.start()
        eventually(lambda: self.worker.grants, what="the first grant request")

    @property
    def sender(self):
        return self.parley["sender"]

    def close(self):
        try:
            self.parley.close()
        finally:
            self.worker.close()
            self.plivo.close()


@pytest.fixture
def start():
    begun = []

    def start(**env):
        begun.append(Stage(**env))
        return begun[-1]

    yield start
    for stage in begun:
        stage.close()


@pytest.fixture
def stage(start):
    return start()
