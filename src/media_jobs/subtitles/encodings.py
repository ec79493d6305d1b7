"""The encodings that subtitle files have, by their names in the Encoding Standard.

https://encoding.spec.whatwg.org/#names-and-labels. Labels are read as there: case does not matter,
and those of ASCII and ISO 8859-1 mean windows-1252. Codecs are Python's, each the widest of its
family: what programs call Shift_JIS, EUC-KR or GBK is mostly its extension by Microsoft.
"""

import codecs
from dataclasses import dataclass

from media_jobs.errors import invalid_field

__all__ = ["ENCODINGS", "UTF_8", "Encoding", "encoding_named", "encoding_of"]


# Bytes that Microsoft's Shift_JIS keeps for itself.
_NO_CHARACTERS = dict.fromkeys(map(ord, "\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3"), "\ufffd")

_REPLACING = "media_jobs.replacing"
# Rows of JIS X 0208 that NEC and IBM have filled: numbers in circles, and more Han.
_ROWS_OF_NEC = frozenset((13, *range(89, 93)))


def _replacing(error: UnicodeError) -> tuple[str, int]:
    """Return what Windows reads where Python's codec knows nothing, else U+FFFD."""
    assert isinstance(error, UnicodeDecodeError)
    codec, start = error.encoding, error.start
    pair = error.object[start : start + 2]
    if codec == "gb18030" and pair[:1] == b"\x80":
        return "€", start + 1
    if codec == "big5hkscs" and pair == b"\xa3\xe1":
        return "€", start + 2
    if codec in ("euc_jp", "iso2022_jp_ext") and len(pair) == 2:
        row, cell = (byte % 0x80 - 0x20 for byte in pair)
        if row in _ROWS_OF_NEC and 1 <= cell <= 94:
            return _of_shift_jis(row, cell), start + 2
    return "\ufffd", error.end


def _of_shift_jis(row: int, cell: int) -> str:
    """Return the character at a place of JIS X 0208 as Microsoft's Shift_JIS has it."""
    lead = (row + 1) // 2 + (0x80 if row < 63 else 0xC0)
    trail = cell + 0x9E if row % 2 == 0 else cell + (0x3F if cell < 64 else 0x40)
    return bytes((lead, trail)).decode("cp932", "replace")


