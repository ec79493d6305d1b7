"""One video, measured: every layer's place and time, and how to paint the picture of each.

Nothing is painted before it is asked for: a video needs every picture, a preview those of one
second.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from engine_kit.fonts import fonts_for
from engine_kit.glyphs import stand_ins
from engine_kit.text.emoji import emoji_pictures
from engine_kit.text.faces import families_in
from engine_kit.text.items import document_language
from engine_kit.text.typesetter import Typesetter
from PIL import Image

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions
from remotion import background, badges, cards, layers
from remotion.cards import Card
from remotion.feed import Feed, lay_out
from remotion.layers import BACKGROUND, Picture, PictureKind, Scene, Scroll
from remotion.layout import layout
from remotion.renderer import Renderer
from remotion.theme import theme
from remotion.timing import schedule

Pictures = Mapping[str, Image.Image]
"""Fetched pictures by URL; those not available are missing."""

_CARD_MARGIN = 40
# All scrolling texts together: FFmpeg holds each of them, at two and a half bytes per pixel.
SCROLL_PIXELS_MAX = 60_000_000


@dataclass(frozen=True, kw_only=True)
class Composition:
    """A measured video. *missing*, of its typesetter, grows while pictures are painted.

    *kept*: cards that are painted already, by number, until the feed is.
    """

    renderer: Renderer
    document: CommentsDocument
    options: CommentsOptions
    scene: Scene
    cards: tuple[Card, ...]
    pictures: Pictures
    page: background.Cover
    mark: Image.Image | None
    kept: dict[int, Image.Image] = field(default_factory=dict)

    @property
    def wanted(self) -> list[Picture]:
        """All pictures of the video, each once."""
        overlaid = (layer.picture for layer in layers.overlays(self.scene))
        return list(dict.fromkeys((BACKGROUND, *overlaid)))

    @property
    def missing(self) -> frozenset[int]:
        """The code points, of what was measured and painted so far, that no font could draw."""
        return frozenset(ord(c) for text in self.renderer.setter.missing for c in text)

    def paint(self, picture: Picture, only: Collection[int] | None = None) -> Image.Image:
        """Paint *picture*; of the feed, *only* these cards."""
        if picture.kind is PictureKind.FEED:
            return _paint_feed(self, picture.number or 0, only)
        return _PAINTERS[picture.kind](self, picture.number or 0)

    def card(self, number: int) -> Image.Image:
        """Paint a card."""
        card = self.cards[number]
        avatar = self.pictures.get(card.comment.avatar_url or "")
        return cards.paint_card(self.renderer, card, avatar)

    @cached_property
    def background(self) -> background.Background:
        """The background, from which the corners are cut."""
        return background.draw_background(self.renderer, self.document.video)

    @property
    def countdown_side(self) -> int:
        assert self.scene.countdown is not None
        return self.scene.countdown.width


def _paint_feed(made: Composition, number: int, only: Collection[int] | None) -> Image.Image:
    place, feed, margin = made.renderer.layout, made.scene.feed, made.scene.margin
    piece = feed.pieces[number]
    size = (piece.size + 2 * margin, place.feed.height + 2 * margin)
    if not place.vertical:
        size = (place.feed.width + 2 * margin, piece.size + 2 * margin)
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    for number in range(piece.first, piece.last + 1):
        if only is not None and number not in only:
            continue
        where = feed.places[number]
        along = where.start - piece.start
        at = (along, where.across) if place.vertical else (where.across, along)
        card = made.kept.pop(number, None) or made.card(number)
        # Shadows of neighbours overlap: laid over each other, not pasted.
        picture.alpha_composite(card, at)
    return picture


def _paint_scroll_edge(made: Composition, _: int) -> Image.Image:
    first = made.scene.scrolls[0]
    return cards.paint_edge(made.renderer, width=first.width, height=first.height)


def _paint_veil(made: Composition, fades: Literal["top", "bottom"]) -> Image.Image:
    width, height = made.scene.veil
    return background.draw_veil(made.renderer, width=width, height=height, fades=fades)


def _paint_seconds(made: Composition, _: int) -> Image.Image:
    times = made.scene.schedule
    longest_s = max(math.ceil(times.seconds(span.frames)) for span in times.spans)
    return badges.draw_seconds(made.renderer, made.countdown_side, longest_s)


def _paint_cover(made: Composition, _: int) -> Image.Image:
    video, comments = made.document.video, len(made.cards)
    return background.draw_cover(made.renderer, made.page, video, comments=comments)


def _paint_cover_line(made: Composition, _: int) -> Image.Image:
    assert made.page.line is not None
    return background.draw_cover_line(made.renderer, made.page.line)


def _paint_watermark(made: Composition, _: int) -> Image.Image:
    assert made.mark is not None
    return made.mark


_PAINTERS: Mapping[PictureKind, Callable[[Composition, int], Image.Image]] = {
    PictureKind.BACKGROUND: lambda made, _: made.background.image,
    PictureKind.CORNER: lambda made, number: made.background.corners[number],
    PictureKind.INFO: lambda made, _: background.draw_info(made.renderer, made.document.video),
    PictureKind.SCROLL: lambda made, card: cards.paint_scroll(made.renderer, made.cards[card]),
    PictureKind.SCROLL_EDGE: _paint_scroll_edge,
    PictureKind.VEIL_ABOVE: lambda made, _: _paint_veil(made, "bottom"),
    PictureKind.VEIL_BELOW: lambda made, _: _paint_veil(made, "top"),
    PictureKind.BAR: lambda made, _: background.draw_bar(made.renderer),
    PictureKind.COUNTDOWN: lambda made, _: badges.draw_countdown(
        made.renderer, made.countdown_side
    ),
    PictureKind.SECONDS: _paint_seconds,
    PictureKind.COVER: _paint_cover,
    PictureKind.COVER_LINE: _paint_cover_line,
    PictureKind.WATERMARK: _paint_watermark,
}
"""Of every kind but the feed, of which a part can be painted: what paints a numbered picture."""


def compose(
    document: CommentsDocument,
    options: CommentsOptions,
    *,
    source_size: tuple[int, int],
    pictures: Pictures | None = None,
) -> Composition:
    """Measure the whole video; *source_size* is as displayed.

    Texts scroll until they have SCROLL_PIXELS_MAX together; those after them are cut to their
    cards.
    """
    pictures = pictures or {}
    document = document.without_html()
    if options.lead == "translation":
        document = document.translation_first()
    look = theme(options)
    place = layout(
        options,
        source_width=source_size[0],
        source_height=source_size[1],
        scale=look.scale,
        feed_side=look.feed_side,
    )
    shown = _text_of(document, options)
    files = fonts_for(shown)
    if table := stand_ins(set(shown), files):
        document = document.with_texts(lambda text: text.translate(table))
    setter = Typesetter(
        families_in(files),
        emoji=emoji_pictures(),
        language=document_language(shown),
        weights=(look.text_weight, look.title_weight),
    )
    renderer = Renderer(layout=place, theme=look, setter=setter)
    measured = _measured(renderer, document, options)
    feed = lay_out(place, [card.height for card in measured])
    page = background.cover(renderer, document.video)
    mark = None
    if options.watermark is not None:
        picture = pictures.get(options.watermark.image_url or "")
        mark = badges.draw_watermark(renderer, options.watermark, picture)
    return Composition(
        renderer=renderer,
        document=document,
        options=options,
        scene=_scene(renderer, document, options, measured, feed, page, mark),
        cards=tuple(measured),
        pictures=pictures,
        page=page,
        mark=mark,
    )


def _text_of(document: CommentsDocument, options: CommentsOptions) -> str:
    """Return all that may be drawn, in one string."""
    video = document.video
    texts = [video.title, video.translated_title, video.author]
    for comment in document.comments[: options.max_comments]:
        texts += [comment.author, comment.content, comment.translated_content]
    if options.watermark is not None:
        texts.append(options.watermark.text)
    return "\n".join(text for text in texts if text)


def _measured(
    renderer: Renderer,
    document: CommentsDocument,
    options: CommentsOptions,
) -> list[Card]:
    place = renderer.layout
    height_max = place.feed.height - (0 if place.vertical else 2 * place.px(_CARD_MARGIN))
    shown = document.comments[: options.max_comments]
    found: list[Card] = []
    pixels = 0
    for number, comment in enumerate(shown, 1):
        may_scroll = pixels < SCROLL_PIXELS_MAX
        card = cards.measured(
            renderer,
            comment,
            number=number,
            count=len(shown),
            height_max=height_max,
            scroll_s=options.max_scroll_seconds if may_scroll else None,
        )
        if card.scrolls:
            _, _, width, height = cards.scroll_place(renderer, card)
            pixels += width * height
        found.append(card)
    return found


def _scene(
    renderer: Renderer,
    document: CommentsDocument,
    options: CommentsOptions,
    measured: list[Card],
    feed: Feed,
    page: background.Cover,
    mark: Image.Image | None,
) -> Scene:
    place, margin = renderer.layout, measured[0].margin
    scrolls = tuple(_scroll(renderer, number, card) for number, card in enumerate(measured))
    times = schedule(
        document.comments,
        options,
        transition_s=renderer.theme.transition_s,
        overflows={
            scroll.card: scroll.text_height / scroll.height - 1
            for scroll in scrolls
            if scroll is not None
        },
    )
    return Scene(
        layout=place,
        schedule=times,
        feed=feed,
        ease=renderer.theme.ease,
        cover_leaves=options.cover_transition,
        corners=background.corner_places(renderer),
        margin=margin,
        veil=(place.feed.width + 2 * margin, place.height),
        bar_height=background.bar_height(renderer),
        scrolls=tuple(scroll for scroll in scrolls if scroll is not None),
        line=(page.left, page.line_y) if page.line is not None else None,
        countdown=badges.countdown_box(place) if options.countdown else None,
        watermark=badges.watermark_place(place, options.watermark, mark.size)
        if options.watermark is not None and mark is not None
        else None,
    )


def _scroll(renderer: Renderer, number: int, card: Card) -> Scroll | None:
    if card.window is None:
        return None
    left, top, width, height = cards.scroll_place(renderer, card)
    return Scroll(
        card=number, left=left, top=top, width=width, height=card.window, text_height=height
    )


def draw_all(
    composition: Composition,
    folder: Path,
    *,
    advance: Callable[[float], None],
    check: Callable[[Composition, Picture, Image.Image], None] = lambda *_: None,
) -> None:
    """Paint every picture into *folder*. *advance* gets 0 to 1.

    *check*: gets each picture before it is written, and raises when it is not as it should be.
    """
    wanted = composition.wanted
    for done, picture in enumerate(wanted, 1):
        painted = composition.paint(picture)
        check(composition, picture, painted)
        # Read once, moments later: to pack and to unpack them would take longer than to draw them.
        painted.save(folder / picture.file, "TIFF")
        advance(done / len(wanted))
