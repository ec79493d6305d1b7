"""Words stand out while they are said, at the times that the subtitles have for them (F4)."""

import re

import pytest
from burner.words import cue_by_words

from media_jobs.notices import Notice
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.text import Span
from tests.burner.laying import Event, events, laid_out

GOLD = "&H0AD6FF&"
TIMED = "WEBVTT\n\n00:01.000 --> 00:04.000\nWe <00:02.000>walked <00:03.000>home\n"


def cues_of(text: str) -> tuple[Cue, ...]:
    """Return the cues of a WebVTT file."""
    return read_subtitles(text).cues()


def burned(text: str, manner: str) -> list[Event]:
    """Return the events of a file whose words are highlighted in *manner*."""
    options: dict[str, object] = {"style": {"highlight": manner, "backgroundOpacity": 0}}
    return events(laid_out(options, *cues_of(text)))


def stressed(text: str) -> list[tuple[str, list[int]]]:
    """Return the words of an event, each with the times at which its colour changes to gold."""
    found = re.findall(r"\{([^}]*)\}([^{]*)", text)
    return [
        (
            word.strip(),
            [int(at) for at in re.findall(rf"\\t\((\d+),\d+,\\c{re.escape(GOLD)}\)", tags)]
            or ([0] if f"\\c{GOLD}\\t" in tags or tags.endswith(f"\\c{GOLD}") else []),
        )
        for tags, word in found
        if word.strip()
    ]


def test_each_word_is_coloured_when_it_is_said_and_white_again_when_the_next_one_is() -> None:
    (event,) = burned(TIMED, "word")

    assert stressed(event.text) == [("We", [0]), ("walked", [1000]), ("home", [2000])]
    assert re.findall(r"\\t\((\d+),\d+,\\c&HFFFFFF&\)", event.text) == ["1000", "2000", "3000"]


def test_words_that_were_said_stay_coloured_in_karaoke() -> None:
    (event,) = burned(TIMED, "fill")

    assert stressed(event.text) == [("We", [0]), ("walked", [1000]), ("home", [2000])]
    assert "FFFFFF&)" not in event.text


def test_each_word_has_a_box_while_it_is_said() -> None:
    boxes = [event for event in burned(TIMED, "box") if event.style == "PrimaryWord"]

    assert [(box.start, box.end) for box in boxes] == [
        ("0:00:01.00", "0:00:02.00"),
        ("0:00:02.00", "0:00:03.00"),
        ("0:00:03.00", "0:00:04.00"),
    ]
    lefts = [float(re.findall(r"pos\((\d+)", box.text)[0]) for box in boxes]
    assert lefts == sorted(set(lefts))


def boxed_words(*lines: str) -> list[tuple[float, float, float, float, list[int]]]:
    """Return left, right, top, bottom of each word's box, and the ink of its line as rows.

    *lines*: of one cue from 1 s to 9 s.
    """
    text = "\n".join(lines)
    drawing = laid_out(
        {"style": {"highlight": "box", "backgroundOpacity": 0}},
        *cues_of(f"WEBVTT\n\n00:01.000 --> 00:09.000\n{text}\n"),
    )
    (placed,) = [line for one in drawing.shown for line in one.caption.lines]
    assert placed.line.ink is not None
    ink = [round(placed.y + placed.line.ink.top), round(placed.y + placed.line.ink.bottom)]
    found = []
    for event in events(drawing):
        if event.style == "PrimaryWord":
            x, y = (float(one) for one in re.findall(r"pos\(([\d.]+),([\d.]+)", event.text)[0])
            numbers = [float(one) for one in re.findall(r"-?\d+", event.text.split("\\p1}")[1])]
            right, bottom = x + max(numbers[::2]), y + max(numbers[1::2])
            found.append((x, right, y, bottom, ink))
    return found


def test_a_word_in_two_places_of_a_line_has_two_boxes_and_none_over_the_word_between() -> None:
    # From left to right: "!", "iPhone", "15", and the Hebrew word.
    boxes = boxed_words("שלום <00:03.000>iPhone <00:05.000>15!")

    assert len(boxes) == 4
    hebrew, phone, *number = boxes
    mark, digits = sorted(number)
    assert mark[0] < mark[1] <= phone[0] + 1
    assert phone[1] < digits[0] < digits[1] < hebrew[0]


def test_boxes_of_words_without_a_space_between_stand_side_by_side() -> None:
    for text in ("你<00:03.000>好<00:05.000>世", "การ<00:03.000>ประชุม<00:05.000>วัน"):
        one, two, three = boxed_words(text)
        assert one[1] <= two[0] + 1
        assert two[1] <= three[0] + 1


