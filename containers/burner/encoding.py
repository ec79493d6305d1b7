"""Codec, quality and speed as the encoders' own settings. Always one pass, always constant quality.

The figures of one row look about alike: x265 and SVT-AV1 count quality on scales of their own.
"""

from collections.abc import Iterable

from engine_kit.colours import Colours
from engine_kit.hardware import HardwareEncoder
from engine_kit.probe import VideoStream

from media_jobs.engines.burner.options import BurnOptions

# SVT-AV1 reports itself on standard error, where only what went wrong belongs.
ENVIRONMENT = {"SVT_LOG": "1"}

_QUALITY = {
    "h264": {"small": 26, "standard": 20, "high": 16},
    "hevc": {"small": 29, "standard": 23, "high": 19},
    "av1": {"small": 42, "standard": 32, "high": 24},
}
_SPEED = {
    "h264": {"fastest": "veryfast", "fast": "veryfast", "medium": "medium", "slow": "slow"},
    "hevc": {"fastest": "superfast", "fast": "superfast", "medium": "medium", "slow": "slow"},
    "av1": {"fastest": "10", "fast": "10", "medium": "8", "slow": "5"},
}


def hardware_for(
    options: BurnOptions, colours: Colours, encoders: Iterable[HardwareEncoder]
) -> HardwareEncoder | None:
    """Return the one of the host's *encoders* that the job has asked for, if there is one.

    High dynamic range needs what the software says of the whole film.
    """
    if options.speed != "fastest" or colours.is_hdr:
        return None
    return next((one for one in encoders if one.codec == options.codec), None)


def encoder_arguments(options: BurnOptions, video: VideoStream, colours: Colours) -> list[str]:
    """Return ffmpeg's arguments that choose and set the encoder of what is made of *video*.

    High dynamic range is HEVC of 10 bits: what phones and televisions play.
    """
    codec = "hevc" if colours.is_hdr else options.codec
    common = ["-preset", _SPEED[codec][options.speed]]
    common += ["-crf", str(_QUALITY[codec][options.quality])]
    match codec:
        case "h264":
            return ["-c:v", "libx264", *common, "-profile:v", "high"]
        case "hevc":
            # Players of Apple look for this tag.
            tagged = ["-tag:v", "hvc1", "-x265-params", ":".join(_x265(video, colours))]
            # Key frames that are asked for can be read without what is before them.
            return ["-c:v", "libx265", *common, *tagged, "-forced-idr", "1"]
        case "av1":
            return ["-c:v", "libsvtav1", *common, "-svtav1-params", _svtav1(video)]


_SVTAV1_RATE_MAX = 240


def _svtav1(video: VideoStream) -> str:
    """Return SVT-AV1's own settings: the rate of frames.

    It would take fine units of time for a rate, and refuses those above its limit.
    """
    rate = min(max(video.average_rate or 25, 1), _SVTAV1_RATE_MAX)
    return f"fps-num={round(rate * 1000)}:fps-denom=1000"


def _x265(video: VideoStream, colours: Colours) -> list[str]:
    """Return x265's own settings: what HDR10 says of the whole film, as x265 writes it."""
    settings = ["log-level=error"]
    if not colours.is_hdr:
        return settings
    if video.mastering is not None:
        numbers = [str(number) for number in video.mastering]
        pairs = [f"({x},{y})" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        display = "".join(map("".join, zip(("G", "B", "R", "WP", "L"), pairs, strict=True)))
        settings.append(f"master-display={display}")
    if video.light_level is not None:
        settings.append("max-cll={},{}".format(*video.light_level))
    return settings
