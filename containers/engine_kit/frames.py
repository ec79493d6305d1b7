"""Single frames of a video that was made, to be looked at before it is handed over.

Reading a frame in the middle of a film costs decoding up to 250 before it. So the encoder is told
to make the frames that will be looked at key frames, and those alone are decoded.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure

__all__ = ["LUMA", "NEAR_S", "PICTURES", "frames_at", "frames_read", "key_frames"]

LUMA = "format=yuv420p,extractplanes=y,setparams=range=pc"
"""Luma as it is stored, 16 to 235: nothing may stretch it to another range."""
PICTURES = (
    *("-fps_mode", "passthrough", "-c:v", "pgm"),
    *("-start_number", "0", "-f", "image2"),
)
"""What makes files of frames that are one plane, before their name: not packed, as they are read
once, moments later.
"""

_ONE_THREAD = ("-threads", "1")
"""Of a decoder that skips most of a file: more would take turns with what it skips."""
NEAR_S = 0.0004
"""How far a frame may be from the time that it was asked for at."""
_FRAMES, _LIST = "frames%03d.pgm", "frames.txt"
_TIME = re.compile(r"pts_time:(-?[\d.]+)", re.ASCII)


def key_frames(frames_s: Sequence[float], numbers: Sequence[int]) -> list[str]:
    """Return the encoder's arguments that make frames of these *numbers*, from 0, key frames.

    *frames_s*: when each frame begins. The first one is a key frame in any case.
    """
    # ffmpeg takes the first frame at a time or after it: half way from the one before, no rounding
    # of times makes it another.
    times_s = [(frames_s[n - 1] + frames_s[n]) / 2 for n in sorted(set(numbers)) if n > 0]
    if not times_s:
        return []
    return ["-force_key_frames", ",".join(f"{at_s:.6f}" for at_s in times_s)]


# Any: whatever the options of the engine are.
async def frames_at(
    job: EngineJob[Any],
    file: str,
    times_s: Sequence[float],
    filters: Sequence[str],
    *,
    are_key_frames: bool = True,
) -> dict[float, Path]:
    """Return the frames of *file* at *times_s*, after *filters*, as PGM, by these times.

    *are_key_frames*: as they were asked to be; one that is none costs reading all of the file. A
    time without a frame is missing.
    """
    found: dict[float, Path] = {}
    for only_key_frames in (True, False) if are_key_frames else (False,):
        wanted = sorted(set(times_s) - set(found))
        if not wanted:
            break
        found |= await frames_read(job, file, wanted, filters, only_key_frames=only_key_frames)
    return found


async def frames_read(
    job: EngineJob[Any],
    file: str,
    times_s: Sequence[float],
    filters: Sequence[str],
    *,
    only_key_frames: bool,
) -> dict[float, Path]:
    """Return those frames of *file* at *times_s* that are found in one reading, as `frames_at`."""
    among = _among(times_s, "t")
    if only_key_frames:
        # Of packets, those of the wanted key frames alone reach the decoder.
        others = f"noise=drop='not(key*({_among(times_s, 'pts*tb')}))'"
        try:
            await job.run_ffmpeg(_argv(file, among, filters, *_ONE_THREAD, "-bsf:v", others))
        except EngineFailure:
            # FFmpeg before 7.1 filters no packets of what it reads.
            await job.run_ffmpeg(_argv(file, among, filters, *_ONE_THREAD, "-skip_frame", "nokey"))
    else:
        await job.run_ffmpeg(_argv(file, among, filters))
    listed = (job.work_dir / _LIST).read_text(encoding="utf-8")
    found: dict[float, Path] = {}
    for number, read_s in enumerate(map(float, _TIME.findall(listed))):
        at_s = _nearest(times_s, read_s)
        found[at_s] = (job.work_dir / (_FRAMES % number)).rename(
            job.work_dir / f"frame-{at_s:.6f}.pgm"
        )
    return found


def _among(times_s: Sequence[float], time: str) -> str:
    """Return ffmpeg's expression for *time*, in seconds, being one of *times_s*."""
    return "+".join(f"between({time},{at - NEAR_S:.6f},{at + NEAR_S:.6f})" for at in times_s)


def _argv(file: str, wanted: str, filters: Sequence[str], *reading: str) -> list[str]:
    # Only frames with metadata are listed.
    listed = f"metadata=add:key=frame:value=read,metadata=print:file={_LIST}"
    return [
        *(*reading, "-i", file, "-map", "0:v:0"),
        *("-vf", ",".join([f"select='{wanted}'", listed, *filters]), *PICTURES, _FRAMES),
    ]


def _nearest(times_s: Sequence[float], at_s: float) -> float:
    return min(times_s, key=lambda one: abs(one - at_s))
