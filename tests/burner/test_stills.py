"""Which frames become the poster and the contact sheet."""

from burner.stills import poster_filters, sheet_filters, stills_of
from burner.styles import Frame
from engine_kit.colours import BT709

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span


def cues(*times_s: tuple[float, float]) -> list[Cue]:
    """Return cues of these starts and ends in seconds."""
    return [
        Cue(start_ms=round(a * 1000), end_ms=round(b * 1000), lines=((Span(text="x"),),))
        for a, b in times_s
    ]


def test_few_cues_are_all_shown_at_their_middles() -> None:
    stills = stills_of(cues((0, 1), (4, 6), (8, 9)), 10.0)

    assert stills.sheet_s == (0.5, 5.0, 8.5)
    # A third of ten seconds is nearest to the second cue.
    assert stills.poster_s == 5.0


def test_of_many_cues_twelve_spread_over_the_video_are_shown() -> None:
    stills = stills_of(cues(*((n, n + 1) for n in range(120))), 120.0)

    assert stills.sheet_s == tuple(5.5 + 10 * n for n in range(12))


def test_cues_after_the_end_are_not_shown() -> None:
    assert stills_of(cues((1, 2), (9.9, 10.1), (50, 51)), 10.0).sheet_s == (1.5,)


def test_without_a_cue_to_show_the_poster_is_the_frame_at_a_third() -> None:
    stills = stills_of(cues((50, 51)), 9.0)

    assert (stills.sheet_s, stills.poster_s) == ((), 3.0)


def test_a_video_that_hides_its_length_is_taken_to_last_as_long_as_its_cues() -> None:
    assert stills_of(cues((1, 2), (5, 6)), None).sheet_s == (1.5, 5.5)


def test_pictures_are_made_smaller_but_never_larger_and_keep_their_shape() -> None:
    stills = stills_of(cues((0, 1)), 10.0)

    def size(filters: list[str]) -> str:
        return next(name for name in filters if name.startswith("scale=")).split(":out_")[0]

    assert size(poster_filters(stills, Frame(width=3840, height=2160), BT709)) == "scale=1280:720"
    assert size(poster_filters(stills, Frame(width=640, height=360), BT709)) == "scale=640:360"
    assert size(sheet_filters(stills, Frame(width=1080, height=1920), BT709)) == "scale=270:480"
    wide_pixels = Frame(width=1440, height=1080, sample_aspect=4 / 3)
    assert size(sheet_filters(stills, wide_pixels, BT709)) == "scale=480:270"
