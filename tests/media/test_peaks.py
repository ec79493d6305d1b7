"""Peaks of a stored video, asked of the burner: sounds whose loudness and edges are known."""

import math
import struct
import wave
from array import array
from pathlib import Path

import httpx
import pytest

from tests.media.burning import Burner
from tests.media.cases import X264, picture
from tests.media.pictures import ffmpeg

RATE = 48_000
TONES = ((1.0, 2.0, 0.25), (3.5, 4.2, 0.5))
"""From when to when in seconds, and with which amplitude."""


def tones(path: Path, seconds: float) -> Path:
    """Write silence with TONES in it, in stereo, whose channels would cancel each other out."""
    samples = array("h")
    for number in range(round(seconds * RATE)):
        at_s = number / RATE
        high = next((amplitude for start, end, amplitude in TONES if start <= at_s < end), 0.0)
        value = round(32_767 * high * math.sin(2 * math.pi * 440 * at_s))
        samples.extend((value, -value))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def asked(burns: Burner, path: Path) -> httpx.Response:
    """Ask until it is answered."""
    burns.world.files[path.name] = path
    message = {
        "type": "container.peaks",
        "inputVideoUrl": burns.world.url(path.name),
        "inputVideoName": path.name,
        "inputVideoBytes": path.stat().st_size,
        "outputPeaksUrl": burns.world.url(f"{path.name}.peaks"),
    }
    answer = burns.engine.post("/peaks", message)
    while answer.status_code == 202:
        assert 0 <= answer.json()["progress"] <= 1
        answer = burns.engine.post("/peaks", message)
    return answer


def kept(burns: Burner, path: Path) -> bytes:
    assert asked(burns, path).status_code == 200
    stored = burns.world.stored.pop(f"{path.name}.peaks")
    assert stored.headers["content-type"] == "application/octet-stream"
    return stored.body


def test_peaks_are_as_high_and_speech_is_where_the_sound_is(burns: Burner) -> None:
    sound, path = tones(burns.folder / "tones.wav", 5), burns.folder / "tones.mov"
    ffmpeg(
        *(*picture("64x36", "30000/1001", 5), "-i", str(sound)),
        *(*X264, "-c:a", "pcm_s16le", str(path)),
    )

    content = kept(burns, path)

    magic, version, per_s, duration_ms, *rate, spoken, count = struct.unpack_from(
        "<4sHHIIIII", content
    )
    assert (magic, version, per_s, rate) == (b"VGPK", 1, 100, [30_000, 1001])
    assert duration_ms == pytest.approx(5000, abs=40)
    assert count == pytest.approx(500, abs=4)
    spans = struct.unpack_from(f"<{2 * spoken}I", content, 28)
    assert spans == pytest.approx((1000, 2000, 3500, 4200), abs=20)
    peaks = content[28 + 8 * spoken :]
    assert len(peaks) == count
    # The root of the amplitude, 255 is full scale: that of 0.25 is the half of it.
    assert set(peaks[105:195]) <= set(range(125, 131))
    assert set(peaks[355:415]) <= set(range(177, 184))
    assert max(peaks[:98] + peaks[205:345] + peaks[425:]) <= 8


def test_sound_that_begins_late_stands_where_it_is_heard(burns: Burner) -> None:
    sound, path = tones(burns.folder / "late.wav", 2.5), burns.folder / "late.mkv"
    ffmpeg(
        *(*picture("64x36", "25", 4), "-itsoffset", "1.2", "-i", str(sound)),
        *(*X264, "-c:a", "flac", str(path)),
    )

    content = kept(burns, path)

    assert struct.unpack_from("<II", content, 28) == pytest.approx((2200, 3200), abs=20)


def test_a_silent_film_has_its_frames_and_no_peaks_and_a_text_has_none(burns: Burner) -> None:
    path, text = burns.folder / "silent.mp4", burns.folder / "text.mp4"
    ffmpeg(*picture("64x36", "24", 1), *X264, str(path))
    text.write_text("no film")

    assert kept(burns, path)[12:] == struct.pack("<IIII", 24, 1, 0, 0)
    assert asked(burns, text).status_code == 400
    assert f"{text.name}.peaks" not in burns.world.stored
