"""The faults of docs/conformance.md that the orchestrator is proof against, by their numbers."""

import pytest

from media_jobs.errors import UpstreamError
from orchestrator.jobs.job_status import status_document
from tests.orchestrator.world import SECRET, SETTINGS, World, begun, document
from tests.platform.loop import run
from tests.platform.network import CUT, peer_answer

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def test_j2_a_delivery_that_is_repeated_has_a_fresh_time_and_the_same_number() -> None:
    world = World()
    world.peers.then("/cf-callback", CUT)
    run(world.begin())
    run(world.wait(1_000))

    first, again = world.told()[:2]
    assert first["eventId"] == again["eventId"] == "job_1.1.1"
    assert first["atMs"] == again["atMs"]
    assert int(str(again["ts"])) > int(str(first["ts"]))
    assert again["nonce"] != first["nonce"]


def test_j3_a_callback_that_was_applied_gets_the_same_answer_again_and_changes_nothing() -> None:
    world = begun()
    first = run(world.report("running", progress=0.5, nonce="nonce-0001"))
    run(world.report("running", progress=0.6))
    before = world.job()

    again = run(world.report("running", progress=0.5, nonce="nonce-0001"))

    assert document(first) == document(again) == {"ok": True}
    assert world.job() == before


def test_j3_a_refused_report_is_not_remembered_as_seen() -> None:
    world = begun()
    run(world.report("running", progress=0.5))

    reply = run(world.report("preparing", nonce="nonce-0001"))

    assert document(reply) == {"ok": True, "ignored": True, "reason": "status_regressed"}
    assert "nonce-0001" not in world.disks["job_1"].nonces


def test_j12_what_could_not_be_told_for_half_a_day_is_a_visible_dead_letter() -> None:
    world = World(env={**SETTINGS, "JOB_TTL_SECONDS": str(30 * 86_400)})
    world.peers.forever("/cf-callback", peer_answer(500, '{"code":"db_down"}'))
    run(world.begin())
    run(world.cancel())

    run(world.wait(3 * DAY_MS))

    job = world.job()
    assert [entry.dead for entry in job.outbox] == [True, True, True]
    assert job.outbox[0].last_error == "app: HTTP 500 db_down"
    assert job.finished_ms is not None
    assert world.disks["job_1"].alarm_ms == job.finished_ms + 60 * DAY_MS


@pytest.mark.parametrize(
    ("uploaded", "claim", "why"),
    [
        (None, {"sizeBytes": 8}, "the object is missing"),
        (None, None, "the object is missing"),
        (b"", {"sizeBytes": 0}, "the object is empty"),
        (b"seven b", {"sizeBytes": 8}, "the object has 7 bytes, not 8"),
        (b"rendered", {"key": "media/med_1/outputs/job_2/1-1/video.mp4"}, "another key"),
    ],
)
def test_j15_a_completion_whose_object_is_not_there_as_promised_is_none(
    uploaded: bytes | None, claim: dict[str, object] | None, why: str
) -> None:
    world = begun()
    if uploaded is not None:
        world.upload(body=uploaded)

    run(world.report("completed", outputs={"video": claim} if claim else {}))
    run(world.settle())

    job = world.job()
    assert (job.status, job.phase, job.outputs) == ("queued", "retrying", {})
    assert job.error is not None
    assert job.error.code == "output_not_verified"
    assert why in job.error.message


@pytest.mark.parametrize(
    ("mode", "uploaded", "claimed", "missing"),
    [
        ("comments", ("metadata", "comments"), ("metadata", "comments"), None),
        ("comments", ("metadata",), ("metadata",), "comments"),
        ("full", ("video", "metadata"), ("video", "metadata"), None),
        ("full", ("video", "metadata"), ("video", "metadata", "audio"), "audio"),
        # A container that claims nothing has made what is there.
        ("full", ("video", "audio", "metadata"), (), None),
    ],
)
def test_a_download_is_complete_with_what_its_mode_needs_and_all_that_was_claimed(
    mode: str, uploaded: tuple[str, ...], claimed: tuple[str, ...], missing: str | None
) -> None:
    world = World()
    run(world.begin(engine="media-downloader", options={"mode": mode}))
    for slot in uploaded:
        world.upload(slot)

    run(world.report("completed", outputs={slot: {"sizeBytes": 8} for slot in claimed}))
    run(world.settle())

    job = world.job()
    if missing is None:
        assert (job.status, set(job.outputs)) == ("completed", set(uploaded))
    else:
        assert (job.status, job.outputs) == ("queued", {})
        assert f"{missing}: the object is missing" in str(job.error)


def test_j18_a_container_whose_clock_is_off_is_refused_and_the_log_says_by_how_much() -> None:
    world = begun()

    reply = run(world.report("running", ts=world.clock.now_ms - 10 * MINUTE_MS))

    assert reply.status == 401
    refusal = {"event": "message_refused", "why": "ts is 600 s behind this clock"}
    assert world.logs[-1].items() >= {**refusal, "jobId": "job_1", "attempt": 1}.items()
    assert world.job().status == "preparing"


def test_j18_no_clock_of_a_job_is_the_container_s() -> None:
    world = begun()

    run(world.report("running", ts=world.clock.now_ms + 4 * MINUTE_MS))

    assert world.job().attempts[0].heartbeat_ms == world.clock.now_ms
    assert world.job().updated_ms == world.clock.now_ms


# --- what nobody may learn ----------------------------------------------------------------------


def test_d9_no_secret_token_or_presigned_query_is_in_the_status_or_in_a_log() -> None:
    async def eventful(world: World) -> None:
        quoted = "at http://h/k?X-Amz-Signature=5ec2e7"
        world.peers.then("/render", CUT, peer_answer(503), peer_answer(500, quoted))
        world.peers.then("/cf-callback", peer_answer(500, quoted), CUT)
        await world.begin(options={"cookies": "sid=5ec2e7"})
        await world.wait(MINUTE_MS // 2)
        await world.report("failed", error={"message": quoted, "toolTail": quoted})
        await world.report("running", ts=0)
        world.peers.forever("/cf-callback", peer_answer(500, quoted))
        await world.wait(MINUTE_MS // 2)

    world = World()
    run(eventful(world))

    seen = f"{status_document(world.job())} {world.logs} {world.told()}"
    assert "'message': 'at http://h/k?…'" in seen
    assert "app: HTTP 500" in seen
    assert "effect_postponed" in seen
    assert "message_refused" in seen
    for secret in (SECRET, "s3-secret-access-key", "access-key-id", "5ec2e7", "X-Amz"):
        assert secret not in seen
    for attempt in world.job().attempts:
        assert attempt.token not in seen


def test_a_bucket_that_does_not_answer_postpones_the_verification_and_no_event() -> None:
    async def no_answer() -> None:
        raise UpstreamError("upstream_failed", part="The bucket", why="Error")

    world = begun()
    world.upload()
    run(world.report("completed"))
    world.objects.before_head = no_answer
    run(world.settle())
    assert world.job().status == "uploading"
    assert [event["eventSeq"] for event in world.told()] == [1, 2, 3]
    world.objects.before_head = None

    run(world.wait(MINUTE_MS))

    assert (world.job().status, len(world.job().attempts)) == ("completed", 1)
