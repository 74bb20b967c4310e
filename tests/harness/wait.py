"""Waiting for a fact, never for a time."""
import os
import time

STEP_S = 0.02
SLOW = float(os.environ.get("PARLEY_SLOW", "1"))            # processes that take so much longer get so much longer


def slowed(seconds):
    """A deadline, or a time between two kills, as the processes under test need it: instrumented ones take PARLEY_SLOW times as long."""
    return seconds * SLOW


def eventually(fact, timeout=10.0, what=""):
    """Asks fact() until it returns something true, and returns that. The timeout is stretched by PARLEY_SLOW.

    An AssertionError inside fact() means "not yet". At the deadline the last one, or the last value, is what the failure
    shows: what came, and what was wanted.
    """
    timeout = slowed(timeout)
    deadline = time.monotonic() + timeout
    while True:
        error = None
        value = None
        try:
            value = fact()
        except AssertionError as e:
            error = e
        if value:
            return value
        if error is None and value is None and what == "":
            what = getattr(fact, "__name__", "the fact")
        if time.monotonic() >= deadline:
            if error is not None:
                raise AssertionError(f"not within {timeout:g} s{': ' + what if what else ''}: {error}") from error
            raise AssertionError(f"not within {timeout:g} s: {what or fact}; the last value was {value!r}")
        time.sleep(STEP_S)
