"""What tests do through HTTP: as a user of the app's API, and as a holder of the secret."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import httpx

from dev.stack.attached import RunningStack
from dev.stack.stack import Stack
from dev.stack.state import Secrets
from media_jobs.presign import Bucket, presigned_url
from tests.stack.fake_container import FakeContainers, Render, signature_of

T = TypeVar("T")

VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"
COMMENTS = {"video": {"title": "Clip"}, "comments": [{"author": "Ann", "content": "Nice"}]}
VIDEO = b"not really a video " * 100
OPTIONS: dict[str, dict[str, object]] = {
    "burner-ffmpeg": {"bilingual": True},
    "renderer-remotion": {"template": "vertical"},
    "media-downloader": {"url": "https://video.test/watch?v=1"},
}
WAIT_S = 120.0
"""Generous: a condition that is met ends the wait at once. A delivery may have to wait until two
permits have run out of which nothing was heard, half a minute each (`governor.LEASE_MS`).
"""
_NONCES = itertools.count(1)


def eventually(
    probe: Callable[[], T | None],
    what: str,
    within_s: float = WAIT_S,
    state: Callable[[], object] = str,
) -> T:
    """Return the first truthy answer of *probe*; fail with *state* after *within_s*."""
    deadline = time.monotonic() + within_s
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}; {state()}"
        time.sleep(0.02)


def presigned(
    s3_url: str,
    secrets: Secrets,
    method: Literal["PUT", "DELETE"],
    key: str,
    bucket: str = "vidgen-render",
) -> str:
    """Return the URL that is good for one request of an object, for a minute."""
    place = Bucket(
        endpoint=s3_url,
        name=bucket,
        region="auto",
        style="path",
        access_key_id=secrets.s3_access_key_id,
        secret_access_key=secrets.s3_secret_access_key,
    )
    return presigned_url(place, method, key, now_ms=int(time.time() * 1000), expires_s=60)


class ApiClient:
    """Calls both Workers of a running stack, the app with *token* or the admin's."""

    def __init__(self, stack: RunningStack, token: str | None = None) -> None:
        self.stack = stack
        self.token = token or stack.admin_token
        self.http = httpx.Client(trust_env=False, timeout=30.0)

    def api(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Call the app; *body* is sent as it is, or as JSON."""
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        authorization = {"authorization": f"Bearer {self.token}"}
        return self.http.request(
            method,
            self.stack.app_url + path,
            content=sent,
            headers={**authorization, **(headers or {})},
        )

    def post_signed(
        self, url: str, message: object, secret: str | None = None, method: str = "POST"
    ) -> httpx.Response:
        """Send a signed body: bytes as they are, a document with `ts` and `nonce` added."""
        if isinstance(message, bytes):
            body = message
        else:
            assert isinstance(message, dict)
            stamped = {"ts": int(time.time() * 1000), "nonce": f"test-nonce-{next(_NONCES)}"}
            body = json.dumps({**stamped, **message}).encode()
        headers = {"x-signature": signature_of(body, secret or self.stack.secret)}
        return self.http.request(method, url, content=body, headers=headers)

    def get_signed(self, path: str, method: str = "GET") -> httpx.Response:
        """Send a signed request without a body to the orchestrator."""
        mark = "&" if "?" in path else "?"
        target = f"{path}{mark}ts={int(time.time() * 1000)}"
        signature = signature_of(f"{method} {target}".encode(), self.stack.secret)
        url = self.stack.orchestrator_url + target
        return self.http.request(method, url, headers={"x-signature": signature})

    def put_object(self, key: str, body: bytes) -> None:
        """Store an object in the bucket, past the Workers."""
        assert self.http.put(self._object("PUT", key), content=body).status_code == 200

    def delete_object(self, key: str) -> None:
        """Delete an object of the bucket, past the Workers."""
        assert self.http.delete(self._object("DELETE", key)).status_code in (200, 204)

    def _object(self, method: Literal["PUT", "DELETE"], key: str) -> str:
        return presigned(self.stack.s3_url, self.stack.secrets, method, key)

    def put_manifest(self, job_id: str, media_id: str) -> None:
        """Store the manifest of a download, as the app does before the job's row."""
        manifest = {
            "jobId": job_id,
            "mediaId": media_id,
            "engine": "media-downloader",
            "inputs": {},
            "options": OPTIONS["media-downloader"],
            "createdAt": int(time.time() * 1000),
        }
        self.put_object(f"manifests/jobs/{job_id}.json", json.dumps(manifest).encode())

    def insert_job(
        self, stack: Stack, job_id: str, media_id: str, *, accepted: int, check_ms: int | None
    ) -> None:
        """Insert the row of a download that the orchestrator was not asked for yet."""
        stack.sql(
            "INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
            " attempt, event_seq, accepted, handover_tries, check_ms, created_ms, updated_ms)"
            " VALUES (?, ?, 'media-downloader', 1, '{}', 'queued', 0, 0, 0, ?, 0, ?, 1, 1)",
            job_id,
            media_id,
            accepted,
            check_ms,
        )

    # --- a user's steps -------------------------------------------------------------------------

    def new_media(self) -> str:
        answer = self.api("POST", "/api/media", {"title": "Clip"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["mediaId"])

    def upload(self, media_id: str, body: bytes) -> httpx.Response:
        """Upload a video by a presigned PUT and complete it."""
        begun = self.api("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": len(body)})
        assert begun.status_code == 201, begun.text
        upload = begun.json()
        put = self.http.put(upload["url"], content=body, headers=upload["headers"])
        assert put.status_code == 200, put.text
        return self.api("POST", f"/api/media/{media_id}/uploads/{upload['uploadId']}/complete")

    def media_with_inputs(self) -> str:
        """Return a media that has a video, subtitles and comments."""
        media_id = self.new_media()
        assert self.upload(media_id, VIDEO).status_code == 200
        assert self.api("PUT", f"/api/media/{media_id}/subtitles", VTT).status_code == 201
        assert self.api("PUT", f"/api/media/{media_id}/comments", COMMENTS).status_code == 201
        return media_id

    def submit(
        self, engine: str = "media-downloader", media_id: str | None = None, key: str | None = None
    ) -> httpx.Response:
        document: dict[str, object] = {"engine": engine, "options": OPTIONS[engine]}
        if media_id is not None:
            document["mediaId"] = media_id
        return self.api("POST", "/api/jobs", document, {"idempotency-key": key} if key else {})

    def new_job(self, engine: str = "media-downloader", media_id: str | None = None) -> str:
        answer = self.submit(engine, media_id)
        assert answer.status_code == 201, answer.text
        assert answer.json()["accepted"] is True, answer.text
        return str(answer.json()["jobId"])

    def _read(self, path: str) -> httpx.Response:
        """Read what some tests ask of hundreds of jobs: who asks too often is told when to come."""
        answer = self.api("GET", path)
        while answer.status_code == 429:
            time.sleep(float(answer.headers["retry-after"]))
            answer = self.api("GET", path)
        return answer

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self._read(f"/api/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def job_when(
        self,
        job_id: str,
        met: Callable[[dict[str, Any]], bool],
        what: str,
        within_s: float = WAIT_S,
    ) -> dict[str, Any]:
        """Wait until the app's document of the job meets a condition, and return it."""

        def probe() -> dict[str, Any] | None:
            document = self.job(job_id)
            return document if met(document) else None

        return eventually(probe, f"{job_id} is {what}", within_s, state=lambda: self.job(job_id))

    def job_in(self, job_id: str, status: str, within_s: float = WAIT_S) -> dict[str, Any]:
        """Wait until the app shows the job in *status*."""

        def met(document: dict[str, Any]) -> bool:
            return bool(document["status"] == status)

        return self.job_when(job_id, met, status, within_s)

    def events(self, job_id: str) -> list[dict[str, Any]]:
        """Return the job's timeline."""
        items = self._read(f"/api/jobs/{job_id}/events?limit=100").json()["items"]
        return list(items)

    def ends_told(self, job_id: str) -> list[str]:
        """Return the ends in the job's timeline."""
        told = [str(event["status"]) for event in self.events(job_id)]
        return [status for status in told if status in ("completed", "failed", "canceled")]

    def started(self, containers: FakeContainers) -> Render:
        """Return the first attempt of a new download of whose start the app knows."""
        job_id = self.new_job()
        self.job_in(job_id, "fetching_metadata")
        return containers.render(job_id)

    def status_there(self, job_id: str) -> dict[str, Any]:
        """Return the orchestrator's own status document."""
        answer = self.get_signed(f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document
