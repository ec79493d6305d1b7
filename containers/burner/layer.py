"""What a burn draws over a video, without the video: transparent pictures, one for each change.

A strip is pictures of consecutive times below each other, all of the part of the video's picture
in which any of them has something.

libass draws on opaque frames alone, so each picture is drawn twice, on black and on white: where
both are alike it is opaque, where they differ by 255 there is nothing (the classic way to get a
matte, Smith and Blinn 1996, with two grounds of known colour).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops

from burner.ass import STILL, Shown
from burner.emoji_stream import drawn
from burner.layout import Drawing
from burner.moments import edges_of, moments_of
from burner.overlays import END_MS
from burner.signs import Band
from burner.styles import Frame
from media_jobs.subtitles.ass_escape import shown_ms
from media_jobs.subtitles.cues import Cue

RAW = "layer.rgb"
AHEAD_MS_MAX = 10_000
PICTURES_MAX = 24
STEP_MS = 80
"""How long a picture of moving text stands."""
PIXELS_MAX = 1920 * 1080
"""A larger picture is drawn smaller: no page shows more of it."""
RAW_BYTES_MAX = 96 * 1024 * 1024
STRIP_PIXELS_MAX = 8_000_000
NEAR_MAX = 200
_RGB = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a picture in pixels, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A PNG of pictures below each other. *times_ms*: when each begins, and when the last ends.

    *part*: of a whole picture, which is *size* (width, height) in the same pixels.
    """

    content: bytes
    times_ms: tuple[int, ...]
    part: Part
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What ffmpeg is to draw: pictures at *times_ms*, the last of which is the end.

    *size*: of the whole picture as drawn, *scale* times that of the video. *rows* of it from *top*
    are drawn, none where there is nothing.
    """

    times_ms: tuple[int, ...]
    size: tuple[int, int]
    scale: float
    top: int
    rows: int

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self.times_ms) - 1


def near(cues: Sequence[Cue], since_ms: int, until_ms: int) -> tuple[Cue, ...]:
    """Return the cues seen in that time, and those that they have had to find a place beside.

    Where more than NEAR_MAX hang together, earlier ones are left out.
    """
    begin_ms = since_ms
    while True:
        found = tuple(
            cue for cue in cues if cue.start_ms <= until_ms and cue.end_ms + 10 > begin_ms
        )
        earliest_ms = min((cue.start_ms for cue in found), default=begin_ms)
        if earliest_ms >= begin_ms or len(found) > NEAR_MAX:
            return found
        begin_ms = earliest_ms


def times_of(
    cues: Sequence[Cue], scripts: Sequence[str], at_ms: int, until_ms: int
) -> tuple[int, ...]:
    """Return since when the picture at *at_ms* stands, when others follow, and when the one at
    *until_ms* ends, in milliseconds.

    *cues*: of the whole file; *scripts*: those that draw the ones near that time.
    """
    marks = {0, *(edge for cue in cues for edge in shown_ms(cue.start_ms, cue.end_ms))}
    marks |= {round(at_s * 1000) for script in scripts for at_s in edges_of(script)}
    moving_s = (
        moment_s
        for script in scripts
        for moment_s in moments_of(script, (until_ms + 2 * STEP_MS) / 1000, at_ms / 1000)
    )
    # They are told one millisecond inside.
    steps = {round(moment_s * 1000) - 1 for moment_s in moving_s} - marks
    times = [max(time_ms for time_ms in marks | steps if time_ms <= at_ms)]
    for time_ms in sorted(marks | steps):
        if time_ms <= times[-1] or (time_ms in steps and time_ms - times[-1] < STEP_MS):
            continue
        times.append(time_ms)
        if time_ms > until_ms or len(times) > PICTURES_MAX:
            return tuple(times)
    return (*times, END_MS)


def sheet_of(times_ms: tuple[int, ...], drawing: Drawing | None, picture: Frame) -> Sheet:
    """Return what has to be drawn. *drawing*: None for a script whose places are its own."""
    width, height = picture.shown_width, picture.height
    scale = min((PIXELS_MAX / (width * height)) ** 0.5, 1.0)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    top, bottom = 0, size[1]
    if drawing is not None:
        edges = [edge for one in drawing.shown for edge in _rows(one, height)]
        top = max(0, int(min(edges, default=0) * scale))
        bottom = min(size[1], int(max(edges, default=0) * scale))
    rows = max(0, bottom - top)
    most = max(1, RAW_BYTES_MAX // (size[0] * max(1, rows) * _RGB * 2))
    return Sheet(times_ms=times_ms[: most + 1], size=size, scale=scale, top=top, rows=rows)


def _rows(one: Shown, height: int) -> Iterator[float]:
    """Yield where what is shown begins and ends, with room for what hangs over."""
    if one.motion != STILL:
        yield from (0.0, float(height))
        return
    room = max((line.em for line in one.caption.lines), default=0.0)
    yield from (one.caption.top - room, one.caption.bottom + room)


def layer_argv(sheet: Sheet, scripts: Sequence[str], fonts_dir: str | None) -> list[str]:
    """Return ffmpeg's arguments that write RAW: each picture on black, then on white, as RGB."""
    width, height = sheet.size
    # One millisecond inside its time: libass counts from the first.
    moments = "+".join(f"eq(floor(N/2),{n})*{at + 1}" for n, at in enumerate(sheet.times_ms[:-1]))
    fonts = f":fontsdir={fonts_dir}" if fonts_dir else ""
    filters = [
        "settb=1/1000",
        f"setpts='{moments}'",
        "negate=enable='mod(n,2)'",
        *(f"ass={script}{fonts}" for script in scripts),
        f"crop={width}:{sheet.rows}:0:{sheet.top}",
        "format=rgb24",
    ]
    return [
        *("-f", "lavfi", "-i", f"color=black:s={width}x{height}:r=25,format=rgb24"),
        *("-vf", ",".join(filters), "-frames:v", str(2 * sheet.count)),
        *("-fps_mode", "passthrough", "-f", "rawvideo", RAW),
    ]