def test_the_box_of_a_word_is_around_all_of_its_letters() -> None:
    for text in ("<00:03.000>العربي الجميل", "<00:03.000>วันนี้", "<00:03.000>ẤỆ"):
        for _, _, top, bottom, ink in boxed_words(text):
            assert top <= ink[0]
            assert ink[1] <= bottom


@pytest.mark.parametrize("manner", ["word", "box"])
def test_what_is_said_for_no_time_has_the_colour_of_the_others(manner: str) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:04.000\nOh <00:01.000>We <00:02.000>walked\n"
    (event,) = [event for event in burned(text, manner) if event.name]

    # A transform at 0 would go on over the whole cue.
    assert "\\t(0,0," not in event.text
    assert [word for word, times in stressed(event.text) if times == [0]] == (
        ["We"] if manner == "word" else []
    )


def inks(text: str, at_ms: int) -> dict[str, tuple[str, str]]:
    """Return the colours of letters and outline (RRGGBB) of each word of an event at a time."""
    found = {}
    for tags, word in re.findall(r"\{([^}]*)\}([^{]*)", text):
        now = {}
        for from_ms, changed in re.findall(r"(?:\\t\((\d+),\d+,)?((?:\\3?c&H[0-9A-F]{6}&)+)", tags):
            if int(from_ms or 0) <= at_ms:
                for layer, bgr in re.findall(r"\\(3?c)&H([0-9A-F]{6})&", changed):
                    now[layer] = bgr[4:] + bgr[2:4] + bgr[:2]
        if word.strip() and now:
            found[word.strip()] = (now["c"], now["3c"])
    return found


def on_boxes(colour: str, **more: object) -> str:
    """Return the text of TIMED's event with its words on boxes of *colour*."""
    style = {"highlight": "box", "highlightColor": colour, "outlineWidth": 4, **more}
    (event,) = [e for e in events(laid_out({"style": style}, *cues_of(TIMED))) if e.name]
    return event.text


def test_letters_on_a_box_that_they_are_not_read_on_are_black_or_white() -> None:
    white, black, gold = "FFFFFF", "000000", "FFD60A"
    gold_box, navy_box = on_boxes("#FFD60A"), on_boxes("#001F5C", textColor="#222222")

    # The outline goes with the box: black letters in a black outline are a blot.
    assert inks(gold_box, 1500) == {
        "We": (white, black),
        "walked": (black, gold),
        "home": (white, black),
    }
    assert inks(gold_box, 0)["We"] == (black, gold)
    assert inks(navy_box, 2500)["home"] == (white, "001F5C")


def test_letters_that_are_read_on_the_box_stay_as_they_are() -> None:
    text = on_boxes("#C8102E")

    assert {at: inks(text, at) for at in (0, 1500)} == {
        at: dict.fromkeys(("We", "walked", "home"), ("FFFFFF", "000000")) for at in (0, 1500)
    }


BOTH = Cue(
    start_ms=1000,
    end_ms=4000,
    lines=(
        (Span(text="We "), Span(text="walked ", at_ms=2000), Span(text="home", at_ms=3000)),
        (Span(text="他"), Span(text="走回家", at_ms=2500)),
    ),
)
"""Two languages that each have times, as two tracks do."""


def shown_of(styles: dict[str, object]) -> list[tuple[str, str, str, str]]:
    """Return style, start, end and letters of what is drawn of BOTH, in order of time."""
    drawn = [e for e in events(laid_out({"bilingual": True, **styles}, BOTH)) if e.name]
    drawn.sort(key=lambda event: (event.start, event.style))
    return [(e.style, e.start[5:], e.end[5:], re.sub(r"\{[^}]*\}", "", e.text)) for e in drawn]


def test_one_language_stays_while_the_words_of_the_other_stand_alone() -> None:
    words = [
        ("Primary", "01.00", "02.00", "We"),
        ("Secondary", "01.00", "04.00", "他走回家"),
        ("Primary", "02.00", "03.00", "walked"),
        ("Primary", "03.00", "04.00", "home"),
    ]

    assert shown_of({"style": {"highlight": "single"}}) == words


def test_words_of_the_second_language_stand_alone_where_its_style_says_so() -> None:
    assert shown_of({"secondaryStyle": {"highlight": "single"}}) == [
        ("Primary", "01.00", "04.00", "We walked home"),
        ("Secondary", "01.00", "02.50", "他"),
        ("Secondary", "02.50", "04.00", "走回家"),
    ]


