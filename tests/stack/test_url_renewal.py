"""A render that takes longer than its presigned URLs live is completed all the same (J9)."""

from __future__ import annotations

import json
from pathlib import Path

from dev.stack.stack import Stack
from tests.media.pictures import ffmpeg
from tests.stack.api_client import VTT, ApiClient


def test_j9_a_burn_that_outlives_its_urls_is_completed(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=8"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(clip)),
    )
    vars_ = {"orchestrator": {"PUT_EXPIRES": "2"}}
    with Stack(state_dir=tmp_path / "stack", containers=("burner",), worker_vars=vars_) as stack:
        client = ApiClient(stack)
        media_id = client.new_media()
        assert client.upload(media_id, clip.read_bytes()).status_code == 200
        assert client.api("PUT", f"/api/media/{media_id}/subtitles", VTT).status_code == 201

        job = client.job_in(client.new_job("burner-ffmpeg", media_id), "completed", within_s=90)
        video = client.http.get(job["artifacts"]["video"]["url"])
        client.http.close()

        burned = [line for line in stack.log_lines() if '"service": "burner"' in line]
    assert (video.status_code, job["attempt"]) == (200, 1)
    assert video.content[4:8] == b"ftyp"
    renewals = [line for line in burned if '"event": "urls_renewed"' in line]
    assert renewals, burned[-20:]
    renewal = json.loads(renewals[0][renewals[0].index("{") :])
    assert (renewal["jobId"], renewal["requestId"]) == (job["jobId"], job["requestId"])
