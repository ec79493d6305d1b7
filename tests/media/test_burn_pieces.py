"""A film that one attempt burns in pieces, side by side, and what becomes of pieces that fail."""

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_kit.ffmpeg import find_ffmpeg

from tests.media.burning import Burner, burner, vtt
from tests.media.pictures import ffmpeg

CUES = vtt((0.3, 2.9, "Hamburg"), (2.9, 5.6, "Frankfurt"))
"""A cue stands over each cut."""
_PROGRAM = """#!{python}
import os, sys
from pathlib import Path

argv, told = sys.argv[1:], Path({told!r})
fault = told.read_text()
if argv[-1] == "piece-001.mp4" and fault:
    if fault == "once":
        told.write_text("")
    if fault == "short":
        argv[-1:-1] = ["-frames:v", "5"]
    else:
        sys.exit("out of memory")
os.execv({ffmpeg!r}, [{ffmpeg!r}, *argv])
"""


class Pieces:
    """A burner that burns in three pieces, and a fault of the second."""

    def __init__(self, burns: Burner, told: Path) -> None:
        self._burns, self._told = burns, told

    def burns(self, film: Path, fault: str) -> dict[str, Any]:  # JSON, as it came.
        """Burn with stills and metadata; return the last report."""
        self._told.write_text(fault)
        world = self._burns.world
        job_id = self._burns.order(
            film,
            CUES,
            outputPosterPutUrl=world.url("poster.jpg"),
            outputContactSheetPutUrl=world.url("sheet.jpg"),
            outputMetadataPutUrl=world.url("facts.json"),
        )
        end = world.end_of(job_id)
        assert end["status"] == "completed", end
        assert set(end["outputs"]) == {"video", "poster", "contactSheet", "metadata"}
        facts = json.loads(world.stored.pop("facts.json").body)
        assert facts["notices"] == []
        assert facts["output"]["durationMs"] == pytest.approx(6000, abs=40)
        reported = [one["progress"] for one in world.callbacks if one["jobId"] == job_id]
        assert reported == sorted(reported)
        return end

    def logged(self, words: str) -> str:
        """Return the container's log, once *words* are in it."""
        return self._burns.engine.log_with(words)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pieces]:
    """The burner, shared by the module's tests."""
    folder = tmp_path_factory.mktemp("pieces")
    program, told = folder / "ffmpeg", folder / "fault"
    told.write_text("")
    text = _PROGRAM.format(python=sys.executable, told=str(told), ffmpeg=find_ffmpeg())
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    settings = {"BURN_PIECES": "3", "BURN_PIECE_SECONDS": "1"}
    with burner(folder, IMAGEIO_FFMPEG_EXE=str(program), **settings) as running:
        yield Pieces(running, told)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of picture and sound, with a key frame each second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6"),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=6", "-c:a", "aac"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "2"),
        *("-pix_fmt", "yuv420p", str(path)),
    )
    return path


def test_a_piece_that_fails_is_burned_again_by_itself(pieces: Pieces, film: Path) -> None:
    pieces.burns(film, "once")

    log = pieces.logged('"event": "burned_in_pieces"')
    assert '"count": 3' in log
    assert log.count('"event": "piece_failed"') == 1
    assert '"event": "pieces_failed"' not in log


@pytest.mark.long
@pytest.mark.parametrize("fault", ["always", "short"])
def test_a_film_whose_pieces_fail_is_burned_as_one(pieces: Pieces, film: Path, fault: str) -> None:
    pieces.burns(film, fault)

    log = pieces.logged('"event": "pieces_failed"')
    assert ("out of memory" if fault == "always" else "5 of 50 frames") in log
