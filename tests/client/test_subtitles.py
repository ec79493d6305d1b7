"""Versions of subtitles: how they are asked for, exported, shown and translated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from vidgen import errors, flows, making
from vidgen.commands.subtitles import row_of
from vidgen.models import Version
from vidgen.steps import Answered
from vidgen.subtitles import export_subtitles, subtitle_versions

from tests.client.test_calls import CHECKED, JOB, Played, ok, refused

VERSION = {
    "inputId": "sub_2",
    "slot": "subtitles",
    "contentType": "text/vtt",
    "sizeBytes": 9,
    "createdAt": 1795460000000,
    "language": "zh-Hans",
    "origin": "translation",
    "parent": "sub_1",
    "current": True,
    "usedByJobs": 0,
}
MEDIA = {
    "mediaId": "med_1",
    "title": "A film",
    "createdAt": 1795460000000,
    "inputs": {"subtitles": VERSION},
}


def test_the_newest_version_is_exported_and_what_is_left_out_is_named() -> None:
    body = Answered(status=200, headers={"x-left-out": "times, styles"}, body=b"Hello\n")
    played = Played(ok(MEDIA), body)

    made = played.run(export_subtitles("med_1", "txt"))

    assert (made.text, made.left_out) == ("Hello\n", ("times", "styles"))
    assert [(one.path, dict(one.params)) for one in played.sent] == [
        ("/api/media/med_1", {}),
        ("/api/media/med_1/inputs/sub_2/export", {"format": "txt"}),
    ]


def test_a_version_is_exported_by_its_id() -> None:
    played = Played(Answered(status=200, headers={"x-left-out": ""}, body=b"WEBVTT\n"))

    made = played.run(export_subtitles("med_1", input_id="sub_1"))

    assert (made.text, made.left_out) == ("WEBVTT\n", ())


def test_a_media_without_subtitles_has_nothing_to_export() -> None:
    with pytest.raises(errors.NotFound, match="no subtitles"):
        Played(ok({**MEDIA, "inputs": {}})).run(export_subtitles("med_1"))


def test_versions_are_listed_with_what_they_were_made_of() -> None:
    played = Played(ok({"items": [VERSION], "nextCursor": None}))

    (found,) = played.run(subtitle_versions(None, "med_1")).items

    assert row_of(found) == "sub_2  zh-Hans  translation of sub_1  current"
    bare = Version.model_validate({**VERSION, "origin": None, "parent": None, "current": False})
    assert row_of(bare) == "sub_2  zh-Hans  -"


# --- translation ----------------------------------------------------------------------------------


def version(name: str, origin: str, parent: str | None = None) -> dict[str, object]:
    """Return a version as the API lists it; the newest is called sub_5."""
    return {
        "inputId": name,
        "slot": "subtitles",
        "contentType": "text/vtt",
        "sizeBytes": 5,
        "createdAt": 1795460000000,
        "origin": origin,
        "parent": parent,
        "current": name == "sub_5",
        "usedByJobs": 0,
    }


HEARD = version("sub_1", "transcript")
FIXED = version("sub_2", "edit", "sub_1")
MADE = version("sub_4", "translation", "sub_2")
MADE_FIXED = version("sub_5", "edit", "sub_4")


@pytest.mark.parametrize(
    ("versions", "taken", "said"),
    [
        ([MADE_FIXED, MADE, FIXED, HEARD], {"subtitles": "sub_2"}, True),
        ([version("sub_5", "upload"), MADE], {"subtitles": "sub_5"}, False),
        ([MADE_FIXED, MADE], None, False),
        ([], None, False),
    ],
    ids=["edited transcript", "upload", "translations alone", "none"],
)
def test_of_a_media_what_is_no_translation_is_translated(
    versions: list[dict[str, object]], taken: dict[str, str] | None, said: bool
) -> None:
    notices: list[str] = []
    played = Played(ok({"items": versions, "nextCursor": None}), ok(JOB))

    played.run(making.translate("med_1", "fr", progress=flows.Progress(notice=notices.append)))

    sent = json.loads(played.sent[1].body or b"")
    assert (sent["engine"], sent["options"]) == ("subtitle-translator", {"to": "fr"})
    assert (sent.get("inputs"), bool(notices)) == (taken, said)


def test_a_file_becomes_a_media_whose_subtitles_are_translated(tmp_path: Path) -> None:
    file = tmp_path / "talk.vtt"
    file.write_bytes(b"WEBVTT\n\n")
    media = {"mediaId": "med_1", "title": "talk", "createdAt": 1795460000000}
    played = Played(ok(CHECKED), ok(media), ok(version("sub_5", "upload")), ok(JOB))

    played.run(making.translate(file, "es", {"from": "en"}))

    _, *paths = [step.path for step in played.sent]
    assert paths == ["/api/media", "/api/media/med_1/subtitles?language=en", "/api/jobs"]
    assert json.loads(played.sent[3].body or b"")["inputs"] == {"subtitles": "sub_5"}


def test_a_file_that_is_no_subtitles_leaves_no_media_behind(tmp_path: Path) -> None:
    file = tmp_path / "talk.vtt"
    file.write_bytes(b"nothing")
    media = {"mediaId": "med_1", "title": "talk", "createdAt": 1795460000000}
    played = Played(ok(CHECKED), ok(media), refused(400, code="bad_request"), ok(None))

    with pytest.raises(errors.InvalidRequest):
        played.run(making.translate(file, "es"))

    assert (played.sent[-1].method, played.sent[-1].path) == ("DELETE", "/api/media/med_1")
