"""Examines one media file by PyAV and says what ffprobe would; for a process of its own.

For development, where there is no ffprobe. Rotation and HDR10's metadata are read from the first
frame, because PyAV does not show a stream's own side data.
"""

import struct
from contextlib import suppress
from fractions import Fraction
from typing import Any

import av
from av.stream import Disposition

# FFmpeg's names of what PyAV shows as numbers.
_COLOR_SPACES = {
    0: "gbr",
    1: "bt709",
    3: "reserved",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
    15: "ipt-c2",
    16: "ycgco-re",
    17: "ycgco-ro",
}
_COLOR_RANGES = {1: "tv", 2: "pc"}
_COLOR_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
}
_COLOR_TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
_FIELD_ORDERS = {1: "progressive", 2: "tt", 3: "bb", 4: "tb", 5: "bt"}


def report(path: str, formats: str) -> dict[str, object]:
    """Return the parts of `ffprobe -show_format -show_streams -of json` that `probe` reads.

    *formats*: those that may be opened, by ffmpeg's names, separated by commas.
    """
    options = {"protocol_whitelist": "file", "format_whitelist": formats}
    with av.open(path, options=options) as container:
        streams = [_stream(stream) for stream in container.streams]
        for video in container.streams.video:
            entry = streams[video.index]
            if not entry["disposition"]["attached_pic"]:
                entry["side_data_list"] = _side_data(container, video)
                # Some files can't be sought in; then another video's first frame is a later one.
                with suppress(av.FFmpegError):
                    container.seek(0)
        return {
            "format": {
                "format_name": container.format.name,
                "start_time": (container.start_time or 0) / av.time_base,
                "duration": container.duration / av.time_base if container.duration else None,
                "size": container.size,
            },
            "streams": streams,
        }


# PyAV's streams have one class per kind of media; what is not there is left out.
def _stream(stream: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "index": stream.index,
        "codec_type": stream.type,
        "time_base": _text(stream.time_base),
        "disposition": {str(flag.name): int(flag in stream.disposition) for flag in Disposition},
        "tags": dict(stream.metadata),
    }
    if stream.duration is not None and stream.time_base is not None:
        entry["duration"] = float(stream.duration * stream.time_base)
    if stream.start_time is not None and stream.time_base is not None:
        entry["start_time"] = float(stream.start_time * stream.time_base)
    context = stream.codec_context
    if context is None:
        return entry
    entry["codec_name"] = context.codec.canonical_name
    if stream.type == "video":
        entry |= {
            "pix_fmt": context.pix_fmt or "unknown",
            "width": context.width,
            "height": context.height,
            "sample_aspect_ratio": _text(stream.sample_aspect_ratio),
            "avg_frame_rate": _text(stream.average_rate),
            "r_frame_rate": _text(stream.base_rate),
            "color_space": _COLOR_SPACES.get(int(context.colorspace), "unknown"),
            "color_range": _COLOR_RANGES.get(int(context.color_range), "unknown"),
            "color_primaries": _COLOR_PRIMARIES.get(int(context.color_primaries), "unknown"),
            "color_transfer": _COLOR_TRANSFERS.get(int(context.color_trc), "unknown"),
            "field_order": _FIELD_ORDERS.get(int(context.field_order), "unknown"),
            "nb_frames": stream.frames,
        }
    elif stream.type == "audio":
        entry |= {"channels": context.channels, "sample_rate": context.sample_rate}
    return entry


def _text(ratio: Fraction | None) -> str:
    return f"{ratio.numerator}/{ratio.denominator}" if ratio else ""


def _side_data(container: Any, video: Any) -> list[dict[str, object]]:
    try:
        frame = next(container.decode(video))
    except (av.FFmpegError, StopIteration):
        return []
    return [{"rotation": int(frame.rotation)}, *(_printed(data) for data in frame.side_data)]


def _printed(data: Any) -> dict[str, object]:
    """Return what ffprobe prints of *data*, as far as it is read: FFmpeg's own structures."""
    name = data.type.name
    if name == "MASTERING_DISPLAY_METADATA":
        # AVMasteringDisplayMetadata: twenty rational parts, then what of them is there.
        *parts, has_colours, has_light = struct.unpack_from("=22i", bytes(data))
        ratios = [f"{top}/{bottom}" for top, bottom in zip(parts[::2], parts[1::2], strict=True)]
        return dict(zip(_MASTERING, ratios, strict=True)) if has_colours and has_light else {}
    if name == "CONTENT_LIGHT_LEVEL":
        most, average = struct.unpack_from("=2I", bytes(data))
        return {"max_content": most, "max_average": average}
    return {"side_data_type": _SIDE_DATA.get(name, "")}


_MASTERING = (
    *("red_x", "red_y", "green_x", "green_y", "blue_x", "blue_y"),
    *("white_point_x", "white_point_y", "min_luminance", "max_luminance"),
)
_SIDE_DATA = {
    "DYNAMIC_HDR_PLUS": "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)",
    "DOVI_METADATA": "Dolby Vision Metadata",
    "DOVI_RPU_BUFFER": "Dolby Vision RPU Data",
}
