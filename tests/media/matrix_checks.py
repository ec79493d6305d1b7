"""What is looked at in a burned video of the matrix.

Expected values come from what was drawn (`matrix`) and from Pillow (`scripts`), never from the
burner.
"""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.matrix import HERTZ, MOVING, PATCH, PATCHES, SECONDS, Sample
from tests.media.pictures import Box, frame_at, planes_at
from tests.media.scripts import drawn

FONT_SIZE = 72
STYLE: dict[str, object] = {
    "style": {"fontSize": FONT_SIZE, "backgroundOpacity": 0, "textColor": "#FFFFFF"}
}

INK = 60
"""How much brighter, of 255, each channel of a letter is than the grey behind it: about half."""

# Red and blue of each matrix: ITU-R BT.709-6, BT.601-7.
UNSAID = 2
WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114)}


def rgb_of(path: Path, x: int, y: int) -> tuple[float, float, float]:
    """Return what a player shows for a pixel of limited range, by the file's tags or its size."""
    frame = planes_at(path, 0.2)
    assert (frame.format, frame.full) == ("yuv420p", False)
    assert frame.matrix in (*WEIGHTS, UNSAID)
    silent = 1 if frame.y.shape[0] >= 720 else 6
    red, blue = WEIGHTS[silent if frame.matrix == UNSAID else frame.matrix]
    luma, cb, cr = frame.at(x, y)
    level, u, v = (luma - 16) / 219, (cb - 128) / 224, (cr - 128) / 224
    r, b = level + 2 * (1 - red) * v, level + 2 * (1 - blue) * u
    g = (level - red * r - blue * b) / (1 - red - blue)
    return r * 255, g * 255, b * 255


def corner(number: int, sample: Sample) -> tuple[int, int]:
    """Return the middle of a patch in the picture as it is shown."""
    width, height = (int(side) for side in sample.size.split("x"))
    x, y = number * PATCH + PATCH // 2, PATCH // 2
    return {
        0: (x, y),
        90: (y, width - 1 - x),
        180: (width - 1 - x, height - 1 - y),
        270: (height - 1 - y, x),
    }[sample.turned]


def check_colours(video: Path, sample: Sample, _source: Path) -> None:
    shown = [rgb_of(video, *corner(n, sample)) for n in range(len(PATCHES))]
    black, white, red = shown
    if sample.is_hdr:
        assert max(black) < 16
        assert min(white) > 190
        assert max(red[1:]) < 0.3 * red[0]
        return
    grey = sample.stored == "gray"
    for got, (name, wanted) in zip(shown, PATCHES, strict=True):
        if not (grey and name == "red"):
            assert got == pytest.approx(wanted, abs=26), name


def ink_at(video: Path, time_s: float) -> NDArray[np.bool_]:
    """Return where white letters stand that were not there at 0.2 s, beside what moves."""
    before, then = frame_at(video, 0.2), frame_at(video, time_s)
    ink: NDArray[np.bool_] = (then - before).min(axis=2) > INK
    height, width = ink.shape
    reach = MOVING // 2 + 8
    ink[height // 2 - reach : height // 2 + reach, width // 2 - reach : width // 2 + reach] = False
    return ink


def box_of(ink: NDArray[np.bool_]) -> Box:
    """Return the rectangle around all ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert rows.size, "no letters"
    return Box(
        left=int(columns[0]), top=int(rows[0]), right=int(columns[-1]) + 1, bottom=int(rows[-1]) + 1
    )


def em_on(width: float, height: int) -> float:
    """Return FONT_SIZE in pixels of a picture *width* wide in pixels that are square, as the API
    has it: at 1080 lines of the shorter side, or of a share of a very wide picture, and readable.
    """
    short, long = sorted((width, height))
    return max(14.0, FONT_SIZE * max(short / 1080, 0.42 * long / 1920))


def check_text(video: Path, sample: Sample, _source: Path) -> None:
    """The letters are all there, where they may be, and as large as Pillow draws them."""
    ink = ink_at(video, 0.6)
    box = box_of(ink)
    height, width = ink.shape
    with av.open(str(video)) as container:
        aspect = float(container.streams.video[0].sample_aspect_ratio or 1)
    assert box.left >= 0.04 * width - 1
    assert box.right <= 0.96 * width + 1
    assert box.top > 0
    # Where upright pictures are shown, buttons lie below.
    assert box.bottom <= height * (0.82 if width * aspect <= 0.7 * height else 0.99)
    if sample.is_long:
        return
    em = em_on(width * aspect, height)
    wanted_width, wanted_height, wanted_ink = drawn(sample.script, round(em))
    near_px = 2.5 / em
    for got, wanted in ((box.height, wanted_height), (box.width * aspect, wanted_width)):
        assert 0.88 - near_px <= got / wanted <= 1.18 + near_px, (got, wanted)
    filled = ink.sum() / (box.height * box.width)
    assert filled == pytest.approx(wanted_ink / (wanted_width * wanted_height), rel=0.35)


def times_of(path: Path) -> list[float]:
    """Return when the frames stand, from the start of the file."""
    times = []
    with av.open(str(path)) as container:
        start_s = (container.start_time or 0) / av.time_base
        # AVI has no times of showing; those that a decoder makes up are a frame late.
        is_avi = container.format.name == "avi"
        for packet in container.demux(video=0):
            is_end = packet.dts is None
            # An empty packet, which is no end, says that the picture before it stands.
            if is_avi and packet.size and packet.dts is not None:
                times.append(float(packet.dts * (packet.time_base or 0)) - start_s)
            elif not is_avi and (packet.size or is_end):
                times += [float(frame.time or 0) - start_s for frame in packet.decode()]
    return times


def check_times(video: Path, _sample: Sample, source: Path) -> None:
    times, wanted = times_of(video), times_of(source)
    assert ink_at(video, 0.6).sum() > 20
    assert ink_at(video, 0.99).sum() < 5
    assert (times[0], times[-1]) == pytest.approx((wanted[0], wanted[-1]), abs=0.11)
    assert len(times) >= len(wanted)


def check_sound(video: Path, sample: Sample, _source: Path) -> None:
    with av.open(str(video)) as container:
        if sample.sound == "none":
            assert not container.streams.audio
            return
        blocks, first_s = [], None
        for frame in container.decode(audio=0):
            first_s = float(frame.time or 0) if first_s is None else first_s
            blocks.append(frame.to_ndarray().astype(float))
        stream = container.streams.audio[0]
        rate, channels = stream.rate, stream.channels
    assert channels == {"stereo": 2, "5.1": 6}.get(sample.sound, channels)
    samples = np.concatenate([b[0] if len(b) > 1 else b[0][::channels] for b in blocks])
    spectrum = np.abs(np.fft.rfft(samples[: rate // 3] if sample.sound == "hole" else samples))
    length = min(len(samples), rate // 3) if sample.sound == "hole" else len(samples)
    assert float(np.argmax(spectrum[1:]) + 1) * rate / length == pytest.approx(HERTZ, abs=8)
    end_s = (first_s or 0) + len(samples) / rate
    assert end_s == pytest.approx(SECONDS, abs=0.2)


CHECKS: dict[str, Callable[[Path, Sample, Path], None]] = {
    "times": check_times,
    "colours": check_colours,
    "text": check_text,
    "sound": check_sound,
}
"""What is looked at in a burned video of a sample, made of a source."""
