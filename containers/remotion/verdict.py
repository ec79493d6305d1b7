"""Judges the painted cards by their pixels: something is seen of each text, and none is cut off."""

from collections.abc import Iterator

from engine_kit.failures import EngineFailure, FailureCode
from PIL import Image, ImageChops

from media_jobs.characters import is_invisible
from remotion.cards import Card, scroll_place
from remotion.composition import Composition
from remotion.layers import Picture, PictureKind

SEEN = 24
"""By how much of 255 a pixel differs from its card to be more than the card."""
_RIM = 10
"""Units inside a card's edge that no text comes near to."""


def check_picture(made: Composition, picture: Picture, painted: Image.Image) -> None:
    """Raise EngineFailure(output_invalid) unless the texts of a painted *picture* can be read."""
    if picture.kind is PictureKind.SCROLL:
        assert picture.number is not None
        if has_letters(made.cards[picture.number]) and painted.getbbox() is None:
            raise _unseen(picture.number)
    if picture.kind is PictureKind.FEED:
        for number, body in _bodies(made, picture.number or 0, painted):
            _check_card(made, number, body)


def has_letters(card: Card) -> bool:
    """Whether a comment says anything that is seen."""
    said = (card.comment.content, card.comment.translated_content or "")
    return not all(map(is_invisible, "".join(said)))


def _bodies(
    made: Composition, number: int, painted: Image.Image
) -> Iterator[tuple[int, Image.Image]]:
    """Yield the cards of a piece of the feed, without the shadows around them."""
    feed, margin = made.scene.feed, made.scene.margin
    piece = feed.pieces[number]
    for at in range(piece.first, piece.last + 1):
        place, card = feed.places[at], made.cards[at]
        along, across = place.start - piece.start + margin, place.across + margin
        x, y = (along, across) if made.renderer.layout.vertical else (across, along)
        yield at, painted.crop((x, y, x + card.width, y + card.height))


def _check_card(made: Composition, number: int, body: Image.Image) -> None:
    card, theme = made.cards[number], made.renderer.theme
    if card.scrolls or not has_letters(card) or _contrast(theme.text, theme.card) < 2 * SEEN:
        return
    rim = made.renderer.layout.px(_RIM)
    _, top, _, _ = scroll_place(made.renderer, card)
    inside = body.crop((rim, top, body.width - rim, body.height - rim)).convert("RGB")
    found = ImageChops.difference(inside, Image.new("RGB", inside.size, theme.card))
    box = found.convert("L").point([255 if v >= SEEN else 0 for v in range(256)]).getbbox()
    if box is None:
        raise _unseen(number)
    if box[0] == 0 or box[2] == inside.width or box[3] == inside.height:
        raise EngineFailure(
            FailureCode.OUTPUT_INVALID, f"The text of comment {number + 1} would be cut off."
        )


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _unseen(number: int) -> EngineFailure:
    return EngineFailure(
        FailureCode.OUTPUT_INVALID, f"Nothing would be seen of comment {number + 1}."
    )
