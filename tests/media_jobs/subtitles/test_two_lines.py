"""Two tracks of subtitles as one file with a line of each language."""

import pytest

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import text_lines
from media_jobs.subtitles.two_lines import PIECES_MAX, in_two_lines


def cue(start_ms: int, end_ms: int, text: str) -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=text_lines(text))


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ([(0, 9, "a")], [(0, 9, "b")], [(0, 9, "a\nb")]),
        ([(0, 9, "a\nA")], [(0, 9, "b\nB")], [(0, 9, "a A\nb B")]),
        ([(0, 9, "a")], [], [(0, 9, "a")]),
        ([(0, 4, "a")], [(6, 9, "b")], [(0, 4, "a"), (6, 9, "b")]),
        ([(0, 6, "a")], [(4, 9, "b")], [(0, 4, "a"), (4, 6, "a\nb"), (6, 9, "b")]),
        ([(0, 9, "a"), (4, 9, "A")], [(0, 9, "b")], [(0, 4, "a\nb"), (4, 9, "a A\nb")]),
        ([(5, 5, "a")], [(0, 9, "b")], [(0, 5, "b"), (5, 9, "b")]),
    ],
)
def test_each_moment_has_what_both_say(
    first: list[tuple[int, int, str]],
    second: list[tuple[int, int, str]],
    joined: list[tuple[int, int, str]],
) -> None:
    tracks = [[cue(*one) for one in track] for track in (first, second)]

    made = in_two_lines(*tracks)

    assert [(one.start_ms, one.end_ms, one.text) for one in made] == joined


def test_cues_that_all_overlap_are_refused_before_they_are_cut() -> None:
    count = int((2 * PIECES_MAX) ** 0.5) + 1
    track = [cue(at, count, "a") for at in range(count)]

    with pytest.raises(ValueError, match="overlap"):
        next(in_two_lines(track, []))
