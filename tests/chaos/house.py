"""The house under siege: the real processes, cables between them, and who carries the plan out."""
import os
import signal
import time

from cables import Cables
from harness import Parley, slowed

# What takes minutes in production takes seconds here; every rule stays the same. The wait for Plivo's knowledge is far longer than
# a busy machine needs to let the simulator take a request.
QUICK = {"CONFIRM_AFTER_MS": 500, "UNCONFIRMED_MAX_MS": 5000, "SENDER_SILENCE_MS": 8000, "NUMBER_RATE": 300,
         "SIM_RETRY_MS": "200,400,800,1600,3200,6400,12800"}

# which variable of which service leads over which cable to whose socket
WIRING = {
    "ingress-worker": ("ingress", "WORKER_ENDPOINT", "worker.sock"),
    "sender-worker": ("sender", "WORKER_ENDPOINT", "worker.sock"),
    "api-worker": ("api", "WORKER_ENDPOINT", "worker.sock"),
    "ingress-sender": ("ingress", "SENDER_ENDPOINT", "sender.sock"),
    "sender-events": ("sender", "EVENTS_ENDPOINT", "events.sock"),
    "api-events": ("api", "EVENTS_ENDPOINT", "events.sock"),
}


class House:
    """`surprises`: what no plan wanted, as a process that ended by itself. `done`: how often each blow fell."""

    def __init__(self):
        self.parley = Parley(env=QUICK)
        run = self.parley.folder / "run"
        self.cables = Cables(self.parley.folder, {name: str(run / socket) for name, (_, _, socket) in WIRING.items()})
        for name, (service, variable, _) in WIRING.items():
            self.parley[service].env[variable] = f"ipc://{self.cables.addresses[name]}"
        self.surprises = []
        self.done = {}

    def __enter__(self):
        self.parley.__enter__()
        return self

    def __exit__(self, *_):
        try:
            self.parley.close()
        finally:
            self.cables.close()

    # --- blows -------------------------------------------------------------------------------------------------------

    def _note_ends(self):
        for process in self.parley.processes.values():
            if process.is_wanted and process.child is not None and not process.is_running:
                self.surprises.append(f"parley-{process.name} ended by itself with {process.child.poll()}:\n{process.log_tail()}")
                process.is_wanted = False

    def kill(self, *names):
        self._note_ends()
        self.parley.kill(*names)
        for name in names:
            self._count(f"kill {name}")
        if len(names) > 1:
            self._count("several at once")

    def start(self, *names):
        for name in names:
            if not self.parley[name].is_running:
                self.parley[name].spawn()

    def _signal(self, name, number):
        if self.parley[name].is_running:
            os.kill(self.parley[name].pid, number)

    def pause(self, name):
        self._signal(name, signal.SIGSTOP)
        self._count(f"pause {name}")

    def resume(self, name):
        self._signal(name, signal.SIGCONT)

    def cable(self, verb, name):
        self.cables.do(verb, name)
        if verb != "mend":
            self._count(f"{verb} {name}")

    def _count(self, what):
        self.done[what] = self.done.get(what, 0) + 1

    # --- a plan ------------------------------------------------------------------------------------------------------

    def suffer(self, events):
        """Carries out the events in their time. It is the one place where time passes for its own sake: the times are the chaos."""
        begun = time.monotonic()
        for event in events:
            time.sleep(max(0.0, begun + slowed(event.at_s) - time.monotonic()))
            if event.verb in ("cut", "stall", "drop", "mend"):
                self.cable(event.verb, *event.what)
            else:
                getattr(self, event.verb)(*event.what)

    def recover(self):
        """Peace: everything whole, running and ready."""
        self.cables.mend_all()
        for name in self.parley.names:
            self.resume(name)
        self._note_ends()
        self.start(*self.parley.names)
        for name in self.parley.names:
            self.parley[name].wait_ready()
