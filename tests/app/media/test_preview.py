"""A still of a comments video before it is made: what is asked for, and what is passed on."""

from typing import Any

import pytest

from media_jobs.ports import PeerAnswer
from tests.app.stage import COMMENTS, SECRET, Stage
from tests.platform.network import Script, answering, unreachable

PNG = "a PNG, not really"


def refusing(status: int) -> Script:
    return answering(status, {"error": "secret words"})


@pytest.fixture
def media_id(stage: Stage) -> str:
    stage.orchestrator.relayed_headers = {
        "content-type": "image/png",
        "content-length": "16",
        "x-video-duration-ms": "9000",
        "x-comment-starts-ms": "0,3000",
        "set-cookie": "session=stolen",
    }
    media_id = stage.media_with_inputs()
    stage.orchestrator.script = lambda call: PeerAnswer(status=200, text=PNG)
    return media_id


def asked(stage: Stage) -> dict[str, Any]:
    (call,) = stage.orchestrator.to("/preview")
    assert call.is_signed_with(SECRET)
    return call.message


def comments_of(stage: Stage, media_id: str) -> str:
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]
    found: str = inputs["comments-data"]["inputId"]
    return found


def test_the_newest_comments_are_drawn_with_the_options_given(stage: Stage, media_id: str) -> None:
    size = {"sourceWidth": 640, "sourceHeight": 360}
    wanted = {"options": {"template": "vertical"}, "atS": 3.5, **size}

    answered = stage.send("POST", f"/api/media/{media_id}/comments/preview", wanted)

    message = asked(stage)
    assert (answered.status, answered.text) == (200, PNG)
    assert message["type"] == "comments.preview"
    assert message["key"] == (
        f"media/{media_id}/inputs/{comments_of(stage, media_id)}/comments.json"
    )
    assert message["atS"] == 3.5
    assert (message["sourceWidth"], message["sourceHeight"]) == (640, 360)
    assert message["options"]["template"] == "vertical"


def test_an_older_version_is_drawn_when_it_is_named(stage: Stage, media_id: str) -> None:
    older = comments_of(stage, media_id)
    stage.now_ms += 1
    newer = {**COMMENTS, "comments": [{"author": "Bo", "content": "Later"}]}
    assert stage.send("PUT", f"/api/media/{media_id}/comments", newer).status == 201

    stage.send("POST", f"/api/media/{media_id}/comments/preview", {"inputId": older})

    assert older != comments_of(stage, media_id)
    assert older in asked(stage)["key"]


def test_only_a_picture_and_what_tells_of_it_is_passed_on(stage: Stage, media_id: str) -> None:
    stage.orchestrator.relayed_headers["content-type"] = "text/html"

    answered = stage.send("POST", f"/api/media/{media_id}/comments/preview", {})

    assert answered.headers == {
        "content-type": "image/png",
        "content-length": "16",
        "x-video-duration-ms": "9000",
        "x-comment-starts-ms": "0,3000",
    }


def test_without_comments_there_is_nothing_to_draw(stage: Stage) -> None:
    media_id = stage.send("POST", "/api/media", {}).json["mediaId"]

    answered = stage.send("POST", f"/api/media/{media_id}/comments/preview", {})

    assert (answered.status, answered.json["code"]) == (409, "missing_inputs")
    assert answered.json["missing"] == ["comments-data"]
    assert stage.orchestrator.calls == []


def test_a_version_of_something_else_or_of_another_media_is_refused(
    stage: Stage, media_id: str
) -> None:
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]
    other = stage.send("POST", "/api/media", {}).json["mediaId"]

    def refused(media: str, slot: str) -> tuple[int, str]:
        body = {"inputId": inputs[slot]["inputId"]}
        answered = stage.send("POST", f"/api/media/{media}/comments/preview", body)
        return answered.status, answered.json["code"]

    assert refused(media_id, "subtitles") == (409, "unfit")
    assert refused(other, "comments-data") == (404, "not_found")
    assert stage.send("POST", "/api/media/med_0/comments/preview", {}).status == 404
    assert stage.orchestrator.to("/preview") == []


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        *((refusing(status), (400, "bad_request")) for status in (400, 413)),
        *((refusing(status), (502, "preview_failed")) for status in (401, 404, 503)),
        (unreachable, (502, "upstream_failed")),
    ],
)
def test_a_refusal_of_the_container_is_a_problem_without_its_words(
    stage: Stage,
    media_id: str,
    script: Script,
    answer: tuple[int, str],
) -> None:
    stage.orchestrator.script = script

    answered = stage.send("POST", f"/api/media/{media_id}/comments/preview", {})

    assert (answered.status, answered.json["code"]) == answer
    assert "secret words" not in answered.text


