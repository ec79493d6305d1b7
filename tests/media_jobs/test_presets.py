"""What the burner's presets look like can be read, whatever lies behind the text."""

import pytest

from media_jobs.engines.burner.options import BurnOptions, SubtitleStyle
from media_jobs.engines.burner.presets import PRESETS

STYLES = [
    pytest.param(style, id=f"{name}-{language}")
    for name in PRESETS
    for options in [BurnOptions.model_validate({"preset": name})]
    for language, style in [("first", options.style), ("second", options.secondary_style)]
]


def linear(rgb: str) -> list[float]:
    """Return red, green and blue of #RRGGBB as light, 0 to 1 (IEC 61966-2-1)."""
    values = [int(rgb[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def luminance(rgb: str) -> float:
    red, green, blue = linear(rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: str) -> tuple[float, float, float]:
    """Return a colour in CIELAB (D65): equal distances look about equally different."""
    red, green, blue = linear(rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def ground(style: SubtitleStyle) -> str:
    """Return what lies around the letters: of a translucent box, over a white film."""
    if style.background_opacity == 0:
        assert style.outline_width >= 3
        return style.outline_color
    mixed = [
        round(255 + (int(style.background_color[at : at + 2], 16) - 255) * style.background_opacity)
        for at in (1, 3, 5)
    ]
    return "#{:02X}{:02X}{:02X}".format(*mixed)


@pytest.mark.parametrize("style", STYLES)
def test_text_and_words_that_are_said_are_read_on_any_film(style: SubtitleStyle) -> None:
    assert contrast(style.text_color, ground(style)) >= 4.2
    assert contrast(style.highlight_color, ground(style)) >= 3


@pytest.mark.parametrize("style", STYLES)
def test_a_word_that_is_said_differs_from_the_others(style: SubtitleStyle) -> None:
    text, said = lab(style.text_color), lab(style.highlight_color)

    # Just noticed is 2.3; pale yellow and gold are 40 apart, white and gold 88.
    assert sum((a - b) ** 2 for a, b in zip(text, said, strict=True)) ** 0.5 > 60
