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
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }


def test_without_comments_there_is_nothing_to_draw(stage: Stage) -> None:
    media_id = stage.send("POST", "/api/media", {}).json["mediaId"]

    answered = stage.send("POST", f"/api/media/{media_id}/comments/preview", {})

    assert (answered.status, answered.json["code"]) == (400, "missing_inputs")
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

    assert refused(media_id, "subtitles") == (400, "bad_request")
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
