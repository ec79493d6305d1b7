"""One job through the routes, its Durable Object and its peers; faults are in test_faults.py."""

import asyncio
import json
from typing import Any

import pytest

from media_jobs.engines import EngineId
from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from tests.orchestrator.world import SUBTITLES_IN, VIDEO_IN, World, begun, document, finished
from tests.platform.loop import run
from tests.platform.network import CUT, PeerCall, peer_answer


def test_a_job_runs_from_submit_to_completed_and_the_app_hears_every_step() -> None:
    world = begun()
    run(world.report("running", progress=0.5))
    run(world.settle())
    world.upload()
    run(world.report("completed", outputs={"video": {"sizeBytes": 8, "durationMs": 900}}))
    run(world.settle())

    job = world.job()
    assert (job.status, job.progress, job.outbox) == ("completed", 1.0, ())
    assert job.outputs["video"].key == "media/med_1/outputs/job_1/1-1/video.mp4"
    assert (job.outputs["video"].size_bytes, job.outputs["video"].duration_ms) == (8, 900)
    told = [(event["eventSeq"], event["status"], event.get("phase")) for event in world.told()]
    assert told == [
        (1, "queued", None),
        (2, "preparing", None),
        (3, "running", None),
        (4, "uploading", "verifying"),
        (5, "completed", None),
    ]
    assert world.waits_only_to_forget()


def test_a_start_call_carries_every_field_of_the_contract() -> None:
    world = World()
    run(world.begin(options={"bilingual": True}))

    (start,) = world.started()
    assert start.keys() >= {"type", "ts", "nonce", "attempt", "urlsUrl"}
    assert (start["type"], start["jobId"], start["mediaId"]) == (
        "container.render",
        "job_1",
        "med_1",
    )
    assert (start["engine"], start["attempt"]) == ("burner-ffmpeg", 1)
    assert start["engineOptions"] == {"bilingual": True}
    assert start["outputVideoKey"] == "media/med_1/outputs/job_1/1-1/video.mp4"
    inside = "http://inside:8788/s3/vidgen-render/"
    assert str(start["inputVideoUrl"]).startswith(f"{inside}{VIDEO_IN}?X-Amz-Algorithm=")
    assert str(start["inputVttUrl"]).startswith(f"{inside}{SUBTITLES_IN}?X-Amz-Algorithm=")
    put = str(start["outputPutUrl"])
    assert put.startswith(f"{inside}media/med_1/outputs/job_1/1-1/video.mp4?")
    assert "X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-content-sha256" in put
    assert "X-Amz-Expires=3600" in put
    assert str(start["callbackUrl"]).startswith("http://orchestrator.example/callbacks/container?")


@pytest.mark.parametrize("host", ["downloader", "burner"])
def test_an_engine_is_started_at_its_own_address_and_without_one_at_the_default_one(
    host: str,
) -> None:
    world = World()
    if host == "burner":
        del world.env["CONTAINER_BASE_URL_DOWNLOADER"]

    run(world.begin(engine="media-downloader"))

    (call,) = world.peers.to("/render")
    assert call.url == f"http://{host}.example/render"
    assert world.job().status == "fetching_metadata"


# --- submitting ---------------------------------------------------------------------------------


