"""Comments videos of sources that people really have: colours, tracks and sound."""

import json
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.cases import case
from tests.media.composing import Composer, Frame, near

NAMES = ("fullrange.mp4", "hdr10.mp4", "alpha.mov", "sixteen.mov", "deflang.mkv", "loop.gif")
OPTIONS: dict[str, object] = {
    "height": 360,
    "fps": 24,
    "coverSeconds": 0,
    "minCommentSeconds": 1,
    "maxCommentSeconds": 1,
    "maxComments": 1,
}
DOCUMENT = {"video": {"title": "T"}, "comments": [{"author": "A", "content": "Hello"}]}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the cases and a document."""
    folder = tmp_path_factory.mktemp("clips")
    for name in NAMES:
        (folder / name).symlink_to(case(name))
    (folder / "comments.json").write_text(json.dumps(DOCUMENT))
    return folder


def made(composes: Composer, name: str) -> str:
    """Make the comments video of a case, and return its job."""
    job_id = f"job_{name.replace('.', '_')}"
    end = composes.end_of(job_id, OPTIONS, clip=name)
    assert end["status"] == "completed", end
    return job_id


def shows(frame: Frame, colour: tuple[int, int, int]) -> bool:
    """Whether a patch of the film is of about this colour."""
    return bool(near(frame[:, : frame.shape[1] * 2 // 3], colour, 20).sum() > 60)


def test_full_range_keeps_its_black_and_white(composes: Composer) -> None:
    (frame,) = composes.frames(made(composes, "fullrange.mp4"), [5])

    assert shows(frame, (255, 255, 255))
    assert shows(frame, (0, 0, 0))


def test_high_dynamic_range_is_tone_mapped_and_told(composes: Composer) -> None:
    job_id = made(composes, "hdr10.mp4")

    (frame,) = composes.frames(job_id, [2])
    reds = frame[(frame[..., 0] > 150) & (frame[..., 1:].max(axis=2) < 0.3 * frame[..., 0])]
    assert len(reds) > 100
    codes = [notice["code"] for notice in composes.report(job_id)["notices"]]
    assert "hdr_shown_as_sdr" in codes
    with av.open(BytesIO(composes.video(job_id)), "r") as container:
        context = container.streams.video[0].codec_context
        assert (context.pix_fmt, context.colorspace, context.color_trc) == ("yuv420p", 1, 1)


def test_what_is_transparent_is_black(composes: Composer) -> None:
    (frame,) = composes.frames(made(composes, "alpha.mov"), [5])

    assert shows(frame, (254, 0, 0))
    assert not shows(frame, (0, 255, 0))


def test_a_gif_is_a_source(composes: Composer) -> None:
    made(composes, "loop.gif")


@pytest.mark.parametrize(("name", "hertz"), [("sixteen.mov", 440), ("deflang.mkv", 900)])
def test_the_sound_that_players_play_is_heard(composes: Composer, name: str, hertz: int) -> None:
    job_id = made(composes, name)

    with av.open(BytesIO(composes.video(job_id)), "r") as container:
        blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    samples = np.concatenate(blocks)
    strongest = float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))
    assert strongest == pytest.approx(hertz, abs=2)
