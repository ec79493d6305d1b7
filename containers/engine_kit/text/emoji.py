"""Find emoji in text, as the sequences that have a colour picture.

The pictures are Twemoji's (CC-BY 4.0), named by code points: `1f469-200d-1f52c.png`. The longest
sequence that has a picture wins, so families, skin tones, flags and keycaps come out as one.
U+FE0F, which only asks for colour, is left out of the comparison: senders use it unevenly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ABOVE_BASELINE", "ADVANCE", "SIDE", "EmojiPictures", "is_pictograph", "pictures_in"]

SIDE, ABOVE_BASELINE, ADVANCE = 1.1, 0.92, 1.18
"""A picture's side, what of it is above the baseline, and the room that it takes, in ems."""

_TEXT_STYLE = "\ufe0e"
_COLOUR_STYLE = "\ufe0f"

# Default to colour (Emoji_Presentation in Unicode's emoji-data.txt) below the symbol blocks.
_COLOUR_BY_DEFAULT = frozenset("⌚⌛⏩⏪⏫⏬⏰⏳◽◾⬛⬜⭐⭕")


def is_pictograph(character: str) -> bool:
    """Say whether *character* is meant as a picture when nothing follows that says otherwise.

    Of the symbols U+2600 to U+27BF, all that have a picture are: people who write a heart mean
    the red one, with or without the invisible selector.
    """
    code = ord(character)
    return 0x1F000 <= code <= 0x1FAFF or 0x2600 <= code <= 0x27BF or character in _COLOUR_BY_DEFAULT


@dataclass(frozen=True, slots=True)
class EmojiPictures:
    """The pictures there are, by their code points without U+FE0F."""

    by_sequence: Mapping[tuple[int, ...], Path]
    longest: int

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
