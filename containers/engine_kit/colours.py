"""From the colours of a video to those of what is made of it. Pure: facts in, filters out.

What is made is 4:2:0, 8 bits, limited range, and says what its numbers mean (ITU-T H.273, the names
are FFmpeg's), because players guess otherwise, each in its own way. The colours are those that a
player shows for the source: by its tags where they can be true, else by what players assume.
High dynamic range is brought to BT.709: 203 cd/m² (ITU-R BT.2408) is the white of text and paper,
what is brighter is compressed; or it is kept, in 10 bits. Transparent parts are black.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine_kit.probe import VideoStream

__all__ = [
    "BT709",
    "JPEG",
    "SMOOTH",
    "WHITE",
    "Colours",
    "colour_filters",
    "decoder_arguments",
    "deinterlacing",
    "is_hdr",
    "result_colours",
    "standard_range",
    "tagging",
]

_HDR = frozenset({"smpte2084", "arib-std-b67"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """What the numbers of a picture mean: its matrix, primaries and transfer, as FFmpeg's names."""

    matrix: str
    primaries: str
    transfer: str

    @property
    def scale_matrix(self) -> str:
        """The matrix as the scale filter names it: FFmpeg 7 has one name for both of BT.601."""
        return _SCALE_NAMES.get(self.matrix, self.matrix)

    @property
    def is_hdr(self) -> bool:
        """Whether they are in high dynamic range: PQ or HLG (ITU-R BT.2100)."""
        return self.transfer in _HDR

    @property
    def pixel_format(self) -> str:
        """FFmpeg's name of the format that pictures of these colours are made in."""
        return "yuv420p10le" if self.is_hdr else "yuv420p"


_SCALE_NAMES = {"smpte170m": "bt601", "bt470bg": "bt601", "bt2020nc": "bt2020"}

BT709 = Colours(matrix="bt709", primaries="bt709", transfer="bt709")
_BT601_525 = Colours(matrix="smpte170m", primaries="smpte170m", transfer="smpte170m")
_BT601_625 = Colours(matrix="bt470bg", primaries="bt470bg", transfer="smpte170m")
_BT2020 = Colours(matrix="bt2020nc", primaries="bt2020", transfer="bt2020-10")

JPEG = "out_color_matrix=bt601:out_range=full"
"""What the scale filter is told for a JPEG: BT.601, full range (JFIF 1.02)."""

HD_LINES = 720
_PAL_LINES = frozenset({288, 576})

# What every player takes for what it says. A result may have it.
_USUAL_MATRICES = frozenset({"bt709", "smpte170m", "bt470bg"})
_USUAL_TRANSFERS = frozenset(
    {"bt709", "smpte170m", "bt470m", "bt470bg", "smpte240m", "iec61966-2-1", "iec61966-2-4"}
)
_USUAL_PRIMARIES = frozenset(
    {"bt709", "bt470m", "bt470bg", "smpte170m", "smpte240m", "smpte431", "smpte432"}
)
_WIDE = frozenset({"bt2020", "smpte428", "smpte431", "smpte432"})
# What can be converted. Any other tag of YUV is wrong: that of RGB, or a reserved number.
_MATRICES = _USUAL_MATRICES | {"fcc", "smpte240m", "ycgco", "bt2020nc", "bt2020c", "ictcp"}
# By ITU-R BT.2020 and BT.2100: constant luminance is of SDR, ICtCp of PQ and HLG.
_NOT_HDR, _HDR_ALONE = frozenset({"bt2020c"}), frozenset({"ictcp"})
_SCALED = _USUAL_MATRICES | {"fcc", "smpte240m", "bt2020nc"}
"""Those that swscale knows."""
_TRANSFERS = _USUAL_TRANSFERS | _HDR | {"linear", "log100", "log316", "bt2020-10", "bt2020-12"}
_PRIMARIES = _USUAL_PRIMARIES | _WIDE | {"film"}

_RGB = re.compile(r"0?(rgb|bgr|gbr|argb|abgr)|x2(rgb|bgr)|pal8|bayer|xyz")
_GREY = re.compile(r"gr[ae]y|ya\d|mono[wb]")
_BITS = re.compile(r"mono[wb]")
_ALPHA = re.compile(r"(yuva|ya\d|gbrap|rgba|bgra|argb|abgr|pal8|ayuv|vuya)")
# What becomes the result's format without rounding: samples of its depth.
_SAME_DEPTH = {
    "yuv420p": re.compile(r"yuvj?4(20|22|44|11|10|40)p$"),
    "yuv420p10le": re.compile(r"yuv4(20|22|44)p10(le|be)$"),
}
SMOOTH = "flags=bicubic+accurate_rnd+full_chroma_int"
"""What the scale filter is told where colours are converted."""

