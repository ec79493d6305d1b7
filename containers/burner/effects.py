"""What happens to picture and sound in parts of a video, as filters that are on at those times.

Only numbers enter a filter graph here. A frame belongs to a segment that begins at its time or
before, and ends after it.
"""

from collections.abc import Iterable

from media_jobs.engines.burner.options import Segment

EPSILON_S = 0.0005
"""A frame's time is a fraction that a decimal may miss by less than this."""
BLUR_SHARE = 1 / 24
SAMPLES = 256
"""The sound is cut into frames of so many samples: about five milliseconds."""


def picture_filters(segments: Iterable[Segment], height: int) -> list[str]:
    """Return the filters that blacken and blur; *height*: of the picture, in pixels."""
    filters = []
    black, blur = (_times(segments, effect) for effect in ("black", "blur"))
    if blur:
        filters.append(f"gblur=sigma={max(height * BLUR_SHARE, 2):.1f}:steps=2:enable='{blur}'")
    if black:
        # A segment that is both is black.
        # In the numbers of any depth and limited range.
        grey = "(minval+maxval)/2"
        filters.append(f"lutyuv=y=minval:u={grey}:v={grey}:enable='{black}'")
    return filters


def sound_filters(segments: Iterable[Segment]) -> list[str]:
    """Return the filters that mute."""
    mute = _times(segments, "mute")
    return [f"asetnsamples=n={SAMPLES}:p=0", f"volume=0:enable='{mute}'"] if mute else []


def mutes(segments: Iterable[Segment]) -> bool:
    """Whether the sound has to be changed at all."""
    return any(segment.effect == "mute" for segment in segments)


def _times(segments: Iterable[Segment], effect: str) -> str:
    return "+".join(
        f"gte(t,{max(segment.start_s - EPSILON_S, 0):.4f})*lt(t,{segment.end_s - EPSILON_S:.4f})"
        for segment in segments
        if segment.effect == effect
    )
