"""Whether the source can be burned to its end, and whether the result is all of it.

By the frames that are there: what headers say of lengths is an estimate in many containers.
"""

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import ProbeResult, VideoStream
from engine_kit.timeline import Timeline, missing_s

from burner.plan import Burn, picture_of, video_of
from media_jobs.said import said

MISSING_S = 0.5
"""How much of a video may be missing at its end, compared with its header."""
WITHOUT_PICTURE_S = 1.0
"""How long the packets at a video's end may go without a picture of their own."""


def check_source(source: ProbeResult, timeline: Timeline) -> None:
    """Raise EngineFailure(input_unreadable) for a video that was cut off."""
    lost_s = missing_s(source, timeline)
    if lost_s > MISSING_S:
        raise _cut_off(timeline.end_s, timeline.end_s + lost_s)


def _cut_off(read_s: float, whole_s: float) -> EngineFailure:
    return EngineFailure(
        FailureCode.INPUT_UNREADABLE,
        said("failure.cut_off", read_s=f"{read_s:.2f}", whole_s=f"{whole_s:.2f}"),
    )


def check_output(burn: Burn, output: ProbeResult, made: Timeline, *, errors: str) -> None:
    """Compare what came out, a file with the frames of *made*, with what went in.

    *errors*: ffmpeg's, of this burn. Raises EngineFailure: input_unreadable when the output ends
    earlier, because no more of the input could be decoded, which ffmpeg has complained about;
    output_invalid when it differs in any other way.
    """
    if len(output.videos) != 1 or len(output.audios) != min(len(burn.source.audios), 1):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The output lacks a stream.")
    _check_colours(burn, output.videos[0])
    picture = picture_of(video_of(burn.source))
    if output.videos[0].shown_size != (picture.width, picture.height):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The output has another size.")
    wanted = burn.timeline
    last_s = max([wanted.frames_s[-1], *burn.added_s[-1:]])
    # Containers round times to their own units, and estimate some: by two frames at most.
    accuracy_s = 2 * min(wanted.frame_s, 1.0) + 0.01
    # Packets at the end may hold no picture of their own, without any fault.
    if made.frames_s[-1] < last_s - accuracy_s and errors:
        raise _cut_off(made.frames_s[-1], last_s)
    too_short = made.frames_s[-1] < last_s - accuracy_s - WITHOUT_PICTURE_S
    if too_short or made.end_s > wanted.shown_until_s + accuracy_s:
        raise EngineFailure(
            FailureCode.OUTPUT_INVALID,
            f"The output lasts {made.end_s:.2f} s, the input {wanted.shown_until_s:.2f} s.",
        )


def _check_colours(burn: Burn, burned: VideoStream) -> None:
    wanted = burn.colours
    tags = (burned.color_range, burned.color_space, burned.color_primaries, burned.color_transfer)
    if tags != ("tv", wanted.matrix, wanted.primaries, wanted.transfer):
        raise EngineFailure(
            FailureCode.OUTPUT_INVALID, f"The output's colours are tagged as {'/'.join(tags)}."
        )
    if burned.pixel_format != wanted.pixel_format:
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "The output has a different pixel format.")
    source = video_of(burn.source)
    if wanted.is_hdr and (burned.mastering, burned.light_level) != (
        source.mastering,
        source.light_level,
    ):
        raise EngineFailure(
            FailureCode.OUTPUT_INVALID, "The output lacks the source's HDR10 metadata."
        )
