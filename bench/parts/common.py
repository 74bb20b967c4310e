"""What the parts share: processes and their costs, the load generator, Parley itself, and how a table is laid out."""
import json
import os
import pathlib
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests"))
from harness.processes import Parley, free_port     # noqa: E402  (after the path)

BENCH = REPO / "bench"
BIN = pathlib.Path(os.environ.get("PARLEY_BIN", REPO / "build" / "bin"))
TOKEN = "0123456789abcdef0123456789abcdef01234567"
NUMBER = "+15550100000"
TICKS = os.sysconf("SC_CLK_TCK")

SECONDS = int(os.environ.get("BENCH_SECONDS", "6"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
CONNECTIONS = [int(n) for n in os.environ.get("BENCH_CONNECTIONS", "32,128,512").split(",")]
MESSAGES = [int(n) for n in os.environ.get("BENCH_MESSAGES", "10000,100000,1000000").split(",")]
WAITING = [int(n) for n in os.environ.get("BENCH_WAITING", "10,1000,100000").split(",")]
TENANTS = [int(n) for n in os.environ.get("BENCH_TENANTS", "1,10,100").split(",")]
STREAMS = [int(n) for n in os.environ.get("BENCH_STREAMS", "1000,10000").split(",")]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


# --- processes ----------------------------------------------------------------------------------------------------------

def cpu_s(pid):
    """CPU seconds of a process so far, all its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid, field="VmRSS"):
    """VmRSS, VmHWM (its peak), RssAnon (without files that are mapped, as the store is)."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/status has no {field}")


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def await_port(port, child):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{child.args} does not listen")


class Peer:
    """A server of the bench's own; a context manager that gives {port, pids}."""

    def __init__(self, name, command, env=None, has_workers=False, folder=None):
        self.name, self.command, self.has_workers = name, command, has_workers
        self.env = dict(os.environ, **(env or {}))
        self.folder = folder

    def __enter__(self):
        self.port = free_port()
        self.temporary = tempfile.TemporaryDirectory(prefix="parley-bench-")
        folder = pathlib.Path(self.temporary.name)
        command = self.command(self.port, folder) if callable(self.command) else self.command
        env = {key: value.format(port=self.port, folder=folder) for key, value in self.env.items()
               if "{" not in value or key in ("PUBLIC_URL", "DATABASE", "PORT")}
        with open(folder / "log", "w", encoding="utf-8") as log:
            self.child = subprocess.Popen(command, env=env, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
        await_port(self.port, self.child)
        self.pids = children(self.child.pid) if self.has_workers else [self.child.pid]
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(20)
        self.temporary.cleanup()


def nginx():
    def command(port, folder):
        text = (BENCH / "peers" / "nginx.conf.in").read_text().replace("@PORT@", str(port))
        (folder / "nginx.conf").write_text(text.replace("@FOLDER@", str(folder)))
        return ["nginx", "-c", str(folder / "nginx.conf")]
    return Peer("nginx, constant 200", command, has_workers=True)


def civetweb():
    return Peer("civetweb, constant 200",
                lambda port, folder: [str(BIN / "parley-bench-constant"), f"127.0.0.1:{port}", "1280"])


def express(is_durable):
    env = {"PORT": "{port}", "PUBLIC_URL": "http://127.0.0.1:{port}", "PLIVO_AUTH_TOKEN": TOKEN}
    if is_durable:
        env["DATABASE"] = "{folder}/messages.db"
    name = "Express, SQLite synchronous=FULL" if is_durable else "Express, in memory"
    return Peer(name, ["node", str(BENCH / "peers" / "express" / "app.js")], env=env)


# --- load ---------------------------------------------------------------------------------------------------------------

def load(port, url, connections, seconds=None, n=100000, people=10000, warmup=1, acked=None, token=TOKEN, number=NUMBER,
         numbers=1, repeat=False, send=False):
    """One run of parley-bench-load; its figures."""
    command = [BIN / "parley-bench-load", "--address", "127.0.0.1", "--port", port, "--public-url", url, "--token", token,
               "--to", number, "--numbers", numbers, "--connections", connections, "--seconds", seconds or SECONDS,
               "--warmup", warmup, "--pool", n, "--people", people, "--seed", random.getrandbits(62)]
    command += ["--repeat"] if repeat else []
    command += ["--send"] if send else []
    command += ["--acked", acked] if acked else []
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measured(pids, **options):
    """A run of load(), with what it cost the processes: CPU seconds for 10,000 requests, and their peak memory."""
    before = sum(cpu_s(pid) for pid in pids)
    figures = load(**options)
    figures["cpu"] = (sum(cpu_s(pid) for pid in pids) - before) / max(1, figures["answered"]) * 10000
    figures["peak_mb"] = sum(memory_mb(pid, "VmHWM") for pid in pids)
    figures["anonymous_mb"] = sum(memory_mb(pid, "RssAnon") for pid in pids)
    return figures


def median_run(runs):
    """The run in the middle, by its rate."""
    return sorted(runs, key=lambda run: run["rps"])[len(runs) // 2]


def parley(*names, env_of=None, **env):
    """Parley for measuring: only warnings in the logs."""
    os.environ["PARLEY_BIN"] = str(BIN)
    system = Parley(*names, env={"LOG_LEVEL": "warn", **env}, env_of=env_of)
    system.is_whole = False     # its end does not walk through a million messages; what a part must know, it looks up itself
    return system


# --- figures ------------------------------------------------------------------------------------------------------------

def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def p50(values):
    return statistics.median(values)


def p99(values):
    return quantile(values, 0.99)


def table(head, rows):
    lines = ["| " + " | ".join(map(str, head)) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def thousands(value):
    return f"{value:,.0f}"


def await_true(is_so, seconds, what):
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def median_of(measure):
    """Of RUNS tuples the one whose first figure is in the middle."""
    return sorted((measure() for _ in range(RUNS)), key=lambda figures: figures[0])[RUNS // 2]
