"""What a media file is: its streams, duration, size, rotation, rate.

Asked of ffprobe where it is (the images), else of PyAV in a child process (development): a file
that crashes a demuxer then fails its own job only. Neither opens anything but the one local file:
protocols and formats are limited, because a playlist named `.mp4` would read others.
"""

import asyncio
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.fork_server import WorkCrashed
from engine_kit.probe_work import FORKS, examined
from engine_kit.processes import run_process
from engine_kit.sound_purposes import is_aside, may_be_aside
from media_jobs.subtitles.foreign import name_of_no_video

__all__ = [
    "INPUT_LIMITS",
    "AudioStream",
    "ProbeReport",
    "ProbeResult",
    "VideoStream",
    "find_ffprobe",
    "probe",
    "result_of",
]

FORMATS = "mov,matroska,mpegts,mpeg,avi,flv,asf,mxf,rm,dv,gif,apng,mp3,aac,wav,ogg,flac"
INPUT_LIMITS = ("-protocol_whitelist", "file", "-format_whitelist", FORMATS)
"""Options that stand before every `-i`: local files of known containers and nothing else."""

PROBE_S = 60.0
_HEAD_BYTES = 4096
_RATE_MAX = 1000
"""What is more is a stream's unit of time, and no rate of frames: that of raw DV is 60,000."""
_FIRST_PACKETS = "%+#24"
# Which field comes first in the file, and which is shown first.
_INTERLACED = frozenset({"tt", "bb", "tb", "bt"})
_DURATION_TAG = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStream:
    """One video stream. *width* and *height* are as stored; *rotation* turns them when shown.

    *rotation*: 0, 90, 180 or 270 degrees. *sample_aspect*: width of a pixel over its height.
    *average_rate* and *base_rate*: frames per second; they differ where the rate varies.
    *time_base*: numerator and denominator of the unit of its timestamps, in seconds.
    *frames*: how many there are, where a header counts them.
    *color_space* (the matrix between RGB and YUV), *color_range*, *color_primaries* and
    *color_transfer* are FFmpeg's names, "unknown" when the file is silent about them. *interlaced*:
    its frames are pairs of fields. *alpha_mode*: its transparency is in a second picture, as VP8
    and VP9 have it. *is_default*: players show it unless told otherwise.

    *mastering*: the display that HDR10 was made on, as H.265 stores it (SMPTE ST 2086): x and y of
    green, blue, red and white in 1/50,000, then the most and the least light in 1/10,000 cd/m².
    *light_level*: of the brightest pixel and of the brightest frame on average, in cd/m²
    (CTA-861.3).
    *dynamic_metadata*: names of what is said frame by frame. *is_dolby_alone*: in colours that only
    Dolby Vision's own decoders know.
    """

    index: int
    codec: str
    pixel_format: str
    width: int
    height: int
    rotation: int
    sample_aspect: float
    average_rate: float | None
    base_rate: float | None
    time_base: tuple[int, int]
    duration_s: float | None
    frames: int | None = None
    color_space: str = "unknown"
    color_range: str = "unknown"
    color_primaries: str = "unknown"
    color_transfer: str = "unknown"
    interlaced: bool = False
    alpha_mode: bool = False
    is_default: bool = False
    mastering: tuple[int, ...] | None = None
    light_level: tuple[int, int] | None = None
    dynamic_metadata: tuple[str, ...] = ()
    is_dolby_alone: bool = False

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height in stored pixels after the rotation."""
        if self.rotation in (90, 270):
            return self.height, self.width
        return self.width, self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioStream:
    """One audio stream. *is_default*: players play it unless told otherwise. *start_s*: when it
    begins, from the file's start; None where that is not said. *is_aside*: it is no film's own
    sound, but a description for the blind or its like; *may_be_aside*: by its title alone.
    """

    index: int
    codec: str
    channels: int
    sample_rate: int
    duration_s: float | None
    is_default: bool = False
    start_s: float | None = None
    is_aside: bool = False
    may_be_aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """A file's format, its duration in seconds (None when it does not say) and its streams.

    Cover pictures are not among *videos*. *others*: how many streams are neither video nor audio.
    *start_s*: the time of its first packet, as the file counts. *one_size*: its picture had several
    and was brought to one.
    """

    format_name: str
    duration_s: float | None
    size_bytes: int
    videos: tuple[VideoStream, ...]
    audios: tuple[AudioStream, ...]
    others: int = 0
    start_s: float = 0.0
    one_size: bool = False

    @property
    def video(self) -> VideoStream | None:
        """The video that players show: the first one marked as default, else the first."""
        return _usual(self.videos)

    @property
    def usual_audio(self) -> AudioStream | None:
        """The sound that players play that don't ask what it is for."""
        return _usual(self.audios)

    @property
    def audio(self) -> AudioStream | None:
        """The film's own sound, if there is any; of these the first one marked as default, else
        the first.
        """
        return min(self.audios, key=_rank, default=None)

    @property
    def microphones(self) -> int:
        """In how many tracks the sound of *audio* is, of one microphone each, as cameras have it;
        at least 1.
        """
        audio = self.audio
        if audio is None or audio.channels != 1 or not audio.codec.startswith("pcm_"):
            return 1
        return sum((one.codec, one.channels) == (audio.codec, 1) for one in self.audios)


