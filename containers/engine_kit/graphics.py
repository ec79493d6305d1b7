"""Graphics over video: sRGB's colours as the numbers of the video that they are drawn on.

In high dynamic range the white of text and paper is not the brightest white: it is 203 cd/m², 58 %
of PQ's signal and 75 % of HLG's (ITU-R BT.2408, table 1), and all other colours keep their relation
to it. What is transparent is mixed as numbers, as everywhere in video.
"""

import math

from engine_kit.colours import SMOOTH, WHITE, Colours

__all__ = ["drawn_rgb", "laid_over", "overlay_format"]

# From BT.709's primaries to BT.2020's, in linear light: ITU-R BT.2087, table 1.
_TO_WIDE = (
    (0.6274, 0.3293, 0.0433),
    (0.0691, 0.9195, 0.0114),
    (0.0164, 0.0880, 0.8956),
)
_WIDE_LUMA = (0.2627, 0.6780, 0.0593)
_HLG_PEAK, _HLG_GAMMA = 1000, 1.2
"""The display that HLG is judged on, in cd/m², and its gamma: ITU-R BT.2100, table 5."""


def drawn_rgb(rgb: tuple[int, int, int], colours: Colours) -> tuple[int, int, int]:
    """Return the R'G'B' of a video of *colours*, full range of 8 bits, that shows sRGB's *rgb*."""
    if not colours.is_hdr:
        return rgb
    light = [_linear(value / 255) for value in rgb]
    wide = [sum(w * part for w, part in zip(row, light, strict=True)) for row in _TO_WIDE]
    signal = _pq(wide) if colours.transfer == "smpte2084" else _hlg(wide)
    red, green, blue = (round(255 * min(max(part, 0.0), 1.0)) for part in signal)
    return red, green, blue


def _linear(value: float) -> float:
    """IEC 61966-2-1, 5.2."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _pq(light: list[float]) -> list[float]:
    """The inverse EOTF of ITU-R BT.2100, table 4; 1 of *light* is WHITE."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    powers = [max(part * WHITE / 10_000, 0.0) ** m1 for part in light]
    return [((c1 + c2 * part) / (1 + c3 * part)) ** m2 for part in powers]


def _hlg(light: list[float]) -> list[float]:
    """The inverse OOTF and the OETF of ITU-R BT.2100, table 5; 1 of *light* is WHITE."""
    shown = [part * WHITE / _HLG_PEAK for part in light]
    luma = sum(w * part for w, part in zip(_WIDE_LUMA, shown, strict=True))
    gain = luma ** (1 / _HLG_GAMMA - 1) if luma > 0 else 0.0
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return [
        math.sqrt(3 * scene) if scene <= 1 / 12 else a * math.log(12 * scene - b) + c
        for scene in (max(part * gain, 0.0) for part in shown)
    ]


def laid_over(source: str, name: str, colours: Colours) -> list[str]:
    """Return the chains that bring a picture, sRGB with transparency, to a video's *colours*.

    *source*: the label of the picture; *name*: what the result is labelled, to be laid over the
    video by an overlay with `overlay_format`.
    """
    to_yuv = f"scale=out_color_matrix={colours.scale_matrix}:out_range=tv:{SMOOTH}"
    if not colours.is_hdr:
        return [f"{source}{to_yuv},format=yuva420p[{name}]"]
    # zscale takes colours for multiplied by their opacity: it gets them without. Its default of
    # HLG's gamma is one for each colour by itself, which shows other hues.
    to_light = (
        "zscale=min=gbr:rin=pc:pin=bt709:tin=iec61966-2-1"
        f":m=gbr:r=pc:p={colours.primaries}:t={colours.transfer}:npl={WHITE}:agamma=0"
    )
    return [
        f"{source}format=rgba,split[{name}-colour][{name}-opaque]",
        f"[{name}-opaque]alphaextract[{name}-alpha]",
        f"[{name}-colour]format=gbrp,{to_light},format=gbrp[{name}-light]",
        f"[{name}-light][{name}-alpha]alphamerge,{to_yuv},format=yuva420p10le[{name}]",
    ]


def overlay_format(colours: Colours) -> str:
    """Return the option of the overlay filter that keeps the depth of a video of *colours*."""
    return ":format=yuv420p10" if colours.is_hdr else ""
