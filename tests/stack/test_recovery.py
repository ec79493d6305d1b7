"""Evictions, crashes and restarts: every unfinished job still reaches its end, once."""

from __future__ import annotations

import time

import pytest

from dev.stack.errors import StackError
from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers, Render

ALARM_S = 60.0  # An alarm that was cut short goes off again after 10 s.


def _evict(stack: Stack, job_id: str) -> None:
    """Evict the job's object; one that the runtime has evicted by itself is no fault."""
    try:
        stack.evict_job(job_id)
    except StackError as error:
        if "not currently running" not in str(error):
            raise


def _started(client: ApiClient, containers: FakeContainers) -> Render:
    """Return the first attempt of a new job whose start the app knows of."""
    job_id = client.new_job()
    client.job_in(job_id, "fetching_metadata")
    return containers.render(job_id)


def _outputs(render: Render) -> dict[str, object]:
    return {"video": render.upload("video"), "metadata": render.upload("metadata", b"{}")}


def _ends_told(client: ApiClient, job_id: str) -> list[str]:
    events = client.api("GET", f"/api/jobs/{job_id}/events?limit=100").json()["items"]
    told = [str(event["status"]) for event in events]
    return [status for status in told if status in ("completed", "failed", "canceled")]


def test_a_job_lives_through_an_eviction_after_every_step(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = _started(client, containers)
    _evict(own_stack, render.job_id)
    for number in range(1, 6):
        answer = render.report("running", progress=number / 10)
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
        _evict(own_stack, render.job_id)
    body = render.message("running", progress=0.6)
    first = render.post(body)
    _evict(own_stack, render.job_id)
    again = render.post(body)
    outputs = _outputs(render)
    _evict(own_stack, render.job_id)
    assert render.report("completed", outputs=outputs).json() == {"ok": True}

    job = client.job_in(render.job_id, "completed")

    assert (first.json(), again.json()) == ({"ok": True}, {"ok": True})
    assert job["attempt"] == 1
    assert len(containers.renders_of(render.job_id)) == 1
    assert _ends_told(client, render.job_id) == ["completed"]


def test_a_job_at_rest_is_not_held_in_memory_by_the_calls_it_has_made(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = _started(client, containers)
    began = time.monotonic()

    _evict(own_stack, render.job_id)

    # The timer of a call that was answered would hold it for the 15 s of its timeout.
    assert time.monotonic() - began < 5.0


# --- the sweeper ----------------------------------------------------------------------------------


def test_the_sweeper_wakes_a_job_and_looks_again_later(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = _started(client, containers)
    own_stack.sql("UPDATE jobs SET check_ms = 1 WHERE job_id = ?", render.job_id)
    _evict(own_stack, render.job_id)
    before_ms = int(time.time() * 1000)

    own_stack.trigger_cron()

    (row,) = own_stack.sql(
        "SELECT check_ms, handover_error FROM jobs WHERE job_id = ?", render.job_id
    )
    assert row["check_ms"] >= before_ms + 5 * 60_000
    assert row["handover_error"] is None


@pytest.mark.parametrize("accepted", [0, 1])
def test_a_job_that_was_never_handed_over_is_found_and_done(
    client: ApiClient, containers: FakeContainers, own_stack: Stack, accepted: int
) -> None:
    media_id, job_id = client.new_media(), f"job_left_behind_{accepted}"
    client.put_manifest(job_id, media_id)
    client.insert_job(own_stack, job_id, media_id, accepted=accepted, check_ms=1)

    own_stack.trigger_cron()
    containers.render(job_id).finish()

    assert client.job_in(job_id, "completed")["attempt"] == 1


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


def test_a_step_that_fails_fails_the_run_and_keeps_no_other_from_its_work(
    client: ApiClient, own_stack: Stack
) -> None:
    media_id, job_id = client.new_media(), "job_that_cannot_be_postponed"
    client.insert_job(own_stack, job_id, media_id, accepted=1, check_ms=1)
    # The sweep of webhooks comes last and forgets this.
    old = "INSERT INTO webhook_messages (message_id, type, body, created_ms)"
    own_stack.sql(f"{old} VALUES ('msg_old', 'job.failed', '{{}}', 1)")
    own_stack.sql(
        "CREATE TRIGGER no_postponing BEFORE UPDATE ON jobs WHEN OLD.job_id ="
        f" '{job_id}' BEGIN SELECT RAISE(ABORT, 'not this one'); END"
    )
    try:
        with pytest.raises(StackError, match="exception"):
            own_stack.trigger_cron()
    finally:
        own_stack.sql("DROP TRIGGER no_postponing")
        own_stack.sql("DELETE FROM jobs WHERE job_id = ?", job_id)

    assert own_stack.sql("SELECT * FROM webhook_messages WHERE message_id = 'msg_old'") == []
