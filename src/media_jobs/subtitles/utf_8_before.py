"""UTF-8 that was read as another encoding and saved so, with some bytes lost on the way.

A program that reads wrongly puts a question mark, U+FFFD or nothing in the place of a byte that its
encoding does not know: `â€?` for ”, `锛?` for ， in GBK, `Р?` for И in windows-1251.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from media_jobs.subtitles.encodings import Encoding, encoding_named

__all__ = ["utf_8_in", "utf_8_of"]

_BROKEN = "\ufffd"
_RUN = re.compile(r"[^\x00-\x7f]{1,1000}(?:\?[^\x00-\x7f]{1,1000}){0,200}\??")
_RUNS_TRIED = 40
_READ_AS = tuple(
    encoding_named(name)
    for name in (
        *("windows-1252", "windows-1251", "windows-1250", "windows-1254", "macintosh", "IBM437"),
        *("gb18030", "IBM866", "IBM850", "Big5", "Shift_JIS", "EUC-KR", "KOI8-R"),
        *("windows-1253", "windows-1255", "windows-1256", "windows-1257", "windows-874"),
    )
)
_WESTERN = encoding_named("windows-1252")
# What stands alone in capitals at most.
_FIRST_OF_LATIN = ("Ã", "Â")
_CYRILLIC = encoding_named("windows-1251")
# The second byte of à is U+00A0, for which editors put a blank. No word ends so in small letters.
_LOST_BLANK = re.compile("(?<![A-Z\u00c0-\u00de])\u00c3 ")
# Letters of phonetics, which accents beside quotation marks happen to be, and what nobody uses.
_NO_TEXT = re.compile(
    "[\u0080-\u0084\u0086-\u009f\u0180-\u018e\u0193-\u019f\u01a2-\u01ae\u01b1-\u01cc"
    "\u01dd-\u0217\u021c-\u0258\u025a-\u02ff\u07c0-\u08ff\ue000-\uf8ff]"
)
_LEAST = 3
_LOST_BYTES = {
    _WESTERN: b"\x81\x8d\x8f\x90\x9d",
    encoding_named("windows-1251"): b"\x98",
    encoding_named("windows-1250"): b"\x81\x83\x88\x90\x98",
    encoding_named("windows-1254"): b"\x81\x8d\x8e\x8f\x90\x9d\x9e",
}
_CUT_SHORT = re.compile(
    rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})(?![\x80-\xbf])(?:\?[\x80-\xbf]{0,2})?"
)
# Of quotation marks and dashes, and of the letters that most languages have.
_USUAL = re.compile("[\u00a0-\u00ff\u0400-\u044f\u201d]")
# What cannot be text of its own: three bytes or more, or two beside a small letter.
_TRAIL = "".join(map(re.escape, bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")))
_CERTAIN = re.compile(
    rf"[à-ï][{_TRAIL}]{{2}}|[ð-ô][{_TRAIL}]{{3}}"
    rf"|(?<=[a-z])[ÂÃÄÅ][{_TRAIL}]|[ÂÃÄÅ][{_TRAIL}](?=[a-z])|Ã[©®¯]"
)
_PROBABLE = re.compile(rf"(?<![A-Z\u00c0-\u00de])[ÂÃÄÅ][{_TRAIL}]")
_TRAIL_CYRILLIC = "".join(map(re.escape, bytes(range(0x80, 0xC0)).decode("cp1251", "ignore")))
_CERTAIN_CYRILLIC = re.compile(f"(?:[РС][{_TRAIL_CYRILLIC}]){{3,200}}")


def utf_8_of(text: str) -> str | None:
    """Return *text* as the UTF-8 that it was; None where it was none, or is what it says.

    Characters that are lost are U+FFFD.
    """
    found = None
    # Some are read wrongly twice.
    for _ in range(3):
        again = _once(text if found is None else found)
        if again is None:
            break
        found = again
    return found


def _once(text: str) -> str | None:
    whole = _LOST_BLANK.sub("\u00c3\u00a0", text)
    runs = [run[0] for run in islice(_RUN.finditer(whole), _RUNS_TRIED)]
    for read_as in _READ_AS if runs else ():
        read = [_Read.of(run, read_as) for run in runs]
        if 2 * sum(one.is_whole for one in read) <= len(runs):
            continue
        found = _reread(whole, read_as)
        if found is not None:
            return found
    return None


def utf_8_in(text: str) -> str | None:
    """Return *text* with the few places put back that were UTF-8; None where there are none."""
    certain = _CERTAIN.sub(lambda run: _Read.of(run[0], _WESTERN).text, text)
    if certain != text:
        # Where some are, so are others.
        certain = _PROBABLE.sub(lambda run: _Read.of(run[0], _WESTERN).text, certain)
    certain = _CERTAIN_CYRILLIC.sub(lambda run: _Read.of(run[0], _CYRILLIC).text, certain)
    return certain if certain != text else None


@dataclass(slots=True)
class _Read:
    """A run read again. *whole*, *broken*: how many of its characters beyond ASCII are whole, and
    how many lack their last bytes; *is_utf_8*: whether nothing in it is anything else.
    """

    text: str
    whole: int
    broken: int
    is_utf_8: bool

    @property
    def is_whole(self) -> bool:
        return self.is_utf_8 and self.whole > 0 and self.whole >= self.broken

    @classmethod
    def of(cls, run: str, read_as: Encoding) -> "_Read":
        parts = list(_decoded(_bytes(run, read_as), read_as))
        text = "".join(parts)
        broken = parts.count(_BROKEN)
        # Bytes are lost at the end of a character, never before it.
        is_utf_8 = text.count(_BROKEN) == broken and not _NO_TEXT.search(text)
        return cls(text, sum(c > "\x7f" for c in text) - broken, broken, is_utf_8)


def _bytes(run: str, read_as: Encoding) -> bytes:
    """Return the bytes that were read; what an encoding leaves undefined was kept as it is."""
    if read_as.codec == "gb18030":
        run = run.replace("€", "\x80")
    run = run.replace(_BROKEN, "?")
    try:
        return run.encode(read_as.codec)
    except UnicodeEncodeError:
        parts = []
    for character in run:
        try:
            parts.append(character.encode(read_as.codec))
        except UnicodeEncodeError:
            # No byte of UTF-8 is FF.
            parts.append(character.encode("latin-1") if character < "\xa0" else b"\xff")
    return b"".join(parts)


def _decoded(data: bytes, read_as: Encoding) -> Iterator[str]:
    end = 0
    for short in _CUT_SHORT.finditer(data):
        yield data[end : short.start()].decode(errors="replace")
        begun, _, rest = short[0].partition(b"?")
        yield _BROKEN if rest else _completed(begun, read_as)
        end = short.end()
    yield data[end:].decode(errors="replace")


def _completed(begun: bytes, read_as: Encoding) -> str:
    """Return the character that begins so and whose last byte *read_as* does not know."""
    found = set()
    for byte in _LOST_BYTES.get(read_as, b""):
        text = (begun + bytes((byte,))).decode(errors="ignore")
        if _USUAL.fullmatch(text):
            found.add(text)
    return found.pop() if len(found) == 1 else _BROKEN


def _may_be_right(run: str, read_as: Encoding) -> bool:
    """Whether a run that is no whole character is one byte, so that it may be a letter itself."""
    letter = run.rstrip("?")
    return len(_bytes(letter, read_as)) == 1 and letter not in _FIRST_OF_LATIN


def _reread(text: str, read_as: Encoding) -> str | None:
    """Return *text* with its runs put back; None where too many of them were none of UTF-8."""
    parts: list[str] = []
    whole = broken = others = end = count = 0
    for run in _RUN.finditer(text):
        count += 1
        read = _Read.of(run[0], read_as)
        parts.append(text[end : run.start()])
        if read.is_utf_8 and (read.whole or not _may_be_right(run[0], read_as)):
            whole, broken = whole + read.whole, broken + read.broken
            parts.append(read.text)
        else:
            others += 1
            parts.append(run[0])
        end = run.end()
    parts.append(text[end:])
    found = "".join(parts)
    least = 2 * _LEAST if broken else 1 if read_as is _WESTERN else _LEAST
    is_text = whole >= least and whole >= broken and 10 * others <= count
    return found if is_text and not _NO_TEXT.search(found) else None
