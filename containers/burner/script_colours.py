"""The colours of an ASS script, as numbers of the video that libass draws them on.

libass and FFmpeg know no light: a script's colour becomes the video's R'G'B' as it is, and the
white of a script would be the brightest white of high dynamic range, 10,000 cd/m².
"""

import re

from engine_kit.colours import Colours
from engine_kit.graphics import drawn_rgb

from burner.styles import STYLE_FIELDS

_TAGS = re.compile(r"(?<!\\)\{[^}]*\}")
_INK = re.compile(r"(\\[1-4]?c&?H?)([0-9A-F]+)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:&H|0x)([0-9A-F]+)&?|(-?\d+)", re.IGNORECASE)
_STYLES = re.compile(r"\[V4(\+?) Styles\]", re.IGNORECASE)
# The columns where a script does not name them, and what libass draws events with whose style is
# not there: white, of a height of 18.
_OLD_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, BackColour, Bold, "
    "Italic, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, AlphaLevel, "
    "Encoding"
)
_DEFAULT = "Default,Arial,18,&HFFFFFF,&HFFFF,&H0,&H80000000,"
_OLD_REST, _REST = "0,0,1,2,3,2,20,20,20,0,1", "0,0,0,0,100,100,0,0,1,2,3,2,20,20,20,1"


def script_in(script: str, colours: Colours) -> str:
    """Return *script*, whose colours are sRGB's, with those of a video of *colours*."""
    if not colours.is_hdr:
        return script
    written = []
    columns: list[str] = []
    for line in script.split("\n"):
        key, colon, value = line.partition(":")
        kind = key.strip().lower()
        if kind == "format":
            columns = _columns(value)
        elif kind == "style":
            line = key + colon + _style(value, columns, colours)
        elif kind == "dialogue":
            line = _TAGS.sub(lambda tags: _tags(tags[0], colours), line)
        written.append(line)
        if (styles := _STYLES.fullmatch(line.strip())) is not None:
            fields, rest = (STYLE_FIELDS, _REST) if styles[1] else (_OLD_FIELDS, _OLD_REST)
            columns = _columns(fields)
            default = _style(_DEFAULT + rest, columns, colours)
            written += [f"Format: {fields}", f"Style: {default}"]
    return "\n".join(written)


def _columns(fields: str) -> list[str]:
    return [name.strip().lower() for name in fields.split(",")]


def _style(value: str, columns: list[str], colours: Colours) -> str:
    fields = value.split(",")
    for at, name in enumerate(columns[: len(fields)]):
        if name.endswith("colour"):
            fields[at] = _field(fields[at], colours)
    return ",".join(fields)


def _field(written: str, colours: Colours) -> str:
    """Return a style's colour, of which libass reads hexadecimal and decimal numbers."""
    found = _COLOUR.match(written.strip())
    if found is None:
        return written
    abgr = int(found[1], 16) if found[1] else int(found[2])
    return f"&H{abgr >> 24 & 0xFF:02X}{_bgr(abgr, colours)}"


def _tags(tags: str, colours: Colours) -> str:
    return _INK.sub(lambda ink: f"{ink[1]}{_bgr(int(ink[2], 16), colours)}", tags)


def _bgr(value: int, colours: Colours) -> str:
    red, green, blue = drawn_rgb((value & 0xFF, value >> 8 & 0xFF, value >> 16 & 0xFF), colours)
    return f"{blue:02X}{green:02X}{red:02X}"
