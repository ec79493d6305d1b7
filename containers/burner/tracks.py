"""Two tracks of subtitles, joined by time. Pure; the rule and its reasons are decision 0041.

The first track keeps its times. A bound of the second that is near one of the first becomes the
same, so that both languages come and go with one frame; what is not near stays as it is. No cue is
divided: each is drawn from its start to its end, whatever the other language does meanwhile.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from media_jobs.messages import Value
from media_jobs.notices import Notice
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.rolling import SHORTEST_MS

NEAR_MS = 500
"""Bounds of two languages that are no further apart are meant to be one."""
LENGTH_SHARE = 0.25
"""No bound moves by more than this share of its cue's length."""

GROUP_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapped:
    """The second track's cues at the first one's times, and by how much they were moved."""

    cues: tuple[Cue, ...]
    count: int = 0
    most_ms: int = 0

    def notices(self) -> Iterator[Notice]:
        """Yield what to know of it."""
        if self.count:
            facts: dict[str, Value] = {"count": self.count, "most_ms": self.most_ms}
            yield Notice(code="cues_snapped", facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackCue:
    """A cue of one of two tracks. *number*: counted through both; *is_second*: its track."""

    number: int
    cue: Cue
    is_second: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two tracks whose cues are numbered through. *firsts*: how many the first one has.

    *names*: of both in notices.
    """

    firsts: int
    names: tuple[str, str]

    def is_second(self, number: int) -> bool:
        """Whether the cue of this number is of the second track."""
        return number > self.firsts

    def own(self, number: int) -> int:
        """Return the number of a cue in its own track."""
        return number - self.firsts if self.is_second(number) else number


def snapped(first: Sequence[Cue], second: Sequence[Cue]) -> Snapped:
    """Move the bounds of *second* to near ones of *first*, starts to starts and ends to ends.

    Both are in order of start. Signs belong to the picture: they neither move nor draw others.
    """
    spoken = [cue for cue in first if not cue.sign]
    starts = sorted({cue.start_ms for cue in spoken})
    ends = sorted({cue.end_ms for cue in spoken})
    bounds = [
        [cue.start_ms, cue.end_ms]
        if cue.sign
        else [
            _near(cue.start_ms, starts, _reach_ms(cue)),
            _near(cue.end_ms, ends, _reach_ms(cue)),
        ]
        for cue in second
    ]
    for (before, after), (left, right) in zip(pairwise(second), pairwise(bounds), strict=True):
        if before.end_ms <= after.start_ms and left[1] > right[0]:
            _part(before, after, left, right)
    moved = [
        max(abs(start - cue.start_ms), abs(end - cue.end_ms))
        for cue, (start, end) in zip(second, bounds, strict=True)
    ]
    cues = (
        replace(cue, start_ms=start, end_ms=end)
        for cue, (start, end) in zip(second, bounds, strict=True)
    )
    return Snapped(
        cues=tuple(sorted(cues, key=lambda cue: cue.start_ms)),
        count=sum(1 for ms in moved if ms),
        most_ms=max(moved, default=0),
    )


def _reach_ms(cue: Cue) -> int:
    """Return how far a bound of *cue* may move: it stays long enough to be read."""
    length_ms = cue.end_ms - cue.start_ms
    spare_ms = (length_ms - SHORTEST_MS) // 2
    return max(0, min(NEAR_MS, int(length_ms * LENGTH_SHARE), spare_ms))


def _near(time_ms: int, times_ms: Sequence[int], reach_ms: int) -> int:
    """Return the nearest of *times_ms*, which are in order, or *time_ms* where none is near."""
    at = bisect_left(times_ms, time_ms)
    nearest = min(times_ms[max(at - 1, 0) : at + 1], key=lambda t: abs(t - time_ms), default=None)
    return time_ms if nearest is None or abs(nearest - time_ms) > reach_ms else nearest


def _part(before: Cue, after: Cue, left: list[int], right: list[int]) -> None:
    """Keep neighbours apart that moving has laid over each other: one bound is that of both.

    It is the one that moved, unless the other cue cannot give way so far.
    """
    begins_ms, ends_ms = right[0], left[1]
    if before.end_ms - begins_ms <= _reach_ms(before):
        left[1] = begins_ms
    elif ends_ms - after.start_ms <= _reach_ms(after):
        right[0] = ends_ms
    else:
        left[1], right[0] = before.end_ms, after.start_ms


def of_both(first: Sequence[Cue], second: Sequence[Cue]) -> list[TrackCue]:
    """Return the cues of both tracks in order of start, numbered through."""
    found = [
        TrackCue(number=number, cue=cue, is_second=number > len(first))
        for number, cue in enumerate((*first, *second), start=1)
    ]
    return sorted(found, key=lambda one: one.cue.start_ms)


def groups(cues: Iterable[TrackCue]) -> Iterator[tuple[TrackCue, ...]]:
    """Divide *cues*, in order of start, into groups of which no two stand at one time."""
    group: list[TrackCue] = []
    until_ms = 0
    for one in cues:
        if group and one.cue.start_ms >= until_ms:
            yield tuple(group)
            group, until_ms = [], 0
        group.append(one)
        until_ms = max(until_ms, one.cue.end_ms)
    if group:
        yield tuple(group)


def near_groups(
    first: Sequence[Cue], second: Sequence[Cue], since_ms: int, until_ms: int
) -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    """Return the cues of both tracks that are seen in that time, with those of their groups.

    Of a group of more than GROUP_MAX, those alone that are seen then.
    """
    tracks: tuple[list[Cue], list[Cue]] = ([], [])
    for group in groups(of_both(first, second)):
        seen = [one for one in group if one.cue.start_ms <= until_ms and one.cue.end_ms > since_ms]
        for one in group if seen and len(group) <= GROUP_MAX else seen:
            tracks[one.is_second].append(one.cue)
    return tuple(tracks[0]), tuple(tracks[1])


def track_names(languages: Sequence[str | None]) -> tuple[str, str]:
    """Return what notices call two tracks: by their languages, or 1 and 2 where these do not tell.

    *languages*: of the first and of the second, where they are known.
    """
    first, second = languages
    if first is None or second is None or first == second:
        return "1", "2"
    return first, second


def told_of(track: str, notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return *notices* with the name of the track that they are about."""
    return tuple(replace(notice, track=track) for notice in notices)