def test_a_job_is_stored_with_its_outbox_before_anything_is_started() -> None:
    world = World()
    world.prepare()

    reply = run(world.submit())

    assert document(reply) == {"jobId": "job_1"}
    assert world.peers.calls == []
    assert [e.effect.kind for e in world.job().outbox] == ["request_slot", "tell_app"]
    assert world.disks["job_1"].alarm_ms == world.clock.now_ms + 10_000


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        (None, "missing_job_manifest"),
        (b'{"options":"' + b"x" * 600_000, "missing_job_manifest"),  # Over its limit.
        (b"[" * 6000, "bad_request"),
        (b"", "bad_request"),
        (b"null", "bad_request"),
        (b'{"jobId":"job_1"}', "bad_request"),
        ({"jobId": "job_2"}, "bad_request"),
        ({"engine": "media-downloader"}, "bad_request"),
        ({"generation": 2}, "bad_request"),
    ],
    ids=range(9),
)
def test_without_the_manifest_of_this_very_job_it_is_refused_and_not_stored(
    manifest: bytes | dict[str, object] | None, error: str
) -> None:
    world, key = World(), "manifests/jobs/job_1.json"
    world.prepare()
    if isinstance(manifest, dict):
        world.rewrite_manifest(**{"inputs": {}, **manifest})
    elif manifest is not None:
        world.objects.put(key, manifest)
    else:
        del world.objects.stored[key]

    reply = run(world.submit())

    assert (reply.status, document(reply)["error"]) == (400, error)
    assert world.disks["job_1"].document is None


@pytest.mark.parametrize(
    ("engine", "missing"),
    [("burner-ffmpeg", "subtitles"), ("renderer-remotion", "comments-data")],
)
def test_inputs_that_are_gone_or_not_in_the_manifest_are_named(
    engine: EngineId, missing: str
) -> None:
    world = World()
    world.prepare(engine=engine)
    del world.objects.stored[SUBTITLES_IN]

    reply = run(world.submit(engine=engine))

    assert (reply.status, document(reply)["error"]) == (400, "missing_inputs")
    assert document(reply)["details"] == {"missing": [missing]}


ANOTHER_IN = "media/med_1/inputs/sub_2/subtitles.vtt"
TWO_TRACKS: dict[str, Any] = {
    "inputs": {
        "video": {"key": VIDEO_IN},
        "subtitles": {"key": SUBTITLES_IN, "language": "en"},
        "subtitles-secondary": {"key": ANOTHER_IN, "language": "zh-Hant"},
    }
}


def test_a_container_gets_the_second_track_and_the_languages_of_both() -> None:
    world = World()
    world.objects.put(ANOTHER_IN, b"WEBVTT")

    run(world.begin(**TWO_TRACKS))

    (start,) = world.started()
    assert f"/{SUBTITLES_IN}?" in str(start["inputVttUrl"])
    assert f"/{ANOTHER_IN}?" in str(start["inputSecondaryVttUrl"])
    assert start["inputLanguages"] == {"subtitles": "en", "subtitles-secondary": "zh-Hant"}


def test_a_job_of_one_track_names_neither_a_second_one_nor_languages() -> None:
    world = World()

    run(world.begin())

    (start,) = world.started()
    assert not {"inputSecondaryVttUrl", "inputLanguages"} & start.keys()


@pytest.mark.parametrize(
    "health",
    ['{"ok":true,"version":"0.2.0","capacity":2}', '{"contract":"2"}'],
    ids=["0.2", "a text"],
)
def test_a_container_that_would_leave_the_second_track_out_is_not_asked_to_start(
    health: str,
) -> None:
    """It ignores what it does not know: the job would be completed in one language."""
    world = World()
    world.objects.put(ANOTHER_IN, b"WEBVTT")
    world.peers.then("/health", peer_answer(200, health))

    run(world.begin(**TWO_TRACKS))

    job = world.job()
    assert (job.status, world.started()) == ("failed", [])
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("container_outdated", False)


def test_a_container_that_is_down_is_asked_again_what_it_reads() -> None:
    world = World()
    world.objects.put(ANOTHER_IN, b"WEBVTT")
    world.peers.then("/health", peer_answer(502))
    run(world.begin(**TWO_TRACKS))
    before = list(world.started())

    run(world.wait(10_000))

    assert (before, len(world.started())) == ([], 1)


def test_a_second_track_that_is_gone_is_named() -> None:
    world = World()
    world.prepare(**TWO_TRACKS)

    reply = run(world.submit())

    assert document(reply)["details"] == {"missing": ["subtitles-secondary"]}


