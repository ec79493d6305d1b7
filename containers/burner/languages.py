"""Tells two languages of one cue apart."""

from collections.abc import Sequence

from engine_kit.text.characters import NEUTRAL_SCRIPTS, script_of

from media_jobs.subtitles.text import Line, Span

_GROUPS = {"Hira": "Hani", "Kana": "Hani", "Bopo": "Hani"}


def languages(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Divide a cue of two languages where the script changes; the second is empty for one language.

    The first line's script decides what belongs to it. Two languages of one script can't be told
    apart by it: they are one.
    """
    if len(lines) < 2:
        return tuple(lines), ()
    first = _script_group(lines[0])
    for number, line in enumerate(lines[1:], 1):
        group = _script_group(line)
        if group and first and group != first:
            return tuple(lines[:number]), tuple(lines[number:])
    return tuple(lines), ()


def _script_group(line: Sequence[Span]) -> str:
    """Return the script that most letters of *line* are of; kana counts as Han."""
    counts: dict[str, int] = {}
    for span in line:
        for character in span.text:
            script = script_of(character)
            if script not in NEUTRAL_SCRIPTS:
                group = _GROUPS.get(script, script)
                # A Han letter says as much as several of an alphabet.
                counts[group] = counts.get(group, 0) + (3 if group in ("Hani", "Hang") else 1)
    return max(counts, key=lambda group: counts[group], default="")
