"""The arguments of ffmpeg, from the properties of the input. Pure: figures in, arguments out.

File names in the working folder are fixed, so nothing of a user's ever enters a filter graph.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine_kit.colours import (
    Colours,
    colour_filters,
    decoder_arguments,
    deinterlacing,
    result_colours,
    tagging,
)
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.frames import key_frames
from engine_kit.graphics import laid_over, overlay_format
from engine_kit.hardware import HardwareEncoder
from engine_kit.probe import INPUT_LIMITS, ProbeResult, VideoStream
from engine_kit.sound import encoding_arguments, fits_mp4
from engine_kit.source_video import source_video
from engine_kit.timeline import (
    WITHOUT_B_FRAMES,
    Timeline,
    Tracks,
    is_long_gap,
    is_uneven,
    moments_without_frame,
)

from burner import safe_area
from burner.effects import mutes, picture_filters, sound_filters
from burner.emoji_stream import overlaid, stream_input
from burner.encoding import encoder_arguments
from burner.moments import CLOCK_INPUT, moments_of
from burner.signs import Band
from burner.stills import Stills, blank_sheet, poster_filters, sheet_filters
from burner.styles import Frame
from media_jobs.engines.burner.options import BurnOptions, ImageWatermark

INPUT = "input.video"
WATERMARK_SOURCE = "input.watermark"
WATERMARK = "watermark.png"
SCRIPT = "subtitles.ass"
OVERLAY = "overlay.ass"
OUTPUT = "output.mp4"
POSTER = "poster.jpg"
SHEET = "sheet.jpg"
STILL = "still.png"

IMAGE_FORMATS = "png_pipe,jpeg_pipe,webp_pipe"
IMAGE_PIXELS_MAX = 50_000_000
SIDE_PIXELS_MIN = 16
SIDE_PIXELS_MAX = 8192


def video_of(source: ProbeResult) -> VideoStream:
    """Return the stream to burn; raises EngineFailure(input_unsupported) when it can't be."""
    video = source_video(source)
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
    """One burn. *scripts*: ASS files, drawn in this order; *watermark*: WATERMARK is there.

    *added_s*: when frames are added that the source has not; `moments.CLOCK` holds them.
    *emoji*: bands whose streams of pictures are there. *looked_at_s*: the frames that are shown at
    these times can be read without others. *hardware*: what encodes it, the software without one.
    """

    source: ProbeResult
    timeline: Timeline
    options: BurnOptions
    scripts: tuple[str, ...] = (SCRIPT,)
    added_s: tuple[float, ...] = ()
    emoji: tuple[Band, ...] = ()
    watermark: bool = False
    poster: Stills | None = None
    sheet: Stills | None = None
    fonts_dir: str | None = None
    looked_at_s: tuple[float, ...] = ()
    hardware: HardwareEncoder | None = None

    @property
    def shown(self) -> Timeline:
        """The timeline of what is drawn on: players show the first picture from the start."""
        return self.timeline.from_start() if self.timeline.begins_late else self.timeline

    @property
    def planned(self) -> Timeline:
        """The timeline of OUTPUT, as it should be."""
        return replace(self.shown, frames_s=sorted([*self.shown.frames_s, *self.added_s]))

    @property
    def has_long_gaps(self) -> bool:
        """Whether frames may be needed that the source has not."""
        held_s = self.timeline.shown_until_s - self.shown.frames_s[-1]
        return is_long_gap(max(self.shown.longest_s, held_s))

    @property
    def colours(self) -> Colours:
        """The colours of OUTPUT."""
        return colours_of(video_of(self.source), self.options)


def colours_of(video: VideoStream, options: BurnOptions) -> Colours:
    """Return the colours of what is made of *video*."""
    return result_colours(video, keeps_hdr=options.dynamic_range == "keep")


def burn_argv(burn: Burn) -> list[str]:
    """Return ffmpeg's arguments that make OUTPUT of the first video of INPUT, and its stills."""
    video = video_of(burn.source)
    return [
        *(burn.hardware.before_inputs if burn.hardware else ()),
        *decoder_arguments(video),
        *INPUT_LIMITS,
        *("-i", INPUT),
        *further_inputs(burn),
        *pictures(burn, video),
        *sound(burn),
        *encoder(burn, video),
        *forced_key_frames(burn),
        *timestamps(burn, video),
        # Chapters and time codes would become streams of their own.
        *("-map_chapters", "-1", "-write_tmcd", "0"),
        # Sparse streams: ffmpeg 5 gives up when one of them waits for the other too long.
        *("-max_muxing_queue_size", "4096"),
        *("-movflags", "+faststart", "-f", "mp4", OUTPUT),
        *(still_output("poster", POSTER, frames=2) if burn.poster else ()),
        *(still_output("sheet", SHEET, frames=2) if burn.sheet else ()),
    ]