StreamT = TypeVar("StreamT", VideoStream, AudioStream)


def _usual(streams: tuple[StreamT, ...]) -> StreamT | None:
    return min(streams, key=lambda stream: not stream.is_default, default=None)


def _rank(audio: AudioStream) -> tuple[bool, bool, bool]:
    return audio.is_aside, not audio.is_default, audio.may_be_aside


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _SideData(_Foreign):
    """What ffprobe prints of side data; the fields are those of the kinds that are read."""

    side_data_type: str = ""
    rotation: float | None = None
    red_x: str = ""
    red_y: str = ""
    green_x: str = ""
    green_y: str = ""
    blue_x: str = ""
    blue_y: str = ""
    white_point_x: str = ""
    white_point_y: str = ""
    max_luminance: str = ""
    min_luminance: str = ""
    max_content: int = 0
    max_average: int = 0
    dv_bl_signal_compatibility_id: int | None = None

    @property
    def mastering(self) -> tuple[int, ...] | None:
        """The display of SMPTE ST 2086, where both its colours and its light are said."""
        places = (self.green_x, self.green_y, self.blue_x, self.blue_y, self.red_x, self.red_y)
        found = [
            *(_times(place, 50_000) for place in (*places, self.white_point_x, self.white_point_y)),
            *(_times(light, 10_000) for light in (self.max_luminance, self.min_luminance)),
        ]
        numbers = tuple(number for number in found if number is not None)
        return numbers if len(numbers) == len(found) else None


class _Stream(_Foreign):
    index: int
    codec_type: str = ""
    codec_name: str = "unknown"
    pix_fmt: str = "unknown"
    width: int = 0
    height: int = 0
    channels: int = 0
    sample_rate: int = 0
    sample_aspect_ratio: str = ""
    avg_frame_rate: str = ""
    r_frame_rate: str = ""
    time_base: str = ""
    color_space: str = "unknown"
    color_range: str = "unknown"
    color_primaries: str = "unknown"
    color_transfer: str = "unknown"
    field_order: str = "unknown"
    start_time: float | None = None
    duration: float | None = None
    nb_frames: int = 0
    disposition: dict[str, int] = {}
    side_data_list: list[_SideData] = []
    tags: dict[str, str] = {}

    @property
    def title(self) -> str:
        """What a person called the stream; MP4 keeps it as the name of what handles it."""
        tags = {name.lower(): value for name, value in self.tags.items()}
        return tags.get("title") or tags.get("handler_name", "")

    @property
    def seconds(self) -> float | None:
        """The stream's duration; Matroska keeps it in a tag."""
        if self.duration is not None:
            return self.duration
        match = _DURATION_TAG.match(self.tags.get("DURATION", ""))
        if match is None:
            return None
        return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])


