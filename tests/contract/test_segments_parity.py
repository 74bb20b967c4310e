"""The page counts segments, and replaces characters, exactly as the services do."""
import os
import subprocess

import pytest

from harness.processes import REPO, bin_folder

PAGE = REPO / "services/api/dashboard"
STRINGS = int(os.environ.get("SEGMENTS_STRINGS", "100000"))


@pytest.fixture(scope="module")
def oracle():
    binary = bin_folder().parent / "tests" / "segments-oracle"
    if not binary.is_file():
        raise RuntimeError(f"{binary} does not exist: build the tests")
    return binary


def test_the_page_has_the_alphabet_and_the_replacements_of_the_c_code(oracle):
    table = subprocess.run([oracle, "table"], capture_output=True, text=True, check=True, timeout=30).stdout
    assert (PAGE / "src/lib/gsm7.ts").read_text() == table, f"make it anew: {oracle} table >services/api/dashboard/src/lib/gsm7.ts"


@pytest.mark.timeout(1200)
def test_random_texts_count_the_same_in_c_and_typescript(oracle, seed):
    node = {**os.environ, "PATH": f"{REPO / 'var/tools/bin'}:{os.environ['PATH']}"}
    with subprocess.Popen([oracle, "strings", str(seed), str(STRINGS)], stdout=subprocess.PIPE) as texts:
        done = subprocess.run(["node", "scripts/segments-parity.mjs"], cwd=PAGE, stdin=texts.stdout, capture_output=True, text=True,
                              timeout=1100, env=node)
    assert done.returncode == 0 and done.stdout == f"{STRINGS} texts\n", f"seed {seed}: {done.stdout}{done.stderr}"
