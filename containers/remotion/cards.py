"""Draw one comment as a card: who, how well liked, what they said, and what it means.

A card is as high as its text. Text that would make it higher than the space is set smaller, in
steps, and at the smallest step cut with an ellipsis.
"""

from dataclasses import dataclass

from PIL import Image

from media_jobs.comments import Comment
from remotion import shapes
from remotion.characters import plain
from remotion.studio import Studio
from remotion.text import TextBlock
from remotion.theme import mixed

__all__ = ["Card", "draw_card"]

_PADDING = 34
_RADIUS = 28
_SHADOW = 26
_AVATAR = 72
_HEAD_GAP = 22
_BLOCK_GAP = 20
_BAR = 5
_BAR_GAP = 18
# Units at the four steps of size: the comment, and its translation.
_STEPS = ((36, 33), (32, 30), (28, 26), (24, 23))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A drawn card. *image* is larger than the card by *margin* on each side, for its shadow."""

    image: Image.Image
    margin: int

    @property
    def height(self) -> int:
        """The height of the card itself."""
        return self.image.height - 2 * self.margin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    content: TextBlock
    translation: TextBlock | None

    def height(self, gap: int) -> int:
        more = gap + self.translation.height if self.translation else 0
        return self.content.height + more


def draw_card(
    studio: Studio, comment: Comment, *, number: int, count: int, height_max: int
) -> Card:
    """Draw *comment* as number *number* of *count*, at most *height_max* pixels high."""
    px = studio.layout.px
    padding, head, gap = px(_PADDING), px(_AVATAR), px(_BLOCK_GAP)
    width = studio.layout.feed.width
    room = height_max - 2 * padding - head - px(_HEAD_GAP)
    texts = _set_texts(studio, comment, width - 2 * padding, room, gap)
    height = 2 * padding + head + px(_HEAD_GAP) + texts.height(gap)
    # Even sizes: FFmpeg's colour planes have half the resolution.
    height += height % 2
    image, margin = _blank(studio, width, height)
    left, top = margin + padding, margin + padding
    _draw_head(studio, image, comment, left, top, f"{number} / {count}")
    _draw_texts(studio, image, texts, left, top + head + px(_HEAD_GAP), gap)
    return Card(image=image, margin=margin)


def _set_texts(studio: Studio, comment: Comment, width: int, room: int, gap: int) -> _Texts:
    content = plain(comment.content) or " "
    translation = plain(comment.translated_content or "")
    if translation == content:
        translation = ""
    for content_units, translation_units in _STEPS:
        scale = studio.layout.type_scale
        pens = (studio.pen(content_units * scale), studio.pen(translation_units * scale))
        blocks = _Texts(
            content=pens[0].block(content, width_max=width),
            translation=pens[1].block(translation, width_max=width - _indent(studio))
            if translation
            else None,
        )
        if blocks.height(gap) <= room:
            return blocks
    return _cut(blocks, room, gap)


def _cut(texts: _Texts, room: int, gap: int) -> _Texts:
    """Shorten both to what they may have: half of the room each, or what the other leaves."""
    if texts.translation is None:
        return _Texts(content=_shortened(texts.content, room), translation=None)
    room -= gap
    wanted = (texts.content.height, texts.translation.height)
    first = min(wanted[0], max(room // 2, room - wanted[1]))
    return _Texts(
        content=_shortened(texts.content, first),
        translation=_shortened(texts.translation, room - first),
    )


def _shortened(block: TextBlock, height: int) -> TextBlock:
    lines_max = max(1, int(height / (block.pen.size * block.pen.line_height)))
    return block.shortened(lines_max)


def _blank(studio: Studio, width: int, height: int) -> tuple[Image.Image, int]:
    px, theme = studio.layout.px, studio.theme
    margin = px(_SHADOW) + px(_SHADOW) % 2
    image = Image.new("RGBA", (width + 2 * margin, height + 2 * margin), (0, 0, 0, 0))
    radius = px(_RADIUS)
    shapes.paint(image, shapes.shadow(width, height, radius, margin, 150), (0, 0), (0, 0, 0))
    shapes.paint(image, shapes.rounded_mask(width, height, radius), (margin, margin), theme.edge)
    line = px(1.6)
    inner = shapes.rounded_mask(width - 2 * line, height - 2 * line, radius - line)
    shapes.paint(image, inner, (margin + line, margin + line), theme.card)
    return image, margin


def _draw_head(
    studio: Studio, image: Image.Image, comment: Comment, left: int, top: int, place: str
) -> None:
    px, theme = studio.layout.px, studio.theme
    side = px(_AVATAR)
    name = plain(comment.author) or "?"
    studio.draw_avatar(image, left, top, side, name)
    x = left + side + px(18)
    right = image.width - left
    place_block = studio.pen(20).block(place, width_max=right - x)
    place_block.draw(image, right - place_block.width, top + px(7), theme.muted)
    room = right - place_block.width - px(16) - x
    name_block = studio.pen(29, bold=True, line_height=1.3).block(name, width_max=room, lines_max=1)
    name_block.draw(image, x, top - px(1), theme.text, flush_left=True)
    pen = studio.pen(22, line_height=1.3)
    y = top + px(39)
    icon = px(22)
    x = studio.draw_count(
        image,
        x,
        y,
        shapes.heart_mask(icon),
        comment.likes,
        pen=pen,
        icon_ink=theme.accent,
        ink=theme.muted,
    )
    if comment.reply_count:
        studio.draw_count(
            image,
            x,
            y,
            shapes.bubble_mask(icon),
            comment.reply_count,
            pen=pen,
            icon_ink=theme.muted,
            ink=theme.muted,
        )


def _indent(studio: Studio) -> int:
    return studio.layout.px(_BAR) + studio.layout.px(_BAR_GAP)


def _draw_texts(
    studio: Studio, image: Image.Image, texts: _Texts, left: int, top: int, gap: int
) -> None:
    px, theme = studio.layout.px, studio.theme
    if texts.translation is None:
        texts.content.draw(image, left, top, theme.text)
        return
    texts.content.draw(image, left, top, mixed(theme.text, theme.muted, 0.55))
    top += texts.content.height + gap
    bar = shapes.rounded_mask(px(_BAR), texts.translation.height, px(_BAR) // 2)
    shapes.paint(image, bar, (left, top), theme.accent)
    texts.translation.draw(image, left + _indent(studio), top, theme.text)
