"""A web server of the test's own: it keeps every request as it came and answers what the test says."""
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from .wait import eventually


@dataclass
class Caught:
    method: str
    path: str                                   # with the query, as on the request line
    headers: object
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def params(self):
        """The form of a POST, the query of a GET; of a repeated name the last value."""
        text = self.body.decode() if self.method == "POST" else self.path.partition("?")[2]
        return dict(parse_qsl(text, keep_blank_values=True))


class Catcher:
    """`answer`: (status, content type, body), or a function of Caught that returns one; None closes without an answer."""

    def __init__(self, answer=(200, "application/xml", "<Response></Response>"), port=0):
        self.answer = answer
        self.caught = []
        catcher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                caught = Caught(self.command, self.path, self.headers, body)
                catcher.caught.append(caught)           # list.append is atomic
                answer = catcher.answer(caught) if callable(catcher.answer) else catcher.answer
                if answer is None:
                    self.close_connection = True
                    return
                status, content_type, text = answer
                payload = text.encode() if isinstance(text, str) else text
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PUT = do_DELETE = _serve

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request, client_address):
                pass                                    # the peer went away: its own business

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def wait_for(self, n, timeout=10.0, where=None):
        """The first n requests for which where(caught) holds, once they are there."""
        def enough():
            found = [caught for caught in list(self.caught) if where is None or where(caught)]
            assert len(found) >= n, f"{len(found)} of {n} requests came: {[(c.method, c.path, c.body[:300]) for c in self.caught]}"
            return found
        return eventually(enough, timeout)

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
