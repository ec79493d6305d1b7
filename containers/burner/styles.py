"""The figures of a text's look in script pixels, and the ASS styles made of them.

Two truths of libass decide the styles: `BorderStyle=3` paints its box with the outline colour and
one box per line, whose seams show when it is translucent; `BorderStyle=4` paints one box per cue
with BackColour, and leaves the outline to the text. So 4 is used, and what was chosen is what is
seen.
"""

from dataclasses import dataclass

from engine_kit.fonts import Face

from media_jobs.engines.burner.options import HintText, SubtitleStyle

REFERENCE_LINES = 1080
BOX_PADDING_EM = 0.28

STYLE_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
    "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
    "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
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

    def across(self, pixels: float) -> int:
        """Return a horizontal distance of the options in script pixels, which may be wide ones."""
        return round(pixels * self.scale / self.sample_aspect)

    def down(self, pixels: float) -> int:
        """Return a vertical distance of the options in script pixels."""
        return round(pixels * self.scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A style's figures in script pixels."""

    line_height: float
    border_style: int
    outline: float
    outline_colour: str
    shadow: float
    box_padding: float


def look_of(style: SubtitleStyle | HintText, picture: Frame, face: Face) -> Look:
    """Return the figures of *style* on *picture*."""
    # ASS sizes are line heights, ours are ems.
    line_height = style.font_size * picture.scale * face.line_per_em
    outline = style.outline_width * picture.scale
    if style.background_opacity == 0:
        return Look(
            line_height=line_height,
            border_style=1,
            outline=outline,
            outline_colour=colour(style.outline_color),
            shadow=0,
            box_padding=0,
        )
    padding = style.font_size * picture.scale * BOX_PADDING_EM
    if style.outline_width == 0:
        # The padding is an invisible outline: libass keeps cues apart by their outlines, so the
        # boxes of two cues at once touch without covering each other.
        return Look(
            line_height=line_height,
            border_style=4,
            outline=padding,
            outline_colour=colour(style.outline_color, 0),
            shadow=0,
            box_padding=padding,
        )
    return Look(
        line_height=line_height,
        border_style=4,
        outline=outline,
        outline_colour=colour(style.outline_color),
        # With a box, libass takes the shadow's distance as what the box adds around the outline.
        shadow=max(padding - outline, 0),
        box_padding=max(padding, outline),
    )


def style_line(
    name: str,
    style: SubtitleStyle | HintText,
    look: Look,
    face: Face,
    *,
    alignment: int,
    side: int,
    vertical: int,
    text_opacity: float = 1.0,
) -> str:
    """Return the `Style:` line; *side* and *vertical* are its margins in script pixels."""
    text_colour = colour(style.text_color, text_opacity)
    fields = [
        name,
        face.family,
        number(look.line_height),
        text_colour,
        text_colour,
        look.outline_colour,
        colour(style.background_color, style.background_opacity),
        *("-1" if on else "0" for on in (style.bold, style.italic)),
        *("0", "0", "100", "100", "0", "0"),
        str(look.border_style),
        number(look.outline),
        number(look.shadow),
        str(alignment),
        str(side),
        str(side),
        str(vertical),
        # The base direction follows the text: right-to-left subtitles need it.
        "-1",
    ]
    return f"Style: {','.join(fields)}"


def colour(rgb: str, opacity: float = 1.0) -> str:
    """Return ASS's &HAABBGGRR, where AA is how transparent it is."""
    red, green, blue = rgb[1:3], rgb[3:5], rgb[5:7]
    return f"&H{round((1 - opacity) * 255):02X}{blue}{green}{red}".upper()


def number(value: float) -> str:
    """Return *value* with up to three digits behind the point."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
