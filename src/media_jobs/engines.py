"""The three engines: what each reads, writes and is allowed.

Engine ids, wire fields and key folders are fixed by the deployment manual; older containers depend
on them. Times are seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from media_jobs.limits import JobLimits
from media_jobs.status import Status

__all__ = [
    "ENGINES",
    "Engine",
    "EngineId",
    "InputSlot",
    "Limits",
    "OutputSlot",
    "required_outputs",
]


class EngineId(StrEnum):
    """Engine ids on the wire."""

    BURNER = "burner-ffmpeg"
    REMOTION = "renderer-remotion"
    DOWNLOADER = "media-downloader"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSlot:
    """An object the engine reads: its name in manifests and errors, its field in `/render`."""

    name: str
    url_field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSlot:
    """An object the engine writes; *required* ones must exist before a job is completed."""

    name: str
    put_field: str
    key_field: str
    file_name: str
    content_type: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each clock of a job may run, and how often it is attempted.

    queue_s: waiting for a slot of a full container. start_s: from the first start call of an
    attempt to the container's answer. heartbeat_s: between two reports. no_progress_s: reports
    that bring nothing new. total_s: one attempt as a whole.
    """

    queue_s: int
    start_s: int
    heartbeat_s: int
    no_progress_s: int
    total_s: int
    max_attempts: int

    def within(self, wanted: JobLimits) -> "Limits":
        """Return these limits with what a job wants otherwise."""
        return replace(self, **wanted.model_dump(exclude_none=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine's fixed facts. *first_status* is what a job is once its container has it."""

    id: EngineId
    first_status: Status
    folder: str
    base_url_setting: str
    inputs: tuple[InputSlot, ...]
    outputs: tuple[OutputSlot, ...]
    limits: Limits

    def output(self, name: str) -> OutputSlot | None:
        """Return the output slot called *name*."""
        return next((slot for slot in self.outputs if slot.name == name), None)


_VIDEO_IN = InputSlot(name="video", url_field="inputVideoUrl")
_VIDEO_OUT = OutputSlot(
    name="video",
    put_field="outputPutUrl",
    key_field="outputVideoKey",
    file_name="video.mp4",
    content_type="video/mp4",
)
_RENDER_LIMITS = Limits(
    queue_s=6 * 3600,
    start_s=120,
    heartbeat_s=45,
    no_progress_s=15 * 60,
    total_s=12 * 3600,
    max_attempts=3,
)

ENGINES: dict[EngineId, Engine] = {
    EngineId.BURNER: Engine(
        id=EngineId.BURNER,
        first_status=Status.PREPARING,
        folder="outputs",
        base_url_setting="CONTAINER_BASE_URL",
        inputs=(_VIDEO_IN, InputSlot(name="subtitles", url_field="inputVttUrl")),
        outputs=(
            _VIDEO_OUT,
            OutputSlot(
                name="poster",
                put_field="outputPosterPutUrl",
                key_field="outputPosterKey",
                file_name="poster.jpg",
                content_type="image/jpeg",
                required=False,
            ),
            OutputSlot(
                name="contactSheet",
                put_field="outputContactSheetPutUrl",
                key_field="outputContactSheetKey",
                file_name="contact-sheet.jpg",
                content_type="image/jpeg",
                required=False,
            ),
            OutputSlot(
                name="metadata",
                put_field="outputMetadataPutUrl",
                key_field="outputMetadataKey",
                file_name="metadata.json",
                content_type="application/json",
                required=False,
            ),
        ),
        limits=_RENDER_LIMITS,
    ),
    EngineId.REMOTION: Engine(
        id=EngineId.REMOTION,
        first_status=Status.PREPARING,
        folder="outputs",
        base_url_setting="CONTAINER_BASE_URL_REMOTION",
        inputs=(_VIDEO_IN, InputSlot(name="comments-data", url_field="inputDataUrl")),
        outputs=(
            _VIDEO_OUT,
            OutputSlot(
                name="metadata",
                put_field="outputMetadataPutUrl",
                key_field="outputMetadataKey",
                file_name="metadata.json",
                content_type="application/json",
                required=False,
            ),
        ),
        limits=_RENDER_LIMITS,
    ),
    EngineId.DOWNLOADER: Engine(
        id=EngineId.DOWNLOADER,
        first_status=Status.FETCHING_METADATA,
        folder="downloads",
        base_url_setting="CONTAINER_BASE_URL_DOWNLOADER",
        inputs=(),
        outputs=(
            OutputSlot(
                name="video",
                put_field="outputVideoPutUrl",
                key_field="outputVideoKey",
                file_name="video.mp4",
                content_type="video/mp4",
            ),
            OutputSlot(
                name="audio",
                put_field="outputAudioPutUrl",
                key_field="outputAudioKey",
                file_name="audio.wav",
                content_type="audio/wav",
                required=False,
            ),
            OutputSlot(
                name="audioSource",
                put_field="outputAudioSourcePutUrl",
                key_field="outputAudioSourceKey",
                file_name="audio-source.mka",
                content_type="audio/x-matroska",
                required=False,
            ),
            OutputSlot(
                name="metadata",
                put_field="outputMetadataPutUrl",
                key_field="outputMetadataKey",
                file_name="metadata.json",
                content_type="application/json",
            ),
            OutputSlot(
                name="comments",
                put_field="outputCommentsPutUrl",
                key_field="outputCommentsKey",
                file_name="comments.json",
                content_type="application/json",
                required=False,
            ),
            OutputSlot(
                name="subtitles",
                put_field="outputSubtitlesPutUrl",
                key_field="outputSubtitlesKey",
                file_name="subtitles.vtt",
                content_type="text/vtt",
                required=False,
            ),
            OutputSlot(
                name="thumbnail",
                put_field="outputThumbnailPutUrl",
                key_field="outputThumbnailKey",
                file_name="thumbnail.jpg",
                content_type="image/jpeg",
                required=False,
            ),
        ),
        limits=Limits(
            queue_s=6 * 3600,
            start_s=120,
            heartbeat_s=45,
            no_progress_s=10 * 60,
            total_s=6 * 3600,
            max_attempts=3,
        ),
    ),
}

# Downloads that fetch no video. A mode that is not here promises what every download promised.
_WITHOUT_VIDEO = {
    "metadata": frozenset({"metadata"}),
    "list": frozenset({"metadata"}),
    "comments": frozenset({"metadata", "comments"}),
}


def required_outputs(engine: EngineId, options: Mapping[str, object]) -> frozenset[str]:
    """Return the names of the outputs without which a job with these *options* is not completed."""
    mode = options.get("mode")
    if engine is EngineId.DOWNLOADER and isinstance(mode, str) and mode in _WITHOUT_VIDEO:
        return _WITHOUT_VIDEO[mode]
    return frozenset(slot.name for slot in ENGINES[engine].outputs if slot.required)
