"""What lies over background and source, from the back to the front, and how it moves. Pure.

Every layer is one picture. The order: the source's corners, what is known of a source that fills
the picture, the feed of cards, the texts that scroll in their cards, veils, progress bar,
countdown, cover, watermark. The source itself lies below them all, and once more below the cover.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from remotion.feed import Feed, Piece
from remotion.layout import Box, Layout
from remotion.motion import Ease, Motion, Ring, SecondsLeft, Step, Track, fixed, through
from remotion.timing import Schedule

COUNTDOWN_STATES = 60
COVER_LEAVES_S = 0.8
_LINE_COMES_S = 0.5
_LINE_TAKES_S = 0.7
_SCROLL_RESTS_S = 1.2
# The lowest card is a fifth of the height: more than two never fit beside the one in the middle.
_NEIGHBOURS = 2


class PictureKind(StrEnum):
    """What a picture shows; the value begins its file's name."""

    BACKGROUND = "background"
    CORNER = "corner"
    INFO = "info"
    FEED = "feed"
    SCROLL = "scroll"
    SCROLL_EDGE = "scroll-edge"
    VEIL_ABOVE = "veil-above"
    VEIL_BELOW = "veil-below"
    BAR = "bar"
    COUNTDOWN = "countdown"
    SECONDS = "countdown-seconds"
    COVER = "cover"
    COVER_LINE = "cover-line"
    WATERMARK = "watermark"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a video; *number* distinguishes those of one kind."""

    kind: PictureKind
    number: int | None = None

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.kind}.tif" if self.number is None else f"{self.kind}-{self.number:03}.tif"


BACKGROUND = Picture(PictureKind.BACKGROUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fade:
    """The picture comes (*comes*) or goes over *length_s* seconds from *start_s*."""

    comes: bool
    start_s: float
    length_s: float

    def at(self, time_s: float) -> float:
        """Return the picture's opacity at *time_s*, 0 to 1."""
        passed = min(max((time_s - self.start_s) / self.length_s, 0.0), 1.0)
        return passed if self.comes else 1 - passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The part of the picture that is shown: its size, and where in the picture it begins."""

    width: int
    height: int
    x: Motion
    y: Motion


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """One picture over the others: its upper left corner, its time, the part that is shown.

    *on_film*: it is as large as the video, and the source, blurred, fills as much right below it:
    what covers, moves, fades and ends with the picture.
    """

    picture: Picture
    x: Track
    y: Track
    start_s: float | None = None
    end_s: float | None = None
    window: Window | None = None
    fades: tuple[Fade, ...] = ()
    on_film: bool = False

    def is_shown(self, time_s: float) -> bool:
        """Say whether it is drawn at *time_s*; FFmpeg's `between` has both ends in it."""
        return (self.start_s is None or time_s >= self.start_s) and (
            self.end_s is None or time_s <= self.end_s
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scroll:
    """A text taller than its card: *left*, *top* from the card's corner, and what is seen of it."""

    card: int
    left: int
    top: int
    width: int
    height: int
    text_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything the layers are made from.

    *corners*: places of the corner pictures, none where the source fills all. *margin*: around
    cards, for shadows. *veil*: width and height of each veil; they are as large as the space they
    may have to dim. *line*: place of the translated title on the cover. *countdown*, *watermark*:
    their places, None without.
    """

    layout: Layout
    schedule: Schedule
    feed: Feed
    ease: Ease
    cover_leaves: str
    corners: tuple[tuple[int, int], ...]
    margin: int
    veil: tuple[int, int]
    bar_height: int
    scrolls: tuple[Scroll, ...] = ()
    line: tuple[int, int] | None = None
    countdown: Box | None = None
    watermark: tuple[int, int] | None = None

    @property
    def starts_s(self) -> list[float]:
        """When each comment's scene begins."""
        return [self.schedule.seconds(scene.start_frame) for scene in self.schedule.spans]

    def moving(self, stops: Sequence[float], starts_s: Sequence[float]) -> Track:
        """Return what goes from stop to stop in this video's manner."""
        return through(stops, starts_s, self.schedule.transition_s, self.ease)


def overlays(scene: Scene) -> list[Overlay]:
    """Return every layer, from the back to the front."""
    layout, schedule = scene.layout, scene.schedule
    found = [
        Overlay(picture=Picture(PictureKind.CORNER, number), x=fixed(x), y=fixed(y))
        for number, (x, y) in enumerate(scene.corners)
    ]
    if layout.fills:
        found.append(Overlay(picture=Picture(PictureKind.INFO), x=fixed(0), y=fixed(0)))
    found += [_piece(scene, number, piece) for number, piece in enumerate(scene.feed.pieces)]
    for scroll in scene.scrolls:
        found += _scrolling(scene, scroll)
    if not layout.vertical:
        found += _veils(scene)
    whole = Step(distance=layout.width, start_s=0, length_s=schedule.total_s, ease="linear")
    bar = Track(start=-layout.width, steps=(whole,))
    found.append(
        Overlay(picture=Picture(PictureKind.BAR), x=bar, y=fixed(layout.height - scene.bar_height))
    )
    found += _countdown(scene)
    found += _cover(scene)
    if scene.watermark is not None:
        x, y = scene.watermark
        found.append(Overlay(picture=Picture(PictureKind.WATERMARK), x=fixed(x), y=fixed(y)))
    return found


def _piece(scene: Scene, number: int, piece: Piece) -> Overlay:
    along, start_s, end_s = _along(scene, piece.first, piece.last, piece.start - scene.margin)
    across = fixed(scene.layout.feed.y if scene.layout.vertical else scene.layout.feed.x)
    across = across.moved(-scene.margin)
    x, y = (along, across) if scene.layout.vertical else (across, along)
    return Overlay(
        picture=Picture(PictureKind.FEED, number), x=x, y=y, start_s=start_s, end_s=end_s
    )


def _along(scene: Scene, first: int, last: int, start: float) -> tuple[Track, float, float | None]:
    """Return where along the screen something of the feed is, and from when to when in sight."""
    feed, starts = scene.feed, scene.starts_s
    # Up to two cards on each side of the one being read are in sight too.
    comes, goes = max(0, first - _NEIGHBOURS), last + _NEIGHBOURS + 1
    end_s = starts[goes] + scene.schedule.transition_s if goes < len(starts) else None
    stops = [feed.entry, *feed.stops][comes : goes + 2]
    along = scene.moving(stops, starts[comes : goes + 1]).reversed().moved(start)
    return along, starts[comes], end_s


def _scrolling(scene: Scene, scroll: Scroll) -> Iterator[Overlay]:
    """Yield the text in its window, and the soft edges that lie over the window."""
    place = scene.feed.places[scroll.card]
    vertical = scene.layout.vertical
    inner = scroll.left if vertical else scroll.top
    along, start_s, end_s = _along(scene, scroll.card, scroll.card, place.start + inner)
    if vertical:
        x, y = along, fixed(scene.layout.feed.y + place.across + scroll.top)
    else:
        x, y = fixed(scene.layout.feed.x + scroll.left), along
    window = Window(
        width=scroll.width, height=scroll.height, x=fixed(0), y=_scroll_position(scene, scroll)
    )
    text = Picture(PictureKind.SCROLL, scroll.card)
    for picture, inside in ((text, window), (Picture(PictureKind.SCROLL_EDGE), None)):
        yield Overlay(picture=picture, x=x, y=y, start_s=start_s, end_s=end_s, window=inside)


def _scroll_position(scene: Scene, scroll: Scroll) -> Track:
    """From the text's beginning to its end, at an even pace, with a rest at both ends."""
    times = scene.schedule.spans[scroll.card]
    from_s = scene.schedule.seconds(times.start_frame) + scene.schedule.transition_s
    until_s = scene.schedule.seconds(times.start_frame + times.frames)
    rest_s = min(_SCROLL_RESTS_S, (until_s - from_s) / 4)
    distance = max(0, scroll.text_height - scroll.height)
    step = Step(
        distance=distance,
        start_s=from_s + rest_s,
        length_s=until_s - from_s - 2 * rest_s,
        ease="linear",
    )
    return Track(start=0, steps=(step,))


def _veils(scene: Scene) -> Iterator[Overlay]:
    """Yield the veils above and below the card being read; they open as wide as it is high."""
    starts = scene.starts_s
    windows = [scene.feed.window(number) for number in range(len(starts))]
    tops = [top for top, _ in windows]
    bottoms = [bottom for _, bottom in windows]
    x = fixed(scene.layout.feed.x - scene.margin)
    # The veils come in together with the first card, from as far.
    from_s, distance = starts[0], scene.feed.stops[0] - scene.feed.entry
    above = scene.moving([tops[0] + distance, *tops], starts).moved(-scene.veil[1])
    below = scene.moving([bottoms[0] + distance, *bottoms], starts)
    for kind, y in ((PictureKind.VEIL_ABOVE, above), (PictureKind.VEIL_BELOW, below)):
        yield Overlay(picture=Picture(kind), x=x, y=y, start_s=from_s)


def _countdown(scene: Scene) -> Iterator[Overlay]:
    """Yield the ring that empties while a comment stands, and the seconds that are left in it.

    The states of both lie side by side in one picture each.
    """
    box, schedule = scene.countdown, scene.schedule
    if box is None:
        return
    spans = tuple(
        (schedule.seconds(s.start_frame), schedule.seconds(s.start_frame + s.frames))
        for s in schedule.spans
    )
    states: dict[PictureKind, Motion] = {
        PictureKind.COUNTDOWN: Ring(spans=spans, count=COUNTDOWN_STATES, size=box.width),
        PictureKind.SECONDS: SecondsLeft(spans=spans, size=box.width),
    }
    for kind, state in states.items():
        yield Overlay(
            picture=Picture(kind),
            x=fixed(box.x),
            y=fixed(box.y),
            start_s=spans[0][0],
            end_s=spans[-1][1],
            window=Window(width=box.width, height=box.height, x=state, y=fixed(0)),
        )


def _cover(scene: Scene) -> Iterator[Overlay]:
    """Yield the cover and its translated title, which comes in a little later."""
    schedule = scene.schedule
    if not schedule.cover_frames:
        return
    leaves_s = 0.0 if scene.cover_leaves == "none" else COVER_LEAVES_S
    fades: tuple[Fade, ...] = ()
    away = fixed(0)
    if scene.cover_leaves == "slide":
        height = scene.layout.height
        away = Track(
            start=0, steps=(Step(distance=-height, start_s=schedule.cover_s, length_s=leaves_s),)
        )
    elif scene.cover_leaves == "fade":
        fades = (Fade(comes=False, start_s=schedule.cover_s, length_s=leaves_s),)
    # Without a way to leave, the cover's last frame is the one before the first comment's.
    end_s = schedule.cover_s + (leaves_s or -0.5 / schedule.fps)
    yield Overlay(
        picture=Picture(PictureKind.COVER),
        x=fixed(0),
        y=away,
        start_s=0,
        end_s=end_s,
        fades=fades,
        on_film=True,
    )
    if scene.line is None:
        return
    x, y = scene.line
    rise = round(scene.layout.unit * 40)
    comes = Step(distance=-rise, start_s=_LINE_COMES_S, length_s=_LINE_TAKES_S)
    appears = Fade(comes=True, start_s=_LINE_COMES_S, length_s=_LINE_TAKES_S)
    yield Overlay(
        picture=Picture(PictureKind.COVER_LINE),
        x=fixed(x),
        y=away.moved(y + rise).plus(comes),
        start_s=0,
        end_s=end_s,
        fades=(appears, *fades),
    )
