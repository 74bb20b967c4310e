"""The real processes of Parley: started, killed, stopped, started again, each with its own ports and folders.

Promise: what a process wrote to stderr is kept in a file and shown when the test fails; a process that ends without being asked
fails the test, even if the test would have passed, and so does one that wrote a sanitizer's report, however it ended.
"""
import contextlib
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import requests

from .api import Api
from .plivo import Plivo
from .wait import eventually, slowed
from .webhooks import Webhooks

REPO = Path(__file__).resolve().parents[2]
ORDER = ("sim", "worker", "ingress", "sender", "api")       # how they are started; stopped the other way round
READY_S = 20
STOP_S = slowed(20)
LOG_TAIL_BYTES = 6000
SANITIZER_REPORT = re.compile(r"(ERROR|WARNING): \w+Sanitizer|^\S+: runtime error: ", re.MULTILINE)
LIVING = []                                                 # for the report of a failed test

_ports_given = set()


def bin_folder():
    return Path(os.environ.get("PARLEY_BIN", REPO / "build" / "bin"))


def free_port():
    """A port that nobody listens on, outside the range from which the kernel gives ports to outgoing connections."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(20000, 32000)
        if port in _ports_given:
            continue
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        _ports_given.add(port)
        return port
    raise RuntimeError("no free port between 20000 and 32000")


class Process:
    def __init__(self, name, env, ports, log_path):
        self.name, self.env, self.ports, self.log_path = name, env, ports, log_path
        self.child = None
        self.prefix = []                                    # what runs it: ["prlimit", "--nofile=96:96"]
        self.was_killed = False                             # its exit code says nothing then
        self.was_asked = False                              # to end, by SIGTERM
        self.is_wanted = False                              # whether its end would be a surprise

    @property
    def admin(self):
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def is_running(self):
        return self.child is not None and self.child.poll() is None

    @property
    def pid(self):
        assert self.is_running, f"parley-{self.name} is not running"
        return self.child.pid

    def spawn(self):
        assert not self.is_running, f"parley-{self.name} already runs"
        binary = bin_folder() / f"parley-{self.name}"
        if not binary.exists():
            raise RuntimeError(f"{binary} does not exist: build it, or set PARLEY_BIN to the folder of the binaries")
        with open(self.log_path, "ab") as log:
            log.write(f"--- parley-{self.name} starts\n".encode())
            log.flush()
            self.child = subprocess.Popen([*self.prefix, binary], env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          cwd=self.log_path.parent)
        self.is_wanted = True
        self.was_killed = False
        self.was_asked = False

    def is_ready(self):
        if not self.is_running:
            raise RuntimeError(f"parley-{self.name} ended with {self.child.poll()} while starting:\n{self.log_tail()}")
        try:
            return requests.get(self.admin + "/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def wait_ready(self, timeout=None):
        try:
            eventually(self.is_ready, timeout or READY_S, f"parley-{self.name} is ready")
        except AssertionError as e:
            raise RuntimeError(f"{e}\n{self.log_tail()}") from None

    def kill(self):
        self.is_wanted = False
        self.was_killed = True
        if self.is_running:
            self.child.kill()
        if self.child is not None:
            self.child.wait(STOP_S)

    def is_paused(self):
        return Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def terminate(self):
        """SIGTERM, once: a second one tells a service to hurry.

        A paused one is woken, as it cannot stop; no other: SIGCONT takes back the SIGSTOPs by which LeakSanitizer holds the threads
        at the end of a process, and it then waits for them for ever.
        """
        self.is_wanted = False
        if self.is_running and not self.was_asked:
            self.was_asked = True
            self.child.terminate()
            if self.is_paused():
                self.child.send_signal(signal.SIGCONT)

    def stop(self):
        """SIGTERM, and the exit code."""
        self.terminate()
        if self.child is None:
            return 0
        deadline = time.monotonic() + STOP_S
        while self.child.poll() is None:
            self._poke()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(0.02)
            if time.monotonic() >= deadline:
                self.kill()
                raise AssertionError(f"parley-{self.name} did not stop within {STOP_S:g} s of SIGTERM:\n{self.log_tail()}")
        return self.child.returncode

    def _poke(self):
        """civetweb's accepting thread looks for its end every 2 s, or when somebody connects."""
        for port in self.ports:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 0.1).close()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def sanitizer_report(self):
        """The first one in the log, or None."""
        log = self.log()
        found = SANITIZER_REPORT.search(log)
        return log[found.start():][:LOG_TAIL_BYTES] if found else None

    def log_tail(self):
        """What it said last; where a sanitizer reported, that."""
        return self.sanitizer_report() or self.log()[-LOG_TAIL_BYTES:]

    def metrics(self):
        """{'name{labels}': value} of /metrics."""
        values = {}
        for line in requests.get(self.admin + "/metrics", timeout=5).text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                values[name] = float(value)
        return values


