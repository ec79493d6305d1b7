"""Downloads of files that people really have: sound in step, colours as players show them (S03)."""

import wave
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.cases import AAC, case, made, picture, tone
from tests.media.downloading import Downloader
from tests.media.pictures import frame_at, planes_at

NAMES = ("lateaudio.mp4", "hole.mkv", "sixteen.mov", "deflang.mkv", "interlaced.mpg", "mjpeg.mov")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the cases that are downloaded, and two videos that have to be encoded again."""
    folder = tmp_path_factory.mktemp("clips")
    for name in NAMES:
        (folder / name).symlink_to(case(name))
    make = made(folder)
    make("pq.mkv", "-i", str(case("hdr10.mp4")), "-c:v", "ffv1")
    make("odd.mkv", *picture("321x181", seconds=1), *tone(seconds=1), "-c:v", "ffv1", *AAC)
    return folder


@pytest.fixture(scope="module")
def fetched(downloads: Downloader, clips: Path) -> None:
    """Order all of them at once."""
    for name in (*NAMES, "pq.mkv", "odd.mkv"):
        downloads.order(job_of(name), name, thumbnail=True)


def job_of(name: str) -> str:
    return f"job_{name.replace('.', '_')}"


@pytest.fixture
def result(
    downloads: Downloader, tmp_path: Path, fetched: None, request: pytest.FixtureRequest
) -> Path:
    """The video that was made of the case that a test is named for."""
    end = downloads.world.end_of(job_of(request.param))
    assert end["status"] == "completed", end
    path = tmp_path / "video.mp4"
    path.write_bytes(downloads.body(job_of(request.param), "video.mp4"))
    return path


def of(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("result", [name], indirect=True)


def wav(downloads: Downloader, name: str) -> tuple[np.ndarray, int]:
    """Return the samples of the speech audio, -1..1, and their rate."""
    with wave.open(BytesIO(downloads.body(job_of(name), "audio.wav"))) as sound:
        data = sound.readframes(sound.getnframes())
        return np.frombuffer(data, np.int16) / 32768, sound.getframerate()


def strongest(samples: np.ndarray, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))


@of("lateaudio.mp4")
@pytest.mark.usefixtures("result")
def test_s03_speech_audio_begins_with_the_video(downloads: Downloader) -> None:
    samples, rate = wav(downloads, "lateaudio.mp4")

    assert len(samples) / rate == pytest.approx(12, abs=0.05)
    assert np.abs(samples[: int(2.9 * rate)]).max() < 0.001
    assert np.abs(samples[int(3.2 * rate) :]).max() > 0.05


@of("hole.mkv")
def test_holes_of_the_sound_are_silence_in_every_output(
    downloads: Downloader, result: Path
) -> None:
    samples, rate = wav(downloads, "hole.mkv")
    with av.open(str(result)) as container:
        blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        heard, heard_rate = np.concatenate(blocks), container.streams.audio[0].rate

    for sound, hertz in ((samples, rate), (heard, heard_rate)):
        assert len(sound) / hertz == pytest.approx(4, abs=0.1)
        assert np.abs(sound[int(1.2 * hertz) : int(1.8 * hertz)]).max() < 0.001
        assert np.abs(sound[int(2.2 * hertz) : int(3.8 * hertz)]).max() > 0.05


@of("sixteen.mov")
def test_many_channels_become_two_and_speech(downloads: Downloader, result: Path) -> None:
    samples, rate = wav(downloads, "sixteen.mov")

    assert strongest(samples, rate) == pytest.approx(440, abs=2)
    with av.open(str(result)) as container:
        assert container.streams.audio[0].channels == 2
    said = [notice["message"] for notice in downloads.metadata(job_of("sixteen.mov"))["notices"]]
    assert any("16 channels" in sentence for sentence in said)


@of("deflang.mkv")
@pytest.mark.usefixtures("result")
def test_the_default_track_is_heard(downloads: Downloader) -> None:
    assert strongest(*wav(downloads, "deflang.mkv")) == pytest.approx(900, abs=2)


@of("mjpeg.mov")
def test_what_is_encoded_again_is_limited_and_tagged(result: Path) -> None:
    frame = planes_at(result, 0.5)

    assert (frame.format, frame.full, frame.matrix) == ("yuv420p", False, 5)
    assert frame.at(20, 20)[0] == pytest.approx(16, abs=3)
    assert frame.at(60, 20)[0] == pytest.approx(235, abs=3)


@of("pq.mkv")
def test_high_dynamic_range_that_is_encoded_again_is_tone_mapped(
    downloads: Downloader, result: Path
) -> None:
    frame, shown = planes_at(result, 0.2), frame_at(result, 0.2)

    assert frame.tags == (1, 1, 1)
    assert max(shown[20, 100][1:]) < 0.3 * shown[20, 100][0]
    codes = [notice["code"] for notice in downloads.metadata(job_of("pq.mkv"))["notices"]]
    assert "hdr_shown_as_sdr" in codes


@of("odd.mkv")
def test_odd_sides_are_made_even(result: Path) -> None:
    assert frame_at(result, 0.5).shape == (180, 320, 3)


@of("interlaced.mpg")
def test_fields_are_made_whole(result: Path) -> None:
    combed = frame_at(result, 1.0).astype(float).mean(axis=2)

    # Lines of two fields alternate where something moves: each differs from its neighbours alike.
    odd = np.abs(combed[1:-1] - (combed[:-2] + combed[2:]) / 2).mean()
    apart = np.abs(combed[:-2] - combed[2:]).mean()
    assert odd < apart
