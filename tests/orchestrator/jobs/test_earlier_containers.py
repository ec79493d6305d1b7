"""Containers of the earlier system send fewer fields, and keep working."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from media_jobs.engines import ENGINES
from media_jobs.ports import PeerAnswer
from orchestrator.jobs.earlier import contract_of
from tests.orchestrator.world import VIDEO_IN, World, begun, document
from tests.platform.loop import run
from tests.platform.network import PeerCall, peer_answer

LEASE_MS = 45_000
URL = "https://youtu.be/1"
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


EARLIER = '{"ok":true,"service":"burner"}'
OF_0_1 = '{"ok":true,"version":"0.1.0","capacity":2}'
COMMENTS_IN = "media/med_1/inputs/com_1/comments.json"
SUBRIP_IN = "media/med_1/inputs/sub_2/subtitles.srt"


def asked(health: str = EARLIER, engine: str = "burner-ffmpeg", **prepared: Any) -> World:
    """Begin a job whose container answers *health*."""
    world = World()
    world.peers.then("/health", peer_answer(200, health))
    run(world.begin(engine=engine, **prepared))
    return world


def options_of(engine: str, **given: object) -> dict[str, object]:
    """Return the options of a job as the app stores them."""
    options = ENGINES[engine].options().model_validate(given)
    return options.model_dump(mode="json", by_alias=True, exclude_none=True)


def test_an_earlier_container_is_asked_in_its_own_words() -> None:
    world = asked(options=options_of("burner-ffmpeg", style={"fontSize": 20}))

    options: Any = world.started()[0]["engineOptions"]
    assert (list(options), options["subtitleConfig"]["fontSize"]) == (["subtitleConfig"], 20)


def test_what_an_earlier_container_would_ignore_is_refused_before_it_starts() -> None:
    limited = options_of("media-downloader", url="https://v.example/1", maxBytes=9, maxFps=30)
    world = asked(engine="media-downloader", options=limited)

    job = world.job()
    assert (job.status, len(job.attempts), world.started()) == ("failed", 1, [])
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("options_unsupported", False)
    assert job.error.options == ["maxFps", "maxBytes"]
    assert "maxFps, maxBytes" in job.error.message


@pytest.mark.parametrize("health", [OF_0_1, '{"ok":true,"contract":2}'], ids=["0.1", "2"])
def test_a_container_of_ours_gets_the_options_as_they_are(health: str) -> None:
    options = options_of("burner-ffmpeg", speed="slow")

    assert asked(health, options=options).started()[0]["engineOptions"] == options


@pytest.mark.parametrize(
    ("health", "contract"),
    [
        ('{"ok":true,"service":"burner"}', 0),
        ('{"capacity":2}', 1),
        ('{"capacity":null}', 1),
        ('{"contract":2}', 2),
        ('{"contract":3,"capacity":1}', 3),
        *((f'{{"contract":{odd},"capacity":1}}', 1) for odd in ('"2"', "true", "null", "[]")),
        *((text, None) for text in ("", "<html>", "[]", "null", '"ok"', "{")),
    ],
)
def test_the_contract_is_what_health_says(health: str, contract: int | None) -> None:
    assert contract_of(health) == contract


@pytest.mark.parametrize(
    "answer", [peer_answer(429, "slow down"), peer_answer(200, "<html>Sign in</html>")]
)
def test_a_container_that_does_not_say_what_it_is_waits(answer: PeerAnswer) -> None:
    """A proxy that answers in its place knows no contract."""
    world = World()
    world.peers.then("/health", answer)
    run(world.begin(options=options_of("burner-ffmpeg", speed="slow")))
    before = world.started()

    run(world.wait(10_000))

    assert (before, len(world.started())) == ([], 1)


def test_a_job_that_was_given_up_meanwhile_is_not_started() -> None:
    world = World()

    async def cancel(_: PeerCall) -> None:
        world.peers.during.clear()
        await world.cancel()

    world.peers.during["/health"] = cancel
    run(world.begin())

    assert (world.job().status, world.started()) == ("canceled", [])


def read_by_container(world: World, field: str) -> str:
    """Return what a container finds at a URL that it was given."""
    path = urlsplit(str(world.started()[0][field])).path
    key = path.split("/vidgen-render/", 1)[1]
    return world.objects.stored[key].body.decode()


def test_an_earlier_composer_reads_the_comments_in_its_own_form() -> None:
    world = World()
    comments = {
        "video": {"title": "A talk", "viewCount": 7},
        "comments": [{"author": "Ann", "content": "Well said", "avatarUrl": "https://a.example/1"}],
    }
    world.objects.put(COMMENTS_IN, json.dumps(comments).encode())
    world.peers.then("/health", peer_answer(200, EARLIER))
    inputs = {"video": {"key": VIDEO_IN}, "comments-data": {"key": COMMENTS_IN}}

    run(world.begin(engine="renderer-remotion", inputs=inputs))

    assert json.loads(read_by_container(world, "inputDataUrl")) == {
        "videoInfo": {"title": "A talk", "viewCount": 7, "series": ""},
        "comments": [
            {
                "id": "1",
                "author": "Ann",
                "authorThumbnail": "https://a.example/1",
                "content": "Well said",
                "likes": 0,
            }
        ],
    }


def test_an_earlier_burner_reads_subtitles_of_any_kind_as_webvtt() -> None:
    world = World()
    cue = "1\n00:00:01,000 --> 00:00:02,000\nHello\n你好\n"
    world.objects.put(SUBRIP_IN, cue.encode())
    world.peers.then("/health", peer_answer(200, EARLIER))
    inputs = {"video": {"key": VIDEO_IN}, "subtitles": {"key": SUBRIP_IN}}

    run(world.begin(inputs=inputs))

    text = read_by_container(world, "inputVttUrl")
    assert text.startswith("WEBVTT")
    assert "00:00:01.000 --> 00:00:02.000\nHello\n你好" in text


SECOND_IN = "media/med_1/inputs/sub_3/subtitles.vtt"
SECOND = "WEBVTT\n\n00:01.000 --> 00:03.000\n你好\n世界\n"


def two_tracks(second: str = SECOND, **options: object) -> World:
    """Begin a burn of two tracks by a container of the earlier system."""
    world = World()
    world.objects.put(SUBRIP_IN, b"1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    world.objects.put(SECOND_IN, second.encode())
    world.peers.then("/health", peer_answer(200, EARLIER))
    keys = {"video": VIDEO_IN, "subtitles": SUBRIP_IN, "subtitles-secondary": SECOND_IN}
    inputs = {slot: {"key": key} for slot, key in keys.items()}
    run(world.begin(inputs=inputs, options=options_of("burner-ffmpeg", **options)))
    return world


def test_an_earlier_burner_reads_two_tracks_as_cues_of_two_lines() -> None:
    text = read_by_container(two_tracks(), "inputVttUrl")

    assert "00:00:01.000 --> 00:00:02.000\nHello\n你好 世界\n" in text
    assert "00:00:02.000 --> 00:00:03.000\n你好 世界\n" in text


def test_an_earlier_burner_is_not_given_what_it_cannot_make_of_two_tracks() -> None:
    """It has one style for both, and reads no broken file."""
    styled = two_tracks(secondaryStyle={"fontSize": 20}).job().error
    broken = two_tracks(second="no subtitles").job().error

    assert styled is not None
    assert broken is not None
    assert styled.options == ["secondaryStyle.fontSize"]
    assert (broken.code, broken.options) == ("options_unsupported", ["inputs.subtitles"])


def test_an_earlier_burner_is_not_given_what_is_no_subtitles() -> None:
    world = World()
    world.objects.put(SUBRIP_IN, b"no subtitles")
    world.peers.then("/health", peer_answer(200, EARLIER))

    run(world.begin(inputs={"video": {"key": VIDEO_IN}, "subtitles": {"key": SUBRIP_IN}}))

    error = world.job().error
    assert error is not None
    assert (error.code, error.options) == ("options_unsupported", ["inputs.subtitles"])


def test_comments_that_an_earlier_downloader_puts_in_the_metadata_s_place_are_found() -> None:
    options = options_of("media-downloader", url=URL, mode="comments")
    world = asked(engine="media-downloader", options=options)
    row = {"id": "c1", "author": "Ann", "authorThumbnail": "https://a.example/1", "likes": 3}
    row |= {"content": "Well said", "replyCount": 2, "translatedContent": ""}
    world.upload("metadata", body=json.dumps({"comments": [row]}).encode())

    start: Any = world.started()[0]
    named = {"metadata": {"key": start["outputMetadataKey"]}}
    run(world.report("completed", progress=1, outputs=named))
    run(world.settle())

    assert start["engineOptions"]["task"] == "comments"
    assert world.job().status == "completed"
    stored = json.loads(world.objects.stored[world.job().outputs["comments"].key].body)
    assert stored == {
        "video": {"title": "Comments"},
        "comments": [
            {
                "id": "c1",
                "author": "Ann",
                "content": "Well said",
                "likes": 3,
                "replyCount": 2,
                "avatarUrl": "https://a.example/1",
            }
        ],
    }


def test_no_more_comments_are_stored_than_were_asked_for() -> None:
    """Its downloader counts whole pages."""
    options = options_of("media-downloader", url=URL, mode="comments", maxComments=21)
    world = asked(engine="media-downloader", options=options)
    rows = [{"id": str(n), "author": "Ann", "content": f"No. {n}", "likes": 0} for n in range(40)]
    world.upload("metadata", body=json.dumps({"comments": rows}).encode())

    run(world.report("completed", progress=1))
    run(world.settle())

    start: Any = world.started()[0]
    stored = json.loads(world.objects.stored[world.job().outputs["comments"].key].body)
    assert start["engineOptions"]["commentsPages"] == 2
    assert [one["id"] for one in stored["comments"]] == [str(n) for n in range(21)]


def test_a_download_of_comments_without_any_is_not_completed() -> None:
    options = options_of("media-downloader", url=URL, mode="comments")
    world = asked(engine="media-downloader", options=options)
    world.upload("metadata", body=b'{"title":"A talk"}')

    run(world.report("completed", progress=1))
    run(world.settle())

    error = world.job().error
    assert error is not None
    assert error.code == "output_not_verified"


def test_an_output_that_is_named_by_its_key_alone_is_understood() -> None:
    world = begun()
    world.upload()
    key = world.started()[0]["outputVideoKey"]

    run(world.report("completed", outputs={"video": key}, outputKey=key))
    run(world.settle())

    assert world.job().status == "completed"
