"""Gives the sound of broadcasts one format from its beginning to its end.

In MPEG's streams each frame says its own, and at adverts it is another. MP4 has one place for it,
so a copy plays at a wrong pitch; and FFmpeg makes its filters anew there: they lose what they hold,
and silence, fades and cuts begin once more.
"""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import INPUT_LIMITS, AudioStream, ProbeResult

__all__ = ["BROADCAST", "STEADY_CODEC", "give_one_format"]

BROADCAST = frozenset({"mpeg", "mpegts"})
"""MPEG's program and transport streams, by FFmpeg's names."""
STEADY_CODEC = "s302m"
"""Uncompressed sound in a transport stream, 48 kHz and 16 bits (SMPTE ST 302)."""
_CHANNELS = (2, 6, 8)
"""How many it may have, with four, which nobody has."""


async def give_one_format(
    path: Path, source: ProbeResult, run: Callable[[Sequence[str]], Awaitable[object]]
) -> bool:
    """Rewrite *path*, where the format of its sound changes, with the same sound uncompressed.

    Return whether it was. *run* runs ffmpeg in the folder of *path*. Raises EngineFailure.
    """
    audio = source.audio
    if audio is None or source.format_name not in BROADCAST:
        return False
    read = [*INPUT_LIMITS, "-i", f"file:{path.name}"]
    try:
        # Filters that may not be made anew refuse what is of another format.
        await run(["-v", "quiet", "-reinit_filter", "0", *read, *_mapped(audio), "-f", "null", "-"])
    except EngineFailure as failure:
        if failure.code is not FailureCode.TOOL_FAILED:
            raise
    else:
        return False
    made = path.with_name(f"{path.name}.steady")
    channels = next(count for count in _CHANNELS if count >= min(audio.channels, _CHANNELS[-1]))
    video = [] if source.video is None else ["-map", f"0:{source.video.index}", "-c:v", "copy"]
    await run(
        [
            *(*read, *video, "-copyinkf", *_mapped(audio)),
            *("-c:a", STEADY_CODEC, "-strict", "-2", "-ar", "48000", "-ac", str(channels)),
            *("-f", "mpegts", f"file:{made.name}"),
        ]
    )
    made.replace(path)
    return True


def _mapped(audio: AudioStream) -> list[str]:
    return ["-map", f"0:{audio.index}"]
