"""TTML's paragraphs as cues: by their own times, or by those of the spans within them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import OPEN_MS, TimedText
from media_jobs.subtitles.markup import escaped, time_tag
from media_jobs.subtitles.ttml_styles import Look

__all__ = ["Paragraph", "Run", "Scope", "paragraph_cues"]


@dataclass(frozen=True, slots=True)
class Scope:
    """An open element of the content. *end_ms*: None where no time ends it.

    *follow*: those within begin where the one before has ended. *keeps*: its white space counts.
    *is_timed*: it has times, or is within a span with such. *begins*: something says when.
    *unread*: a time of it can't be read.
    """

    name: str
    start_ms: int
    end_ms: int | None
    is_timed: bool
    look: Look
    keypad: int | None
    follow: bool = False
    keeps: bool = False
    begins: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one span."""

    text: str
    scope: Scope

    @property
    def is_timed(self) -> bool:
        """Whether it has times of its own within the paragraph."""
        return self.scope.is_timed and self.scope.name == "span"


@dataclass(slots=True)
class Paragraph:
    """An open paragraph. *is_sung*: it is of lyrics, whose words stay when they were sung."""

    scope: Scope
    line: int
    is_sung: bool = False
    runs: list[Run] = field(default_factory=list)


def paragraph_cues(paragraph: Paragraph, found: Findings) -> Iterator[TimedText]:
    """Yield one cue, or one for each span where these alone have times."""
    if not "".join(run.text for run in paragraph.runs).strip():
        return
    scope = paragraph.scope
    timed = [run for run in paragraph.runs if run.is_timed and run.text.strip()]
    untimed = "".join(run.text for run in paragraph.runs if not run.is_timed).strip()
    end_early = any(run.scope.end_ms != scope.end_ms for run in timed)
    whole = scope.is_timed or (scope.begins and untimed)
    if not timed or (whole and (paragraph.is_sung or untimed or not end_early)):
        if end_early and not paragraph.is_sung:
            found.add("timed_words_shown_together")
        yield from _cue(paragraph, scope.start_ms, scope.end_ms, paragraph.runs, found)
        return
    if untimed:
        found.add("text_outside_cues", paragraph.line)
    for (start_ms, end_ms), runs in _together(paragraph.runs).items():
        if any(run.text.strip() for run in runs):
            yield from _cue(paragraph, start_ms, end_ms, runs, found)


def _together(runs: list[Run]) -> dict[tuple[int, int | None], list[Run]]:
    """Return the runs of each time, with the blanks and line breaks that stand between them."""
    spans: dict[tuple[int, int | None], list[Run]] = {}
    blanks: list[Run] = []
    at: tuple[int, int | None] | None = None
    for run in runs:
        if not run.is_timed:
            blanks += [] if run.text.strip() else [run]
            continue
        before, at = at, (run.scope.start_ms, run.scope.end_ms)
        kept = spans.setdefault(at, [])
        kept += blanks if before == at else [replace(run, text=" ")] if kept else []
        kept.append(run)
        blanks = []
    return spans


def _cue(
    paragraph: Paragraph, start_ms: int, end_ms: int | None, runs: list[Run], found: Findings
) -> Iterator[TimedText]:
    scope = runs[-1].scope
    if scope.unread or (end_ms is None and not scope.begins):
        found.add("cue_times_unreadable", paragraph.line)
        return
    if end_ms is not None and end_ms <= start_ms:
        found.add("cue_ends_too_early", paragraph.line)
        return
    text = _marked(runs, start_ms)
    if len(text) > TEXT_CHARS_MAX:
        found.add("cue_text_cut", paragraph.line)
    yield TimedText(
        start_ms=start_ms,
        end_ms=OPEN_MS if end_ms is None else end_ms,
        text=text[:TEXT_CHARS_MAX],
        keypad=paragraph.scope.keypad,
        line=paragraph.line,
    )


def _marked(runs: list[Run], start_ms: int) -> str:
    """Return the text of *runs* in WebVTT's tags; no blank begins a line."""
    parts: list[str] = []
    at_ms, ends_blank = start_ms, True
    for run in runs:
        text = run.text.lstrip(" \n" if not parts else " ") if ends_blank else run.text
        if not text:
            continue
        ends_blank = text[-1].isspace()
        if run.scope.start_ms > at_ms and text.strip():
            at_ms = run.scope.start_ms
            parts.append(time_tag(at_ms))
        parts.append(run.scope.look.marked(escaped(text)))
    return "".join(parts).strip()
