"""The simulator from outside: its control routes, and Plivo's REST paths by plain HTTP."""
import contextlib
import random
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import requests

from .wait import slowed

TIMEOUT_S = slowed(30)


class Plivo:
    def __init__(self, address, auth_id, token, number):
        self.address, self.auth_id, self.token, self.number = address, auth_id, token, number
        self.session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=128)
        self.session.mount("http://", adapter)

    # --- control -------------------------------------------------------------------------------------------------

    def _control(self, method, path, body=None, wanted=200):
        answer = self.session.request(method, self.address + path, json=body, timeout=TIMEOUT_S)
        assert answer.status_code == wanted, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def inbound(self, from_, text=None, to=None, media=None, **more):
        """A person's text: {message_uuid, webhook_status (0: no answer), webhook_body, elapsed_ms} of Plivo's first try."""
        body = {"from": from_, "to": to, "text": text, "media": media, **more}
        return self._control("POST", "/sim/inbound", {key: value for key, value in body.items() if value is not None})

    def phone(self, number):
        """What stands on a person's phone, oldest first: [{direction, from, to, text, media, at, message_uuid, by}]."""
        return self._control("GET", f"/sim/phones/{quote(number)}/messages")

    def received(self, number):
        """The texts that the phone got, oldest first."""
        return [message["text"] for message in self.phone(number) if message["by"] != "phone"]

    def messages(self):
        """Every send that Plivo accepted, in order."""
        return self._control("GET", "/sim/messages")

    def received_texts(self):
        """Every text of a person, in order, with is_acked: whether its webhook got a 2xx."""
        return self._control("GET", "/sim/received")

    def faults(self, **faults):
        """Exactly these faults from now on."""
        return self._control("PUT", "/sim/faults", faults)

    def clear_faults(self):
        return self._control("DELETE", "/sim/faults")

    def powerpack(self, uuid, numbers, **how):
        """A Powerpack of these numbers; how: sticky_sender, local_connect."""
        return self._control("PUT", f"/sim/powerpacks/{uuid}", {"numbers": numbers, **how})

    def reset(self):
        return self._control("POST", "/sim/reset")

    def health(self):
        """{status, messages, waiting (in the numbers' queues), calls (webhooks on their way)}"""
        return self._control("GET", "/sim/health")

    def texts(self, n, during=None, parallel=16, seed=0, text="text"):
        """n texts of n people, sent by `parallel` hands, while the context `during` is entered.

        Returns the uuids of those that got a 2xx at the first try. Each text is unique: "text 0", "text 1", …
        """
        chance = random.Random(seed)
        people = [f"+1555{chance.randrange(10 ** 4, 10 ** 5)}{i:02d}" if n <= 100 else f"+1556{i:07d}" for i in range(n)]

        def one(i):
            answer = self.inbound(people[i], f"{text} {i}")
            return answer["message_uuid"] if 200 <= answer["webhook_status"] < 300 else None

        with during or contextlib.nullcontext(), ThreadPoolExecutor(parallel) as pool:
            return {uuid for uuid in pool.map(one, range(n)) if uuid}

    # --- Plivo's REST API ----------------------------------------------------------------------------------------

    def rest(self, method, path, body=None, auth=None, **options):
        """path: behind /v1/Account/{auth_id}/, as "Message/". Returns the response, whatever it is."""
        url = f"{self.address}/v1/Account/{self.auth_id}/{path}"
        return self.session.request(method, url, json=body, auth=auth or (self.auth_id, self.token), timeout=TIMEOUT_S,
                                    **options)

    def send(self, dst, text, src=None, **more):
        return self.rest("POST", "Message/", {"src": src or self.number, "dst": dst, "text": text, **more})