def burn_asked(stage: Stage) -> dict[str, Any]:
    (call,) = stage.orchestrator.to("/preview/burn")
    assert call.is_signed_with(SECRET)
    return call.message


def test_the_text_of_a_burn_is_drawn_of_the_newest_subtitles(stage: Stage, media_id: str) -> None:
    wanted = {
        "options": {"preset": "bold"},
        "atS": 1.5,
        "untilS": 4,
        "sourceWidth": 1080,
        "sourceHeight": 1920,
    }
    stage.orchestrator.relayed_headers |= {
        "x-layer-times-ms": "0,5",
        "x-layer-box": "1,2,3,4",
        "x-missing-glyphs": "U+E000",
    }

    answered = stage.send("POST", f"/api/media/{media_id}/subtitles/preview", wanted)

    message = burn_asked(stage)
    assert (answered.status, answered.text) == (200, PNG)
    assert answered.headers["content-type"] == "image/png"
    assert answered.headers["x-layer-times-ms"] == "0,5"
    assert answered.headers["x-missing-glyphs"] == "U+E000"
    assert (message["type"], message["kind"]) == ("burn.preview", "layer")
    assert message["key"].startswith(f"media/{media_id}/inputs/")
    assert message["options"]["style"]["fontSize"] == 64
    assert (message["atS"], message["untilS"]) == (1.5, 4)
    assert (message["sourceWidth"], message["sourceHeight"]) == (1080, 1920)
    assert "videoKey" not in message


def test_a_preview_of_two_tracks_has_both_and_their_languages(stage: Stage, media_id: str) -> None:
    versions = {}
    for language in ("zh-Hant", "en"):
        stage.now_ms += 1
        text = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{language}\n".encode()
        door = f"/api/media/{media_id}/subtitles?language={language}"
        versions[language] = stage.send("PUT", door, text).json["inputId"]
    wanted = {"secondaryInputId": versions["zh-Hant"]}

    stage.send("POST", f"/api/media/{media_id}/subtitles/preview", wanted)

    message = burn_asked(stage)
    assert versions["en"] in message["key"]
    assert versions["zh-Hant"] in message["secondaryKey"]
    assert message["languages"] == {"subtitles": "en", "subtitles-secondary": "zh-Hant"}


def test_a_still_names_the_video_and_is_waited_for(stage: Stage, media_id: str) -> None:
    stage.orchestrator.script = answering(202, {"progress": 0.25})
    video = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["video"]["inputId"]
    wanted = {"kind": "still", "subtitles": "WEBVTT\n\n00:01.000 --> 00:02.000\nnew\n"}

    answered = stage.send("POST", f"/api/media/{media_id}/subtitles/preview", wanted)

    message = burn_asked(stage)
    assert (answered.status, answered.json) == (202, {"progress": 0.25})
    assert video in message["videoKey"]
    assert (message["subtitles"], "key" in message) == (wanted["subtitles"], False)


def test_subtitles_that_are_not_stored_are_drawn_without_a_media(stage: Stage) -> None:
    stage.orchestrator.script = lambda call: PeerAnswer(status=200, text=PNG)

    answered = stage.send("POST", "/api/subtitles/preview", {"subtitles": "WEBVTT"})

    assert (answered.status, answered.text) == (200, PNG)
    assert burn_asked(stage)["subtitles"] == "WEBVTT"


def test_a_media_without_what_is_drawn_is_told(stage: Stage) -> None:
    media_id = stage.send("POST", "/api/media", {}).json["mediaId"]
    path = f"/api/media/{media_id}/subtitles/preview"

    assert stage.send("POST", path, {}).json["missing"] == ["subtitles"]
    still = {"kind": "still", "subtitles": "WEBVTT"}
    assert stage.send("POST", path, still).json["missing"] == ["video"]
    assert stage.orchestrator.calls == []


def test_a_burner_that_has_enough_to_do_says_when_to_come_again(
    stage: Stage, media_id: str
) -> None:
    stage.orchestrator.script = refusing(429)

    answered = stage.send("POST", f"/api/media/{media_id}/subtitles/preview", {})

    assert (answered.status, answered.json["code"]) == (429, "preview_busy")
    assert answered.headers["retry-after"] == "1"
