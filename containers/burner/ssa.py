"""Reads ASS and SSA scripts: as cues to be restyled, or as a script that keeps its own styling.

What is kept is rebuilt from the lines that are known: styles, events and the size of the canvas.
Fonts and pictures inside the file are dropped, because a font is a program for the font renderer.
"""

import re
from collections.abc import Iterator

from burner.cues import TEXT_CHARS_MAX, Cue, Line, Span

_TIME = re.compile(r"(\d{1,4}):(\d\d):(\d\d)[.:](\d\d)", re.ASCII)
_BLOCK = re.compile(r"\{([^{}]*)\}")
_BREAK = re.compile(r"\\([Nnh])")
_SWITCH = re.compile(r"\\([biu])(\d{0,3})(?=\\|$)", re.ASCII)
_DRAWING = re.compile(r"\\p(\d)", re.ASCII)
_KEYPAD = re.compile(r"\\an([1-9])", re.ASCII)
_INFO = re.compile(
    r"(?:ScriptType|PlayRes[XY]|LayoutRes[XY]|WrapStyle|ScaledBorderAndShadow|YCbCr Matrix)"
    r"[ \t]*:[ \t]*[\w.+ ]{1,40}",
    re.IGNORECASE | re.ASCII,
)
_HEADS = {
    "[script info]": "info",
    "[v4 styles]": "styles",
    "[v4+ styles]": "styles",
    "[events]": "events",
}


def is_ass(lines: list[str]) -> bool:
    """Whether the file is a script: its first line that is no comment begins one."""
    first = next((line.strip() for line in lines if line.strip() and line[0] not in ";!"), "")
    return first.lower() == "[script info]"


def scripted_cues(lines: list[str]) -> Iterator[Cue]:
    """Yield the events that show a text, in the file's order, without their styling."""
    fields = ["layer", "start", "end", "style", "name", "l", "r", "v", "effect", "text"]
    for section, line in _sectioned(lines):
        name, _, rest = line.partition(":")
        if section != "events":
            continue
        if name.strip().lower() == "format":
            fields = [field.strip().lower() for field in rest.split(",")]
        elif name.strip().lower() == "dialogue":
            values = dict(zip(fields, rest.lstrip().split(",", len(fields) - 1), strict=False))
            cue = _cue(values)
            if cue is not None:
                yield cue


def kept_script(lines: list[str]) -> str:
    """Return a script of the known lines of this one, in its own styling."""
    heads = {"info": "[Script Info]", "styles": "[V4+ Styles]", "events": "[Events]"}
    kept: dict[str, list[str]] = {section: [] for section in heads}
    for section, line in _sectioned(lines):
        name = line.partition(":")[0].strip().lower()
        if section == "info":
            if _INFO.fullmatch(line.strip()):
                kept[section].append(line.strip())
        elif name in ("format", "style", "dialogue"):
            kept[section].append(line.strip())
    if any(line.strip().lower() == "[v4 styles]" for line in lines):
        heads["styles"] = "[V4 Styles]"
    return "\n".join(text for section, head in heads.items() for text in (head, *kept[section], ""))


def _sectioned(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the lines of the known sections with the section's name."""
    section = ""
    for line in lines:
        if line.lstrip().startswith("["):
            section = _HEADS.get(line.strip().lower(), "")
        elif section:
            yield section, line


def _cue(values: dict[str, str]) -> Cue | None:
    start_ms, end_ms = (_milliseconds(values.get(name, "")) for name in ("start", "end"))
    if start_ms is None or end_ms is None or end_ms <= start_ms:
        return None
    text = values.get("text", "")[: 2 * TEXT_CHARS_MAX]
    spans = _lines(text)
    keypad = _KEYPAD.search("".join(_BLOCK.findall(text)))
    if not spans:
        return None
    settings = (("an", keypad[1]),) if keypad else ()
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=spans, settings=settings)


def _milliseconds(text: str) -> int | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, centis = (int(part) for part in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + centis * 10


def _lines(text: str) -> tuple[Line, ...]:
    """Return the lines of an event's text: drawings and tags left out, weights kept."""
    lines: list[list[Span]] = [[]]
    weights = {"b": False, "i": False, "u": False}
    drawing = False
    # Text and tag blocks take turns, text first.
    for number, part in enumerate(_BLOCK.split(text)):
        if number % 2:
            for switch, value in _SWITCH.findall(part):
                weights[switch] = value not in ("", "0")
            for scale in _DRAWING.findall(part):
                drawing = scale != "0"
        elif part and not drawing:
            _append(lines, part, weights)
    return tuple(tuple(line) for line in lines if any(span.text.strip() for span in line))


def _append(lines: list[list[Span]], text: str, weights: dict[str, bool]) -> None:
    broken = _BREAK.sub(lambda match: "\n" if match[1] in "Nn" else "\u00a0", text)
    for number, part in enumerate(broken.split("\n")):
        if number:
            lines.append([])
        if part:
            lines[-1].append(
                Span(text=part, bold=weights["b"], italic=weights["i"], underline=weights["u"])
            )