class _Frame(_Foreign):
    """A decoded frame: some codecs say more of their colours and fields there than in headers."""

    stream_index: int = -1
    color_space: str = "unknown"
    color_range: str = "unknown"
    color_primaries: str = "unknown"
    color_transfer: str = "unknown"
    interlaced_frame: int = 0
    side_data_list: list[_SideData] = []


class _Format(_Foreign):
    format_name: str = "unknown"
    start_time: float = 0.0
    duration: float | None = None
    size: int = 0


class ProbeReport(_Foreign):
    """What ffprobe and the child that stands in for it say, as far as it is read."""

    streams: list[_Stream] = []
    frames: list[_Frame] = []
    format: _Format = _Format()


def find_ffprobe(ffmpeg: str) -> str | None:
    """Return the ffprobe beside *ffmpeg* or on PATH, if there is one."""
    beside = Path(ffmpeg).with_name("ffprobe")
    return str(beside) if beside.is_file() else shutil.which("ffprobe")


async def probe(path: Path, *, ffprobe: str | None) -> ProbeResult:
    """Look at the file at *path* by *ffprobe*, or by PyAV when it is None.

    Raises EngineFailure(input_unreadable) for anything but a media file of a known container.
    """
    work = _by_pyav(path) if ffprobe is None else _by_ffprobe(path, ffprobe)
    try:
        report, errors = await asyncio.wait_for(work, PROBE_S)
    except TimeoutError:
        raise EngineFailure(
            FailureCode.INPUT_UNREADABLE, f"A file could not be examined within {PROBE_S:.0f} s."
        ) from None
    except ValidationError:
        raise EngineFailure(FailureCode.INPUT_UNREADABLE, "A file could not be examined.") from None
    if report is None:
        name = name_of_no_video(await asyncio.to_thread(_head, path))
        raise EngineFailure(
            FailureCode.INPUT_UNREADABLE,
            "A file is not a video or audio file that can be read"
            + (f": it is {name}." if name else "."),
            tool_tail=errors,
        )
    return result_of(report)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


async def _by_ffprobe(path: Path, ffprobe: str) -> tuple[ProbeReport | None, str]:
    lines: list[str] = []
    entries = ["-show_format", "-show_streams", "-of", "json", "-v", "error"]
    # The first frames, of ProRes for one, know colours that the headers do not tell.
    entries += ["-show_frames", "-read_intervals", _FIRST_PACKETS]
    # `file:` keeps a name that starts with a dash or looks like a protocol a plain name.
    argv = [ffprobe, *entries, *INPUT_LIMITS, "-i", f"file:{path.name}"]
    result = await run_process(argv, cwd=path.parent, on_line=lines.append, no_progress_s=None)
    if result.code != 0:
        return None, result.stderr_tail
    return ProbeReport.model_validate_json("\n".join(lines)), ""


async def _by_pyav(path: Path) -> tuple[ProbeReport | None, str]:
    try:
        told, errors = await FORKS.run(examined, f"file:{path}", FORMATS)
    except (EngineFailure, WorkCrashed) as failure:
        # The file has crashed what reads it, or wants more than any needs.
        return None, str(failure)
    return (None if told is None else ProbeReport.model_validate(told)), errors


def result_of(report: ProbeReport) -> ProbeResult:
    """Return the typed result of ffprobe's report."""
    videos, audios, others = list[VideoStream](), list[AudioStream](), 0
    for stream in report.streams:
        if stream.codec_type == "audio":
            audios.append(_audio(stream, report.format.start_time))
        elif stream.codec_type != "video":
            others += 1
        elif not stream.disposition.get("attached_pic"):
            frames = (frame for frame in report.frames if frame.stream_index == stream.index)
            videos.append(_video(stream, next(frames, _Frame())))
    films = [video for video in videos if not _is_one_picture(video)]
    return ProbeResult(
        format_name=report.format.format_name,
        duration_s=report.format.duration,
        size_bytes=report.format.size,
        # One picture beside a film is its cover, whatever it is flagged as: AVIF has one.
        videos=tuple(films or videos),
        audios=tuple(audios),
        others=others,
        start_s=report.format.start_time,
    )


