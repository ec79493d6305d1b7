"""Text that was read in a wrong encoding before, and saved so: `Ã©` for é, `Ïðèâåò` for Привет.

Its characters, put back into the bytes that they were read from, are the text. Of UTF-8 that is
certain: no text of any language has such bytes. What was in another encoding is guessed.
"""

import re
from itertools import islice

from media_jobs.subtitles.detection import guessed_encoding
from media_jobs.subtitles.encodings import UTF_8, Encoding, encoding_named

__all__ = ["put_back"]

_RUN = re.compile(r"[^\x00-\x7f]{1,1000}")
# A run of what Latin-1 has above ASCII, and windows-1252 in its place.
_WESTERN = encoding_named("windows-1252")
_WIDE = frozenset(bytes(range(0x80, 0x100)).decode("cp1252", "ignore"))
# How a text in UTF-8 may have been read: the usual encodings of systems and programs.
_READ_AS = (
    *(
        encoding_named(name)
        for name in ("windows-1252", "windows-1251", "windows-1250", "windows-1254", "macintosh")
    ),
    Encoding(name="IBM437", codec="cp437"),
    *(encoding_named(name) for name in ("gb18030", "IBM866")),
)
_RUNS_TRIED = 8
# The second byte of à is U+00A0, for which editors put a blank. No word ends so in small letters.
_LOST_BLANK = re.compile("(?<![A-Z\u00c0-\u00de])\u00c3 ")
# One run in so many may be of another kind: a blank that an editor has put for U+00A0.
_OTHER_RUNS = 10
# Letters of phonetics, which accents beside quotation marks happen to be.
_NO_TEXT = re.compile("[\u0250-\u02ff\ufffd]")
_LEAST = 3
# Words of other alphabets are whole runs; of Western ones a letter or two is none of ASCII.
_RUN_CHARS_MEAN = 3
_CHARS_LEAST, _KINDS_LEAST = 8, 5


def put_back(text: str, hint: str | None) -> tuple[str, Encoding] | None:
    """Return *text* as it was, and the encoding that it was in; None where it is what it says.

    *hint*: see `detection`.
    """
    whole = _LOST_BLANK.sub("\u00c3\u00a0", text)
    runs = _first_runs(whole)
    for read_as in _READ_AS:
        least = 1 if read_as is _WESTERN else _LEAST
        if runs and sum(_was_utf_8(run, read_as) for run in runs) * 2 > len(runs):
            found = _from_utf_8(whole, read_as, least)
            if found is not None:
                return found, UTF_8
    return _from_single_bytes(text, _first_runs(text), hint)


def _first_runs(text: str) -> list[str]:
    return [run[0] for run in islice(_RUN.finditer(text), _RUNS_TRIED)]


def _bytes(text: str, encoding: Encoding) -> bytes:
    """Return the bytes that were read; what an encoding leaves undefined was kept as it is."""
    try:
        return text.encode(encoding.codec)
    except UnicodeEncodeError:
        parts = []
    for character in text:
        try:
            parts.append(character.encode(encoding.codec))
        except UnicodeEncodeError:
            parts.append(character.encode("latin-1"))
    return b"".join(parts)


def _was_utf_8(run: str, read_as: Encoding) -> bool:
    try:
        return _NO_TEXT.search(_bytes(run, read_as).decode()) is None
    except UnicodeError:
        return False


def _from_utf_8(text: str, read_as: Encoding, least: int) -> str | None:
    """Return *text* with its runs put back; None where too many of them were none of UTF-8."""
    parts: list[str] = []
    chars = others = end = 0
    for runs, run in enumerate(_RUN.finditer(text), start=1):
        if others * _OTHER_RUNS > runs + _RUNS_TRIED:
            return None
        read = run[0]
        try:
            read = _bytes(read, read_as).decode()
            chars += len(read)
        except UnicodeError:
            others += 1
        parts += (text[end : run.start()], read)
        end = run.end()
    found = "".join((*parts, text[end:]))
    if chars < least or others * _OTHER_RUNS > len(parts) // 2 or _NO_TEXT.search(found):
        return None
    return found


def _from_single_bytes(text: str, runs: list[str], hint: str | None) -> tuple[str, Encoding] | None:
    chars = sum(map(len, runs))
    is_shout = len(set("".join(runs))) < _KINDS_LEAST
    if is_shout or chars < max(_CHARS_LEAST, _RUN_CHARS_MEAN * len(runs)):
        return None
    if not all(c in _WIDE or "\x80" <= c <= "\xff" for run in runs for c in run):
        return None
    try:
        data = _bytes(text, _WESTERN)
    except UnicodeEncodeError:
        return None
    found = guessed_encoding(data, hint)
    if found is None or found.name in ("windows-1252", "ISO-8859-15", "macintosh"):
        return None
    read = found.read(data)
    return None if "\ufffd" in read else (read, found)
