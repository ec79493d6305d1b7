"""Videos of every kind are burned, and right; what is compared comes from what was drawn."""

import os
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media import matrix
from tests.media.burning import Burner, vtt
from tests.media.matrix import HERTZ, PATCH, PATCHES, SECONDS, Sample
from tests.media.pictures import frame_at, planes_at

SEED = int(os.environ.get("MATRIX_SEED", "11"))
FEW, MANY = 8, 240
CUE = vtt((0.4, 0.8, "HHHHHH"))
STYLE: dict[str, object] = {
    "style": {"fontSize": 72, "backgroundOpacity": 0, "textColor": "#FFFFFF"}
}

# Red and blue of each matrix: ITU-R BT.709-6, BT.601-7.
WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114)}


def rgb_of(path: Path, x: int, y: int) -> tuple[float, float, float]:
    """Return what a player shows for a pixel of limited range, by the file's own tags."""
    frame = planes_at(path, 0.2)
    assert (frame.format, frame.full) == ("yuv420p", False)
    red, blue = WEIGHTS[frame.matrix]
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


def check_colours(video: Path, sample: Sample) -> None:
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


def differs(one: NDArray[np.int16], other: NDArray[np.int16]) -> bool:
    """Whether the lower part, where nothing moves, differs by white letters."""
    lower = one.shape[0] * 7 // 10
    return bool((np.abs(one[lower:] - other[lower:]).max(axis=2) > 70).sum() > 20)


def times_of(path: Path) -> list[float]:
    """Return when the frames stand, from the start of the file."""
    times = []
    with av.open(str(path)) as container:
        start_s = (container.start_time or 0) / av.time_base
        for packet in container.demux(video=0):
            # An empty packet, which is no end, says that the picture before it stands.
            if packet.size or packet.dts is None:
                times += [float(frame.time or 0) - start_s for frame in packet.decode()]
    return times


def check_times(video: Path, source: Path) -> None:
    times, wanted = times_of(video), times_of(source)
    before, within, after = (frame_at(video, at_s) for at_s in (0.2, 0.6, 0.99))
    assert differs(before, within)
    assert not differs(before, after)
    assert (times[0], times[-1]) == pytest.approx((wanted[0], wanted[-1]), abs=0.11)
    assert len(times) >= len(wanted)


def check_sound(video: Path, sample: Sample) -> None:
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


def check(burns: Burner, sample: Sample, folder: Path) -> None:
    source = matrix.made(sample, folder)
    video = burns.burn(source, CUE, STYLE)
    check_times(video, source)
    check_colours(video, sample)
    check_sound(video, sample)


@pytest.mark.parametrize("sample", matrix.drawn(SEED, FEW), ids=lambda sample: sample.name)
def test_a_few_of_every_kind_come_out_right(burns: Burner, sample: Sample, tmp_path: Path) -> None:
    check(burns, sample, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("sample", matrix.drawn(SEED + 1, MANY), ids=lambda sample: sample.name)
def test_every_kind_comes_out_right(burns: Burner, sample: Sample, tmp_path: Path) -> None:
    check(burns, sample, tmp_path)


def test_the_docs_name_what_is_drawn() -> None:
    docs = Path(__file__).parents[2].joinpath("docs/conformance.md").read_text()

    for container, (codecs, audio_codecs) in matrix.CONTAINERS.items():
        row = (container, ", ".join(codecs), ", ".join(audio_codecs) or "none")
        assert f"| {' | '.join(row)} |" in docs
    for choices in (matrix.RATES, matrix.SIZES, matrix.SOUNDS):
        assert f"{', '.join(choices)}" in docs
    for codec, formats in matrix.FORMATS.items():
        assert f"{codec}: {', '.join(formats)}" in docs
