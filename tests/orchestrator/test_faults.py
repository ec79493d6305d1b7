"""The faults of docs/conformance.md that the orchestrator is proof against, by their numbers."""

import asyncio

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from orchestrator.jobs.job_status import status_document
from tests.orchestrator.fakes import CUT, peer_answer
from tests.orchestrator.world import SECRET, SETTINGS, World, document, run

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def seqs(world: World) -> list[object]:
    """The numbers of the events that the app was sent, in the order they were sent."""
    return [event["eventSeq"] for event in world.told()]


def test_j1_a_completion_during_the_start_call_is_not_overwritten_by_its_answer() -> None:
    world = World()

    async def finish() -> None:
        world.upload()
        await world.report("completed")

    world.peers.during["/render"] = finish
    run(world.begin())

    assert world.job().status == "completed"
    assert len(world.job().attempts) == 1


def test_j1_nor_by_a_start_call_that_is_cut_after_the_container_took_the_job_on() -> None:
    world = World()

    async def work() -> None:
        await world.report("running", progress=0.3)

    world.peers.during["/render"] = work
    world.peers.script("/render", CUT)
    run(world.begin())
    world.peers.during.clear()
    run(world.wait(20_000))

    assert (world.job().status, world.job().progress) == ("running", 0.3)
    assert len(world.started()) == 1


@pytest.mark.parametrize(
    "answer", [peer_answer(401), peer_answer(404), peer_answer(429), peer_answer(500), CUT]
)
def test_j2_an_event_that_the_app_refused_is_delivered_again_and_those_behind_it_wait(
    answer: PeerAnswer | UpstreamError,
) -> None:
    async def refused_twice(world: World) -> None:
        world.prepare()
        world.peers.script("/cf-callback", answer, answer)
        await world.submit()
        await world.settle()
        await world.report("running", progress=0.1)
        await world.wait(10_000)

    world = World()
    run(refused_twice(world))

    assert seqs(world) == [1, 1, 1, 2, 3]
    assert len({event["eventId"] for event in world.told()}) == 3
    assert world.job().outbox == ()


def test_j2_a_delivery_that_is_repeated_has_a_fresh_time_and_the_same_number() -> None:
    world = World()
    world.peers.script("/cf-callback", CUT)
    run(world.begin())
    run(world.wait(1_000))

    first, again = world.told()[:2]
    assert first["eventId"] == again["eventId"] == "job_1.1.1"
    assert first["atMs"] == again["atMs"]
    assert int(str(again["ts"])) > int(str(first["ts"]))
    assert again["nonce"] != first["nonce"]


def test_j3_a_callback_whose_event_could_not_be_stored_is_applied_when_it_comes_again() -> None:
    async def full_disk(world: World) -> int:
        await world.begin()
        world.disks["job_1"].fails = 1
        with pytest.raises(OSError, match="full"):
            await world.report("running", progress=0.5, nonce="nonce-0001")
        assert world.job().status == "preparing"
        return (await world.report("running", progress=0.5, nonce="nonce-0001")).status

    world = World()

    assert run(full_disk(world)) == 200
    assert (world.job().status, world.job().progress) == ("running", 0.5)


def test_j3_a_callback_that_was_applied_gets_the_same_answer_again_and_changes_nothing() -> None:
    async def twice(world: World) -> list[object]:
        await world.begin()
        first = await world.report("running", progress=0.5, nonce="nonce-0001")
        await world.report("running", progress=0.6)
        before = world.job()
        again = await world.report("running", progress=0.5, nonce="nonce-0001")
        assert world.job() == before
        return [document(first), document(again)]

    assert run(twice(World())) == [{"ok": True}, {"ok": True}]


def test_j3_a_refused_report_is_not_remembered_as_seen() -> None:
    async def early(world: World) -> set[str]:
        await world.begin()
        await world.report("running", progress=0.5)
        seen = set(world.disks["job_1"].nonces)
        reply = await world.report("preparing", nonce="nonce-0001")
        assert document(reply) == {"ok": True, "ignored": True, "reason": "status_regressed"}
        return world.disks["job_1"].nonces - seen

    assert run(early(World())) == set()


def test_j4_a_captured_callback_a_day_later_is_401() -> None:
    async def replay(world: World) -> list[int]:
        await world.begin()
        old_ts = world.clock.now_ms
        world.clock.now_ms += DAY_MS
        replies = [
            await world.report("running", ts=old_ts),
            await world.report("running", ts=world.clock.now_ms - 5 * MINUTE_MS - 1),
            await world.report("running", ts=world.clock.now_ms + 5 * MINUTE_MS + 1),
        ]
        return [reply.status for reply in replies]

    assert run(replay(World())) == [401, 401, 401]


