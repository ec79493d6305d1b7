"""The white of graphics in high dynamic range, and all colours beside it."""

import subprocess

import pytest
from engine_kit.colours import BT709, Colours
from engine_kit.ffmpeg import find_ffmpeg
from engine_kit.graphics import drawn_rgb, laid_over, overlay_format

PQ = Colours(matrix="bt2020nc", primaries="bt2020", transfer="smpte2084")
HLG = Colours(matrix="bt2020nc", primaries="bt2020", transfer="arib-std-b67")
COLOURS = (
    *((0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 214, 10)),
    *((128, 128, 128), (16, 16, 16), (200, 0, 0), (20, 60, 90), (255, 224, 138), (64, 96, 128)),
)


@pytest.mark.parametrize(("colours", "share"), [(PQ, 0.58), (HLG, 0.75)])
def test_white_is_that_of_paper(colours: Colours, share: float) -> None:
    # ITU-R BT.2408-7, table 1: 203 cd/m², 58 % of PQ and 75 % of HLG.
    assert [value / 255 for value in drawn_rgb((255, 255, 255), colours)] == [
        pytest.approx(share, abs=0.005)
    ] * 3
    assert drawn_rgb((0, 0, 0), colours) == (0, 0, 0)


@pytest.mark.parametrize("colours", [PQ, HLG], ids=["pq", "hlg"])
def test_every_colour_is_the_one_that_zimg_makes_of_it(colours: Colours) -> None:
    converted = subprocess.run(
        [
            *(find_ffmpeg(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"),
            *("-s", f"{len(COLOURS)}x1", "-i", "-", "-vf"),
            "format=gbrp,zscale=min=gbr:rin=pc:pin=bt709:tin=iec61966-2-1:m=gbr:r=pc:p=bt2020"
            f":t={colours.transfer}:npl=203:agamma=0,format=rgb24",
            *("-f", "rawvideo", "-"),
        ],
        input=bytes(value for colour in COLOURS for value in colour),
        capture_output=True,
        check=True,
    ).stdout

    for at, colour in enumerate(COLOURS):
        assert drawn_rgb(colour, colours) == pytest.approx(
            tuple(converted[3 * at : 3 * at + 3]), abs=2
        ), colour


def test_standard_range_is_left_as_it_is() -> None:
    assert drawn_rgb((1, 2, 3), BT709) == (1, 2, 3)
    assert len(laid_over("[1:v]", "mark", BT709)) == 1
    assert (overlay_format(BT709), overlay_format(PQ)) == ("", ":format=yuv420p10")
