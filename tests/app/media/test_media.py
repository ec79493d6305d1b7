"""Media, uploads, subtitles and comments."""

import json

import pytest

from media_jobs.ports import PeerAnswer
from tests.app.stage import COMMENTS, SECRET, START_MS, VTT, Stage
from tests.platform.network import Script, answering, unreachable


def _begin(stage: Stage, media_id: str, size_bytes: int = 5) -> str:
    body = {"sizeBytes": size_bytes, "contentType": "video/webm"}
    return str(stage.send("POST", f"/api/media/{media_id}/uploads", body).json["uploadId"])


def _arrive(stage: Stage, media_id: str, upload_id: str, body: str) -> None:
    key = f"media/{media_id}/inputs/{upload_id}/video"
    stage.put(key, body=body, content_type="video/webm")


def test_a_media_is_created_and_shown(stage: Stage) -> None:
    body = {"title": "Clip", "sourceUrl": "https://video.test/1"}

    created = stage.send("POST", "/api/media", body)

    media_id = created.json["mediaId"]
    assert created.status == 201
    assert stage.send("GET", f"/api/media/{media_id}").json == created.json
    assert created.json == {
        "mediaId": media_id,
        "title": "Clip",
        "sourceUrl": "https://video.test/1",
        "createdAt": START_MS,
        "inputs": {},
        "jobs": {"total": 0, "unfinished": 0},
        "tags": [],
        "trashedAt": None,
        "deletesAt": None,
    }


# --- uploads --------------------------------------------------------------------------------------


def test_an_upload_begins_with_a_place_to_put_it(stage: Stage, media_id: str) -> None:
    body = {"sizeBytes": 5, "contentType": "video/webm"}

    answered = stage.send("POST", f"/api/media/{media_id}/uploads", body)

    upload = answered.json
    key = f"media/{media_id}/inputs/{upload['uploadId']}/video"
    (call,) = stage.orchestrator.to("/uploads")
    assert answered.status == 201
    assert (upload["method"], upload["headers"]) == ("PUT", {"content-type": "video/webm"})
    assert upload["url"] == f"https://bucket.test/{key}?X-Amz-Signature=abc"
    assert call.is_signed_with(SECRET)
    assert call.message["type"] == "upload.presign"
    assert (call.message["mediaId"], call.message["key"]) == (media_id, key)
    assert call.message["sizeBytes"] == 5


@pytest.mark.parametrize(
    "script",
    [
        unreachable,
        answering(500),
        answering(401),
        answering(200, {"url": 5}),
        lambda call: PeerAnswer(status=200, text="<html>"),
    ],
)
def test_an_upload_that_cannot_be_presigned_is_not_begun(
    stage: Stage, media_id: str, script: Script
) -> None:
    stage.orchestrator.script = script

    answered = stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5})

    assert (answered.status, answered.json["code"]) == (502, "upstream_failed")
    assert stage.database.look("SELECT * FROM inputs") == []


def test_a_completed_upload_is_the_medias_video_however_often_it_is_completed(
    stage: Stage, media_id: str
) -> None:
    upload_id = _begin(stage, media_id)
    _arrive(stage, media_id, upload_id, "video")

    completed = stage.send("POST", f"/api/media/{media_id}/uploads/{upload_id}/complete")
    again = stage.send("POST", f"/api/media/{media_id}/uploads/{upload_id}/complete")

    assert (completed.status, again.status, again.text) == (200, 200, completed.text)
    assert completed.json == {
        "inputId": upload_id,
        "slot": "video",
        "contentType": "video/webm",
        "sizeBytes": 5,
        "createdAt": START_MS,
        "language": None,
        "origin": None,
        "parent": None,
    }
    assert stage.send("GET", f"/api/media/{media_id}").json["inputs"] == {"video": completed.json}


@pytest.mark.parametrize("arrived", [None, "", "vide", "video!"])
def test_an_upload_of_another_size_than_announced_is_not_completed(
    stage: Stage, media_id: str, arrived: str | None
) -> None:
    upload_id = _begin(stage, media_id)
    if arrived is not None:
        _arrive(stage, media_id, upload_id, arrived)

    answered = stage.send("POST", f"/api/media/{media_id}/uploads/{upload_id}/complete")

    assert (answered.status, answered.json["code"]) == (409, "upload_incomplete")
    assert stage.send("GET", f"/api/media/{media_id}").json["inputs"] == {}


