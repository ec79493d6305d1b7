"""The arguments of ffmpeg, from the properties of the input. Pure: figures in, arguments out.

File names in the working folder are fixed, so nothing of a user's ever enters a filter graph.
"""

from dataclasses import dataclass

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import INPUT_LIMITS, AudioStream, ProbeResult, VideoStream

from burner.effects import mutes, picture_filters, sound_filters
from burner.encoding import encoder_arguments
from burner.stills import Stills, poster_filters, sheet_filters
from burner.styles import Frame
from media_jobs.engines.burner.options import BurnOptions, ImageWatermark

INPUT = "input.video"
SUBTITLES = "input.subtitles"
WATERMARK_SOURCE = "input.watermark"
WATERMARK = "watermark.png"
SCRIPT = "subtitles.ass"
OVERLAY = "overlay.ass"
OUTPUT = "output.mp4"
POSTER = "poster.jpg"
SHEET = "sheet.jpg"

IMAGE_FORMATS = "png_pipe,jpeg_pipe,webp_pipe"
IMAGE_PIXELS_MAX = 50_000_000
COPIED_AUDIO = frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"})
"""What MP4 holds and players know; the rest becomes AAC, with its channels kept."""
SIDE_PIXELS_MIN = 16
SIDE_PIXELS_MAX = 8192


def video_of(source: ProbeResult) -> VideoStream:
    """Return the stream to burn; raises EngineFailure(input_unsupported) when there is none."""
    if not source.videos:
        raise EngineFailure(FailureCode.INPUT_UNSUPPORTED, "The input has no video stream.")
    video = source.videos[0]
    sides = sorted(video.shown_size)
    if sides[0] < SIDE_PIXELS_MIN or sides[1] > SIDE_PIXELS_MAX:
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED,
            f"The video is {video.width}×{video.height}; each side must have "
            f"{SIDE_PIXELS_MIN} to {SIDE_PIXELS_MAX} pixels.",
        )
    return video


