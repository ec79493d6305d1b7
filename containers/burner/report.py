"""The `metadata` output of a burn (JSON, camelCase): what came out, and what to know of it."""

from engine_kit.probe import ProbeResult

from burner.inspection import CueFacts, Inspection
from burner.subtitles import JobSubtitles
from media_jobs.strict import Strict


class VideoFacts(Strict):
    """A video file as it was probed. *frame_rate*: frames per second, on the average."""

    duration_ms: int | None
    size_bytes: int
    width: int
    height: int
    video_codec: str
    pixel_format: str
    frame_rate: float | None
    audio_codec: str | None
    audio_channels: int | None


class MissingGlyph(Strict):
    """A character that was drawn as a box, because no font has it."""

    code_point: str
    name: str


class BurnMetadata(Strict):
    """*notices*: sentences about what was not drawn as the subtitles have it.

    *drawn*: the cues that were looked at: all of them up to 2,000, of more as many.
    """

    source: VideoFacts
    output: VideoFacts
    subtitles: str
    cues: int
    first_cue_ms: int
    last_cue_ms: int
    missing_glyphs: tuple[MissingGlyph, ...]
    drawn: tuple[CueFacts, ...]
    notices: tuple[str, ...]
    ffmpeg: str


def _facts_of(result: ProbeResult) -> VideoFacts:
    """Return what is reported of a probed file that has a video stream."""
    video = result.videos[0]
    width, height = video.shown_size
    audio = result.audios[0] if result.audios else None
    rate = video.average_rate
    return VideoFacts(
        duration_ms=None if result.duration_s is None else round(result.duration_s * 1000),
        size_bytes=result.size_bytes,
        width=width,
        height=height,
        video_codec=video.codec,
        pixel_format=video.pixel_format,
        frame_rate=None if rate is None else round(rate, 3),
        audio_codec=audio.codec if audio else None,
        audio_channels=audio.channels if audio else None,
    )


def metadata_of(
    *,
    source: ProbeResult,
    output: ProbeResult,
    subtitles: JobSubtitles,
    missing: tuple[MissingGlyph, ...],
    inspection: Inspection,
    ffmpeg: str,
) -> BurnMetadata:
    """Return the document of one burn."""
    return BurnMetadata(
        source=_facts_of(source),
        output=_facts_of(output),
        subtitles=subtitles.kind,
        cues=len(subtitles.cues),
        first_cue_ms=subtitles.cues[0].start_ms,
        last_cue_ms=max(cue.end_ms for cue in subtitles.cues),
        missing_glyphs=missing,
        drawn=inspection.facts,
        notices=subtitles.notices + inspection.notices,
        ffmpeg=ffmpeg,
    )
