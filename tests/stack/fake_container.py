"""Three container hosts in the test's process: they keep what they are asked and answer as told.

They speak the contract of containers written for the earlier system: callbacks have only the fields
that those send, and go to the URL they were given. Signatures are made here with the standard
library, not with the code under test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import httpx

NAMES = ("burner", "remotion", "downloader")
WAIT_S = 60.0  # Generous: a condition that is met ends the wait at once.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""One pixel: what every preview looks like."""
_NONCES = itertools.count(1)

# What each container writes: the payload's fields of URL and key, and the agreed content type.
OUTPUTS = {
    "burner-ffmpeg": {"video": ("outputPutUrl", "outputVideoKey", "video/mp4")},
    "renderer-remotion": {"video": ("outputPutUrl", "outputVideoKey", "video/mp4")},
    "media-downloader": {
        "video": ("outputVideoPutUrl", "outputVideoKey", "video/mp4"),
        "audio": ("outputAudioPutUrl", "outputAudioKey", "audio/wav"),
        "audioSource": (
            "outputAudioSourcePutUrl",
            "outputAudioSourceKey",
            "audio/x-matroska",
        ),
        "metadata": ("outputMetadataPutUrl", "outputMetadataKey", "application/json"),
    },
}


def signature_of(message: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@dataclass(slots=True, kw_only=True)
class Render:
    """One call of `/render`, and what its container can do with it."""

    container: str
    payload: dict[str, Any]
    signed: bool
    secret: str
    http: httpx.Client
    request_id: str | None = None

    @property
    def job_id(self) -> str:
        return str(self.payload["jobId"])

    @property
    def attempt(self) -> int:
        return int(self.payload["attempt"])

    def message(self, status: str, **more: object) -> bytes:
        """Return the bytes of a new callback."""
        document = {
            "status": status,
            "jobId": self.job_id,
            "ts": int(time.time() * 1000),
            "nonce": f"container-nonce-{next(_NONCES)}",
            **more,
        }
        return json.dumps(document).encode()

    def post(self, body: bytes, secret: str | None = None) -> httpx.Response:
        """Post a callback's bytes."""
        headers = {
            "content-type": "application/json",
            "x-signature": signature_of(body, secret or self.secret),
        }
        return self.http.post(self.payload["callbackUrl"], content=body, headers=headers)

    def report(self, status: str, **more: object) -> httpx.Response:
        """Post a new callback."""
        return self.post(self.message(status, **more))

    def upload(self, slot: str = "video", body: bytes = b"the video") -> dict[str, object]:
        """PUT an output; return what a callback says of it."""
        url, key, content_type = OUTPUTS[self.payload["engine"]][slot]
        headers = {"content-type": content_type, "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
        answer = self.http.put(self.payload[url], content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return {
            "key": self.payload[key],
            "sizeBytes": len(body),
            "contentType": content_type,
            "sha256": hashlib.sha256(body).hexdigest(),
        }

    def finish(self, body: bytes = b"the video") -> httpx.Response:
        """Upload every required output and report completion."""
        outputs = {"video": self.upload("video", body)}
        if self.payload["engine"] == "media-downloader":
            outputs["metadata"] = self.upload("metadata", b"{}")
        return self.report("completed", outputs=outputs)


Rule = Callable[[Render], int]


@dataclass(slots=True)
class FakeContainers:
    """The hosts. *rules* answer a media's `/render` calls, which are else 202.

    *secret* may be a list, as a container's setting: any is accepted, the first one signs.
    *refused* are the bodies that none of them has signed; they are answered with 401.
    Those in *down* answer like a proxy without its container.
    """

    secret: str = ""
    refused: list[dict[str, Any]] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    renders: list[Render] = field(default_factory=list)
    cancels: list[dict[str, Any]] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30.0))
    _servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = field(default_factory=list)

    def __enter__(self) -> Self:
        for name in NAMES:
            server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self, name))
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            self._servers.append((server, thread))
            self.urls[name] = f"http://127.0.0.1:{server.server_address[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for server, thread in self._servers:
            server.shutdown()
            server.server_close()
            thread.join()
        self.http.close()

    def renders_of(self, job_id: str) -> list[Render]:
        """Return the `/render` calls of a job so far."""
        with self.changed:
            return [render for render in self.renders if render.job_id == job_id]

    def render(self, job_id: str, attempt: int = 1) -> Render:
        """Wait for the `/render` call of an attempt."""

        def called() -> Render | None:
            found = (r for r in self.renders if r.job_id == job_id and r.attempt == attempt)
            return next(found, None)

        with self.changed:
            found = self.changed.wait_for(called, WAIT_S)
        assert found is not None, f"no /render of {job_id}, attempt {attempt}"
        return found

    def wait_for_cancel(self, job_id: str, within_s: float = WAIT_S) -> dict[str, Any]:
        """Wait until a container is told to cancel *job_id*; return the message."""

        def called() -> dict[str, Any] | None:
            return next((c for c in self.cancels if c["jobId"] == job_id), None)

        with self.changed:
            found = self.changed.wait_for(called, within_s)
        assert found is not None, f"no container was told within {within_s} s"
        return found

    @property
    def signing_secret(self) -> str:
        """The secret that signs."""
        return self.secret.partition(",")[0]

    def accepts(self, body: bytes, signature: str | None) -> bool:
        """Whether one of the secrets has signed *body*; what none has is kept in *refused*."""
        if any(signature == signature_of(body, secret) for secret in self.secret.split(",")):
            return True
        self.refused.append(json.loads(body))
        return False

    def take_render(self, container: str, body: bytes, headers: Message) -> int:
        """Keep a `/render` call and return the status of its answer."""
        payload = json.loads(body)
        signed = self.accepts(body, headers["x-signature"])
        render = Render(
            container=container,
            payload=payload,
            signed=signed,
            secret=self.signing_secret,
            http=self.http,
            request_id=headers["x-request-id"],
        )
        with self.changed:
            self.renders.append(render)
            self.changed.notify_all()
            rule = self.rules.get(payload["mediaId"])
        if not signed:
            return 401
        return 202 if rule is None else rule(render)

    def take_cancel(self, body: bytes, signature: str | None) -> int:
        """Keep a cancellation and return the status of its answer."""
        signed = self.accepts(body, signature)
        with self.changed:
            self.cancels.append(json.loads(body))
            self.changed.notify_all()
        return 200 if signed else 401


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, containers: FakeContainers, name: str, *given: Any) -> None:
        self.containers = containers
        self.name = name
        super().__init__(*given)

    def do_GET(self) -> None:
        """Answer /health as a container with room for all of a test's jobs."""
        if self.name in self.containers.down:
            self._send(503, b"{}")
        else:
            self._send(200, b'{"ok":true,"capacity":500}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/preview":
            return self._send(200, PNG, "image/png")
        if self.path == "/render":
            return self._answer(self.containers.take_render(self.name, body, self.headers))
        return self._answer(self.containers.take_cancel(body, self.headers["x-signature"]))

    def _answer(self, status: int) -> None:
        self._send(status, b'{"ok":true}')

    def _send(self, status: int, document: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        if status == 503:
            self.send_header("retry-after", "1")
        self.send_header("content-length", str(len(document)))
        self.end_headers()
        self.wfile.write(document)

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the test's output clean."""