def test_an_upload_is_completed_only_under_its_own_media(stage: Stage, media_id: str) -> None:
    other = stage.send("POST", "/api/media", {}).json["mediaId"]
    upload_id = _begin(stage, media_id)
    _arrive(stage, media_id, upload_id, "video")

    answered = stage.send("POST", f"/api/media/{other}/uploads/{upload_id}/complete")

    assert answered.status == 404


# --- subtitles and comments -----------------------------------------------------------------------


def test_subtitles_are_stored_as_a_new_version_each_time(stage: Stage, media_id: str) -> None:
    first = stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode())
    stage.now_ms += 1
    second = stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode())

    assert (first.status, second.status) == (201, 201)
    assert first.json["inputId"] != second.json["inputId"]
    for answered in (first, second):
        key = f"media/{media_id}/inputs/{answered.json['inputId']}/subtitles.vtt"
        assert stage.objects.stored[key].body == VTT.encode()
        assert stage.objects.stored[key].content_type == "text/vtt"
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]
    read = {"encoding": "UTF-8", "encodingGuessed": False, "sample": "", "notices": []}
    assert second.json == {**inputs["subtitles"], **read, "pairsLearned": 0}


def test_a_byte_order_mark_before_subtitles_is_dropped(stage: Stage, media_id: str) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n字幕"

    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles", text.encode("utf-8-sig"))

    (stored,) = stage.objects.stored.values()
    assert answered.json["sizeBytes"] == len(text.encode())
    assert stored.body == text.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"WEBVTT\n\n00:01.000 --> 00:02.000\nna\xefve",
        # As a client sends it that has decoded the file before.
        "WEBVTT\n\n00:01.000 --> 00:02.000\nna\ufffdve".encode(),
        b"",
        b"WEBVTT\n\nno cue\n",
    ],
)
def test_what_is_no_subtitles_is_refused(stage: Stage, media_id: str, body: bytes) -> None:
    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles", body)

    assert (answered.status, answered.json["code"]) == (400, "bad_request")
    assert answered.json["errors"][0]["field"] == "body"
    assert stage.objects.stored == {}


@pytest.mark.parametrize(
    ("body", "extension", "content_type"),
    [
        ("WEBVTT - a title\n\n00:01.000 --> 00:02.000\nx", "vtt", "text/vtt"),
        ("1\n00:00:01,000 --> 00:00:02,000\nx\n", "srt", "application/x-subrip"),
        ("\r\n1\r\n0:00:01,5 --> 0:00:02,5\r\nx\r\n", "srt", "application/x-subrip"),
        (
            "; by hand\n[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,x",
            "ass",
            "text/x-ssa",
        ),
        ("0:00:01.000,0:00:02.000\nx\n", "sbv", "text/x-sbv"),
        ("[00:01.00]x\n[00:02.00]\n", "lrc", "text/x-lrc"),
        ('<tt><body><p begin="1s" end="2s">x</p></body></tt>', "ttml", "text/x-ttml"),
        ("{1}{1}25\n{25}{50}x\n", "sub", "text/x-microdvd"),
        (
            '{"events": [{"tStartMs": 1, "dDurationMs": 9, "segs": [{"utf8": "x"}]}]}',
            "json3",
            "text/x-json3",
        ),
        ('<timedtext><body><p t="1" d="9">x</p></body></timedtext>', "srv3", "text/x-srv3"),
    ],
)
def test_subtitles_are_told_by_their_content(
    stage: Stage, media_id: str, body: str, extension: str, content_type: str
) -> None:
    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles", body.encode())

    key = f"media/{media_id}/inputs/{answered.json['inputId']}/subtitles.{extension}"
    assert (answered.status, answered.json["contentType"]) == (201, content_type)
    assert stage.objects.stored[key].body == body.encode()


