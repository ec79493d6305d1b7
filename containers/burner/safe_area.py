"""What apps that show upright video (TikTok, Reels, Shorts) cover with controls of their own: tabs
above, the film's own text and the sound below, a rail of buttons at the right. Pure.
"""

from burner.styles import Frame
from media_jobs.engines.burner.options import BurnOptions, Place

BOTTOM, MIDDLE, TOP = 0, 1, 2
COVERED_SHARES = {BOTTOM: 0.24, MIDDLE: 0.0, TOP: 0.14}
"""Of the height, by the row that a text stands in."""
SIDE_SHARE = 0.14
"""Of the width, at each side: text in the middle stays there."""


def row_of(place: Place) -> int:
    """Return the row of one of nine places."""
    words = place.split("-")
    return BOTTOM if "bottom" in words else TOP if "top" in words else MIDDLE


def has_controls(picture: Frame, options: BurnOptions) -> bool:
    """Whether *picture* will be shown under such controls."""
    return picture.is_upright and options.safe_area == "auto"


def edge_of(row: int, margin: float, picture: Frame, options: BurnOptions) -> float:
    """Return how far a text in *row* stays from its edge, at least *margin*, in script pixels."""
    if not has_controls(picture, options):
        return margin
    return max(margin, COVERED_SHARES[row] * picture.height)


def right_of(row: int, margin: float, picture: Frame, options: BurnOptions) -> float:
    """Return how far a text stays from the right, at least *margin*: the rail begins below TOP."""
    if row == TOP or not has_controls(picture, options):
        return margin
    return max(margin, SIDE_SHARE * picture.shown_width)
