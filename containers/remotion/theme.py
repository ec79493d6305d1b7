"""Colours of the picture, made from the four that can be chosen. Pure."""

import colorsys
import zlib
from dataclasses import dataclass

from media_jobs.options import CommentsOptions

__all__ = ["Ink", "Theme", "avatar_ink", "contrasting", "mixed", "parse_colour", "theme"]

Ink = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """*muted* is for what is read second, *edge* for outlines, *panel* lies behind the cards.

    *background* and *glow* are the ends of the background's gradient.
    """

    background: Ink
    glow: Ink
    panel: Ink
    card: Ink
    edge: Ink
    text: Ink
    muted: Ink
    accent: Ink


def parse_colour(text: str) -> Ink:
    """Read #RRGGBB; the options model has checked the form."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mixed(one: Ink, other: Ink, share: float) -> Ink:
    """Return *one* with *share* (0 to 1) of *other* in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def theme(options: CommentsOptions) -> Theme:
    """Derive every colour from the options' four."""
    background = parse_colour(options.background_color)
    card = parse_colour(options.card_color)
    text = parse_colour(options.text_color)
    accent = parse_colour(options.accent_color)
    return Theme(
        background=background,
        glow=mixed(background, accent, 0.14),
        panel=mixed(background, (0, 0, 0), 0.25),
        card=card,
        edge=mixed(card, text, 0.10),
        text=text,
        muted=mixed(text, card, 0.42),
        accent=accent,
    )


def avatar_ink(name: str) -> Ink:
    """Return a colour for the initials' disc: the same name always gets the same one."""
    hue = zlib.crc32(name.encode()) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.46, 0.52)
    return round(red * 255), round(green * 255), round(blue * 255)


def contrasting(ink: Ink) -> Ink:
    """Return black or white, whichever is easier to read on *ink*."""
    red, green, blue = ink
    return (16, 18, 22) if red * 0.299 + green * 0.587 + blue * 0.114 > 160 else (255, 255, 255)
