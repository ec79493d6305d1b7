"""`speed: fastest` with hardware that works, that fails in mid-run, and that makes a wrong picture.

The hardware is played by a program in front of ffmpeg, which knows NVENC by its name alone.
"""

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_kit.ffmpeg import find_ffmpeg

from tests.media.burning import Burner, burner, vtt
from tests.media.pictures import ffmpeg

CUES = vtt((0.5, 1.5, "Hamburg"), (2.0, 3.5, "Frankfurt"))
_PROGRAM = """#!{python}
import os, subprocess, sys
from pathlib import Path

argv, fault = sys.argv[1:], Path({told!r}).read_text()
if "h264_nvenc" in argv and "-encoders" not in argv:
    begin, end = argv.index("-c:v", argv.index("h264_nvenc") - 1), argv.index("-forced-idr") + 2
    argv[begin:end] = ["-c:v", "libx264", "-preset", "ultrafast", "-forced-idr", "1"]
    if "-movflags" in argv:
        if fault == "fails":
            at = argv.index("-movflags")
            subprocess.run([{ffmpeg!r}, *argv[:at], "-t", "2", *argv[at:]], check=True)
            sys.exit("[h264_nvenc] EncodePicture failed!: out of memory (10)")
        if fault == "blank":
            argv = [part.replace("ass=subtitles.ass", "null") for part in argv]
os.execv({ffmpeg!r}, [{ffmpeg!r}, *argv])
"""


class Hardware:
    """A burner on a host with an encoder, which has the fault that it is given."""

    def __init__(self, burns: Burner, told: Path) -> None:
        self._burns, self._told = burns, told

    def burns(self, film: Path, fault: str) -> dict[str, Any]:  # JSON, as it came.
        """Burn as fast as can be and return the metadata of the result."""
        self._told.write_text(fault)
        job_id = self._burns.order(
            film,
            CUES,
            {"speed": "fastest"},
            outputMetadataPutUrl=self._burns.world.url("facts.json"),
        )
        end = self._burns.world.end_of(job_id)
        assert end["status"] == "completed", end
        facts: dict[str, Any] = json.loads(self._burns.world.stored.pop("facts.json").body)
        assert facts["output"]["durationMs"] == pytest.approx(4000, abs=40)
        return facts

    def log_with(self, event: str) -> str:
        """Return the container's lines of *event*."""
        return self._burns.engine.log_with(event)

    def progress(self) -> list[float]:
        """Return what the last job has reported, in order."""
        last = self._burns.world.callbacks[-1]["jobId"]
        return [one["progress"] for one in self._burns.world.callbacks if one["jobId"] == last]


@pytest.fixture(scope="module")
def hardware(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hardware]:
    """The host, shared by the module's tests."""
    folder = tmp_path_factory.mktemp("hardware")
    program, told = folder / "ffmpeg", folder / "fault"
    told.write_text("")
    text = _PROGRAM.format(python=sys.executable, told=str(told), ffmpeg=find_ffmpeg())
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    settings = {"IMAGEIO_FFMPEG_EXE": str(program), "HARDWARE_ENCODERS": "h264_nvenc"}
    with burner(folder, **settings) as running:
        health = httpx.get(f"{running.engine.origin}/health").json()
        assert health["encoders"] == ["h264_nvenc"]
        yield Hardware(running, told)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a picture in which much moves."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)),
    )
    return path


def test_hardware_that_fails_in_mid_run_is_replaced_by_software_within_the_attempt(
    hardware: Hardware, film: Path
) -> None:
    facts = hardware.burns(film, "fails")

    assert [notice["code"] for notice in facts["notices"]] == ["hardware_failed"]
    assert "h264_nvenc" in facts["notices"][0]["message"]
    assert "out of memory" in hardware.log_with("hardware_failed")
    assert hardware.progress() == sorted(hardware.progress())


@pytest.mark.long
def test_hardware_that_works_is_used_without_a_word(hardware: Hardware, film: Path) -> None:
    assert hardware.burns(film, "")["notices"] == []


@pytest.mark.long
def test_a_wrong_picture_of_the_hardware_is_not_handed_over(hardware: Hardware, film: Path) -> None:
    facts = hardware.burns(film, "blank")

    assert [notice["code"] for notice in facts["notices"]] == ["hardware_failed"]
    assert "output_invalid" in hardware.log_with("hardware_failed")
