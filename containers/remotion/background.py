"""Draw what stands still: the cover, the background with the video's facts, and its edges."""

from dataclasses import dataclass

from engine_kit.contrast import Ink
from PIL import Image, ImageChops, ImageDraw

from media_jobs.comments import CommentedVideo
from remotion import shapes
from remotion.characters import plain
from remotion.renderer import Renderer
from remotion.text import TextBlock
from remotion.wording import compact

VIDEO_RADIUS = 20
BAR_HEIGHT = 6
_BADGE = 64
PANEL_MARGIN = 44
_SOFT = 160
"""How long the shade under text over the video fades out, in units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The picture that everything else lies on.

    *corners* are pieces of what is around the video: laid over it at `corner_places` they make its
    corners round.
    """

    image: Image.Image
    corners: tuple[Image.Image, ...]


def draw_background(renderer: Renderer, video: CommentedVideo) -> Background:
    """Draw the background: the video's shadow, what is known of it, the cards' panel."""
    place, theme = renderer.layout, renderer.theme
    image = shapes.gradient((place.width, place.height), theme.background, theme.glow)
    if place.fills:
        return Background(image=image, corners=())
    if not place.vertical:
        _draw_panel(renderer, image)
    box, blur = place.video, place.px(40)
    radius = _radius(renderer)
    dark = shapes.shadow(box.width, box.height, radius, blur, round(233 * theme.shadow))
    _paint_within(image, dark, (box.x - blur, box.y - blur))
    corners = _corners(renderer, image, radius)
    _draw_info(renderer, image, video)
    return Background(image=image, corners=corners)


