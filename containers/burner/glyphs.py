"""What the fonts can draw of a job's texts. Letters that no font has are drawn as what they stand
for, and what can't be drawn either is told with its place.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from engine_kit.fonts import missing_glyphs
from engine_kit.text.emoji import emoji_pictures

from burner.ass_escape import ass_time
from burner.subtitles import JobSubtitles
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.messages import message
from media_jobs.subtitles.cues import Cue

CHARACTERS_TOLD = 10
PLACES_TOLD = 5


def folded(cues: Sequence[Cue], files: Sequence[Path]) -> tuple[Cue, ...]:
    """Return *cues* with each character that no font has as its NFKC form, where that is drawn.

    Unicode's compatibility forms (UAX #15): a letter for its fancy copies, a character for its
    variants.
    """
    missing = missing_glyphs("".join({c for cue in cues for c in cue.text}), files)
    forms = {character: unicodedata.normalize("NFKC", character) for character in missing}
    table = {
        ord(character): form
        for character, form in forms.items()
        if form != character and not missing_glyphs(form, files)
    }
    return tuple(_translated(cue, table) for cue in cues) if table else tuple(cues)


def _translated(cue: Cue, table: dict[int, str]) -> Cue:
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


def outline_notices(subtitles: JobSubtitles) -> tuple[str, ...]:
    """Return a sentence where a script kept in its own styling has emoji: libass has no colour."""
    if subtitles.kept is None or emoji_pictures().letters_of(subtitles.text) == subtitles.text:
        return ()
    return (message("notice.emoji_outlined"),)


def missing_notice(missing: Sequence[str], cues: Iterable[Cue], options: BurnOptions) -> str:
    """Return the sentence that names the characters without a glyph, and where they stand."""
    wanted = set(missing)
    places = [ass_time(cue.start_ms) for cue in cues if not wanted.isdisjoint(cue.text)]
    over = (("hint", options.hint), ("watermark", options.watermark))
    places += [name for name, mark in over if mark and not wanted.isdisjoint(mark.text)]
    return message(
        "notice.glyphs_missing",
        characters=_listed([named(character) for character in missing], CHARACTERS_TOLD),
        places=_listed(places, PLACES_TOLD),
    )


def named(character: str) -> str:
    """Return the code point and the name of *character*, as Unicode writes them."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"


def _listed(items: Sequence[str], most: int) -> str:
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")
