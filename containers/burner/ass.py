"""Writes cues, a hint and a watermark as an ASS script for libass, for a picture of one size.

PlayRes is the picture's size, so a script pixel is a picture pixel.
"""

from collections.abc import Iterable, Iterator

from engine_kit.fonts import Face

from burner.ass_escape import ass_lines, ass_time
from burner.overlays import overlay_events, overlay_styles
from burner.placement import Placement, placement_of
from burner.styles import STYLE_FIELDS, Frame, colour, look_of, number, style_line
from media_jobs.engines.burner.options import BurnOptions, SubtitleStyle
from media_jobs.subtitles.cues import Cue

SIDE_MARGIN_SHARE = 0.05
_ALIGNMENT = {"bottom": 2, "center": 5, "top": 8}
_EVENT_FIELDS = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"


def ass_script(cues: Iterable[Cue], options: BurnOptions, picture: Frame, face: Face) -> str:
    """Return the whole script for *cues* and for what stands over them."""
    styles = [_style("Primary", options.style, picture, face)]
    if options.bilingual:
        styles.append(_style("Secondary", options.secondary_style, picture, face))
    styles += overlay_styles(options, picture, face)
    shown_width = round(picture.width * picture.sample_aspect)
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            f"PlayResX: {picture.width}",
            f"PlayResY: {picture.height}",
            # Pixels that are not square: text is drawn for the shape the picture is shown in.
            f"LayoutResX: {shown_width}",
            f"LayoutResY: {picture.height}",
            "WrapStyle: 0",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: None",
            "",
            "[V4+ Styles]",
            f"Format: {STYLE_FIELDS}",
            *styles,
            "",
            "[Events]",
            f"Format: {_EVENT_FIELDS}",
            *_events(cues, options, picture, face),
            *overlay_events(options, picture, face),
            "",
        ]
    )


def _style(name: str, style: SubtitleStyle, picture: Frame, face: Face) -> str:
    look = look_of(style, picture, face)
    return style_line(
        name,
        style,
        look,
        face,
        alignment=_ALIGNMENT[style.position],
        side=_side(style, picture),
        # To the edge of what is seen: the box where there is one.
        vertical=round(style.margin_v * picture.scale + look.box_padding),
    )


def _side(style: SubtitleStyle, picture: Frame) -> int:
    if style.margin_h is None:
        return round(picture.width * SIDE_MARGIN_SHARE)
    return picture.across(style.margin_h)


def _events(cues: Iterable[Cue], options: BurnOptions, picture: Frame, face: Face) -> Iterator[str]:
    style, second = options.style, options.secondary_style
    look = look_of(style, picture, face)
    # The style's own distance keeps a placed cue as far from the edges as any other.
    edge = round(min(style.margin_v, 60) * picture.scale + look.box_padding)
    for number_of_cue, cue in enumerate(cues, start=1):
        name = str(number_of_cue)
        place = Placement()
        if options.cue_settings == "follow" and cue.has_place:
            place = placement_of(
                cue,
                picture,
                line_height=look.line_height,
                edge=edge,
                row=_ALIGNMENT[style.position] - 1,
            )
        first = ass_lines(cue.lines[:1], bold=style.bold, italic=style.italic)
        if not options.bilingual or len(cue.lines) < 2:
            text = ass_lines(cue.lines, bold=style.bold, italic=style.italic)
            yield _event(cue, "Primary", name, text, place)
            continue
        rest = ass_lines(cue.lines[1:], bold=second.bold, italic=second.italic)
        if _shares_box(options):
            text = f"{first}\\N{_as_secondary(options, picture, face)}{rest}"
            yield _event(cue, "Primary", name, text, place)
            continue
        two = [
            _event(cue, "Primary", name, first, place),
            _event(cue, "Secondary", name, rest, place),
        ]
        # libass stacks cues upwards at the bottom: what comes first there is the lower one.
        yield from reversed(two) if style.position == "bottom" else two


def _event(cue: Cue, style: str, name: str, text: str, place: Placement) -> str:
    # The name is the number of the cue: by it the judge of the burn knows whose event it is.
    # A cue shorter than a centisecond is still a cue.
    end_ms = max(cue.end_ms, cue.start_ms // 10 * 10 + 10)
    times = f"{ass_time(cue.start_ms)},{ass_time(end_ms)}"
    margins = f"{place.left},{place.right},{place.vertical}"
    tag = f"{{\\an{place.alignment}}}" if place.alignment else ""
    return f"Dialogue: 0,{times},{style},{name},{margins},,{tag}{text}"


def _shares_box(options: BurnOptions) -> bool:
    """Whether both languages can stand in one box: at one place, on the same background."""
    one, two = options.style, options.secondary_style
    return (
        one.position,
        one.margin_v,
        one.margin_h,
        one.background_color,
        one.background_opacity,
    ) == (
        two.position,
        two.margin_v,
        two.margin_h,
        two.background_color,
        two.background_opacity,
    )


def _as_secondary(options: BurnOptions, picture: Frame, face: Face) -> str:
    """Return the overrides that turn the primary style into the secondary one, within its box."""
    style, first = options.secondary_style, options.style
    look = look_of(style, picture, face)
    own = look_of(first, picture, face)
    visible = style.outline_width > 0 or style.background_opacity == 0
    alpha, outline = look.outline_colour[2:4], look.outline_colour[4:]
    # The box is measured from the outline: without an outline of its own, the line keeps the other.
    border = look.outline if visible else own.outline
    weights = "".join(
        f"\\{tag}{int(wanted)}"
        for tag, wanted, before in (
            ("b", style.bold, first.bold),
            ("i", style.italic, first.italic),
        )
        if wanted is not before
    )
    return (
        f"{{\\fs{number(look.line_height)}\\1c&H{colour(style.text_color)[4:]}&"
        f"\\3c&H{outline}&\\3a&H{alpha}&\\bord{number(border)}{weights}}}"
    )
