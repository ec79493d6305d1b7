"""Container hosts as the earlier system has them, written from a description of their behaviour.

E is the contract of December 2025, H that of August 2026. They know `/health` and `/render` alone,
take everything on, say each step once and nothing while they work, write errors as texts, and
ignore what they do not know.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

import httpx

from tests.stack.fake_container import Render

Contract = Literal["E", "H"]
NO_SUCH_ROUTE = b'{"error":"not found"}'
TRIES_MAX = 3
SLOTS = {
    "video": ("outputVideoPutUrl", "outputVideoKey", "video/mp4"),
    "audio": ("outputAudioPutUrl", "outputAudioProcessedKey", "audio/wav"),
    "audioSource": ("outputAudioSourcePutUrl", "outputAudioSourceKey", "audio/x-matroska"),
    "metadata": ("outputMetadataPutUrl", "outputMetadataKey", "application/json"),
}
COMMENT = {"id": "c1", "author": "Ann", "authorThumbnail": "", "content": "Well said"}
COMMENTS = {"comments": [{**COMMENT, "likes": 3, "replyCount": 0, "translatedContent": ""}]}


class _Fault(Exception):
    """What its last callback says."""


@dataclass(slots=True)
class EarlierContainers:
    """The hosts of all engines. *silence_s*: how long each says nothing at its work.

    *renders* are the start calls, *read* the inputs that were read, by job.
    """

    contract: Contract
    silence_s: float = 0.0
    renders: list[Render] = field(default_factory=list)
    read: dict[str, dict[str, str]] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)

    def get(self, path: str) -> tuple[int, bytes]:
        """Answer a GET."""
        if path in ("/", "/health"):
            return HTTPStatus.OK, json.dumps({"ok": True, "service": "media"}).encode()
        return HTTPStatus.NOT_FOUND, NO_SUCH_ROUTE

    def render(self, render: Render) -> tuple[int, bytes]:
        """Take a signed start call on, whatever it says."""
        if not render.signed:
            return HTTPStatus.UNAUTHORIZED, b'{"error":"unauthorized"}'
        self.renders.append(render)
        thread = threading.Thread(target=self._work, args=(render,), daemon=True)
        self._threads.append(thread)
        thread.start()
        return HTTPStatus.ACCEPTED, json.dumps({"jobId": render.job_id}).encode()

    def wait(self) -> None:
        """Wait until all work is over."""
        for thread in self._threads:
            thread.join(self.silence_s + 60)

    # --- one job --------------------------------------------------------------------------------

    def _work(self, render: Render) -> None:
        engine = render.payload["engine"]
        self._say(render, "preparing", progress=0.05)
        if self.contract == "H" and engine == "media-downloader":
            self._say(render, "fetching_metadata", progress=0.1)
        try:
            self._read(render)
            at_once = 0.9 if (self.contract, engine) == ("H", "burner-ffmpeg") else 0
            self._say(render, "running", progress=at_once)
            time.sleep(self.silence_s)
            self._say(render, "uploading", progress=0.95)
            end = self._upload(render)
        except _Fault as fault:
            self._say(render, "failed", error=str(fault))
            return
        if end is not None:
            self._say(render, "completed", progress=1, **end)

    def _read(self, render: Render) -> None:
        payload, found = render.payload, self.read.setdefault(render.job_id, {})
        for name in ("inputVideoUrl", "inputVttUrl", "inputDataUrl"):
            if name in payload:
                answer = render.http.get(payload[name])
                found[name] = answer.content.decode("utf-8", "replace")
        if "inputVttUrl" in found and not found["inputVttUrl"].startswith("WEBVTT"):
            raise _Fault("no cues")
        if "inputDataUrl" in found:
            document = json.loads(found["inputDataUrl"])
            if not document.get("videoInfo", {}).get("title") or not document["comments"]:
                raise _Fault("Cannot read properties of undefined (reading 'title')")
        is_newer_download = (self.contract, payload["engine"]) == ("H", "media-downloader")
        if is_newer_download and not payload.get("outputAudioProcessedKey"):
            raise _Fault("missing outputAudioProcessedKey")

    def _upload(self, render: Render) -> dict[str, Any] | None:
        """PUT what was made; return what the last callback says, None where there is none."""
        payload = render.payload
        if payload["engine"] == "media-downloader":
            return self._downloaded(render)
        _put(render, payload["outputPutUrl"], b"rendered", "video/mp4")
        if self.contract == "H":
            return {"outputs": {"video": {"key": payload["outputVideoKey"]}}}
        return None if payload["engine"] == "renderer-remotion" else {}

    def _downloaded(self, render: Render) -> dict[str, Any]:
        payload = render.payload
        if payload["engineOptions"].get("task") == "comments":
            made = {"metadata": json.dumps(COMMENTS).encode()}
        else:
            made = {"video": b"a video", "metadata": b'{"title":"Clip"}'}
        for slot, body in made.items():
            url, _, content_type = SLOTS[slot]
            _put(render, payload[url], body, content_type)
        # All that it could have made.
        keys = {slot: payload[key] for slot, (_, key, _) in SLOTS.items() if payload.get(key)}
        outputs = {"outputs": {slot: {"key": key} for slot, key in keys.items()}}
        if self.contract == "H":
            return outputs
        return {**outputs, "outputKey": keys["video"], "outputAudioKey": keys["audio"]}

    def _say(self, render: Render, status: str, **more: object) -> None:
        """Post a callback; it is sent again when the network fails, and at no other time."""
        body = render.message(status, phase=status, **more)
        for _ in range(TRIES_MAX):
            try:
                render.post(body)
            except httpx.TransportError:
                continue
            return


def _put(render: Render, url: str, body: bytes, content_type: str) -> None:
    headers = {"content-type": content_type, "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    answer = render.http.put(url, content=body, headers=headers)
    if answer.status_code != HTTPStatus.OK:
        raise _Fault(f"PUT {answer.status_code}")