codecs.register_error(_REPLACING, _replacing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """*name*: as the standard writes it; *codec*: Python's.

    *languages*: those that are mostly written in it, when not in Unicode; Chinese with its script.
    """

    name: str
    codec: str
    languages: tuple[str, ...] = ()

    def read(self, data: bytes) -> str:
        """Return the text of *data*, with U+FFFD in the place of each broken character."""
        text = data.decode(self.codec, _REPLACING)
        return text.translate(_NO_CHARACTERS) if self.codec == "cp932" else text


UTF_8 = Encoding(name="UTF-8", codec="utf-8")
ENCODINGS = (
    UTF_8,
    Encoding(name="UTF-16LE", codec="utf-16-le"),
    Encoding(name="UTF-16BE", codec="utf-16-be"),
    # The standard has no UTF-32, and files have it.
    Encoding(name="UTF-32LE", codec="utf-32-le"),
    Encoding(name="UTF-32BE", codec="utf-32-be"),
    Encoding(name="gb18030", codec="gb18030", languages=("zh-hans",)),
    Encoding(name="GBK", codec="gb18030"),
    Encoding(name="Big5", codec="big5hkscs", languages=("zh-hant",)),
    Encoding(name="Shift_JIS", codec="cp932", languages=("ja",)),
    Encoding(name="EUC-JP", codec="euc_jp", languages=("ja",)),
    Encoding(name="ISO-2022-JP", codec="iso2022_jp_ext", languages=("ja",)),
    Encoding(name="EUC-KR", codec="cp949", languages=("ko",)),
    Encoding(name="ISO-2022-KR", codec="iso2022_kr"),
    Encoding(
        name="windows-1252",
        codec="cp1252",
        languages=(
            *("en", "fr", "de", "es", "pt", "it", "sv", "da", "nb", "nn", "no", "fi", "nl", "is"),
            *("ca", "gl", "eu", "ga", "id", "ms"),
        ),
    ),
    Encoding(
        name="windows-1251", codec="cp1251", languages=("ru", "uk", "bg", "sr", "be", "mk", "kk")
    ),
    Encoding(
        name="windows-1250",
        codec="cp1250",
        languages=("pl", "cs", "sk", "hu", "ro", "hr", "sl", "bs", "sq"),
    ),
    Encoding(name="windows-1253", codec="cp1253", languages=("el",)),
    Encoding(name="windows-1254", codec="cp1254", languages=("tr", "az")),
    Encoding(name="windows-1255", codec="cp1255", languages=("he",)),
    Encoding(name="windows-1256", codec="cp1256", languages=("ar", "fa", "ur")),
    Encoding(name="windows-1257", codec="cp1257", languages=("lt", "lv", "et")),
    Encoding(name="windows-1258", codec="cp1258", languages=("vi",)),
    Encoding(name="windows-874", codec="cp874", languages=("th",)),
    Encoding(name="KOI8-R", codec="koi8-r", languages=("ru",)),
    Encoding(name="KOI8-U", codec="koi8-u", languages=("uk",)),
    Encoding(name="IBM866", codec="cp866", languages=("ru",)),
    Encoding(name="ISO-8859-2", codec="iso8859-2", languages=("pl", "cs", "hu")),
    Encoding(name="ISO-8859-3", codec="iso8859-3"),
    Encoding(name="ISO-8859-4", codec="iso8859-4"),
    Encoding(name="ISO-8859-5", codec="iso8859-5"),
    Encoding(name="ISO-8859-6", codec="iso8859-6", languages=("ar",)),
    Encoding(name="ISO-8859-7", codec="iso8859-7", languages=("el",)),
    Encoding(name="ISO-8859-8", codec="iso8859-8"),
    Encoding(name="ISO-8859-10", codec="iso8859-10"),
    Encoding(name="ISO-8859-13", codec="iso8859-13"),
    Encoding(name="ISO-8859-14", codec="iso8859-14"),
    Encoding(name="ISO-8859-15", codec="iso8859-15"),
    Encoding(name="ISO-8859-16", codec="iso8859-16"),
    Encoding(name="macintosh", codec="mac-roman"),
    Encoding(name="x-mac-cyrillic", codec="mac-cyrillic"),
    Encoding(name="x-mac-ce", codec="mac-latin2"),
    Encoding(name="x-mac-greek", codec="mac-greek"),
    Encoding(name="x-mac-turkish", codec="mac-turkish"),
    Encoding(name="IBM437", codec="cp437"),
    Encoding(name="IBM737", codec="cp737"),
    Encoding(name="IBM857", codec="cp857"),
    Encoding(name="IBM862", codec="cp862"),
    Encoding(name="IBM850", codec="cp850"),
    Encoding(name="IBM852", codec="cp852"),
)

_BY_NAME = {one.name.lower(): one for one in ENCODINGS}
# What Python calls the subsets, and encodings that the standard reads as a wider one.
_WIDER = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "tis-620": "windows-874",
    "iso8859-11": "windows-874",
    "gb2312": "gbk",
    "gbk": "gbk",
    "big5": "big5",
    "cp950": "big5",
    "shift_jis": "shift_jis",
    "shift_jis_2004": "shift_jis",
    "euc_jis_2004": "euc-jp",
    "euc_kr": "euc-kr",
    "iso2022_jp": "iso-2022-jp",
    "iso2022_jp_2": "iso-2022-jp",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16le",
    "utf-32": "utf-32le",
}
_BY_CODEC = {codecs_name: _BY_NAME[name] for codecs_name, name in _WIDER.items()}
_BY_CODEC |= {one.codec: one for one in reversed(ENCODINGS)}
# Those of the standard's labels that are no name of Python's, also without `x-`.
_LABELS = {
    "dos-874": "windows-874",
    "sun_eu_greek": "iso-8859-7",
    "visual": "iso-8859-8",
    "logical": "iso-8859-8",
    "unicode": "utf-16le",
    "unicodefeff": "utf-16le",
    "unicodefffe": "utf-16be",
    "ucs-2": "utf-16le",
    "iso-10646-ucs-2": "utf-16le",
    "cn-big5": "big5",
    "windows-31j": "shift_jis",
    "ks_c_5601-1989": "euc-kr",
    "windows-949": "euc-kr",
    "gb_2312-80": "gbk",
    "csgb2312": "gbk",
    "mac": "macintosh",
    "mac-ukrainian": "x-mac-cyrillic",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "unicode-1-1-utf-8": "utf-8",
}


def encoding_named(label: str) -> Encoding:
    """Return the encoding of a label; raises InvalidInput for one that is not known."""
    asked = label.strip().lower()
    for name in (asked, asked.removeprefix("x-")):
        known = _BY_NAME.get(_LABELS.get(name, name)) or encoding_of(name)
        if known is not None:
            return known
    raise invalid_field("encoding", "field.encoding")


def encoding_of(codec: str) -> Encoding | None:
    """Return the encoding that is read by a codec of Python's; None when there is none."""
    try:
        name = codecs.lookup(codec).name
    except (LookupError, ValueError):
        return None
    return _BY_CODEC.get(name)
