"""An ASS script in another style: what is said comes once, and a sign stays in the picture.

What moves, is cut to a shape or is drawn can't be shown in another style, and is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from media_jobs.notices import Findings
from media_jobs.subtitles.ass import Event, Script, events_of
from media_jobs.subtitles.ass_text import EventText, event_text
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.settings import NO_SETTINGS
from media_jobs.subtitles.text import text_lines

__all__ = ["shown_events", "timed_texts"]

_MOVING_EFFECT = re.compile(r"banner;|scroll (?:up|down);", re.IGNORECASE)
# Two events of one sign, when it is set anew in each frame, follow each other this closely.
_SAME_SIGN_MS = 20


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield what a script says, to be drawn in another style, in the order of its starts.

    What a script sets into the picture is kept at its place or left out, and a line that is drawn
    in several layers comes once.
    """
    yield from _layers(text, Script(), found).kept


def shown_events(text: str, script: Script) -> tuple[tuple[TimedText, tuple[Event, ...]], ...]:
    """Return what `timed_texts` yields, each with the events that it stands for."""
    layers = _layers(text, script, Findings())
    return tuple(zip(layers.kept, map(tuple, layers.events), strict=True))


def _layers(text: str, script: Script, found: Findings) -> "_Layers":
    layers = _Layers(found)
    for event in sorted(events_of(text, script, found), key=lambda event: event.start_ms):
        read = event_text(event.raw, event.start_ms, soft_breaks=script.soft_breaks)
        layers.add(event, read, script)
    return layers


class _Layers:
    """The events that are kept, and what became of the others; they come by their starts."""

    def __init__(self, found: Findings) -> None:
        self.kept: list[TimedText] = []
        self.events: list[list[Event]] = []
        self._found = found
        self._last: dict[str, int] = {}

    def add(self, event: Event, read: EventText, script: Script) -> None:
        """Keep an event, or note why it is not."""
        if read.draws:
            self._found.add("script_drawings_left_out", event.line)
        lines = ("".join(span.text for span in line) for line in text_lines(read.text))
        plain = " ".join(" ".join(lines).split())
        if plain and (read.moves or _MOVING_EFFECT.match(event.effect.strip())):
            self._found.add("script_signs_left_out", event.line)
        elif plain and self._goes_on(event, plain, is_sign=read.position is not None):
            self._found.add("script_layers_merged", event.line)
        elif plain or read.hides:
            if read.has_other_tags:
                self._found.add("script_tags_not_drawn", event.line)
            if plain:
                self._last[plain] = len(self.kept)
                self._keep(event, read, script)

    def _keep(self, event: Event, read: EventText, script: Script) -> None:
        keypad = script.keypad(event, read)
        is_sign = read.position is not None
        settings = NO_SETTINGS if read.position is None else script.settings(read.position, keypad)
        if is_sign:
            self._found.add("script_signs_restyled", event.line)
        self.kept.append(
            TimedText(
                start_ms=event.start_ms,
                end_ms=event.end_ms,
                text=read.text,
                settings=settings,
                keypad=None if is_sign or keypad == 2 else keypad,
                sign=is_sign,
                line=event.line,
            )
        )
        self.events.append([event])

    def _goes_on(self, event: Event, plain: str, *, is_sign: bool) -> bool:
        """Whether the same words stand there already; if so, let them stand as long as both.

        A sign that is set anew in each frame also follows itself.
        """
        at = self._last.get(plain)
        if at is None:
            return False
        before = self.kept[at]
        follows_ms = _SAME_SIGN_MS if is_sign and before.sign else -1
        if event.start_ms > before.end_ms + follows_ms:
            return False
        self.events[at].append(event)
        self.kept[at] = replace(before, end_ms=max(before.end_ms, event.end_ms))
        return True
