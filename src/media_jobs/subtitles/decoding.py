"""From the bytes of a subtitle file to its text, whatever encoding it is in.

In this order: a byte order mark; the encoding that was named; UTF-16 and UTF-32 without a mark, by
their zero bytes; UTF-8; UTF-8 with a few broken characters; what XML declares; what is detected.
WebVTT is UTF-8 by its standard (https://www.w3.org/TR/webvtt1/#file-structure), so no other
encoding is guessed there.

A text has no U+FFFD: what cannot be read is left out, and told with its lines.
"""

import re
from dataclasses import dataclass, replace

from media_jobs.errors import InvalidInput, field_fault
from media_jobs.notices import Notice
from media_jobs.subtitles.decoded_before import looks_garbled, put_back
from media_jobs.subtitles.detection import guessed_encoding
from media_jobs.subtitles.encodings import UTF_8, Encoding, encoding_named
from media_jobs.subtitles.escaped import unescaped
from media_jobs.subtitles.foreign import refuse_binary, refuse_foreign
from media_jobs.subtitles.lost import has_lost_letters, is_lost
from media_jobs.subtitles.mending import BROKEN, count_of_others, line_numbers, mended_utf_8

__all__ = ["Decoded", "decode"]

_UTF_8_MARK = b"\xef\xbb\xbf"
_MARKS = (
    (b"\xff\xfe\0\0", "UTF-32LE"),
    (b"\0\0\xfe\xff", "UTF-32BE"),
    (b"\xff\xfe", "UTF-16LE"),
    (b"\xfe\xff", "UTF-16BE"),
)
_HEAD_BYTES = 4096
_XML_ENCODING = re.compile(
    rb"""\s{0,99}<\?xml\s[^>]{0,99}encoding\s{0,9}=\s{0,9}["']([A-Za-z][\w.-]{0,39})["']""",
    re.ASCII,
)
_NULL_RUNS_MAX = 1_000
# One lost character in so many is damage; more of them say that the file was decoded wrongly.
_LOST_SHARE = 10
# One fault in so many bytes is damage; more of them say that the encoding is another one.
_BYTES_PER_FAULT = 200
# What ISO 2022 for Korean begins with (RFC 1557).
_KOREAN_BEGINS = b"\x1b$)C"
# Of C0 and C1, without blanks, line ends, U+0085 and DOS's end of a file.
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_SAMPLE_LINES, _SAMPLE_LINE_CHARS = 3, 80
_SAMPLE_LINE = re.compile(r"[^\r\n]*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text, and how it was read. *encoding*: its name in the Encoding Standard.

    *guessed*: whether nothing in the file says that it is in this encoding.
    """

    text: str
    encoding: str
    guessed: bool = False
    notices: tuple[Notice, ...] = ()

    @property
    def sample(self) -> str:
        """The first lines that another encoding would change, for a person to look at."""
        lines: list[str] = []
        end = 0
        while len(lines) < _SAMPLE_LINES and (found := _NOT_ASCII.search(self.text, end)):
            at = found.start()
            start = max(end, self.text.rfind("\n", end, at) + 1, self.text.rfind("\r", end, at) + 1)
            line = _SAMPLE_LINE.match(self.text, start)
            assert line is not None
            end = line.end()
            lines.append(line[0].strip()[:_SAMPLE_LINE_CHARS])
        return "\n".join(lines)


def decode(
    data: bytes,
    encoding: str | None = None,
    hint: str | None = None,
    *,
    guess_webvtt: bool = False,
) -> Decoded:
    """Return the text of a subtitle file.

    *encoding*: a label of the Encoding Standard that was named for the file; a byte order mark goes
    before it. *hint*: the language (BCP 47) that the text is probably in, for a guess.
    *guess_webvtt*: whether WebVTT that is not UTF-8 is read nevertheless, with a notice.

    Raises InvalidInput: it is another kind of file, is not in *encoding*, is WebVTT in another
    encoding than UTF-8, is in none that is known, or was decoded wrongly before.
    """
    named = None if encoding is None else encoding_named(encoding)
    refuse_foreign(data)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _named(data.removeprefix(mark), encoding_named(name))
    if data.startswith(_UTF_8_MARK):
        data, named = data.removeprefix(_UTF_8_MARK), None
    if named is not None:
        return _named(data, named)
    if b"\0" not in data:
        return _unmarked(data, hint, guess_webvtt=guess_webvtt)
    by_zeros = _unicode_by_zeros(data)
    if by_zeros is not None:
        return _guessed(data, encoding_named(by_zeros))
    runs = [run.start() for run in re.finditer(rb"\0+", data)]
    if len(runs) > _NULL_RUNS_MAX:
        raise InvalidInput("bad_request.file_unknown")
    decoded = _unmarked(data.replace(b"\0", b""), hint, guess_webvtt=guess_webvtt)
    notice = Notice(code="nulls_left_out", at=line_numbers(data, runs))
    return replace(decoded, notices=(*decoded.notices, notice))


def _unicode_by_zeros(data: bytes) -> str | None:
    """Return the encoding in which ASCII, such as times and line ends, has these zero bytes.

    Where a letter has its other byte, zeros are rare: U+4E00 has one.
    """
    head = data[: len(data) // 4 * 4][:_HEAD_BYTES]
    units = len(head) // 4
    zeros = [head[place::4].count(0) for place in range(4)]
    if zeros[2] == zeros[3] == units > zeros[0]:
        return "UTF-32LE"
    if zeros[0] == zeros[1] == units > zeros[3]:
        return "UTF-32BE"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if max(even, odd) * 5 < units or max(even, odd) < 8 * min(even, odd):
        return None
    return "UTF-16LE" if odd > even else "UTF-16BE"


def _unmarked(data: bytes, hint: str | None, *, guess_webvtt: bool) -> Decoded:
    """Return the text of *data*, in which line ends and other ASCII are bytes of their own."""
    if b"\x1b$" in data and data.isascii():
        name = "ISO-2022-KR" if _KOREAN_BEGINS in data else "ISO-2022-JP"
        return _guessed(data, encoding_named(name))
    try:
        return _utf_8(data.decode(), hint)
    except UnicodeDecodeError as error:
        first = error.start
    refuse_binary(data)
    mended = _mended(data, hint)
    if mended is not None:
        return mended
    declared = _declared(data)
    if declared is not None and _read(data, declared) is not None:
        return _named(data, declared)
    found = guessed_encoding(data, hint)
    if found is None:
        raise InvalidInput("bad_request.subtitles_encoding")
    if not data.lstrip().startswith(b"WEBVTT"):
        return _guessed(data, found)
    if guess_webvtt:
        return _guessed(data, found, "webvtt_not_utf8")
    (line,) = line_numbers(data, (first,))
    raise InvalidInput("bad_request.webvtt_encoding", encoding=found.name, line=line)


def _declared(data: bytes) -> Encoding | None:
    """Return the encoding that XML declares (https://www.w3.org/TR/xml/#charencoding), if any."""
    found = _XML_ENCODING.match(data)
    try:
        return encoding_named(found[1].decode()) if found else None
    except InvalidInput:
        return None


def _utf_8(text: str, hint: str | None) -> Decoded:
    """Return a text that is valid UTF-8; raises InvalidInput where most of it was lost before.

    Who decodes a file in a wrong encoding, puts U+FFFD in the place of its characters, or others.
    """
    plain = unescaped(text)
    if plain is not None:
        notice = Notice(code="characters_unescaped", what=(plain.what,))
        decoded = _utf_8(plain.text, hint)
        return replace(decoded, notices=(notice, *decoded.notices))
    was = put_back(text, hint)
    if was is not None:
        notice = Notice(code="decoded_wrongly_before", what=(was[1].name,))
        _refuse_lost(was[0])
        decoded = Decoded(text=was[0], encoding=UTF_8.name, guessed=True, notices=(notice,))
        return _cleaned(decoded)
    _refuse_lost(text)
    is_garbled = looks_garbled(text) or has_lost_letters(text)
    notices = (Notice(code="text_looks_garbled"),) if is_garbled else ()
    return _cleaned(Decoded(text=text, encoding=UTF_8.name, notices=notices))


def _refuse_lost(text: str) -> None:
    if text.count(BROKEN) * _LOST_SHARE > count_of_others(text) or is_lost(text):
        raise InvalidInput("bad_request.subtitles_replaced")


def _named(data: bytes, encoding: Encoding) -> Decoded:
    """Return the text of *data*, which is said to be in *encoding*; raises InvalidInput."""
    text = _read(data, encoding)
    if text is None:
        name = encoding.name
        fault = field_fault("encoding", "field.not_encoding", {"encoding": name})
        raise InvalidInput(
            "bad_request.subtitles_not_encoding", details={"errors": [fault]}, encoding=name
        )
    return _cleaned(Decoded(text=text, encoding=encoding.name))


def _guessed(data: bytes, encoding: Encoding, told: str = "encoding_guessed") -> Decoded:
    """Return the text of *data* in a guessed *encoding*; raises InvalidInput where it is not."""
    text = _read(data, encoding)
    if text is None:
        raise InvalidInput("bad_request.subtitles_encoding")
    notice = Notice(code=told, what=(encoding.name,))
    return _cleaned(Decoded(text=text, encoding=encoding.name, guessed=True, notices=(notice,)))


def _read(data: bytes, encoding: Encoding) -> str | None:
    text = encoding.read(data)
    faults = text.count(BROKEN) + len(_CONTROLS.findall(text))
    return text if faults <= 1 + len(data) // _BYTES_PER_FAULT else None


def _mended(data: bytes, hint: str | None) -> Decoded | None:
    """Return the text of *data* where most of what is not ASCII in it is valid UTF-8."""
    mended = mended_utf_8(data, hint)
    if mended is None:
        return None
    decoded = Decoded(text=mended.text, encoding=UTF_8.name)
    if mended.pasted is not None:
        notice = Notice(
            code="lines_in_other_encoding",
            at=mended.pasted_lines,
            what=(mended.pasted.name,),
        )
        decoded = replace(decoded, guessed=True, notices=(notice,))
    return _cleaned(decoded)


def _cleaned(decoded: Decoded) -> Decoded:
    """Return what was *decoded* without broken characters and zeros, and with a notice of them."""
    left_out: tuple[tuple[str, str], ...] = (
        ("characters_left_out", BROKEN),
        ("nulls_left_out", "\0"),
    )
    for code, mark in left_out:
        text = decoded.text
        if mark in text:
            places = (match.start() for match in re.finditer(f"{mark}+", text))
            notice = Notice(code=code, at=line_numbers(text, places))
            notices = (*decoded.notices, notice)
            decoded = replace(decoded, text=text.replace(mark, ""), notices=notices)
    return decoded
