"""Outputs go when the policy says so: oldest first, in pages, and again after a failure."""

from dataclasses import replace
from typing import Any

import pytest

from app.jobs.artifacts import EXPIRIES_PER_SWEEP, TRY_AGAIN_MS
from tests.app.stage import Stage
from tests.platform.network import Script, answering

TTL_S = 3600
DELETED = answering(200, {"ok": True})


def _policy(stage: Stage, ttl_s: int = TTL_S) -> None:
    stage.settings = replace(stage.settings, artifact_ttl_s=ttl_s)
    stage.orchestrator.script = DELETED


def _shown(stage: Stage, job_id: str) -> dict[str, Any]:
    return stage.send("GET", f"/api/jobs/{job_id}").json


def _deletions(stage: Stage) -> list[str]:
    return [
        call.message["jobId"]
        for call in stage.orchestrator.calls
        if call.method == "DELETE" and "/artifacts/" in call.url
    ]


def test_outputs_older_than_the_policy_are_deleted_and_the_api_says_when(stage: Stage) -> None:
    old = stage.finished_download()[0]
    stage.now_ms += TTL_S * 1000
    young = stage.finished_download()[0]
    _policy(stage)

    stage.expire_artifacts()

    media_id, before = stage.row(old)["media_id"], _shown(stage, young)
    (call,) = stage.orchestrator.to(f"/artifacts/{old}")
    assert (call.method, call.message["type"]) == ("DELETE", "artifacts.delete")
    assert call.message["keep"] == [f"media/{media_id}/downloads/{old}/1-1/video.mp4"]
    shown = _shown(stage, old)
    assert (shown["artifacts"], shown["artifactsExpiredAt"]) == ({}, stage.now_ms)
    assert shown["status"] == "completed"
    assert set(stage.send("GET", f"/api/media/{media_id}").json["inputs"]) == {"video"}
    assert set(before["artifacts"]) == {"video", "metadata"}
    assert before["artifactsExpiredAt"] is None
    # Once: the next time it is the younger one's turn.
    stage.now_ms += 10**9
    stage.expire_artifacts()
    assert _deletions(stage) == [old, young]
    assert _shown(stage, old)["artifactsExpiredAt"] == shown["artifactsExpiredAt"]


def test_without_a_policy_outputs_stay(stage: Stage) -> None:
    job_id = stage.finished_download()[0]
    stage.now_ms += 10**12
    _policy(stage, ttl_s=0)

    stage.expire_artifacts()

    assert set(_shown(stage, job_id)["artifacts"]) == {"video", "metadata"}
    assert _deletions(stage) == []


def test_old_outputs_go_oldest_first_and_page_by_page(stage: Stage) -> None:
    jobs = []
    for _ in range(EXPIRIES_PER_SWEEP + 2):
        jobs.append(stage.finished_download()[0])
        stage.now_ms += 1000
    stage.now_ms += TTL_S * 1000
    _policy(stage)

    stage.expire_artifacts()
    first = _deletions(stage)
    stage.expire_artifacts()

    assert first == jobs[:EXPIRIES_PER_SWEEP]
    assert _deletions(stage) == jobs


@pytest.mark.parametrize("script", [answering(500), answering(200, {"ok": False})])
def test_outputs_that_could_not_be_deleted_stay_shown_and_are_tried_again(
    stage: Stage, script: Script
) -> None:
    job_id = stage.finished_download()[0]
    stage.now_ms += TTL_S * 1000
    _policy(stage)
    stage.orchestrator.script = script

    stage.expire_artifacts()
    stage.expire_artifacts()
    tried, shown = _deletions(stage), _shown(stage, job_id)
    stage.now_ms += TRY_AGAIN_MS
    stage.orchestrator.script = DELETED
    stage.expire_artifacts()

    assert tried == [job_id]
    assert (set(shown["artifacts"]), shown["artifactsExpiredAt"]) == ({"video", "metadata"}, None)
    assert _shown(stage, job_id)["artifacts"] == {}


def test_a_sweep_of_failures_does_not_keep_the_next_page_from_its_turn(stage: Stage) -> None:
    for _ in range(EXPIRIES_PER_SWEEP):
        stage.finished_download()
    stage.now_ms += 1000
    last = stage.finished_download()[0]
    stage.now_ms += TTL_S * 1000
    _policy(stage)
    stage.orchestrator.script = answering(500)

    stage.expire_artifacts()
    stage.orchestrator.script = DELETED
    stage.expire_artifacts()

    assert _deletions(stage)[EXPIRIES_PER_SWEEP:] == [last]