_OF_LIGHT = ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL")
WHITE = 203
"""Of text and paper in high dynamic range, in cd/m² (ITU-R BT.2408)."""


def is_hdr(video: VideoStream) -> bool:
    """Whether *video* is in high dynamic range: PQ or HLG (ITU-R BT.2100)."""
    return video.color_transfer in _HDR


def result_colours(video: VideoStream, *, keeps_hdr: bool = False) -> Colours:
    """Return the colours of what is made of *video*: its own where players take them.

    *keeps_hdr*: high dynamic range is not brought to BT.709.
    """
    source = _source_colours(video)
    if keeps_hdr and source.is_hdr:
        return replace(_BT2020, transfer=source.transfer)
    if _has_usual(source):
        return source
    if is_hdr(video) or source.primaries in _WIDE:
        return BT709
    return _assumed(video)


def decoder_arguments(video: VideoStream) -> list[str]:
    """Return what stands before the input for *video* to be decoded as it is shown.

    FFmpeg's own decoders of VP8 and VP9 leave transparency out, and filters of FFmpeg 7 take no
    reserved matrix.
    """
    if video.alpha_mode and video.codec in _ALPHA_DECODERS:
        return ["-c:v", _ALPHA_DECODERS[video.codec]]
    if video.color_space == "reserved" and video.codec in ("h264", "hevc"):
        return ["-bsf:v", f"{video.codec}_metadata=matrix_coefficients=2"]
    return []


_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def deinterlacing(video: VideoStream) -> list[str]:
    """Return the filters, the first of all, that make whole pictures of fields."""
    # One picture for two fields, as the rate of the source says; what is whole stays as it is.
    return ["bwdif=mode=send_frame:deint=interlaced"] if video.interlaced else []


def colour_filters(
    video: VideoStream, result: Colours | None = None, *, scaling: Sequence[str] = ()
) -> list[str]:
    """Return the filters after which the frames of *video* are 4:2:0 in limited range.

    *result*: the colours they then have; without it `result_colours`. A source that is like that
    already is not touched. *scaling*: filters that change the size. They come first, as colours are
    cheaper to convert where the picture is small, unless swscale does not know the matrix.
    """
    source = _source_colours(video)
    result = result_colours(video) if result is None else result
    chain = _converted(video, source, result)
    if source.matrix not in _SCALED:
        return [*chain, *scaling]
    if not _RGB.match(video.pixel_format) and video.color_space not in (*_SCALED, "unknown"):
        # A name that cannot be true: swscale would not take the frames.
        return [f"setparams=colorspace={source.matrix}", *scaling, *chain]
    return [*scaling, *chain]


def _converted(video: VideoStream, source: Colours, result: Colours) -> list[str]:
    rgb, full = bool(_RGB.match(video.pixel_format)), _is_full(video)
    chain = []
    if _has_alpha(video):
        # Greys with transparency become RGB: conversions to YUV would change their range.
        rgb = rgb or bool(_GREY.match(video.pixel_format))
        chain += _over_black(rgb=rgb)
    by_zscale = _by_zscale(source, result, rgb=rgb)
    if rgb and by_zscale:
        chain.append("format=gbrp16le")
    same_depth = _SAME_DEPTH[result.pixel_format].match(video.pixel_format)
    if source.is_hdr and not result.is_hdr:
        chain += _tone_mapped(source, rgb=rgb, full=full)
    elif by_zscale:
        chain.append(_zscale_input(source, rgb=rgb, full=full) + _zscale_output(result))
    elif _BITS.match(video.pixel_format):
        # swscale gives them no range of their own.
        chain += ["format=gray", _scaled(source, result, rgb=False, full=full)]
    elif rgb or full or source.matrix != result.matrix or not same_depth:
        chain.append(_scaled(source, result, rgb=rgb, full=full))
    # Said even where the file says it: frames know only what their codec says, not the container.
    return [*chain, f"format={result.pixel_format}", tagging(result)]


def _by_zscale(source: Colours, result: Colours, *, rgb: bool) -> bool:
    """Whether more than matrix and range is converted, or a matrix that swscale does not know."""
    if result.is_hdr:
        return rgb or (source.matrix, source.primaries) != (result.matrix, result.primaries)
    is_other = source.primaries in _WIDE and source.primaries != result.primaries
    return is_other or not _has_usual(source)


