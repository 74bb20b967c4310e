"""What stands on both sides of a sender under test: a worker that speaks the bus's frames, and a Plivo made of a raw socket.

The worker is libzmq by ctypes and msgpack by hand, on purpose: nothing of the code under test vouches for itself here.
"""
import base64
import ctypes
import json
import queue
import socket
import threading
import time
import uuid

import msgpack

from harness import eventually, slowed

ZMQ_PUB, ZMQ_DEALER, ZMQ_ROUTER = 1, 5, 6
ZMQ_LINGER, ZMQ_RCVTIMEO, ZMQ_RCVMORE = 17, 27, 13
POLL_MS = 20


def reply_frame(head, body):
    """A reply is one frame: bus_frame.h."""
    return len(head).to_bytes(4, "big") + head + body


def reply_parts(frames):
    """(header, body) of a reply."""
    [frame] = frames
    n = int.from_bytes(frame[:4], "big")
    return frame[4:4 + n], frame[4 + n:]


class Zmq:
    """As much of libzmq as the doubles need."""

    def __init__(self):
        self.lib = ctypes.CDLL("libzmq.so.5", use_errno=True)
        self.lib.zmq_ctx_new.restype = ctypes.c_void_p
        self.lib.zmq_socket.restype = ctypes.c_void_p
        self.lib.zmq_socket.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self.lib.zmq_setsockopt.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
        self.lib.zmq_getsockopt.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
        self.lib.zmq_send.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
        self.lib.zmq_recv.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        for name in ("zmq_bind", "zmq_connect"):
            getattr(self.lib, name).argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        self.lib.zmq_close.argtypes = [ctypes.c_void_p]
        self.lib.zmq_ctx_term.argtypes = [ctypes.c_void_p]
        self.context = self.lib.zmq_ctx_new()
        self.buffer = ctypes.create_string_buffer(4 * 1024 * 1024)

    def socket(self, kind, endpoint, bind):
        s = self.lib.zmq_socket(self.context, kind)
        for option, value in ((ZMQ_LINGER, 0), (ZMQ_RCVTIMEO, POLL_MS)):
            number = ctypes.c_int(value)
            self.lib.zmq_setsockopt(s, option, ctypes.byref(number), ctypes.sizeof(number))
        done = (self.lib.zmq_bind if bind else self.lib.zmq_connect)(s, endpoint.encode())
        assert done == 0, f"{endpoint}: errno {ctypes.get_errno()}"
        return s

    def send(self, s, frames):
        for i, frame in enumerate(frames):
            self.lib.zmq_send(s, frame, len(frame), 2 if i + 1 < len(frames) else 0)    # 2: ZMQ_SNDMORE

    def receive(self, s):
        """The frames of one message, or None when none came within POLL_MS."""
        frames = []
        while True:
            n = self.lib.zmq_recv(s, self.buffer, len(self.buffer), 0)
            if n < 0:
                return None
            frames.append(self.buffer.raw[:n])
            more, size = ctypes.c_int(), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
            self.lib.zmq_getsockopt(s, ZMQ_RCVMORE, ctypes.byref(more), ctypes.byref(size))
            if not more.value:
                return frames

    def close(self, *sockets):
        for s in sockets:
            self.lib.zmq_close(s)


class FakeWorker:
    """Grants what is queued, keeps what it is told. `deaf` names operations that get no answer."""

    def __init__(self, run_dir):
        run_dir.mkdir(parents=True, exist_ok=True)
        self.worker_endpoint = f"ipc://{run_dir}/worker.sock"
        self.events_endpoint = f"ipc://{run_dir}/events.sock"
        self.epoch = 7
        self.queued, self.grants = [], {}       # grants: number → sends, as the real one answers a repeated number
        self.regrants = False                   # whether what is handed back is granted again, as the real one does
        self.outcomes, self.reports, self.settles, self.hellos, self.requests = [], [], [], [], []
        self.unsettled = {}
        self.refuse = {}                        # operation → (error, field)
        self.deaf = set()
        self.delay_answers_s = 0
        self.lock = threading.RLock()
        self.over = threading.Event()
        self.wakes = queue.Queue()
        self.ready = threading.Event()
        self.failure = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.ready.wait(5), self.failure

    # --- the test's side ---

    def queue(self, n=1, to="+15550100001", **more):
        """Queues n sends and wakes the sender; their message ids."""
        sends = []
        for _ in range(n):
            message = uuid.uuid4().bytes
            sends.append({"tenant": 1, "message": message, "attempt": 1, "class": "transactional", "from": "+15550100000", "to": to,
                          "text": "hello", "segments": 1, "expiry_s": 600,
                          "callback_path": f"/plivo/status/1/1/{uuid.UUID(bytes=message)}/1?t={'0' * 32}", **more})
        with self.lock:
            self.queued += sends
        self.wakes.put(True)
        return [send["message"] for send in sends]

    def outcome_of(self, message, timeout=10):
        def found():
            with self.lock:
                return [o for o in self.outcomes if o["message"] == message]
        return eventually(found, timeout, "the outcome of a message")[0]

    def close(self):
        self.over.set()
        self.thread.join(5)
        assert self.failure is None, self.failure

    # --- the sender's side ---

    def _run(self):
        try:
            zmq = Zmq()
            router = zmq.socket(ZMQ_ROUTER, self.worker_endpoint, bind=True)
            pub = zmq.socket(ZMQ_PUB, self.events_endpoint, bind=True)
            self.ready.set()
            while not self.over.is_set():
                frames = zmq.receive(router)
                if frames:
                    self._serve(zmq, router, *frames)
                while not self.wakes.empty():
                    self.wakes.get()
                    zmq.send(pub, [msgpack.packb({"type": "wake"})])
            zmq.close(router, pub)
        except BaseException as e:              # told where the test can see it
            self.failure = e

    def _serve(self, zmq, router, peer, head, body):
        head, body = msgpack.unpackb(head), msgpack.unpackb(body)
        operation, reply = head["operation"], {"version": 1, "request_id": head["request_id"]}
        if operation in self.deaf:
            return
        answer = {}
        if operation in self.refuse:
            error, field = self.refuse[operation]
            reply |= {"error": error, "field": field, "text": "refused by the double"}
        elif operation != "ping":
            with self.lock:
                self.requests.append((time.monotonic(), operation, body))
                answer = getattr(self, "_" + operation)(body)
        if operation == "grant" and self.delay_answers_s:
            time.sleep(self.delay_answers_s)    # the fault under test: an answer that is late
        zmq.send(router, [peer, reply_frame(msgpack.packb(reply), msgpack.packb(answer))])

    def _hello(self, body):
        self.hellos.append(body)
        self.epoch += 1
        self.grants = {}
        return {"epoch": self.epoch, "generation": 1}

    def _grant(self, body):
        number = body["number"]
        assert number <= len(self.grants) + 1, f"grant {number} after {len(self.grants)}: a number was left out"
        if number not in self.grants:
            n = body.get("max", 0)
            self.grants[number], self.queued = self.queued[:n], self.queued[n:]
        answer = {"number": number, "sends": self.grants[number]}
        if self.queued:
            answer["next_in_ms"] = 0
        return answer

    def _outcome(self, body):
        self.outcomes += body["outcomes"]
        if self.regrants:
            granted = {send["message"]: send for sends in self.grants.values() for send in sends}
            back = [granted[o["message"]] for o in body["outcomes"] if o["outcome"] == "handed_back"]
            self.queued += [{**send, "attempt": send["attempt"] + 1} for send in back]
        return {"answers": [{"result": "committed"} for _ in body["outcomes"]]}

    def _report(self, body):
        self.reports += body["reports"]
        return {"answers": [{"result": "committed"} for _ in body["reports"]]}

    def _erased(self, body):
        return {"answers": [{"is_erased": False} for _ in body["asks"]]}

    def _unsettled(self, _):
        return self.unsettled

    def _settle(self, body):
        self.settles.append(body)
        self.unsettled = {}
        return {}


