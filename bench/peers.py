"""The parts that are not measured: a container and an app that answer at once.

They run in the process of the benchmark, so none of their work is counted.
"""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

TIMEOUT_S = 60.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """workerd resets its kept connections when it ends."""


class BenchPeers:
    """Answers as container and as app on one port; keeps what it was asked.

    A container's `POST /render` is 202 and its `POST /jobs/:id/cancel` 200; the app's
    `POST /api/render/cf-callback` is 200. While it is *held*, the container takes requests and
    does not answer, so that a start can be measured up to there. Use it as a context manager.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._renders: dict[str, dict[str, Any]] = {}
        self._told: Counter[str] = Counter()
        self._completed: set[str] = set()
        self._answering = threading.Event()
        self._answering.set()
        peers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                document = b'{"ok":true,"capacity":1000000}'
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = peers._take(self.path, json.loads(body))
                peers._answering.wait(TIMEOUT_S)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", "11")
                self.end_headers()
                self.wfile.write(b'{"ok":true}')

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "BenchPeers":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def hold(self) -> None:
        """Answer nothing until `release`."""
        self._answering.clear()

    def release(self) -> None:
        """Answer what was held, and all that follows."""
        self._answering.set()

    def render(self, job_id: str) -> dict[str, Any]:
        """Return the `/render` request of *job_id*, as soon as it has come."""
        with self._changed:
            self._wait(lambda: job_id in self._renders, f"no /render for {job_id}")
            return self._renders[job_id]

    def wait_told(self, job_ids: list[str], events: int) -> None:
        """Return when at least *events* events of each job have reached the app."""
        with self._changed:
            self._wait(
                lambda: all(self._told[job_id] >= events for job_id in job_ids),
                f"the app was not told {events} times of each job",
            )

    def wait_completed(self, job_id: str) -> None:
        """Return when the app knows that *job_id* is completed."""
        with self._changed:
            self._wait(lambda: job_id in self._completed, f"{job_id} is not completed")

    def _wait(self, done: Any, problem: str) -> None:
        if not self._changed.wait_for(done, TIMEOUT_S):
            raise TimeoutError(problem)

    def _take(self, path: str, body: dict[str, Any]) -> int:
        with self._changed:
            status = 200
            if path == "/render":
                self._renders[body["jobId"]] = body
                status = 202
            elif path == "/api/render/cf-callback":
                self._told[body["jobId"]] += 1
                if body["status"] == "completed":
                    self._completed.add(body["jobId"])
            self._changed.notify_all()
            return status
