"""What the repository tells operators of its variables is what the programs say."""
import os
import subprocess

from harness.processes import REPO, bin_folder


def test_env_example_is_what_the_programs_print():
    printed = subprocess.run([REPO / "tools" / "env_example"], check=True, capture_output=True, text=True,
                             env={**os.environ, "PARLEY_BIN": str(bin_folder())}).stdout
    assert (REPO / ".env.example").read_text() == printed, "run `make env-example`"
