"""What goes wrong while a video is burned is found in it before it is handed over (F10)."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from burner.plan import POSTER, SHEET, burn_argv
from burner.stills import Stills
from engine_kit.ffmpeg import STANDING_OPTIONS, find_ffmpeg
from PIL import Image, ImageChops, ImageStat

from dev.pictures.burned import prepared
from media_jobs.engines.burner.options import BurnOptions
from tests.media.burning import Burner, burner, vtt
from tests.media.faults import FaultyFfmpeg, faulty_ffmpeg
from tests.media.pictures import ffmpeg

APART = vtt((1.0, 2.0, "Hamburg"), (3.0, 4.0, "Frankfurt"), (6.0, 7.0, "Immenstadt"))
LONG = vtt((0.6, 6.8, "Hamburg"))
"""One cue for nearly all of the film, whose middle a shift leaves in its text."""
STEADY = vtt((0.0, 2.6, "Hamburg"), (2.6, 5.2, "Frankfurt"), (5.2, 8.0, "Immenstadt"))
KEPT = r"""[Script Info]
PlayResX: 320
PlayResY: 180
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Alignment
Style: Default,Noto Sans,30,&H0000FFFF,&H00000000,1,2,2
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\fad(200,200)}Hamburg
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\k50}Frank{\k50}furt
Dialogue: 0,0:00:06.00,0:00:07.00,Default,,0,0,0,,{\move(100,90,220,90)}Immenstadt
"""


class Faulty:
    """A burner whose ffmpeg has the fault that it is given."""

    def __init__(self, burns: Burner, program: FaultyFfmpeg) -> None:
        self._burns, self._program = burns, program

    def has(self, **fault: object) -> Burner:
        """Return the burner, with a fault from now on."""
        self._program.has(**fault)
        return self._burns


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """A running burner, shared by the module's tests."""
    folder = tmp_path_factory.mktemp("faulty")
    made = faulty_ffmpeg(folder)
    with burner(folder, IMAGEIO_FFMPEG_EXE=str(made.program)) as running:
        yield Faulty(running, made)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of a picture in which much moves."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=8"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)),
    )
    return path


def shifted(seconds: float) -> list[tuple[str, str]]:
    """Return what makes the text of a film come so much later."""
    late = f"setpts=PTS-{seconds}/TB,ass=subtitles.ass,setpts=PTS+{seconds}/TB"
    return [("ass=subtitles.ass", late)]


@pytest.mark.parametrize(
    ("cues", "seconds"),
    [
        pytest.param(LONG, 2, id="long-late"),
        *(
            pytest.param(cues, seconds, id=f"{name}-{seconds}", marks=pytest.mark.long)
            for name, cues in (("apart", APART), ("long", LONG), ("steady", STEADY))
            for seconds in (2, -2)
            if (name, seconds) != ("long", 2)
        ),
    ],
)
def test_text_that_comes_early_or_late_is_found_in_the_video(
    faulty: Faulty, film: Path, cues: str, seconds: float
) -> None:
    error = faulty.has(replace=shifted(seconds)).failure(film, cues)

    assert error["code"] == "output_invalid"
    assert "in the video" in error["message"]


@pytest.mark.parametrize(
    "subtitles",
    [pytest.param(APART, id="restyled", marks=pytest.mark.long), pytest.param(KEPT, id="kept")],
)
def test_a_film_without_its_text_is_not_handed_over(
    faulty: Faulty, film: Path, subtitles: str
) -> None:
    burns = faulty.has(replace=[("ass=subtitles.ass", "null")])

    error = burns.failure(film, subtitles, {"assStyling": "keep"})

    # No word of it is another the next time: the orchestrator tries it twice, and not again.
    assert (error["code"], error["message"]) == (
        "output_invalid",
        "Cue 1 is not seen in the video in its middle, at 0:00:01.50.",
    )


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        pytest.param("Frankfurt", "", id="missing", marks=pytest.mark.long),
        pytest.param(
            "Frankfurt", "{\\alpha&HFF&}Frankfurt", id="invisible", marks=pytest.mark.long
        ),
        pytest.param(
            "Frankfurt",
            "{\\frz180\\org(2000,90)}Frankfurt",
            id="outside",
            marks=pytest.mark.long,
        ),
        pytest.param("Frankfurt", "Frank", id="in part"),
    ],
)
def test_one_cue_that_is_not_drawn_as_it_should_be_is_found(
    faulty: Faulty, film: Path, found: str, instead: str
) -> None:
    burns = faulty.has(script=(found, instead), replace=[("ass=subtitles.ass", "ass=broken.ass")])

    error = burns.failure(film, APART)

    assert error["code"] == "output_invalid"
    assert error["message"].startswith("Cue 2 is not seen in the video")


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("range=tv", "range=pc"),
        pytest.param("colorspace=smpte170m", "colorspace=bt709", marks=pytest.mark.long),
        pytest.param("color_primaries=smpte170m", "color_primaries=bt2020", marks=pytest.mark.long),
        pytest.param("color_trc=smpte170m", "color_trc=smpte2084", marks=pytest.mark.long),
    ],
)
def test_a_film_that_says_wrong_things_of_its_colours_is_not_handed_over(
    faulty: Faulty, film: Path, said: str, instead: str
) -> None:
    error = faulty.has(replace=[(said, instead)]).failure(film, APART)

    assert error["code"] == "output_invalid"
    assert "colours are tagged as" in error["message"]
    assert instead.partition("=")[2] in error["message"]


