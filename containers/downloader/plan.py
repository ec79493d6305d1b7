"""From a download job to the options of yt-dlp and FFmpeg. Pure: nothing here does I/O.

Outputs: the video as MP4, its sound unchanged in a Matroska file, and its sound as 16 kHz mono
16-bit WAV, which is what speech recognisers read.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine_kit.colours import JPEG, colour_filters, decoder_arguments, deinterlacing
from engine_kit.probe import INPUT_LIMITS, AudioStream, ProbeResult, VideoStream
from engine_kit.sound import (
    channel_filters,
    encoding_arguments,
    fits_mp4,
    in_step,
    picture_beside,
)
from engine_kit.steady_sound import STEADY_CODEC
from engine_kit.timeline import WITHOUT_B_FRAMES, Timeline, is_uneven

from downloader.holes import GAP_S
from downloader.messages import DownloadOrder

VIDEO_FILE = "video.mp4"
AUDIO_FILE = "audio.wav"
AUDIO_SOURCE_FILE = "audio-source.mka"
THUMBNAIL_FILE = "thumbnail.jpg"
WAV_RATE_HZ = 16_000

# What sites serve as thumbnails; each is one picture in one file, and none can name another.
_PICTURE_LIMITS = (
    *("-protocol_whitelist", "file"),
    *("-format_whitelist", "jpeg_pipe,png_pipe,webp_pipe,gif,bmp_pipe,mov"),
)
_THUMBNAIL_SIDE_MAX = 1920

# What screens show. Formats of 100 and more exist for slow motion, at twice the size.
_FPS_MAX = 60

# Codecs that MP4 carries and browsers play. Everything else is encoded again.
_MP4_VIDEO = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})


def ytdlp_options(order: DownloadOrder) -> dict[str, object]:
    """Return the parameters of `yt_dlp.YoutubeDL` for *order*, hooks and cookies apart.

    Format: of those that `within_height` leaves, the best video with the best sound, else what
    comes in one piece; sound alone is chosen last, to be told apart. Among equals, the most frames
    a second up to the limit, then H.264 and AAC, because every player has them.
    """
    options: dict[str, object] = {
        "format": "ba/b" if order.mode == "audio" else "bv*+ba/b/ba",
        "format_sort": [
            f"res:{order.max_height}",
            f"fps:{order.max_fps or _FPS_MAX}",
            *("vcodec:h264", "acodec:aac"),
        ],
        "merge_output_format": "mp4/mkv",
        "outtmpl": {"default": "source.%(ext)s"},
        "paths": {"home": order.directory, "temp": order.directory},
        "ffmpeg_location": order.ffmpeg,
        "postprocessor_args": {"ffmpeg_i": list(INPUT_LIMITS)},
        # FFmpeg may not open connections: see engine_kit.addresses.
        "hls_prefer_native": True,
        "external_downloader": {"default": "native"},
        "fixup": "never",  # The engine makes the MP4 itself, in one pass.
        "proxy": order.proxy or "",  # Empty: none, whatever the environment says.
        "noplaylist": True,
        "playlist_items": "1",
        "retries": 5,
        "fragment_retries": 5,
        "skip_unavailable_fragments": False,  # A video with a hole is none.
        "extractor_retries": 2,
        "socket_timeout": 30,
        "concurrent_fragment_downloads": 4,
        "overwrites": True,
        "updatetime": False,
        "cachedir": False,
        "color": {"stdout": "no_color", "stderr": "no_color"},
        "noprogress": True,
        "quiet": True,
        "no_warnings": True,
    }
    if order.referer is not None:
        options["http_headers"] = {"Referer": order.referer}
    if order.video_password is not None:
        options["videopassword"] = order.video_password
    return options | _by_mode(order)


def _by_mode(order: DownloadOrder) -> dict[str, object]:
    match order.mode:
        case "full" | "audio":
            return {}
        case "metadata":
            return {"ignore_no_formats_error": True}
        case "comments":
            # Top-level comments alone: all, of them, answers, answers to one.
            limits = [str(order.max_comments), str(order.max_comments), "0", "0"]
            youtube = {"comment_sort": [order.comments_order], "max_comments": limits}
            return {
                "getcomments": True,
                "ignore_no_formats_error": True,
                "extractor_args": {"youtube": youtube},
            }
        case "list":
            last = order.first_entry + order.max_entries - 1
            return {
                "noplaylist": False,
                "extract_flat": "in_playlist",
                "playlist_items": f"{order.first_entry}:{last}",
                "ignore_no_formats_error": True,
            }


def within_height(
    formats: Sequence[Mapping[str, object]], height: int
) -> list[Mapping[str, object]]:
    """Return yt-dlp's *formats* without those whose shorter side is above *height*.

    "1080p" of an upright video is 1080x1920. Where all of them are larger, the smallest are left;
    sound, and what does not say its size, always.
    """
    sides = [side for each in formats if (side := _shorter_side(each)) is not None]
    most = max(height, min(sides, default=0))
    return [each for each in formats if (_shorter_side(each) or 0) <= most]


def _shorter_side(chosen: Mapping[str, object]) -> int | None:
    sides = [chosen.get(key) for key in ("width", "height")]
    known = [side for side in sides if isinstance(side, int) and side > 0]
    return min(known, default=None)


def expected_bytes(info: Mapping[str, object]) -> int | None:
    """Return the size the site announces for the chosen formats, or None if it doesn't.

    An estimate by bit rate counts: a limit is better refused early and roughly than late.
    """
    parts = info.get("requested_formats")
    formats = parts if isinstance(parts, list) and parts else [info]
    total = 0.0
    for chosen in formats:
        size = _size(chosen, info)
        if size is None:
            return None
        total += size
    return int(total)


def _size(chosen: Mapping[str, object], info: Mapping[str, object]) -> float | None:
    for key in ("filesize", "filesize_approx"):
        size = chosen.get(key)
        if isinstance(size, int | float) and size > 0:
            return float(size)
    rate_kbit, duration_s = chosen.get("tbr"), info.get("duration")
    if isinstance(rate_kbit, int | float) and isinstance(duration_s, int | float):
        return rate_kbit * 1000 / 8 * duration_s
    return None


def video_argv(
    name: str, source: ProbeResult, timeline: Timeline, *, anew: bool = False
) -> list[str]:
    """Return FFmpeg's arguments that make VIDEO_FILE from the file *name*, encoding only what MP4
    or browsers refuse, with the index first so that playing starts before the whole file is read.

    *anew*: its times begin anew between pieces, here and in the sound's arguments.
    """
    video, audio = source.video, source.audio
    assert video is not None
    argv = [
        *(decoder_arguments(video) if is_encoded(video) else ()),
        *(*_read(name, anew=anew), "-map", f"0:{video.index}"),
        *(("-map", f"0:{audio.index}") if audio else ()),
        *("-sn", "-dn"),
    ]
    argv += _encoded(video, timeline) if is_encoded(video) else _copied(video)
    if audio is not None and fits_mp4(audio) and not timeline.sound_has_holes:
        argv += ["-c:a", "copy"]
        # MPEG-TS carries AAC in a framing that MP4 does not know.
        framed = audio.codec == "aac" and "mpegts" in source.format_name
        argv += ["-bsf:a", "aac_adtstoasc"] if framed else []
    elif audio is not None:
        argv += encoding_arguments(audio)
    return [*argv, "-movflags", "+faststart", "-f", "mp4", VIDEO_FILE]


def is_encoded(video: VideoStream) -> bool:
    """Whether *video* can't be copied into an MP4 that browsers play."""
    return video.codec not in _MP4_VIDEO


