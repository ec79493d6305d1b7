"""What goes wrong while a comments video is made is found in it before it is handed over (F10)."""

import itertools
import json
from collections.abc import Iterator

import pytest

from dev.engines.stage import RunningEngine, surroundings
from tests.media.composing import Composer
from tests.media.faults import FaultyFfmpeg, faulty_ffmpeg
from tests.media.pictures import H264, ffmpeg

_NUMBERS = itertools.count(1)
OPTIONS: dict[str, object] = {"height": 360, "fps": 24, "coverSeconds": 1, "minCommentSeconds": 1}
COMMENTS = {
    "video": {"title": "A film"},
    "comments": [
        {"author": "Mira", "content": "The first of two comments, in a few words."},
        {"author": "Bo", "content": "And the other one.", "translatedContent": "另一条评论"},
    ],
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> FaultyFfmpeg:
    """The ffmpeg of the module's engine."""
    return faulty_ffmpeg(tmp_path_factory.mktemp("faulty"))


@pytest.fixture(scope="module")
def composes(program: FaultyFfmpeg, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composer]:
    """A running comments engine; its world has a moving clip with a tone."""
    folder = tmp_path_factory.mktemp("clips")
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=3", "-f", "lavfi", "-i", "sine=d=3"),
        *(*H264, "-c:a", "aac", str(folder / "clip.mp4")),
    )
    (folder / "comments.json").write_text(json.dumps(COMMENTS))
    served = {path.name: path for path in folder.iterdir()}
    environment = {"IMAGEIO_FFMPEG_EXE": str(program.program)}
    work = tmp_path_factory.mktemp("work")
    with surroundings(served) as world, RunningEngine("remotion", work, environment) as engine:
        yield Composer(engine=engine, world=world)


@pytest.mark.parametrize(
    "template", ["landscape", pytest.param("vertical", marks=pytest.mark.long)]
)
def test_without_a_fault_the_video_is_handed_over(
    program: FaultyFfmpeg, composes: Composer, template: str
) -> None:
    program.has()

    end = composes.end_of(f"job_good_{template}", {**OPTIONS, "template": template})

    assert end["status"] == "completed", end


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        pytest.param(
            {"replace": [("feed-000.tif", "bar.tif")]}, "is not seen in the video", id="no cards"
        ),
        *(
            pytest.param(fault, message, id=name, marks=pytest.mark.long)
            for name, fault, message in (
                (
                    "late",
                    {"replace": [("yuv420p,setparams", "yuv420p,setpts=PTS+2/TB,setparams")]},
                    "is not seen in the video",
                ),
                (
                    "matrix",
                    {"replace": [("colorspace=bt709", "colorspace=smpte170m")]},
                    "names other colours",
                ),
                ("range", {"replace": [("range=tv", "range=pc")]}, "names other colours"),
                ("short", {"more": ["-t", "2"]}, "long instead of"),
                ("small", {"more": ["-s", "320x180"]}, "another size"),
            )
        ),
    ],
)
def test_a_video_that_is_not_as_planned_is_not_handed_over(
    program: FaultyFfmpeg, composes: Composer, fault: dict[str, object], message: str
) -> None:
    program.has(**fault)

    end = composes.end_of(f"job_{next(_NUMBERS)}", OPTIONS)

    assert end["status"] == "failed", end
    assert end["error"]["code"] == "output_invalid"
    assert message in end["error"]["message"]
