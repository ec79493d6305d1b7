"""One frame of a comments video, asked of the remotion container."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from media_jobs.ports import PeerAnswer
from media_jobs.signing import verify
from tests.orchestrator.world import SECRET, World, document
from tests.platform.loop import run
from tests.platform.network import CUT, peer_answer

KEY = "media/med_1/inputs/com_1/comments.json"
COMMENTS = {"video": {"title": "Clip"}, "comments": [{"author": "Ann", "content": "字幕"}]}
PNG_HEADERS = {
    "content-type": "image/png",
    "content-length": "3",
    "x-video-duration-ms": "12000",
    "x-comment-starts-ms": "3000,7000",
    "x-video-box": "56,60,800,450",
    "server": "uvicorn",
}


def _asked(world: World, **more: object) -> dict[str, object]:
    given = {"key": KEY, "options": {"template": "vertical"}, "atS": 4.5, **more}
    return world.message("comments.preview", mediaId="med_1", **given)


def _stage() -> World:
    world = World()
    world.objects.put(KEY, json.dumps(COMMENTS).encode())
    world.peers.relayed_headers = PNG_HEADERS
    return world


def test_the_frame_of_the_stored_document_comes_back_unread() -> None:
    world = _stage()
    world.peers.then("/preview", peer_answer(text="png"))

    reply = run(world.post("/preview", _asked(world, sourceWidth=720, sourceHeight=1280)))

    (call,) = world.peers.to("/preview")
    asked = call.message
    verify(call.body or b"", call.headers["x-signature"], (SECRET,))
    assert call.url == "http://remotion.example/preview"
    assert asked["type"] == "container.preview"
    assert asked["document"] == COMMENTS
    assert (asked["engineOptions"], asked["atS"]) == ({"template": "vertical"}, 4.5)
    assert (asked["sourceWidth"], asked["sourceHeight"]) == (720, 1280)
    assert (reply.status, reply.body) == (200, b"png")
    kept = {name: value for name, value in PNG_HEADERS.items() if name != "server"}
    assert reply.headers == {**kept, "cache-control": "no-store"}


def test_the_container_chooses_a_size_that_is_not_known_and_half_of_one_is_refused() -> None:
    world = _stage()

    half = run(world.post("/preview", _asked(world, sourceHeight=1280)))
    assert (half.status, document(half)["error"]) == (400, "bad_request")
    assert world.peers.calls == []

    run(world.post("/preview", _asked(world)))
    assert "sourceWidth" not in world.peers.to("/preview")[0].message


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (peer_answer(status=400, text='{"error":"bad_request"}'), 400, "bad_request"),
        (peer_answer(status=401), 502, "preview_failed"),
        (peer_answer(status=500), 502, "preview_failed"),
        (CUT, 502, "upstream_failed"),
    ],
)
def test_a_container_that_gives_no_frame_is_told(
    answer: PeerAnswer, status: int, code: str
) -> None:
    world = _stage()
    world.peers.then("/preview", answer)

    reply = run(world.post("/preview", _asked(world)))

    assert (reply.status, document(reply)["error"]) == (status, code)


def test_comments_that_no_container_takes_are_not_sent() -> None:
    world = _stage()
    world.objects.put(KEY, json.dumps({**COMMENTS, "more": "x" * 1024 * 1024}).encode())

    reply = run(world.post("/preview", _asked(world)))

    assert reply.status == 413
    assert world.peers.calls == []


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("media/med_1/inputs/com_2/comments.json", 404),
        ("media/med_2/inputs/com_1/comments.json", 400),
        ("media/med_1/outputs/job_1/1-1/metadata.json", 400),
        ("media/med_1/downloads/../x", 400),
        ("manifests/jobs/job_1.json", 400),
    ],
)
def test_d6_only_a_media_s_own_comments_are_read(key: str, status: int) -> None:
    world = _stage()
    world.objects.put("manifests/jobs/job_1.json", b"{}")

    reply = run(world.post("/preview", _asked(world, key=key)))

    assert reply.status == status
    assert world.peers.calls == []


SUBTITLES = "media/med_1/inputs/sub_1/subtitles.vtt"
VIDEO = "media/med_1/inputs/up_1/video"
LAYER_HEADERS = {
    "content-type": "image/png",
    "x-layer-times-ms": "0,1000",
    "x-layer-box": "1,2,3,4",
    "x-layer-size": "1920,1080",
    "x-missing-glyphs": "U+E000",
}


def _burn(world: World, **more: object) -> dict[str, object]:
    given: dict[str, object] = {"key": SUBTITLES, "options": {"preset": "bold"}, "atS": 2.5}
    return world.message("burn.preview", **{"mediaId": "med_1", "kind": "layer", **given, **more})


def _burn_stage() -> World:
    world = World()
    world.objects.put(SUBTITLES, "WEBVTT\n\n00:01.000 --> 00:02.000\n字幕\n".encode())
    world.objects.put(VIDEO, b"a film")
    world.peers.relayed_headers = LAYER_HEADERS
    return world


def test_a_burner_gets_the_texts_and_languages_of_both_tracks() -> None:
    second = SUBTITLES.replace("sub_", "sub_0")
    world = _burn_stage()
    world.objects.put(second, b"WEBVTT\n\n00:01.000 --> 00:02.000\nwords\n")
    world.peers.then("/preview", peer_answer(text="png"))
    languages = {"subtitles": "zh", "subtitles-secondary": "en"}

    run(world.post("/preview/burn", _burn(world, secondaryKey=second, languages=languages)))

    (call,) = world.peers.to("/preview")
    assert "字幕" in str(call.message["subtitles"])
    assert "words" in str(call.message["subtitlesSecondary"])
    assert call.message["inputLanguages"] == languages
    outside = _burn(world, secondaryKey="media/med_2/inputs/sub_1/subtitles.vtt")
    assert run(world.post("/preview/burn", outside)).status == 400


def test_the_text_of_a_burn_is_drawn_of_the_stored_subtitles() -> None:
    world = _burn_stage()
    world.peers.then("/preview", peer_answer(text="png"))

    reply = run(world.post("/preview/burn", _burn(world, untilS=4.5)))

    (call,) = world.peers.to("/preview")
    verify(call.body or b"", call.headers["x-signature"], (SECRET,))
    assert call.url == "http://burner.example/preview"
    assert (call.message["type"], call.message["kind"]) == ("container.preview", "layer")
    assert "字幕" in str(call.message["subtitles"])
    assert (call.message["atS"], call.message["untilS"]) == (2.5, 4.5)
    assert call.message["engineOptions"] == {"preset": "bold"}
    assert "inputVideoUrl" not in call.message
    assert (reply.status, reply.body) == (200, b"png")
    assert reply.headers == {**LAYER_HEADERS, "cache-control": "no-store"}


def test_a_still_has_a_presigned_url_of_the_video_and_a_name_for_its_bytes() -> None:
    world = _burn_stage()
    world.peers.then("/preview", peer_answer(status=202, text='{"progress":0.5}'))

    reply = run(
        world.post("/preview/burn", _burn(world, kind="still", subtitles="x", videoKey=VIDEO))
    )

    asked = world.peers.to("/preview")[0].message
    assert asked["subtitles"] == "x"
    assert "X-Amz-Signature=" in str(asked["inputVideoUrl"])
    assert VIDEO in str(asked["inputVideoUrl"])
    assert str(asked["inputVideoName"]).startswith(f"{VIDEO} ")
    assert asked["inputVideoBytes"] == len(b"a film")
    assert (reply.status, document(reply)) == (202, {"progress": 0.5})


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (peer_answer(status=429), 429, "preview_busy"),
        (peer_answer(status=503), 429, "preview_busy"),
        (peer_answer(status=400), 400, "bad_request"),
        (peer_answer(status=404), 502, "preview_failed"),
    ],
)
def test_what_the_burner_can_t_do_is_told(answer: PeerAnswer, status: int, code: str) -> None:
    world = _burn_stage()
    world.peers.then("/preview", answer)

    reply = run(world.post("/preview/burn", _burn(world)))

    assert (reply.status, document(reply)["error"]) == (status, code)
    assert ("retry-after" in reply.headers) == (status == 429)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"key": "manifests/jobs/job_1.json"}, 400),
        ({"key": "media/med_2/inputs/sub_1/subtitles.vtt"}, 400),
        ({"key": "media/med_1/inputs/sub_2/subtitles.vtt"}, 404),
        ({"kind": "still"}, 400),
        ({"kind": "still", "videoKey": "manifests/jobs/job_1.json"}, 400),
        ({"kind": "still", "videoKey": "media/med_1/inputs/up_2/video"}, 404),
    ],
)
def test_d6_only_a_media_s_own_subtitles_and_video_are_read(
    changes: dict[str, object], status: int
) -> None:
    world = _burn_stage()

    reply = run(world.post("/preview/burn", _burn(world, **changes)))

    assert reply.status == status
    assert world.peers.calls == []


def _peaks(world: World, **more: object) -> dict[str, object]:
    given = {"mediaId": "med_1", "inputId": "up_1", "key": VIDEO, **more}
    return world.message("peaks.make", **given)


def test_the_burner_gets_the_video_and_where_its_peaks_go() -> None:
    world = _burn_stage()
    world.peers.then("/peaks", peer_answer(status=202, text='{"progress":0.5}'))

    reply = run(world.post("/peaks", _peaks(world)))

    (call,) = world.peers.to("/peaks")
    verify(call.body or b"", call.headers["x-signature"], (SECRET,))
    assert call.url == "http://burner.example/peaks"
    assert call.message["type"] == "container.peaks"
    assert VIDEO in str(call.message["inputVideoUrl"])
    assert call.message["inputVideoBytes"] == len(b"a film")
    target = urlsplit(str(call.message["outputPeaksUrl"]))
    assert target.path.endswith("/media/med_1/inputs/up_1/peaks.bin")
    signed = parse_qs(target.query)["X-Amz-SignedHeaders"]
    assert signed == ["content-type;host;x-amz-content-sha256"]
    assert (reply.status, document(reply)) == (202, {"progress": 0.5})


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (200, (200, None)),
        (400, (400, "bad_request")),
        (429, (429, "preview_busy")),
        # A burner of before has no such route.
        (404, (502, "peaks_failed")),
    ],
)
def test_what_the_burner_says_of_peaks_is_told(status: int, told: tuple[int, str | None]) -> None:
    world = _burn_stage()
    world.peers.then("/peaks", peer_answer(status=status, text='{"progress":1}'))

    reply = run(world.post("/peaks", _peaks(world)))

    assert (reply.status, document(reply).get("error")) == told


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("manifests/jobs/job_1.json", 400),
        ("media/med_2/inputs/up_1/video", 400),
        ("media/med_1/inputs/up_2/video", 404),
    ],
)
def test_d6_peaks_are_made_of_a_media_s_own_video_alone(key: str, status: int) -> None:
    world = _burn_stage()

    reply = run(world.post("/peaks", _peaks(world, key=key)))

    assert reply.status == status
    assert world.peers.calls == []
