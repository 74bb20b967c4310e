"""Webhooks straight at ingress, without the simulator: for tests that need every byte in their own hands."""
import uuid
from urllib.parse import urlencode

import requests

from .signing import signature_headers
from .wait import slowed

TIMEOUT_S = slowed(20)


def _plivo_number(number):
    return number.removeprefix("+")


class Webhooks:
    """Signs for `public_url` and sends to `address` (where ingress really listens)."""

    def __init__(self, address, public_url, token, number):
        self.address, self.public_url, self.token, self.number = address, public_url, token, number
        self.session = requests.Session()

    def post(self, path, params, token=None, families=("V3", "V2"), headers=None):
        """One signed form POST. `headers` replaces what was signed; an empty dict sends none."""
        if headers is None:
            headers = signature_headers("POST", self.public_url + path, token or self.token, params, families=families)
        body = urlencode(list(params.items()) if isinstance(params, dict) else params)
        return self.session.post(self.address + path, data=body, timeout=TIMEOUT_S,
                                 headers={"Content-Type": "application/x-www-form-urlencoded", **headers})

    def get(self, path, params, token=None, families=("V3", "V2"), headers=None):
        target = path + "?" + urlencode(params)
        if headers is None:
            headers = signature_headers("GET", self.public_url + target, token or self.token, families=families)
        return self.session.get(self.address + target, headers=headers, timeout=TIMEOUT_S)

    def inbound_params(self, from_, text, message_uuid=None, **more):
        return {"From": _plivo_number(from_), "To": _plivo_number(self.number), "Text": text, "Type": "sms",
                "MessageUUID": message_uuid or str(uuid.uuid4()), "Units": "1", "TotalRate": "0.00000",
                "TotalAmount": "0.00000", "MessageIntent": "", "PowerpackUUID": "", **more}

    def inbound(self, from_, text, message_uuid=None, **more):
        return self.post("/plivo/inbound", self.inbound_params(from_, text, message_uuid, **more))

    def status(self, message_uuid, status, sequence=1, path="/plivo/status", to="+15550100123", **more):
        return self.post(path, {"MessageUUID": message_uuid, "ParentMessageUUID": message_uuid,
                                "From": _plivo_number(self.number), "To": _plivo_number(to), "Type": "sms",
                                "Status": status, "Sequence": str(sequence), "Units": "1", "TotalRate": "0.00550",
                                "TotalAmount": "0.00550", "ErrorCode": "", "PartInfo": "1 of 1", **more})
