"""The subtitle editor's pure part: reading, changing and writing cues, and the burner's figures."""

import base64
import json
import random
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from burner import layout, safe_area, styles
from engine_kit.text import block

from app.media.subtitles import text_document
from media_jobs.errors import InvalidInput
from media_jobs.subtitles.reader import SubtitleFile, read_subtitles
from tests.media_jobs.subtitles.odd_files import odd_file
from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs


VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE said once

one
00:00:01.000 --> 00:00:02.500 line:0
<i>Hello</i> &amp; welcome
second line

00:59.000 --> 01:00:00.250
End
"""


def test_a_webvtt_file_that_is_not_edited_keeps_its_comments_styles_names_and_settings() -> None:
    written = evaluate("vtt.js", f"m.serialise(m.parse({json.dumps(VTT)}))")

    assert written == VTT.replace("00:59.000 -->", "00:00:59.000 -->")


VECTORS = Path(__file__).parents[1] / "vectors/subtitles"
# The lines of a cue as the page shows them: such without any are not shown.
READ = """answers.map(({text, cues}) => m.fileOf(text, cues).cues
  .map(({startMs, endMs, text}) => ({startMs, endMs, lines: m.plainLines(text)}))
  .filter(({lines}) => lines.length).toSorted((one, two) => one.startMs - two.startMs))"""


def shown_by_the_page(files: list[bytes]) -> list[Any]:
    """Return the cues of files that the page shows of the server's answers."""
    answers = [text_document(file, None, None) for file in files]
    return cast("list[Any]", evaluate("vtt.js", f"(answers => {READ})({json.dumps(answers)})"))


def test_the_page_shows_of_files_what_the_burner_draws() -> None:
    vectors = [
        vector
        for path in sorted(VECTORS.glob("*.json"))
        for vector in json.loads(path.read_text(encoding="utf-8"))
        if not vector.get("refused")
    ]
    files = [
        base64.b64decode(vector["base64"]) if "base64" in vector else vector["text"].encode()
        for vector in vectors
    ]

    for vector, shown in zip(vectors, shown_by_the_page(files), strict=True):
        cues = [{key: cue[key] for key in ("startMs", "endMs", "lines")} for cue in vector["cues"]]
        assert shown == sorted(cues, key=lambda cue: int(cue["startMs"])), vector["name"]


def test_the_page_shows_of_files_put_together_at_random_what_the_burner_draws() -> None:
    source = random.Random(11)  # noqa: S311  No secret.
    read: list[tuple[bytes, SubtitleFile]] = []
    while len(read) < 200:
        text = odd_file(source)
        with suppress(InvalidInput):
            read.append((text.encode(), read_subtitles(text)))

    for (data, file), shown in zip(
        read, shown_by_the_page([data for data, _ in read]), strict=True
    ):
        assert shown == [
            {"startMs": cue.start_ms, "endMs": cue.end_ms, "lines": cue.text.split("\n")}
            for cue in file.cues()
        ], data


def test_what_can_not_be_read_is_kept_when_a_webvtt_file_is_written() -> None:
    text = "WEBVTT\n\n00:75.000 --> 01:20.000\nlost?\n\n00:00:01.000 --> 00:00:02.000\nx\n\nend\n"

    assert evaluate("vtt.js", f"m.serialise(m.parse({json.dumps(text)}))") == text


def test_an_edited_text_can_neither_end_its_cue_nor_begin_another() -> None:
    cue = {"startMs": 0, "endMs": 1000, "text": "a\n\n00:05 --> 00:06\nb\n"}

    written = evaluate("vtt.js", f"m.serialise({{cues: [{json.dumps(cue)}]}})")

    assert written == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na\n00:05 --&gt; 00:06\nb\n"


@pytest.mark.parametrize(
    ("text", "ms"),
    [("62.5", 62500), ("1:02.5", 62500), ("00:01:02,500", 62500), ("1:70", None), ("x", None)],
)
def test_times_are_read_as_people_type_them(text: str, ms: int | None) -> None:
    assert evaluate("vtt.js", f"m.readTime({json.dumps(text)})") == ms


def test_a_split_parts_the_text_at_the_cursor_and_the_time_where_the_video_is() -> None:
    cue = {"startMs": 0, "endMs": 4000, "text": "one two", "id": "x", "settings": "", "before": []}

    parts = evaluate("cues.js", f"m.split([{json.dumps(cue)}], 0, 3, 3000)")

    assert [(c["startMs"], c["endMs"], c["text"]) for c in parts] == [
        (0, 3000, "one"),
        (3000, 4000, "two"),
    ]


def test_merging_and_removing_keep_every_word_that_was_not_removed() -> None:
    cues = [
        {"startMs": 500, "endMs": 900, "text": "a", "id": "", "settings": "", "before": ["NOTE n"]},
        {"startMs": 1000, "endMs": 2000, "text": "b", "id": "", "settings": "", "before": []},
    ]
    program = f"(c => [m.merge(c, 0), m.remove(c, 0)])({json.dumps(cues)})"

    merged, removed = evaluate("cues.js", program)

    assert [(c["startMs"], c["endMs"], c["text"]) for c in merged] == [(500, 2000, "a\nb")]
    assert [(c["text"], c["before"]) for c in removed] == [("b", ["NOTE n"])]


def test_the_page_s_approximation_has_the_burner_s_figures() -> None:
    shown = evaluate("burnstyle.js", "{...m, PRESETS: undefined}")

    assert shown == {
        "REFERENCE_LINES": styles.REFERENCE_LINES,
        "REFERENCE_COLUMNS": styles.REFERENCE_COLUMNS,
        "WIDE_SHARE": styles.WIDE_SHARE,
        "BOX_PADDING_ACROSS_EM": styles.BOX_PADDING_ACROSS_EM,
        "BOX_PADDING_DOWN_EM": styles.BOX_PADDING_DOWN_EM,
        "SIDE_MARGIN_SHARE": layout.SIDE_SHARE,
        "UPRIGHT": {
            "bottom": safe_area.COVERED_SHARES[safe_area.BOTTOM],
            "center": safe_area.COVERED_SHARES[safe_area.MIDDLE],
            "top": safe_area.COVERED_SHARES[safe_area.TOP],
            "side": safe_area.SIDE_SHARE,
        },
        "PITCH_EM": block.PITCH,
        "ABOVE_EM": block.ABOVE,
        "BELOW_EM": block.BELOW,
    }


def test_the_preview_draws_a_style_as_the_burner_measures_it() -> None:
    # 640×360: a third of 1080 lines. 48 px → 16 px, box padding 0.28 em = 4.48 px and 0.16 em,
    # margin 60 → 20.
    look = evaluate(
        "burnstyle.js", 'm.lookOf(m.presetStyles("default").style, {width: 640, height: 360})'
    )

    assert look == pytest.approx(
        {
            "fontSize": 16,
            "lineHeight": 16 * 1.2,
            "outline": 0,
            "paddingAcross": 4.48,
            "paddingDown": 2.56,
            "radius": 0,
            "marginV": 20,
            "marginH": 32,
        }
    )


def test_an_upright_picture_is_kept_free_in_the_preview_as_in_the_video() -> None:
    style = "m.presetStyles('default').style"
    look = evaluate("burnstyle.js", f"m.lookOf({style}, {{width: 540, height: 960}})")

    assert (look["marginV"], look["marginH"]) == pytest.approx((0.24 * 960, 0.14 * 540))


def test_an_upright_video_is_measured_by_its_width() -> None:
    assert evaluate("burnstyle.js", "m.scaleOf({width: 540, height: 960})") == 0.5
