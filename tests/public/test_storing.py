"""What the editor sends when a file is saved."""

import json

import pytest

from media_jobs.subtitles.editing import KEPT_KINDS
from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

CUES = [
    {"startMs": 1000, "endMs": 2000, "text": "one", "settings": "line:0", "line": 12, "id": ""},
    {"startMs": 2000, "endMs": 3000, "text": "new", "settings": "", "id": "", "before": []},
]


def test_a_cue_of_a_script_is_named_by_its_line_and_other_kinds_become_webvtt() -> None:
    files: list[dict[str, object]] = [
        {"kind": kind, "header": "WEBVTT", "after": []} for kind in ("ass", "subrip", "lrc")
    ]
    given = f"{json.dumps(CUES)}, 'sub_1'"

    ass, subrip, lrc = evaluate(
        "editor/storing.js", f"{json.dumps(files)}.map((file) => m.toStore(file, {given}))"
    )

    said = "00:00:01.000 --> 00:00:02.000 line:0\none\n\n00:00:02.000 --> 00:00:03.000\nnew\n"
    assert ass == subrip == {"body": f"WEBVTT\n\n12\n{said}", "formatOf": "sub_1"}
    assert lrc == {"body": f"WEBVTT\n\n{said}"}


def test_the_editor_keeps_the_kinds_that_the_server_keeps() -> None:
    assert set(evaluate("editor/storing.js", "[...m.KEPT]")) == {kind.id for kind in KEPT_KINDS}
