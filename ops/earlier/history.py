"""The earlier system's tasks as jobs that have ended, with what they made. Pure.

They are there to be read: no manifest goes with them, so that none can be started again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from media_jobs.engines import ENGINES, Engine
from media_jobs.keys import output_key
from media_jobs.redaction import redact
from media_jobs.status import Status
from ops.earlier.bucket_index import BucketIndex, Stored
from ops.earlier.dump import MS, EarlierMedia, EarlierTask

BURNER, REMOTION, DOWNLOADER = "burner-ffmpeg", "renderer-remotion", "media-downloader"
SLOTS: Mapping[str, Mapping[str, str]] = {
    BURNER: {"video.mp4": "video"},
    REMOTION: {"video.mp4": "video"},
    DOWNLOADER: {
        "video.mp4": "video",
        "audio.processed.wav": "audio",
        "audio.source.mka": "audioSource",
        "metadata.json": "metadata",
    },
}
"""Which output each file was that a job of the earlier system has written."""
ENDS = {
    "completed": Status.COMPLETED,
    "failed": Status.FAILED,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
}
FAILED_THERE = "failed_in_earlier_system"
MESSAGE_CHARS_MAX = 2000
_REMOTE = "remote:orchestrator:"

JobIds = Callable[[int, str, str], str]
"""Makes the id of a job of its time (Unix, ms), its kind and what it is called there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a job has made, as a copy of the object *copied_from*."""

    key: str
    copied_from: str
    content_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricJob:
    """A job that has ended. *error*: what went wrong, in words; *progress*: 0 to 1."""

    job_id: str
    engine: str
    status: Status
    progress: float
    error: str | None
    created_ms: int
    started_ms: int | None
    finished_ms: int
    outputs: Mapping[str, Output]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The jobs of a media; *left*: tasks that find no place, by reason."""

    jobs: tuple[HistoricJob, ...]
    left: Mapping[str, int] = field(default_factory=dict)


def jobs_of(
    media: EarlierMedia,
    tasks: Sequence[EarlierTask],
    media_id: str,
    bucket: BucketIndex,
    job_id: JobIds,
) -> History:
    """Return the jobs that the tasks of a media become, and those of results without a task."""
    left: Counter[str] = Counter()
    jobs = []
    for task in tasks:
        engine, status = ENGINES.get(task.engine or ""), ENDS.get((task.status or "").lower())
        if engine is None:
            left[f"tasks of {task.engine or task.kind or 'no engine'}"] += 1
        elif status is None:
            left[f"tasks that had not ended ({task.status})"] += 1
        else:
            files = _files_of(media, task, bucket) if status is Status.COMPLETED else {}
            jobs.append(_job(task, engine, status, files, media_id, job_id))
    known = {task.job_id for task in tasks}
    jobs += _results(media, media_id, bucket, known, job_id)
    return History(jobs=tuple(jobs), left=left)


def _files_of(media: EarlierMedia, task: EarlierTask, bucket: BucketIndex) -> Mapping[str, Stored]:
    files = dict(bucket.of_job(task.job_id))
    if task.engine == DOWNLOADER and task.job_id and task.job_id == media.download_job_id:
        stored = {
            "video.mp4": media.remote_video_key,
            "audio.processed.wav": media.remote_audio_processed_key,
            "audio.source.mka": media.remote_audio_source_key,
            "metadata.json": media.remote_metadata_key,
        }
        found = {name: bucket.find(key) for name, key in stored.items()}
        files |= {name: one for name, one in found.items() if one is not None}
    return files


def _job(
    task: EarlierTask,
    engine: Engine,
    status: Status,
    files: Mapping[str, Stored],
    media_id: str,
    job_id: JobIds,
) -> HistoricJob:
    created_ms = task.created_at * MS
    started_ms = task.started_at * MS if task.started_at else None
    finished_ms = task.finished_at * MS if task.finished_at else started_ms or created_ms
    made_id = job_id(created_ms, "task", task.id)
    progress = 1.0 if status is Status.COMPLETED else min((task.progress or 0) / 100, 1.0)
    words = redact(task.error or "")[:MESSAGE_CHARS_MAX] if status is Status.FAILED else None
    return HistoricJob(
        job_id=made_id,
        engine=engine.id,
        status=status,
        progress=progress,
        error=words,
        created_ms=created_ms,
        started_ms=started_ms,
        finished_ms=finished_ms,
        outputs=_outputs(engine, files, media_id, made_id),
    )


def _outputs(
    engine: Engine, files: Mapping[str, Stored], media_id: str, job_id: str
) -> dict[str, Output]:
    made = {}
    for file_name, name in SLOTS.get(engine.id, {}).items():
        slot, stored = engine.output(name), files.get(file_name)
        if slot is not None and stored is not None:
            made[name] = Output(
                key=output_key(engine, slot, media_id, job_id, 1, 1),
                copied_from=stored.key,
                content_type=slot.content_type,
                size_bytes=stored.size_bytes,
            )
    return made


def _results(
    media: EarlierMedia,
    media_id: str,
    bucket: BucketIndex,
    known: set[str | None],
    job_id: JobIds,
) -> Iterator[HistoricJob]:
    """Yield a completed job for each result that the media names and no task has made."""
    named = (
        (BURNER, media.render_subtitles_job_id or _remote(media.video_with_subtitles_path)),
        (REMOTION, media.render_comments_job_id or _remote(media.video_with_info_path)),
    )
    for engine_id, earlier_id in named:
        video = bucket.of_job(earlier_id).get("video.mp4")
        if earlier_id is None or earlier_id in known or video is None:
            continue
        made_id = job_id(video.modified_ms, "result", earlier_id)
        engine = ENGINES[engine_id]
        yield HistoricJob(
            job_id=made_id,
            engine=engine_id,
            status=Status.COMPLETED,
            progress=1.0,
            error=None,
            created_ms=video.modified_ms,
            started_ms=None,
            finished_ms=video.modified_ms,
            outputs=_outputs(engine, {"video.mp4": video}, media_id, made_id),
        )


def _remote(path: str | None) -> str | None:
    return path.removeprefix(_REMOTE) if path and path.startswith(_REMOTE) else None
