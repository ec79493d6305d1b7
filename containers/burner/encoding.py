"""Codec, quality and speed as the encoders' own settings. Always one pass, always constant quality.

The figures of one row look about alike: x265 and SVT-AV1 count quality on scales of their own.
"""

from media_jobs.engines.burner.options import BurnOptions

# SVT-AV1 reports itself on standard error, where only what went wrong belongs.
ENVIRONMENT = {"SVT_LOG": "1"}

_QUALITY = {
    "h264": {"small": 26, "standard": 20, "high": 16},
    "hevc": {"small": 29, "standard": 23, "high": 19},
    "av1": {"small": 42, "standard": 32, "high": 24},
}
_SPEED = {
    "h264": {"fast": "veryfast", "medium": "medium", "slow": "slow"},
    "hevc": {"fast": "superfast", "medium": "medium", "slow": "slow"},
    "av1": {"fast": "10", "medium": "8", "slow": "5"},
}


def encoder_arguments(options: BurnOptions) -> list[str]:
    """Return ffmpeg's arguments that choose and set the video encoder."""
    common = ["-preset", _SPEED[options.codec][options.speed]]
    common += ["-crf", str(_QUALITY[options.codec][options.quality])]
    match options.codec:
        case "h264":
            return ["-c:v", "libx264", *common, "-profile:v", "high"]
        case "hevc":
            # Players of Apple look for this tag.
            tagged = ["-tag:v", "hvc1", "-x265-params", "log-level=error"]
            return ["-c:v", "libx265", *common, *tagged]
        case "av1":
            return ["-c:v", "libsvtav1", *common]
