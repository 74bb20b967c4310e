"""Wall clocks that tests step: one a service, by clock_shim.c. Built beside the programs: build/tests/libclock_shim.so."""
import os
import struct

import pytest

from harness.processes import bin_folder

SHIM = bin_folder().resolve().parent / "tests" / "libclock_shim.so"


class Clocks:
    """Of those services of a Parley that are named, before they start. All are right at first."""

    def __init__(self, parley, *names):
        if any(key.endswith("SAN_OPTIONS") for key in os.environ):
            pytest.skip("a sanitizer's own library must be the first that is loaded")
        assert SHIM.exists(), f"{SHIM} does not exist: build the tests"
        self._files = {name: parley.folder / f"{name}.clock" for name in names}
        for name, path in self._files.items():
            path.write_bytes(struct.pack("=q", 0))
            parley[name].env |= {"LD_PRELOAD": str(SHIM), "CLOCK_SHIM_FILE": str(path)}

    def step(self, offset_s, *names):
        """From now on these clocks (all, if none is named) are off by so much: behind, if negative."""
        for name in names or self._files:
            with open(self._files[name], "r+b", buffering=0) as f:
                f.write(struct.pack("=q", round(offset_s * 1000)))
