"""High dynamic range that is kept, by its pixels and by what the file says of it (P09)."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from engine_kit.ffmpeg import find_ffmpeg
from PIL import Image

from tests.media.burning import Burner, vtt
from tests.media.cases import case, made
from tests.media.pictures import Picture, difference, frame_at, planes_at
from tests.media.test_burn_cases import burned

KEEP: dict[str, object] = {"dynamicRange": "keep"}
PQ, HLG = (9, 9, 16), (9, 9, 18)
"""Matrix, primaries and transfer: ITU-T H.273."""


def shown_at(path: Path, time_s: float) -> Picture:
    """Return the picture at *time_s* in sRGB, with 203 cd/m² as white and nothing above it."""
    filters = (
        f"select='gte(t,{time_s})',zscale=t=linear:npl=203:agamma=0,format=gbrpf32le,"
        "zscale=p=bt709:t=iec61966-2-1:m=gbr:r=pc,format=rgb24"
    )
    argv = [find_ffmpeg(), "-v", "error", "-i", str(path), "-vf", filters, "-frames:v", "1"]
    frame = planes_at(path, time_s)
    out = subprocess.run([*argv, "-f", "rawvideo", "-"], capture_output=True, check=True).stdout
    height, width = frame.y.shape
    return np.frombuffer(out, np.uint8).reshape(height, width, 3).astype(np.int16)


def lit(picture: Picture, rgb: tuple[int, int, int], within: int = 14) -> int:
    """Return how many pixels of the lower half have a colour."""
    lower = picture[picture.shape[0] // 2 :]
    return int((np.abs(lower - np.array(rgb)).max(axis=2) <= within).sum())


def white_luma(path: Path, time_s: float = 0.2) -> float:
    """Return the luma of white letters, inside their edges."""
    luma = planes_at(path, time_s).y
    luma = luma[luma.shape[0] * 4 // 5 :]
    letters = luma[luma > 400]
    assert letters.size > 200
    return float(np.percentile(letters, 80))


@pytest.fixture(scope="module")
def dark(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A dark grey film in PQ and in HLG."""
    make = made(tmp_path_factory.mktemp("dark"))
    films = {}
    for transfer in ("smpte2084", "arib-std-b67"):
        names = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
        films[transfer] = make(
            f"{transfer}.mp4",
            *("-f", "lavfi", "-i", "color=c=0x202020:s=1280x720:r=25:d=0.3,format=gbrp"),
            "-vf",
            "zscale=tin=iec61966-2-1:min=gbr:pin=bt709:rin=pc"
            f":t={transfer}:m=bt2020nc:p=bt2020:r=tv:npl=203,format=yuv420p10le",
            *("-c:v", "libx265", "-preset", "ultrafast"),
            *("-x265-params", f"log-level=error:{names}"),
        )
    return films