def test_j10_the_same_submit_again_gets_the_same_answer_and_starts_nothing() -> None:
    world = World()
    world.prepare()

    for _ in range(2):
        reply = run(world.submit())
        run(world.settle())
        assert (reply.status, document(reply)) == (200, {"jobId": "job_1"})

    assert len(world.started()) == 1


@pytest.mark.parametrize(
    "change", [{"mediaId": "med_2"}, {"engine": "media-downloader"}, {"generation": 2}]
)
def test_j10_the_same_job_with_another_body_is_a_conflict(change: dict[str, object]) -> None:
    world = begun()

    reply = run(world.submit(**change))  # type: ignore[arg-type]  # Any field may differ.

    assert (reply.status, document(reply)["error"]) == (409, "job_conflict")
    assert len(world.started()) == 1


def test_j10_two_submits_at_once_make_one_job_and_one_start() -> None:
    async def at_once(world: World) -> list[int]:
        world.prepare()
        gate = asyncio.Event()
        waiting = 0

        async def both_are_here() -> None:
            nonlocal waiting
            waiting += 1
            if waiting == 2:
                gate.set()
            await gate.wait()

        world.objects.before_head = both_are_here
        replies = await asyncio.gather(world.submit(), world.submit())
        assert world.disks["job_1"].writes == 1
        await world.settle()
        return [reply.status for reply in replies]

    world = World()

    assert run(at_once(world)) == [200, 200]
    assert len(world.started()) == 1
    assert len(world.job().attempts) == 1


# --- starting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [CUT, peer_answer(500), peer_answer(502), peer_answer(429)])
def test_a_start_without_a_clear_answer_is_tried_again_for_the_same_attempt(
    answer: PeerAnswer | UpstreamError,
) -> None:
    world = World()
    world.peers.then("/render", answer)
    run(world.begin())

    run(world.wait(2_000))

    assert [start["attempt"] for start in world.started()] == [1, 1]
    assert world.job().status == "preparing"


def test_a_container_that_never_answers_fails_the_job_after_its_attempts() -> None:
    world = World()
    world.peers.forever("/render", CUT)
    run(world.begin())

    run(world.wait(30 * 60_000))

    job = world.job()
    assert (job.status, len(job.attempts)) == ("failed", 3)
    assert job.error is not None
    assert job.error.code == "container_unreachable"
    reply = run(world.submit())
    assert (reply.status, document(reply)["error"]) == (502, "container_unreachable")


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_start_fails_the_job_at_once_with_the_reason(status: int) -> None:
    world = World()
    answer = '{"error":"cannot use http://inside/k?X-Amz-Signature=0123abcd"}'
    world.peers.then("/render", peer_answer(status, answer))
    run(world.begin())

    job = world.job()
    assert (job.status, len(world.started())) == ("failed", 1)
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("container_rejected", False)
    assert "cannot use http://inside/k?…" in str(job.error.tool_tail)
    reply = run(world.submit())
    assert (reply.status, document(reply)["error"]) == (502, "container_start_failed")


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "container_unauthorized"), (403, "container_rejected"), (404, "container_rejected")],
)
def test_a_start_refused_for_what_may_pass_is_tried_again(status: int, code: str) -> None:
    """A 401 may be the midst of a rotation, a 403 or 404 a proxy without its container."""
    world = World()
    world.peers.then("/render", peer_answer(status, "{}"))
    run(world.begin())
    job = world.job()
    assert job.error is not None
    assert (job.status, job.error.code) == ("queued", code)

    run(world.wait(10_000))

    job = world.job()
    assert (job.status, len(job.attempts), len(world.started())) == ("preparing", 2, 2)


# --- fresh URLs ---------------------------------------------------------------------------------


def _urls_target(world: World) -> str:
    return str(world.started()[0]["urlsUrl"]).removeprefix("http://orchestrator.example")


