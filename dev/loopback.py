"""Servers on loopback: for whoever plays a container, an app or a site in its own process."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOTHING: Mapping[str, str] = {}


class Handler(BaseHTTPRequestHandler):
    """A request, its body read and its answer sent at once."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        # Head and body are two writes: else the second waits for the first to be acknowledged.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def body(self) -> bytes:
        """Return what came with the request."""
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] = NOTHING) -> None:
        """Answer. A caller that goes before it has read everything is no fault."""
        self.begin(status, len(body), headers)
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def begin(self, status: int, size_bytes: int, headers: Mapping[str, str] = NOTHING) -> None:
        """Send the head of an answer of *size_bytes*."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(size_bytes))
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the output clean."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller that hangs up, or whose connection is reset."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def served(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port of this machine; yield the address."""
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
