"""Files in the shape of those that people have, each with what is right (F9: T07 to T18, L15)."""

from pathlib import Path

import pytest

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.decoding import decode
from media_jobs.subtitles.reader import SubtitleFile, read_subtitles

FOLDER = Path(__file__).parents[2] / "vectors/cases/subtitles"


def read(name: str) -> SubtitleFile:
    return read_subtitles(decode((FOLDER / name).read_bytes()).text)


def shown(name: str) -> list[tuple[int, int, str]]:
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in read(name).cues()]


def told(name: str) -> dict[str, list[int]]:
    return {notice.code: list(notice.at) for notice in read(name).notices}


def looks(cue: Cue) -> list[tuple[str, bool, str | None]]:
    """Return text, slant and colour of each span."""
    return [(span.text, span.italic, span.colour) for line in cue.lines for span in line]


def test_t07_a_number_before_a_line_of_times_belongs_to_the_next_cue() -> None:
    assert shown("no-blank-lines.srt") == [
        (0, 1000, "Good morning"),
        (1000, 2000, "Is anybody there?"),
        (2000, 3000, "Not yet"),
    ]
    assert told("no-blank-lines.srt") == {"empty_lines_missing": [5, 8]}


def test_t08_doubled_line_ends_are_one_each() -> None:
    assert shown("cr-cr-lf.srt") == [
        (0, 1000, "Good morning\neverybody"),
        (1000, 2000, "Is anybody there?"),
    ]
    assert told("cr-cr-lf.srt") == {"line_ends_doubled": []}


def test_t09_both_halves_of_a_text_with_a_blank_line_are_shown() -> None:
    assert shown("blank-inside.srt") == [
        (0, 1000, "The first half of it\nand the second half"),
        (1000, 2000, "Not yet"),
    ]
    assert told("blank-inside.srt") == {"empty_lines_inside": [2]}


def test_t10_tags_of_ass_and_microdvd_are_followed_or_left_out() -> None:
    cues = read("ass-tags.srt").cues()

    assert [looks(cue) for cue in cues[:2]] == [
        [("In another voice", True, None), (" he said", False, None)],
        [("Spring 1998", False, "#ffff00")],
    ]
    assert [(cue.text, cue.keypad) for cue in cues[1:4]] == [
        ("Spring 1998", 8),
        ("OPEN", None),
        ("Old top", 8),
    ]
    assert looks(cues[4]) == [("Other player", True, None)]
    assert [span.underline for span in cues[5].lines[0]] == [False, True, False]
    assert told("ass-tags.srt") == {"positions_not_followed": [10]}


def test_t11_colours_are_kept_and_br_breaks_a_line() -> None:
    cues = read("font-br.srt").cues()

    assert looks(cues[0]) == [("Stop right there!", False, "#ff0000")]
    assert looks(cues[1]) == [("Who said that?", False, "#ffff00")]
    assert cues[1].lines[0][0].bold
    assert cues[2].text == "one\ntwo\nthree"


def test_t12_lines_of_times_in_every_shape_are_read() -> None:
    assert shown("times.srt") == [
        (1000, 1900, "dot"),
        (2000, 2900, "colon before the milliseconds"),
        (3000, 3900, "space after the comma"),
        (4000, 4900, "spaces after the colons"),
        (5000, 5900, "short"),
        (6000, 6900, "short arrow"),
        (7000, 7900, "arrow sign"),
        (8000, 8900, "en dash"),
        (9000, 9900, "byte order mark"),
        (10000, 10900, "left-to-right marks"),
        (11000, 11900, "back quotes"),
        (11950, 12095, "four digits of milliseconds"),
        (59500, 60500, "sixty seconds"),
        (62_000, 62_900, "full-width colons and commas alone"),
    ]
    assert told("times.srt") == {"cue_times_repaired": [6, 10, 14, 22, 26, 30, 38, 42, 46, 54]}


@pytest.mark.parametrize(
    ("name", "notices"),
    [
        ("fenced.srt", {"answer_unwrapped": [1, 9]}),
        ("fenced.vtt", {"answer_unwrapped": [1, 6]}),
        ("chat-answer.srt", {"text_outside_cues": [1, 11]}),
    ],
)
def test_t13_neither_fences_nor_a_models_sentences_are_shown(
    name: str, notices: dict[str, list[int]]
) -> None:
    texts = [text for _, _, text in shown(name)]

    assert texts == ["Good morning", "Not yet"][: 1 if name == "fenced.vtt" else 2]
    assert told(name) == notices


def test_t14_rolling_captions_show_each_word_once_and_long_enough() -> None:
    assert shown("rolling.vtt") == [
        (160, 2389, "now let me show you"),
        (2399, 4630, "how the door works"),
        (4640, 6990, "when it is shut"),
    ]
    assert told("rolling.vtt") == {"captions_unrolled": [], "timed_words_shown_together": []}


def test_t16_the_offset_of_a_stream_is_told() -> None:
    assert shown("timestamp-map.vtt") == [(500, 2000, "A piece of a stream")]
    (notice,) = read("timestamp-map.vtt").notices
    assert "X-TIMESTAMP-MAP" in notice.message


def test_t17_the_standards_colour_classes_are_followed() -> None:
    (cue,) = read("colour-class.vtt").cues()

    assert looks(cue) == [("Yellow by the standard", False, "#ffff00"), (" and plain", False, None)]


def test_t18_settings_are_read_as_the_standard_says() -> None:
    found = [cue.settings for cue in read("wpt-settings.vtt").cues()]

    assert [(one.position, one.position_align, one.line) for one in found] == [
        (20, None, None),
        (None, None, 0),
        (None, None, 0),
        (None, None, None),
    ]
    assert told("wpt-settings.vtt") == {}


def test_l15_a_script_in_another_style_says_each_line_once_and_keeps_signs_in_their_place() -> None:
    cues = read("typeset.ass").cues()

    assert [(cue.start_ms, cue.text, cue.sign) for cue in cues] == [
        (0, "BAKERY", True),
        (0, "They open at six", False),
        (1000, "Chapter two", False),
        (2000, "An old top tag", False),
        (3000, "{door closes} Who is there?", False),
    ]
    sign = cues[0].settings
    assert (sign.position, sign.line, sign.line_is_percent) == (50, 16.67, True)
    assert cues[3].keypad == 8
    assert told("typeset.ass") == {
        "script_signs_restyled": [14],
        "script_tags_not_drawn": [16],
        "script_layers_merged": [17, 18],
    }
    assert all("assStyling keep" in notice.message for notice in read("typeset.ass").notices)


def test_l16_a_keyword_that_is_not_known_does_not_cost_the_number() -> None:
    first, second, third = (cue.settings for cue in read("places.vtt").cues())

    assert (first.position, first.size, first.align) == (20, 60, "start")
    assert (second.line, second.line_is_percent) == (10, True)
    assert (third.line, third.position, third.size, third.align) == (84.66, 50, 80, "center")