def light_of(path: Path) -> dict[str, bytes]:
    """Return what the first frame says of the film's light."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        told: Iterator[Any] = iter(frame.side_data)
        said = {data.type.name: bytes(data) for data in told}
    kinds = ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL")
    return {kind: said[kind] for kind in kinds if kind in said}


TEXT = {"style": {"fontSize": 72, "backgroundOpacity": 0, "marginV": 40}}


@pytest.mark.parametrize(
    ("name", "tags", "code"),
    # 58 and 75 % of 64 to 940: ITU-R BT.2408-7, table 1.
    [("smpte2084", PQ, 573), ("arib-std-b67", HLG, 721)],
)
def test_p09_kept_range_is_hevc_of_10_bits_with_white_text_of_203_nits(
    burns: Burner, dark: dict[str, Path], name: str, tags: tuple[int, int, int], code: int
) -> None:
    result = burned(burns, dark[name], vtt((0, 0.3, "HHHHHH")), KEEP | TEXT)

    frame = planes_at(result.video, 0.2)
    assert (frame.format, frame.full, frame.tags) == ("yuv420p10le", False, tags)
    assert white_luma(result.video) == pytest.approx(code, abs=8)
    with av.open(str(result.video)) as container:
        context = container.streams.video[0].codec_context
        assert (context.codec.canonical_name, context.codec_tag) == ("hevc", "hvc1")
    assert lit(shown_at(result.video, 0.2), (255, 255, 255)) > 200
    assert result.notices == ""


def test_p09_what_hdr10_says_of_the_film_is_kept(burns: Burner) -> None:
    source = case("hdr10.mp4")

    result = burned(burns, source, options=KEEP)

    said = light_of(result.video)
    assert len(said) == 2
    assert said == light_of(source)
    # And the picture itself: its red and its white.
    before, after = planes_at(source, 0.2), planes_at(result.video, 0.2)
    for x in (20, 60, 100):
        assert after.at(x, 20) == pytest.approx(before.at(x, 20), abs=12)


def test_standard_range_made_of_hdr10_says_nothing_of_its_light(burns: Burner) -> None:
    assert light_of(burned(burns, case("hdr10.mp4")).video) == {}


@pytest.mark.parametrize("name", ["smpte2084", "arib-std-b67"])
def test_every_colour_of_text_box_and_emoji_is_shown_as_in_standard_range(
    burns: Burner, dark: dict[str, Path], tmp_path: Path, name: str
) -> None:
    colours = {"textColor": "#FF0000", "outlineColor": "#00C000", "backgroundColor": "#2040C0"}
    style = colours | {"fontSize": 72, "outlineWidth": 4, "backgroundOpacity": 1}
    cue = vtt((0, 0.3, "HHHH \N{GREEN HEART}"))
    plain = made(tmp_path)(
        *("sdr.mp4", "-f", "lavfi", "-i", "color=c=0x202020:s=1280x720:r=25:d=0.3"),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p"),
    )

    shown = shown_at(burned(burns, dark[name], cue, KEEP | {"style": style}).video, 0.2)
    standard = frame_at(burned(burns, plain, cue, {"style": style}).video, 0.2)

    for colour in ((255, 0, 0), (0x20, 0x40, 0xC0), (0x78, 0xB1, 0x59)):
        # Colour is stored for four pixels at a time: thin letters are pale at their edges.
        assert lit(shown, colour, 24) > 0.3 * lit(standard, colour, 24) > 100, colour
    assert difference(shown[:400], standard[:400]) is None


def test_the_poster_and_the_sheet_of_a_kept_range_are_of_standard_range(
    burns: Burner, dark: dict[str, Path]
) -> None:
    result = burned(burns, dark["smpte2084"], vtt((0, 0.3, "HHHHHH")), KEEP | TEXT)

    for slot in ("Poster", "ContactSheet"):
        with Image.open(io.BytesIO(result.slots[slot])) as still:
            picture = np.asarray(still.convert("L")).astype(int)
        assert picture.max() > 200, slot
        # The ground, sRGB's 0x20, is 44 by BT.709's curve; its number in PQ would be shown as 59.
        assert np.median(picture) == pytest.approx(44, abs=3), slot


def test_segments_and_added_frames_keep_the_range(burns: Burner, tmp_path: Path) -> None:
    names = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    slides = made(tmp_path)(
        *("slides.mp4", "-f", "lavfi", "-i", "color=c=0x303030:s=640x360:r=1/4:d=8"),
        *("-pix_fmt", "yuv420p10le"),
        *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", f"log-level=error:{names}"),
    )
    segments = [{"startS": 2, "endS": 3, "effect": "black"}]

    result = burned(burns, slides, vtt((0.5, 1.5, "HHHHHH")), KEEP | TEXT | {"segments": segments})

    assert white_luma(result.video, 1.0) == pytest.approx(573, abs=8)
    black = planes_at(result.video, 2.5)
    assert black.at(100, 100) == pytest.approx((64, 512, 512), abs=2)
    assert planes_at(result.video, 3.5).at(100, 100)[0] > 200


def test_a_script_in_its_own_styling_is_no_brighter_than_paper(
    burns: Burner, dark: dict[str, Path]
) -> None:
    script = """[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment, MarginV
Style: Own,Noto Sans,60,&H00FFFFFF,2,20

[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:00.30,Own,HHH{\\c&H0000FF&}HHH
"""
    result = burned(burns, dark["smpte2084"], script, KEEP | {"assStyling": "keep"})

    shown = shown_at(result.video, 0.2)
    assert planes_at(result.video, 0.2).y.max() < 600
    assert lit(shown, (255, 255, 255)) > 100
    assert lit(shown, (255, 0, 0), 24) > 60


def test_a_watermark_has_its_colour_and_the_white_of_paper(
    burns: Burner, dark: dict[str, Path], tmp_path: Path
) -> None:
    mark = Image.new("RGBA", (200, 100), (255, 255, 255, 255))
    mark.paste((0x20, 0x40, 0xC0, 255), (0, 0, 100, 100))
    mark.save(tmp_path / "mark.png")
    burns.world.files["mark.png"] = tmp_path / "mark.png"
    placed = {"position": "bottom", "widthShare": 0.25, "opacity": 1}

    job_id = burns.order(
        dark["smpte2084"],
        vtt((0.0, 0.02, "x")),
        KEEP | {"watermarkImage": placed},
        inputWatermarkUrl=burns.world.url("mark.png"),
    )

    assert burns.world.end_of(job_id)["status"] == "completed"
    path = burns.folder / "marked.mp4"
    path.write_bytes(burns.world.stored[f"out/{job_id}.mp4"].body)
    shown = shown_at(path, 0.2)
    # Half of it each; 320 by 160 pixels.
    assert lit(shown, (0x20, 0x40, 0xC0)) == pytest.approx(160 * 160, rel=0.05)
    assert lit(shown, (255, 255, 255)) == pytest.approx(160 * 160, rel=0.05)
    assert planes_at(path, 0.2).y.max() < 600


def test_keeping_a_standard_range_changes_nothing(burns: Burner) -> None:
    result = burned(burns, case("fullrange.mp4"), options=KEEP)

    frame = planes_at(result.video, 1)
    assert (frame.format, frame.tags) == ("yuv420p", (1, 1, 1))
    assert result.report["output"]["videoCodec"] == "h264"
