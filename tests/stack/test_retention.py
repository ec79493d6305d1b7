"""A job forgotten after its time, on the running stack: its last status and artifact stay.

It is not started again by an app whose database was restored to a moment before its handover.
"""

from __future__ import annotations

from pathlib import Path

import httpx

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers


def test_a_forgotten_job_keeps_its_last_status_and_its_artifact_and_is_not_started_again(
    tmp_path: Path,
) -> None:
    with (
        FakeContainers() as containers,
        Stack(
            state_dir=tmp_path,
            containers=(),
            container_urls=containers.urls,
            worker_vars={"orchestrator": {"JOB_TTL_SECONDS": "3"}},
        ) as stack,
    ):
        containers.secret = stack.secret
        client = ApiClient(stack)
        job_id = client.new_job()
        containers.render(job_id).finish(b"kept video")

        eventually(lambda: any("job_retired" in line for line in stack.log_lines()), "it retires")

        status = client.get_signed(f"/jobs/{job_id}")
        video = httpx.get(client.job(job_id)["artifacts"]["video"]["url"])
        assert (status.status_code, status.json()["status"]) == (200, "completed")
        assert (video.status_code, video.content) == (200, b"kept video")
        url = f"{stack.orchestrator_url}/jobs/{job_id}/cancel"
        canceled = client.post_signed(url, {"type": "job.cancel", "jobId": job_id})
        assert (canceled.status_code, canceled.json()["status"]) == (200, "completed")
        assert client.get_signed(f"/jobs/{job_id}").json()["status"] == "completed"

        stack.sql("DELETE FROM job_events")
        stack.sql(
            "UPDATE jobs SET status = 'queued', event_seq = 0, attempt = 0, progress = 0,"
            " outputs = NULL, accepted = 0, finished_ms = NULL, check_ms = 1"
        )
        stack.trigger_cron()
        job = client.job(job_id)
        assert (job["status"], job["attempt"]) == ("completed", 1)
        assert httpx.get(job["artifacts"]["video"]["url"]).content == b"kept video"
        assert len(containers.renders_of(job_id)) == 1
        client.http.close()
