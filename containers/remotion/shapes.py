"""Smooth shapes: Pillow draws hard edges, so each shape is drawn larger and reduced."""

from collections.abc import Callable
from functools import lru_cache

from engine_kit.contrast import Ink
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageMath

_OVERSAMPLING = 4


def paint(image: Image.Image, mask: Image.Image, at: tuple[int, int], ink: Ink) -> None:
    """Lay *ink* on *image* through *mask*."""
    layer = Image.new("RGBA", mask.size, (*ink, 255))
    layer.putalpha(mask)
    image.alpha_composite(layer, at)


def _drawn(size: tuple[int, int], shape: Callable[[ImageDraw.ImageDraw, int], None]) -> Image.Image:
    large = Image.new("L", (size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING), 0)
    shape(ImageDraw.Draw(large), _OVERSAMPLING)
    return large.resize(size, Image.Resampling.LANCZOS)


@lru_cache(maxsize=256)
def rounded_mask(width: int, height: int, radius: int) -> Image.Image:
    """Return a rectangle with round corners as a mask."""
    # Only the corners need smoothing: a large card is cheap this way.
    mask = Image.new("L", (width, height), 255)
    radius = min(radius, width // 2, height // 2)
    if radius <= 0:
        return mask
    disc = circle_mask(radius * 2)
    for left, upper in ((0, 0), (1, 0), (0, 1), (1, 1)):
        part = disc.crop((left * radius, upper * radius, (left + 1) * radius, (upper + 1) * radius))
        mask.paste(part, (left * (width - radius), upper * (height - radius)))
    return mask


@lru_cache(maxsize=64)
def circle_mask(side: int) -> Image.Image:
    """Return a disc as a mask."""
    return _drawn(
        (side, side),
        lambda draw, k: draw.ellipse((0, 0, side * k - 1, side * k - 1), fill=255),
    )


@lru_cache(maxsize=16)
def heart_mask(side: int) -> Image.Image:
    """Return a heart: two discs on a point."""

    def shape(draw: ImageDraw.ImageDraw, k: int) -> None:
        s = side * k
        draw.ellipse((s * 0.04, s * 0.10, s * 0.54, s * 0.60), fill=255)
        draw.ellipse((s * 0.46, s * 0.10, s * 0.96, s * 0.60), fill=255)
        draw.polygon([(s * 0.085, s * 0.47), (s * 0.915, s * 0.47), (s * 0.5, s * 0.94)], fill=255)

    return _drawn((side, side), shape)


@lru_cache(maxsize=16)
def bubble_mask(side: int) -> Image.Image:
    """Return a speech bubble."""

    def shape(draw: ImageDraw.ImageDraw, k: int) -> None:
        s = side * k
        draw.rounded_rectangle((s * 0.04, s * 0.12, s * 0.96, s * 0.74), s * 0.2, fill=255)
        draw.polygon([(s * 0.22, s * 0.70), (s * 0.52, s * 0.70), (s * 0.24, s * 0.96)], fill=255)

    return _drawn((side, side), shape)


@lru_cache(maxsize=16)
def eye_mask(side: int) -> Image.Image:
    """Return an eye: where two discs overlap, with a pupil left out."""

    def lens(draw: ImageDraw.ImageDraw, k: int, centre_y: float) -> None:
        s = side * k
        radius = s * 0.56
        box = (s * 0.5 - radius, s * centre_y - radius, s * 0.5 + radius, s * centre_y + radius)
        draw.ellipse(box, fill=255)

    upper = _drawn((side, side), lambda draw, k: lens(draw, k, 0.80))
    lower = _drawn((side, side), lambda draw, k: lens(draw, k, 0.24))
    eye = ImageChops.multiply(upper, lower)
    pupil = circle_mask(max(2, round(side * 0.3)))
    at = (side - pupil.width) // 2
    eye.paste(0, (at, round(side * 0.52 - pupil.height / 2)), pupil)
    return eye


@lru_cache(maxsize=128)
def shadow(width: int, height: int, radius: int, blur: int, strength: int) -> Image.Image:
    """Return a soft shadow's mask, *blur* pixels larger than the shape on each side."""
    mask = Image.new("L", (width + 2 * blur, height + 2 * blur), 0)
    mask.paste(
        rounded_mask(width, height, radius).point([v * strength // 255 for v in range(256)]),
        (blur, blur),
    )
    return mask.filter(ImageFilter.GaussianBlur(blur / 2.2))


def softened(mask: Image.Image, blur: int) -> Image.Image:
    """Return *mask* with soft edges, and stronger in its thin parts."""
    return mask.filter(ImageFilter.GaussianBlur(blur / 2)).point(
        [min(255, value * 2) for value in range(256)]
    )


def glow_mask(side: int, *, strength: int) -> Image.Image:
    """Return a soft disc that fades to nothing within its square; *strength* is its middle."""
    reach = 0.5  # radial_gradient is 255 at the corners; its edges' middles are at 181.
    small = Image.radial_gradient("L").point(
        [round(strength * max(0.0, 1 - v / (255 * reach * 1.4)) ** 2) for v in range(256)]
    )
    return small.resize((side, side), Image.Resampling.BICUBIC)


def gradient(size: tuple[int, int], start: Ink, end: Ink) -> Image.Image:
    """Return a picture that goes from *start* (upper left) to *end* (lower right).

    Eight bits show steps in dark gradients: it is computed finer and dithered by a little noise,
    too weak to be seen.
    """
    return _gradient(size, start, end).copy()


@lru_cache(maxsize=1)  # Cover and background are on the same one.
def _gradient(size: tuple[int, int], start: Ink, end: Ink) -> Image.Image:
    ramp = Image.new("F", (2, 2))
    for place, share in (((0, 0), 0.0), ((1, 0), 0.5), ((0, 1), 0.5), ((1, 1), 1.0)):
        ramp.putpixel(place, share)
    ramp = ramp.resize(size, Image.Resampling.BICUBIC)
    # The noise has a deviation of 24 around 128: 0.6 of a step.
    noise = Image.effect_noise((256, 256), 24).convert("F")
    noise = Image.eval(noise, lambda value: value / 40 + (0.5 - 128 / 40))
    tiles = Image.new("F", size)
    for x in range(0, size[0], 256):
        for y in range(0, size[1], 256):
            tiles.paste(noise, (x, y))
    return Image.merge(
        "RGB", [_channel(ramp, tiles, low, high) for low, high in zip(start, end, strict=True)]
    ).convert("RGBA")


def _channel(ramp: Image.Image, noise: Image.Image, low: int, high: int) -> Image.Image:
    scaled = Image.eval(ramp, lambda value: value * (high - low) + low)
    channel: Image.Image = ImageMath.lambda_eval(
        lambda of: of["convert"](of["scaled"] + of["noise"], "L"), scaled=scaled, noise=noise
    )
    return channel
