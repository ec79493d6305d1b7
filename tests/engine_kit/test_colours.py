"""From what a file says of its colours to filters; what they do is looked at in tests/media."""

from dataclasses import replace

import pytest
from engine_kit.colours import (
    BT709,
    Colours,
    colour_filters,
    decoder_arguments,
    deinterlacing,
    is_hdr,
    result_colours,
    tagging,
)
from engine_kit.probe import VideoStream

from tests.engine_kit.streams import SILENT, VIDEO

BT601 = Colours(matrix="smpte170m", primaries="smpte170m", transfer="smpte170m")
BT601_625 = Colours(matrix="bt470bg", primaries="bt470bg", transfer="smpte170m")
BT2020 = Colours(matrix="bt2020nc", primaries="bt2020", transfer="bt2020-10")
P3 = Colours(matrix="bt709", primaries="smpte432", transfer="bt709")


def tagged(video: VideoStream, colours: Colours) -> VideoStream:
    return replace(
        video,
        color_space=colours.matrix,
        color_primaries=colours.primaries,
        color_transfer=colours.transfer,
    )


def filters(video: VideoStream) -> str:
    return ",".join(colour_filters(video))


def test_a_video_like_its_result_is_not_touched_and_its_frames_are_told_what_it_says() -> None:
    assert colour_filters(VIDEO) == ["format=yuv420p", tagging(BT709)]
    assert deinterlacing(VIDEO) == decoder_arguments(VIDEO) == []


@pytest.mark.parametrize(
    ("height", "colours"),
    [(2160, BT709), (720, BT709), (719, BT601), (480, BT601), (576, BT601_625), (288, BT601_625)],
)
def test_a_silent_video_is_what_players_take_it_for(height: int, colours: Colours) -> None:
    video = replace(SILENT, height=height)

    assert result_colours(video) == colours
    # Nothing is converted: it is only said.
    assert colour_filters(video)[0] == "format=yuv420p"
    assert f"colorspace={colours.matrix}:" in filters(video)


@pytest.mark.parametrize("colours", [BT601, BT601_625, P3])
def test_tags_that_players_follow_are_kept_whatever_the_size(colours: Colours) -> None:
    video = tagged(VIDEO, colours)

    assert result_colours(video) == colours
    assert colour_filters(video) == ["format=yuv420p", tagging(colours)]


def test_a_half_said_standard_is_completed() -> None:
    assert result_colours(replace(SILENT, color_space="bt470bg")) == BT601_625


@pytest.mark.parametrize("matrix", ["gbr", "reserved", "unknown"])
def test_a_matrix_that_cannot_be_that_of_yuv_counts_as_silence(matrix: str) -> None:
    assert result_colours(replace(SILENT, color_space=matrix)) == BT709


@pytest.mark.parametrize(
    ("pixel_format", "span"), [("yuvj420p", "unknown"), ("yuv420p", "pc"), ("yuvj444p", "pc")]
)
def test_full_range_is_brought_to_limited_by_its_own_matrix(pixel_format: str, span: str) -> None:
    video = replace(VIDEO, pixel_format=pixel_format, color_range=span)

    assert "in_color_matrix=bt709:in_range=pc:out_color_matrix=bt709:out_range=tv" in filters(video)


@pytest.mark.parametrize("colours", [BT601, BT601_625])
def test_the_scale_filter_is_told_names_that_ffmpeg_7_knows(colours: Colours) -> None:
    scale = colour_filters(tagged(replace(VIDEO, color_range="pc"), colours))[0]

    assert scale.startswith("scale=in_color_matrix=bt601:in_range=pc:out_color_matrix=bt601:")


@pytest.mark.parametrize("pixel_format", ["gbrp", "rgb24", "bgr0", "0rgb", "rgb48le", "gbrp10le"])
def test_rgb_is_brought_to_the_matrix_of_its_size(pixel_format: str) -> None:
    video = replace(SILENT, pixel_format=pixel_format, color_space="gbr", color_range="pc")

    assert "scale=out_color_matrix=bt709:out_range=tv" in filters(video)
    small = replace(video, height=360)
    assert "scale=out_color_matrix=bt601:out_range=tv" in filters(small)


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv422p", "yuv444p12le", "nv12", "gray"])
def test_other_depths_and_samplings_of_limited_range_stay_limited(pixel_format: str) -> None:
    assert "in_range=pc" not in filters(replace(SILENT, pixel_format=pixel_format))


def test_greys_of_pictures_are_full_range_and_those_of_videos_are_not() -> None:
    grey = replace(SILENT, pixel_format="gray")

    assert "in_range=tv" in filters(grey)
    assert "in_range=pc" in filters(replace(grey, codec="png"))


@pytest.mark.parametrize(
    "pixel_format", ["rgba", "bgra", "argb", "gbrap", "pal8", "ya8", "yuva420p", "yuva444p10le"]
)
def test_transparency_is_laid_over_black_before_all_else(pixel_format: str) -> None:
    chain = colour_filters(replace(SILENT, pixel_format=pixel_format))

    assert chain[0] in ("format=gbrap", "format=yuva444p")
    assert chain[1] == "premultiply=inplace=1"


@pytest.mark.parametrize("pixel_format", ["ya8", "ya16be", "bgra", "pal8"])
def test_transparent_greys_are_rgb_from_then_on(pixel_format: str) -> None:
    chain = colour_filters(replace(SILENT, pixel_format=pixel_format, codec="png"))

    assert chain[:3] == ["format=gbrap", "premultiply=inplace=1", "format=gbrp"]
    assert chain[3].startswith("scale=out_color_matrix=bt709:out_range=tv")


