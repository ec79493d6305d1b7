"""Guesses in which encoding a text is, where neither a mark nor UTF-8 says it.

The detector is chardet (decision 0034). What is added: names of the Encoding Standard, the language
that the text is probably in, that no word is half Latin and half another alphabet, and that a text
is in one language: `ø` and `ş` are letters of none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from media_jobs.subtitles.encodings import ENCODINGS, Encoding, encoding_named, encoding_of

__all__ = ["foreign_share", "guessed_encoding", "is_rare", "oddness", "strange"]

SAMPLE_BYTES = 64 * 1024
"""What is looked at of a text: lines that have other characters than those of ASCII."""

# In the standard's families, and KOI8 and DOS, which old files in Russian have.
_CANDIDATES = (
    *(one.name for one in ENCODINGS if one.languages and one.name != "ISO-2022-JP"),
    "ISO-8859-5",
    "ISO-8859-15",
    # Before Windows.
    "IBM850",
    "IBM852",
    *("cp737", "cp857", "cp862", "mac-latin2", "mac-greek", "mac-turkish", "mac-cyrillic"),
    "macintosh",
)
_WESTERN = encoding_named("windows-1252")
# Of DOS, whose letters are others' signs: where one of them is found, it is no accident.
_DOS = frozenset(map(encoding_named, ("IBM850", "IBM852", "IBM857", "IBM866")))
_SIGNS = frozenset("‘’“”‚„–—…•·©®™°£€«»\u00a0")
_MULTI_BYTE = tuple(
    encoding_named(name) for name in ("gb18030", "Big5", "Shift_JIS", "EUC-JP", "EUC-KR")
)
_JAPANESE = tuple(encoding_named(name) for name in ("Shift_JIS", "EUC-JP"))
# How much less likely than the first an encoding of the expected language may be, or the one that
# most files have: by a few letters the detector can hardly tell languages apart.
_NEAR = 0.7
_SAME = 0.99
# What is so many times less likely than another is odd.
_UNLIKELIER = 5
# Below, the detector knows nothing: the expected language decides.
_UNSURE = 0.02
# One broken character in so many bytes is damage, not another encoding.
_BYTES_PER_FAULT = 400
_HIGH = re.compile(rb"[\x80-\xff]{1,1000}")
_RUN = re.compile(r"[^\x00-\x7f]+")
# What no language has in a word: letters of two alphabets, one or two signs of Han and its like
# beside a Latin letter, a capital behind a small letter, a sign amid letters, an accent alone.
_STRANGE = re.compile(
    r"[A-Za-z\u00c0-\u024f](?=[\u0370-\u08ff\u0e00-\u0e7f])"
    r"|[\u0370-\u08ff\u0e00-\u0e7f](?=[A-Za-z\u00c0-\u024f])"
    r"|[a-z][\u3041-\u9fff]{1,2}(?![\u3000-\u9fff])|[\ue000-\uf8fe]"
    r"|(?<![\u3000-\u9fff\uff00-\uffef])[\u3000-\u9fff\ufe30-\ufe4f](?=[A-Za-z])"
    r"|[\u0430-\u045f][\u0400-\u042f]|[a-z\xdf-\xf6\xf8-\xff][\xc0-\xd6\xd8-\xdeŒŠŽŸ]"
    r"|[\u00c0-\u024f](?=[A-Z][a-z])|[A-Za-z](?=[\u2320\u2500-\u25ff\uff61-\uff9f])"
    r"|(?<=[A-Za-z\u00c0-\u0e7f])[\xa1-\xb6\xb9-\xbf\xd7\xf7\u2013-\u2018\u201a-\u201e\u2022"
    r"\u2030-\u203a\u2200-\u25ff\ue000-\uf8ff](?=[A-Za-z\u00c0-\u0e7f])"
    r"|[\xa8\xaf\xb4\xb8\u02c6\u02c7\u02d8-\u02dd\u2020\u2021](?=[^\W\d_])"
    r"|(?<=[A-Za-z\u00c0-\u024f])[\u201a\u201e\u2022]|\b[ŠŽ]\b|\u201a\u201a|ã(?=[b-df-hj-np-tv-y])"
    r"|[\x80-\x84\x86-\x9f]"
)
# Of languages in Latin letters, those that are none of ASCII
# (https://en.wikipedia.org/wiki/Latin-script_alphabet#Alphabets).
_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        *("àâæçèéêëîïôœùûüÿ", "äöüßé", "áéíñóúü", "áàâãçéêíóôõúü", "àèéìíîòóùú", "àçèéíïòóúü"),
        *("åäöé", "æøåéêôò", "äöåšžé", "áðéíóúýþæö", "áèéêëïíóöúü", "âêîôûŵŷïë"),
        *("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž"),
        *("çë", "çğıöşüâîû", "əçğıöşü", "ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž", "ĉĝĥĵŝŭ"),
        "àáâãèéêìíòóôõùúýăđĩũơư",
    )
)
# Of languages whose files are in UTF-8, if not in these.
_RARER = tuple(
    frozenset(letters)
    for letters in (
        *("çêîşû", "āēīōū", "äçňöşüýž", "âçğıñöşüäáíóú", "âêîôûùüñé", "áðíóúýæøå", "àâçèêìîòôùû"),
        *("åâêîôûçéèëö", "àéëñóâ", "äëèéöóòôâ", "ćčńśšźžłŭ"),
    )
)
# What no word of any language is: a letter of another alphabet between two Latin ones.
_AMID_LATIN = re.compile(
    r"(?<=[A-Za-z\u00c0-\u024f])[\u0370-\u06ff\uac00-\ud7a3](?=[A-Za-z\u00c0-\u024f])"
)
_KOREAN = encoding_named("EUC-KR")
# What the detector knows of them.
_NARROW = {
    "gb18030": "gb18030",
    "Big5": "big5",
    "Shift_JIS": "cp932",
    "EUC-JP": "euc_jp",
    "EUC-KR": "euc_kr",
}
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# A sign that no word has within.
_SIGN_AMISS = re.compile(r"(?<=[^\W\d_])(?:[\u201a\u201e]|[“”•©®°£€](?=[^\W\d_]))")
_CONTROLS = re.compile(r"[\x80-\x84\x86-\x9f]")
_NO_WORDS = re.compile(
    r"[\xa1-\xbf\xd7\xf7\u0192\u02c6-\u02dd\u2020-\u2022\u2030\u2039-\u2044\u20ac-\u2126\u2202-\u25ff"
    r"\uf8ff\ufb01\ufb02]"
)
# First bytes of the characters that are used most.
_COMMON = {
    "gb18030": frozenset(bytes([byte]) for byte in range(0xB0, 0xD8)),
    "Big5": frozenset(bytes([byte]) for byte in range(0xA4, 0xC7)),
    "Shift_JIS": frozenset(bytes([byte]) for byte in range(0x88, 0x99)),
    "EUC-JP": frozenset(bytes([byte]) for byte in range(0xB0, 0xD0)),
}
_MACINTOSH = encoding_named("macintosh")
_ODD = 2
# A name of another language may be among so many letters.
_FOREIGN = 40
_CHARS_JUDGED = 8_000
_LETTERS_OF_NONE = frozenset("ªºµ")
_LATIN_BESIDE = re.compile(r"[A-Za-z](?=[\u0370-\uffdc])|[\u0370-\uffdc](?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """*oddness*: 0 where the text may be one of some language, 1 where its letters are of several,
    _ODD where many of its words are of none.
    """

    encoding: Encoding
    confidence: float
    text: str
    oddness: int


def guessed_encoding(data: bytes, hint: str | None = None) -> Encoding | None:
    """Return in which encoding *data* is most likely; None: in none that is known.

    *hint*: the language (BCP 47) that the text is probably in. It decides between encodings that
    are about as likely, and where there is too little text to say anything.
    """
    sample = _sample(data)
    found = _ranked(sample)
    found = _widened(sample, found) or found
    expected = [one for one in ENCODINGS if hint and _language(hint) in one.languages]
    if not found or found[0].oddness == _ODD or _language(hint or "") == "ja":
        for encoding in _JAPANESE:
            if _is_kana(encoding.read(sample)):
                return encoding
    if expected and (not found or found[0].confidence < _UNSURE):
        odd = {one.encoding for one in found if one.oddness > found[0].oddness}
        fitting = [one for one in expected if one not in odd and _fits(sample, one)]
        if fitting:
            return fitting[0]
    if not found:
        return None
    first = found[0]
    if first.encoding not in _MULTI_BYTE and _has_signs_alone(sample):
        return _WESTERN
    if first.encoding in _DOS:
        first = next((one for one in found if _is_macintosh(one, first)), first)
    least = first.confidence * (_SAME if first.encoding in _DOS else _NEAR)
    near = [one for one in found if one.confidence >= least and one.oddness == first.oddness]
    most = 0 if first.encoding in _DOS else strange(first.text)
    near = [one for one in near if strange(one.text) <= most]
    # Of those that say the same, the one that is met most often.
    same = [one for one in found if one.text == first.text]
    chosen = next((one for one in near if one.encoding in expected), None)
    chosen = chosen or next((one for one in near if one.encoding == _WESTERN), None)
    return chosen.encoding if chosen else min((one.encoding for one in same), key=ENCODINGS.index)


def _is_macintosh(one: _Candidate, dos: _Candidate) -> bool:
    return one.encoding == _MACINTOSH and one.oddness < _ODD and one.confidence > dos.confidence


def _sample(data: bytes) -> bytes:
    """Return *data*, or the first lines of much data that are not plain ASCII."""
    if len(data) <= SAMPLE_BYTES:
        return data
    lines: list[bytes] = []
    size = end = 0
    while size < SAMPLE_BYTES and (high := _HIGH.search(data, end)) is not None:
        start = data.rfind(b"\n", max(end, high.start() - 1000), high.start()) + 1 or high.start()
        end = data.find(b"\n", high.end(), high.end() + 1000) + 1 or high.end()
        lines.append(data[start:end])
        size += end - start
    return b"".join(lines)


def _ranked(sample: bytes) -> list[_Candidate]:
    """Return the detector's candidates: the least odd first, of these the most likely."""
    # Here, because it is needed for one file in many and takes a third of a second to load.
    import chardet

    found: dict[Encoding, _Candidate] = {}
    for one in chardet.detect_all(
        sample, ignore_threshold=True, compat_names=False, include_encodings=_CANDIDATES
    ):
        encoding = encoding_of(one["encoding"] or "")
        if encoding is not None and encoding not in found:
            text = encoding.read(sample)
            found[encoding] = _Candidate(encoding, one["confidence"], text, oddness(text, encoding))
    most = max((one.confidence for one in found.values() if one.oddness < _ODD), default=0)

    def order(one: _Candidate) -> int:
        return one.oddness + (one.confidence * _UNLIKELIER < most)

    return sorted(found.values(), key=order)


