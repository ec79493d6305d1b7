"""Canceling, at every moment of a job's life."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render


def test_a_cancellation_reaches_the_container_and_absorbs_a_late_completion(
    client: ApiClient, containers: FakeContainers
) -> None:
    job_id = client.new_job()
    render = containers.render(job_id)
    render.report("running", progress=0.4)

    answer = client.api("POST", f"/api/jobs/{job_id}/cancel")
    told = containers.wait_for_cancel(job_id)

    assert answer.status_code == 200
    assert (told["type"], told["attempt"]) == ("container.cancel", 1)
    assert client.job_in(job_id, "canceled")["error"] is None
    assert render.finish().status_code == 410
    assert client.status_there(job_id)["status"] == "canceled"
    assert client.job(job_id)["status"] == "canceled"
    assert client.job(job_id)["artifacts"] == {}


def _queued(render: Render) -> int:
    return 503


_SEEN = threading.Event()


def _starting(render: Render) -> int:
    _SEEN.wait(60)  # The container hangs until the job is seen to be canceled.
    return 202


def _uploading(render: Render) -> int:
    render.upload("video")
    render.report("uploading", progress=0.9)
    return 202


@pytest.mark.parametrize("moment", [_queued, _starting, _uploading])
def test_a_job_is_canceled_before_what_it_waits_for_has_answered(
    client: ApiClient, containers: FakeContainers, moment: Callable[[Render], int]
) -> None:
    _SEEN.clear()
    media_id = client.new_media()
    containers.rules[media_id] = moment
    job_id = client.new_job(media_id=media_id)
    render = containers.render(job_id)

    answer = client.api("POST", f"/api/jobs/{job_id}/cancel")
    there = client.status_there(job_id)["status"]
    if moment is not _queued:
        containers.wait_for_cancel(job_id)
    client.job_in(job_id, "canceled")

    # Where the container hangs, it has kept its answer back until now.
    assert (answer.status_code, there) == (200, "canceled")
    _SEEN.set()
    assert render.finish().status_code == 410
    assert client.job(job_id)["status"] == "canceled"
    assert len(containers.renders_of(job_id)) == 1


@pytest.mark.parametrize("round_number", range(5))
def test_a_job_canceled_while_it_is_handed_over_does_not_go_on(
    client: ApiClient, containers: FakeContainers, round_number: int
) -> None:
    media_id = client.new_media()
    submitting = threading.Thread(target=client.submit, args=("media-downloader", media_id))

    submitting.start()
    seen = eventually(
        lambda: client.api("GET", f"/api/jobs?mediaId={media_id}").json()["items"], "it is listed"
    )
    job_id = seen[0]["jobId"]
    answer = client.api("POST", f"/api/jobs/{job_id}/cancel")
    submitting.join()

    assert answer.status_code == 200
    client.job_in(job_id, "canceled")
    assert client.status_there(job_id)["status"] == "canceled"
    if containers.renders_of(job_id):
        containers.wait_for_cancel(job_id, within_s=2.0)


def test_a_start_that_arrives_after_the_cancellation_starts_nothing(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    media_id, job_id = client.new_media(), "job_late_start"
    # The job as the app has it while its call to the orchestrator is still on its way.
    client.put_manifest(job_id, media_id)
    client.insert_job(own_stack, job_id, media_id, accepted=0, check_ms=None)

    canceled = client.api("POST", f"/api/jobs/{job_id}/cancel")
    client.job_in(job_id, "canceled")
    ids = {"jobId": job_id, "mediaId": media_id, "engine": "media-downloader"}
    start = {"type": "job.start", "generation": 1, **ids}
    late = client.post_signed(f"{client.stack.orchestrator_url}/jobs", start)

    assert canceled.status_code == 200
    assert (late.status_code, late.json()) == (200, {"jobId": job_id})
    status = client.status_there(job_id)
    assert (status["status"], status["attempt"]) == ("canceled", 0)
    assert containers.renders_of(job_id) == []