def further_inputs(burn: Burn) -> list[str]:
    """Return the inputs beside the film: what is laid over it, and the clock of added frames."""
    return [
        *(("-i", WATERMARK) if burn.watermark else ()),
        *(CLOCK_INPUT if burn.added_s else ()),
        *(part for number in range(len(burn.emoji)) for part in stream_input(number)),
    ]


def encoder(burn: Burn, video: VideoStream) -> list[str]:
    """Return what chooses and sets the encoder, and the format of the frames that it gets."""
    if burn.hardware is not None:
        return [*burn.hardware.arguments(burn.options.quality), *burn.hardware.pixel_format]
    chosen = encoder_arguments(burn.options, video, burn.colours)
    return [*chosen, "-pix_fmt", burn.colours.pixel_format]


def output_tracks(burn: Burn) -> Tracks:
    """Return the tracks of OUTPUT."""
    return Tracks(video=0, audio=None if burn.source.audio is None else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """The source's first frame from *since_s* on as it is shown at *moment_s*; decoding begins at
    *seek_s*.
    """

    since_s: float
    moment_s: float
    seek_s: float


def instant_of(burn: Burn, scripts: Sequence[str], at_s: float) -> Instant:
    """Return what is shown at *at_s*: the last frame until then, and the last added one after it.

    *scripts*: texts of those that draw what is seen from that frame on.
    """
    frames = burn.timeline.frames_s
    number = frame_before(burn.timeline, at_s)
    added = (moment for moment in added_moments(burn, scripts) if moment <= at_s)
    before_s = frames[number - 1] if number else frames[number] - _APART_S
    # Deinterlacing looks at the frame before.
    seek_s = before_s - _NEARLY_S
    if not burn.source.format_name.startswith(_INDEXED):
        seek_s -= _BLIND_SEEK_S
    return Instant(
        # Times after a seek may be others by a fraction of a frame.
        since_s=frames[number] - max(min((frames[number] - before_s) / 2, _APART_S), _NEARLY_S),
        moment_s=max(burn.shown.frames_s[number], max(added, default=0.0)),
        seek_s=max(seek_s, 0.0),
    )


def frame_before(timeline: Timeline, at_s: float) -> int:
    """Return the number of the frame that is shown at *at_s*."""
    return max(bisect_right(timeline.frames_s, at_s + _NEARLY_S) - 1, 0)


_NEARLY_S, _APART_S = 0.0005, 0.02
_INDEXED = ("mov", "matroska")
_BLIND_SEEK_S = 10.0
"""Without an index ffmpeg may begin behind the key frame that it needs."""


def still_argv(burn: Burn, instant: Instant) -> list[str]:
    """Return ffmpeg's arguments that make STILL: a frame as the burn makes it, not yet encoded."""
    video = video_of(burn.source)
    picture, colours = picture_of(video), burn.colours
    chosen = [
        f"select='gte(t,{instant.since_s:.6f})'",
        f"setpts={instant.moment_s:.6f}/TB",
    ]
    filters = [
        *_filters(burn, video, chosen),
        *picture_filters(burn.options.segments, video.shown_size[1]),
        *_drawn(burn),
    ]
    graph = [f"[0:{video.index}]{','.join(filters)}[written]", *_emoji(burn)]
    last = f"[laid{len(burn.emoji) - 1}]" if burn.emoji else "[written]"
    graph.append(
        f"{last}scale={picture.shown_width}:{picture.height}:in_color_matrix={colours.scale_matrix}"
        ":in_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24[still]"
    )
    return [
        *decoder_arguments(video),
        *INPUT_LIMITS,
        # Times stay those of the file.
        *("-ss", f"{instant.seek_s:.6f}", "-copyts", "-start_at_zero", "-i", INPUT),
        *(part for number in range(len(burn.emoji)) for part in stream_input(number)),
        *("-filter_complex", ";".join(graph), "-map", "[still]"),
        # Else ffmpeg fills the time before it, and takes the frame that follows.
        *("-frames:v", "1", "-fps_mode", "passthrough"),
        *("-c:v", "png", "-compression_level", "2", "-f", "image2", "-update", "1", STILL),
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


def pictures(burn: Burn, video: VideoStream, chosen: Sequence[str] = ()) -> list[str]:
    """Return the filters of the picture, and which of their results goes into OUTPUT.

    *chosen*: filters that leave a part of the frames, once they are whole.
    """
    before = _filters(burn, video, chosen)
    changes = picture_filters(burn.options.segments, video.shown_size[1])
    after, uploading = _drawn(burn), burn.hardware.uploading if burn.hardware else []
    if not (burn.added_s or burn.emoji or burn.watermark or burn.poster or burn.sheet):
        filters = [*before, *changes, *after, *uploading]
        return ["-map", f"0:{video.index}", "-vf", ",".join(filters)]
    picture = picture_of(video)
    graph = [f"[0:{video.index}]{','.join(before)}[source]"]
    ground = "[source]"
    if burn.added_s:
        graph += _added_frames(burn, video)
        ground = "[filled]"
    if changes:
        graph.append(f"{ground}{','.join(changes)}[changed]")
        ground = "[changed]"
    if burn.watermark:
        place = _watermark_place(burn.options, picture)
        graph += laid_over("[1:v]", "watermark", burn.colours)
        place += overlay_format(burn.colours)
        graph.append(f"{ground}[watermark]overlay={place}[marked]")
        ground = "[marked]"
    stills = []
    if burn.poster:
        poster = poster_filters(burn.poster, picture, burn.colours, after_first=True)
        stills.append(("poster", poster))
    if burn.sheet:
        stills.append(("pictures", sheet_filters(burn.sheet, picture, burn.colours)))
        graph.append(f"{','.join(blank_sheet(burn.sheet, picture))}[blank]")
    if burn.emoji:
        graph += [f"{ground}{','.join(after)}[written]", *_emoji(burn)]
        ground, after = f"[laid{len(burn.emoji) - 1}]", []
    last = [*after, *([f"split={len(stills) + 1}"] if stills else [])] or ["null"]
    names = "".join(f"[{name}-source]" for name, _ in stills)
    graph.append(f"{ground}{','.join(last)}[video]{names}")
    graph += [f"[{name}-source]{','.join(filters)}[{name}]" for name, filters in stills]
    if burn.sheet:
        graph.append("[blank][pictures]concat[sheet]")
    if uploading:
        graph.append(f"[video]{','.join(uploading)}[uploaded]")
    made = "[uploaded]" if uploading else "[video]"
    return ["-filter_complex", ";".join(graph), "-map", made]


def _drawn(burn: Burn) -> list[str]:
    """Return the filters that draw the scripts."""
    fonts = f":fontsdir={burn.fonts_dir}" if burn.fonts_dir else ""
    return [f"ass={script}{fonts}" for script in burn.scripts]


def _emoji(burn: Burn) -> list[str]:
    """Return the chains that lay emoji over what is written."""
    first = 1 + burn.watermark + bool(burn.added_s)
    graph: list[str] = []
    for number, band in enumerate(burn.emoji):
        ground = "[written]" if number == 0 else f"[laid{number - 1}]"
        graph += overlaid(ground, f"[{first + number}:v]", number, band, burn.colours)
    return graph


def _added_frames(burn: Burn, video: VideoStream) -> list[str]:
    """Return the chains that repeat the picture at the times of the clock.

    xstack gives a frame whenever one of its inputs has one, and goes on when one has ended. The
    clock's frames lie below the picture, where they are cut off.
    """
    picture, tags = picture_of(video), tagging(burn.colours)
    clock = 2 if burn.watermark else 1
    return [
        f"[{clock}:v]format={burn.colours.pixel_format},{tags}[clock]",
        "[source][clock]xstack=inputs=2:layout=0_0|0_h0,"
        f"crop={picture.width}:{picture.height}:0:0,{tags}[filled]",
    ]


def still_output(name: str, file: str, *, frames: int = 1) -> list[str]:
    """Return the output of a still: the last of so many *frames*, of which each replaces the one
    before.
    """
    return [
        *("-map", f"[{name}]", "-frames:v", str(frames), "-fps_mode", "passthrough"),
        *("-c:v", "mjpeg", "-q:v", "3", "-f", "image2", "-update", "1", file),
    ]


def _watermark_place(options: BurnOptions, picture: Frame) -> str:
    wanted, margin = options.watermark_image, options.watermark_image.margin * picture.scale
    words = wanted.position.split("-")
    row = safe_area.row_of(wanted.position)
    down = round(safe_area.edge_of(row, margin, picture, options))
    x, y = "(W-w)/2", "(H-h)/2"
    if "left" in words:
        x = str(picture.across(wanted.margin))
    elif "right" in words:
        right = safe_area.right_of(row, margin, picture, options)
        x = f"W-w-{round(right / picture.sample_aspect)}"
    if "top" in words:
        y = str(down)
    elif "bottom" in words:
        y = f"H-h-{down}"
    return f"{x}:{y}"


def sound(burn: Burn, number: int = 0) -> list[str]:
    """Return what becomes of the film's sound; *number*: that of its input."""
    audio, segments = burn.source.audio, burn.options.segments
    if audio is None:
        return ["-an"]
    chosen = ["-map", f"{number}:{audio.index}"]
    # Players of MP4 fill no holes: the rest of the sound would come too early.
    if fits_mp4(audio) and not mutes(segments) and not burn.timeline.sound_has_holes:
        return [*chosen, "-c:a", "copy"]
    return [*chosen, *encoding_arguments(audio, sound_filters(segments))]


def _filters(burn: Burn, video: VideoStream, chosen: Sequence[str] = ()) -> list[str]:
    """Return what makes of the source the picture that is drawn on.

    *chosen*: filters that leave a part of the frames, once they are whole.
    """
    filters = [*deinterlacing(video), *chosen]
    if burn.timeline.begins_late and not chosen:
        filters.append("setpts='if(eq(N,0),0,PTS)'")
    width, height = video.shown_size
    if width % 2 or height % 2:
        # 4:2:0 wants even sides. One line less keeps the shape; scaling would blur every pixel.
        filters.append(f"crop={width - width % 2}:{height - height % 2}:0:0")
    return [*filters, *colour_filters(video, burn.colours)]


def added_moments(burn: Burn, scripts: Sequence[str]) -> list[float]:
    """Return, in order, when frames are needed that the source has not, in seconds: *scripts*, the
    texts of the burn's, draw something else then, a segment begins or ends, or a still is taken.
    """
    until_s = burn.timeline.shown_until_s
    moments = {at_s for script in scripts for at_s in moments_of(script, until_s)}
    moments |= {at_s for part in burn.options.segments for at_s in (part.start_s, part.end_s)}
    if burn.poster:
        moments.add(burn.poster.poster_s)
    if burn.sheet:
        moments.update(burn.sheet.sheet_s)
    return moments_without_frame(burn.shown, moments, until_s)


_FINE_UNITS = 90_000
"""Units of time per second, as MPEG has them, for frames at times of their own."""


def timestamps(burn: Burn, video: VideoStream) -> list[str]:
    """Keep the frames' own times: a fixed grid would drop or double frames of a varying rate."""
    timeline = burn.shown
    if not burn.added_s:
        unevenly = is_uneven(video, timeline)
        units = ["-enc_time_base", "{}/{}".format(*video.time_base)] if unevenly else []
    else:
        # MP4 needs to know how long the last frame stands, and frames of xstack don't say.
        held = f"max(1,{round(timeline.shown_until_s * _FINE_UNITS)}-PTS)"
        units = ["-enc_time_base", f"1/{_FINE_UNITS}", "-bsf:v", f"setts=duration='{held}'"]
    # SVT-AV1 has no B-frames in this sense.
    in_order = WITHOUT_B_FRAMES if units and burn.options.codec != "av1" else ()
    return ["-fps_mode", "vfr", *units, *in_order]


def forced_key_frames(burn: Burn) -> list[str]:
    """Make the frames that are looked at afterwards key frames."""
    frames_s = sorted([*burn.timeline.frames_s, *burn.added_s])
    return key_frames(frames_s, [bisect_right(frames_s, at_s) - 1 for at_s in burn.looked_at_s])


def burned_share(burn: Burn, frame: int) -> float:
    """Return how much is burned, 0..1, when ffmpeg has written *frame* frames.

    Not in time: with audio copied, ffmpeg's time is the audio's, which runs ahead.
    """
    return min(frame / (len(burn.timeline.frames_s) + len(burn.added_s)), 1.0)
