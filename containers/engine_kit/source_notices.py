"""What to know of a result whose source is not shown or heard as it is."""

from collections.abc import Iterator

from engine_kit.colours import is_hdr
from engine_kit.probe import ProbeResult, VideoStream
from engine_kit.sound import has_too_many_channels
from media_jobs.notices import Notice

__all__ = ["source_notices"]


def source_notices(
    source: ProbeResult, video: VideoStream | None, *, keeps_hdr: bool = False
) -> tuple[Notice, ...]:
    """Return what to know of the streams of a source; *video*: the one that is encoded anew."""
    told = []
    if source.one_size and source.video is not None:
        width, height = source.video.shown_size
        told.append(Notice(code="picture_of_one_size", facts={"width": width, "height": height}))
    if video is not None and is_hdr(video):
        if not keeps_hdr:
            told.append(Notice(code="hdr_shown_as_sdr"))
        elif video.dynamic_metadata:
            told.append(Notice(code="dynamic_metadata_dropped", what=video.dynamic_metadata))
    audio = source.audio
    if audio is not None and has_too_many_channels(audio):
        told.append(Notice(code="first_two_channels", facts={"channels": audio.channels}))
    if source.microphones > 1:
        told.append(Notice(code="first_microphone", facts={"count": source.microphones}))
    told += _of_choice(source)
    return tuple(told)


def _of_choice(source: ProbeResult) -> Iterator[Notice]:
    """Yield what to know where another sound was to be expected."""
    audio, usual = source.audio, source.usual_audio
    if audio is None or usual is None:
        return
    if audio is not usual:
        taken, passed = (source.audios.index(one) + 1 for one in (audio, usual))
        yield Notice(code="sound_passed_over", facts={"taken": taken, "passed": passed})
    elif audio.is_aside:
        yield Notice(code="sound_is_aside")
