"""What is done to sound, by all engines alike. Pure: facts in, filters out.

Copied sound keeps its quality; what MP4 or its players can't take becomes AAC.
"""

from collections.abc import Sequence

from engine_kit.probe import AudioStream, ProbeResult
from engine_kit.steady_sound import BROADCAST

__all__ = [
    "channel_filters",
    "encoding_arguments",
    "fits_mp4",
    "has_too_many_channels",
    "in_step",
    "picture_beside",
]

_MP4_CODECS = frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"})
"""What MP4 holds and players know."""
_CHANNELS_MAX = 8
"""What FFmpeg's encoders and mixers have layouts for: 7.1."""

_AT_ONCE_S = 0.001


def in_step(audio: AudioStream) -> str:
    """Return the filter of silence where sound begins late or has holes, so that sample n is n/rate
    seconds from the start: programs that read no timestamps, speech recognisers among them, stay in
    step with the picture.
    """
    # FFmpeg makes filters anew where the sound's format changes, as at a broadcast's adverts: there
    # `first_pts` would be met by silence once more. What begins at once needs none.
    begins_at_once = audio.start_s is not None and abs(audio.start_s) <= _AT_ONCE_S
    return "aresample=async=1" if begins_at_once else "aresample=async=1:first_pts=0"


def picture_beside(source: ProbeResult) -> list[str]:
    """Return one more output of ffmpeg's, of nothing, for a command that reads the sound alone.

    With it, the sound begins as late as beside the picture: of broadcasts, FFmpeg counts times from
    the first packet of the streams that are read.
    """
    if source.video is None or source.format_name not in BROADCAST:
        return []
    picture = ["-map", f"0:{source.video.index}", "-c:v", "copy", "-bsf:v", "setts=ts=N"]
    return [*picture, "-f", "null", "-"]


def fits_mp4(audio: AudioStream) -> bool:
    """Whether the stream can be copied into an MP4 that players play."""
    return audio.codec in _MP4_CODECS and not has_too_many_channels(audio)


def has_too_many_channels(audio: AudioStream) -> bool:
    """Whether the stream has more channels than can be encoded or mixed."""
    return audio.channels > _CHANNELS_MAX


def channel_filters(audio: AudioStream) -> list[str]:
    """Return the filters that leave the first two of too many channels.

    That many come from cameras and mixers, one microphone on each; the first two are the mix.
    """
    return ["pan=stereo|c0=c0|c1=c1"] if has_too_many_channels(audio) else []


def encoding_arguments(audio: AudioStream, more_filters: Sequence[str] = ()) -> list[str]:
    """Return ffmpeg's arguments that encode the stream as AAC with its channels, in step."""
    filters = [*channel_filters(audio), in_step(audio), *more_filters]
    channels = 2 if has_too_many_channels(audio) else audio.channels
    kbits = min(max(96, 80 * channels), 640)
    return ["-af", ",".join(filters), "-c:a", "aac", "-b:a", f"{kbits}k"]
