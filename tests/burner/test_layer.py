"""The text of a burn without its video: which cues it takes, and when it changes."""

from itertools import pairwise

from burner.layer import PICTURES_MAX, STEP_MS, near, times_of
from burner.overlays import END_MS

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span
from tests.burner.laying import cue, laid_out


def test_what_is_seen_and_what_it_makes_room_for_is_laid_out_and_nothing_else() -> None:
    long_gone, under, seen, later = (
        cue("long gone", start_ms=0, end_ms=900),
        cue("it stands below", start_ms=1000, end_ms=3000),
        cue("seen", start_ms=2500, end_ms=5000),
        cue("later", start_ms=9000, end_ms=9900),
    )

    assert near((long_gone, under, seen, later), 4000, 4000) == (under, seen)
    assert near((long_gone, under, seen, later), 4000, 9000) == (under, seen, later)
    assert near((long_gone, under, seen, later), 6000, 7000) == ()


def test_a_part_of_the_file_is_laid_out_as_the_whole_is() -> None:
    cues = tuple(
        cue(f"Line {n} of several that overlap", start_ms=700 * n, end_ms=700 * n + 2000)
        for n in range(12)
    )
    whole = laid_out({}, *cues).shown
    part = laid_out({}, *near(cues, 5000, 5000)).shown

    places = {(c.start_ms, c.top) for c in (one.caption for one in whole)}
    assert {(c.start_ms, c.top) for c in (one.caption for one in part)} <= places
    assert any(one.caption.start_ms <= 5000 < one.caption.end_ms for one in part)


def test_a_picture_stands_from_one_change_to_the_next() -> None:
    cues = (cue("one", start_ms=1000, end_ms=3000), cue("two", start_ms=4000, end_ms=6004))
    script = laid_out({}, *cues).script

    assert times_of(cues, (script,), 2000, 2000) == (1000, 3000)
    assert times_of(cues, (script,), 3500, 4500) == (3000, 4000, 6000)
    assert times_of(cues, (script,), 7000, 9000) == (6000, END_MS)


def test_each_word_that_lights_up_is_a_change() -> None:
    words = (Span(text="one ", at_ms=1000), Span(text="two", at_ms=1600))
    cues = (Cue(start_ms=1000, end_ms=3000, lines=(words,)),)
    script = laid_out({"style": {"highlight": "word"}}, *cues).script

    assert times_of(cues, (script,), 1000, 2000) == (1000, 1600, 3000)


def test_what_moves_is_drawn_in_steps_and_at_most_so_many() -> None:
    hint: dict[str, object] = {
        "hint": {"text": "Look", "animation": "slide", "startS": 2, "endS": 4}
    }
    drawing = laid_out(hint, cue("x", start_ms=0, end_ms=9000))
    times = times_of((cue("x", start_ms=0, end_ms=9000),), (drawing.script,), 2000, 5000)

    steps = [b - a for a, b in pairwise(times)]
    assert times[0] == 2000
    assert len(times) <= PICTURES_MAX + 1
    assert min(steps) >= STEP_MS - 40
