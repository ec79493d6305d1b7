"""Two languages that come and go at times of their own, in one place of the picture.

Each has a lane. The lanes of a group of captions, which are linked by standing at one time, meet at
a seam that stays where it is: the upper language stands on it, the lower one hangs from it. So a
line stands still while the other language changes, has more lines, or is gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from burner.boxes import PlacedBox, box_around
from burner.captions import Caption
from burner.standing import CROWD_MAX, Standing
from burner.texts import Anchor
from media_jobs.subtitles.rolling import SHORTEST_MS


def stacked(captions: Iterable[Caption], *, upwards: bool) -> list[Caption]:
    """Return a lane: the captions of one language, those of one time away from its edge."""
    standing = Standing()
    ordered = sorted(captions, key=lambda caption: caption.start_ms)
    return [standing.pushed(caption, upwards=upwards) for caption in ordered]


def on_seam(
    above: Sequence[Caption], below: Sequence[Caption], gap: float, anchor: Anchor
) -> list[Caption]:
    """Return two lanes that meet at a seam, as a block at the anchor's place."""
    upper = stacked((one.moved(-one.bottom) for one in above), upwards=True)
    lower = stacked((one.moved(gap - one.top) for one in below), upwards=False)
    top, bottom = min(one.top for one in upper), max(one.bottom for one in lower)
    down = anchor.top_of(bottom - top) - top
    return [one.moved(down) for one in (*upper, *lower)]


def whole(captions: Sequence[Caption]) -> Caption:
    """Return one caption that takes the room of all, for as long as any of them stands."""
    return replace(
        captions[0],
        number=None,
        start_ms=min(one.start_ms for one in captions),
        end_ms=max(one.end_ms for one in captions),
        lines=tuple(line for one in captions for line in one.lines),
        boxes=(),
        top=min(one.top for one in captions),
        bottom=max(one.bottom for one in captions),
        left=min(one.left for one in captions),
        right=max(one.right for one in captions),
    )


def in_one_box(captions: Sequence[Caption]) -> list[Caption]:
    """Return *captions* without boxes, and the box around those of each time as a caption.

    Where the captions are too many for one place, each keeps its own.
    """
    spans = _spans(captions)
    if spans is None:
        return list(captions)
    boxes: list[Caption] = []
    for start_ms, end_ms, standing in spans:
        parts = [box for one in standing for box in one.boxes]
        if not parts:
            continue
        box = box_around(parts)
        if boxes and boxes[-1].end_ms == start_ms and _is_same(boxes[-1].boxes[0], box):
            boxes[-1] = replace(boxes[-1], end_ms=end_ms)
            continue
        boxes.append(
            replace(
                standing[0], number=None, start_ms=start_ms, end_ms=end_ms, lines=(), boxes=(box,)
            )
        )
    return [*boxes, *(replace(one, boxes=()) for one in captions)]


def _is_same(one: PlacedBox, other: PlacedBox) -> bool:
    return (one.x, one.y, one.corners) == (other.x, other.y, other.corners)


def _spans(captions: Sequence[Caption]) -> list[tuple[int, int, list[Caption]]] | None:
    """Return from when to when the same captions stand, None where they are ever too many.

    A span that is too short to be seen belongs to its neighbour where all of it stands, too.
    """
    bounds = sorted({ms for one in captions for ms in (one.start_ms, one.end_ms)})
    ordered = sorted(captions, key=lambda one: one.start_ms)
    spans: list[tuple[int, int, list[Caption]]] = []
    standing: list[Caption] = []
    begun = 0
    for start_ms, end_ms in pairwise(bounds):
        stood = begun
        while begun < len(ordered) and ordered[begun].start_ms <= start_ms:
            begun += 1
        # A list of its own: that of the span before stays with it.
        standing = [one for one in (*standing, *ordered[stood:begun]) if one.end_ms > start_ms]
        if len(standing) > CROWD_MAX:
            return None
        if spans and end_ms - start_ms < SHORTEST_MS and _are_among(standing, spans[-1][2]):
            spans[-1] = (spans[-1][0], end_ms, spans[-1][2])
            continue
        is_short = bool(spans) and spans[-1][1] - spans[-1][0] < SHORTEST_MS
        if is_short and _are_among(spans[-1][2], standing):
            start_ms = spans.pop()[0]
        spans.append((start_ms, end_ms, standing))
    return spans


def _are_among(some: Sequence[Caption], others: Sequence[Caption]) -> bool:
    return {id(one) for one in some} <= {id(one) for one in others}
