"""What of a job's texts is drawn with letters of fonts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine_kit.glyphs import stand_ins
from engine_kit.text.emoji import emoji_pictures

from burner.subtitles import JobSubtitles
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.notices import Notice
from media_jobs.subtitles.ass_escape import ass_time
from media_jobs.subtitles.cues import Cue


def folded(cues: Sequence[Cue], files: Sequence[Path]) -> tuple[Cue, ...]:
    """Return *cues* with what stands in for characters that no font has."""
    table = stand_ins({c for cue in cues for c in cue.text}, files)
    return tuple(_translated(cue, table) for cue in cues) if table else tuple(cues)


def _translated(cue: Cue, table: Mapping[int, str]) -> Cue:
    lines = tuple(
        tuple(replace(span, text=span.text.translate(table)) for span in line) for line in cue.lines
    )
    return replace(cue, lines=lines)


def lettered(text: JobSubtitles, over: Iterable[str]) -> str:
    """Return all that is drawn with letters of fonts: of *text*, and of what stands over it.

    Emoji are pictures, but in a script that is kept in its own styling.
    """
    pictures = emoji_pictures()
    cues = text.text if text.kept is not None else pictures.letters_of(text.text)
    return "\n".join([cues, *(pictures.letters_of(one) for one in over)])


def outline_notices(subtitles: JobSubtitles) -> tuple[Notice, ...]:
    """Return a notice where a script kept in its own styling has emoji: libass has no colour."""
    if subtitles.kept is None or emoji_pictures().letters_of(subtitles.text) == subtitles.text:
        return ()
    return (Notice(code="emoji_outlined"),)


def places_of(missing: Iterable[str], cues: Iterable[Cue], options: BurnOptions) -> list[str]:
    """Return where characters stand: the times of their cues, the hint, the watermark."""
    wanted = set(missing)
    places = [ass_time(cue.start_ms) for cue in cues if not wanted.isdisjoint(cue.text)]
    over = (("hint", options.hint), ("watermark", options.watermark))
    return places + [name for name, mark in over if mark and not wanted.isdisjoint(mark.text)]