def test_j6_a_container_that_dies_is_replaced_up_to_the_limit_and_then_the_job_fails() -> None:
    world = World()
    run(world.begin())

    run(world.wait(30 * MINUTE_MS))

    job = world.job()
    assert (job.status, [start["attempt"] for start in world.started()]) == ("failed", [1, 2, 3])
    assert job.error is not None
    assert job.error.code == "lease_expired"
    assert world.told()[-1]["status"] == "failed"
    assert world.waits_only_to_forget()


def test_j8_a_report_after_the_cancel_tells_the_container_to_stop() -> None:
    async def after_cancel(world: World) -> int:
        await world.begin()
        await world.cancel()
        return (await world.report("running", progress=0.9)).status

    assert run(after_cancel(World())) == 410


def test_j11_a_hundred_callbacks_in_flight_lose_no_update() -> None:
    async def hundred(world: World) -> list[int]:
        await world.begin()
        replies = await asyncio.gather(
            *(world.report("running", progress=n / 100) for n in range(1, 101))
        )
        await world.settle()
        return [reply.status for reply in replies]

    world = World()

    assert run(hundred(world)) == [200] * 100
    job = world.job()
    assert (job.status, job.progress) == ("running", 1.0)
    assert len(world.disks["job_1"].nonces) == 100
    assert job.event_seq == 2 + 100


def test_j11_callbacks_during_every_call_of_a_tick_lose_no_update() -> None:
    world = World()
    count = 0

    async def report() -> None:
        nonlocal count
        if world.started():
            count += 1
            await world.report("running", progress=count / 100)

    world.peers.during = {"/render": report, "/cf-callback": report}
    run(world.begin())
    run(world.wait(10_000))
    world.peers.during.clear()
    run(world.wait(2_000))

    job = world.job()
    assert count > 5
    assert (job.status, job.progress) == ("running", count / 100)
    assert seqs(world) == sorted(set(map(int, map(str, seqs(world)))))
    assert seqs(world)[-1] == job.event_seq


def test_j12_an_app_that_was_down_for_an_hour_is_told_once_and_in_order() -> None:
    async def outage(world: World) -> int:
        await world.begin()
        world.peers.forever("/cf-callback", CUT)
        await world.report("running", progress=0.5)
        await world.settle()
        world.upload()
        await world.report("completed")
        await world.wait(HOUR_MS)
        world.peers.forgive("/cf-callback")
        before = len(world.told())
        await world.wait(20 * MINUTE_MS)
        return before

    world = World()
    before = run(outage(world))

    assert seqs(world)[before:] == [3, 4, 5]
    assert world.told()[-1]["status"] == "completed"
    assert world.job().outbox == ()


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


def test_j13_an_eviction_after_any_step_loses_nothing() -> None:
    async def evicted_everywhere(world: World) -> None:
        async def evict() -> None:
            world.evict()

        world.peers.during[""] = evict
        world.objects.before_head = evict
        await world.begin()
        await world.report("running", progress=0.5)
        await world.settle()
        world.upload()
        await world.report("completed")
        await world.settle()

    world = World()
    run(evicted_everywhere(world))

    assert world.job().status == "completed"
    assert world.told()[-1]["status"] == "completed"


def test_j14_a_given_up_container_is_fenced_out_and_cannot_touch_the_accepted_output() -> None:
    async def zombie(world: World) -> tuple[int, bytes]:
        await world.begin()
        await world.wait(55_000)
        assert len(world.started()) == 2
        world.upload(attempt=2, body=b"accepted")
        await world.report("completed", attempt=2)
        await world.settle()
        world.upload(attempt=1, body=b"too late")
        reply = await world.report("completed", attempt=1)
        return reply.status, world.objects.stored[world.job().outputs["video"].key]

    world = World()

    assert run(zombie(world)) == (410, b"accepted")
    assert world.job().status == "completed"
    first, second = (start["outputVideoKey"] for start in world.started()[:2])
    assert first != second


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
    async def promise(world: World) -> None:
        await world.begin()
        if uploaded is not None:
            world.upload(body=uploaded)
        await world.report("completed", outputs={"video": claim} if claim else {})
        await world.settle()

    world = World()
    run(promise(world))

    job = world.job()
    assert (job.status, job.phase, job.outputs) == ("queued", "retrying", {})
    assert job.error is not None
    assert job.error.code == "output_not_verified"
    assert why in job.error.message


def test_j16_a_download_with_metadata_but_without_video_is_not_completed() -> None:
    async def half(world: World) -> None:
        await world.begin(engine="media-downloader")
        world.upload("metadata", body=b"{}")
        await world.report("completed", outputs={"metadata": {"sizeBytes": 2}})
        await world.settle()

    world = World()
    run(half(world))

    assert world.job().status == "queued"
    assert "video: the object is missing" in str(world.job().error)