def test_what_is_left_out_of_subtitles_is_told(stage: Stage, media_id: str) -> None:
    styles, unreadable = "STYLE\n::cue {}\n\n", "00:75.000 --> 01:20.000\nx\n\n"
    body = f"WEBVTT\n\n{styles}{unreadable}00:01.000 --> 00:02.000\ny\n"

    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles", body.encode())

    assert answered.status == 201
    assert answered.json["notices"] == [
        {
            "code": "styles_not_drawn",
            "message": "The file's own styles are not drawn.",
            "messageKey": "notice.styles_not_drawn",
            "messageValues": {},
        },
        {
            "code": "cue_times_unreadable",
            "message": "Cues left out because of unreadable times: line 6.",
            "messageKey": "notice.cue_times_unreadable",
            "messageValues": {"at": "6"},
            "at": 6,
        },
    ]


def test_subtitles_of_which_nothing_is_left_say_why_they_are_refused(
    stage: Stage, media_id: str
) -> None:
    body = b"WEBVTT\n\n00:75.000 --> 01:20.000\nx\n"

    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles", body)

    assert answered.json["detail"] == (
        "The subtitles have no cue that can be shown. "
        "Cues left out because of unreadable times: line 3."
    )


def test_comments_are_stored_as_they_were_understood(stage: Stage, media_id: str) -> None:
    body = {**COMMENTS, "later": "field"}

    answered = stage.send("PUT", f"/api/media/{media_id}/comments", body)

    (stored,) = stage.objects.stored.values()
    assert answered.status == 201
    assert answered.json["slot"] == "comments-data"
    assert json.loads(stored.body) == {
        "video": {"title": "Clip"},
        "comments": [{"author": "Ann", "content": "Nice"}],
    }
    assert answered.json["notices"] == []


def test_what_of_comments_was_not_understood_is_told(stage: Stage, media_id: str) -> None:
    comments = [{"author": "Ann", "content": " "}, {"content": "Nice", "likes": "many"}]

    answered = stage.send(
        "PUT", f"/api/media/{media_id}/comments", {**COMMENTS, "comments": comments}
    )

    assert answered.status == 201
    assert answered.json["notices"] == [
        {
            "code": "comments_left_out",
            "message": "Comments left out because nothing of them can be seen: 1.",
            "messageKey": "notice.comments_left_out",
            "messageValues": {"at": "1"},
            "at": 1,
        },
        {
            "code": "comment_values_unread",
            "message": "Unreadable values were left out (likes): comment 2.",
            "messageKey": "notice.comment_values_unread",
            "messageValues": {"at": "2", "what": "likes"},
            "at": 2,
        },
    ]


# --- the list, another title ----------------------------------------------------------------------


def test_the_list_shows_the_newest_inputs_and_how_many_jobs_run(stage: Stage) -> None:
    full = stage.media_with_inputs()
    stage.now_ms += 1
    empty = stage.send("POST", "/api/media", {"title": "Empty"}).json["mediaId"]
    burn = {"engine": "burner-ffmpeg", "mediaId": full}
    stage.tell(stage.event(stage.job(burn), 1, "completed"))
    stage.job(burn)

    items = stage.send("GET", "/api/media").json["items"]

    assert [item["mediaId"] for item in items] == [empty, full]
    assert items[0]["inputs"] == {}
    assert set(items[1]["inputs"]) == {"video", "subtitles", "comments-data"}
    assert [item["jobs"] for item in items] == [
        {"total": 0, "unfinished": 0},
        {"total": 2, "unfinished": 1},
    ]
    assert items[1] == stage.send("GET", f"/api/media/{full}").json


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("CLIP", ["Second clip", "Clip one"]),
        ("one", ["Clip one"]),
        ("%25", ['100% "real"']),
        ("%E5%AD%97%E5%B9%95", ["字幕"]),
        ("_", []),
        ("x" * 100, []),
        ("", ['100% "real"', "字幕", "Second clip", "Clip one"]),
    ],
)
def test_media_are_found_by_part_of_their_title(
    stage: Stage, query: str, titles: list[str]
) -> None:
    for title in ("Clip one", "Second clip", "字幕", '100% "real"'):
        stage.now_ms += 1
        stage.send("POST", "/api/media", {"title": title})

    found = stage.send("GET", f"/api/media?query={query}").json["items"]

    assert [item["title"] for item in found] == titles


def test_a_media_can_be_given_another_title(stage: Stage, media_id: str) -> None:
    answered = stage.send("PATCH", f"/api/media/{media_id}", {"title": "Other"})

    assert (answered.status, answered.json["title"]) == (200, "Other")
    assert stage.send("GET", f"/api/media/{media_id}").json == answered.json
