"""Subtitle files as they are, in any encoding, at the door (T01–T06, A14)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.stage import VTT, Stage

CASES = Path(__file__).parents[2] / "vectors/cases/subtitles"
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41\0\0\0\x08free" + bytes(64)
MALTESE = "1\n00:00:01,000 --> 00:00:02,000\nĠurnata sabiħa\n"
TURKISH = "1\n00:00:01,000 --> 00:00:02,000\nBugün öğle yemeğini nerede yiyeceğiz?\n"


@pytest.fixture
def media_id(stage: Stage) -> str:
    media_id: str = stage.send("POST", "/api/media", {}).json["mediaId"]
    return media_id


@pytest.mark.parametrize(
    ("name", "codec", "encoding", "guessed", "first"),
    [
        ("gbk.srt", "gbk", "gb18030", True, "我们先把昨天的结果看一遍"),
        ("cp1252.srt", "cp1252", "windows-1252", True, "Où est passée la clé du café ?"),
        ("cp1251.srt", "cp1251", "windows-1251", True, "Где вы были вчера вечером?"),
        ("utf16le-bom.srt", "utf-16", "UTF-16LE", False, "Где вы были вчера вечером?"),
        ("utf16le-nobom.srt", "utf-16-le", "UTF-16LE", True, "Где вы были вчера вечером?"),
        ("utf16be-nobom.srt", "utf-16-be", "UTF-16BE", True, ""),
    ],
)
def test_a_file_in_any_encoding_is_stored_as_utf_8_and_what_was_taken_is_told(
    stage: Stage, media_id: str, name: str, codec: str, encoding: str, guessed: bool, first: str
) -> None:
    data = (CASES / name).read_bytes()

    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles", data)

    (stored,) = stage.objects.stored.values()
    assert stored.body == data.decode(codec).encode()
    assert answered.status == 201
    assert answered.json["encoding"] == encoding
    assert answered.json["encodingGuessed"] is guessed
    assert answered.json["sample"].partition("\n")[0] == first
    guesses = [one["messageValues"] for one in answered.json["notices"]]
    assert guesses == [{"what": encoding}] * guessed


def test_a_guess_is_changed_by_sending_the_file_again_with_its_encoding(
    stage: Stage, media_id: str
) -> None:
    door = f"/api/media/{media_id}/subtitles"
    guessed = stage.send("PUT", door, MALTESE.encode("iso8859_3"))
    stage.now_ms += 1

    named = stage.send("PUT", f"{door}?encoding=ISO-8859-3", MALTESE.encode("iso8859_3"))

    key = f"media/{media_id}/inputs/{named.json['inputId']}/subtitles.srt"
    assert guessed.json["sample"] == "Őurnata sabiąa"
    assert stage.objects.stored[key].body == MALTESE.encode()
    assert (named.json["encoding"], named.json["encodingGuessed"]) == ("ISO-8859-3", False)
    assert named.json["notices"] == []


def test_the_language_helps_to_guess(stage: Stage, media_id: str) -> None:
    door = f"/api/media/{media_id}/subtitles?language=tr-TR"

    answered = stage.send("PUT", door, TURKISH.encode("cp1254"))

    assert answered.json["sample"] == "Bugün öğle yemeğini nerede yiyeceğiz?"
    assert answered.json["encodingGuessed"] is True


def test_a_hint_helps_to_guess_and_is_not_kept(stage: Stage, media_id: str) -> None:
    door = f"/api/media/{media_id}/subtitles?hint=tr"

    answered = stage.send("PUT", door, TURKISH.encode("cp1254"))

    assert answered.json["sample"] == "Bugün öğle yemeğini nerede yiyeceğiz?"
    assert answered.json["language"] is None


def test_a_language_stays_with_its_version_and_with_that_restored(
    stage: Stage, media_id: str
) -> None:
    door = f"/api/media/{media_id}/subtitles"
    chinese = stage.send("PUT", f"{door}?language=ZH-hant", VTT.encode()).json
    stage.now_ms += 1
    unknown = stage.send("PUT", door, VTT.encode()).json
    stage.now_ms += 1

    path = f"/api/media/{media_id}/inputs/{chinese['inputId']}"
    restored = stage.send("POST", f"{path}/restore").json

    listed = stage.send("GET", f"/api/media/{media_id}/inputs?slot=subtitles").json["items"]
    assert [one["language"] for one in (chinese, unknown, restored)] == ["zh-Hant", None, "zh-Hant"]
    assert [one["language"] for one in listed] == ["zh-Hant", None, "zh-Hant"]
    shown = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["subtitles"]
    assert (shown["inputId"], shown["language"]) == (restored["inputId"], "zh-Hant")


def test_an_edit_names_the_version_that_it_was_made_of_and_an_upload_none(
    stage: Stage, media_id: str
) -> None:
    door = f"/api/media/{media_id}/subtitles"
    uploaded = stage.send("PUT", door, VTT.encode()).json
    stage.now_ms += 1
    edited = stage.send("PUT", f"{door}?parent={uploaded['inputId']}", VTT.encode()).json
    stage.now_ms += 1
    path = f"/api/media/{media_id}/inputs/{edited['inputId']}"

    restored = stage.send("POST", f"{path}/restore").json

    assert [(one["origin"], one["parent"]) for one in (uploaded, edited, restored)] == [
        ("upload", None),
        ("edit", uploaded["inputId"]),
        ("edit", uploaded["inputId"]),
    ]


def test_a_parent_is_a_version_of_the_same_medias_subtitles(stage: Stage, media_id: str) -> None:
    other = stage.send("POST", "/api/media", {}).json["mediaId"]
    theirs = stage.send("PUT", f"/api/media/{other}/subtitles", VTT.encode()).json["inputId"]
    video = stage.send("GET", f"/api/media/{stage.media_with_inputs()}").json["inputs"]["video"]

    for parent in (theirs, video["inputId"], "sub_01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        refused = stage.send(
            "PUT", f"/api/media/{media_id}/subtitles?parent={parent}", VTT.encode()
        )

        assert (refused.status, refused.json["errors"][0]["field"]) == (409, "parent")


SCRIPT = (
    "[V4+ Styles]\nFormat: Name, Fontname\nStyle: Main,Gandhi Sans\n\n[Events]\n"
    "Dialogue: 0,0:00:01.00,0:00:02.00,Main,,0,0,0,,{\\an8}up\n"
)
EDIT = b"WEBVTT\n\n6\n00:00:01.000 --> 00:00:02.500 line:0\nup\n"


def test_an_edit_of_a_script_stays_a_script_with_its_styles(stage: Stage, media_id: str) -> None:
    door = f"/api/media/{media_id}/subtitles"
    script = stage.send("PUT", door, SCRIPT.encode()).json["inputId"]
    shown = stage.send("POST", "/api/subtitles/text", SCRIPT.encode()).json["cues"]
    stage.now_ms += 1

    edited = stage.send("PUT", f"{door}?parent={script}&formatOf={script}", EDIT)

    stored = list(stage.objects.stored.values())[-1]
    assert [(cue["line"], cue["settings"]) for cue in shown] == [(6, "line:0")]
    assert (edited.status, edited.json["contentType"]) == (201, "text/x-ssa")
    assert stored.body.decode() == SCRIPT.replace("02.00", "02.50")


@pytest.mark.parametrize(
    ("original", "edit", "reason"),
    [
        (VTT.encode(), EDIT, "must be a version that is SubRip or ASS"),
        (SCRIPT.encode(), SCRIPT.encode(), "goes with an edit that is WebVTT"),
    ],
)
def test_the_format_of_a_version_is_kept_for_an_edit_in_webvtt_of_a_script(
    stage: Stage, media_id: str, original: bytes, edit: bytes, reason: str
) -> None:
    door = f"/api/media/{media_id}/subtitles"
    version = stage.send("PUT", door, original).json["inputId"]

    refused = stage.send("PUT", f"{door}?formatOf={version}", edit)
    unknown = stage.send("PUT", f"{door}?formatOf=in_none", edit)

    assert (refused.status, refused.json["code"]) == (409, "unfit")
    assert refused.json["errors"] == [{"field": "formatOf", "reason": reason}]
    assert unknown.json["errors"][0]["field"] == "formatOf"


def test_the_language_of_a_version_is_changed_and_taken_back(stage: Stage, media_id: str) -> None:
    door = f"/api/media/{media_id}/subtitles"
    version = stage.send("PUT", door, VTT.encode()).json["inputId"]
    other = stage.send("PUT", f"{door}?language=de", VTT.encode()).json["inputId"]
    path = f"/api/media/{media_id}/inputs/{version}"

    said = stage.send("PATCH", path, {"language": "pt-br"})
    refused = stage.send("PATCH", path, {"language": "Portuguese"})
    listed = stage.send("GET", f"/api/media/{media_id}/inputs").json["items"]
    taken_back = stage.send("PATCH", path, {"language": None})

    assert (said.status, said.json["language"]) == (200, "pt-BR")
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "language")
    assert {one["inputId"]: one["language"] for one in listed} == {version: "pt-BR", other: "de"}
    assert taken_back.json["language"] is None


def test_a_video_has_no_language_to_change(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]

    for slot in ("video", "comments-data"):
        path = f"/api/media/{media_id}/inputs/{inputs[slot]['inputId']}"
        refused = stage.send("PATCH", path, {"language": "en"})
        assert (refused.status, refused.json["errors"][0]["field"]) == (409, "language")
    missing = stage.send("PATCH", f"/api/media/{media_id}/inputs/sub_1", {"language": "en"})
    assert missing.status == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("encoding=klingon", "encoding"),
        ("encoding=", "encoding"),
        ("encoding=" + "x" * 41, "encoding"),
        ("encoding=shift_jis&language=ja", "encoding"),
        ("language=fran%C3%A7ais", "language"),
        ("language=english", "language"),
        ("language=", "language"),
        ("language=en-" + "abcdefgh-" * 4 + "a", "language"),
        ("hint=english", "hint"),
    ],
)
def test_an_encoding_that_is_unknown_or_not_the_file_s_is_refused(
    stage: Stage, media_id: str, query: str, field: str
) -> None:
    data = (CASES / "cp1252.srt").read_bytes() * 3

    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles?{query}", data)

    assert (answered.status, answered.json["errors"][0]["field"]) == (400, field)
    assert stage.objects.stored == {}


def test_webvtt_that_is_not_utf_8_is_refused_until_its_encoding_is_named(
    stage: Stage, media_id: str
) -> None:
    data = (CASES / "latin1.vtt").read_bytes()
    door = f"/api/media/{media_id}/subtitles"

    refused = stage.send("PUT", door, data)
    taken = stage.send("PUT", f"{door}?encoding=windows-1252", data)

    assert (refused.status, refused.json["messageValues"]["encoding"]) == (400, "windows-1252")
    assert re.match("WebVTT is UTF-8 by its standard, and line 4 is not", refused.json["detail"])
    assert taken.json["sample"].startswith("Où est passée la clé du café ?\n")


def test_a_film_at_the_door_of_subtitles_is_told_what_it_is(stage: Stage, media_id: str) -> None:
    answered = stage.send("PUT", f"/api/media/{media_id}/subtitles", MP4)

    assert (answered.status, answered.json["errors"][0]["field"]) == (400, "body")
    assert answered.json["detail"] == (
        "This is a video or sound file (MP4), not a subtitle file. Subtitles inside it must be "
        "extracted to a file of their own first."
    )


def test_a_text_is_read_without_being_stored(stage: Stage) -> None:
    answered = stage.send("POST", "/api/subtitles/text", (CASES / "gbk.srt").read_bytes())
    refused = stage.send("POST", "/api/subtitles/text", MP4)

    assert answered.json["text"].startswith("1\n00:00:00,000 --> 00:00:01,000\n我们先把")
    assert (answered.json["encoding"], answered.json["encodingGuessed"]) == ("gb18030", True)
    assert refused.status == 400
    assert stage.objects.stored == {}


def test_the_text_of_a_file_comes_with_what_is_shown_of_it(stage: Stage) -> None:
    script = (
        "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.50,D,,0,0,0,,{\\an8\\i1}Hi & bye\n"
    )

    webvtt = stage.send("POST", "/api/subtitles/text", VTT.encode()).json
    answer = stage.send("POST", "/api/subtitles/text", script.encode()).json

    assert (webvtt["kind"], webvtt["cues"]) == ("webvtt", None)
    assert (answer["kind"], answer["text"]) == ("ass", script)
    assert answer["cues"] == [
        {
            "startMs": 1000,
            "endMs": 2500,
            "text": "<i>Hi &amp; bye</i>",
            "settings": "line:0",
            "sign": False,
            "line": 3,
        }
    ]


@pytest.mark.programs
def test_no_start_loads_a_reader_of_files_and_no_file_in_utf_8_the_detector() -> None:
    program = (
        "import sys, app.api.router, app.cron, orchestrator.routes\n"
        "later = ('app.media.subtitles', 'app.media.site', 'app.jobs.notices')\n"
        "print([name for name in later if name in sys.modules])\n"
        "import app.media.subtitles as subtitles\n"
        f"subtitles.text_document({VTT.encode()!r}, None, None)\n"
        f"subtitles.text_document({VTT.encode('utf-16')!r}, None, None)\n"
        "print('chardet' in sys.modules)"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert printed == "[]\nFalse\n"