def test_a_download_of_comments_alone_is_complete_without_a_video() -> None:
    async def comments(world: World, *slots: str) -> None:
        await world.begin(engine="media-downloader", options={"mode": "comments"})
        for slot in slots:
            world.upload(slot, body=b"{}")
        await world.report("completed", outputs={slot: {"sizeBytes": 2} for slot in slots})
        await world.settle()

    whole, half = World(), World()
    run(comments(whole, "metadata", "comments"))
    run(comments(half, "metadata"))

    assert whole.job().status == "completed"
    assert set(whole.job().outputs) == {"metadata", "comments"}
    assert half.job().status == "queued"
    assert "comments: the object is missing" in str(half.job().error)


def test_a_download_without_audio_is_complete_and_one_that_promised_audio_is_not() -> None:
    async def download(world: World, claims: dict[str, object]) -> None:
        await world.begin(engine="media-downloader")
        world.upload("video")
        world.upload("metadata", body=b"{}")
        await world.report("completed", outputs=claims)
        await world.settle()

    silent, broken = World(), World()
    run(download(silent, {"video": {}, "metadata": {}}))
    run(download(broken, {"video": {}, "metadata": {}, "audio": {"sizeBytes": 5}}))

    assert set(silent.job().outputs) == {"video", "metadata"}
    assert broken.job().status == "queued"


def test_a_completion_without_claims_takes_every_output_that_is_there() -> None:
    async def download(world: World) -> None:
        await world.begin(engine="media-downloader")
        for slot in ("video", "audio", "metadata"):
            world.upload(slot)
        await world.report("completed")
        await world.settle()

    world = World()
    run(download(world))

    assert set(world.job().outputs) == {"video", "audio", "metadata"}


def test_j18_a_container_whose_clock_is_off_is_refused_and_the_log_says_by_how_much() -> None:
    async def off(world: World) -> int:
        await world.begin()
        reply = await world.report("running", ts=world.clock.now_ms - 10 * MINUTE_MS)
        return reply.status

    world = World()

    assert run(off(world)) == 401
    assert {"event": "message_refused", "why": "ts is 600 s behind this clock"} in world.logs
    assert world.job().status == "preparing"


def test_j18_no_clock_of_a_job_is_the_container_s() -> None:
    async def fast(world: World) -> None:
        await world.begin()
        await world.report("running", ts=world.clock.now_ms + 4 * MINUTE_MS)

    world = World()
    run(fast(world))

    assert world.job().attempts[0].heartbeat_ms == world.clock.now_ms
    assert world.job().updated_ms == world.clock.now_ms


def test_j19_an_interruption_reported_after_success_changes_nothing() -> None:
    async def sigterm(world: World) -> list[object]:
        await world.begin()
        world.upload()
        await world.report("completed")
        before = await world.report("failed", error={"code": "interrupted"})
        await world.settle()
        after = await world.report("failed", error={"code": "interrupted"})
        return [document(before)["reason"], document(after)["reason"]]

    world = World()

    assert run(sigterm(world)) == ["already_done", "already_completed"]
    assert world.job().status == "completed"


def test_j20_a_permanent_error_fails_its_job_at_once_and_touches_no_other() -> None:
    async def corrupt(world: World) -> None:
        await world.begin()
        world.prepare("job_2")
        await world.submit("job_2")
        await world.settle("job_2")
        error = {"code": "input_unreadable", "message": "moov not found", "retryable": False}
        await world.report("failed", error=error)
        await world.settle()

    world = World()
    run(corrupt(world))

    assert (world.job().status, len(world.started())) == ("failed", 2)
    assert world.job("job_2").status == "preparing"


# --- what nobody may learn ----------------------------------------------------------------------


def test_d9_no_secret_token_or_presigned_query_is_in_the_status_or_in_a_log() -> None:
    async def eventful(world: World) -> None:
        quoted = "at http://h/k?X-Amz-Signature=5ec2e7"
        world.peers.script("/render", CUT, peer_answer(503), peer_answer(500, quoted))
        world.peers.script("/cf-callback", peer_answer(500, quoted), CUT)
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
    async def outage(world: World) -> None:
        async def no_answer() -> None:
            raise UpstreamError("The bucket did not answer.")

        await world.begin()
        world.upload()
        await world.report("completed")
        world.objects.before_head = no_answer
        await world.settle()
        assert (world.job().status, seqs(world)) == ("uploading", [1, 2, 3])
        world.objects.before_head = None
        await world.wait(MINUTE_MS)

    world = World()
    run(outage(world))

    assert (world.job().status, len(world.job().attempts)) == ("completed", 1)
