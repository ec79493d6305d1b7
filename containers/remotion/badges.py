"""Draw the small things that lie over the video: the countdown's states and the watermark."""

from PIL import Image, ImageDraw

from media_jobs.engines.remotion.options import Watermark
from remotion import shapes
from remotion.characters import plain
from remotion.layers import COUNTDOWN_STATES
from remotion.layout import Box, Layout, even
from remotion.renderer import Renderer
from remotion.theme import mixed

_RING = 64
_OVERSAMPLING = 4
_MARK_MARGIN = 32


def countdown_box(layout: Layout) -> Box:
    """Return the countdown's place: in the lower right of what is known of the video."""
    side = even(_RING * layout.unit)
    info = layout.info
    return Box(
        x=even(info.x + info.width - side), y=even(info.bottom - side), width=side, height=side
    )


def draw_countdown(renderer: Renderer, side: int) -> Image.Image:
    """Return the ring's states side by side, from full to all but empty."""
    theme, large = renderer.theme, side * _OVERSAMPLING
    width = max(_OVERSAMPLING, large // 11)
    sheet = Image.new("RGBA", (side * COUNTDOWN_STATES, side), (*theme.accent, 0))
    track = mixed(theme.background, theme.text, 0.16)
    for state in range(COUNTDOWN_STATES):
        image = Image.new("RGBA", (large, large), (*track, 0))
        draw = ImageDraw.Draw(image)
        box = (width, width, large - width - 1, large - width - 1)
        draw.arc(box, 0, 360, fill=(*track, 255), width=width)
        draw.arc(
            box, -90 + 360 * state / COUNTDOWN_STATES, 270, fill=(*theme.accent, 255), width=width
        )
        sheet.paste(image.resize((side, side), Image.Resampling.LANCZOS), (state * side, 0))
    return sheet


def draw_seconds(renderer: Renderer, side: int, most: int) -> Image.Image:
    """Return the numbers 0 to *most* side by side, each in the middle of its square."""
    sheet = Image.new("RGBA", (side * (most + 1), side), (*renderer.theme.text, 0))
    units = side / renderer.layout.unit
    for left in range(1, most + 1):
        pen = renderer.pen(units * (0.34 if left < 100 else 0.26), bold=True)
        block = pen.block(str(left), width_max=side)
        x = left * side + (side - block.width) // 2
        block.draw(sheet, x, (side - block.height) // 2, renderer.theme.text)
    return sheet


def draw_watermark(
    renderer: Renderer, mark: Watermark, picture: Image.Image | None
) -> Image.Image | None:
    """Return the mark in its size and opacity, or None for a picture that is not available."""
    height = renderer.layout.px(mark.size)
    if mark.text is not None:
        image = _lettering(renderer, plain(mark.text) or " ", mark.size)
    elif picture is not None:
        width = max(2, round(picture.width * height / picture.height))
        width = min(width, renderer.layout.width // 2)
        image = picture.convert("RGBA").resize((width, height), Image.Resampling.LANCZOS)
    else:
        return None
    alpha = image.getchannel("A").point([round(value * mark.opacity) for value in range(256)])
    image.putalpha(alpha)
    whole = Image.new("RGBA", (even(image.width + 1), even(image.height + 1)), (0, 0, 0, 0))
    whole.paste(image, (0, 0))
    return whole


def _lettering(renderer: Renderer, text: str, units: int) -> Image.Image:
    """White letters with a soft dark rim: seen on any picture."""
    pen = renderer.pen(units * 0.72, bold=True, line_height=1.3)
    block = pen.block(text, width_max=renderer.layout.width // 2, lines_max=1)
    rim = renderer.layout.px(6)
    image = Image.new("RGBA", (block.width + 2 * rim, block.height + 2 * rim), (0, 0, 0, 0))
    block.draw(image, rim, rim, (0, 0, 0), flush_left=True)
    shade = shapes.softened(image.getchannel("A"), rim)
    image = Image.new("RGBA", image.size, (0, 0, 0, 0))
    shapes.paint(image, shade, (0, 0), (0, 0, 0))
    block.draw(image, rim, rim, (255, 255, 255), flush_left=True)
    return image


def watermark_place(layout: Layout, mark: Watermark, size: tuple[int, int]) -> tuple[int, int]:
    """Return where a mark of this size lies."""
    margin = layout.px(_MARK_MARGIN)
    vertical, horizontal = mark.position.split("-")
    x = margin if horizontal == "left" else layout.width - margin - size[0]
    y = margin if vertical == "top" else layout.height - margin - size[1]
    return even(x), even(y)
