"""A hint and a text watermark, drawn through ASS like the subtitles: no text of a user's ever
stands in a filter graph.
"""

from collections.abc import Iterator

from engine_kit.text.typesetter import Typesetter

from burner import safe_area
from burner.ass import STILL, Motion, Shown
from burner.captions import Caption, captions_of
from burner.standing import Standing
from burner.styles import EM_MIN, Frame, look_of
from burner.texts import Anchor, Fitted, Text, fit
from media_jobs.engines.burner.options import (
    BurnOptions,
    HintText,
    Place,
    SubtitleStyle,
    TextWatermark,
)
from media_jobs.subtitles.text import Line, Span

END_MS = 99 * 3_600_000
"""Later than any video ends."""
FADE_MS = 400
HINT_LAYER, WATERMARK_LAYER = 2, 4
HINT, WATERMARK = "Hint", "Watermark"
LINES_MAX = 3

_COLUMNS = {"left": 0, "": 1, "right": 2}


def watermark_style(mark: TextWatermark) -> SubtitleStyle:
    """Return a watermark's look as that of a subtitle."""
    return SubtitleStyle(
        font_size=mark.font_size, text_color=mark.text_color, background_opacity=0, outline_width=1
    )


def overlays(
    options: BurnOptions, picture: Frame, setter: Typesetter
) -> Iterator[tuple[Shown, Fitted]]:
    """Yield each overlay, and how it was made to fit. A hint stands beside the watermark."""
    standing = Standing()
    marks = list(_watermark(options, picture, setter))
    for mark, _ in marks:
        standing.keep(mark.caption)
    if (hint := options.hint) is not None:
        lines = tuple((Span(text=line),) for line in hint.text.splitlines() if line.strip())
        text = Text(
            lines=lines,
            style=HINT,
            look=look_of(hint, picture),
            bold=hint.bold,
            italic=hint.italic,
        )
        anchor = _anchor(hint.position, hint.margin_h, hint.margin_v, picture, options)
        end_ms = END_MS if hint.end_s is None else round(hint.end_s * 1000)
        for placed, made in _one(text, anchor, setter, round(hint.start_s * 1000), end_ms):
            caption = standing.beside(placed, anchor)
            motion = _motion(hint, caption, picture)
            yield Shown(caption=caption, layer=HINT_LAYER, motion=motion), made
    yield from marks


def _watermark(
    options: BurnOptions, picture: Frame, setter: Typesetter
) -> Iterator[tuple[Shown, Fitted]]:
    if (mark := options.watermark) is not None:
        line: Line = (Span(text=mark.text),)
        text = Text(lines=(line,), style=WATERMARK, look=look_of(watermark_style(mark), picture))
        anchor = _anchor(mark.position, mark.margin, mark.margin, picture, options)
        for caption, made in _one(text, anchor, setter, 0, END_MS):
            yield Shown(caption=caption, layer=WATERMARK_LAYER), made


def _one(
    text: Text, anchor: Anchor, setter: Typesetter, start_ms: int, end_ms: int
) -> Iterator[tuple[Caption, Fitted]]:
    if not any(span.text.strip() for line in text.lines for span in line):
        return
    made = fit(setter, (text,), anchor, lines_max=LINES_MAX, floor=EM_MIN, duration_ms=0)
    for caption in captions_of(made, anchor, number=None, start_ms=start_ms, end_ms=end_ms):
        yield caption, made


def _anchor(
    place: Place, across: float, down: float, picture: Frame, options: BurnOptions
) -> Anchor:
    row, (_, column) = safe_area.row_of(place), _row_and_column(place)
    # At most a quarter of the picture for a margin: the text needs the rest.
    side = min(across * picture.scale, picture.shown_width / 4)
    edge = min(down * picture.scale, picture.height / 4)
    return Anchor(
        row=row,
        column=_COLUMNS[column],
        left=side,
        right=picture.shown_width - safe_area.right_of(row, side, picture, options),
        measure=picture.measure,
        edge=safe_area.edge_of(row, edge, picture, options),
        far=edge,
        height=picture.height,
    )


def _row_and_column(place: Place) -> tuple[str, str]:
    words = place.split("-")
    row = next((word for word in words if word in ("top", "bottom")), "")
    column = next((word for word in words if word in ("left", "right")), "")
    return row, column


def _motion(hint: HintText, caption: Caption, picture: Frame) -> Motion:
    match hint.animation:
        case "none":
            return STILL
        case "fade":
            return Motion(fade_in_ms=FADE_MS, fade_out_ms=FADE_MS)
        case "slide":
            across, down = _way(hint, caption, picture)
            return Motion(across=across, down=down, fade_out_ms=FADE_MS)


def _way(hint: HintText, caption: Caption, picture: Frame) -> tuple[float, float]:
    """Return how far away a hint begins: beyond its nearest edge, below at the centre."""
    row, column = _row_and_column(hint.position)
    if row == "" and column:
        return (picture.shown_width / 2) * (-1 if column == "left" else 1), 0.0
    if row == "top":
        return 0.0, -caption.bottom
    return 0.0, picture.height - caption.top
