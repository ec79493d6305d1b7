"""Where everything is, in pixels of the output. Pure.

`height` of the options is the shorter side: 1080 means 1920×1080 or, for the vertical template,
1080×1920. One unit is a 1080th of it, so every size is the same share of the picture at every
resolution. Positions and sizes that FFmpeg handles are even: the picture's colour has half its
resolution, and odd ones would be moved by a pixel.
"""

from dataclasses import dataclass, replace

from media_jobs.engines.remotion.options import CommentsOptions


def even(value: float) -> int:
    """Return the even whole number nearest to *value*."""
    return round(value / 2) * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle; *x*, *y* is its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A template with its sizes.

    *video* is the source's place, in its own aspect ratio; *info* holds title, author and counts;
    cards are as wide as *feed* and appear around its middle. *vertical* cards pass sideways,
    others upwards. *unit* is a 1080th of the shorter side. *type_scale* enlarges the text of cards.
    *safe* is where text may stand. *fills*: the source is cut to the whole picture, and the rest
    lies over it.
    """

    width: int
    height: int
    unit: float
    vertical: bool
    type_scale: float
    video: Box
    info: Box
    feed: Box
    safe: Box
    feed_at_left: bool = False
    fills: bool = False

    def px(self, units: float) -> int:
        """Return *units* in whole pixels, at least one."""
        return max(1, round(units * self.unit))


_LANDSCAPE_FEED = 632
_LANDSCAPE_VIDEO_HEIGHT_MAX = 700
_LANDSCAPE_INFO = 250
# Upright, 1080 units wide and 1920 high: the platforms lay their own controls over the rest.
_SAFE_TOP, _SAFE_BOTTOM, _SAFE_RIGHT = 276, 1440, 960
_VERTICAL_VIDEO_HEIGHT_MAX = 508
_VERTICAL_INFO = 216
_VERTICAL_CARDS_OVER_FILM = 560
_FILLS_FROM = 4 / 3
"""From this height over width on, a source is upright enough to be cut to 9:16."""
_MARGIN = 56
_PANEL_MARGIN = 44


def layout(
    options: CommentsOptions,
    *,
    source_width: int,
    source_height: int,
    scale: float = 1.0,
    feed_side: str = "right",
) -> Layout:
    """Place everything for a source of this size, as it is displayed (after rotation).

    *scale*, *feed_side*: as in CommentsTheme.
    """
    short = options.height
    long = even(short * 16 / 9)
    if options.template == "vertical":
        place = _vertical(short, long, source_width, source_height)
    else:
        place = _landscape(long, short, source_width, source_height)
        if feed_side == "left":
            place = _mirrored(place)
    return replace(place, type_scale=place.type_scale * scale)


def _mirrored(place: Layout) -> Layout:
    """Swap the sides: everything keeps its distance, from the other edge."""

    def other(box: Box) -> Box:
        return replace(box, x=place.width - box.x - box.width)

    return replace(
        place,
        video=other(place.video),
        info=other(place.info),
        feed=other(place.feed),
        feed_at_left=True,
    )


def _landscape(width: int, height: int, source_width: int, source_height: int) -> Layout:
    """Video and what is known of it at the left, comments at the right."""
    unit = height / 1080
    margin, feed_width = _MARGIN * unit, _LANDSCAPE_FEED * unit
    area_width = width - feed_width - 2 * margin - 2 * _PANEL_MARGIN * unit
    video_width, video_height = _fit(
        source_width, source_height, area_width, _LANDSCAPE_VIDEO_HEIGHT_MAX * unit
    )
    info_height = _LANDSCAPE_INFO * unit
    gap = 36 * unit
    top = (height - video_height - gap - info_height) / 2
    return Layout(
        width=width,
        height=height,
        unit=unit,
        vertical=False,
        type_scale=1.0,
        video=Box(
            x=even(margin + (area_width - video_width) / 2),
            y=even(top),
            width=video_width,
            height=video_height,
        ),
        info=Box(
            x=even(margin),
            y=even(top + video_height + gap),
            width=even(area_width),
            height=even(info_height),
        ),
        feed=Box(
            x=even(width - _PANEL_MARGIN * unit - feed_width),
            y=0,
            width=even(feed_width),
            height=even(height),
        ),
        safe=Box(x=0, y=0, width=width, height=height),
    )


def _vertical(width: int, height: int, source_width: int, source_height: int) -> Layout:
    """Title on top, the video below it, comments in the lower half; or all over the video."""
    unit = width / 1080
    left, top, bottom = (even(value * unit) for value in (_MARGIN, _SAFE_TOP, _SAFE_BOTTOM))
    area_width = even(_SAFE_RIGHT * unit) - left
    info = Box(x=left, y=top, width=area_width, height=even(_VERTICAL_INFO * unit))
    fills = source_height >= source_width * _FILLS_FROM
    if fills:
        video = Box(x=0, y=0, width=width, height=height)
        feed_top = bottom - even(_VERTICAL_CARDS_OVER_FILM * unit)
    else:
        video_width, video_height = _fit(
            source_width, source_height, area_width, _VERTICAL_VIDEO_HEIGHT_MAX * unit
        )
        video = Box(
            x=even(left + (area_width - video_width) / 2),
            y=even(info.bottom + 12 * unit),
            width=video_width,
            height=video_height,
        )
        feed_top = even(video.bottom + 24 * unit)
    return Layout(
        width=width,
        height=height,
        unit=unit,
        vertical=True,
        # Watched on a phone, at arm's length.
        type_scale=1.25,
        video=video,
        info=info,
        feed=Box(x=left, y=feed_top, width=area_width, height=bottom - feed_top),
        safe=Box(x=left, y=top, width=area_width, height=bottom - top),
        fills=fills,
    )


def _fit(width: int, height: int, width_max: float, height_max: float) -> tuple[int, int]:
    """Return the largest even size of this aspect ratio within the bounds."""
    scale = min(width_max / width, height_max / height)
    return max(2, even(width * scale)), max(2, even(height * scale))
