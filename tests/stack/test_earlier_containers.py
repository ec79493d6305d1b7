"""Containers of the earlier system behind our orchestrator, on the real runtime."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack.api_client import ApiClient
from tests.stack.earlier_containers import Contract, EarlierContainers
from tests.stack.fake_container import FakeContainers

BURN = {"engine": "burner-ffmpeg", "options": {"style": {"fontSize": 20}}}
COMPOSE = {"engine": "renderer-remotion", "options": {"template": "vertical"}}
URL = "https://www.youtube.com/watch?v=1"
DOWNLOAD = {"engine": "media-downloader", "options": {"url": URL, "maxHeight": 720}}
COMMENTS = {"engine": "media-downloader", "options": {"url": URL, "mode": "comments"}}
SUBRIP = b"1\n00:00:00,000 --> 00:00:01,000\nhello\n"


@pytest.fixture(params=["E", "H"])
def earlier(
    request: pytest.FixtureRequest, containers: FakeContainers
) -> Iterator[EarlierContainers]:
    """The stack's containers, which are the earlier system's for a while."""
    contract: Contract = request.param
    containers.earlier = EarlierContainers(contract)
    yield containers.earlier
    containers.earlier.wait()
    containers.earlier = None


def begin(client: ApiClient, job: dict[str, Any], media_id: str | None = None) -> str:
    """Submit a job with the shortest lease that one may have; return its id."""
    named = {} if job["engine"] == "media-downloader" else {"mediaId": media_id}
    answer = client.api("POST", "/api/jobs", {**job, **named, "limits": {"heartbeatS": 15}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["jobId"])


def completed(client: ApiClient, job_id: str, within_s: float = 60) -> dict[str, Any]:
    """Return the job's document once it is completed, by its first attempt."""
    job = client.job_in(job_id, "completed", within_s)
    assert {event["attempt"] for event in client.events(job_id)} <= {0, 1}
    return job


def test_burns_downloads_and_comments_are_made_by_containers_of_the_earlier_system(
    client: ApiClient, earlier: EarlierContainers
) -> None:
    media_id = client.media_with_inputs()
    assert client.api("PUT", f"/api/media/{media_id}/subtitles", SUBRIP).status_code == 201
    # The older composer says nothing at its end, and is believed after its lease: `make long`.
    composed = [] if earlier.contract == "E" else [COMPOSE]
    jobs = [begin(client, job, media_id) for job in (BURN, DOWNLOAD, COMMENTS, *composed)]
    asks_more = begin(client, {**DOWNLOAD, "options": {"url": URL, "maxBytes": 1_000_000}})

    documents = [completed(client, job_id) for job_id in jobs]
    refused = client.job_in(asks_more, "failed")

    said = {render.job_id: render.payload["engineOptions"] for render in earlier.renders}
    assert said[jobs[0]]["subtitleConfig"]["fontSize"] == 20
    assert said[jobs[1]] == {"url": URL, "source": "youtube", "quality": "720p", "task": ""}
    assert set(documents[1]["artifacts"]) == {"video", "metadata"}
    assert set(documents[2]["artifacts"]) == {"comments", "metadata"}
    assert asks_more not in said
    assert (refused["error"]["code"], refused["error"]["options"]) == (
        "options_unsupported",
        ["maxBytes"],
    )


@pytest.mark.long
@pytest.mark.timeout(300)
def test_forty_seconds_of_silence_are_left_to_containers_of_the_earlier_system(
    client: ApiClient, earlier: EarlierContainers
) -> None:
    """With a lease of 15 s, which one of ours would lose."""
    earlier.silence_s = 40
    media_id = client.media_with_inputs()
    jobs = [begin(client, job, media_id) for job in (BURN, COMPOSE, DOWNLOAD, COMMENTS)]

    documents = [completed(client, job_id, within_s=150) for job_id in jobs]

    assert [sorted(document["artifacts"]) for document in documents] == [
        ["video"],
        ["video"],
        ["metadata", "video"],
        ["comments", "metadata"],
    ]
    assert len(earlier.renders) == len(jobs)
