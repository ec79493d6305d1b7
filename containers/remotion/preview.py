"""One frame of a comments video, painted without FFmpeg: what the video shows at that second.

The source's picture is not at hand: its place, which a header names, is transparent, so that who
shows the still can lay the source below it. While the cover stands that is the whole picture.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Annotated, Literal

from engine_kit.engine import Answer
from PIL import Image
from pydantic import Field

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.wire import Foreign, Milliseconds, Nonce
from remotion.composition import Composition, compose
from remotion.layers import BACKGROUND, Overlay, PictureKind, overlays
from remotion.layout import Box

_NEAR = 2
_OVER_ALL = {PictureKind.COVER, PictureKind.COVER_LINE, PictureKind.WATERMARK}


class PreviewRequest(Foreign):
    """`POST /preview`: a document, the options it would be rendered with, and a time.

    *at_s* beyond the end shows the last frame. *source_width*, *source_height*: as displayed,
    both or neither (1920 by 1080).
    """

    type: Literal["container.preview"]
    ts: Milliseconds
    nonce: Nonce
    document: CommentsDocument
    engine_options: CommentsOptions = CommentsOptions()
    at_s: Annotated[float, Field(ge=0, le=24 * 3600)] = 0
    source_width: Annotated[int, Field(ge=2, le=16384)] | None = None
    source_height: Annotated[int, Field(ge=2, le=16384)] | None = None


def preview(
    request: PreviewRequest,
    pictures: Mapping[str, Image.Image],
) -> Answer:
    """Return the requested frame as PNG, and headers that describe the whole video.

    *pictures*: avatars and a watermark by URL; there are initials for what is missing.
    """
    composition = compose(
        request.document,
        request.engine_options,
        source_size=(request.source_width or 1920, request.source_height or 1080),
        pictures=pictures,
    )
    schedule = composition.scene.schedule
    last_s = schedule.seconds(schedule.total_frames - 1)
    at_s = min(request.at_s, last_s)
    picture = frame(composition, at_s)
    file = BytesIO()
    picture.save(file, "PNG", compress_level=1)
    headers = {
        "content-type": "image/png",
        "x-video-duration-ms": str(round(schedule.total_s * 1000)),
        "x-comment-starts-ms": ",".join(str(round(s * 1000)) for s in composition.scene.starts_s),
    }
    box = composition.scene.layout.video
    if at_s < schedule.cover_s:
        box = Box(x=0, y=0, width=picture.width, height=picture.height)
    headers["x-video-box"] = f"{box.x},{box.y},{box.width},{box.height}"
    return Answer(content=file.getvalue(), headers=headers)


def frame(composition: Composition, at_s: float) -> Image.Image:
    """Paint the frame at *at_s*."""
    scene = composition.scene
    starts = scene.starts_s
    reading = max((card for card, start_s in enumerate(starts) if start_s <= at_s), default=0)
    near = range(reading - _NEAR, reading + _NEAR + 1)
    shown = [layer for layer in overlays(scene) if layer.is_shown(at_s)]
    covers = at_s < scene.schedule.cover_s
    canvas = (
        Image.new("RGBA", (scene.layout.width, scene.layout.height))
        if covers
        else _ground(composition)
    )
    for layer in shown:
        # Under the cover nothing can be seen, and most of the time would go there.
        if not covers or layer.picture.kind in _OVER_ALL:
            _lay(canvas, layer, composition.paint(layer.picture, near), at_s)
    return canvas


def _ground(composition: Composition) -> Image.Image:
    ground, box = composition.paint(BACKGROUND).copy(), composition.scene.layout.video
    ground.paste((0, 0, 0, 0), (box.x, box.y, box.x + box.width, box.bottom))
    return ground


def _lay(canvas: Image.Image, layer: Overlay, picture: Image.Image, at_s: float) -> None:
    if layer.window is not None:
        window = layer.window
        left, top = round(window.x.at(at_s)), round(window.y.at(at_s))
        picture = picture.crop((left, top, left + window.width, top + window.height))
    opacity = 1.0
    for fade in layer.fades:
        opacity *= fade.at(at_s)
    if opacity < 1:
        picture = picture.copy()
        faded = picture.getchannel("A").point([round(value * opacity) for value in range(256)])
        picture.putalpha(faded)
    # As FFmpeg places pictures whose colour has half the resolution.
    x, y = (int(track.at(at_s)) & ~1 for track in (layer.x, layer.y))
    box = (
        max(0, -x),
        max(0, -y),
        min(picture.width, canvas.width - x),
        min(picture.height, canvas.height - y),
    )
    if box[0] < box[2] and box[1] < box[3]:
        seen, at = picture.crop(box).convert("RGBA"), (max(0, x), max(0, y))
        if layer.on_film:
            _clear(canvas, (*at, at[0] + seen.width, at[1] + seen.height), opacity)
        canvas.alpha_composite(seen, at)


def _clear(canvas: Image.Image, box: tuple[int, int, int, int], share: float) -> None:
    """Let the film be seen in *box* (left, upper, right, lower), by *share*, 0 to 1."""
    part = canvas.crop(box)
    part.putalpha(part.getchannel("A").point([round(v * (1 - share)) for v in range(256)]))
    canvas.paste(part, box)
