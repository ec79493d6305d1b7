"""Where and when emoji stand on the picture. Pure.

libass draws no colour: in the script an emoji is a gap of its width, and its picture is laid over
that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import chain, groupby, islice
from pathlib import Path

from engine_kit.text.emoji import ABOVE_BASELINE, SIDE
from engine_kit.text.emoji_art import rim_of

from burner.ass import STILL, Motion, Shown
from burner.standing import CROWD_MAX
from burner.styles import Frame
from media_jobs.subtitles.ass_escape import shown_ms

STEP_MS = 20
"""What moves or fades is drawn anew so often."""
BANDS_MAX = 3
"""Each costs an overlay: what stands further apart than so many stretches shares one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tint:
    """The colour (#RRGGBB) of the text that an emoji stands in, and how opaque that is, 0 to 1."""

    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A square *picture*, drawn in whole pixels. *rim*: the colour around it where it is dark."""

    y: int
    x: int
    width: int
    height: int
    picture: Path
    rim: str
    opacity: float

    @property
    def reach(self) -> int:
        """How far the rim reaches beyond the stamp."""
        return rim_of(self.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """An emoji from *start_ms* until before *end_ms*, of the caption of this number.

    *across*: pixels of the picture to one of the script.
    """

    caption: int
    start_ms: int
    end_ms: int
    stamp: Stamp
    motion: Motion
    across: float

    def moments_ms(self) -> Iterator[int]:
        """Yield when something of it changes."""
        yield self.start_ms
        yield self.end_ms
        coming_ms, going_ms = self.motion.coming_ms, self.motion.fade_out_ms
        until_ms = min(self.start_ms + coming_ms + STEP_MS, self.end_ms)
        yield from range(self.start_ms, until_ms, STEP_MS)
        yield from range(max(self.end_ms - going_ms, self.start_ms), self.end_ms, STEP_MS)

    def at(self, time_ms: int) -> Stamp:
        """Return how it stands there at a time."""
        if self.motion == STILL:
            return self.stamp
        state = self.motion.state(time_ms - self.start_ms, self.end_ms - time_ms)
        return replace(
            self.stamp,
            x=self.stamp.x + round(state.across * self.across),
            y=self.stamp.y + round(state.down),
            opacity=round(state.opacity * self.stamp.opacity, 3),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What stands there from *start_ms* until the next scene."""

    start_ms: int
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A part of the picture, at even pixels, and its scenes, the first at 0 and the last empty."""

    x: int
    y: int
    width: int
    height: int
    scenes: tuple[Scene, ...]


def signs_of(shown: Iterable[Shown], picture: Frame, tints: Mapping[str, Tint]) -> Iterator[Sign]:
    """Yield the emoji of all captions; *tints*: by the style of their lines."""
    across = picture.width / picture.shown_width
    for caption, one in enumerate(shown):
        start_ms, end_ms = shown_ms(one.caption.start_ms, one.caption.end_ms)
        for line in one.caption.lines:
            tint, side = tints[line.style], SIDE * line.em
            for run in line.line.runs:
                if run.picture is None:
                    continue
                left = line.x + run.x + (run.width - side) / 2
                # As the letters beside it: their baseline is on a whole pixel.
                top = round(line.y) - ABOVE_BASELINE * line.em
                stamp = Stamp(
                    x=round(left * across),
                    y=round(top),
                    width=max(1, round(side * across)),
                    height=max(1, round(side)),
                    picture=run.picture,
                    rim=tint.colour,
                    opacity=tint.opacity,
                )
                yield Sign(
                    caption=caption,
                    start_ms=start_ms,
                    end_ms=end_ms,
                    stamp=stamp,
                    motion=one.motion,
                    across=across,
                )


def bands_of(signs: Iterable[Sign], picture: Frame) -> tuple[Band, ...]:
    """Return the parts of the picture that have emoji, with what stands there when."""
    scenes = tuple(_scenes(sorted(signs, key=lambda sign: (sign.start_ms, sign.caption)), picture))
    stretches = _stretches(stamp for scene in scenes for stamp in scene.stamps)
    return tuple(_band(scenes, top, bottom, picture) for top, bottom in stretches)


def _scenes(signs: Sequence[Sign], picture: Frame) -> Iterator[Scene]:
    """Yield what stands there, whenever that changes; *signs* are in order of their start."""
    moments = sorted({0, *(moment for sign in signs for moment in sign.moments_ms())})
    standing: dict[int, list[Sign]] = {}
    ends: list[tuple[int, int]] = []
    begun = 0
    last: tuple[Stamp, ...] | None = None
    for moment in moments:
        while begun < len(signs) and signs[begun].start_ms <= moment:
            sign = signs[begun]
            if sign.caption not in standing:
                heappush(ends, (sign.end_ms, sign.caption))
            standing.setdefault(sign.caption, []).append(sign)
            begun += 1
        while ends and ends[0][0] <= moment:
            del standing[heappop(ends)[1]]
        crowd = chain.from_iterable(islice(standing.values(), CROWD_MAX))
        stamps = (sign.at(moment) for sign in crowd)
        seen = tuple(stamp for stamp in stamps if _is_seen(stamp, picture))
        if seen != last:
            yield Scene(start_ms=moment, stamps=seen)
            last = seen


def _is_seen(stamp: Stamp, picture: Frame) -> bool:
    inside = -stamp.width < stamp.x < picture.width and -stamp.height < stamp.y < picture.height
    return inside and stamp.opacity > 0


def _stretches(stamps: Iterable[Stamp]) -> list[tuple[int, int]]:
    """Return the heights (top, bottom) that stamps take, BANDS_MAX at most."""
    found: list[tuple[int, int]] = []
    for top, bottom in sorted({(s.y - s.reach, s.y + s.height + s.reach) for s in stamps}):
        if found and top <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], bottom))
        else:
            found.append((top, bottom))
    while len(found) > BANDS_MAX:
        nearest = min(range(len(found) - 1), key=lambda at: found[at + 1][0] - found[at][1])
        found[nearest : nearest + 2] = [(found[nearest][0], found[nearest + 1][1])]
    return found


def _band(scenes: Sequence[Scene], top: int, bottom: int, picture: Frame) -> Band:
    own = [
        replace(scene, stamps=tuple(s for s in scene.stamps if top <= s.y < bottom))
        for scene in scenes
    ]
    changes = [next(same) for _, same in groupby(own, key=lambda scene: scene.stamps)]
    stamps = [stamp for scene in changes for stamp in scene.stamps]
    left = min(stamp.x - stamp.reach for stamp in stamps)
    right = max(stamp.x + stamp.width + stamp.reach for stamp in stamps)
    (x, width), (y, height) = (
        _even(left, right, picture.width),
        _even(top, bottom, picture.height),
    )
    return Band(x=x, y=y, width=width, height=height, scenes=tuple(changes))


def _even(low: int, high: int, most: int) -> tuple[int, int]:
    """Return where a stretch within 0..*most* begins and its length, both even: for 4:2:0."""
    begin = max(0, low) // 2 * 2
    end = min(most, -(-high // 2) * 2)
    return begin, end - begin
