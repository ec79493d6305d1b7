"""How well one colour is read on another: WCAG 2.2, success criterion 1.4.3
(https://www.w3.org/TR/WCAG22/#contrast-minimum). Pure.
"""

__all__ = ["LARGE_TEXT", "Ink", "contrast", "hex_of", "parse_colour", "readable_on"]

Ink = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

LARGE_TEXT = 3.0
"""The least contrast ratio of large text: from 24 pixels on, or 18.66 in bold."""

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


def parse_colour(text: str) -> Ink:
    """Read #RRGGBB, whose form the options' models have checked."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def hex_of(ink: Ink) -> str:
    """Return #RRGGBB."""
    return "#{:02X}{:02X}{:02X}".format(*ink)


def contrast(one: Ink, other: Ink) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(ground: Ink, wanted: Ink) -> Ink:
    """Return *wanted* where it is read as large text on *ground*, else black or white."""
    if contrast(wanted, ground) >= LARGE_TEXT:
        return wanted
    return max(_BLACK, _WHITE, key=lambda ink: contrast(ink, ground))


def _luminance(ink: Ink) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in ink)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