def strip_of(raw: Path, sheet: Sheet, emoji: Sequence[Band]) -> Strip:
    """Return the strip of what ffmpeg has drawn, with *emoji* over it."""
    if not sheet.rows:
        return _empty(sheet)
    pictures = [
        _with_emoji(picture, sheet, emoji, time_ms)
        for picture, time_ms in zip(_pictures(raw, sheet), sheet.times_ms[:-1], strict=True)
    ]
    boxes = [box for one in pictures if (box := one.getchannel("A").getbbox())]
    if not boxes:
        return _empty(sheet)
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    width, height = right - left, bottom - top
    pictures = pictures[: max(1, STRIP_PIXELS_MAX // (width * height))]
    strip = Image.new("RGBA", (width, height * len(pictures)))
    for number, picture in enumerate(pictures):
        strip.paste(picture.crop((left, top, right, bottom)), (0, number * height))
    return Strip(
        content=_png(strip),
        times_ms=sheet.times_ms[: len(pictures) + 1],
        part=Part(x=left, y=sheet.top + top, width=width, height=height),
        size=sheet.size,
    )


def _empty(sheet: Sheet) -> Strip:
    """Return the strip of times at which nothing is drawn: one pixel of nothing."""
    return Strip(
        content=_png(Image.new("RGBA", (1, 1))),
        times_ms=(sheet.times_ms[0], sheet.times_ms[-1]),
        part=Part(x=0, y=0, width=1, height=1),
        size=sheet.size,
    )


def _png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _pictures(raw: Path, sheet: Sheet) -> Iterator[Image.Image]:
    size = (sheet.size[0], sheet.rows)
    with raw.open("rb") as file:
        for _ in range(sheet.count):
            on_black, on_white = (
                Image.frombytes("RGB", size, file.read(size[0] * size[1] * _RGB)) for _ in "bw"
            )
            yield _matte(on_black, on_white)


def _matte(on_black: Image.Image, on_white: Image.Image) -> Image.Image:
    opacity = ImageChops.invert(ImageChops.subtract(on_white, on_black).getchannel("G"))
    # On black a colour is what it is times its opacity: Pillow's RGBa.
    return Image.merge("RGBa", (*on_black.split(), opacity)).convert("RGBA")


def _with_emoji(
    picture: Image.Image, sheet: Sheet, emoji: Sequence[Band], time_ms: int
) -> Image.Image:
    for band in emoji:
        stamps = next(
            (
                one.stamps
                for one, after in pairwise(
                    (*band.scenes, replace(band.scenes[-1], start_ms=END_MS))
                )
                if one.start_ms <= time_ms < after.start_ms
            ),
            (),
        )
        if not stamps:
            continue
        scale = sheet.scale
        laid = drawn(band, stamps)
        if scale < 1:
            laid = laid.resize(
                (max(1, round(laid.width * scale)), max(1, round(laid.height * scale)))
            )
        x, y = round(band.x * scale), round(band.y * scale) - sheet.top
        picture.alpha_composite(laid, (x, max(y, 0)), (0, max(-y, 0)))
    return picture