def _copied(video: VideoStream) -> list[str]:
    # Apple's players accept HEVC in MP4 under this name alone.
    return ["-c:v", "copy", *(("-tag:v", "hvc1") if video.codec == "hevc" else ())]


def _encoded(video: VideoStream, timeline: Timeline) -> list[str]:
    filters = [
        *deinterlacing(video),
        # H.264 in 4:2:0 has even sides only.
        *colour_filters(video, scaling=["scale=trunc(iw/2)*2:trunc(ih/2)*2"]),
    ]
    argv = ["-vf", ",".join(filters), "-c:v", "libx264", "-preset", "veryfast", "-crf", "20"]
    argv += ["-pix_fmt", "yuv420p", "-fps_mode", "vfr"]
    return [*argv, *WITHOUT_B_FRAMES] if is_uneven(video, timeline) else argv


def audio_argv(
    name: str, source: ProbeResult, audio: AudioStream, *, anew: bool = False
) -> list[str]:
    """Return FFmpeg's arguments that make AUDIO_FILE of the sound of *source*, in the file *name*:
    16 kHz, mono, 16 bit, in step.
    """
    filters = [*channel_filters(audio), in_step(audio)]
    return [
        *(*_read(name, anew=anew), "-map", f"0:{audio.index}", "-vn", "-sn", "-dn"),
        *("-af", ",".join(filters), "-ac", "1", "-ar", str(WAV_RATE_HZ)),
        # Bit-exact: no encoder note in the header, so equal sounds give equal files.
        *("-c:a", "pcm_s16le", "-fflags", "+bitexact", "-f", "wav", AUDIO_FILE),
        *picture_beside(source),
    ]


def audio_source_argv(name: str, audio: AudioStream, *, anew: bool = False) -> list[str]:
    """Return FFmpeg's arguments that copy the sound, unchanged, to AUDIO_SOURCE_FILE."""
    # Matroska does not know what `steady_sound` writes, nor would it hold what that was made of.
    codec = "flac" if audio.codec == STEADY_CODEC else "copy"
    return [
        *(*_read(name, anew=anew), "-map", f"0:{audio.index}", "-vn", "-sn", "-dn"),
        *("-c:a", codec, "-f", "matroska", AUDIO_SOURCE_FILE),
    ]


def thumbnail_argv(source: str) -> list[str]:
    """Return FFmpeg's arguments that make THUMBNAIL_FILE from a picture of the site's."""
    assert source == Path(source).name, source
    return [*_PICTURE_LIMITS, "-i", f"file:{source}", *_one_jpeg()]


def frame_argv(source: str, video: VideoStream, *, at_s: float) -> list[str]:
    """Return FFmpeg's arguments that make THUMBNAIL_FILE from the frame of *video* at *at_s*."""
    filters = [*deinterlacing(video), *colour_filters(video)]
    read = ["-ss", f"{at_s:.3f}", *_read(source), "-map", f"0:{video.index}"]
    return [*read, *_one_jpeg(filters)]


def _one_jpeg(filters: Sequence[str] = ()) -> list[str]:
    side = _THUMBNAIL_SIDE_MAX
    scaled = (
        f"scale='min({side},iw)':'min({side},ih)':force_original_aspect_ratio=decrease"
        f":force_divisible_by=2:{JPEG},format=yuvj420p"
    )
    return [
        *("-frames:v", "1", "-vf", ",".join([*filters, scaled])),
        *("-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg", THUMBNAIL_FILE),
    ]


def _read(source: str, *, anew: bool = False) -> Sequence[str]:
    # A plain name in the working directory: it can't be taken for an option or a protocol.
    assert source == Path(source).name, source
    # Of transport streams, FFmpeg closes gaps of more than ten seconds unless told otherwise.
    closing = ("-dts_delta_threshold", str(GAP_S)) if anew else ()
    return [*INPUT_LIMITS, *closing, "-i", f"file:{source}"]
