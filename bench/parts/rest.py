"""Each service at rest: from its start to ready, its memory, the size of its program."""
import pathlib
import subprocess
import tempfile
import time

from . import common
from .common import BIN

TITLE = "At rest"
ORDER = ("worker", "ingress", "sender", "api")
STARTS = 5


def start_ms(parley, name):
    process = parley[name]
    began = time.perf_counter()
    process.spawn()
    common.await_true(process.is_ready, 20, f"{name} is ready")
    return (time.perf_counter() - began) * 1000


def program_mb(name):
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "program"
        subprocess.run(["strip", "-o", stripped, BIN / f"parley-{name}"], check=True)
        return stripped.stat().st_size / 1e6


def run():
    rows = []
    with common.parley("sim") as parley:
        for name in ORDER:
            took = []
            for _ in range(STARTS):
                took.append(start_ms(parley, name))
                parley.kill(name)
            start_ms(parley, name)
            rows.append([name, f"{common.p50(took):.0f}", f"{max(took):.0f}"])
        time.sleep(3)                                       # whatever a start leaves to be done is done
        for row in rows:
            pid = parley[row[0]].pid
            row += [f"**{common.memory_mb(pid):.0f}**", "50", f"{common.memory_mb(pid, 'RssAnon'):.0f}", f"{program_mb(row[0]):.1f}"]
    return [f"Median and worst of {STARTS} starts after a kill, until `/readyz` says so (asked every 20 ms):", "",
            *common.table(["service", "start ms", "worst", "RSS MB", "aim", "of it anonymous MB", "program MB"], rows)]
