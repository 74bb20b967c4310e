"""What every test in Python stands on: real processes from build/bin, clients for their ports, and waiting for facts.

    from harness import Api, Parley, Plivo, eventually, sign_v3

Most tests only take the fixtures of conftest.py: `parley` (the whole system, running), `plivo` (the simulator's control
routes), `api`, `seed`. A test that wants other processes or variables marks itself:

    @pytest.mark.parley("worker", "ingress", "sim", ACK_BUDGET_MS=20)

or takes the fixture `start_parley` and calls it. PARLEY_BIN names another folder of binaries than build/bin.
"""
from .api import Api, Stream
from .catcher import Catcher
from .dashboard import Dashboard
from .plivo import Plivo
from .processes import Parley, free_port
from .signing import sign_v2, sign_v3, signature_headers
from .wait import eventually, slowed
from .webhooks import Webhooks

__all__ = ["Api", "Catcher", "Dashboard", "Parley", "Plivo", "Stream", "Webhooks", "eventually", "free_port", "sign_v2",
           "sign_v3", "signature_headers", "slowed"]