def _is_kana(text: str) -> bool:
    """Whether more than half of what is not ASCII is kana, and nothing is broken."""
    others = "".join(_RUN.findall(text))
    return "\ufffd" not in others and 2 * len(_KANA.findall(others)) > len(others)


def oddness(text: str, encoding: Encoding) -> int:
    """Return 0, 1 or _ODD: see `_Candidate`; *encoding*: that *text* was read in."""
    first = _RUN.search(text)
    begin = max(first.start() - 1, 0) if first else 0
    text = text[begin : begin + _CHARS_JUDGED]
    runs = _RUN.findall(text)
    wrong = strange(text) + sum(map(_is_noise, runs))
    if wrong * 3 > len(runs) or is_rare(text, encoding) or _CONTROLS.search(text):
        return _ODD
    if encoding.codec.startswith("mac-"):
        # Few have it: where another encoding makes sense, it is that one.
        return 1
    return 0 if _is_of_one_language(text) else 1


def strange(text: str) -> int:
    """Return at how many places *text* has what no language has."""
    return len(_STRANGE.findall(text, 0, _CHARS_JUDGED))


def _is_noise(run: str) -> bool:
    """Whether a third of a run are signs that no words are written with."""
    return len(run) >= 3 and 3 * len(_NO_WORDS.findall(run)) >= len(run)


