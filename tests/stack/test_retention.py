"""A job forgotten after its time, on the running stack: its last status and artifact stay."""

from __future__ import annotations

from pathlib import Path

import httpx

from dev.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers


def test_a_forgotten_job_keeps_its_last_status_and_its_artifact(tmp_path: Path) -> None:
    with (
        FakeContainers() as containers,
        Stack(
            state_dir=tmp_path,
            containers=(),
            container_urls=containers.urls,
            worker_vars={"orchestrator": {"JOB_TTL_SECONDS": "1"}},
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
        client.http.close()
