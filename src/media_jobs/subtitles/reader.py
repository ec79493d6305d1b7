"""Reads a file of subtitles, whatever its kind.

Cues are found in one pass that costs little; their texts are read when they are asked for.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from media_jobs.errors import InvalidInput
from media_jobs.notices import Findings, Notice
from media_jobs.subtitles import ass, ass_restyled, lrc, microdvd, subrip, ttml, webvtt, youtube
from media_jobs.subtitles.answers import unwrapped
from media_jobs.subtitles.cues import Cue, TimedText
from media_jobs.subtitles.foreign import refuse_unread
from media_jobs.subtitles.joined_lines import divided
from media_jobs.subtitles.kinds import (
    ASS,
    LRC,
    MICRODVD,
    SBV,
    SUBRIP,
    SUBTITLE_KINDS,
    TTML,
    WEBVTT,
    YOUTUBE_JSON,
    YOUTUBE_XML,
    SubtitleKind,
    kind_of,
)
from media_jobs.subtitles.markup import TIME_TAG
from media_jobs.subtitles.rolling import overlap, rolls, unrolled
from media_jobs.subtitles.subrip_tags import OF_SUBRIP
from media_jobs.subtitles.text import text_lines

__all__ = ["CUES_MAX", "SubtitleFile", "read_subtitles"]

CUES_MAX = 50_000

_TIMED: dict[SubtitleKind, Callable[[str, Findings], Iterator[TimedText]]] = {
    WEBVTT: webvtt.timed_texts,
    SUBRIP: subrip.timed_texts,
    SBV: subrip.timed_texts,
    ASS: ass_restyled.timed_texts,
    LRC: lrc.timed_texts,
    TTML: ttml.timed_texts,
    MICRODVD: microdvd.timed_texts,
    YOUTUBE_JSON: youtube.timed_events,
    YOUTUBE_XML: youtube.timed_paragraphs,
}
# Notices of a file whose cues are not those that its text says by the standard.
_REWRITTEN = frozenset(
    {"captions_unrolled", "answer_unwrapped", "line_ends_doubled", "empty_lines_missing"}
    | {"cues_repeated"}
)
_BACKGROUND = re.compile(r"<[^<>\s]*\.bg_(?:white|lime|cyan|red|yellow|magenta|blue|black)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleFile:
    r"""What a file holds, at least one cue with text. *text*: all of it, lines ended by `\n`."""

    kind: SubtitleKind
    text: str
    timed: tuple[TimedText, ...]
    notices: tuple[Notice, ...]

    @property
    def is_plain(self) -> bool:
        """Whether what is shown is what *text* says as WebVTT."""
        told = {one.code for one in self.notices}
        if self.kind is not WEBVTT or not told.isdisjoint(_REWRITTEN):
            return False
        return OF_SUBRIP.search(self.text) is None

    def cues(self) -> tuple[Cue, ...]:
        """Return the cues that have a text, in order of their start."""
        return tuple(sorted(_cues(self.timed), key=lambda cue: cue.start_ms))


def read_subtitles(text: str, *, keep_styling: bool = False) -> SubtitleFile:
    """Return what *text* holds.

    *keep_styling*: a script will be drawn as it is, so all of its events are cues. Raises
    InvalidInput when there is no cue with text, too many, or a file that is damaged.
    """
    text, were_doubled = _with_line_feeds(text)
    text, found = unwrapped(text)
    text = divided(text, found)
    if were_doubled:
        found.add("line_ends_doubled")
    kind = kind_of(text)
    if kind is None:
        refuse_unread(text)
        names = ", ".join(kind.name for kind in SUBTITLE_KINDS)
        raise InvalidInput("bad_request.subtitles", kinds=names)
    read = ass.kept_texts if kind is ASS and keep_styling else _TIMED[kind]
    timed = tuple(islice(read(text, found), CUES_MAX + 1))
    if len(timed) > CUES_MAX:
        raise InvalidInput("bad_request.subtitles_too_many", max=CUES_MAX)
    timed = _told(kind, timed, found)
    notices = found.notices()
    if next(_cues(timed), None) is None:
        if notices:
            raise _nothing_left(notices)
        raise InvalidInput("bad_request.subtitles_empty")
    return SubtitleFile(kind=kind, text=text, timed=timed, notices=notices)


def _nothing_left(notices: Sequence[Notice]) -> InvalidInput:
    """Return the refusal of a file of which nothing can be shown, for what *notices* tell."""
    values = {f"{one.key}.{name}": value for one in notices for name, value in one.values.items()}
    return InvalidInput(
        "bad_request.subtitles_left_out",
        details=None,
        told=", ".join(notice.key for notice in notices),
        **values,
    )


def _with_line_feeds(text: str) -> tuple[str, bool]:
    r"""Return *text* with lines ended by `\n`, and whether most ends were doubled (`\r\r\n`).

    A program that wrote `\r\n` through another that makes `\r\n` of `\n` leaves such.
    """
    doubled = text.count("\r\r\n")
    if were_doubled := doubled * 2 > text.count("\n"):
        text = text.replace("\r\r\n", "\n")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    # DOS ended files with this.
    return text.rstrip("\x1a"), were_doubled


def _told(
    kind: SubtitleKind, timed: tuple[TimedText, ...], found: Findings
) -> tuple[TimedText, ...]:
    """Return the cues as they are shown: unrolled where they roll; note what all kinds may have."""
    if kind is not ASS:
        timed = _once(timed, found)
    are_words_timed = any(TIME_TAG.search(one.text) is not None for one in timed)
    # What YouTube has heard stands two lines at a time.
    is_heard = kind in (YOUTUBE_JSON, YOUTUBE_XML) and are_words_timed
    if rolls(timed) or (is_heard and overlap(timed)):
        found.add("captions_unrolled")
        timed = tuple(unrolled(timed))
    if are_words_timed:
        found.add("timed_words_shown_together")
    for one in timed:
        if _BACKGROUND.search(one.text) is not None:
            found.add("backgrounds_not_drawn", one.line)
    return timed


def _once(timed: tuple[TimedText, ...], found: Findings) -> tuple[TimedText, ...]:
    """Return the cues, those that say the same in one place at one time as one.

    Pieces of a stream share cues, whole or from where the piece begins.
    """
    kept: list[TimedText] = []
    latest: dict[TimedText, int] = {}
    for one in timed:
        said = replace(one, start_ms=0, end_ms=0, text=one.text.strip(), line=None)
        at = latest.get(said)
        if at is not None and kept[at].start_ms <= one.start_ms < kept[at].end_ms:
            kept[at] = replace(kept[at], end_ms=max(kept[at].end_ms, one.end_ms))
            found.add("cues_repeated", one.line)
        else:
            latest[said] = len(kept)
            kept.append(one)
    return tuple(kept)


def _cues(timed: tuple[TimedText, ...]) -> Iterator[Cue]:
    for one in timed:
        lines = text_lines(one.text)
        if lines:
            yield Cue(
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                lines=lines,
                settings=one.settings,
                keypad=one.keypad,
                sign=one.sign,
                line=one.line,
            )