def is_rare(text: str, encoding: Encoding) -> bool:
    """Whether most of the Han is of the second level of its standard: rare characters."""
    common = _COMMON.get(encoding.name)
    if common is None:
        return False
    han = [c.encode(encoding.codec, "ignore")[:1] for c in _HAN.findall(text)]
    return 2 * sum(first not in common for first in han) > len(han)


def _is_of_one_language(text: str) -> bool:
    """Whether *text* is in other letters than Latin ones, or almost all are of one alphabet."""
    return not _AMID_LATIN.search(text) and _foreign_share(text, _ALPHABETS) * _FOREIGN <= 1


def foreign_share(text: str) -> float:
    """Return how much, 0..1, of the letters beyond ASCII no alphabet has beside the others.

    0 where a quarter or more are none of Latin.
    """
    return _foreign_share(text, (*_ALPHABETS, *_RARER))


def _foreign_share(text: str, alphabets: Sequence[frozenset[str]]) -> float:
    lowered = "".join(_RUN.findall(text)).lower()
    letters = [c for c in lowered if c > "\x7f" and c.isalpha() and c not in _LETTERS_OF_NONE]
    if 4 * sum(c > "\u024f" for c in letters) > len(letters):
        return 0.0
    foreign = min(sum(c not in alphabet for c in letters) for alphabet in alphabets)
    return foreign / max(len(letters), 1)


