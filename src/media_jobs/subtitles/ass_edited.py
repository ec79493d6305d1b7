r"""An edited ASS script: styles, comments, fonts and all events that are no cue stay as they were.

A cue stands for all events that show it, its layers. Of a text that was edited, the tags that it
begins with are kept (`{\an8\c&H00FFFF&}`), and those within it are left out with a notice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from media_jobs.notices import Findings
from media_jobs.subtitles.ass import Event, Script, events_of
from media_jobs.subtitles.ass_escape import ass_time
from media_jobs.subtitles.ass_restyled import shown_events
from media_jobs.subtitles.ass_tags import ASS_TAG
from media_jobs.subtitles.ass_written import ass_body
from media_jobs.subtitles.cues import Cue, TimedText
from media_jobs.subtitles.edits import Edit, is_above, moved_alike, without_weights

__all__ = ["edited_script"]

_FIRST_TAGS = re.compile(r"(?:\{[^{}]*\})*")
_BLOCK = re.compile(r"\{([^{}]*)\}")
_KEPT_IN_TEXT = frozenset({"b", "i", "u", "k", "kf", "ko", "kt", "K"})
_NEW = {"layer": "0", "marked": "Marked=0", "style": "Default"}
_MARGINS = frozenset({"marginl", "marginr", "marginv", "l", "r", "v"})


def edited_script(text: str, edits: Sequence[Edit], found: Findings) -> str:
    """Return the script *text* with the cues of *edits*, which are in order of their start."""
    script = Script()
    shown = {one.line: (one, events) for one, events in shown_events(text, script)}
    writer = _Writer(text.split("\n"), script.fields, found)
    kept: set[int | None] = set()
    before: Event | None = None
    for edit in edits:
        if edit.source in shown:
            cue, events = shown[edit.source]
            writer.write(edit, cue, events, again=edit.source in kept)
            kept.add(edit.source)
            before = events[0]
        else:
            writer.add(edit.cue, before)
    removed = [events for line, (_, events) in shown.items() if line not in kept]
    writer.remove(event.line for events in removed for event in events)
    times = {line: (cue.start_ms, cue.end_ms) for line, (cue, _) in shown.items() if line}
    moved = moved_alike(times, edits)
    if moved is not None:
        shown_lines = {event.line for _, events in shown.values() for event in events}
        every = events_of(text, Script(), Findings())
        writer.move((one for one in every if one.line not in shown_lines), *moved)
    return writer.text()


class _Writer:
    """Changes events in their lines. *behind*: new ones, by the number of the line above them."""

    def __init__(self, lines: list[str], fields: Sequence[str], found: Findings) -> None:
        self._given = tuple(lines)
        self._lines: list[str | None] = [*lines]
        self._fields = fields
        self._found = found
        self._behind: dict[int, list[str]] = {}

    def write(self, edit: Edit, cue: TimedText, events: Sequence[Event], *, again: bool) -> None:
        """Write the events of *cue* as *edit* has it; *again*: behind where it stands already."""
        for event in events:
            values = dict[str, str]()
            start_ms, end_ms = (_moved(ms, cue, edit.cue) for ms in (event.start_ms, event.end_ms))
            if start_ms != event.start_ms:
                values["start"] = ass_time(start_ms)
            if end_ms != event.end_ms:
                values["end"] = ass_time(max(end_ms, start_ms + 10))
            if not edit.says_the_same:
                values["text"] = self._text(edit.cue, event)
            line = self._with(event.line, values)
            if again:
                self._behind.setdefault(event.line, []).append(line)
            else:
                self._lines[event.line - 1] = line

    def add(self, cue: Cue, before: Event | None) -> None:
        """Write a new cue behind the event *before*, in its style, else behind all."""
        times = {"start": ass_time(cue.start_ms), "end": ass_time(cue.end_ms)}
        text = ("{\\an8}" if is_above(cue) else "") + ass_body(cue)
        given = {**_NEW, **times, "style": before.style if before else "Default", "text": text}
        fields = (given.get(name, "0" if name in _MARGINS else "") for name in self._fields)
        last = max((n for n, line in enumerate(self._lines, 1) if (line or "").strip()), default=0)
        above = before.line if before else last
        self._behind.setdefault(above, []).append("Dialogue: " + ",".join(fields))

    def remove(self, numbers: Iterator[int]) -> None:
        """Leave lines out."""
        for number in numbers:
            self._lines[number - 1] = None

    def move(self, events: Iterator[Event], factor: float, shift_ms: float) -> None:
        """Move *events*, which no cue shows."""
        for event in events:
            start_ms, end_ms = (
                max(round(ms * factor + shift_ms), 0) for ms in (event.start_ms, event.end_ms)
            )
            if start_ms != event.start_ms:
                values = {"start": ass_time(start_ms), "end": ass_time(max(end_ms, start_ms + 10))}
                self._lines[event.line - 1] = self._with(event.line, values)

    def text(self) -> str:
        """Return the script."""
        kept: list[str] = []
        for number, line in enumerate(self._lines, 1):
            kept += [] if line is None else [line]
            kept += self._behind.get(number, [])
        return "\n".join(kept)

    def _with(self, number: int, values: Mapping[str, str]) -> str:
        name, _, rest = self._given[number - 1].partition(":")
        parts = rest.lstrip().split(",", len(self._fields) - 1)
        for place, field in enumerate(self._fields[: len(parts)]):
            parts[place] = values.get(field, parts[place])
        return f"{name}: {','.join(parts)}"

    def _text(self, cue: Cue, event: Event) -> str:
        first = _FIRST_TAGS.match(event.raw)
        assert first is not None, "no tags are a match, too"
        names = (
            name
            for block in _BLOCK.findall(event.raw[first.end() :])
            for name, _ in ASS_TAG.findall(block)
        )
        if any(name not in _KEPT_IN_TEXT for name in names):
            self._found.add("edited_tags_left_out", event.line)
        return without_weights(first[0]) + ass_body(cue)


def _moved(ms: int, cue: TimedText, now: Cue) -> int:
    """Return where a time of *cue* lies *now*: of a layer that is shown for a part of it."""
    length = cue.end_ms - cue.start_ms
    if now.end_ms - now.start_ms == length:
        return ms + now.start_ms - cue.start_ms
    share = (ms - cue.start_ms) / length
    return round(now.start_ms + share * (now.end_ms - now.start_ms))
