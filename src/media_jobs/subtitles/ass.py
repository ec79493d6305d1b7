"""ASS and SSA scripts: their events, and the script that keeps its own styling.

What is kept is rebuilt from the lines that are known: styles, events and the size of the canvas.
Fonts and pictures inside the file are dropped, because a font is a program for the font renderer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from media_jobs.notices import Findings
from media_jobs.subtitles.ass_tags import keypad_of_alignment
from media_jobs.subtitles.ass_text import EventText, event_text
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.settings import CueSettings

__all__ = ["Event", "Script", "events_of", "kept_script", "kept_texts"]

# Tags take room, too.
_EVENT_CHARS_MAX = 2 * TEXT_CHARS_MAX
# Of one line: see `kinds`.
_FILLED_LINE = re.compile(r"^[^\S\n]*\S.*$", re.MULTILINE)
_OLD_STYLES = re.compile(r"^[^\S\n]*\[v4 styles\][^\S\n]*$", re.MULTILINE | re.IGNORECASE)
_TIME = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,3}))?", re.ASCII)
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
_OTHERS = frozenset({"comment", "picture", "sound", "movie", "command"})
_EVENT_FIELDS = ("layer", "start", "end", "style", "name", "l", "r", "v", "effect", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A `Dialogue:` line that can be shown. *raw*: its text with its tags."""

    start_ms: int
    end_ms: int
    style: str
    effect: str
    raw: str
    line: int


@dataclass(slots=True)
class Script:
    """What is known of a script when its events come: its canvas and its styles' places."""

    width: float | None = None
    height: float | None = None
    soft_breaks: bool = False
    is_older: bool = False
    keypads: dict[str, int] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    """Of its events, in their order."""

    def told(self, name: str, value: str) -> None:
        """Take in a line of the script's head."""
        if name in ("playresx", "playresy"):
            size = float(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0
            if name == "playresx":
                self.width = size or None
            else:
                self.height = size or None
        elif name == "wrapstyle":
            self.soft_breaks = value == "2"

    def styled(self, values: Mapping[str, str]) -> None:
        """Take in a style."""
        keypad = keypad_of_alignment(values.get("alignment", ""), older=self.is_older)
        if keypad is not None:
            self.keypads[values.get("name", "").strip().lstrip("*").lower()] = keypad

    def keypad(self, event: Event, text: EventText) -> int:
        """Return where an event is aligned."""
        return text.keypad or self.keypads.get(event.style.strip().lstrip("*").lower(), 2)

    def settings(self, position: tuple[float, float], keypad: int) -> CueSettings:
        """Return where a point of the canvas lies, for a text that is aligned to it."""
        width = self.width or (self.height * 4 / 3 if self.height else 384)
        height = self.height or (self.width * 3 / 4 if self.width else 288)
        column, row = (keypad - 1) % 3, (keypad - 1) // 3
        return CueSettings(
            line=_share(position[1] / height),
            line_is_percent=True,
            line_align=("end", "center", "start")[row],
            position=_share(position[0] / width),
            position_align=("line-left", "center", "line-right")[column],
            align=("left", "center", "right")[column],
        )


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0) * 100, 2)


def kept_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield every event, of a script that is drawn in its own styling."""
    script = Script()
    for event in events_of(text, script, found):
        read = event_text(event.raw, event.start_ms, soft_breaks=script.soft_breaks)
        yield TimedText(
            start_ms=event.start_ms, end_ms=event.end_ms, text=read.text, line=event.line
        )


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
    # Some have no head, but begin with their events.
    section, number, counted = "events", 1, 0
    for match in _FILLED_LINE.finditer(text):
        line = match[0]
        number += text.count("\n", counted, match.start())
        counted = match.start()
        if line.lstrip().startswith("["):
            section = _HEADS.get(line.strip().lower(), "")
        elif section:
            yield number, section, line


def events_of(text: str, script: Script, found: Findings) -> Iterator[Event]:
    """Yield the events that can be shown, and tell *script* what stands above them."""
    fields: dict[str, tuple[str, ...]] = {"events": _EVENT_FIELDS, "styles": ()}
    script.is_older = _OLD_STYLES.search(text) is not None
    script.fields = fields["events"]
    for number, section, line in _sectioned(text):
        name, _, rest = line.partition(":")
        name = name.strip().lower()
        if section == "info":
            script.told(name, rest.strip())
        elif name == "format":
            fields[section] = tuple(word.strip().lower() for word in rest.split(","))
            script.fields = fields["events"]
        elif name == "style":
            script.styled(dict(zip(fields["styles"], rest.split(","), strict=False)))
        elif name == "dialogue" and section == "events":
            parts = rest.lstrip().split(",", len(fields["events"]) - 1)
            event = _event(dict(zip(fields["events"], parts, strict=False)), number, found)
            if event is not None:
                yield event
        elif (
            section == "events" and not line.lstrip().startswith((";", "!")) and name not in _OTHERS
        ):
            found.add("text_outside_cues", number)


def _event(values: Mapping[str, str], number: int, found: Findings) -> Event | None:
    start_ms, end_ms = (_milliseconds(values.get(name, "")) for name in ("start", "end"))
    if start_ms is None or end_ms is None:
        found.add("cue_times_unreadable", number)
        return None
    if end_ms <= start_ms:
        found.add("cue_ends_too_early", number)
        return None
    raw = values.get("text", "")
    if len(raw) > _EVENT_CHARS_MAX:
        found.add("cue_text_cut", number)
    return Event(
        start_ms=start_ms,
        end_ms=end_ms,
        style=values.get("style", ""),
        effect=values.get("effect", ""),
        raw=raw[:_EVENT_CHARS_MAX],
        line=number,
    )


def _milliseconds(text: str) -> int | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.group(1, 2, 3))
    # Hundredths by the format; some write tenths or milliseconds.
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((match[4] or "").ljust(3, "0"))
