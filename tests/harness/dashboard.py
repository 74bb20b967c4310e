"""A dashboard's event stream through thick and thin: it comes back by itself, with the last number that it saw."""
import threading
import time

import requests


class Dashboard:
    """What a browser does: keeps the stream, comes back with the last number it saw, and remembers what it was told."""

    def __init__(self, api, last=None):
        self.api, self.last = api, last
        self.events = []
        self.resets = 0
        self.connects = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._over.is_set():
            try:
                with self.api.events(self.last) as stream:
                    self.connects += 1
                    self._follow(stream)
            except (AssertionError, requests.RequestException):
                time.sleep(0.05)                            # retry: a browser would wait its two seconds

    def _follow(self, stream):
        while not self._over.is_set():
            try:
                event = stream.next(timeout=0.2)
            except AssertionError as e:
                if "no event" in str(e):                    # a quiet moment, not the end
                    continue
                raise
            if event.type == "reset":
                self.resets += 1
            elif event.data is not None:
                self.events.append(event)
            self.last = event.id

    def numbers(self):
        return [event.id for event in list(self.events)]

    def close(self):
        self._over.set()
        self._thread.join(10)
