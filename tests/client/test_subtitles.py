"""Versions of subtitles: how they are asked for, exported and shown."""

from __future__ import annotations

import pytest
from vidgen import errors
from vidgen.commands.subtitles import row_of
from vidgen.models import Version
from vidgen.steps import Answered
from vidgen.subtitles import export_subtitles, subtitle_versions

from tests.client.test_calls import Played, ok

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
