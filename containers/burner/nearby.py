"""What of the subtitles has to be laid out for a short time to look as in the whole video."""

from dataclasses import dataclass, replace

from burner.layer import near
from burner.layout import SecondTrack
from burner.reading import JobText
from burner.tracks import near_groups
from media_jobs.subtitles.cues import Cue


@dataclass(frozen=True, slots=True, kw_only=True)
class NearText:
    """The cues of the first track, and the second track with no more than those near it."""

    cues: tuple[Cue, ...]
    second: SecondTrack | None


def text_near(text: JobText, since_ms: int, until_ms: int) -> NearText:
    """Return what of *text* is drawn in that time; nothing of a script in its own styling."""
    first, second = text.tracks[0], text.second
    if first.kept is not None:
        return NearText(cues=(), second=None)
    if second is None:
        return NearText(cues=near(first.cues, since_ms, until_ms), second=None)
    cues, others = near_groups(first.cues, second.cues, since_ms, until_ms)
    return NearText(cues=cues, second=replace(second, cues=others))
