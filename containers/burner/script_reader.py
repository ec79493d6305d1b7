r"""Reads an ASS script back, for the judge of a burn, who knows nothing of its writer.

Source: "Advanced SubStation Alpha" (v4.00+) as libass reads it: sections of `Key: value` lines,
whose columns a `Format:` line names; the last column keeps the commas that are left. Lines that
libass can't read are left out, as it does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from media_jobs.characters import is_invisible
from media_jobs.subtitles.ass_tags import ASS_TAG

Row = Mapping[str, str]
"""The columns of a line in their order, by their names in small letters."""

EVENT_COLUMNS = (
    *("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"),
)
TAGS = re.compile(r"(?<!\\)\{([^}]*)\}")
"""A block of override tags in an event's text."""

_TIME = re.compile(r"\s*(\d{1,4}):(\d\d):(\d\d)[.:](\d\d)\s*", re.ASCII)
_BREAKS = re.compile(r"\\[Nnh]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_STYLE_HEADS = ("[v4+ styles]", "[v4 styles]")


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

    @property
    def text(self) -> str:
        """What is drawn, with its tags."""
        return self.row["text"]

    def moved(self, by_ms: int) -> "Event":
        """Return the same at another time."""
        return replace(self, start_ms=self.start_ms + by_ms, end_ms=self.end_ms + by_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The parts of a script. *head*: the lines before the events, as they are.

    *styles*: by their names. *height*: of its canvas, None where it does not say.
    """

    head: tuple[str, ...]
    styles: Mapping[str, Row]
    events: tuple[Event, ...]
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """A part of an event's text that is seen as letters: in which font, how large.

    *size*: as ASS counts, in pixels of the script's canvas.
    """

    text: str
    font: str
    size: float


def read_script(text: str) -> Script:
    """Return the parts of an ASS script."""
    head: list[str] = []
    styles: dict[str, Row] = {}
    events: list[Event] = []
    columns: tuple[str, ...] = ()
    section, height = "", None
    for line in text.removeprefix("\ufeff").splitlines():
        if line.startswith("["):
            section = line.strip().lower()
            columns = EVENT_COLUMNS if section == "[events]" else ()
        if section != "[events]":
            head.append(line)
        key, _, value = line.partition(":")
        match key.strip().lower():
            case "format":
                columns = tuple(name.strip().lower() for name in value.split(","))
            case "style" if section in _STYLE_HEADS and (row := _row(columns, value)):
                styles[row.get("name", "").strip()] = row
            case "dialogue" if section == "[events]" and (row := _row(columns, value)):
                if (event := _event(row)) is not None:
                    events.append(event)
            case "playresy" if value.strip().isdecimal():
                height = int(value) or None
            case _:
                pass
    return Script(head=tuple(head), styles=styles, events=tuple(events), height=height)


def write_script(script: Script) -> str:
    """Return *script* as a file."""
    rows = [
        {**event.row, "start": _written(event.start_ms), "end": _written(event.end_ms)}
        for event in script.events
    ]
    table = [f"Format: {', '.join(rows[0])}"] if rows else []
    table += [f"Dialogue: {','.join(row.values())}" for row in rows]
    return "\n".join([*script.head, "[Events]", *table, ""])


def letters_of(event: Event, styles: Mapping[str, Row]) -> Iterator[Letters]:
    """Yield the parts of *event* that are letters: no drawings, and nothing that is not seen."""
    font, size = _face(styles, event.row.get("style", ""))
    drawing, at = False, 0
    for block in (*TAGS.finditer(event.text), None):
        part = event.text[at : len(event.text) if block is None else block.start()]
        shown = _BREAKS.sub(" ", part)
        if not drawing and not all(map(is_invisible, shown)):
            yield Letters(text=shown, font=font, size=size)
        if block is None:
            return
        at = block.end()
        for name, value in ASS_TAG.findall(block[1]):
            match name:
                case "fn":
                    font = value.strip() or _face(styles, event.row.get("style", ""))[0]
                case "fs" if _NUMBER.fullmatch(value.strip()):
                    size = float(value)
                case "r":
                    font, size = _face(styles, value.strip() or event.row.get("style", ""))
                case "p":
                    drawing = value.strip() not in ("", "0")
                case _:
                    pass


def _face(styles: Mapping[str, Row], name: str) -> tuple[str, float]:
    """Return the font and the size of a style; libass takes the first for one that is not there."""
    name = name.strip().lstrip("*")
    row = styles.get(name) or next(iter(styles.values()), {})
    size = row.get("fontsize", "").strip()
    return row.get("fontname", "").strip(), float(size) if _NUMBER.fullmatch(size) else 0.0


def _row(columns: Sequence[str], value: str) -> Row | None:
    values = value.lstrip().split(",", len(columns) - 1) if columns else ()
    return dict(zip(columns, values, strict=True)) if len(values) == len(columns) else None


def _event(row: Row) -> Event | None:
    start_ms, end_ms = _read(row.get("start", "")), _read(row.get("end", ""))
    if start_ms is None or end_ms is None or end_ms <= start_ms or "text" not in row:
        return None
    name = row.get("name", "")
    return Event(
        start_ms=start_ms,
        end_ms=end_ms,
        number=int(name) if name.isdecimal() else None,
        row=row,
    )


def _read(time: str) -> int | None:
    found = _TIME.fullmatch(time)
    if found is None:
        return None
    hours, minutes, seconds, centis = (int(part) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + centis * 10


def _written(time_ms: int) -> str:
    minutes, rest = divmod(time_ms, 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000 // 10:02}"