class Ingress:
    """The asking side of raw_report."""

    def __init__(self, run_dir):
        self.zmq = Zmq()
        self.socket = self.zmq.socket(ZMQ_DEALER, f"ipc://{run_dir}/sender.sock", bind=False)
        self.number = 0

    def report(self, *reports, timeout=10):
        """(reply header, answers)."""
        self.number += 1
        head = {"version": 1, "operation": "raw_report", "request_id": self.number}
        self.zmq.send(self.socket, [msgpack.packb(head), msgpack.packb({"reports": list(reports)})])
        deadline = time.monotonic() + slowed(timeout)
        while time.monotonic() < deadline:
            frames = self.zmq.receive(self.socket)
            if frames:
                head, body = reply_parts(frames)
                reply = msgpack.unpackb(head)
                assert reply["request_id"] == self.number
                return reply, msgpack.unpackb(body).get("answers", [])
        raise AssertionError("the sender did not answer a report")

    def close(self):
        self.zmq.close(self.socket)


ACCEPT, DROP, SILENT, CUT = "accept", "drop", "silent", "cut"


def accepted():
    return 202, {"message": "message(s) queued", "message_uuid": [str(uuid.uuid4())], "api_id": "x"}


class FakePlivo:
    """A raw socket that answers HTTP as it is told: behave(request) returns a status and body, or one of the words above.

        ACCEPT: 202 with a fresh uuid · DROP: reads the request, then closes · SILENT: reads and never answers ·
        CUT: answers 202, and cuts the connection when the next request has come on it
    """

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.requests = []                      # {"method", "path", "headers", "json", "connection", "at"}
        self.connections = []
        self.behave = lambda request: ACCEPT
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def posts(self):
        with self.lock:
            return [r for r in self.requests if r["method"] == "POST"]

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)    # wakes accept(), which would otherwise keep the port open
        except OSError:
            pass                                        # closed before
        self.listener.close()
        for connection in self.connections:
            connection.close()

    def _listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection, len(self.connections)), daemon=True).start()

    def _read(self, connection, data):
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return None, b""
            data += piece
        head, _, data = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        while len(data) < length:
            data += connection.recv(65536)
        method, path, _ = lines[0].split(" ")
        return {"method": method, "path": path, "headers": headers, "at": time.monotonic(),
                "json": json.loads(data[:length]) if length else None}, data[length:]

    def _serve(self, connection, number):
        data, is_cut_next = b"", False
        try:
            while True:
                request, data = self._read(connection, data)
                if request is None:
                    return
                request["connection"] = number
                with self.lock:
                    self.requests.append(request)
                if is_cut_next:
                    # RST and not FIN: as a middlebox does that has forgotten the connection
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    connection.close()
                    return
                told = self.behave(request)
                if told == DROP:
                    connection.close()
                    return
                if told == SILENT:
                    continue
                is_cut_next = told == CUT
                status, body, *more = accepted() if told in (ACCEPT, CUT) else told
                payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                headers = {"Content-Type": "application/json", "Content-Length": str(len(payload)), **(more[0] if more else {})}
                lines = [f"HTTP/1.1 {status} X", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
                connection.sendall("\r\n".join(lines).encode() + payload)
        except OSError:
            return                              # the test, or the sender, has closed it


def basic(auth_id, token):
    return "Basic " + base64.b64encode(f"{auth_id}:{token}".encode()).decode()