def draw_info(renderer: Renderer, video: CommentedVideo) -> Image.Image:
    """Draw what is known of a video that fills the picture, on a shade from the top."""
    place, soft = renderer.layout, _even(renderer.layout.px(_SOFT))
    opacity = round(255 * renderer.theme.shade)
    image = Image.new("RGBA", (place.width, place.info.bottom + soft), renderer.theme.background)
    mask = Image.new("L", image.size, opacity)
    ramp = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    ramp = ramp.point([value * opacity // 255 for value in range(256)])
    mask.paste(ramp.resize((place.width, soft), Image.Resampling.BILINEAR), (0, place.info.bottom))
    image.putalpha(mask)
    _draw_info(renderer, image, video)
    return image


def _draw_panel(renderer: Renderer, image: Image.Image) -> None:
    """Lay the panel that cards pass over: of one colour, so that the veils are not seen."""
    place, theme = renderer.layout, renderer.theme
    margin, line = place.px(PANEL_MARGIN), place.px(1.5)
    left, right = place.feed.x - margin, place.feed.x + place.feed.width + margin
    draw = ImageDraw.Draw(image)
    draw.rectangle((left, 0, right, place.height), fill=(*theme.panel, 255))
    edge = right if place.feed_at_left else left
    draw.rectangle((edge, 0, edge + line - 1, place.height), fill=(*theme.edge, 255))


def _even(pixels: int) -> int:
    return pixels + pixels % 2


def _corners(renderer: Renderer, around: Image.Image, radius: int) -> tuple[Image.Image, ...]:
    outside = ImageChops.invert(shapes.circle_mask(radius * 2))
    pieces = []
    for number, (x, y) in enumerate(corner_places(renderer)):
        piece = around.crop((x, y, x + radius, y + radius))
        left, upper = number % 2 * radius, number // 2 * radius
        piece.putalpha(outside.crop((left, upper, left + radius, upper + radius)))
        pieces.append(piece)
    return tuple(pieces)


def corner_places(renderer: Renderer) -> tuple[tuple[int, int], ...]:
    """Return where the corner pictures lie: the upper two from the left, then the lower two."""
    if renderer.layout.fills:
        return ()
    box, radius = renderer.layout.video, _radius(renderer)
    right, lower = box.x + box.width - radius, box.y + box.height - radius
    return ((box.x, box.y), (right, box.y), (box.x, lower), (right, lower))


def _radius(renderer: Renderer) -> int:
    units = min(VIDEO_RADIUS, renderer.theme.radius)
    # Two pixels at least: there are always four corners, and with them one graph for all looks.
    return max(2, _even(round(units * renderer.layout.unit)))


def _paint_within(image: Image.Image, mask: Image.Image, at: tuple[int, int]) -> None:
    """Paint black through a mask that may reach beyond the picture."""
    whole = Image.new("L", image.size, 0)
    whole.paste(mask, at)
    shapes.paint(image, whole, (0, 0), (0, 0, 0))


def _draw_info(renderer: Renderer, image: Image.Image, video: CommentedVideo) -> None:
    px, theme, box = renderer.layout.px, renderer.theme, renderer.layout.info
    pen, text = renderer.pen(42, bold=True, line_height=1.25), plain(video.title)
    title = pen.block(text, width_max=box.width, filling="balanced")
    if len(title.lines) > 2:
        title = pen.block(text, width_max=box.width, lines_max=2)
    title.draw(image, box.x, box.y, theme.text)
    y = box.y + title.height + px(6)
    translated = plain(video.translated_title or "")
    if translated:
        block = renderer.pen(30, line_height=1.3).block(
            translated, width_max=box.width, lines_max=1 if len(title.lines) > 1 else 2
        )
        block.draw(image, box.x, y, theme.accent)
        y += block.height
    # The shade over a film is for text and accent: what is muted would not be read on it.
    ink = theme.text if renderer.layout.fills else theme.muted
    _draw_people(renderer, image, video, box.x, y + px(16), units=28, ink=ink)


def _draw_people(
    renderer: Renderer,
    image: Image.Image,
    video: CommentedVideo,
    x: int,
    y: int,
    *,
    units: float,
    ink: Ink,
) -> None:
    """Draw author and counts, these in *ink*, in one row."""
    px, theme = renderer.layout.px, renderer.theme
    pen = renderer.pen(units, line_height=1.3)
    line = round(pen.size * pen.line_height)
    author = plain(video.author or "")
    if author:
        side = px(units * 1.9)
        renderer.draw_avatar(image, x, y, side, author)
        x += side + px(units * 0.55)
        name = renderer.pen(units, bold=True, line_height=1.3).block(
            author, width_max=px(520), lines_max=1
        )
        top = y + (side - line) // 2
        name.draw(image, x, top, theme.text, flush_left=True)
        x += name.width + px(units * 1.3)
        y = top
    counts = [(shapes.eye_mask, video.view_count), (shapes.heart_mask, video.like_count)]
    for mask, count in counts:
        if count:
            icon = mask(px(units * 1.05))
            x = renderer.draw_count(
                image, x, y, icon, count, pen=pen, icon_ink=theme.accent, ink=ink
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The title page, measured. *line*: the translated title and its place, which comes later."""

    left: int
    badge_y: int
    title: TextBlock
    title_y: int
    line: TextBlock | None
    line_y: int
    people_y: int


def cover(renderer: Renderer, video: CommentedVideo) -> Cover:
    """Set the title page around the middle of the picture."""
    place, px = renderer.layout, renderer.layout.px
    left = place.safe.x if place.vertical else px(150)
    width = place.safe.width if place.vertical else place.width - 2 * left
    title = _title(renderer, plain(video.title), width)
    translated = plain(video.translated_title or "")
    pen = renderer.pen(46, line_height=1.3)
    line = pen.block(translated, width_max=width, lines_max=3) if translated else None
    badge, gap, people = px(_BADGE), px(36), px(76)
    height = badge + gap + title.height + (px(22) + line.height if line else 0) + gap + people
    badge_y = place.safe.y + (place.safe.height - height) // 2
    title_y = badge_y + badge + gap
    line_y = title_y + title.height + px(22)
    below = line_y + line.height if line else title_y + title.height
    return Cover(
        left=left,
        badge_y=badge_y,
        title=title,
        title_y=title_y,
        line=line,
        line_y=line_y,
        people_y=below + gap + px(8),
    )


def draw_cover(
    renderer: Renderer, page: Cover, video: CommentedVideo, *, comments: int
) -> Image.Image:
    """Draw the title page without its line, for the film to shine through; *comments*: how many
    will be shown.
    """
    place, theme = renderer.layout, renderer.theme
    image = shapes.gradient((place.width, place.height), theme.background, theme.glow)
    _draw_glow(renderer, image)
    image.putalpha(round(theme.shade * 255))
    _draw_badge(renderer, image, page.left, page.badge_y, place.px(_BADGE), comments)
    page.title.draw(image, page.left, page.title_y, theme.text)
    # The colour of what is read second is too weak over a film.
    _draw_people(renderer, image, video, page.left, page.people_y, units=38, ink=theme.text)
    return image


def draw_cover_line(renderer: Renderer, line: TextBlock) -> Image.Image:
    """Draw the translated title alone; FFmpeg lets it come."""
    height = line.height + line.pen.size
    image = Image.new("RGBA", (line.width_max + line.width_max % 2, height + height % 2))
    line.draw(image, 0, 0, renderer.theme.accent)
    return image


def _title(renderer: Renderer, text: str, width: int) -> TextBlock:
    for units in (92, 78, 66):
        pen = renderer.pen(units, bold=True, line_height=1.2)
        block = pen.block(text, width_max=width, filling="balanced")
        if len(block.lines) <= 3:
            return block
    return renderer.pen(58, bold=True, line_height=1.2).block(text, width_max=width, lines_max=4)


def _draw_badge(
    renderer: Renderer, image: Image.Image, x: int, y: int, height: int, comments: int
) -> None:
    """Draw the pill with the number of comments."""
    px, theme = renderer.layout.px, renderer.theme
    pen = renderer.pen(30, bold=True, line_height=1.3)
    text = pen.block(compact(comments), width_max=image.width)
    icon = shapes.bubble_mask(px(34))
    width = px(24) + icon.width + px(14) + text.width + px(26)
    shapes.paint(image, shapes.rounded_mask(width, height, height // 2), (x, y), theme.accent)
    shapes.paint(
        image, icon, (x + px(24), y + (height - icon.height) // 2 + px(2)), theme.background
    )
    text.draw(
        image, x + px(24) + icon.width + px(14), y + (height - text.height) // 2, theme.background
    )


def _draw_glow(renderer: Renderer, image: Image.Image) -> None:
    """Lay two large soft discs in the accent colour into the corners."""
    place = renderer.layout
    side = max(place.width, place.height)
    disc = shapes.glow_mask(side, strength=70)
    upper, lower = Image.new("L", image.size, 0), Image.new("L", image.size, 0)
    upper.paste(disc, (place.width - side * 2 // 3, -side // 2))
    lower.paste(disc, (-side // 2, place.height - side // 2))
    shapes.paint(image, ImageChops.lighter(upper, lower), (0, 0), renderer.theme.accent)


def draw_veil(renderer: Renderer, *, width: int, height: int, fades: str) -> Image.Image:
    """Return what dims the cards that are not being read: they fade into the background.

    *fades*: the edge, "top" or "bottom", that lies next to the card being read.
    """
    soft = min(height, renderer.layout.px(36))
    # Nearly all at the far end, so that cards come out of nothing.
    mask = Image.linear_gradient("L").point([110 + v * 130 // 255 for v in range(256)])
    mask = mask.resize((width, height), Image.Resampling.BILINEAR)
    edge = Image.linear_gradient("L").resize((width, soft), Image.Resampling.BILINEAR)
    mask.paste(ImageChops.multiply(mask.crop((0, 0, width, soft)), edge), (0, 0))
    if fades == "bottom":
        mask = mask.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    veil = Image.new("RGBA", (width, height), (*renderer.theme.panel, 255))
    veil.putalpha(mask)
    return veil


def bar_height(renderer: Renderer) -> int:
    """Return how high the bar is, in pixels."""
    return _even(renderer.layout.px(BAR_HEIGHT))


def draw_bar(renderer: Renderer) -> Image.Image:
    """Return the bar that shows how much of the video has passed."""
    image = Image.new("RGBA", (renderer.layout.width, bar_height(renderer)), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, *image.size), fill=(*renderer.theme.accent, 255))
    return image
