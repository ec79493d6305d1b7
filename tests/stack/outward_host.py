"""A host that connects outward, played by the test: its link, in front of a container's port.

Names, keys and signatures are made here with the standard library, not with the code under test.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Self

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import CloseCode
from websockets.sync.client import ClientConnection, connect

from tests.stack.fake_container import signature_of


def derived(root: str, label: str) -> str:
    """Return the text of a key (HKDF with SHA-256, RFC 5869, one block)."""
    extracted = hmac.new(bytes(32), root.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, label.encode() + b"\x01", hashlib.sha256).hexdigest()


@dataclass(slots=True, kw_only=True)
class OutwardHost:
    """The link of the host *name* of the engine's container *engine*; *inside* answers its calls.

    *answered*: path and status of each call. *deaf*: calls are read and not answered.
    """

    orchestrator_url: str
    root: str
    engine: str
    name: str
    inside: str
    deaf: bool = False
    answered: list[tuple[str, int]] = field(default_factory=list)
    closed_with: int | None = None
    _socket: ClientConnection | None = None
    _is_cut: bool = False

    @property
    def key(self) -> str:
        return derived(self.root, f"host/{self.engine}@{self.name}/1")

    def target(self, **changes: str) -> str:
        """Return path and query of a handshake, with some of its values changed."""
        ts = str(int(time.time() * 1000))
        given = {"engine": self.engine, "name": self.name, "ts": ts, "nonce": token_hex(16)}
        it = {**given, **changes}
        return f"/hosts/{it['engine']}/{it['name']}?ts={it['ts']}&nonce={it['nonce']}"

    def open(self, target: str, key: str) -> AbstractContextManager[ClientConnection]:
        """Return the connection, to be entered; that raises InvalidStatus."""
        url = self.orchestrator_url.replace("http", "ws", 1) + target
        signature = signature_of(f"GET {target}".encode(), key)
        headers = {"x-signature": signature}
        # Without the library's own pings: they draw random numbers amid tests that must not.
        return connect(
            url,
            additional_headers=headers,
            proxy=None,
            ping_interval=None,
            max_size=8 << 20,
            close_timeout=0.1,
        )

    def refusal(self, target: str, key: str) -> tuple[int, dict[str, Any]]:
        """Return how a handshake is refused."""
        try:
            with self.open(target, key):
                pass
        except InvalidStatus as error:
            return error.response.status_code, json.loads(error.response.body or b"{}")
        raise AssertionError("It was let in.")

    def __enter__(self) -> Self:
        self.reconnect()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def reconnect(self) -> None:
        """Connect, in place of a connection that may still be there."""
        self._socket = self.open(self.target(), self.key).__enter__()
        self.closed_with, self._is_cut = None, False
        threading.Thread(target=self._serve, args=(self._socket,), daemon=True).start()

    def cut(self) -> None:
        """Lose the connection, without a word, until `reconnect`."""
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.socket.shutdown(2)

    def ping(self) -> None:
        """Have the runtime answer, which wakes nothing."""
        assert self._socket is not None
        self._socket.send("ping")

    def _serve(self, socket: ClientConnection) -> None:
        with httpx.Client(base_url=self.inside, trust_env=False, timeout=30) as http:
            try:
                while True:
                    frame = str(socket.recv())
                    if frame == "pong":
                        self.answered.append(("pong", 200))
                    elif not self.deaf:
                        self._answer(socket, json.loads(frame), http)
            except (ConnectionClosed, OSError):
                if socket is self._socket:
                    self._is_lost(socket.close_code)

    def _is_lost(self, code: int | None) -> None:
        """Come back, as a host does, when it was the Workers that have crashed."""
        self.closed_with = code
        while not self._is_cut and self.closed_with == CloseCode.ABNORMAL_CLOSURE:
            with suppress(OSError, InvalidHandshake):
                self.reconnect()
                return
            time.sleep(0.2)

    def _answer(self, socket: ClientConnection, call: dict[str, Any], http: httpx.Client) -> None:
        body = call["body"] and call["body"].encode()
        made = http.request(call["method"], call["path"], headers=call["headers"], content=body)
        self.answered.append((call["path"].partition("?")[0], made.status_code))
        said = {"id": call["id"], "status": made.status_code, "body": made.text, "more": False}
        kept = {"content-type": made.headers.get("content-type", "text/plain")}
        socket.send(json.dumps({**said, "headers": kept}))
