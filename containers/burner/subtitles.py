"""Reads a file of subtitles, whatever its kind: told by its content, because the field that brings
it has one name for all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from engine_kit.failures import EngineFailure, FailureCode

from burner.cues import (
    Cue,
    has_block,
    has_timed_parts,
    is_webvtt,
    timed_cues,
    unreadable_cues,
)
from burner.markup import ass_time
from burner.placement import is_followed
from burner.ssa import is_ass, kept_script, scripted_cues
from media_jobs.engines.burner.options import BurnOptions

CUES_MAX = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtitles:
    """What a file holds: cues in order of their start; *kept*: an ASS script in its own styling.

    *notices*: sentences about what is not drawn as the file has it.
    """

    kind: Literal["webvtt", "subrip", "ass"]
    cues: tuple[Cue, ...]
    kept: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All characters of all cues."""
        return "\n".join(cue.text for cue in self.cues)


def read_subtitles(data: bytes, options: BurnOptions) -> Subtitles:
    """Return what *data* holds, with the job's policies for overlaps and places applied.

    Raises EngineFailure(subtitles_invalid) when it is no WebVTT, SubRip or ASS, holds no cue to
    draw, too many, or cues at one time where that is not allowed.
    """
    lines = _decoded(data).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kind: Literal["webvtt", "subrip", "ass"] = "webvtt" if is_webvtt(lines) else "subrip"
    if is_ass(lines):
        kind = "ass"
    cues = _taken(scripted_cues(lines) if kind == "ass" else timed_cues(lines))
    if not cues:
        reason = "are neither WebVTT nor SubRip nor ASS"
        if kind != "subrip":
            reason = "hold no cue with text"
        raise EngineFailure(FailureCode.SUBTITLES_INVALID, f"The subtitles {reason}.")
    if kind == "ass" and options.ass_styling == "keep":
        return Subtitles(kind=kind, cues=cues, kept=kept_script(lines))
    notices = tuple(_notices(kind, lines, cues, options))
    return Subtitles(kind=kind, cues=_without_overlaps(cues, options), notices=notices)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Windows programs save SubRip so.
        return data.decode("utf-16", "replace").replace("\0", "\ufffd")
    return data.decode("utf-8-sig", "replace").replace("\0", "\ufffd")


def _taken(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    taken = []
    for cue in cues:
        taken.append(cue)
        if len(taken) > CUES_MAX:
            raise EngineFailure(
                FailureCode.SUBTITLES_INVALID, f"The subtitles have more than {CUES_MAX} cues."
            )
    return tuple(sorted(taken, key=lambda cue: cue.start_ms))


def _notices(
    kind: str, lines: list[str], cues: tuple[Cue, ...], options: BurnOptions
) -> Iterable[str]:
    if kind != "ass":
        yield from _of_the_file(kind, lines)
    placed = sum(1 for cue in cues if cue.settings)
    if placed and options.cue_settings == "ignore":
        yield f"{placed} cues have a place of their own, which is not followed."
        return
    odd = sum(1 for cue in cues if not is_followed(cue))
    if odd:
        yield f"{odd} cues have settings that can't be followed: vertical text or a region."


def _of_the_file(kind: str, lines: list[str]) -> Iterable[str]:
    if kind == "subrip" and lines[0].strip("\ufeff ").upper().startswith("WEBVTT"):
        yield "The first line is not as WebVTT has it: the file is read as SubRip."
    if kind == "webvtt" and has_block(lines, "REGION"):
        yield "The file's regions are not drawn."
    if kind == "webvtt" and has_block(lines, "STYLE"):
        yield "The file's own styles are not drawn."
    if has_timed_parts(lines):
        yield "Cues that should appear bit by bit are shown as a whole."
    unreadable = unreadable_cues(lines)
    if unreadable:
        reason = "their times can't be read, or end before they begin"
        yield f"{unreadable} cues are left out: {reason}."


def _without_overlaps(cues: tuple[Cue, ...], options: BurnOptions) -> tuple[Cue, ...]:
    match options.overlaps:
        case "stack":
            return cues
        case "fail":
            _refuse_overlaps(cues)
            return cues
        case "cut":
            return tuple(_cut(cues))


def _refuse_overlaps(cues: tuple[Cue, ...]) -> None:
    end_ms = 0
    for cue in cues:
        if cue.start_ms < end_ms:
            raise EngineFailure(
                FailureCode.SUBTITLES_INVALID,
                f"A cue begins at {ass_time(cue.start_ms)}, before an earlier one has ended.",
            )
        end_ms = max(end_ms, cue.end_ms)


def _cut(cues: tuple[Cue, ...]) -> Iterable[Cue]:
    """Yield one cue at a time: those that begin together as one, each until the next begins."""
    pending: Cue | None = None
    for cue in cues:
        if pending is None:
            pending = cue
        elif cue.start_ms == pending.start_ms:
            pending = replace(
                pending, end_ms=max(pending.end_ms, cue.end_ms), lines=pending.lines + cue.lines
            )
        else:
            yield replace(pending, end_ms=min(pending.end_ms, cue.start_ms))
            pending = cue
    if pending is not None:
        yield pending