def _widened(sample: bytes, found: list[_Candidate]) -> list[_Candidate]:
    """Return what is found where a multi-byte encoding has more than the detector knows of it, or
    some broken characters.

    Of Korean it knows KS X 1001 alone, which lacks 8,822 of 11,172 syllables: those of everyday
    misspellings among them.
    """
    known = {one.encoding for one in found}
    is_sure = bool(found) and found[0].encoding in _MULTI_BYTE
    most = 0 if is_sure else len(sample) // _BYTES_PER_FAULT
    for encoding in _MULTI_BYTE:
        text = encoding.read(sample)
        broken = text.count("\ufffd")
        if broken > most or (encoding in known and not broken):
            continue
        others = "".join(_RUN.findall(text))
        narrow = text.replace("\ufffd", "").encode(_NARROW[encoding.name], "ignore")
        kept = "".join(_RUN.findall(narrow.decode(_NARROW[encoding.name])))
        if 5 * len(kept) < 4 * len(others) and 5 * len(_HANGUL.findall(others)) < 4 * len(others):
            continue
        again = _ranked(narrow)
        is_better = not found or (again and again[0].oddness <= found[0].oddness)
        if again and again[0].encoding == encoding and is_better:
            return again
    return []


def _has_signs_alone(sample: bytes) -> bool:
    """Whether it may be English all through, with dashes, dots and curly quotation marks."""
    text = sample.decode(_WESTERN.codec, "replace")
    return _SIGNS.issuperset("".join(_RUN.findall(text))) and not _SIGN_AMISS.search(text)


def _language(tag: str) -> str:
    """Return the language of a BCP 47 tag as `Encoding` has it."""
    primary, *others = tag.lower().replace("_", "-").split("-")
    if primary != "zh":
        return primary
    return "zh-hant" if {"hant", "tw", "hk", "mo"} & set(others) else "zh-hans"


def _fits(sample: bytes, encoding: Encoding) -> bool:
    """Whether *sample* is valid, and no letter of another script stands beside a Latin one."""
    text = encoding.read(sample)
    return "\ufffd" not in text and not _LATIN_BESIDE.search(text)
