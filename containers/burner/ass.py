"""Writes cues as an ASS script for libass, for a picture of one size.

PlayRes is the picture's size, so a script pixel is a picture pixel. Two truths of libass decide
the styles: `BorderStyle=3` paints its box with the outline colour and one box per line, whose
seams show when it is translucent; `BorderStyle=4` paints one box per cue with BackColour, and
leaves the outline to the text. So 4 is used, and what was chosen is what is seen.

User text can't become markup: braces are escaped, and a backslash is followed by an invisible word
joiner, because ASS has no escape for it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine_kit.fonts import Face

from burner.cues import Cue, Line, Span
from media_jobs.options import BurnOptions, SubtitleStyle

__all__ = ["Picture", "ass_script", "ass_text", "ass_time"]

REFERENCE_LINES = 1080
BOX_PADDING_EM = 0.28
SIDE_MARGIN_SHARE = 0.05
_WORD_JOINER = "\u2060"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ALIGNMENT = {"bottom": 2, "center": 5, "top": 8}

_STYLE_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
    "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
    "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding"
)
_EVENT_FIELDS = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The picture that is drawn on, in pixels, and the width of a pixel over its height."""

    width: int
    height: int
    sample_aspect: float = 1.0

    @property
    def scale(self) -> float:
        """Script pixels per pixel of the options, which are at 1080 lines.

        An upright video is measured by its width: its short side is what decides how much fits.
        """
        return min(self.width * self.sample_aspect, self.height) / REFERENCE_LINES


def ass_script(cues: Iterable[Cue], options: BurnOptions, picture: Picture, face: Face) -> str:
    """Return the whole script for *cues*."""
    styles = [_style("Primary", options.style, picture, face)]
    if options.bilingual:
        styles.append(_style("Secondary", options.secondary_style, picture, face))
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
            f"Format: {_STYLE_FIELDS}",
            *styles,
            "",
            "[Events]",
            f"Format: {_EVENT_FIELDS}",
            *_events(cues, options, picture, face),
            "",
        ]
    )


