"""All cards in one long feed, past which the picture's window moves. Pure.

However many comments there are, FFmpeg moves a handful of pictures: the feed, cut into pieces of
bearable size, and two veils that dim what is above and below the card being read. In the landscape
template the feed runs downwards and its cards are as high as their texts; in the vertical template
it runs to the right and every card has the same place.

Positions are pixels along the feed from its beginning, all even.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from remotion.layout import Layout, even

_PIECE_PIXELS_MAX = 12_000
_GAP = 28
_WINDOW_GAP = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """Where one card lies: *start* and *size* along the feed, *across* from the feed's edge."""

    start: int
    size: int
    across: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One picture of the feed: the cards *first* to *last*, from *start*, *size* long."""

    first: int
    last: int
    start: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """*places* by card; *stops*: where the window stands while a card is read; *entry*: before."""

    places: tuple[CardPlace, ...]
    pieces: tuple[Piece, ...]
    stops: tuple[int, ...]
    entry: int

    def window(self, card: int) -> tuple[int, int]:
        """Return where on screen, along the feed's axis, the card being read begins and ends."""
        place = self.places[card]
        start = place.start - self.stops[card]
        return start - _WINDOW_GAP, start + place.size + _WINDOW_GAP


def lay_out(layout: Layout, heights: Sequence[int]) -> Feed:
    """Put cards of these heights on a feed."""
    feed = layout.feed
    gap = even(_GAP * layout.unit)
    if layout.vertical:
        # The next card waits out of sight, not under the controls at the right.
        gap = max(gap, layout.width - feed.x - feed.width)
    places: list[CardPlace] = []
    at = 0
    for height in heights:
        if layout.vertical:
            # All begin at one height: names and texts don't jump from card to card.
            places.append(CardPlace(start=at, size=feed.width, across=0))
        else:
            places.append(CardPlace(start=at, size=even(height), across=0))
        at += places[-1].size + gap
    if layout.vertical:
        stops = [place.start - feed.x for place in places]
        entry = stops[0] - layout.width
    else:
        stops = [place.start - even((layout.height - place.size) / 2) for place in places]
        entry = stops[0] - layout.height
    return Feed(places=tuple(places), pieces=_pieces(places), stops=tuple(stops), entry=entry)


def _pieces(places: Sequence[CardPlace]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    first = 0
    for last, place in enumerate(places):
        is_end = last + 1 == len(places)
        end = place.start + place.size
        following = 0 if is_end else places[last + 1].start + places[last + 1].size
        if is_end or following - places[first].start > _PIECE_PIXELS_MAX:
            start = places[first].start
            pieces.append(Piece(first=first, last=last, start=start, size=end - start))
            first = last + 1
    return tuple(pieces)
