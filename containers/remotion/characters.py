"""Cleans text of what would draw nothing or turn other text around. Pure."""

import re
import unicodedata

# Characters that only direct or hide: left in, they'd be drawn as boxes or reorder other text.
_UNSEEN = frozenset("\u00ad\u034f\u061c\u180e\u200b\u2060\ufeff\ufff9\ufffa\ufffb\ufffc")
# Word processors' and Unicode's own line ends among them.
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def plain(text: str) -> str:
    """Return *text* without control characters, with composed letters and single line breaks.

    Explicit direction marks go too: a comment must not turn the rest of its card around.
    """
    composed = unicodedata.normalize("NFC", _LINE_END.sub("\n", text))
    kept = [" " if character == "\t" else character for character in composed if _seen(character)]
    lines = [" ".join(line.split()) for line in "".join(kept).split("\n")]
    return "\n".join(_without_blank_runs(lines)).strip("\n")


def _seen(character: str) -> bool:
    code = ord(character)
    if character in "\n\t":
        return True
    directs = 0x200E <= code <= 0x200F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    hidden = directs or character in _UNSEEN
    return not hidden and unicodedata.category(character) not in {"Cc", "Cs"}


def _without_blank_runs(lines: list[str]) -> list[str]:
    return [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
