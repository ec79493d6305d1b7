"""ASS and SSA scripts: read as cues to be restyled, or as a script that keeps its own styling.

What is kept is rebuilt from the lines that are known: styles, events and the size of the canvas.
Fonts and pictures inside the file are dropped, because a font is a program for the font renderer.
"""

import re
from collections.abc import Iterator

from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.notices import Findings
from media_jobs.subtitles.text import Line, Span

__all__ = ["event_lines", "kept_script", "timed_texts"]

# Tags take room, too.
_EVENT_CHARS_MAX = 2 * TEXT_CHARS_MAX
# Of one line: see `kinds`.
_FILLED_LINE = re.compile(r"^[^\S\n]*\S.*$", re.MULTILINE)
_OLD_STYLES = re.compile(r"^[^\S\n]*\[v4 styles\][^\S\n]*$", re.MULTILINE | re.IGNORECASE)
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


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the events in the file's order."""
    fields = ["layer", "start", "end", "style", "name", "l", "r", "v", "effect", "text"]
    for number, section, line in _sectioned(text):
        name, _, rest = line.partition(":")
        if section != "events":
            continue
        if name.strip().lower() == "format":
            fields = [field.strip().lower() for field in rest.split(",")]
        elif name.strip().lower() == "dialogue":
            values = dict(zip(fields, rest.lstrip().split(",", len(fields) - 1), strict=False))
            event = _event(values, number, found)
            if event is not None:
                yield event


def kept_script(text: str) -> str:
    """Return a script of the known lines of this one, in its own styling."""
    heads = {"info": "[Script Info]", "styles": "[V4+ Styles]", "events": "[Events]"}
    kept: dict[str, list[str]] = {section: [] for section in heads}
    for _, section, line in _sectioned(text):
        name = line.partition(":")[0].strip().lower()
        if section == "info":
            if _INFO.fullmatch(line.strip()):
                kept[section].append(line.strip())
        elif name in ("format", "style", "dialogue"):
            kept[section].append(line.strip())
    if _OLD_STYLES.search(text):
        heads["styles"] = "[V4 Styles]"
    return "\n".join(text for section, head in heads.items() for text in (head, *kept[section], ""))


def _sectioned(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of the known sections, with their number and the section's name."""
    section, number, counted = "", 1, 0
    for match in _FILLED_LINE.finditer(text):
        line = match[0]
        number += text.count("\n", counted, match.start())
        counted = match.start()
        if line.lstrip().startswith("["):
            section = _HEADS.get(line.strip().lower(), "")
        elif section:
            yield number, section, line


def _event(values: dict[str, str], number: int, found: Findings) -> TimedText | None:
    start_ms, end_ms = (_milliseconds(values.get(name, "")) for name in ("start", "end"))
    if start_ms is None or end_ms is None:
        found.add("cue_times_unreadable", number)
        return None
    if end_ms <= start_ms:
        found.add("cue_ends_too_early", number)
        return None
    text = values.get("text", "")
    if len(text) > _EVENT_CHARS_MAX:
        found.add("cue_text_cut", number)
    text = text[:_EVENT_CHARS_MAX]
    keypad = _KEYPAD.search("".join(_BLOCK.findall(text)))
    return TimedText(
        start_ms=start_ms, end_ms=end_ms, text=text, keypad=int(keypad[1]) if keypad else None
    )


def _milliseconds(text: str) -> int | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, centis = (int(part) for part in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + centis * 10


def event_lines(text: str) -> tuple[Line, ...]:
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