@pytest.mark.long
def test_a_film_that_ends_early_without_a_word_is_not_handed_over(
    faulty: Faulty, film: Path
) -> None:
    error = faulty.has(more=["-t", "4"]).failure(film, LONG)

    assert error["code"] == "output_invalid"
    assert "lasts 4.00 s, the input 8.00 s" in error["message"]


def test_without_a_fault_the_same_films_are_handed_over(faulty: Faulty, film: Path) -> None:
    burns = faulty.has()

    for subtitles in (STEADY, KEPT):
        burns.burn(film, subtitles, {"assStyling": "keep"})


@pytest.mark.long
def test_a_film_that_got_other_frames_than_planned_is_looked_at_in_those(
    faulty: Faulty, film: Path
) -> None:
    others = ["-fps_mode", "cfr", "-r", "24"]

    faulty.has(more=others).burn(film, APART)
    failure = faulty.has(more=others, replace=shifted(2)).failure(film, LONG)

    assert failure["code"] == "output_invalid"


def test_text_that_changes_with_the_frame_that_is_looked_at_may_be_of_either_side(
    faulty: Faulty, film: Path
) -> None:
    """A word is said from the middle of the cue on; an encoder rounds the frames' times."""
    words = vtt((1.0, 2.0, "Hamburg <00:01.500>Frankfurt"))

    for seconds in (0.02, -0.02):
        burns = faulty.has(replace=shifted(seconds))
        burns.burn(film, words, {"style": {"highlight": "single"}})


@pytest.mark.long
def test_text_that_the_film_has_had_before_is_not_taken_for_a_fault(
    faulty: Faulty, film: Path, tmp_path: Path
) -> None:
    """The same words burned once more, for a part of their time."""
    burns = faulty.has()
    before = burns.burn(film, LONG).rename(tmp_path / "before.mp4")

    burns.burn(before, vtt((2.0, 3.0, "Hamburg"), (5.0, 6.0, "Hamburg")))


def test_ffmpeg_tells_its_progress_from_the_start_however_late_the_last_still_comes(
    film: Path, tmp_path: Path
) -> None:
    """It tells nothing before all its outputs have begun; a long film was given up."""
    burn, environment = prepared(
        tmp_path, film, APART.encode(), BurnOptions(), cache=tmp_path.parent / "fonts"
    )
    stills = Stills(poster_s=7.5, sheet_s=(1.5, 6.5, 7.5))
    argv = burn_argv(replace(burn, poster=stills, sheet=stills))
    slowly = ["-stats_period", "0.02", "-readrate", "8"]

    told = subprocess.run(
        [find_ffmpeg(), *STANDING_OPTIONS, *slowly, *argv],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    frames = [int(found) for found in re.findall(r"^frame=(\d+)", told, re.MULTILINE)]
    assert any(0 < frame < 150 for frame in frames), frames
    with Image.open(tmp_path / POSTER) as poster, Image.open(tmp_path / SHEET) as sheet:
        assert (poster.size, sheet.size) == ((320, 180), (3 * 320 + 4 * 4, 180 + 2 * 4))
        # testsrc2 counts its frames in the corner: the poster is the last picture of the sheet.
        last = sheet.convert("L").crop((652, 4, 972, 184))
        difference = ImageChops.difference(last, poster.convert("L"))
        assert ImageStat.Stat(difference).mean[0] < 2
        first = sheet.convert("L").crop((4, 4, 324, 184))
        assert ImageStat.Stat(ImageChops.difference(first, last)).mean[0] > 10


def test_a_film_is_burned_without_its_stills_when_those_are_what_fails(
    faulty: Faulty, film: Path
) -> None:
    burns = faulty.has(fails="poster.jpg")

    job_id = burns.order(
        film,
        APART,
        outputPosterPutUrl=burns.world.url("poster.jpg"),
        outputContactSheetPutUrl=burns.world.url("sheet.jpg"),
        outputMetadataPutUrl=burns.world.url("facts.json"),
    )

    end = burns.world.end_of(job_id)
    assert end["status"] == "completed", end
    assert set(end["outputs"]) == {"video", "metadata"}
    facts = json.loads(burns.world.stored["facts.json"].body)
    assert [notice["code"] for notice in facts["notices"]] == ["stills_failed"]
    assert facts["output"]["durationMs"] == pytest.approx(8000, abs=40)
    assert "no poster.jpg" in burns.engine.log_with("stills_failed")


def test_an_ffmpeg_that_filters_no_packets_of_what_it_reads_shows_the_same_frames(
    faulty: Faulty, film: Path
) -> None:
    """FFmpeg does so since 7.1; the frames that are looked at are found without it, too."""
    burns = faulty.has(fails="-bsf:v")

    burns.burn(film, LONG)
    error = faulty.has(fails="-bsf:v", replace=shifted(2)).failure(film, LONG)

    assert error["code"] == "output_invalid"
    assert "in the video" in error["message"]
