"""A version of subtitles, sent as a file of another kind."""

import pytest

from tests.app.stage import Stage

TIMED = """WEBVTT

00:01.000 --> 00:03.000
<i>Nobody</i> <00:01.400>knows
"""
SUBRIP = """1
00:00:01,000 --> 00:00:03,000
<i>Nobody</i> knows
"""


@pytest.fixture
def version(stage: Stage) -> str:
    media_id = stage.send("POST", "/api/media", {"title": "A film: part 1"}).json["mediaId"]
    door = f"/api/media/{media_id}/subtitles?language=en"
    input_id = stage.send("PUT", door, TIMED.encode()).json["inputId"]
    return f"/api/media/{media_id}/inputs/{input_id}"


@pytest.mark.parametrize(
    ("extension", "content_type", "text", "left_out"),
    [
        (
            "srt",
            "application/x-subrip; charset=utf-8",
            "1\n00:00:01,000 --> 00:00:03,000\n<i>Nobody</i> knows\n",
            "word-times",
        ),
        ("txt", "text/plain; charset=utf-8", "Nobody knows\n", "times, word-times, styles"),
        (
            "vtt",
            "text/vtt; charset=utf-8",
            "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<i>Nobody</i> <00:00:01.400>knows\n",
            "",
        ),
    ],
)
def test_a_version_is_sent_in_another_format_and_what_that_lacks_is_named(
    stage: Stage, version: str, extension: str, content_type: str, text: str, left_out: str
) -> None:
    sent = stage.send("GET", f"{version}/export?format={extension}")

    assert (sent.status, sent.text) == (200, text)
    assert sent.headers["content-type"] == content_type
    assert sent.headers["x-left-out"] == left_out
    name = f'filename="A film part 1.en.{extension}"'
    assert name in sent.headers["content-disposition"]
    assert sent.headers["content-disposition"].startswith("attachment")


def test_a_script_is_written_for_players(stage: Stage, version: str) -> None:
    sent = stage.send("GET", f"{version}/export?format=ass")

    assert "[V4+ Styles]" in sent.text
    assert sent.text.splitlines()[-1].startswith("Dialogue: 0,0:00:01.00,0:00:03.00,Default")


def test_a_format_that_is_not_known_or_of_a_video_is_refused(stage: Stage, version: str) -> None:
    media_id = stage.media_with_inputs()
    video = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["video"]["inputId"]

    unknown = stage.send("GET", f"{version}/export?format=docx")
    refused = stage.send("GET", f"/api/media/{media_id}/inputs/{video}/export?format=srt")
    for answer, status in ((unknown, 400), (refused, 409)):
        assert (answer.status, answer.json["errors"][0]["field"]) == (status, "format")


def test_a_version_is_read_as_a_file_is_also_by_who_may_only_look(stage: Stage) -> None:
    media_id = stage.send("POST", "/api/media", {"title": "A film"}).json["mediaId"]
    put = stage.send("PUT", f"/api/media/{media_id}/subtitles", SUBRIP.encode()).json
    path = f"/api/media/{media_id}/inputs/{put['inputId']}/text"
    reader = stage.send("POST", "/api/tokens", {"name": "reader", "scopes": ["read"]})

    read = stage.send("GET", path, token=reader.json["token"])

    assert (read.status, read.json["kind"], read.json["text"]) == (200, "subrip", SUBRIP)
    [cue] = read.json["cues"]
    assert (cue["startMs"], cue["endMs"], cue["text"]) == (1000, 3000, "<i>Nobody</i> knows")


def test_only_subtitles_are_read_as_text(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    video = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["video"]["inputId"]

    refused = stage.send("GET", f"/api/media/{media_id}/inputs/{video}/text")

    assert (refused.status, refused.json["errors"][0]["field"]) == (409, "inputId")


@pytest.mark.parametrize("wanted", ["export?format=srt", "text"])
def test_a_version_whose_object_is_gone_is_told(stage: Stage, version: str, wanted: str) -> None:
    stage.objects.stored.clear()

    assert stage.send("GET", f"{version}/{wanted}").status == 404
