"""When the frames of a file stand, and where its sound is, as they can be read.

Headers of files only estimate it: ASF counts a lead, program streams and Matroska guess from bytes
or name the longest stream, frame rates are averages. So the packets are read once, by ffmpeg
without decoding (`framecrc`, FFmpeg's own test format), which takes a second for some gigabytes.
Times are those that filters see: seconds from the file's start.
"""

import asyncio
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from pathlib import Path
from statistics import median

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import INPUT_LIMITS, ProbeResult, VideoStream
from engine_kit.processes import run_process

__all__ = [
    "LONG_GAP_S",
    "WITHOUT_B_FRAMES",
    "Timeline",
    "Tracks",
    "is_long_gap",
    "is_uneven",
    "missing_s",
    "moments_without_frame",
    "read_timeline",
    "tracks_of",
]

LONG_GAP_S = 0.1
"""Frames that are further apart are not a moving picture any more."""
HOLE_S = 0.1
"""Silence that a file leaves out instead of storing it."""
_SOON_S = 0.04
# How many usual frames one frame may last, and how many frames the last one may be off its place.
_LONGER, _DRIFT = 1.8, 0.5
_NO_TIME = -(1 << 63)
_KEY, _DISCARD = 1, 4
# Packets of no more bytes say that the frame before them still stands: nothing in Theora and AVI,
# a picture that is not coded in MPEG-4 (ISO/IEC 14496-2, 6.2.5, `vop_coded`), as DivX has it.
_EMPTY_BYTES = {"mpeg4": 8}
# Of these, decoders give nothing before the first key frame; those of older ones draw on grey.
_FROM_KEY_FRAMES = frozenset({"h264", "hevc", "mpeg1video", "mpeg2video", "vp8", "vp9"})


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Frames and sound of a file, in seconds from its start.

    *frames_s*: when each frame of the video begins, in order; *end_s*: when the last one ends.
    *sound_s*: the beginning and the end of the sound, None without any. *sound_has_holes*: it is
    interrupted for HOLE_S or longer. *keys_s*: of the frames those at which reading can begin;
    *clean_keys_s*: of these the ones behind which no frame comes that is shown before them;
    *head*: what a decoder needs before any frame, as a sum. *undecoded_s*: how long frames before
    the first one would stand, which need what came before the file.
    """

    frames_s: Sequence[float]
    end_s: float
    sound_s: tuple[float, float] | None = None
    sound_has_holes: bool = False
    keys_s: Sequence[float] = ()
    clean_keys_s: Sequence[float] = ()
    head: str = ""
    undecoded_s: float = 0.0

    @cached_property
    def frame_s(self) -> float:
        """How long a frame usually stands."""
        return median(self._spans_s)

    @cached_property
    def longest_s(self) -> float:
        """How long the frame stands that stands longest."""
        return max(self._spans_s)

    @property
    def shown_until_s(self) -> float:
        """When a player is done with the file: the last frame stands until the sound ends, too."""
        return max(self.end_s, self.sound_s[1] if self.sound_s else 0.0)

    @property
    def begins_late(self) -> bool:
        """Whether there is no picture at the start of the file."""
        return self.frames_s[0] > LONG_GAP_S

    def from_start(self) -> "Timeline":
        """Return the same with the first picture standing from the start."""
        return replace(self, frames_s=[0.0, *self.frames_s[1:]])

    @property
    def _spans_s(self) -> list[float]:
        ends = chain(self.frames_s[1:], [self.end_s])
        return [after - at for at, after in zip(self.frames_s, ends, strict=True)]


class _Reader:
    """Takes the lines of `framecrc`: of the video, numbered 0, and of the sound, 1."""

    def __init__(self, tracks: "Tracks") -> None:
        self.tracks = tracks
        # Seconds as a ratio: hours of packets are not worth fractions.
        self.units = {0: (0, 1), 1: (0, 1)}
        self.frames = array("d")
        self.keys = array("d")
        self.is_begun = False
        self.undecoded = 0
        self.open_keys: set[float] = set()
        self.head = ""
        self.end_s = 0.0
        self.sound: tuple[float, float] | None = None
        self.packets = array("d")
        self.holes = False

    def __call__(self, line: str) -> None:
        if line.startswith("#tb "):
            stream, _, unit = line.removeprefix("#tb ").partition(":")
            self.units[int(stream)] = Fraction(unit.strip()).as_integer_ratio()
        elif line.startswith("#extradata 0:"):
            self.head = line
        elif line[:2] in ("0,", "1,"):
            self._packet(line.split(","))

    def _packet(self, columns: Sequence[str]) -> None:
        """Take a packet: stream, times of decoding and of showing, duration, size, sum, flags."""
        stream, decoded, shown, lasts, size = (int(column) for column in columns[:5])
        per, parts = self.units[stream]
        # AVI has no times of showing.
        when = decoded if shown == _NO_TIME else shown
        # Written only where they are not those of a key frame alone; side data may follow, "S=1".
        told = columns[6].strip() if len(columns) > 6 else ""
        flags = int(told[2:], 16) if told.startswith("F=") else _KEY
        if stream == 0 and flags & _KEY and not self.is_begun:
            self.is_begun, self.undecoded = True, len(self.frames)
        # What an edit list leaves out is decoded and not shown.
        if when == _NO_TIME or flags & _DISCARD:
            return
        at_s, lasts_s = when * per / parts, lasts * per / parts
        if stream != 0:
            self._sound(at_s, lasts_s)
            return
        self.end_s = max(self.end_s, at_s + lasts_s)
        if size > self.tracks.empty_bytes:
            self.frames.append(at_s)
            if flags == _KEY:
                self.keys.append(at_s)
            elif self.keys and at_s < self.keys[-1]:
                self.open_keys.add(self.keys[-1])

    def _sound(self, at_s: float, lasts_s: float) -> None:
        start_s, end_s = self.sound or (at_s, at_s)
        self.holes = self.holes or (lasts_s > 0 and at_s - end_s >= HOLE_S)
        self.sound = (start_s, max(end_s, at_s + lasts_s))
        self.packets.append(lasts_s)

    @property
    def _has_holes(self) -> bool:
        # MP4 stores a hole as a packet that lasts too long.
        whole = self.packets[:-1]
        return self.holes or bool(whole and max(whole) - median(whole) >= HOLE_S)

    @property
    def _decoded(self) -> Iterable[float]:
        """The frames that can be decoded: those from the first key frame on, without what is shown
        before it and needs what came earlier, where a recording was cut anywhere.
        """
        if not (self.undecoded and self.keys and self.tracks.from_key_frames):
            return self.frames
        first_s = self.keys[0]
        return (at_s for at_s in self.frames[self.undecoded :] if at_s >= first_s)

    def timeline(self) -> Timeline:
        if not self.frames:
            raise EngineFailure(FailureCode.INPUT_UNREADABLE, "The video has no frame.")
        frames = sorted(self._decoded)
        return Timeline(
            frames_s=frames,
            end_s=max(self.end_s, frames[-1]),
            sound_s=self.sound,
            sound_has_holes=self._has_holes,
            keys_s=sorted(self.keys),
            clean_keys_s=sorted(set(self.keys) - self.open_keys),
            head=self.head,
            undecoded_s=frames[0] - min(self.frames),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """The numbers of the streams to read. *empty_bytes*: of a packet of the video without a picture
    of its own, at most. *from_key_frames*: nothing before the first of them can be decoded.
    """

    video: int
    audio: int | None
    empty_bytes: int = 0
    from_key_frames: bool = False


def tracks_of(probed: ProbeResult) -> Tracks:
    """Return the tracks that are used of a probed file, which has a video."""
    video, audio = probed.video, probed.audio
    assert video is not None
    return Tracks(
        video=video.index,
        audio=audio.index if audio else None,
        empty_bytes=_EMPTY_BYTES.get(video.codec, 0),
        from_key_frames=video.codec in _FROM_KEY_FRAMES,
    )


async def read_timeline(
    path: Path, tracks: Tracks, *, ffmpeg: str, no_progress_s: float | None = None
) -> Timeline:
    """Read the packets of *path*'s video and sound; one that is not there has none.

    Raises EngineFailure(input_unreadable) when there is no frame, `timeout` when it stalls.
    """
    reader = _Reader(tracks)
    numbers = [number for number in (tracks.video, tracks.audio) if number is not None]
    streams = [part for number in numbers for part in ("-map", f"0:{number}?")]
    argv = [
        *(
            ffmpeg,
            "-nostdin",
            "-hide_banner",
            "-v",
            "error",
            *INPUT_LIMITS,
            "-i",
            f"file:{path.name}",
        ),
        *(*streams, "-c", "copy", "-copyinkf", "-f", "framecrc", "-"),
    ]

    def read(line: str) -> None:
        reader(line)

    result = await run_process(argv, cwd=path.parent, on_line=read, no_progress_s=no_progress_s)
    if result.stalled:
        raise EngineFailure(FailureCode.TIMEOUT, "A file could not be read to its end.")
    if result.code != 0 and not reader.frames:
        raise EngineFailure(
            FailureCode.INPUT_UNREADABLE, "The video is damaged.", tool_tail=result.stderr_tail
        )
    return await asyncio.to_thread(reader.timeline)


_EXACT = ("mov", "matroska", "avi")
"""Containers whose index or tags say how long a stream is; the others estimate."""


def missing_s(probed: ProbeResult, timeline: Timeline) -> float:
    """Return how many seconds of the video its container has by an exact index and can't give.

    0 for containers that only estimate. A stream that simply ends before the others lacks nothing.
    """
    video = probed.video
    assert video is not None
    if not probed.format_name.startswith(_EXACT):
        return 0.0
    # Matroska's durations are times of an end: recordings cut out of others begin later than at 0.
    before_s = max(probed.start_s, 0.0) if probed.format_name.startswith("matroska") else 0.0
    of_all_s = (probed.duration_s or 0.0) - before_s - timeline.shown_until_s
    if video.duration_s is None:
        return max(of_all_s, 0.0) if probed.others == 0 else 0.0
    if probed.format_name.startswith("mov"):
        # Counted from the stream's own first frame, be it decoded or not.
        begin_s = timeline.frames_s[0] - timeline.undecoded_s
        return max(video.duration_s - (timeline.end_s - begin_s), 0.0)
    if probed.format_name == "avi" and video.frames is not None and video.average_rate is not None:
        # Of a file that is shorter than its header says, FFmpeg shortens all durations alike.
        whole_s = video.frames / video.average_rate
        if whole_s > video.duration_s + 2 / video.average_rate:
            return max(whole_s - timeline.end_s, 0.0)
    # Matroska's tags outlive edits of the file: its header must agree.
    return max(min(video.duration_s - before_s - timeline.end_s, of_all_s), 0.0)


def is_long_gap(seconds: float) -> bool:
    """Whether frames so far apart are no moving picture."""
    return seconds > LONG_GAP_S * 1.01


def moments_without_frame(
    timeline: Timeline, moments_s: Iterable[float], until_s: float
) -> list[float]:
    """Return, in order, those of *moments_s* at which a frame is needed and none is near.

    Only between frames that are further apart than LONG_GAP_S, and after the last one *until_s*.
    """
    frames = timeline.frames_s
    wanted = []
    for moment_s in sorted(set(moments_s)):
        number = bisect_right(frames, moment_s) - 1
        if number < 0 or moment_s >= until_s:
            continue
        after_s = frames[number + 1] if number + 1 < len(frames) else until_s
        is_long = is_long_gap(after_s - frames[number])
        if is_long and moment_s > frames[number] and after_s - moment_s > _SOON_S:
            wanted.append(moment_s)
    return wanted


WITHOUT_B_FRAMES = ("-bf", "0")
"""MP4 counts a track's length in decoding order: with uneven frames and B-frames it is short, and
players stop before the last frames.
"""


def is_uneven(video: VideoStream, timeline: Timeline) -> bool:
    """Whether the frames of *video* don't come in even steps.

    Matroska gives only a rate that was meant; an unusual one is treated as varying.
    """
    rate = video.average_rate
    if rate is None or video.base_rate is None:
        return True
    # One frame that is missing stands for two; a container's times may be milliseconds.
    if timeline.longest_s > _LONGER * min(timeline.frame_s, 1 / rate):
        return True
    frames = timeline.frames_s
    even_s = (len(frames) - 1) / video.base_rate
    if abs(frames[-1] - frames[0] - even_s) > _DRIFT / video.base_rate:
        return True
    usual = any(abs(r - round(r)) < 0.002 * r for r in (rate, rate * 1.001))
    return abs(rate - video.base_rate) > video.base_rate * 0.001 or not usual
