"""One comment as a card: who, how well liked, what they said, and what it means.

A card is as high as its text. Text that would make it higher than the space is set a step smaller;
if that is not enough, it scrolls: the card then has a window, and the text is a picture of its own.
"""

from dataclasses import dataclass

from PIL import Image

from media_jobs.comments import Comment
from remotion import shapes
from remotion.characters import plain
from remotion.layout import even
from remotion.renderer import Renderer
from remotion.text import TextBlock
from remotion.theme import mixed
from remotion.timing import readable, reading_seconds

_PADDING = 34
_SHADOW = 26
_AVATAR = 72
_HEAD_GAP = 22
_BLOCK_GAP = 20
_BAR = 5
_BAR_GAP = 18
_EDGE = 26
# Units at the steps of size: the comment, and its translation. Text that scrolls has the second.
_STEPS = ((36, 33), (32, 30), (28, 26), (24, 23))
_SCROLL_STEP = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    content: TextBlock
    translation: TextBlock | None

    def height(self, gap: int) -> int:
        more = gap + self.translation.height if self.translation else 0
        return self.content.height + more


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card that is ready to be painted; sizes in pixels.

    *margin*: of its picture on each side, for the shadow. *window*: height of the part of the text
    that is seen at once, None when all of it is.
    """

    comment: Comment
    place: str
    texts: _Texts
    width: int
    height: int
    margin: int
    window: int | None

    @property
    def scrolls(self) -> bool:
        """Say whether the text is taller than the card."""
        return self.window is not None


def measured(
    renderer: Renderer,
    comment: Comment,
    *,
    number: int,
    count: int,
    height_max: int,
    scroll_s: float | None,
) -> Card:
    """Set *comment* as number *number* of *count*, at most *height_max* pixels high.

    *scroll_s*: how long the text may scroll; None: it may not, and is shrunk and cut instead.
    """
    px = renderer.layout.px
    padding, gap = px(_PADDING), px(_BLOCK_GAP)
    around = 2 * padding + _head(renderer)
    width = renderer.layout.feed.width
    room = height_max - around
    texts = _set_texts(renderer, comment, width - 2 * padding, room, gap, scroll_s)
    scrolls = texts.height(gap) > room
    height = around + (room if scrolls else texts.height(gap))
    # Even sizes: FFmpeg's colour planes have half the resolution.
    height += -(height % 2) if scrolls else height % 2
    margin = px(_SHADOW) + px(_SHADOW) % 2
    return Card(
        comment=comment,
        place=f"{number} / {count}",
        texts=texts,
        width=width,
        height=height,
        margin=margin,
        window=height - around if scrolls else None,
    )


def scroll_place(renderer: Renderer, card: Card) -> tuple[int, int, int, int]:
    """Return left and top of the window in the card, and the width and height of the text."""
    px = renderer.layout.px
    padding = px(_PADDING)
    text_height = card.texts.height(px(_BLOCK_GAP)) + 2 * px(_EDGE)
    # On even pixels, where FFmpeg puts pictures in any case.
    return (
        even(padding),
        even(padding + _head(renderer)),
        card.width - 2 * padding,
        text_height + text_height % 2,
    )


def paint_card(renderer: Renderer, card: Card, avatar: Image.Image | None = None) -> Image.Image:
    """Paint the card, without its text if that scrolls."""
    px = renderer.layout.px
    image = _blank(renderer, card)
    left = top = card.margin + px(_PADDING)
    _draw_head(renderer, image, card, left, top, avatar)
    if not card.scrolls:
        top += _head(renderer)
        _draw_texts(renderer, image, card.texts, left, top, px(_BLOCK_GAP))
    return image


def paint_scroll(renderer: Renderer, card: Card) -> Image.Image:
    """Paint the text of a card that scrolls, with room for the soft edges at both ends."""
    _, _, width, height = scroll_place(renderer, card)
    image = Image.new("RGBA", (width, height), (*renderer.theme.card, 0))
    px = renderer.layout.px
    _draw_texts(renderer, image, card.texts, 0, px(_EDGE), px(_BLOCK_GAP))
    return image


def paint_edge(renderer: Renderer, *, width: int, height: int) -> Image.Image:
    """Paint what lies over a window: text comes out of the card and goes back into it."""
    soft = min(height // 2, renderer.layout.px(_EDGE))
    mask = Image.new("L", (width, height), 0)
    ramp = Image.linear_gradient("L").resize((width, soft), Image.Resampling.BILINEAR)
    mask.paste(ramp.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, 0))
    mask.paste(ramp, (0, height - soft))
    image = Image.new("RGBA", (width, height), (*renderer.theme.card, 255))
    image.putalpha(mask)
    return image


def _set_texts(
    renderer: Renderer, comment: Comment, width: int, room: int, gap: int, scroll_s: float | None
) -> _Texts:
    content = plain(comment.content) or " "
    translation = plain(comment.translated_content or "")
    if translation == content:
        translation = ""
    for step in range(len(_STEPS)):
        texts = _at_step(renderer, step, content, translation, width)
        if texts.height(gap) <= room:
            return texts
        if step == _SCROLL_STEP and scroll_s is not None:
            content, translation = _within(content, translation, scroll_s)
            return _at_step(renderer, step, content, translation, width)
    return _cut(texts, room, gap)


def _at_step(renderer: Renderer, step: int, content: str, translation: str, width: int) -> _Texts:
    scale = renderer.layout.type_scale
    content_units, translation_units = _STEPS[step]
    translated = None
    if translation:
        pen = renderer.pen(translation_units * scale)
        translated = pen.block(translation, width_max=width - _indent(renderer))
    block = renderer.pen(content_units * scale).block(content, width_max=width)
    return _Texts(content=block, translation=translated)


def _within(content: str, translation: str, seconds: float) -> tuple[str, str]:
    """Cut both to what can be read: half of the time each, or what the other leaves."""
    if not translation:
        return readable(content, seconds), ""
    first_s = max(seconds / 2, seconds - reading_seconds(translation))
    content = readable(content, first_s)
    return content, readable(translation, seconds - reading_seconds(content))


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


def _blank(renderer: Renderer, card: Card) -> Image.Image:
    px, theme = renderer.layout.px, renderer.theme
    width, height, margin = card.width, card.height, card.margin
    image = Image.new("RGBA", (width + 2 * margin, height + 2 * margin), (0, 0, 0, 0))
    radius = round(theme.radius * renderer.layout.unit)
    strength = round(255 * theme.shadow)
    if strength:
        shade = shapes.shadow(width, height, radius, margin, strength)
        shapes.paint(image, shade, (0, 0), (0, 0, 0))
    shapes.paint(image, shapes.rounded_mask(width, height, radius), (margin, margin), theme.edge)
    line = px(1.6)
    inner = shapes.rounded_mask(width - 2 * line, height - 2 * line, max(0, radius - line))
    shapes.paint(image, inner, (margin + line, margin + line), theme.card)
    return image


def _draw_head(
    renderer: Renderer,
    image: Image.Image,
    card: Card,
    left: int,
    top: int,
    avatar: Image.Image | None,
) -> None:
    px, theme, comment = renderer.layout.px, renderer.theme, card.comment
    side, larger = _avatar(renderer), renderer.layout.type_scale
    name = plain(comment.author or "")
    x = left
    if name or avatar is not None:
        renderer.draw_avatar(image, left, top, side, name, avatar)
        x += side + px(18)
    right = image.width - left
    place_block = renderer.pen(20 * larger).block(card.place, width_max=right - x)
    place_block.draw(image, right - place_block.width, top + px(7), theme.muted)
    room = right - place_block.width - px(16) - x
    name_block = renderer.pen(29 * larger, bold=True, line_height=1.3).block(
        name, width_max=room, lines_max=1
    )
    name_block.draw(image, x, top - px(1), theme.text, flush_left=True)
    pen = renderer.pen(22 * larger, line_height=1.3)
    y = top + px(39 * larger)
    icon = px(22 * larger)
    counts = [
        (shapes.heart_mask(icon), comment.likes, theme.accent),
        (shapes.bubble_mask(icon), comment.reply_count, theme.muted),
    ]
    for mask, count, ink in counts:
        # None and nobody alike: sites show no zero.
        if count:
            x = renderer.draw_count(
                image, x, y, mask, count, pen=pen, icon_ink=ink, ink=theme.muted
            )


def _avatar(renderer: Renderer) -> int:
    return renderer.layout.px(_AVATAR * renderer.layout.type_scale)


def _head(renderer: Renderer) -> int:
    return _avatar(renderer) + renderer.layout.px(_HEAD_GAP)


def _indent(renderer: Renderer) -> int:
    return renderer.layout.px(_BAR) + renderer.layout.px(_BAR_GAP)


def _draw_texts(
    renderer: Renderer, image: Image.Image, texts: _Texts, left: int, top: int, gap: int
) -> None:
    px, theme = renderer.layout.px, renderer.theme
    if texts.translation is None:
        texts.content.draw(image, left, top, theme.text)
        return
    texts.content.draw(image, left, top, mixed(theme.text, theme.muted, 0.55))
    top += texts.content.height + gap
    bar = shapes.rounded_mask(px(_BAR), texts.translation.height, px(_BAR) // 2)
    shapes.paint(image, bar, (left, top), theme.accent)
    texts.translation.draw(image, left + _indent(renderer), top, theme.text)
