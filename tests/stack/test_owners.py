"""Two workspaces on the running stack: each has its own media, jobs, links and live progress."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import connect

from dev.stack.stack import Stack
from tests.stack.api_client import VIDEO, VTT, ApiClient
from tests.stack.fake_container import FakeContainers

MINE, THEIRS = "token-of-ws-mine", "token-of-ws-theirs"


async def _first_told(client: ApiClient, job_id: str) -> dict[str, Any]:
    """Return the first thing that a socket is told of a job."""
    url = client.stack.app_url.replace("http:", "ws:") + "/api/live"
    given = {"authorization": f"Bearer {client.token}"}
    async with connect(url, additional_headers=given, proxy=None, open_timeout=30) as socket:
        await socket.send(json.dumps({"type": "subscribe", "jobs": {job_id: -1}}))
        document: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 20))
        return document


@pytest.fixture
def guests(own_stack: Stack) -> Iterator[tuple[ApiClient, ApiClient]]:
    """Two workspaces, by the clients of their admin tokens."""
    for token in (MINE, THEIRS):
        owner, digest = token.removeprefix("token-of-"), hashlib.sha256(token.encode()).hexdigest()
        own_stack.sql("INSERT OR IGNORE INTO workspaces VALUES (?, ?)", owner, owner)
        own_stack.sql(
            "INSERT OR IGNORE INTO tokens (token_hash, token_id, name, scopes, created_ms,"
            " owner_id) VALUES (?, ?, ?, 'admin', 1, ?)",
            digest,
            f"tok_{digest[:26]}",
            owner,
            owner,
        )
    mine, theirs = ApiClient(own_stack, MINE), ApiClient(own_stack, THEIRS)
    with mine.http, theirs.http:
        yield mine, theirs


def test_a_workspace_has_a_job_of_its_own_from_upload_to_result(
    client: ApiClient, containers: FakeContainers, guests: tuple[ApiClient, ApiClient]
) -> None:
    mine, theirs = guests
    media_id = mine.media_with_inputs()
    job_id = mine.new_job("burner-ffmpeg", media_id)
    render = containers.render(job_id)
    assert render.report("running", progress=0.5).json() == {"ok": True}
    mine.job_in(job_id, "running")

    assert asyncio.run(_first_told(mine, job_id))["type"] == "job"
    assert asyncio.run(_first_told(theirs, job_id)) == {"type": "unknown", "jobId": job_id}
    for method, path, body in (
        ("GET", f"/api/jobs/{job_id}", None),
        ("POST", f"/api/jobs/{job_id}/cancel", None),
        ("DELETE", f"/api/media/{media_id}", None),
        ("PUT", f"/api/media/{media_id}/subtitles", VTT),
        ("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": len(VIDEO)}),
        ("GET", f"/api/media/{media_id}/inputs", None),
    ):
        assert theirs.api(method, path, body).status_code == 404, path
    for path in ("/api/media", "/api/jobs", "/api/presets", "/api/webhooks"):
        assert theirs.api("GET", path).json()["items"] == [], path

    assert render.finish(b"a video").json() == {"ok": True}
    done = mine.job_in(job_id, "completed")
    assert mine.http.get(done["artifacts"]["video"]["url"]).content == b"a video"
    # An operator sees it, too.
    assert client.job(job_id)["status"] == "completed"
