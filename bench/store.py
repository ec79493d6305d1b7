"""A store on loopback for one engine: it serves files, takes what is PUT, and hears the reports."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WAIT_S = 3600
CHUNK_BYTES = 1 << 20


@dataclass(slots=True)
class Store:
    """*files* by name, read while they are served. Nothing that is PUT is kept."""

    files: dict[str, Path]
    origin: str = ""
    ends: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)  # JSON, as it came.
    heard: threading.Condition = field(default_factory=threading.Condition)

    def url(self, name: str) -> str:
        """Return the address of a file, of an object to PUT, or of a report."""
        return f"{self.origin}/{name}"

    def wait_for_end(self, job_id: str) -> float:
        """Wait for the job's last report; return when it came, in Unix time.

        Raises RuntimeError when it is not that the job is completed.
        """
        with self.heard:
            if not self.heard.wait_for(lambda: job_id in self.ends, WAIT_S):
                raise RuntimeError(f"{job_id} did not end")
        at, report = self.ends[job_id]
        if report["status"] != "completed":
            raise RuntimeError(f"{job_id} ended: {report}")
        return at


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, world: Store, *given: Any) -> None:
        self._world = world
        super().__init__(*given)

    def setup(self) -> None:
        super().setup()
        # Head and body are two writes: else the second waits for the first to be acknowledged.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        """Serve a file as a whole."""
        path = self._world.files[self.path.lstrip("/")]
        size = path.stat().st_size
        self._answer(size)
        with path.open("rb") as file:
            sent = 0
            while sent < size:
                sent += os.sendfile(self.connection.fileno(), file.fileno(), sent, CHUNK_BYTES)

    def do_PUT(self) -> None:
        """Read and forget."""
        self._read()
        self._answer(0)

    def do_POST(self) -> None:
        """Take a report."""
        now = time.time()
        report = json.loads(self._read())
        if report["status"] in ("completed", "failed", "canceled"):
            with self._world.heard:
                self._world.ends[report["jobId"]] = (now, report)
                self._world.heard.notify_all()
        self._answer(0)

    def _read(self) -> bytes:
        left, kept = int(self.headers["content-length"]), b""
        while left > 0:
            chunk = self.rfile.read(min(left, CHUNK_BYTES))
            left -= len(chunk)
            kept = chunk
        return kept

    def _answer(self, size: int) -> None:
        self.send_response(200)
        self.send_header("content-length", str(size))
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the table clean."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: yt-dlp hangs up once it has seen what a file begins with."""


@contextmanager
def store(files: dict[str, Path]) -> Iterator[Store]:
    """Serve *files* on a free port of loopback."""
    world = Store(files=files)
    server = _Server(("127.0.0.1", 0), partial(_Handler, world))
    world.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