def standard_range(colours: Colours) -> list[str]:
    """Return the filters that bring frames of a result to standard range, for a JPEG of it."""
    if not colours.is_hdr:
        return []
    return [*_tone_mapped(colours, rgb=False, full=False), "format=yuv420p"]


def tagging(result: Colours) -> str:
    """Return the filter that says what the numbers of limited-range frames mean."""
    return (
        f"setparams=range=tv:colorspace={result.matrix}"
        f":color_primaries={result.primaries}:color_trc={result.transfer}"
    )


def _assumed(video: VideoStream) -> Colours:
    """Return what players assume where a file is silent: by the stored lines (as Chromium does)."""
    if video.height >= HD_LINES:
        return BT709
    return _BT601_625 if video.height in _PAL_LINES else _BT601_525


def _source_colours(video: VideoStream) -> Colours:
    """Return what the numbers of *video* mean: as it says, unless that can't be."""
    transfer = video.color_transfer if video.color_transfer in _TRANSFERS else None
    usual = _BT2020 if is_hdr(video) else _assumed(video)
    if video.color_space in _MATRICES - (_NOT_HDR if is_hdr(video) else _HDR_ALONE):
        matrix = video.color_space
        # A file that says half of it means the standard that it names.
        usual = next((c for c in _STANDARDS if c.matrix == matrix), usual)
    else:
        matrix = usual.matrix
    primaries = video.color_primaries if video.color_primaries in _PRIMARIES else None
    return Colours(
        matrix=matrix,
        primaries=primaries or usual.primaries,
        transfer=transfer or usual.transfer,
    )


_STANDARDS = (BT709, _BT601_525, _BT601_625, _BT2020)


def _has_usual(source: Colours) -> bool:
    return (
        source.matrix in _USUAL_MATRICES
        and source.primaries in _USUAL_PRIMARIES
        and source.transfer in _USUAL_TRANSFERS
    )


def _is_full(video: VideoStream) -> bool:
    """Whether black is 0 and white the highest number."""
    if video.pixel_format.startswith("yuvj") or video.color_range == "pc":
        return True
    # Greys of pictures; those of video codecs are luma, and limited like it.
    still = video.codec in {"png", "apng", "gif", "tiff", "bmp", "mjpeg", "jpeg2000", "qtrle"}
    return video.color_range == "unknown" and still and bool(_GREY.match(video.pixel_format))


def _has_alpha(video: VideoStream) -> bool:
    return video.alpha_mode or bool(_ALPHA.match(video.pixel_format))


def _over_black(*, rgb: bool) -> list[str]:
    """Return the filters that lay the picture over black: its colours, by how opaque they are."""
    with_alpha, without = ("gbrap", "gbrp") if rgb else ("yuva444p", "yuv444p")
    return [f"format={with_alpha}", "premultiply=inplace=1", f"format={without}"]


def _scaled(source: Colours, result: Colours, *, rgb: bool, full: bool) -> str:
    """Return swscale's conversion of matrix and range; it knows nothing of primaries."""
    span = "pc" if full else "tv"
    given = "" if rgb else f"in_color_matrix={source.scale_matrix}:in_range={span}:"
    return f"scale={given}out_color_matrix={result.scale_matrix}:out_range=tv:{SMOOTH}"


def _zscale_input(source: Colours, *, rgb: bool, full: bool) -> str:
    matrix, span = ("gbr", "pc") if rgb else (source.matrix, "pc" if full else "tv")
    return f"zscale=min={matrix}:rin={span}:pin={source.primaries}:tin={source.transfer}:"


def _zscale_output(result: Colours) -> str:
    return f"m={result.matrix}:r=tv:p={result.primaries}:t={result.transfer}"


def _tone_mapped(source: Colours, *, rgb: bool, full: bool) -> list[str]:
    # In light, where colours add up; the curve leaves what is below the white nearly as it is.
    # Frames of a codec that is silent have no primaries that a result could have by default.
    to_light = f"m=gbr:p={source.primaries}:t=linear:npl={WHITE}"
    return [
        _zscale_input(source, rgb=rgb, full=full) + to_light,
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=mobius:desat=0",
        f"zscale={_zscale_output(BT709)}",
        # What the frames say of their light is not true any more.
        *(f"sidedata=mode=delete:type={kind}" for kind in _OF_LIGHT),
    ]
