"""Plots as SVG: a few lines over one axis of time, readable on light and dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 860, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 64, 52
COLOURS = ("#0b6bcb", "#c2410c", "#15803d")
TICKS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """*points*: (x, y), each good from its x to the next one's."""

    name: str
    points: Sequence[tuple[float, float]]


def stepped_plot(title: str, across: str, up: str, lines: Sequence[Line]) -> str:
    """Return *lines* as steps over axes from 0, with a legend."""
    x_step, y_step = (
        _step(max(point[axis] for line in lines for point in line.points)) for axis in (0, 1)
    )
    x_most = max(point[0] for line in lines for point in line.points)
    y_most = y_step * ceil(max(point[1] for line in lines for point in line.points) / y_step)
    inner_w, inner_h = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return LEFT + value / x_most * inner_w

    def y(value: float) -> float:
        return TOP + inner_h - value / y_most * inner_h

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="600" fill="#111">'
        f"{escape(title)}</text>",
    ]
    for number in range(round(y_most / y_step) + 1):
        at, value = y(number * y_step), number * y_step
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, at + 4, f"{value:g}", "end"))
    for number in range(floor(x_most / x_step) + 1):
        parts.append(_text(x(number * x_step), HEIGHT - BOTTOM + 18, f"{number * x_step:g}"))
    parts.append(_text(LEFT + inner_w / 2, HEIGHT - 12, across))
    parts.append(
        f'<text transform="translate(16 {TOP + inner_h / 2:.0f}) rotate(-90)"'
        f' text-anchor="middle" fill="#444">{escape(up)}</text>'
    )
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        path = _steps([(x(at), y(value)) for at, value in line.points])
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        left = LEFT + number * 220
        parts.append(f'<path d="M{left} 44h24" stroke="{colour}" stroke-width="3"/>')
        parts.append(_text(left + 32, 48, line.name, "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="#444">{escape(text)}</text>'


def _steps(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest)


def _step(most: float) -> float:
    """Return a round distance of ticks for an axis up to *most*."""
    raw = max(most, 1e-9) / TICKS
    power = 10.0 ** floor(log10(raw))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= raw)