@pytest.mark.parametrize("position", ["top", "bottom"])
def test_words_of_two_languages_that_stand_alone_are_apart(position: str) -> None:
    style = {"highlight": "single", "position": position}
    options: dict[str, object] = {"bilingual": True, "style": style, "secondaryStyle": style}
    shown = laid_out(options, BOTH).shown
    captions = [one.caption for one in shown if one.caption.lines]

    assert len(captions) == 5
    for one in captions:
        for other in captions:
            together = one.start_ms < other.end_ms and other.start_ms < one.end_ms
            if one is not other and together:
                assert one.bottom <= other.top or other.bottom <= one.top
                upper = min(one, other, key=lambda caption: caption.top)
                assert upper.lines[0].style == "Primary"


def test_a_translation_below_words_with_times_has_not_the_last_one_s() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:04.000\nWe <00:02.000>walked home\n他走回家\n"
    styles: dict[str, object] = {"secondaryStyle": {"highlight": "word"}}
    second = [e for e in events(laid_out({"bilingual": True, **styles}, *cues_of(text))) if e.name]

    assert [e.text for e in second if e.style == "Secondary" and "\\t(" in e.text] == []


def test_one_word_at_a_time_stands_alone() -> None:
    shown = [
        (event.start, re.sub(r"\{[^}]*\}", "", event.text)) for event in burned(TIMED, "single")
    ]

    assert shown == [("0:00:01.00", "We"), ("0:00:02.00", "walked"), ("0:00:03.00", "home")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # Before the first time nothing is said: the first word is there from the start.
        ("<00:02.000>one <00:03.000>two", [(1000, 3000, "one "), (3000, 4000, "two")]),
        # Of times that go back, as many count as are in order; the others begin no word.
        (
            "a <00:03.000>b <00:02.000>c <00:03.000>d",
            [(1000, 2000, "a b "), (2000, 3000, "c "), (3000, 4000, "d")],
        ),
        (
            "a <00:01.500>b <00:03.900>c <00:02.000>d\n<00:02.500>e <00:02.500>f",
            [(1000, 1500, "a "), (1500, 2000, "b c "), (2000, 2500, "d"), (2500, 4000, "e f")],
        ),
        # What has a time outside of the cue is shown with the words before it.
        ("a <00:09.000>b", [(1000, 4000, "a b")]),
        ("<00:00.000>a <00:00.500>b <00:02.000>c", [(1000, 2000, "a b "), (2000, 4000, "c")]),
        # Nor does anything stand too short to be seen.
        (
            "a <00:02.000>b <00:02.020>c <00:03.980>d",
            [(1000, 2000, "a "), (2000, 4000, "b c d")],
        ),
        ("a\n<00:02.000>b", [(1000, 2000, "a"), (2000, 4000, "b")]),
    ],
)
def test_words_come_one_after_the_other_from_start_to_end(
    text: str, parts: list[tuple[int, int, str]]
) -> None:
    (cue,) = cues_of(f"WEBVTT\n\n00:01.000 --> 00:04.000\n{text}\n")

    made = list(cue_by_words(cue))

    assert [(one.start_ms, one.end_ms, one.text) for one in made] == parts


def test_a_dash_that_begins_a_line_is_said_with_the_word_behind_it() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:05.000\n- <00:01.000>Who <00:02.000>is?\n- <00:03.000>We\n"

    assert [stressed(event.text) for event in burned(text, "word")] == [
        [("- Who", [0]), ("is?", [1000])],
        [("- We", [2000])],
    ]
    shown = [(e.start, re.sub(r"\{[^}]*\}", "", e.text)) for e in burned(text, "single")]
    assert shown == [("0:00:01.00", "- Who"), ("0:00:02.00", "is?"), ("0:00:03.00", "- We")]


def test_the_order_of_times_holds_from_right_to_left() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:04.000\nيولد <00:02.000>جميع <00:03.000>الناس\n"
    (event,) = burned(text, "word")

    marks = dict.fromkeys(map(ord, "\u200e\u202e\u202c"))
    said = sorted((times, word.translate(marks).strip()) for word, times in stressed(event.text))
    assert said == [([0], "يولد"), ([1000], "جميع"), ([2000], "الناس")]


def test_without_times_of_words_nothing_stands_out_and_that_is_told() -> None:
    plain = cues_of("WEBVTT\n\n00:01.000 --> 00:04.000\nWe walked home\n")

    drawing = laid_out({"style": {"highlight": "word"}}, *plain)

    assert "\\t(" not in drawing.script
    assert drawing.notices == (Notice(code="words_without_times"),)
    assert laid_out({}, *plain).notices == ()
