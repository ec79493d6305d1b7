"""Reads an ASS script of ours back, for the judge of a burn, who knows nothing of its writer.

Source: "Advanced SubStation Alpha" (v4.00+) as libass reads it: sections of `Key: value` lines,
whose columns a `Format:` line names; the last column keeps the commas that are left.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

Row = Mapping[str, str]
"""The columns of a line in their order, by their names in small letters."""

_TIME = re.compile(r"(\d+):(\d\d):(\d\d)\.(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A `Dialogue:` line. *number*: of the cue that it shows, or a part of it; None for others."""

    start_ms: int
    end_ms: int
    number: int | None
    row: Row

    @property
    def middle_ms(self) -> int:
        """The time half way through, in the centiseconds that scripts count in."""
        return (self.start_ms + self.end_ms) // 20 * 10

    def moved(self, by_ms: int) -> "Event":
        """Return the same at another time."""
        return replace(self, start_ms=self.start_ms + by_ms, end_ms=self.end_ms + by_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The parts of a script. *head*: the lines of `[Script Info]`."""

    head: tuple[str, ...]
    styles: tuple[Row, ...]
    events: tuple[Event, ...]


def read_script(text: str) -> Script:
    """Return the parts of an ASS script; raises ValueError when a time is not h:mm:ss.cc."""
    head: list[str] = []
    styles: list[Row] = []
    events: list[Event] = []
    columns: tuple[str, ...] = ()
    section = ""
    for line in text.removeprefix("\ufeff").splitlines():
        if line.startswith("["):
            section, columns = line.strip().lower(), ()
            continue
        key, _, value = line.partition(":")
        match key.strip().lower():
            case "format":
                columns = tuple(name.strip().lower() for name in value.split(","))
            case "style" if columns:
                styles.append(_row(columns, value))
            case "dialogue" if columns:
                events.append(_event(_row(columns, value)))
            case _ if section == "[script info]" and line.strip():
                head.append(line)
    return Script(head=tuple(head), styles=tuple(styles), events=tuple(events))


def write_script(script: Script) -> str:
    """Return *script* as a file."""
    events = [
        {**event.row, "start": _written(event.start_ms), "end": _written(event.end_ms)}
        for event in script.events
    ]
    return "\n".join(
        [
            *("[Script Info]", *script.head, ""),
            *("[V4+ Styles]", *_table("Style", script.styles), ""),
            *("[Events]", *_table("Dialogue", events), ""),
        ]
    )


def _table(kind: str, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    return [f"Format: {', '.join(rows[0])}", *(f"{kind}: {','.join(r.values())}" for r in rows)]


def _row(columns: tuple[str, ...], value: str) -> Row:
    return dict(zip(columns, value.lstrip().split(",", len(columns) - 1), strict=True))


def _event(row: Row) -> Event:
    return Event(
        start_ms=_read(row["start"]),
        end_ms=_read(row["end"]),
        number=int(row["name"]) if row["name"].isdecimal() else None,
        row=row,
    )


def _read(time: str) -> int:
    found = _TIME.fullmatch(time)
    if found is None:
        raise ValueError(f"{time!r} is not h:mm:ss.cc")
    hours, minutes, seconds, centis = (int(part) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + centis * 10


def _written(time_ms: int) -> str:
    minutes, rest = divmod(time_ms, 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000 // 10:02}"