class Parley:
    """Any subset of the processes. Nothing runs before start(). As a context manager it starts all it was made with.

        with Parley("worker", "ingress", "sim", env={"ACK_BUDGET_MS": "20"}) as parley: …

    Ports and folders stay the same when a process is started again. `env` applies to every process; `env_of` to one:
    env_of={"ingress": {...}}. None as a value takes a variable away.
    """

    def __init__(self, *names, env=None, env_of=None):
        self.names = tuple(names) or ORDER
        self.is_whole = True                                # whether its store is to be
        unknown = set(self.names) - set(ORDER)
        assert not unknown, f"no such process: {', '.join(sorted(unknown))}; there are {', '.join(ORDER)}"
        self.folder = Path(tempfile.mkdtemp(prefix="parley-"))     # short: the path of a socket has 107 bytes
        self.auth_id = "MA" + secrets.token_hex(9).upper()
        self.token = secrets.token_hex(20)
        self.number = "+15550100000"
        self.ports = {name: free_port() for name in ORDER if name not in ("worker", "sender")}
        self.public_url = f"http://127.0.0.1:{self.ports['ingress']}"
        self.sim_url = f"http://127.0.0.1:{self.ports['sim']}"
        self.api_url = f"http://127.0.0.1:{self.ports['api']}"
        self.env = self._environment(env or {})
        self.token = self.env["PLIVO_AUTH_TOKEN"].split(",")[0]
        self.auth_id, self.number = self.env["PLIVO_AUTH_ID"], self.env["PLIVO_FROM_NUMBER"]
        self.public_url = self.env["PUBLIC_URL"]
        self.processes = {}
        for name in ORDER:
            admin_port = free_port()
            more = {key: value for key, value in (env_of or {}).get(name, {}).items() if value is not None}
            gone = [key for key, value in (env_of or {}).get(name, {}).items() if value is None]
            own = {key: value for key, value in self.env.items() if key not in gone}
            own |= {"ADMIN_LISTEN": f"127.0.0.1:{admin_port}", **{key: str(value) for key, value in more.items()}}
            ports = [admin_port] + ([self.ports[name]] if name in self.ports else [])
            self.processes[name] = Process(name, own, ports, self.folder / f"{name}.log")
        self.plivo = Plivo(self.sim_url, self.auth_id, self.token, self.number)
        self.webhooks = Webhooks(f"http://127.0.0.1:{self.ports['ingress']}", self.public_url, self.token, self.number)
        self.api = Api(self.api_url)
        LIVING.append(self)

    def _environment(self, changes):
        # Sanitizers, locale and the like come from outside; a variable of Parley that somebody has set must not.
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
        env = {key: value for key, value in os.environ.items() if key in kept or key.endswith("SAN_OPTIONS")}
        env |= {
            "DEMO": "1",
            "PLIVO_AUTH_ID": self.auth_id,
            "PLIVO_AUTH_TOKEN": self.token,
            "PLIVO_FROM_NUMBER": self.number,
            "PLIVO_API_BASE": self.sim_url,
            "PUBLIC_URL": self.public_url,
            "SIM_URL": self.sim_url,
            "DASHBOARD_URL": self.api_url,
            "INGRESS_LISTEN": f"127.0.0.1:{self.ports['ingress']}",
            "API_LISTEN": f"127.0.0.1:{self.ports['api']}",
            "SIM_LISTEN": f"127.0.0.1:{self.ports['sim']}",
            "RUN_DIR": str(self.folder / "run"),
            "STORE_URL": f"lmdb:{self.folder / 'store'}",
            "SPOOL_DIR": str(self.folder / "spool"),
            "API_AUTH": "off",
            "NUMBER_RATE": "1000",
            "BULK_HOURS": "none",
            "SIM_RETRY_MS": "200,400,800",
            "LOG_FORMAT": "json",
        }
        env |= {key: str(value) for key, value in changes.items() if value is not None}
        return {key: value for key, value in env.items() if changes.get(key, "") is not None}

    def __getitem__(self, name):
        return self.processes[name]

    # --- life and death ------------------------------------------------------------------------------------------

    def start(self, *names, wait=True):
        """Starts those named, or all that the system was made with, and waits until each is ready."""
        names = [name for name in ORDER if name in (names or self.names)]
        for name in names:
            self.processes[name].spawn()
        for name in names if wait else ():
            self.processes[name].wait_ready()
        return self

    def kill(self, *names):
        """SIGKILL, at once, to all that are named (or all that run); returns when they are gone."""
        gone = [self.processes[name] for name in names or ORDER if self.processes[name].is_running]
        for process in gone:
            process.is_wanted = False
            process.was_killed = True
            process.child.kill()
        for process in gone:
            process.child.wait(STOP_S)

    def stop(self, *names):
        """SIGTERM in the order of stopping. An exit code other than 0 is a failure."""
        self.check_alive()
        codes = {name: self.processes[name].stop() for name in reversed(ORDER)
                 if name in (names or ORDER) and not self.processes[name].was_killed}
        wrong = {name: code for name, code in codes.items() if code != 0}
        assert not wrong, "\n".join(f"parley-{name} ended with {code}:\n{self.processes[name].log_tail()}"
                                    for name, code in wrong.items())

    def restart(self, *names):
        """What runs is killed, and all of it started again."""
        names = names or [name for name in ORDER if name in self.names]
        self.kill(*names)
        self.start(*names)

    def pause(self, *names):
        """SIGSTOP: there, but deaf."""
        for name in names:
            os.kill(self.processes[name].pid, signal.SIGSTOP)

    def resume(self, *names):
        for name in names:
            os.kill(self.processes[name].pid, signal.SIGCONT)

    @contextlib.contextmanager
    def killing(self, *names, seed=0, every_s=(0.05, 0.4), down_s=(0.0, 0.3)):
        """While the context lasts, one of those named after another dies by SIGKILL and comes back; at its end all run.

        The order and the pauses come from `seed`. The chaos is the times here; what is waited for are facts. Gives the list of
        those that have died so far, so that a test can go on until enough of them have.
        """
        chance = random.Random(seed)
        over = threading.Event()
        failure = []
        died = []

        def torment():
            try:
                while not over.wait(slowed(chance.uniform(*every_s))):
                    name = chance.choice(names)
                    self.kill(name)
                    died.append(name)
                    over.wait(chance.uniform(*down_s))
                    self.start(name)
            except BaseException as e:                      # told where the test can see it
                failure.append(e)

        thread = threading.Thread(target=torment, daemon=True)
        thread.start()
        try:
            yield died
        finally:
            over.set()
            thread.join(slowed(READY_S) + STOP_S)
        if failure:
            raise failure[0]
        missing = [name for name in names if not self.processes[name].is_running]
        if missing:
            self.start(*missing)

    def check_alive(self):
        """A process that ended without being asked is a failure."""
        dead = [p for p in self.processes.values() if p.is_wanted and not p.is_running and p.child is not None]
        assert not dead, "\n".join(f"parley-{p.name} ended by itself with {p.child.poll()}:\n{p.log_tail()}" for p in dead)

    def check_reports(self):
        """A sanitizer's report is a failure, also of a process that was killed before it could end by it."""
        reports = {p.name: p.sanitizer_report() for p in self.processes.values()}
        assert not any(reports.values()), "\n".join(f"parley-{name}: {text}" for name, text in reports.items() if text)

    def check_store(self):
        """A store that is not whole is a failure, whatever the test was about. Only when no worker runs.

        A test that damages it on purpose says so: parley.is_whole = False.
        """
        store = self.env["STORE_URL"]
        if self.is_whole and (Path(store.removeprefix("lmdb:")) / "data.mdb").exists():
            self.tool("store", "check", store)

    def close(self):
        """Stops all and removes the folder. Raises what a test must know: a crash, a process that does not stop."""
        for client in (self.plivo, self.api, self.webhooks):
            client.session.close()                          # a server waits for idle connections before it stops
        try:
            self.check_alive()
            for process in self.processes.values():         # all at once, as a machine that shuts down does
                process.terminate()
            self.stop()
            self.check_reports()
            self.check_store()
        finally:
            for process in self.processes.values():
                process.kill()
            LIVING.remove(self)
            if not os.environ.get("PARLEY_KEEP"):
                shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            for process in self.processes.values():
                process.kill()
            LIVING.remove(self)
            raise

    def __exit__(self, *_):
        self.close()

    # --- asking --------------------------------------------------------------------------------------------------

    def tool(self, *arguments, wanted=0, **options):
        """The operator's command `parley …` with this system's variables; its completed process."""
        binary = bin_folder() / "parley"
        if not binary.exists():
            raise RuntimeError(f"{binary} does not exist: build it, or set PARLEY_BIN to the folder of the binaries")
        done = subprocess.run([binary, *map(str, arguments)], env=self.env, cwd=self.folder, capture_output=True, text=True,
                              timeout=slowed(60), **options)
        assert wanted is None or done.returncode == wanted, \
            f"parley {' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def new_key(self, name="test"):
        """An Api client with a fresh key; for systems with API_AUTH=on."""
        return Api(self.api_url, self.tool("key", "create", "--name", name).stdout.split()[-1])

    def logs(self):
        return {name: process.log_tail() for name, process in self.processes.items() if process.log_path.exists()}
