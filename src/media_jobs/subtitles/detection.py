"""Guesses in which encoding a text is, where neither a mark nor UTF-8 says it.

The detector is chardet (decision 0034). What is added: names of the Encoding Standard, the language
that the text is probably in, and that no word is half Latin and half another alphabet.
"""

import re
from dataclasses import dataclass

from media_jobs.subtitles.encodings import ENCODINGS, Encoding, encoding_named, encoding_of

__all__ = ["guessed_encoding"]

SAMPLE_BYTES = 64 * 1024
"""What is looked at of a text: lines that have other characters than those of ASCII."""

# In the standard's families, and KOI8 and DOS, which old files in Russian have.
_CANDIDATES = (
    *(one.name for one in ENCODINGS if one.languages and one.name != "ISO-2022-JP"),
    "ISO-8859-15",
)
_WESTERN = encoding_named("windows-1252")
_SIGNS = frozenset("‘’“”‚„–—…•·©®™°£€«»\u00a0")
_MULTI_BYTE = tuple(
    encoding_named(name) for name in ("gb18030", "Big5", "Shift_JIS", "EUC-JP", "EUC-KR")
)
# How much less likely than the first an encoding of the expected language may be.
_NEAR = 0.9
# Below, the detector knows nothing: the expected language decides.
_UNSURE = 0.02
# One broken character in so many bytes is damage, not another encoding.
_BYTES_PER_FAULT = 400
_HIGH = re.compile(rb"[\x80-\xff]{1,1000}")
_RUN = re.compile(r"[^\x00-\x7f]+")
# A Latin letter beside one of another alphabet, or Han amid small Latin letters.
_MIXED_WORD = re.compile(
    r"[A-Za-z](?=[\u0370-\u0e7f])|[\u0370-\u0e7f](?=[A-Za-z])|[a-z][\u3400-\u9fff]{1,2}(?=[a-z])"
)
_CONTROL = re.compile(r"[\x80-\x84\x86-\x9f]")
_LATIN_BESIDE = re.compile(r"[A-Za-z](?=[\u0370-\uffdc])|[\u0370-\uffdc](?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class _Candidate:
    encoding: Encoding
    confidence: float
    text: str


def guessed_encoding(data: bytes, hint: str | None = None) -> Encoding | None:
    """Return in which encoding *data* is most likely; None: in none that is known.

    *hint*: the language (BCP 47) that the text is probably in. It decides between encodings that
    are about as likely, and where there is too little text to say anything.
    """
    sample = _sample(data)
    found = _ranked(sample)
    if not found or found[0].encoding not in _MULTI_BYTE:
        found = _damaged(sample) or found
    expected = [one for one in ENCODINGS if hint and _language(hint) in one.languages]
    if expected and (not found or found[0].confidence < _UNSURE):
        fitting = [one for one in expected if _fits(sample, one)]
        if fitting:
            return fitting[0]
    if not found:
        return None
    first = found[0]
    if first.encoding not in _MULTI_BYTE and _has_signs_alone(sample):
        return _WESTERN
    for one in found:
        if one.encoding in expected and one.confidence >= first.confidence * _NEAR:
            return one.encoding
    # Of those that say the same, the one that is met most often.
    same = [one.encoding for one in found if one.text == first.text]
    return min(same, key=ENCODINGS.index)


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
    """Return the detector's candidates, the most likely first, those with odd words last."""
    # Here, because it is needed for one file in many and takes a third of a second to load.
    import chardet

    found: list[_Candidate] = []
    odd: list[_Candidate] = []
    for one in chardet.detect_all(
        sample, ignore_threshold=True, compat_names=False, include_encodings=_CANDIDATES
    ):
        encoding = encoding_of(one["encoding"] or "")
        if encoding is None or encoding in {known.encoding for known in (*found, *odd)}:
            continue
        text = encoding.read(sample)
        strange = len(_MIXED_WORD.findall(text)) + len(_CONTROL.findall(text))
        candidate = _Candidate(encoding, one["confidence"], text)
        (odd if strange * 3 > len(_RUN.findall(text)) else found).append(candidate)
    return found + odd


def _damaged(sample: bytes) -> list[_Candidate]:
    """Return the multi-byte encoding that *sample* is in but for some broken characters."""
    most = len(sample) // _BYTES_PER_FAULT
    for encoding in _MULTI_BYTE:
        text = encoding.read(sample)
        if 0 < text.count("\ufffd") <= most:
            found = _ranked(text.replace("\ufffd", "").encode(encoding.codec))
            if found and found[0].encoding == encoding:
                return found
    return []


def _has_signs_alone(sample: bytes) -> bool:
    """Whether it may be English all through, with dashes, dots and curly quotation marks."""
    return _SIGNS.issuperset("".join(_RUN.findall(sample.decode(_WESTERN.codec, "replace"))))


def _language(tag: str) -> str:
    """Return the language of a BCP 47 tag as `Encoding` has it."""
    primary, *others = tag.lower().replace("_", "-").split("-")
    if primary != "zh":
        return primary
    return "zh-hant" if {"hant", "tw", "hk", "mo"} & set(others) else "zh-hans"


def _fits(sample: bytes, encoding: Encoding) -> bool:
    """Whether *sample* is valid, and no letter of another script stands beside a Latin one."""
    try:
        text = sample.decode(encoding.codec)
    except UnicodeDecodeError:
        return False
    return not _LATIN_BESIDE.search(text)
