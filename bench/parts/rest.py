"""Each service at rest: from its start to ready, its memory, the size of its program and of its container's image."""
import pathlib
import re
import shutil
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
        subprocess.run(["strip", "-o", stripped, BIN / name], check=True)
        return stripped.stat().st_size / 1e6


def docker_mb(name):
    """The image that compose builds; None where no engine is, or it was not built."""
    if not shutil.which("docker"):
        return None
    asked = subprocess.run(["docker", "image", "inspect", "--format", "{{.Size}}", f"parley-{name}"], capture_output=True, text=True)
    return int(asked.stdout) / 1e6 if asked.returncode == 0 else None


def programs_of(name):
    """What the target of that name in deploy/Dockerfile copies from the build."""
    target = (common.REPO / "deploy" / "Dockerfile").read_text().split(f"FROM runtime AS {name}\n")[1].split("\nFROM ")[0]
    return re.findall(r"/src/build/bin/([\w-]+)", target)


def files_mb(name):
    """The target's programs as it has them, and each shared library that they load, once."""
    libraries = {pathlib.Path(path).resolve() for program in programs_of(name)
                 for path in re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", BIN / program], check=True, capture_output=True, text=True).stdout)}
    return sum(program_mb(program) for program in programs_of(name)) + sum(path.stat().st_size for path in libraries) / 1e6


def images():
    """One size a service, and what was measured: images, or where one is missing the files for all of them."""
    sizes = [docker_mb(name) for name in ORDER]
    if None not in sizes:
        return sizes, "image MB", "Image: as `docker image inspect` says, base system included."
    return ([files_mb(name) for name in ORDER], "image's files MB",
            "Image's files: no engine had the images of `docker-compose build`, so these are the programs that the target in deploy/Dockerfile "
            "holds and every shared library that they load. The base system, debian:12-slim, has some of these libraries and comes on top.")


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
            row += [f"**{common.memory_mb(pid):.0f}**", "50", f"{common.memory_mb(pid, 'RssAnon'):.0f}", f"{program_mb('parley-' + row[0]):.1f}"]
    sizes, title, note = images()
    for row, size in zip(rows, sizes):
        row.append(f"{size:.1f}")
    return [f"Median and worst of {STARTS} starts after a kill, until `/readyz` says so (asked every 20 ms):", "",
            *common.table(["service", "start ms", "worst", "RSS MB", "aim", "of it anonymous MB", "program MB", title], rows), "", note]
