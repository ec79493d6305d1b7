"""Emoji as streams of transparent pictures that ffmpeg lays over the burned text: one for each band
of the picture, read by the concat demuxer, whose pictures change where the text changes.

The script counts in centiseconds and shows a frame if its time, in milliseconds, is not before
that; the stream counts in milliseconds and the overlay takes the last picture not after the
frame's time: so text and emoji come and go with the same frame.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from engine_kit.colours import Colours
from engine_kit.graphics import laid_over, overlay_format
from engine_kit.text.emoji_art import emoji_art
from PIL import Image

from burner.signs import Band, Scene, Stamp

_LIST, _PICTURE, _EMPTY = "emoji{}.ffconcat", "emoji{}-{}.png", "emoji{}-empty.png"
_LAST_MS = 1000
_ENTRY_MS_MAX = 3_600_000
"""ffmpeg takes a step of more than 30 hours in a stream's times for an error."""


def write_streams(folder: Path, bands: Sequence[Band]) -> None:
    """Write the pictures of each band, and their lists, into *folder*."""
    for number, band in enumerate(bands):
        _write_stream(folder, number, band)


def _write_stream(folder: Path, number: int, band: Band) -> None:
    names: dict[tuple[Stamp, ...], str] = {(): _EMPTY.format(number)}
    drawn(band, ()).save(folder / names[()])
    for scene in band.scenes:
        if scene.stamps not in names:
            names[scene.stamps] = _PICTURE.format(number, len(names))
            # Read once, moments later: size does not matter.
            drawn(band, scene.stamps).save(folder / names[scene.stamps], compress_level=1)
    lines = [
        f"file {names[scene.stamps]}\noption framerate 1000\nduration {entry_ms / 1000:.3f}"
        for scene, entry_ms in _entries(band.scenes)
    ]
    text = "\n".join(["ffconcat version 1.0", *lines, ""])
    (folder / _LIST.format(number)).write_text(text, encoding="ascii")


def stream_input(number: int) -> list[str]:
    """Return ffmpeg's arguments that read the stream *number*."""
    return [
        *("-protocol_whitelist", "file", "-format_whitelist", "concat,png_pipe"),
        # Names and options of the list are ours; ffmpeg calls every option unsafe.
        *("-f", "concat", "-safe", "0", "-i", _LIST.format(number)),
    ]


def overlaid(ground: str, source: str, number: int, band: Band, colours: Colours) -> list[str]:
    """Return the chains that lay the stream *source* over *ground*, as `[laid{number}]`.

    *colours*: those of the ground's numbers.
    """
    place = f"{band.x}:{band.y}:eof_action=pass{overlay_format(colours)}"
    return [
        *laid_over(source, f"emoji{number}", colours),
        f"{ground}[emoji{number}]overlay={place}[laid{number}]",
    ]


def _entries(scenes: Sequence[Scene]) -> Iterator[tuple[Scene, int]]:
    """Yield scenes and for how many milliseconds they stand: long ones several times."""
    for one, after in pairwise(scenes):
        left_ms = after.start_ms - one.start_ms
        while left_ms > 0:
            yield one, min(left_ms, _ENTRY_MS_MAX)
            left_ms -= _ENTRY_MS_MAX
    yield scenes[-1], _LAST_MS


def drawn(band: Band, stamps: Sequence[Stamp]) -> Image.Image:
    """Return *band* with *stamps*, transparent around them."""
    canvas = Image.new("RGBA", (band.width, band.height))
    for stamp in stamps:
        reach = stamp.reach
        rim = tuple(bytes.fromhex(stamp.rim[1:]))
        art = emoji_art(stamp.picture, stamp.width, stamp.height, (rim[0], rim[1], rim[2]))
        if stamp.opacity < 1:
            art = art.copy()
            art.putalpha(
                art.getchannel("A").point([round(alpha * stamp.opacity) for alpha in range(256)])
            )
        x, y = stamp.x - reach - band.x, stamp.y - reach - band.y
        # What hangs over the band's edge is cut off.
        canvas.alpha_composite(art, (max(x, 0), max(y, 0)), (max(-x, 0), max(-y, 0)))
    return canvas
