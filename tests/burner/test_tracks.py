"""Two tracks are joined by time: near bounds become one, and nothing jumps, flickers or is lost."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from burner.captions import PlacedLine
from burner.layout import Drawing
from burner.styles import Frame
from burner.tracks import groups, of_both, snapped, track_names
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.settings import cue_settings
from tests.burner.laying import HD, UPRIGHT, cue, events, laid_out, of_two, texts

SHORTEST_MS = 80


def at(*times_ms: tuple[int, int], text: str = "text") -> list[Cue]:
    """Return a cue for each start and end."""
    return [cue(text, start_ms=start_ms, end_ms=end_ms) for start_ms, end_ms in times_ms]


def times(cues: Sequence[Cue]) -> list[tuple[int, int]]:
    return [(one.start_ms, one.end_ms) for one in cues]


# --- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        # A few hundred milliseconds apart, either way.
        ([(1000, 4000)], [(1250, 3800)], [(1000, 4000)]),
        ([(1000, 4000)], [(700, 4400)], [(1000, 4000)]),
        # Too far apart to be meant as one.
        ([(1000, 9000)], [(2000, 8000)], [(2000, 8000)]),
        # One sentence in one cue, and in two.
        ([(1000, 5000)], [(1200, 2900), (3000, 4700)], [(1000, 2900), (3000, 5000)]),
        ([(1000, 2900), (3000, 5000)], [(800, 5300)], [(1000, 5000)]),
        # Two cues that touch, two with a gap: each keeps to its own sentence.
        ([(0, 1900), (2100, 4000)], [(0, 2000), (2000, 4000)], [(0, 1900), (2100, 4000)]),
        ([(0, 2000), (2000, 4000)], [(0, 1900), (2100, 4000)], [(0, 2000), (2000, 4000)]),
        # What moves would lie over its neighbour: both have one bound.
        ([(0, 2300), (2700, 5000)], [(0, 2000), (2100, 5000)], [(0, 2100), (2100, 5000)]),
        # A short cue moves by no more than a quarter of its length.
        ([(1000, 4000)], [(1300, 1700)], [(1300, 1700)]),
        ([(1000, 4000)], [(1090, 1490)], [(1000, 1490)]),
        # Starts are no ends.
        ([(2000, 4000)], [(0, 2100)], [(0, 2100)]),
        ([], [(0, 2100)], [(0, 2100)]),
    ],
)
def test_a_bound_that_is_near_one_of_the_first_track_is_the_same(
    first: list[tuple[int, int]], second: list[tuple[int, int]], joined: list[tuple[int, int]]
) -> None:
    found = snapped(at(*first), at(*second))

    assert times(found.cues) == joined


def test_what_was_moved_and_how_far_is_told() -> None:
    first, second = at((1000, 4000), (5000, 8000)), at((1250, 4000), (4700, 8420))

    assert [notice.message for notice in snapped(first, second).notices()] == [
        "Cues moved by up to 420 ms to begin or end with those of the first track: 2."
    ]
    assert list(snapped(first, first).notices()) == []


def test_signs_neither_move_nor_draw_others_to_them() -> None:
    sign = replace(at((1000, 4000))[0], sign=True)

    assert times(snapped([sign], at((1200, 4200))).cues) == [(1200, 4200)]
    assert times(snapped(at((1200, 4200)), [sign]).cues) == [(1000, 4000)]


@pytest.mark.parametrize(
    ("languages", "names"),
    [
        (("en", "zh-Hans"), ("en", "zh-Hans")),
        (("en", None), ("1", "2")),
        ((None, None), ("1", "2")),
        (("en", "en"), ("1", "2")),
    ],
)
def test_tracks_are_called_by_their_languages_where_these_tell_them_apart(
    languages: tuple[str | None, str | None], names: tuple[str, str]
) -> None:
    assert track_names(languages) == names


TRACK = st.lists(
    st.tuples(st.integers(0, 30_000), st.integers(80, 6_000)), min_size=1, max_size=12
).map(lambda spans: at(*sorted((start, start + length) for start, length in spans)))


@pytest.mark.heavy
@settings(max_examples=150)
@given(first=TRACK, second=TRACK)
def test_joining_loses_nothing_moves_little_and_shortens_nothing_below_sight(
    first: list[Cue], second: list[Cue]
) -> None:
    second = [replace(one, line=number) for number, one in enumerate(second)]

    joined = sorted(snapped(first, second).cues, key=lambda one: one.line or 0)

    assert [one.line for one in joined] == [one.line for one in second]
    for before, after in zip(second, joined, strict=True):
        assert abs(after.start_ms - before.start_ms) <= 500
        assert abs(after.end_ms - before.end_ms) <= 500
        assert after.end_ms - after.start_ms >= SHORTEST_MS
    for (one, other), (left, right) in zip(pairwise(second), pairwise(joined), strict=True):
        # What followed each other still does.
        assert one.end_ms > other.start_ms or left.end_ms <= right.start_ms


@settings(max_examples=50)
@given(first=TRACK, second=TRACK)
def test_groups_have_each_cue_once_and_never_meet(first: list[Cue], second: list[Cue]) -> None:
    found = list(groups(of_both(first, second)))

    numbers = sorted(one.number for group in found for one in group)
    assert numbers == list(range(1, len(first) + len(second) + 1))
    for before, after in pairwise(found):
        assert max(one.cue.end_ms for one in before) <= min(one.cue.start_ms for one in after)


# --- places ---------------------------------------------------------------------------------------


def placed(drawing: Drawing) -> dict[str, PlacedLine]:
    """Return the lines that are drawn by their text."""
    return {line.line.text: line for shown in drawing.shown for line in shown.caption.lines}


def boxes(drawing: Drawing) -> list[tuple[str, str]]:
    return [(e.start, e.end) for e in events(drawing) if e.style.endswith("Box")]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"preset": "bold"},
        {"preset": "shorts"},
        {"style": {"position": "top"}, "secondaryStyle": {"position": "top"}},
        {"secondaryStyle": {"position": "top"}},
        {"style": {"marginV": 200}},
    ],
)
@pytest.mark.parametrize("picture", [HD, UPRIGHT])
def test_two_tracks_of_one_time_look_like_one_track_of_both_languages(
    options: dict[str, object], picture: Frame
) -> None:
    english, chinese = "We kept looking for it, all of us", "我们先把昨天的结果看一遍，再决定下一步"

    two = of_two(options, [cue(english)], [cue(chinese)], picture=picture)

    one = laid_out({**options, "bilingual": True}, cue(english, chinese), picture=picture)

    def drawn(drawing: Drawing) -> list[tuple[str, ...]]:
        return sorted((e.start, e.end, e.style, e.text) for e in events(drawing))

    assert drawn(two) == drawn(one)


@pytest.mark.parametrize("position", ["bottom", "center", "top"])
def test_a_line_stands_still_while_the_other_language_changes(position: str) -> None:
    place = {"position": position}
    first = [cue("One sentence in one cue", start_ms=1000, end_ms=6000)]
    second = [
        cue("一", start_ms=1000, end_ms=2500),
        cue("甲", "乙", start_ms=2500, end_ms=4000),
        cue("三", start_ms=4000, end_ms=5000),
    ]

    drawing = of_two({"style": place, "secondaryStyle": place}, first, second)

    # One event, from its start to its end: it cannot move, and is never drawn anew.
    (line,) = [e for e in texts(drawing) if "One sentence" in e.text]
    assert (line.start, line.end) == ("0:00:01.00", "0:00:06.00")
    lines = placed(drawing)
    under = {lines[name].y for name in ("一", "三", "甲")}
    assert len(under) == 1
    assert lines["乙"].y > max(under)
    assert max(one.y for one in lines.values()) < HD.height
    assert lines["One sentence in one cue"].y < min(under)


def test_a_second_line_of_the_upper_language_grows_away_from_the_lower_one() -> None:
    first = [
        cue("short", start_ms=1000, end_ms=3000),
        cue("one line", "and another", start_ms=3000, end_ms=5000),
    ]

    lines = placed(of_two({}, first, [cue("一句话", start_ms=1000, end_ms=5000)]))

    assert lines["short"].y == pytest.approx(lines["and another"].y)
    assert lines["one line"].y < lines["and another"].y < lines["一句话"].y


def test_a_language_that_is_alone_stands_where_one_track_would() -> None:
    english, chinese = (
        cue("alone", start_ms=1000, end_ms=2000),
        cue("独", start_ms=3000, end_ms=4000),
    )

    lines = placed(of_two({}, [english], [chinese]))

    assert lines["alone"].y == placed(laid_out({}, english))["alone"].y
    assert lines["独"].y > 900


def test_one_box_holds_what_stands_and_is_not_drawn_anew_for_a_blink() -> None:
    first = [cue("One sentence in one cue that is wide", start_ms=1000, end_ms=6000)]
    second = [
        cue("一", start_ms=1000, end_ms=2500),
        cue("二", start_ms=2550, end_ms=4000),
    ]

    drawing = of_two({}, first, second)

    # The same box with 一 and with 二, 50 ms apart; without either it is smaller.
    assert boxes(drawing) == [("0:00:01.00", "0:00:04.00"), ("0:00:04.00", "0:00:06.00")]


def test_the_box_has_room_for_what_stands_and_for_nothing_that_comes_later() -> None:
    first = [cue("One", start_ms=1000, end_ms=3000), cue("Two", start_ms=2000, end_ms=4000)]
    second = [cue("一", start_ms=1000, end_ms=3000), cue("二", start_ms=2000, end_ms=4000)]

    drawing = of_two({}, first, second)

    heights = [box.height for one in drawing.shown for box in one.caption.boxes]
    assert len(heights) == 3
    assert heights[0] < 0.6 * heights[1]
    assert boxes(drawing) == [
        ("0:00:01.00", "0:00:02.00"),
        ("0:00:02.00", "0:00:03.00"),
        ("0:00:03.00", "0:00:04.00"),
    ]


def test_boxes_per_line_and_grounds_of_their_own_go_with_their_language() -> None:
    first = [cue("One sentence", start_ms=1000, end_ms=6000)]
    second = [cue("一", start_ms=1000, end_ms=2500)]

    drawing = of_two({"secondaryStyle": {"backgroundColor": "#800000"}}, first, second)

    assert sorted((e.style, e.end) for e in events(drawing) if e.style.endswith("Box")) == [
        ("PrimaryBox", "0:00:06.00"),
        ("SecondaryBox", "0:00:02.50"),
    ]


def test_cues_of_one_time_and_language_stack_away_from_the_other() -> None:
    first = [cue("upper", start_ms=1000, end_ms=4000), cue("lower", start_ms=1000, end_ms=4000)]
    second = [cue("一", start_ms=1000, end_ms=4000), cue("二", start_ms=1000, end_ms=4000)]

    lines = placed(of_two({}, first, second))

    order = sorted(lines, key=lambda text: lines[text].y)
    assert order == ["lower", "upper", "一", "二"]
    assert lines["二"].y < HD.height - 60


def test_a_cue_with_a_place_of_its_own_keeps_it_and_the_others_make_room() -> None:
    there = cue("there", settings=cue_settings("line:0"))

    lines = placed(of_two({"cueSettings": "follow"}, [there, cue("here")], [cue("一")]))

    assert lines["there"].y < 200
    assert 800 < lines["here"].y < lines["一"].y
    ignored = placed(of_two({}, [there, cue("here")], [cue("一")]))
    assert ignored["there"].y > 700


@pytest.mark.parametrize("highlight", ["word", "fill", "box", "single"])
def test_each_track_s_words_are_highlighted_by_its_own_style(highlight: str) -> None:
    timed = Cue(
        start_ms=1000,
        end_ms=3000,
        lines=(
            (
                replace(cue("a").lines[0][0], text="one "),
                replace(cue("a").lines[0][0], text="two", at_ms=2000),
            ),
        ),
    )
    options: dict[str, object] = {
        "secondaryStyle": {"highlight": highlight, "highlightColor": "#12FF34"}
    }

    drawing = of_two(options, [cue("plain", start_ms=1000, end_ms=3000)], [timed])

    if highlight == "single":
        words = [(e.start, e.end) for e in texts(drawing) if e.style == "Secondary"]
        assert words == [("0:00:01.00", "0:00:02.00"), ("0:00:02.00", "0:00:03.00")]
    else:
        assert "34FF12" in drawing.script
    assert drawing.notices == ()
    (told,) = of_two(options, [timed], [cue("plain")]).notices
    assert (told.code, told.track) == ("words_without_times", "2")


def test_a_notice_names_the_track_and_its_own_cue() -> None:
    long = cue("word " * 600, start_ms=5000, end_ms=9000)

    first = of_two({}, [cue("a"), long], [cue("一"), cue("二", start_ms=5000, end_ms=9000)])
    second = of_two({}, [cue("a"), cue("b", start_ms=5000, end_ms=9000)], [cue("一"), long])

    assert {told.track for told in first.notices} == {"1"}
    assert {told.track for told in second.notices} == {"2"}
    assert all(told.cues == (2,) for told in (*first.notices, *second.notices))


def test_both_languages_fit_a_small_picture_and_no_text_is_lost() -> None:
    small = Frame(width=640, height=200)
    first, second = cue("word " * 40, end_ms=9000), cue("字" * 120, end_ms=9000)

    drawing = of_two({}, [first], [second], picture=small)

    drawn = "".join(line.line.text for shown in drawing.shown for line in shown.caption.lines)
    assert drawn.count("字") == 120
    assert drawn.count("word") == 40
    for shown in drawing.shown:
        assert shown.caption.top >= -0.5
        assert shown.caption.bottom <= small.height


@pytest.mark.heavy
def test_thousands_of_cues_at_one_time_do_not_hold_the_burner_up() -> None:
    crowd = [cue("x", start_ms=0, end_ms=60_000) for _ in range(2000)]
    began = time.process_time()

    of_two({}, crowd, crowd)

    assert time.process_time() - began < 30
