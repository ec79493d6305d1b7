"""The judge of a burn: each cue at its time, with ink, in the picture, or it is told (F10)."""

import pytest
from burner.ink import Box
from burner.script_reader import Script, read_script
from burner.styles import Frame
from burner.verdict import CROWD_MAX, CUES_MAX, drawn_cues, looks_at, notices_of, unmapped, worst_of
from engine_kit.failures import EngineFailure, FailureCode

from media_jobs.notices import Notice
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span

PICTURE = Frame(width=640, height=360)
INSIDE = Box(x=100, y=300, width=400, height=30)


def cue(start_ms: int, end_ms: int, text: str = "Hello") -> Cue:
    """Return a cue of one line."""
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=((Span(text=text),),))


def script_of(*events: tuple[str, str, str]) -> Script:
    """Return a script of events with these starts, ends and names."""
    lines = [f"Dialogue: 0,{start},{end},Primary,{name},Hi, you" for start, end, name in events]
    return read_script(
        "[Events]\nFormat: Layer, Start, End, Style, Name, Text\n" + "\n".join(lines)
    )


def test_each_part_of_a_cue_is_looked_at_alone_in_its_middle() -> None:
    script = script_of(("0:00:01.00", "0:00:02.00", "1"), ("0:00:02.00", "0:00:04.00", "1"))

    looks = looks_at(script, [cue(1000, 4000)])

    assert [(look.number, look.alone, look.moment.time_ms) for look in looks] == [
        (1, True, 1500),
        (1, True, 3000),
    ]


def test_cues_at_one_time_are_looked_at_with_each_other_too() -> None:
    script = script_of(("0:00:01.00", "0:00:03.00", "1"), ("0:00:01.00", "0:00:09.00", "2"))

    looks = looks_at(script, [cue(1000, 3000), cue(1000, 9000)])

    assert [(look.number, look.alone, len(look.moment.events)) for look in looks] == [
        (1, True, 1),
        (1, False, 2),
        (2, True, 1),
    ]


def test_what_stands_over_the_cues_is_not_taken_for_one() -> None:
    script = script_of(("0:00:00.00", "9:00:00.00", ""), ("0:00:01.00", "0:00:03.00", "1"))

    assert len(looks_at(script, [cue(1000, 3000)])) == 1


@pytest.mark.parametrize(
    ("start", "end"),
    [("0:00:01.50", "0:00:03.00"), ("0:00:01.00", "0:00:02.50"), ("0:00:00.00", "0:00:03.00")],
)
def test_a_cue_that_is_not_shown_at_its_time_fails_the_burn(start: str, end: str) -> None:
    with pytest.raises(EngineFailure, match="Cue 2 ") as failed:
        looks_at(
            script_of(("0:00:00.00", "0:00:01.00", "1"), (start, end, "2")),
            [cue(0, 1000), cue(1000, 3000)],
        )
    assert failed.value.code is FailureCode.OUTPUT_INVALID


def test_a_cue_without_any_event_fails_the_burn() -> None:
    with pytest.raises(EngineFailure, match="Cue 1 "):
        looks_at(script_of(("0:00:00.00", "0:00:01.00", "2")), [cue(0, 1000), cue(0, 1000)])


def test_a_cue_with_letters_and_no_ink_fails_the_burn() -> None:
    cues = [cue(0, 1000), cue(1000, 2000, "見えない")]
    looks = looks_at(
        script_of(("0:00:00.00", "0:00:01.00", "1"), ("0:00:01.00", "0:00:02.00", "2")), cues
    )

    with pytest.raises(EngineFailure, match="cue 2") as failed:
        drawn_cues(looks, [INSIDE, None], cues, PICTURE)
    assert failed.value.code is FailureCode.OUTPUT_INVALID


@pytest.mark.parametrize("text", ["\u2800\u2800", "\u3164", "😀", " \u00a0 "])
def test_a_cue_without_letters_needs_no_ink(text: str) -> None:
    cues = [cue(0, 1000, text)]
    looks = looks_at(script_of(("0:00:00.00", "0:00:01.00", "1")), cues)

    (drawn,) = drawn_cues(looks, [None], cues, PICTURE)

    assert drawn.box is None
    assert not drawn.at_edge


@pytest.mark.parametrize(
    "box",
    [
        Box(x=0, y=300, width=400, height=30),
        Box(x=240, y=300, width=400, height=30),
        Box(x=100, y=0, width=400, height=30),
        Box(x=100, y=330, width=400, height=30),
    ],
)
def test_a_cue_that_touches_an_edge_is_named_in_a_notice(box: Box) -> None:
    cues = [cue(0, 1000), cue(1000, 2000)]
    looks = looks_at(
        script_of(("0:00:00.00", "0:00:01.00", "1"), ("0:00:01.00", "0:00:02.00", "2")), cues
    )

    drawn = drawn_cues(looks, [INSIDE, box], cues, PICTURE)

    assert notices_of(drawn) == (Notice(code="cues_at_edge", cues=(2,)),)
    assert worst_of(drawn, PICTURE)[0].cue is cues[1]


def test_all_inside_is_nothing_to_tell() -> None:
    cues = [cue(0, 1000)]
    looks = looks_at(script_of(("0:00:00.00", "0:00:01.00", "1")), cues)

    assert notices_of(drawn_cues(looks, [INSIDE], cues, PICTURE)) == ()


def test_the_box_of_a_cue_is_that_of_all_its_parts() -> None:
    cues = [cue(0, 2000)]
    looks = looks_at(
        script_of(("0:00:00.00", "0:00:01.00", "1"), ("0:00:01.00", "0:00:02.00", "1")), cues
    )
    boxes = [Box(x=10, y=300, width=50, height=30), Box(x=200, y=280, width=100, height=20)]

    (drawn,) = drawn_cues(looks, boxes, cues, PICTURE)

    assert drawn.box == Box(x=10, y=280, width=290, height=50)


def test_of_a_long_film_cues_are_looked_at_from_its_start_to_its_end() -> None:
    def time(second: int) -> str:
        return f"{second // 3600}:{second // 60 % 60:02}:{second % 60:02}.00"

    count = 2 * CUES_MAX + 1
    script = script_of(*((time(n), time(n + 1), str(n + 1)) for n in range(count)))

    looks = looks_at(script, [cue(n * 1000, n * 1000 + 1000) for n in range(count)])

    assert CUES_MAX / 2 < len(looks) <= CUES_MAX
    assert looks[0].number == 1
    assert looks[-1].number > count - 4


def test_a_crowd_costs_one_look_each() -> None:
    count = CROWD_MAX + 1
    script = script_of(*(("0:00:00.00", "0:00:01.00", str(n + 1)) for n in range(count)))

    looks = looks_at(script, [cue(0, 1000)] * count)

    assert len(looks) == count
    assert all(look.alone for look in looks)


def test_libass_says_what_it_had_no_face_for() -> None:
    said = (
        "[Parsed_ass_1 @ 0x5] Glyph 0x12031 not found in font for (Noto Sans, 400, 0)\n"
        "[Parsed_ass_1 @ 0x5] fontselect: failed to find any fallback with glyph 0x2603\n"
        "[Parsed_ass_1 @ 0x5] Glyph 0x1D49C not found, broken font? Trying all charmaps\n"
    )
    assert unmapped(said) == {0x12031}
