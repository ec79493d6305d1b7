"""The subtitles of one job: a file's cues, with the job's policies for overlaps and places."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from engine_kit.cues import recut_cues
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.timeline import LONG_GAP_S

from burner.languages import languages
from burner.placement import is_followed
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.errors import InvalidInput
from media_jobs.notices import Findings, Notice
from media_jobs.said import said, said_by
from media_jobs.subtitles.ass import kept_script
from media_jobs.subtitles.ass_escape import ass_time
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.decoding import decode
from media_jobs.subtitles.kinds import ASS
from media_jobs.subtitles.microdvd import FRAME_RATE
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.text import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSubtitles:
    """What is drawn: cues in order of their start; *kept*: an ASS script in its own styling.

    *kind*: the id of a kind of subtitles. *notices*: what is not drawn as the file
    has it. *frame_rate*: the one that was assumed of a file that counts in frames. *language*: BCP
    47, where it is known.
    """

    kind: str
    cues: tuple[Cue, ...]
    kept: str | None = None
    notices: tuple[Notice, ...] = ()
    frame_rate: float | None = None
    language: str | None = None

    @property
    def text(self) -> str:
        """All characters of all cues."""
        return "\n".join(cue.text for cue in self.cues)


def job_subtitles(
    data: bytes,
    options: BurnOptions,
    *,
    language: str | None = None,
    is_second: bool = False,
) -> JobSubtitles:
    """Return what is drawn of a file, which may be the second track, and be in a known *language*.

    Raises EngineFailure(subtitles_invalid) when it is of no kind that is read, is in no encoding
    that is known, holds no cue to draw, too many, or cues at one time where that is not allowed.
    """
    keeps = options.ass_styling == "keep"
    try:
        decoded = decode(data, hint=language)
        file = read_subtitles(decoded.text, keep_styling=keeps)
    except InvalidInput as refused:
        raise EngineFailure(FailureCode.SUBTITLES_INVALID, said_by(refused)) from None
    kind, cues = file.kind.id, file.cues()
    style = options.secondary_style if is_second else options.style
    kept = file.kind is ASS and keeps
    by_words = kept or style.highlight != "none"
    notices = tuple(
        notice
        for notice in (*decoded.notices, *file.notices)
        if not (by_words and notice.code == "timed_words_shown_together")
    )
    if kept:
        return JobSubtitles(
            kind=kind,
            cues=cues,
            kept=kept_script(file.text),
            notices=notices,
            language=language,
        )
    if options.recut is not None and _has_two_languages(cues):
        notices += (Notice(code="cues_not_recut"),)
    elif options.recut is not None:
        cut = recut_cues(cues, language, options.recut)
        cues, notices = cut.cues, (*notices, *cut.notices)
    notices += tuple(_of_places(cues, options))
    found = Findings()
    cues = without_overlaps(cues, options, found)
    assumed = any(notice.code == "frame_rate_assumed" for notice in file.notices)
    return JobSubtitles(
        kind=kind,
        cues=cues,
        notices=(*notices, *found.notices()),
        frame_rate=FRAME_RATE if assumed else None,
        language=language,
    )


def at_frame_rate(subtitles: JobSubtitles, frame_rate: float | None) -> JobSubtitles:
    """Return *subtitles* with the frames that they count being a video's, where none were named."""
    if subtitles.frame_rate is None or frame_rate is None:
        return subtitles
    factor = subtitles.frame_rate / frame_rate
    cues = tuple(
        replace(cue, start_ms=round(cue.start_ms * factor), end_ms=round(cue.end_ms * factor))
        for cue in subtitles.cues
    )
    return replace(subtitles, cues=cues, frame_rate=frame_rate)


def with_a_frame_each(subtitles: JobSubtitles, frame_rate: float | None) -> JobSubtitles:
    """Return *subtitles* with no cue so short that it would stand between two frames.

    It stands as long as one frame does, or until the next cue comes. Frames that are further apart
    than LONG_GAP_S have others between them where text changes.
    """
    if subtitles.kept is not None:
        return subtitles
    frame_s = min(1 / frame_rate, LONG_GAP_S) if frame_rate else LONG_GAP_S
    # Scripts count in hundredths.
    least_ms = math.ceil(frame_s * 100) * 10
    found: list[Cue] = []
    next_ms: float = math.inf
    for number in range(len(subtitles.cues) - 1, -1, -1):
        cue = subtitles.cues[number]
        seen_ms = cue.start_ms // 10 * 10 + least_ms
        end_ms = max(cue.end_ms, int(min(seen_ms, next_ms)))
        found.append(cue if end_ms == cue.end_ms else replace(cue, end_ms=end_ms))
        if number and subtitles.cues[number - 1].start_ms < cue.start_ms:
            next_ms = cue.start_ms
    return replace(subtitles, cues=tuple(reversed(found)))


def _has_two_languages(cues: Sequence[Cue]) -> bool:
    """Whether most cues are two languages, one below the other: one sentence would become two."""
    divided = sum(1 for cue in cues if languages(cue.lines)[1])
    return divided * 2 > len(cues)


def _of_places(cues: tuple[Cue, ...], options: BurnOptions) -> Iterable[Notice]:
    placed = sum(1 for cue in cues if cue.has_place and not cue.sign)
    if placed and options.cue_settings == "ignore":
        yield Notice(code="places_not_followed", facts={"count": placed})
        return
    odd = sum(1 for cue in cues if not is_followed(cue))
    if odd:
        yield Notice(code="settings_not_followed", facts={"count": odd})


def without_overlaps(
    cues: tuple[Cue, ...], options: BurnOptions, found: Findings
) -> tuple[Cue, ...]:
    """Return *cues* as the job wants those of one time; raises EngineFailure(subtitles_invalid)."""
    match options.overlaps:
        case "stack":
            return cues
        case "fail":
            _refuse_overlaps(cues)
            return cues
        case "cut":
            return tuple(_cut(cues, found))


def _refuse_overlaps(cues: tuple[Cue, ...]) -> None:
    end_ms = 0
    for cue in cues:
        if cue.start_ms < end_ms:
            raise EngineFailure(
                FailureCode.SUBTITLES_INVALID,
                said("failure.cues_overlap", at=ass_time(cue.start_ms)),
            )
        end_ms = max(end_ms, cue.end_ms)


def _cut(cues: tuple[Cue, ...], found: Findings) -> Iterable[Cue]:
    """Yield one cue at a time: those that begin together as one, each until the next begins.

    As one they have as much text as one cue may have.
    """
    groups = [tuple(group) for _, group in groupby(cues, key=lambda cue: cue.start_ms)]
    for group, after in zip_longest(groups, groups[1:]):
        ends_ms = [max(cue.end_ms for cue in group)]
        if after is not None:
            ends_ms.append(after[0].start_ms)
        lines = tuple(_within_limit(line for cue in group for line in cue.lines))
        if len(lines) < sum(len(cue.lines) for cue in group):
            found.add("cue_text_cut", group[0].line)
        yield replace(group[0], end_ms=min(ends_ms), lines=lines)


def _within_limit(lines: Iterable[Line]) -> Iterable[Line]:
    chars = 0
    for line in lines:
        chars += 1 + sum(len(span.text) for span in line)
        if chars > TEXT_CHARS_MAX + 1:
            return
        yield line
