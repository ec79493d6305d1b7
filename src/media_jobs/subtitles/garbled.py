"""Whether a text looks as if it had been read in a wrong encoding.

Of each script some letters make most of any text; read wrongly, they are others. What is suspect is
looked into (see `decoded_before`); what is garbled without doubt is told.
"""

import re
from dataclasses import dataclass

from media_jobs.subtitles.detection import foreign_share, is_rare, oddness, strange
from media_jobs.subtitles.encodings import UTF_8, encoding_named

__all__ = ["faults", "is_garbled", "is_plausible", "is_suspect"]


@dataclass(frozen=True, slots=True)
class _Script:
    """*common*: the letters that texts in it consist of mostly; *usual*: the share that they have
    in the languages that most texts are in; *least*: in any.
    """

    letters: re.Pattern[str]
    common: frozenset[str]
    usual: float
    least: float


_SCRIPTS = (
    _Script(re.compile(r"[\u0400-\u04ff]"), frozenset("оеаинтсрвлкмдпуіыя"), 0.76, 0.4),
    _Script(re.compile(r"[\u0370-\u03ff]"), frozenset("αοιετσνηυρπκμλςωάόίέή"), 0.82, 0.6),
    _Script(re.compile(r"[\u05d0-\u05ea]"), frozenset("יוהלארתשמבנכ"), 0.68, 0.3),
    _Script(re.compile(r"[\u0620-\u06ff]"), frozenset("اليمنرتوهبدسكعکیةف"), 0.72, 0.3),
    _Script(
        re.compile(r"[\u0e01-\u0e7f]"),
        frozenset("านรอกเงมลวด่้ีัิ์ไใแทสคตบยจะปหขุูึืำพ"),
        0.85,
        0.6,
    ),
)
# Signs but for those of sentences, quotation, money and music.
_SIGNS = re.compile(
    r"[\x80-\x9f\xa1\xa4-\xaa\xac-\xb6\xb8-\xba\xbc-\xbe\xd7\xf7\u0192\u02c6-\u02dd]"
    r"|[\u2020-\u2022\u2030\u2039-\u2044\u2100-\u25ff\ufb01\ufb02\uf8ff]"
)
# They stand between letters in English.
_DASHES = dict.fromkeys(map(ord, "–—―‘"), " ")
# Names of other languages, as Thai writes them.
_AMID_THAI = re.compile(r"(?<=[\u0e00-\u0e7f])[A-Za-z]{3,99}|[A-Za-z]{3,99}(?=[\u0e00-\u0e7f])")
# Less may be names, or a language that is not known here.
_FOREIGN = 0.05
_LETTERS_LEAST, _LETTERS_TOLD = 12, 40
_HAN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")
_HAN_LEAST = 6
# In Chinese a character may stand alone before a word of Latin letters.
_STRANGE_LEAST = 3
_KANA = re.compile(r"[\u3041-\u30fa]")
_HALF_WIDTH = re.compile(r"[\uff66-\uff9f]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HANGUL_BESIDE_HAN = re.compile(
    r"[\uac00-\ud7a3](?=[\u4e00-\u9fff])|[\u4e00-\u9fff](?=[\uac00-\ud7a3])"
)
_HAN_APART = re.compile(r"[\u4e00-\u9fff] (?=[\u4e00-\u9fff])")
_STANDARDS = tuple(encoding_named(name) for name in ("gb18030", "Big5", "Shift_JIS"))
_JAPANESE = "cp932"


def is_suspect(text: str) -> bool:
    """Whether *text* may be no text of any language; some that are one are suspect, too."""
    text = _usual(text)
    is_odd = oddness(text, UTF_8) > 1 or foreign_share(text) > _FOREIGN
    return is_odd or _is_unusual(text) or _is_suspect_han(text)


def _usual(text: str) -> str:
    """Return *text* without what stands rightly where it is odd elsewhere."""
    return _AMID_THAI.sub(" ", text.translate(_DASHES))


def is_plausible(text: str) -> bool:
    """Whether nothing in *text* speaks against it."""
    return oddness(text, UTF_8) == 0 and not is_suspect(text)


def faults(text: str) -> int:
    """Return how many signs *text* has that hardly stand in subtitles, or amid words."""
    return strange(text) + len(_SIGNS.findall(text))


def is_garbled(text: str) -> bool:
    """Whether *text* is certainly none: half of its words can't be any."""
    text = _usual(text)
    least = _STRANGE_LEAST if _HAN.search(text) else 1
    if oddness(text, UTF_8) > 1 and strange(text) >= least:
        return True
    return _is_unusual(text, least=True) or _is_rare_han(text)


def _is_unusual(text: str, *, least: bool = False) -> bool:
    lowered = text.lower()
    for script in _SCRIPTS:
        letters = script.letters.findall(lowered)
        common = sum(letter in script.common for letter in letters)
        share = script.least if least else script.usual
        if len(letters) >= (_LETTERS_TOLD if least else _LETTERS_LEAST) and common < share * len(
            letters
        ):
            return True
    return False


def _is_rare_han(text: str) -> bool:
    """Whether most of the Han is rare in China, Taiwan and Japan alike."""
    han = _HAN.findall(text)
    return len(han) >= _HAN_LEAST and all(is_rare(text, one) for one in _STANDARDS)


def _is_suspect_han(text: str) -> bool:
    han, kana = _HAN.findall(text), _KANA.findall(text)
    half_width, hangul = _HALF_WIDTH.findall(text), _HANGUL.findall(text)
    if 3 * len(half_width) > len(han) + len(kana) and len(half_width) >= _HAN_LEAST:
        return True
    if 10 * len(_HANGUL_BESIDE_HAN.findall(text)) > len(hangul) > 0:
        return True
    if len(han) < _HAN_LEAST:
        return False
    if 10 * len(kana) > len(han):
        # What is Japanese has no characters of China's own.
        return 5 * sum(not one.encode(_JAPANESE, "ignore") for one in han) > len(han)
    return 8 * len(_HAN_APART.findall(text)) > len(han) or _is_rare_han(text)
