"""The video of a source that is encoded anew."""

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import ProbeResult, VideoStream

__all__ = ["source_video"]


def source_video(source: ProbeResult) -> VideoStream:
    """Return the stream that players show.

    Raises EngineFailure(input_unsupported) when there is none, or none that can be decoded to the
    colours that it is meant in.
    """
    video = source.video
    if video is None:
        raise EngineFailure(FailureCode.INPUT_UNSUPPORTED, "The input has no video stream.")
    if 0 in video.shown_size:
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED, f"The video's format ({video.codec}) can't be decoded."
        )
    if video.is_dolby_alone:
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED,
            "The video is in Dolby Vision without a layer that other players show.",
        )
    return video
