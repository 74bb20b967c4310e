"""The load: people who text and programs that send, while everything breaks. What they were promised is their journal.

    journal.sends   [{"key", "to", "text", "id", "after_stop", "is_refused"}]    id: of the message in the 202, or None
    journal.stops   {person: time of the 2xx for their STOP}
    journal.texts   how many texts people sent; what became of them the simulator knows (GET /sim/received)

Everyone is used once, so that a text, or its person, says which message it is. Hands stop when told; each finishes what it began.
"""
import datetime
import random
import threading
import time

import requests

PACE_S = 0.05                       # between two deeds of one hand: the machine is not ours alone
GIVE_UP_S = 90                      # longer than any plan keeps the api away
SENDERS, TEXTERS = 4, 4


class Journal:
    def __init__(self):
        self.lock = threading.Lock()
        self.sends, self.stops, self.texts = [], {}, 0


class Load:
    def __init__(self, parley, seed, scope=""):
        self.parley, self.seed, self.scope = parley, seed, scope
        self.journal = Journal()
        self._over = threading.Event()
        self._numbers = iter(range(1, 10 ** 7))
        self._lock = threading.Lock()
        self._threads = []

    def _person(self):
        with self._lock:
            return f"+1557{next(self._numbers):07d}"

    # --- deeds -------------------------------------------------------------------------------------------------------

    def _send(self, to, after_stop=False, later_s=0):
        with self._lock:
            n = next(self._numbers)
        entry = {"key": f"{self.seed}-{n}", "to": to, "text": f"send {self.seed} {n}", "id": None, "after_stop": after_stop,
                 "is_refused": False}
        with self.journal.lock:
            self.journal.sends.append(entry)
        body = {"to": to, "text": entry["text"]}
        if later_s:
            due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=later_s)
            body["send_at"] = due.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        deadline = time.monotonic() + GIVE_UP_S
        while not entry["id"] and not entry["is_refused"] and time.monotonic() < deadline:
            try:
                answer = self.parley.api.request("POST", "/messages", json=body,
                                                 headers={"Idempotency-Key": entry["key"]}, timeout=10)
                if answer.status_code == 202:
                    entry["id"] = answer.json()["id"]
                    return
                entry["is_refused"] = later_s > 0 and answer.status_code == 400       # it got there too late to be sent later
                assert entry["is_refused"] or answer.status_code == 503, f"a send was answered {answer.status_code}: {answer.text}"
            except requests.RequestException:
                pass
            time.sleep(0.1)                                 # Retry-After, shortened

    def _text(self, who, words):
        with self.journal.lock:
            self.journal.texts += 1
        return 200 <= self.parley.plivo.inbound(who, words)["webhook_status"] < 300

    def _stop(self, who):
        """A STOP; once Plivo had its 200, programs try that person in vain."""
        if not self._text(who, "STOP"):
            return
        with self.journal.lock:
            self.journal.stops[who] = time.time()
        self._send(who, after_stop=True)

    # --- hands -------------------------------------------------------------------------------------------------------

    def _program(self, chance):
        for _ in range(chance.choice((1, 1, 1, 3))):
            self._send(self._person(), later_s=chance.choice((0, 0, 0, 0, 2)))

    def _someone(self, chance):
        who = self._person()
        if chance.random() < 0.15:
            self._stop(who)
        else:
            self._text(who, f"question {who}")

    def _hand(self, deed, chance):
        while not self._over.wait(PACE_S):
            deed(chance)

    def _guarded(self, deed, chance):
        try:
            self._hand(deed, chance)
        except BaseException as e:                          # told at the end
            self.error = e

    def __enter__(self):
        self.error = None
        self._over.clear()
        deeds = [self._program] * SENDERS + [self._someone] * TEXTERS
        self._threads = [threading.Thread(target=self._guarded, daemon=True,
                                          args=(deed, random.Random(f"{self.seed} {self.scope} hand {i}")))
                         for i, deed in enumerate(deeds)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join(GIVE_UP_S + 30)
        if self.error:
            raise self.error
