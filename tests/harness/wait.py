"""Waiting for a fact, never for a time."""
import time

STEP_S = 0.02


def eventually(fact, timeout=10.0, what=""):
    """Asks fact() until it returns something true, and returns that.

    An AssertionError inside fact() means "not yet". At the deadline the last one, or the last value, is what the failure
    shows: what came, and what was wanted.
    """
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
