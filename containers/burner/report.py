"""The `metadata` output of a burn (JSON, camelCase): what came out, and what to know of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine_kit.probe import ProbeResult
from engine_kit.source_notices import source_notices
from engine_kit.timeline import LONG_GAP_S

from burner.inspection import CueFacts, Inspection
from burner.plan import Burn
from burner.reading import JobText
from burner.subtitles import JobSubtitles
from media_jobs.notices import Notice, NoticeDocument
from media_jobs.strict import Strict
from media_jobs.subtitles.ass_escape import ass_time
from media_jobs.subtitles.cues import Cue


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


class SecondTrackFacts(Strict):
    """Of the second track of two: its kind of file, its language (BCP 47), its number of cues."""

    subtitles: str
    language: str | None
    cues: int
    first_cue_ms: int
    last_cue_ms: int


class BurnMetadata(Strict):
    """*notices*: what was not drawn as the subtitles have it.

    *subtitles*, *language*, *cues* and the times are those of the first track, *secondary* of the
    second one. *drawn*: the cues that were looked at: all of them up to 2,000, of more as many.
    """

    source: VideoFacts
    output: VideoFacts
    subtitles: str
    language: str | None
    cues: int
    first_cue_ms: int
    last_cue_ms: int
    secondary: SecondTrackFacts | None
    missing_glyphs: tuple[MissingGlyph, ...]
    drawn: tuple[CueFacts, ...]
    notices: tuple[NoticeDocument, ...]
    ffmpeg: str


def _facts_of(result: ProbeResult) -> VideoFacts:
    """Return what is reported of a probed file that has a video stream."""
    video, audio = result.video, result.audio
    assert video is not None
    width, height = video.shown_size
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


def burn_notices(text: JobText, *, asked: Burn, made: Burn) -> tuple[Notice, ...]:
    """Return what to know of picture and sound; *asked*: the burn with all its stills."""
    return tuple(_notices(text, asked, made))


def _notices(text: JobText, asked: Burn, made: Burn) -> Iterator[Notice]:
    keeps_hdr = made.options.dynamic_range == "keep"
    yield from source_notices(made.source, made.source.video, keeps_hdr=keeps_hdr)
    yield from text.of_each(lambda track: _after_end(track.cues, made))
    if (asked.poster, asked.sheet) != (made.poster, made.sheet):
        yield Notice(code="stills_failed")
    if asked.hardware and not made.hardware:
        yield Notice(code="hardware_failed", facts={"encoder": asked.hardware.name})
    elif made.options.speed == "fastest" and not made.hardware:
        yield Notice(code="hardware_missing")


def _after_end(cues: Sequence[Cue], made: Burn) -> Iterator[Notice]:
    until_s = made.timeline.shown_until_s + max(made.timeline.frame_s, LONG_GAP_S)
    late = [(n, cue) for n, cue in enumerate(cues, 1) if cue.end_ms / 1000 > until_s]
    if late:
        yield Notice(
            code="cues_after_end",
            cues=tuple(number for number, _ in late),
            facts={
                "count": len(late),
                "start": ass_time(late[0][1].start_ms),
                "end": ass_time(round(made.timeline.shown_until_s * 1000)),
            },
        )


def _track_facts(track: JobSubtitles) -> dict[str, Any]:
    return {
        "subtitles": track.kind,
        "language": track.language,
        "cues": len(track.cues),
        "first_cue_ms": track.cues[0].start_ms,
        "last_cue_ms": max(cue.end_ms for cue in track.cues),
    }


def metadata_of(
    *,
    source: ProbeResult,
    output: ProbeResult,
    text: JobText,
    missing: tuple[MissingGlyph, ...],
    inspection: Inspection,
    notices: tuple[Notice, ...],
    ffmpeg: str,
) -> BurnMetadata:
    """Return the document of one burn."""
    first, *others = text.tracks
    return BurnMetadata(
        source=_facts_of(source),
        output=_facts_of(output),
        **_track_facts(first),
        secondary=SecondTrackFacts(**_track_facts(others[0])) if others else None,
        missing_glyphs=missing,
        drawn=inspection.facts,
        notices=tuple(notice.document for notice in text.notices + inspection.notices + notices),
        ffmpeg=ffmpeg,
    )
