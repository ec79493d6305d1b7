"""No list of cues costs more than its size: twice as many take about twice the time (A05).

Processor time alone is compared, of runs in this process, and four times the size: what grows with
the square takes sixteen times as long.
"""

import time
from collections.abc import Callable, Sequence

import pytest
from burner.captions import Caption
from burner.lanes import in_one_box, stacked
from burner.moments import moments_of
from burner.script_reader import read_script
from burner.standing import Standing
from burner.subtitles import job_subtitles, without_overlaps
from burner.texts import Anchor
from burner.verdict import looks_at

from media_jobs.engines.burner.options import BurnOptions
from media_jobs.notices import Findings
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span

pytestmark = pytest.mark.heavy

TIMES_AS_MUCH = 4
FAR_FROM_SQUARE = 9.0


def cost_s(work: Callable[[int], object], size: int) -> float:
    """Return the least of three runs."""
    found = []
    for _ in range(3):
        began_s = time.process_time()
        work(size)
        found.append(time.process_time() - began_s)
    return min(found)


def captions(bounds: Sequence[tuple[int, int]]) -> list[Caption]:
    """Return captions at one place, from when to when they stand."""
    return [
        Caption(
            number=number,
            start_ms=start_ms,
            end_ms=end_ms,
            lines=(),
            boxes=(),
            top=0.0,
            bottom=10.0,
            left=0.0,
            right=10.0,
        )
        for number, (start_ms, end_ms) in enumerate(bounds, start=1)
    ]


ANCHOR = Anchor(
    row=0, column=1, left=0.0, right=100.0, measure=100.0, edge=0.0, far=0.0, height=1000.0
)


def cut(count: int) -> None:
    cue = Cue(start_ms=0, end_ms=9000, lines=((Span(text="x"),),) * 30)
    without_overlaps((cue,) * count, BurnOptions(overlaps="cut"), Findings())


def stood_beside(count: int) -> None:
    standing = Standing()
    for one in captions([(0, 9000)] * count):
        standing.beside(one, ANCHOR)


def stood_in_a_lane(count: int) -> None:
    stacked(captions([(n, 2 * count - n) for n in range(count)]), upwards=True)


def stood_in_one_box(count: int) -> None:
    in_one_box(captions([(n, 2 * count - n) for n in range(count)]))


def looked_at(count: int) -> None:
    line = "Dialogue: 0,0:00:00.00,0:00:09.00,Primary,{},0,0,0,,x\n"
    columns = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    head = f"[Events]\nFormat: {columns}\n"
    script = read_script(head + "".join(line.format(n + 1) for n in range(count)))
    looks_at(script, [Cue(start_ms=0, end_ms=9000, lines=())] * count)


def moved(count: int) -> None:
    event = "Dialogue: 0,0:00:00.00,0:{:02}:00.00,Primary,,0,0,0,,{{\\move(0,0,9,9)}}x\n"
    moments_of("".join(event.format(count // 60) for _ in range(count)), count)


def without_commas(count: int) -> None:
    moments_of("Dialogue:\n" * count, 9.0)


@pytest.mark.parametrize(
    ("work", "size"),
    [
        (cut, 1000),
        (stood_beside, 2000),
        (stood_in_a_lane, 2000),
        (stood_in_one_box, 1000),
        (looked_at, 1000),
        (moved, 250),
        (without_commas, 2000),
    ],
)
def test_a05_four_times_as_much_takes_about_four_times_as_long(
    work: Callable[[int], object], size: int
) -> None:
    ratios = []
    for _ in range(3):
        # The first run may still read what is kept afterwards.
        few_s, many_s = cost_s(work, size), cost_s(work, TIMES_AS_MUCH * size)
        ratios.append(many_s / max(few_s, 1e-4))
        if ratios[-1] < FAR_FROM_SQUARE:
            return
    raise AssertionError(ratios)


def test_a05_cues_that_begin_together_are_as_one_no_longer_than_one_may_be() -> None:
    # Each of its own words: the same cue again is shown once.
    words = [chr(0x4E00 + number) + "\n" for number in range(1000)]
    text = "WEBVTT\n\n" + "".join(f"00:00.000 --> 00:09.000\n{word * 30}\n" for word in words)

    subtitles = job_subtitles(text.encode(), BurnOptions(overlaps="cut"))

    (cue,) = subtitles.cues
    assert len(cue.text) == 1999
    assert [(one.code, one.at) for one in subtitles.notices] == [("cue_text_cut", (3,))]