def test_j9_an_attempt_gets_fresh_urls_for_the_same_objects() -> None:
    world = begun()
    world.clock.now_ms += 1_800_000

    fresh = document(run(world.ask("POST", _urls_target(world))))

    (start,) = world.started()
    assert fresh["outputVideoKey"] == start["outputVideoKey"]
    for field in ("inputVideoUrl", "inputVttUrl", "outputPutUrl"):
        assert str(fresh[field]).partition("?")[0] == str(start[field]).partition("?")[0]
        assert "X-Amz-Date=20260921T144320Z" in str(fresh[field])


def test_an_attempt_that_was_given_up_gets_no_fresh_urls() -> None:
    world = begun()
    run(world.cancel())

    assert run(world.ask("POST", _urls_target(world))).status == 410


# --- alarms -------------------------------------------------------------------------------------


def test_j13_whoever_wakes_the_object_sets_a_lost_alarm_again() -> None:
    world = World()
    world.prepare()
    run(world.submit())
    world.disks["job_1"].alarm_ms = None
    world.evict()

    world.ports()

    assert world.disks["job_1"].alarm_ms == world.clock.now_ms


def test_j13_a_second_submit_repairs_an_alarm_that_was_lost_while_the_object_was_awake() -> None:
    world = World()
    world.prepare()
    run(world.submit())
    world.disks["job_1"].alarm_ms = None
    world.clock.now_ms += 60_000

    run(world.submit())
    run(world.settle())

    assert len(world.started()) == 1


def test_an_alarm_that_rings_for_nothing_changes_nothing() -> None:
    world = begun()
    before, alarm_ms = world.job(), world.disks["job_1"].alarm_ms

    world.disks["job_1"].alarm_ms = world.clock.now_ms
    run(world.settle())

    assert world.job() == before
    assert world.disks["job_1"].alarm_ms == alarm_ms


def test_the_alarm_is_set_for_whatever_is_due_first() -> None:
    """For the question to a silent container, an event to be told again, and the lease's end."""

    async def life(world: World) -> list[int | None]:
        await world.begin()
        begun_ms = world.clock.now_ms
        alarms = [world.disks["job_1"].alarm_ms]
        world.peers.then("/cf-callback", peer_answer(500))
        await world.report("running", progress=0.5)
        await world.settle()
        alarms.append(world.disks["job_1"].alarm_ms)
        await world.wait(2_000)
        alarms.append(world.disks["job_1"].alarm_ms)
        await world.wait(30_000)
        alarms.append(world.disks["job_1"].alarm_ms)
        return [None if alarm_ms is None else alarm_ms - begun_ms for alarm_ms in alarms]

    silent_ms, again_ms, silent_again_ms, lease_ms = run(life(World()))

    assert (silent_ms, silent_again_ms, lease_ms) == (30_000, 30_000, 45_000)
    assert again_ms is not None
    assert 750 <= again_ms <= 1_000


def test_what_the_app_is_told_has_keys_and_no_address() -> None:
    told = json.dumps(finished().told())

    assert '"key": "media/med_1/outputs/job_1/1-1/video.mp4"' in told
    assert "://" not in told


def test_an_object_without_a_job_has_no_alarm() -> None:
    world = World()

    world.ports("job_9")

    assert world.disks["job_9"].alarm_ms is None


def test_what_fails_unexpectedly_is_tried_again_after_a_pause_and_not_in_a_hot_loop() -> None:
    world = World()
    world.prepare()
    run(world.submit())

    async def crash(call: PeerCall) -> None:
        raise RuntimeError("nobody expected this")

    world.peers.during["/render"] = crash
    run(world.settle())
    assert world.logs[-1]["event"] == "effects_failed"
    assert world.disks["job_1"].alarm_ms == world.clock.now_ms + 10_000

    world.peers.during.clear()
    run(world.wait(10_000))
    assert world.job().status == "preparing"
