"""Text that was read in a wrong encoding before, and saved so: `Ã©` for é, `Ïðèâåò` for Привет.

Its characters, put back into the bytes that they were read from, are the text. Of UTF-8 that is
certain: no text of any language has such bytes (see `utf_8_before`). What was in another encoding
is guessed, where the text can be none as it is.
"""

import re
from dataclasses import dataclass
from functools import partial

from media_jobs.subtitles.detection import guessed_encoding, oddness
from media_jobs.subtitles.encodings import UTF_8, Encoding, encoding_named
from media_jobs.subtitles.garbled import faults, is_garbled, is_plausible, is_suspect
from media_jobs.subtitles.utf_8_before import utf_8_in, utf_8_of

__all__ = ["looks_garbled", "put_back"]

# As what a text may have been read: the usual encodings of systems and programs.
_READ_AS = tuple(
    encoding_named(name)
    for name in (
        *("windows-1252", "windows-1251", "windows-1250", "gb18030", "Shift_JIS", "EUC-KR"),
        *("Big5", "KOI8-R", "IBM866", "IBM437", "IBM850", "macintosh", "windows-1254"),
        *("windows-1253", "windows-1255", "windows-1256", "windows-1257", "windows-874"),
        *("ISO-8859-5", "ISO-8859-2"),
    )
)
_MULTI_BYTE = frozenset(map(encoding_named, ("gb18030", "Shift_JIS", "EUC-KR", "Big5")))
_SAMPLE_LINES, _LINE_CHARS = 100, 1_000
_OTHER = re.compile(r"[^\x00-\x7f]")
# So many characters, and different ones, tell that they are no text.
_CHARS_LEAST, _KINDS_LEAST = 5, 3
_FAR_LEAST = 20
"""Of Han that was an alphabet, of letters that were Han, and of Vietnamese, which makes something
of most accents.
"""
_EAST = "\u2e80"
"""Where the characters of East Asia begin."""
_VIETNAMESE = encoding_named("windows-1258")
# Where they can be none by where they stand, fewer do.
_ODD_LEAST, _TOLD_LEAST = 3, 2
# What makes sense of most letters: other signs have to speak for it.
_UNLIKELY = frozenset(
    map(encoding_named, ("IBM737", "IBM857", "IBM862", "IBM850", "IBM852", "macintosh"))
)
# One character in so many may be one that was typed afterwards, or one that was lost.
_STRAY = 50


@dataclass(frozen=True, slots=True)
class _Guess:
    """A text was in the encoding *was* and read as *read_as*; *faults*: what speaks against it."""

    read_as: Encoding
    was: Encoding
    faults: int


def put_back(text: str, hint: str | None) -> tuple[str, Encoding] | None:
    """Return *text* as it was, and the encoding that it was in; None where it is what it says, or
    nobody knows what it was.

    *hint*: see `detection`. What of it can't be known is U+FFFD.
    """
    found = utf_8_of(text)
    if found is not None:
        return found, UTF_8
    sample = _sample(text)
    others = _OTHER.findall(sample)
    if _is_enough(others, sample) and is_suspect(sample):
        tried = (_guessed(sample, others, read_as, hint) for read_as in _READ_AS)
        # What comes first of those with the fewest signs that words don't have.
        best = min(filter(None, tried), key=lambda one: one.faults, default=None)
        if best is not None:
            return _reread(text, best.read_as, best.was), best.was
    found = utf_8_in(text)
    return None if found is None else (found, UTF_8)


def looks_garbled(text: str) -> bool:
    """Whether *text* is none of any language, most likely."""
    sample = _sample(text)
    return len(_OTHER.findall(sample)) >= _TOLD_LEAST and is_garbled(sample)


def _is_enough(others: list[str], sample: str) -> bool:
    """Whether *others*, the characters of *sample* that are not ASCII, can tell what they were."""
    kinds = len(set(others))
    if oddness(sample, UTF_8) > 1:
        return len(others) >= _ODD_LEAST and kinds > 1
    return len(others) >= _CHARS_LEAST and kinds >= _KINDS_LEAST


def _sample(text: str) -> str:
    """Return the first lines that are not plain ASCII."""
    lines: list[str] = []
    end = 0
    while len(lines) < _SAMPLE_LINES and (other := _OTHER.search(text, end)) is not None:
        at = other.start()
        start = max(text.rfind("\n", end, at) + 1, end, at - _LINE_CHARS)
        end = text.find("\n", at, at + _LINE_CHARS) + 1 or min(at + _LINE_CHARS, len(text))
        lines.append(text[start:end])
    return "".join(lines)


def _guessed(sample: str, others: list[str], read_as: Encoding, hint: str | None) -> _Guess | None:
    """Return what *sample* was, if it was read as *read_as*."""
    strangers = {c for c in set(others) if _bytes_of(c, read_as) is None}
    is_other_script = read_as in _MULTI_BYTE and 2 * sum(map(_EAST.__le__, others)) < len(others)
    if is_other_script or _STRAY * sum(c in strangers for c in others) > len(others):
        return None
    data = b"".join(filter(None, map(partial(_bytes_of, read_as=read_as), sample)))
    was = guessed_encoding(data, hint)
    if was is None or was == read_as:
        return None
    makes_much = was in _UNLIKELY or was.codec.startswith("mac-")
    is_far = (read_as in _MULTI_BYTE) != (was in _MULTI_BYTE)
    if makes_much and oddness(sample, read_as) < 2:
        return None
    if (is_far or was == _VIETNAMESE) and len(others) < _FAR_LEAST:
        return None
    read = was.read(data)
    is_whole = _STRAY * read.count("\ufffd") <= len(others)
    is_text = is_whole and read != sample and is_plausible(read)
    return _Guess(read_as, was, faults(read)) if is_text else None


def _bytes_of(character: str, read_as: Encoding) -> bytes | None:
    """Return the bytes that were read as *character*; None: it was never read.

    What an encoding leaves undefined was kept as it is.
    """
    if character < "\x80":
        return character.encode()
    try:
        data = character.encode(read_as.codec)
    except UnicodeEncodeError:
        return _kept(character, read_as)
    # What has four bytes in GB18030 has none in GBK.
    return data if len(data) < 3 else None


def _kept(character: str, read_as: Encoding) -> bytes | None:
    if character > "\xff" or read_as in _MULTI_BYTE:
        return None
    data = character.encode("latin-1")
    is_free = character < "\xa0" or not data.decode(read_as.codec, "ignore")
    return data if is_free else None


def _reread(text: str, read_as: Encoding, was: Encoding) -> str:
    """Return *text*, which was read as *read_as*, as the encoding that it was in."""
    known = {c: _bytes_of(c, read_as) for c in set(text)}
    parts: list[str] = []
    data = bytearray()
    for character in text:
        encoded = known[character]
        if encoded is None:
            parts += (was.read(bytes(data)), character)
            data.clear()
        else:
            data += encoded
    return "".join((*parts, was.read(bytes(data))))
