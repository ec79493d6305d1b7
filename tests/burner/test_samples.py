"""At which times a finished video is looked at: in the middle of cues, and where none stands."""

from collections.abc import Sequence
from itertools import pairwise

from burner.ink import Box
from burner.samples import SAMPLES_MAX, Sample, key_frames_of, samples_of
from burner.verdict import DrawnCue

from media_jobs.subtitles.cues import Cue

BOX = Box(x=10, y=10, width=50, height=20)


def drawn(*times_ms: tuple[int, int], box: Box | None = BOX) -> list[DrawnCue]:
    """Return cues of these starts and ends, numbered from 1."""
    return [
        DrawnCue(
            number=number,
            cue=Cue(start_ms=start_ms, end_ms=end_ms, lines=()),
            pages=(),
            box=box,
            at_edge=False,
        )
        for number, (start_ms, end_ms) in enumerate(times_ms, start=1)
    ]


def samples(
    cues: Sequence[DrawnCue], until_s: float = 3600.0, worst: Sequence[int] = ()
) -> tuple[Sample, ...]:
    """Return the samples where nothing stands but *cues*."""
    standing_ms = [(one.cue.start_ms, one.cue.end_ms) for one in cues]
    return samples_of(cues, standing_ms, until_s, worst)


def within(found: Sequence[Sample]) -> list[tuple[int, int]]:
    """Return the number and the time of the samples in which a cue is seen."""
    return [(sample.number, sample.time_ms) for sample in found if not sample.beside]


def beside(found: Sequence[Sample]) -> list[tuple[int, int]]:
    """Return the number and the time of the samples in which a cue is not seen."""
    return [(sample.number, sample.time_ms) for sample in found if sample.beside]


def test_a_cue_is_looked_at_in_its_middle_and_half_a_second_from_both_ends() -> None:
    found = samples(drawn((10_000, 14_000)))

    assert within(found) == [(1, 12_000)]
    assert beside(found) == [(1, 9_500), (1, 14_500)]


def test_a_short_gap_is_looked_at_in_its_middle_and_a_shorter_one_not_at_all() -> None:
    found = beside(samples(drawn((0, 2_000), (2_600, 5_000)), until_s=5.1))

    assert [time_ms for _, time_ms in found] == [2_300]
    assert beside(samples(drawn((0, 2_000), (2_300, 5_000)), until_s=5.1)) == []


def test_no_time_is_free_in_which_another_cue_stands() -> None:
    # The first ends while the second stands, as does one of nothing but emoji.
    cues = [*drawn((0, 4_000), (3_000, 6_000)), *drawn((6_000, 8_000), box=None)]

    assert beside(samples(cues, until_s=8.2)) == []


def test_of_many_cues_the_first_last_shortest_and_worst_are_looked_at_and_others_between() -> None:
    times = [(n * 4_000, n * 4_000 + 2_000) for n in range(500)]
    times[77] = (77 * 4_000, 77 * 4_000 + 300)

    found = samples(drawn(*times), worst=[123, 321])

    numbers = [number for number, _ in within(found)]
    assert len(numbers) == SAMPLES_MAX
    assert {1, 500, 78, 123, 321} <= set(numbers)
    assert max(after - at for at, after in pairwise(numbers)) < 90
    assert found == samples(drawn(*times), worst=[123, 321])


def test_a_short_video_is_not_looked_at_every_few_frames() -> None:
    times = [(n * 100, n * 100 + 250) for n in range(90)]

    assert len(within(samples(drawn(*times), until_s=9.0))) == 3
    assert len(within(samples(drawn(*times), until_s=60.0))) == 7


def test_what_has_no_letters_no_time_or_no_film_is_not_looked_at() -> None:
    assert samples(drawn((0, 1_000), box=None)) == ()
    assert samples(drawn((0, 120))) == ()
    assert samples(drawn((5_000, 9_000)), until_s=7.0) == ()


def test_a_short_video_is_given_no_key_frames() -> None:
    found = samples(drawn((1_000, 2_000)), until_s=5.9)

    assert key_frames_of(found, 5.9) == ()
    assert key_frames_of(found, 6.0) == (0.5, 1.5, 2.5)
