"""Containers of the earlier system send fewer fields, and keep working."""

import pytest

from media_jobs.engines import ENGINES
from tests.orchestrator.world import World, begun, document
from tests.platform.loop import run
from tests.platform.network import peer_answer

LEASE_MS = 45_000
NO_SUCH_ROUTE = peer_answer(404, '{"error":"not found"}')


def silent(status: str, progress: float) -> World:
    """Begin a job whose container has said one thing, and has no route that tells more."""
    world = begun()
    world.peers.then("/jobs/job_1", *[NO_SUCH_ROUTE] * 50)
    run(world.report(status, progress=progress))
    return world


def test_a_container_that_sends_only_the_earlier_fields_completes_its_job() -> None:
    world = begun()
    world.upload()
    outputs = {"video": {"key": world.started()[0]["outputVideoKey"]}}

    replies = [
        run(world.report("preparing", phase="probe", progress=0)),
        run(world.report("running", phase="encode", progress=0.7)),
        run(world.report("completed", progress=1, outputs=outputs)),
    ]
    run(world.settle())

    assert [document(reply) for reply in replies] == [{"ok": True}] * 3
    assert world.job().status == "completed"
    assert world.job().outputs["video"].size_bytes == 8


def test_an_earlier_container_s_text_error_is_the_reason_of_the_failure() -> None:
    world = begun()

    run(world.report("failed", error="ffmpeg exited 1 on http://h/k?X-Amz-Signature=0123abcd"))

    error = world.job().error
    assert error is not None
    assert (error.code, error.message) == ("container_failed", "ffmpeg exited 1 on http://h/k?…")
    assert world.job().status == "queued"


def test_a_container_without_a_state_may_be_silent_until_its_progress_is_due() -> None:
    world = silent("running", 0)

    run(world.wait(9 * 60_000))
    alive = (world.job().status, len(world.job().attempts))
    run(world.report("uploading", progress=0.95))
    world.upload()
    run(world.report("completed", progress=1))
    run(world.settle())

    assert alive == ("running", 1)
    # It is asked once; that it has no answer is remembered.
    assert len(world.peers.to("/jobs/job_1")) == 1
    assert (world.job().status, len(world.job().attempts)) == ("completed", 1)


def test_a_container_without_a_state_that_stands_still_is_given_up_as_any_other() -> None:
    world = silent("running", 0.5)

    run(world.wait(ENGINES["burner-ffmpeg"].limits.no_progress_s * 1000 + 1))

    error = world.job().attempts[0].error
    assert error is not None
    assert error.code == "no_progress"


def test_a_container_that_never_says_that_it_is_done_is_believed_by_its_upload() -> None:
    world = silent("uploading", 0.95)

    run(world.wait(3 * LEASE_MS))
    waiting = world.job().status
    world.upload()
    run(world.wait(LEASE_MS))

    assert waiting == "uploading"
    assert (world.job().status, len(world.job().attempts)) == ("completed", 1)
    assert world.job().outputs["video"].size_bytes == 8


@pytest.mark.parametrize("body", ['{"error":"not_found"}', "not found", "{}"])
def test_a_container_of_ours_that_does_not_know_the_job_loses_its_lease(body: str) -> None:
    world = begun()
    world.peers.then("/jobs/job_1", *[peer_answer(404, body)] * 50)
    run(world.report("running", progress=0.1))

    run(world.wait(LEASE_MS + 1000))

    error = world.job().attempts[0].error
    assert error is not None
    assert error.code == "lease_expired"


def test_reports_that_go_back_keep_the_lease() -> None:
    world = begun()
    world.peers.then("/jobs/job_1", *[peer_answer(404, '{"error":"not_found"}')] * 50)
    run(world.report("running", progress=0.5))

    replies = []
    for _ in range(8):
        run(world.wait(25_000))
        replies.append(document(run(world.report("preparing", progress=0.05)))["reason"])

    assert replies == ["status_regressed"] * 8
    assert (world.job().status, len(world.job().attempts)) == ("running", 1)


def test_slots_that_were_claimed_and_not_uploaded_fail_no_download() -> None:
    world = World()
    run(world.begin(engine="media-downloader", options={"url": "https://v.example/1"}))
    start = world.started()[0]
    for slot in ("video", "metadata"):
        world.upload(slot)
    claimed = ("video", "audio", "audioSource", "metadata")
    keys = {slot: {"key": start[f"output{slot[0].upper()}{slot[1:]}Key"]} for slot in claimed}

    run(world.report("completed", progress=1, outputs=keys))
    run(world.settle())

    assert world.job().status == "completed"
    assert set(world.job().outputs) == {"video", "metadata"}


def test_a_downloader_of_the_earlier_system_gets_the_name_that_it_wants_for_the_sound() -> None:
    world = World()
    run(world.begin(engine="media-downloader", options={"url": "https://v.example/1"}))

    start = world.started()[0]

    assert start["outputAudioProcessedKey"] == start["outputAudioKey"]
