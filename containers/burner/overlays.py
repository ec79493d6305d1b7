"""A hint and a text watermark, drawn through ASS like the subtitles: no text of a user's ever
stands in a filter graph.
"""

from dataclasses import replace

from engine_kit.fonts import Face

from burner.ass_escape import ass_text, ass_time
from burner.styles import Frame, Look, colour, look_of, number, style_line
from media_jobs.engines.burner.options import (
    BurnOptions,
    HintText,
    Place,
    SubtitleStyle,
    TextWatermark,
)

END_MS = 99 * 3_600_000
"""Later than any video ends."""
ANIMATION_MS = 400
HINT_LAYER, WATERMARK_LAYER = 1, 2

_ROWS = {"bottom": 1, "": 4, "top": 7}
_COLUMNS = {"left": 0, "": 1, "right": 2}


def overlay_styles(options: BurnOptions, picture: Frame, face: Face) -> list[str]:
    """Return the `Style:` lines that the overlays need."""
    lines = []
    if options.hint is not None:
        lines.append(_hint_style(options.hint, picture, face))
    if options.watermark is not None:
        lines.append(_watermark_style(options.watermark, picture, face))
    return lines


def overlay_events(options: BurnOptions, picture: Frame, face: Face) -> list[str]:
    """Return the `Dialogue:` lines of the overlays."""
    lines = []
    if (hint := options.hint) is not None:
        look = look_of(hint, picture, face)
        start_ms = round(hint.start_s * 1000)
        end_ms = END_MS if hint.end_s is None else round(hint.end_s * 1000)
        text = "\\N".join(ass_text(line) for line in hint.text.splitlines())
        tags = _animation(hint, look, picture)
        lines.append(_event(HINT_LAYER, start_ms, end_ms, "Hint", f"{tags}{text}"))
    if (mark := options.watermark) is not None:
        lines.append(_event(WATERMARK_LAYER, 0, END_MS, "Watermark", ass_text(mark.text)))
    return lines


def _event(layer: int, start_ms: int, end_ms: int, style: str, text: str) -> str:
    return f"Dialogue: {layer},{ass_time(start_ms)},{ass_time(end_ms)},{style},,0,0,0,,{text}"


def _hint_style(hint: HintText, picture: Frame, face: Face) -> str:
    look = look_of(hint, picture, face)
    return style_line(
        "Hint",
        hint,
        look,
        face,
        alignment=_alignment(hint.position),
        side=picture.across(hint.margin_h) + round(look.box_padding),
        vertical=round(hint.margin_v * picture.scale + look.box_padding),
    )


def _watermark_style(mark: TextWatermark, picture: Frame, face: Face) -> str:
    style = SubtitleStyle(
        font_size=mark.font_size, text_color=mark.text_color, background_opacity=0, outline_width=1
    )
    look = look_of(style, picture, face)
    return style_line(
        "Watermark",
        style,
        replace(look, outline_colour=colour(style.outline_color, mark.opacity)),
        face,
        alignment=_alignment(mark.position),
        side=picture.across(mark.margin),
        vertical=picture.down(mark.margin),
        text_opacity=mark.opacity,
    )


def _alignment(place: Place) -> int:
    row, column = _row_and_column(place)
    return _ROWS[row] + _COLUMNS[column]


def _row_and_column(place: Place) -> tuple[str, str]:
    words = place.split("-")
    row = next((word for word in words if word in ("top", "bottom")), "")
    column = next((word for word in words if word in ("left", "right")), "")
    return row, column


def _animation(hint: HintText, look: Look, picture: Frame) -> str:
    """Return the tags that bring the hint in and out."""
    match hint.animation:
        case "none":
            return ""
        case "fade":
            return f"{{\\fad({ANIMATION_MS},{ANIMATION_MS})}}"
        case "slide":
            return _slide(hint, look, picture)


def _slide(hint: HintText, look: Look, picture: Frame) -> str:
    """Return the tags that move the hint in from its nearest edge, from below at the centre."""
    row, column = _row_and_column(hint.position)
    side = picture.across(hint.margin_h) + round(look.box_padding)
    edge = round(hint.margin_v * picture.scale + look.box_padding)
    x = {"left": side, "": picture.width / 2, "right": picture.width - side}[column]
    y = {"top": edge, "": picture.height / 2, "bottom": picture.height - edge}[row]
    far = look.line_height * (len(hint.text.splitlines()) + 1) + edge
    if row == "" and column:
        from_x, from_y = x + picture.width * (-0.5 if column == "left" else 0.5), y
    else:
        from_x, from_y = x, -far if row == "top" else picture.height + far
    places = ",".join(number(value) for value in (from_x, from_y, x, y))
    return f"{{\\move({places},0,{ANIMATION_MS})\\fad(0,{ANIMATION_MS})}}"
