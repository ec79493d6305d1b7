"""The figures of a text's look in script pixels, and the ASS styles made of them.

A box behind text is a drawing of its own: libass's BorderStyle 3 paints one box per line, whose
seams show when it is translucent, and neither 3 nor 4 lets the box differ from the lines that
libass has stacked itself.
"""

from dataclasses import dataclass
from typing import Literal

from engine_kit.text.faces import Family

from media_jobs.engines.burner.options import HintText, SubtitleStyle

REFERENCE_LINES, REFERENCE_COLUMNS = 1080, 1920
WIDE_SHARE = 0.42
"""A very wide picture is measured by this share of its width: its text is read from as far."""
EM_MIN = 14.0
"""Smaller letters can't be read."""
EM_HEIGHT_SHARE_MAX = 0.5
BOX_PADDING_ACROSS_EM, BOX_PADDING_DOWN_EM = 0.28, 0.16
EDGE_SHARE_MAX = 0.1
MEASURE = 1296
"""The longest line that is read at ease, in pixels of the options: 68 % of the width of 16:9, 90 %
of that of 4:3 (BBC Subtitle Guidelines, "Line length").
"""

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
    def shown_width(self) -> int:
        """The width in pixels that are square: scripts are written for these."""
        return round(self.width * self.sample_aspect)

    @property
    def scale(self) -> float:
        """Script pixels per pixel of the options, which are at 1080 lines.

        An upright video is measured by its width: its short side is what decides how much fits.
        """
        short, long = sorted((self.shown_width, self.height))
        return max(short / REFERENCE_LINES, WIDE_SHARE * long / REFERENCE_COLUMNS)

    @property
    def is_upright(self) -> bool:
        """Whether the picture is one that phones show upright, under controls of their own."""
        return self.shown_width <= 0.7 * self.height

    @property
    def measure(self) -> float:
        """MEASURE in script pixels."""
        return MEASURE * self.scale

    def across(self, pixels: float) -> int:
        """Return a horizontal distance of the options in pixels of the picture's width."""
        return round(pixels * self.scale / self.sample_aspect)

    def down(self, pixels: float) -> int:
        """Return a vertical distance of the options in script pixels."""
        return round(pixels * self.scale)

    def em(self, font_size: float) -> float:
        """Return a size of the options in script pixels: never too small to be read."""
        readable = min(EM_MIN, self.height * EM_HEIGHT_SHARE_MAX)
        return max(font_size * self.scale, readable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A style's figures in script pixels. *box*: None without one. *radius*: of its corners."""

    em: float
    outline: float
    box: Literal["block", "lines"] | None
    radius: float = 0.0

    @property
    def padding(self) -> tuple[float, float]:
        """What the box adds at each side, and above and below: nothing where there is none."""
        if self.box is None:
            return 0.0, 0.0
        across, down = BOX_PADDING_ACROSS_EM * self.em, BOX_PADDING_DOWN_EM * self.em
        return max(across, self.outline), max(down, self.outline)


def look_of(style: SubtitleStyle | HintText, picture: Frame) -> Look:
    """Return the figures of *style* on *picture*."""
    return Look(
        em=picture.em(style.font_size),
        outline=style.outline_width * picture.scale,
        box=style.box if style.background_opacity > 0 else None,
        radius=style.corner_radius * picture.scale,
    )


def text_style(
    name: str,
    style: SubtitleStyle | HintText,
    look: Look,
    family: Family,
    *,
    opacity: float = 1.0,
) -> str:
    """Return the `Style:` line of a text whose place is written in its events."""
    text_colour = colour(style.text_color, opacity)
    outline_colour = colour(style.outline_color, opacity)
    return _style(
        name,
        family.name,
        # ASS sizes are line heights, ours are ems.
        number(look.em * family.line_per_em),
        text_colour,
        outline_colour,
        bold=style.bold,
        italic=style.italic,
        outline=look.outline,
    )


def box_style(name: str, rgb: str, opacity: float, family: Family) -> str:
    """Return the `Style:` line of the box behind a text."""
    ground = colour(rgb, opacity)
    return _style(name, family.name, "20", ground, ground)


def _style(
    name: str,
    family: str,
    size: str,
    ink: str,
    outline_ink: str,
    *,
    bold: bool = False,
    italic: bool = False,
    outline: float = 0.0,
) -> str:
    fields = [
        *(name, family, size, ink, ink, outline_ink, "&H00000000"),
        *("-1" if on else "0" for on in (bold, italic)),
        *("0", "0", "100", "100", "0", "0"),
        *("1", number(outline), "0"),
        # The upper left corner stands at the place of the event.
        *("7", "0", "0", "0"),
        # The direction is written into the text where it is not from left to right.
        "1",
    ]
    return f"Style: {','.join(fields)}"


def colour(rgb: str, opacity: float = 1.0) -> str:
    """Return ASS's &HAABBGGRR, where AA is how transparent it is."""
    red, green, blue = rgb[1:3], rgb[3:5], rgb[5:7]
    return f"&H{round((1 - opacity) * 255):02X}{blue}{green}{red}".upper()


def number(value: float) -> str:
    """Return *value* with up to three digits behind the point."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
