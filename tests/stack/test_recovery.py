"""Evictions, crashes and restarts: every unfinished job still reaches its end, once."""

from __future__ import annotations

import time

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers


def test_a_job_lives_through_an_eviction_after_every_step(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = client.started(containers)
    own_stack.evict_job(render.job_id)
    for number in range(1, 6):
        answer = render.report("running", progress=number / 10)
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
        own_stack.evict_job(render.job_id)
    body = render.message("running", progress=0.6)
    first = render.post(body)
    own_stack.evict_job(render.job_id)
    again = render.post(body)
    outputs = render.outputs()
    own_stack.evict_job(render.job_id)
    assert render.report("completed", outputs=outputs).json() == {"ok": True}

    job = client.job_in(render.job_id, "completed")

    assert (first.json(), again.json()) == ({"ok": True}, {"ok": True})
    assert job["attempt"] == 1
    assert len(containers.renders_of(render.job_id)) == 1
    assert client.ends_told(render.job_id) == ["completed"]


# --- the sweeper ----------------------------------------------------------------------------------


def test_the_sweeper_wakes_a_job_and_looks_again_later(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = client.started(containers)
    own_stack.sql("UPDATE jobs SET check_ms = 1, updated_ms = 1 WHERE job_id = ?", render.job_id)
    own_stack.evict_job(render.job_id)
    before_ms = int(time.time() * 1000)

    own_stack.trigger_cron()

    (row,) = own_stack.sql(
        "SELECT check_ms, handover_error FROM jobs WHERE job_id = ?", render.job_id
    )
    assert row["check_ms"] >= before_ms + 5 * 60_000
    assert row["handover_error"] is None


def test_of_ten_thousand_unfinished_jobs_the_oldest_is_reached_first_and_others_have_their_turn(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    """All wait to be handed over, and of the others nobody knows the engine."""
    media_id, job_id = client.new_media(), "job_oldest"
    client.put_manifest(job_id, media_id)
    own_stack.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
        " INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, event_seq, accepted, handover_tries, check_ms, created_ms, updated_ms)"
        " SELECT printf('job_crowd_%05d', i), ?, 'of-newer-code', 1, '{}', 'queued', 0, 0, 0, 0,"
        " 0, 10 + i, 1, 1 FROM n",
        media_id,
    )
    client.insert_job(own_stack, job_id, media_id, accepted=0, check_ms=1)
    tried = "SELECT job_id FROM jobs WHERE job_id LIKE 'job_crowd_%' AND handover_tries > 0"
    try:
        own_stack.trigger_cron()
        first = [row["job_id"] for row in own_stack.sql(tried)]
        own_stack.trigger_cron()
        second = [row["job_id"] for row in own_stack.sql(tried)]
    finally:
        own_stack.sql("DELETE FROM jobs WHERE job_id LIKE 'job_crowd_%'")

    containers.render(job_id).finish()
    assert client.job_in(job_id, "completed")["attempt"] == 1
    assert sorted(first) == [f"job_crowd_{number:05}" for number in range(1, 50)]
    assert sorted(second) == [f"job_crowd_{number:05}" for number in range(1, 100)]
