"""How a video looks and moves: six presets, and what the options change of them. Pure."""

import colorsys
import zlib
from dataclasses import dataclass

from engine_kit.contrast import LARGE_TEXT, Ink, contrast, parse_colour

from media_jobs.engines.remotion.options import CommentsOptions, Preset
from remotion.motion import Ease


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A preset: four colours as #RRGGBB, and the defaults of CommentsTheme."""

    background: str
    card: str
    text: str
    accent: str
    scale: float = 1.0
    text_weight: int = 400
    title_weight: int = 700
    corner_radius: int = 28
    shadow: float = 0.6
    feed_side: str = "right"
    motion: str = "smooth"


PRESETS: dict[Preset, _Look] = {
    "midnight": _Look(background="#10141C", card="#1C2330", text="#F2F5FA", accent="#4CC2FF"),
    "paper": _Look(
        background="#EFEAE0",
        card="#FFFDF8",
        text="#23201B",
        accent="#B4441F",
        corner_radius=10,
        shadow=0.28,
        title_weight=800,
        motion="gentle",
    ),
    "ocean": _Look(
        background="#062A3A",
        card="#0B3B50",
        text="#EAF7FB",
        accent="#2FE0C0",
        corner_radius=36,
        motion="gentle",
    ),
    "sunset": _Look(
        background="#2B1230",
        card="#43204A",
        text="#FFF1E6",
        accent="#FF8A5B",
        title_weight=800,
        feed_side="left",
    ),
    "forest": _Look(
        background="#13231A",
        card="#1F3528",
        text="#F0F5EA",
        accent="#C6E36B",
        corner_radius=18,
        text_weight=500,
    ),
    "mono": _Look(
        background="#000000",
        card="#000000",
        text="#FFFFFF",
        accent="#FFFFFF",
        corner_radius=0,
        shadow=0.0,
        text_weight=300,
        title_weight=600,
        motion="snappy",
    ),
}

# More of the film would be seen than read over.
_SHADE_PERCENT_MIN = 78
_GRAIN = 0.1
"""What the noise in a shade (`shapes`) may take from a contrast: three steps of a grey."""
_FILMS: tuple[Ink, ...] = ((0, 0, 0), (255, 255, 255))

# How long cards take to change places, and in which manner.
_MOTIONS: dict[str, tuple[float, Ease]] = {
    "smooth": (0.6, "out"),
    "snappy": (0.3, "out"),
    "gentle": (1.0, "both"),
    "none": (0.0, "linear"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """*muted* is for what is read second, *edge* for outlines, *panel* lies behind the cards.

    *background* and *glow* are the ends of the background's gradient. *radius* in units of the
    layout; *shadow* 0 to 1; *transition_s*, *ease*: how cards change places. *shade*: how opaque
    the background lies over a film with text on it, 0 to 1.
    """

    background: Ink
    glow: Ink
    panel: Ink
    card: Ink
    edge: Ink
    text: Ink
    muted: Ink
    accent: Ink
    text_weight: int
    title_weight: int
    radius: int
    shadow: float
    scale: float
    feed_side: str
    transition_s: float
    ease: Ease
    shade: float


def mixed(one: Ink, other: Ink, share: float) -> Ink:
    """Return *one* with *share* (0 to 1) of *other* in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def theme(options: CommentsOptions) -> Theme:
    """Take the preset, change what the options change, and derive every colour from four."""
    look, own = PRESETS[options.preset], options.theme
    background = parse_colour(options.background_color or look.background)
    card = parse_colour(options.card_color or look.card)
    text = parse_colour(options.text_color or look.text)
    accent = parse_colour(options.accent_color or look.accent)
    transition_s, ease = _MOTIONS[own.motion or look.motion]
    light = _brightness(background) > 140
    glow = mixed(background, accent, 0.14)
    return Theme(
        background=background,
        glow=glow,
        panel=mixed(background, (0, 0, 0), 0.06 if light else 0.25),
        card=card,
        edge=mixed(card, text, 0.24 if card == background else 0.10),
        text=text,
        muted=mixed(text, card, 0.42),
        accent=accent,
        text_weight=own.text_weight or look.text_weight,
        title_weight=own.title_weight or look.title_weight,
        radius=look.corner_radius if own.corner_radius is None else own.corner_radius,
        shadow=look.shadow if own.shadow is None else own.shadow,
        scale=own.scale or look.scale,
        feed_side=own.feed_side or look.feed_side,
        transition_s=transition_s,
        ease=ease,
        # Text stands on two thirds of the gradient.
        shade=_shade(mixed(background, glow, 2 / 3), text, accent),
    )


def _shade(background: Ink, *inks: Ink) -> float:
    """Return how opaque *background* must be for large text to be read over any film.

    That is 3 : 1 (WCAG 2.2, 1.4.3) over black and over white, whatever the grain. Colours that
    don't have it even on the bare background get that.
    """
    for percent in range(_SHADE_PERCENT_MIN, 100):
        ground = [mixed(background, film, 1 - percent / 100) for film in _FILMS]
        if min(contrast(ink, below) for ink in inks for below in ground) >= LARGE_TEXT + _GRAIN:
            return percent / 100
    return 1.0


def avatar_ink(name: str) -> Ink:
    """Return a colour for the initials' disc: the same name always gets the same one."""
    hue = zlib.crc32(name.encode()) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.46, 0.52)
    return round(red * 255), round(green * 255), round(blue * 255)


def contrasting(ink: Ink) -> Ink:
    """Return black or white, whichever is easier to read on *ink*."""
    return (16, 18, 22) if _brightness(ink) > 160 else (255, 255, 255)


def _brightness(ink: Ink) -> float:
    red, green, blue = ink
    return red * 0.299 + green * 0.587 + blue * 0.114
