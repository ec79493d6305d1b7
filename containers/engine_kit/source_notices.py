"""What to know of a result whose source is not shown or heard as it is."""

from engine_kit.colours import is_hdr
from engine_kit.probe import AudioStream, VideoStream
from engine_kit.sound import has_too_many_channels
from media_jobs.notices import Notice

__all__ = ["source_notices"]


def source_notices(
    video: VideoStream | None, audio: AudioStream | None, *, keeps_hdr: bool = False
) -> tuple[Notice, ...]:
    """Return what to know of the streams of a source that are encoded anew."""
    told = []
    if video is not None and is_hdr(video):
        if not keeps_hdr:
            told.append(Notice(code="hdr_shown_as_sdr"))
        elif video.dynamic_metadata:
            told.append(Notice(code="dynamic_metadata_dropped", what=video.dynamic_metadata))
    if audio is not None and has_too_many_channels(audio):
        told.append(Notice(code="first_two_channels", facts={"channels": audio.channels}))
    return tuple(told)