def picture_of(video: VideoStream) -> Frame:
    """Return the picture that will be drawn on: turned upright, and even on both sides."""
    width, height = video.shown_size
    turned = video.rotation in (90, 270)
    return Frame(
        width=width - width % 2,
        height=height - height % 2,
        sample_aspect=1 / video.sample_aspect if turned else video.sample_aspect,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """One burn. *scripts*: ASS files, drawn in this order; *watermark*: WATERMARK is there."""

    source: ProbeResult
    options: BurnOptions
    scripts: tuple[str, ...] = (SCRIPT,)
    watermark: bool = False
    poster: Stills | None = None
    sheet: Stills | None = None
    fonts_dir: str | None = None


def burn_argv(burn: Burn) -> list[str]:
    """Return ffmpeg's arguments that make OUTPUT of the first video of INPUT, and its stills."""
    video = video_of(burn.source)
    return [
        *INPUT_LIMITS,
        *("-i", INPUT),
        *(("-i", WATERMARK) if burn.watermark else ()),
        *_pictures(burn, video),
        *_audio(burn.source.audios, burn.options),
        *encoder_arguments(burn.options),
        *("-pix_fmt", "yuv420p"),
        *_timestamps(video, burn.options),
        # Chapters and time codes would become streams of their own.
        *("-map_chapters", "-1", "-write_tmcd", "0"),
        # Sparse streams: ffmpeg 5 gives up when one of them waits for the other too long.
        *("-max_muxing_queue_size", "4096"),
        *("-movflags", "+faststart", "-f", "mp4", OUTPUT),
        *(_still("poster", POSTER) if burn.poster else ()),
        *(_still("sheet", SHEET) if burn.sheet else ()),
    ]


def watermark_argv(picture: Frame, wanted: ImageWatermark) -> list[str]:
    """Return ffmpeg's arguments that make WATERMARK, as it will lie on *picture*."""
    width = max(1, round(picture.width * picture.sample_aspect * wanted.width_share))
    filters = [
        f"scale={width}:{picture.height}:force_original_aspect_ratio=decrease:flags=lanczos",
        f"scale=max(1\\,round(iw/{picture.sample_aspect:.6f})):ih",
        f"format=rgba,colorchannelmixer=aa={wanted.opacity:.4f}",
    ]
    return [
        *("-max_pixels", str(IMAGE_PIXELS_MAX)),
        *("-protocol_whitelist", "file", "-format_whitelist", IMAGE_FORMATS),
        *("-i", f"file:{WATERMARK_SOURCE}"),
        *("-frames:v", "1", "-vf", ",".join(filters), "-f", "image2", "-update", "1", WATERMARK),
    ]


def _pictures(burn: Burn, video: VideoStream) -> list[str]:
    """Return the filters of the picture, and which of their results goes into OUTPUT."""
    before = _filters(video, burn.options)
    after = [
        f"ass={script}" + (f":fontsdir={burn.fonts_dir}" if burn.fonts_dir else "")
        for script in burn.scripts
    ]
    if not burn.watermark and not burn.poster and not burn.sheet:
        return ["-map", f"0:{video.index}", "-vf", ",".join([*before, *after])]
    picture = picture_of(video)
    graph = [f"[0:{video.index}]{','.join(before)}[source]"]
    ground = "[source]"
    if burn.watermark:
        place = _watermark_place(burn.options.watermark_image, picture)
        graph.append(f"[source][1:v]overlay={place}[marked]")
        ground = "[marked]"
    stills = []
    if burn.poster:
        stills.append(("poster", poster_filters(burn.poster, picture)))
    if burn.sheet:
        stills.append(("sheet", sheet_filters(burn.sheet, picture)))
    split = [f"split={len(stills) + 1}"] if stills else []
    names = "".join(f"[{name}-source]" for name, _ in stills)
    graph.append(f"{ground}{','.join([*after, *split])}[video]{names}")
    graph += [f"[{name}-source]{','.join(filters)}[{name}]" for name, filters in stills]
    return ["-filter_complex", ";".join(graph), "-map", "[video]"]


def _still(name: str, file: str) -> list[str]:
    return [
        *("-map", f"[{name}]", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3"),
        *("-f", "image2", "-update", "1", file),
    ]


def _watermark_place(wanted: ImageWatermark, picture: Frame) -> str:
    across, down = picture.across(wanted.margin), picture.down(wanted.margin)
    words = wanted.position.split("-")
    x, y = "(W-w)/2", "(H-h)/2"
    if "left" in words:
        x = str(across)
    elif "right" in words:
        x = f"W-w-{across}"
    if "top" in words:
        y = str(down)
    elif "bottom" in words:
        y = f"H-h-{down}"
    return f"{x}:{y}"


def _audio(audios: tuple[AudioStream, ...], options: BurnOptions) -> list[str]:
    if not audios:
        return ["-an"]
    audio = audios[0]
    chosen = ["-map", f"0:{audio.index}"]
    if audio.codec in COPIED_AUDIO and not mutes(options.segments):
        return [*chosen, "-c:a", "copy"]
    if filters := sound_filters(options.segments):
        chosen += ["-af", ",".join(filters)]
    kbits = min(max(96, 80 * audio.channels), 640)
    return [*chosen, "-c:a", "aac", "-b:a", f"{kbits}k"]


def _filters(video: VideoStream, options: BurnOptions) -> list[str]:
    """Return what is done to the picture before anything is drawn on it."""
    filters = []
    width, height = video.shown_size
    if width % 2 or height % 2:
        # 4:2:0 wants even sides. One line less keeps the shape; scaling would blur every pixel.
        filters.append(f"crop={width - width % 2}:{height - height % 2}:0:0")
    return [*filters, "format=yuv420p", *picture_filters(options.segments, height)]


def _timestamps(video: VideoStream, options: BurnOptions) -> list[str]:
    """Keep the frames' own times: a fixed grid would drop or double frames of a varying rate."""
    if not is_variable(video):
        return ["-fps_mode", "vfr"]
    numerator, denominator = video.time_base
    # MP4 counts a track's length in decoding order: with uneven frames and B-frames it is short,
    # and players stop before the last frames.
    unevenly = ["-fps_mode", "vfr", "-enc_time_base", f"{numerator}/{denominator}"]
    return unevenly if options.codec == "av1" else [*unevenly, "-bf", "0"]


def is_variable(video: VideoStream) -> bool:
    """Whether *video* has a varying frame rate, as far as its container says.

    Matroska gives only an average; an unusual one is treated as varying.
    """
    rate = video.average_rate
    if rate is None or video.base_rate is None:
        return True
    usual = any(abs(r - round(r)) < 0.002 * r for r in (rate, rate * 1.001))
    return abs(rate - video.base_rate) > video.base_rate * 0.001 or not usual


def duration_of(result: ProbeResult) -> float | None:
    """Return how long the first video runs, in seconds; of the whole file if it does not say."""
    video = video_of(result)
    return video.duration_s if video.duration_s is not None else result.duration_s


def burned_share(source: ProbeResult, frame: int, out_time_s: float | None) -> float | None:
    """Return how much is burned, 0..1, from ffmpeg's figures; None when the input hides its length.

    Counted in frames: with audio copied, ffmpeg's time is the audio's, which runs ahead.
    """
    duration_s = duration_of(source)
    if not duration_s:
        return None
    rate = video_of(source).average_rate
    done_s = frame / rate if rate else out_time_s or 0.0
    return min(done_s / duration_s, 1.0)


def check_output(source: ProbeResult, output: ProbeResult) -> None:
    """Compare what came out with what went in.

    Raises EngineFailure: input_unreadable when the output is shorter, because ffmpeg read no more
    of the input than that; output_invalid when it differs in any other way.
    """
    video = video_of(source)
    if len(output.videos) != 1 or len(output.audios) != min(len(source.audios), 1):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The output lacks a stream.")
    burned = output.videos[0]
    if burned.pixel_format != "yuv420p":
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The output has a different pixel format.")
    both_say = video.duration_s is not None and burned.duration_s is not None
    wanted_s = video.duration_s if both_say else source.duration_s
    got_s = burned.duration_s if both_say else output.duration_s
    if wanted_s is None or got_s is None:
        return
    rate = min(video.average_rate or 10.0, burned.average_rate or 10.0)
    frame_s = 1 / max(rate, 1.0)
    # Containers round durations to their own units: a millisecond in Matroska.
    if abs(got_s - wanted_s) <= frame_s + 0.002:
        return
    if got_s < wanted_s:
        raise EngineFailure(
            FailureCode.INPUT_UNREADABLE,
            f"The video can be read up to {got_s:.2f} s of {wanted_s:.2f} s.",
        )
    raise EngineFailure(
        FailureCode.OUTPUT_INVALID,
        f"The output lasts {got_s:.2f} s, the input {wanted_s:.2f} s.",
    )