def test_transparency_of_vp9_needs_the_decoder_that_knows_it() -> None:
    video = replace(SILENT, codec="vp9", alpha_mode=True)

    assert decoder_arguments(video) == ["-c:v", "libvpx-vp9"]
    assert colour_filters(video)[1] == "premultiply=inplace=1"


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_reserved_matrix_is_taken_out_before_filters_see_it(codec: str) -> None:
    video = replace(SILENT, codec=codec, color_space="reserved")

    assert decoder_arguments(video) == ["-bsf:v", f"{codec}_metadata=matrix_coefficients=2"]


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
@pytest.mark.parametrize("matrix", ["bt2020nc", "unknown"])
def test_high_dynamic_range_is_tone_mapped_to_bt709(transfer: str, matrix: str) -> None:
    video = replace(
        SILENT,
        pixel_format="yuv420p10le",
        color_space=matrix,
        color_transfer=transfer,
        color_primaries="bt2020",
    )

    assert is_hdr(video)
    assert result_colours(video) == BT709
    converted = f"zscale=min=bt2020nc:rin=tv:pin=bt2020:tin={transfer}:m=gbr:p=bt2020:t=linear"
    assert converted in filters(video)
    assert "tonemap" in filters(video)


def hdr(**changes: object) -> VideoStream:
    """Return a stream in PQ as televisions have it."""
    video = tagged(VIDEO, replace(BT2020, transfer="smpte2084"))
    return replace(video, **{"pixel_format": "yuv420p10le", **changes})  # type: ignore[arg-type]  # By name.


def kept(video: VideoStream) -> str:
    return ",".join(colour_filters(video, result_colours(video, keeps_hdr=True)))


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_high_dynamic_range_that_is_kept_is_bt2020_of_10_bits(transfer: str) -> None:
    video = hdr(color_transfer=transfer)

    result = result_colours(video, keeps_hdr=True)

    assert result == replace(BT2020, transfer=transfer)
    assert result.is_hdr
    as_it_is = f"format=yuv420p10le,{tagging(result)}"
    assert kept(video) == kept(replace(video, pixel_format="yuv422p10le")) == as_it_is
    assert result_colours(VIDEO, keeps_hdr=True) == BT709


def test_other_forms_of_high_dynamic_range_are_converted_to_that() -> None:
    rgb = kept(hdr(pixel_format="gbrp12le", color_space="gbr", color_range="pc"))
    assert "zscale=min=gbr:rin=pc:pin=bt2020:tin=smpte2084:m=bt2020nc:r=tv:p=bt2020" in rgb
    assert "zscale=min=ictcp:" in kept(hdr(color_space="ictcp"))
    assert "pin=smpte432:" in kept(hdr(color_primaries="smpte432"))
    for other in (hdr(color_range="pc"), hdr(pixel_format="p010le"), hdr(pixel_format="yuv420p")):
        assert "scale=in_color_matrix=bt2020:in_range=" in kept(other)
        assert "out_color_matrix=bt2020:out_range=tv" in kept(other)
        assert "tonemap" not in kept(other)


def test_wide_colours_of_standard_range_are_converted_and_not_tone_mapped() -> None:
    video = tagged(VIDEO, Colours(matrix="bt2020nc", primaries="bt2020", transfer="bt2020-10"))

    assert result_colours(video) == BT709
    assert "pin=bt2020:tin=bt2020-10:m=bt709:r=tv:p=bt709:t=bt709" in filters(video)
    assert "tonemap" not in filters(video)


def test_what_is_wanted_in_other_colours_is_converted_to_them() -> None:
    video = tagged(VIDEO, BT601)

    chain = ",".join(colour_filters(video, BT709))

    assert "in_color_matrix=bt601:in_range=tv:out_color_matrix=bt709:out_range=tv" in chain
    assert chain.endswith("color_primaries=bt709:color_trc=bt709")
    assert "zscale" in ",".join(colour_filters(tagged(VIDEO, P3), BT709))


def test_fields_are_made_whole() -> None:
    assert deinterlacing(replace(VIDEO, interlaced=True)) == [
        "bwdif=mode=send_frame:deint=interlaced"
    ]


def test_pictures_are_made_smaller_before_their_colours_are_converted() -> None:
    video = tagged(VIDEO, BT601)

    assert colour_filters(video, BT709, scaling=["scale=2:2"])[0] == "scale=2:2"


@pytest.mark.parametrize("matrix", ["ycgco", "bt2020c"])
def test_frames_of_a_matrix_that_swscale_refuses_are_converted_first(matrix: str) -> None:
    video = replace(VIDEO, color_space=matrix)

    chain = colour_filters(video, BT709, scaling=["scale=2:2"])

    assert chain[0].startswith(f"zscale=min={matrix}:")
    assert chain[-1] == "scale=2:2"


def test_names_that_swscale_refuses_and_that_cannot_be_true_are_taken_away() -> None:
    video = replace(VIDEO, color_space="chroma-derived-nc")

    chain = colour_filters(video, scaling=["scale=2:2"])

    assert chain[:2] == ["setparams=colorspace=bt709", "scale=2:2"]


def test_matrices_of_the_other_dynamic_range_cannot_be_true() -> None:
    assert kept(hdr(color_space="bt2020c")).startswith("setparams=colorspace=bt2020nc,")
    assert filters(replace(VIDEO, color_space="ictcp")).startswith("setparams=colorspace=bt709,")
