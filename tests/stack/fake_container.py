"""Container hosts in the test's process: they keep what they are asked and answer as told.

They know as little as the containers of 0.1: callbacks have only the fields that those of the
earlier system send, and go to the URL they were given. Signatures are made here with the standard
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
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import Message
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import httpx

from dev.loopback import Handler, served
from media_jobs.engines import ENGINES

if TYPE_CHECKING:
    from tests.stack.earlier_containers import EarlierContainers
    from tests.stack.outward_host import OutwardHost

NAMES = tuple(engine.name for engine in ENGINES.values())
SEVERAL = {"remotion": 3}
"""Engines with several hosts, which are called `remotion-1` and so on."""

WAIT_S = 120.0  # Generous: a condition that is met ends the wait at once.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""One pixel: what every preview looks like."""
JSON = {"content-type": "application/json"}
_NONCES = itertools.count(1)

OUTPUTS = {
    "video": ("outputVideoKey", "video/mp4"),
    "metadata": ("outputMetadataKey", "application/json"),
    "subtitles": ("outputSubtitlesKey", "text/vtt"),
    "translation": ("outputTranslationKey", "application/json"),
    "words": ("outputWordsKey", "application/json"),
}
"""What containers write: the payload's field of the key, and the agreed content type."""


def signature_of(message: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@dataclass(slots=True, kw_only=True)
class Render:
    """One call of `/render`, and what its container can do with it."""

    container: str
    host: str
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
        key, content_type = OUTPUTS[slot]
        # The engines with one output have a field of their own for its URL.
        url = "outputPutUrl" if "outputPutUrl" in self.payload else key.replace("Key", "PutUrl")
        headers = {"content-type": content_type, "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
        answer = self.http.put(self.payload[url], content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return {
            "key": self.payload[key],
            "sizeBytes": len(body),
            "contentType": content_type,
            "sha256": hashlib.sha256(body).hexdigest(),
        }

    def outputs(self, body: bytes = b"the video") -> dict[str, dict[str, object]]:
        """Upload every required output, of a transcript the cues; return what a callback says."""
        if self.payload["engine"] == "asr-pipeline":
            return {slot: self.upload(slot, b"{}") for slot in ("subtitles", "words", "metadata")}
        outputs = {"video": self.upload("video", body)}
        if self.payload["engine"] == "media-downloader":
            outputs["metadata"] = self.upload("metadata", b"{}")
        return outputs

    def finish(self, body: bytes = b"the video") -> httpx.Response:
        """Upload every required output and report completion."""
        return self.report("completed", outputs=self.outputs(body))


Rule = Callable[[Render], int]


@dataclass(slots=True)
class FakeContainers:
    """The hosts. *rules* answer a media's `/render` calls, which are else 202.

    *secret* may be a list, as a container's setting: any is accepted, the first one signs.
    *refused* are the bodies that none of them has signed; they are answered with 401.
    Those in *down*, engines or hosts, answer like a proxy without its container; those in
    *draining* take nothing new. *versions*: what hosts say theirs is. *canceled_on*: which host was
    told to cancel a job. *addresses*: an engine's URLs, as its setting has them. *contract*: what
    they say they speak; by default nothing, as those of 0.1. *states*: what they know of a job that
    is asked for, by its id. *earlier*: who answers in their place. *keys*: of engines whose hosts
    have one of their own. *attic*: the link of the one that connects outward.
    """

    secret: str = ""
    refused: list[dict[str, Any]] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    renders: list[Render] = field(default_factory=list)
    cancels: list[dict[str, Any]] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    draining: set[str] = field(default_factory=set)
    versions: dict[str, str] = field(default_factory=dict)
    canceled_on: dict[str, str] = field(default_factory=dict)
    contract: int | None = None
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    earlier: EarlierContainers | None = None
    keys: dict[str, str] = field(default_factory=dict)
    attic: OutwardHost | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30.0))
    _running: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self._running.enter_context(self.http)
        for name in NAMES:
            hosts = [f"{name}-{n}" for n in range(1, SEVERAL.get(name, 1) + 1)]
            urls = [self._serve(name, host) for host in hosts]
            self.urls[name], self.addresses[name] = urls[0], ", ".join(urls)
        return self

    def _serve(self, name: str, host: str) -> str:
        return self._running.enter_context(served(partial(_Handler, self, name, host)))

    def __exit__(self, *_: object) -> None:
        self._running.close()

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

    def accepts(self, body: bytes, signature: str | None, container: str = "") -> bool:
        """Whether one of the secrets has signed *body*; what none has is kept in *refused*."""
        secrets = self.keys.get(container, self.secret)
        if any(signature == signature_of(body, secret) for secret in secrets.split(",")):
            return True
        self.refused.append({"line": body.decode()} if body[:1] != b"{" else json.loads(body))
        return False

    def read_render(self, container: str, host: str, body: bytes, headers: Message) -> Render:
        """Return what a `/render` call says."""
        return Render(
            container=container,
            host=host,
            payload=json.loads(body),
            signed=self.accepts(body, headers["x-signature"], container),
            secret=self.keys.get(container, self.signing_secret),
            http=self.http,
            request_id=headers["x-request-id"],
        )

    def take_render(self, render: Render) -> int:
        """Keep a `/render` call and return the status of its answer."""
        with self.changed:
            self.renders.append(render)
            self.changed.notify_all()
            rule = self.rules.get(render.payload["mediaId"])
        if not render.signed:
            return 401
        return 202 if rule is None else rule(render)

    def take_cancel(self, name: str, host: str, body: bytes, signature: str | None) -> int:
        """Keep a cancellation and return the status of its answer."""
        signed = self.accepts(body, signature, name)
        with self.changed:
            self.cancels.append(json.loads(body))
            self.canceled_on[self.cancels[-1]["jobId"]] = host
            self.changed.notify_all()
        return 200 if signed else 401


class _Handler(Handler):
    def __init__(self, containers: FakeContainers, name: str, host: str, *given: Any) -> None:
        self.containers = containers
        self.name = name
        self.host = host
        super().__init__(*given)

    def do_GET(self) -> None:
        """Answer /health as a container with room for all of a test's jobs, and its *states*."""
        state = self.containers.states.get(urlsplit(self.path).path.removeprefix("/jobs/"))
        if self.containers.earlier is not None:
            self.answer(*self.containers.earlier.get(urlsplit(self.path).path), JSON)
        elif not self.containers.down.isdisjoint((self.name, self.host)):
            self.answer(503, b"{}")
        elif state is not None:
            line = f"container GET {self.path}".encode()
            signed = self.containers.accepts(line, self.headers["x-signature"], self.name)
            self.answer(200 if signed else 401, json.dumps(state if signed else {}).encode(), JSON)
        else:
            contract = self.containers.contract
            said: dict[str, object] = {} if contract is None else {"contract": contract}
            if self.host in self.containers.draining:
                said["draining"] = True
            if (version := self.containers.versions.get(self.host)) is not None:
                said["version"] = version
            self.answer(200, json.dumps({"ok": True, "capacity": 500, **said}).encode(), JSON)

    def do_POST(self) -> None:
        body = self.body()
        if self.containers.earlier is not None and self.path != "/render":
            return self.answer(404, b'{"error":"not found"}', JSON)
        if self.path == "/preview":
            return self.answer(200, PNG, {"content-type": "image/png"})
        if self.path == "/peaks":
            return self.answer(202, b'{"progress":0.5}', JSON)
        if self.path == "/render":
            if self.host in self.containers.draining:
                return self.answer(503, b'{"error":"draining"}', {**JSON, "retry-after": "1"})
            render = self.containers.read_render(self.name, self.host, body, self.headers)
            if self.containers.earlier is not None:
                return self.answer(*self.containers.earlier.render(render), JSON)
            status = self.containers.take_render(render)
        else:
            signature = self.headers["x-signature"]
            status = self.containers.take_cancel(self.name, self.host, body, signature)
        later = {"retry-after": "1"} if status == 503 else {}
        return self.answer(status, b'{"ok":true}', {**JSON, **later})