def ass_time(time_ms: int) -> str:
    """Return h:mm:ss.cc of a time in milliseconds, cut down to its centisecond.

    Cut, not rounded: a cue written for a frame's time must not begin after that frame, and 1996 ms
    must not become 100 centiseconds of second 1.
    """
    hours, rest = divmod(time_ms // 10, 360_000)
    minutes, rest = divmod(rest, 6_000)
    seconds, centis = divmod(rest, 100)
    return f"{hours}:{minutes:02}:{seconds:02}.{centis:02}"


def ass_text(text: str) -> str:
    """Return *text* so that libass draws it and interprets none of it."""
    text = _CONTROLS.sub(" ", text)
    text = text.replace("\\", "\\" + _WORD_JOINER)
    return text.replace("{", "\\{").replace("}", "\\}")


def _style(name: str, style: SubtitleStyle, picture: Picture, face: Face) -> str:
    look = _look(style, picture, face)
    side = round(picture.width * SIDE_MARGIN_SHARE)
    fields = [
        name,
        face.family,
        _number(look.line_height),
        _colour(style.text_color),
        _colour(style.text_color),
        look.outline_colour,
        _colour(style.background_color, style.background_opacity),
        *("0", "0", "0", "0", "100", "100", "0", "0"),
        str(look.border_style),
        _number(look.outline),
        _number(look.shadow),
        str(_ALIGNMENT[style.position]),
        str(side),
        str(side),
        # To the edge of what is seen: the box where there is one.
        str(round(style.margin_v * picture.scale + look.box_padding)),
        # The base direction follows the text: right-to-left subtitles need it.
        "-1",
    ]
    return f"Style: {','.join(fields)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A style's figures in script pixels."""

    line_height: float
    border_style: int
    outline: float
    outline_colour: str
    shadow: float
    box_padding: float


def _look(style: SubtitleStyle, picture: Picture, face: Face) -> _Look:
    # ASS sizes are line heights, ours are ems.
    line_height = style.font_size * picture.scale * face.line_per_em
    outline = style.outline_width * picture.scale
    if style.background_opacity == 0:
        return _Look(
            line_height=line_height,
            border_style=1,
            outline=outline,
            outline_colour=_colour(style.outline_color),
            shadow=0,
            box_padding=0,
        )
    padding = style.font_size * picture.scale * BOX_PADDING_EM
    if style.outline_width == 0:
        # The padding is an invisible outline: libass keeps cues apart by their outlines, so the
        # boxes of two cues at once touch without covering each other.
        return _Look(
            line_height=line_height,
            border_style=4,
            outline=padding,
            outline_colour=_colour(style.outline_color, 0),
            shadow=0,
            box_padding=padding,
        )
    return _Look(
        line_height=line_height,
        border_style=4,
        outline=outline,
        outline_colour=_colour(style.outline_color),
        # With a box, libass takes the shadow's distance as what the box adds around the outline.
        shadow=max(padding - outline, 0),
        box_padding=max(padding, outline),
    )


def _colour(rgb: str, opacity: float = 1.0) -> str:
    """Return ASS's &HAABBGGRR, where AA is how transparent it is."""
    red, green, blue = rgb[1:3], rgb[3:5], rgb[5:7]
    return f"&H{round((1 - opacity) * 255):02X}{blue}{green}{red}".upper()


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _events(
    cues: Iterable[Cue], options: BurnOptions, picture: Picture, face: Face
) -> Iterator[str]:
    for cue in cues:
        if not options.bilingual or len(cue.lines) < 2:
            yield _event(cue, "Primary", _lines(cue.lines))
            continue
        first, rest = _lines(cue.lines[:1]), _lines(cue.lines[1:])
        if _shares_box(options):
            yield _event(cue, "Primary", f"{first}\\N{_as_secondary(options, picture, face)}{rest}")
            continue
        two = [_event(cue, "Primary", first), _event(cue, "Secondary", rest)]
        # libass stacks cues upwards at the bottom: what comes first there is the lower one.
        yield from reversed(two) if options.style.position == "bottom" else two


def _event(cue: Cue, style: str, text: str) -> str:
    # A cue shorter than a centisecond is still a cue.
    end_ms = max(cue.end_ms, cue.start_ms // 10 * 10 + 10)
    return f"Dialogue: 0,{ass_time(cue.start_ms)},{ass_time(end_ms)},{style},,0,0,0,,{text}"


def _shares_box(options: BurnOptions) -> bool:
    """Whether both languages can stand in one box: at one place, on the same background."""
    one, two = options.style, options.secondary_style
    return (one.position, one.margin_v, one.background_color, one.background_opacity) == (
        two.position,
        two.margin_v,
        two.background_color,
        two.background_opacity,
    )


def _as_secondary(options: BurnOptions, picture: Picture, face: Face) -> str:
    """Return the overrides that turn the primary style into the secondary one, within its box."""
    style = options.secondary_style
    look = _look(style, picture, face)
    own = _look(options.style, picture, face)
    visible = style.outline_width > 0 or style.background_opacity == 0
    alpha, colour = look.outline_colour[2:4], look.outline_colour[4:]
    # The box is measured from the outline: without an outline of its own, the line keeps the other.
    border = look.outline if visible else own.outline
    return (
        f"{{\\fs{_number(look.line_height)}\\1c&H{_colour(style.text_color)[4:]}&"
        f"\\3c&H{colour}&\\3a&H{alpha}&\\bord{_number(border)}}}"
    )


def _lines(lines: Iterable[Line]) -> str:
    return "\\N".join("".join(_span(span) for span in line) for line in lines)


def _span(span: Span) -> str:
    tags = [
        tag
        for tag, wanted in (("b", span.bold), ("i", span.italic), ("u", span.underline))
        if wanted
    ]
    text = ass_text(span.text)
    if not tags:
        return text
    on, off = ("".join(f"\\{tag}{digit}" for tag in tags) for digit in "10")
    return f"{{{on}}}{text}{{{off}}}"