def _is_one_picture(video: VideoStream) -> bool:
    if video.frames is not None:
        return video.frames == 1
    # Matroska counts none.
    rate, lasts_s = video.average_rate, video.duration_s
    return rate is not None and lasts_s is not None and 0 < rate * lasts_s < 1.5


def _audio(stream: _Stream, file_start_s: float) -> AudioStream:
    start_s = stream.start_time
    title = stream.title
    return AudioStream(
        index=stream.index,
        codec=stream.codec_name,
        channels=stream.channels,
        sample_rate=stream.sample_rate,
        duration_s=stream.seconds,
        is_default=bool(stream.disposition.get("default")),
        start_s=None if start_s is None else start_s - file_start_s,
        is_aside=is_aside(stream.disposition, title),
        may_be_aside=may_be_aside(title),
    )


def _video(stream: _Stream, frame: _Frame) -> VideoStream:
    tags = {name.lower(): value for name, value in stream.tags.items()}
    average, base = _ratio(stream.avg_frame_rate), _ratio(stream.r_frame_rate)
    told = [*frame.side_data_list, *stream.side_data_list]
    levels = ((data.max_content, data.max_average) for data in told if data.max_content)
    rotation = next((data.rotation for data in stream.side_data_list if data.rotation), 0.0) or 0.0
    return VideoStream(
        index=stream.index,
        codec=stream.codec_name,
        pixel_format=stream.pix_fmt,
        width=stream.width,
        height=stream.height,
        rotation=round(rotation / 90) * 90 % 360,
        sample_aspect=_ratio(stream.sample_aspect_ratio) or 1.0,
        average_rate=average if average is None or average < _RATE_MAX else base,
        base_rate=base,
        time_base=_pair(stream.time_base) or (1, 90000),
        duration_s=stream.seconds,
        frames=stream.nb_frames or None,
        color_space=_said(stream.color_space, frame.color_space),
        color_range=_said(stream.color_range, frame.color_range),
        color_primaries=_said(stream.color_primaries, frame.color_primaries),
        color_transfer=_said(stream.color_transfer, frame.color_transfer),
        interlaced=stream.field_order in _INTERLACED or bool(frame.interlaced_frame),
        alpha_mode=tags.get("alpha_mode") == "1",
        is_default=bool(stream.disposition.get("default")),
        mastering=next(filter(None, (data.mastering for data in told)), None),
        light_level=next(levels, None),
        dynamic_metadata=tuple(
            name
            for name, words in _DYNAMIC.items()
            if any(data.side_data_type.startswith(words) for data in told)
        ),
        is_dolby_alone=any(data.dv_bl_signal_compatibility_id == 0 for data in told),
    )


# What ffprobe calls it.
_DYNAMIC = {
    "Dolby Vision": ("DOVI", "Dolby Vision"),
    "HDR10+": ("HDR Dynamic Metadata SMPTE2094-40",),
}


def _said(by_header: str, by_frame: str) -> str:
    return by_frame if by_header == "unknown" else by_header


def _pair(text: str) -> tuple[int, int] | None:
    left, _, right = text.replace(":", "/").partition("/")
    if not (left.isdecimal() and right.isdecimal()) or 0 in (int(left), int(right)):
        return None
    return int(left), int(right)


def _times(ratio: str, unit: int) -> int | None:
    """Return a ratio in whole units, None where there is none; darkness may be 0."""
    left, _, right = ratio.partition("/")
    if not (left.isdecimal() and right.isdecimal()) or int(right) == 0:
        return None
    return round(int(left) * unit / int(right))


def _ratio(text: str) -> float | None:
    pair = _pair(text)
    return pair[0] / pair[1] if pair else None
