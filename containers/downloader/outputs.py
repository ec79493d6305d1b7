"""From what the child fetched to the objects in the bucket.

A full download makes `video`, and of a video with sound `audio` and `audioSource`, one of sound
alone these two; every download makes `metadata`. `comments`, `subtitles` and `thumbnail` come when
they were ordered and the site has them, and the thumbnail also as a frame of the video.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from engine_kit.engine import EngineJob, Outputs
from engine_kit.failures import EngineFailure
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version
from engine_kit.logs import log
from engine_kit.probe import AudioStream, ProbeResult
from engine_kit.source_notices import source_notices
from engine_kit.timeline import tracks_of

from downloader.completeness import check_holes, check_length, check_written
from downloader.messages import Fetched
from downloader.metadata import DownloadMetadata
from downloader.plan import (
    AUDIO_FILE,
    AUDIO_SOURCE_FILE,
    THUMBNAIL_FILE,
    VIDEO_FILE,
    audio_argv,
    audio_source_argv,
    frame_argv,
    is_encoded,
    thumbnail_argv,
    video_argv,
)
from downloader.promises import Promise
from media_jobs.comments import CommentsDocument
from media_jobs.comments.earlier import downloaded
from media_jobs.engines.downloader.options import DownloadOptions
from media_jobs.engines.downloader.slots import SUBTITLE_SLOTS
from media_jobs.notices import Notice
from media_jobs.status import Status
from media_jobs.wire import OutputClaim

_METADATA_FILE = "metadata.json"

DownloadJob = EngineJob[DownloadOptions]


async def deliver(job: DownloadJob, fetched: Fetched, source: ProbeResult | None) -> Outputs:
    """Make and upload every output; *source*: the fetched file, None when there is none.

    Raises DownloadFailed when the site has not handed out all of it.
    """
    metadata = fetched.metadata
    made = None
    if source is not None:
        assert fetched.file is not None
        made = await _make_av(job, fetched, source)
        told = check_length(source, made, fetched.promises, attempt=job.request.attempt)
        encoded = source.video if source.video and is_encoded(source.video) else None
        found = (*told, *source_notices(source, encoded))
        metadata = _completed(metadata, made, found)
    metadata = await _make_thumbnail(job, fetched, metadata, made)
    version = ffmpeg_version(job.settings.ffmpeg)
    tools = metadata.tools.model_copy(update={"ffmpeg": version})
    metadata = metadata.model_copy(update={"tools": tools})
    text = metadata.model_dump_json(by_alias=True, indent=2)
    if fetched.comments is not None and not job.wants("comments"):
        text = _comments_alone(job, fetched.comments)
    (job.work_dir / _METADATA_FILE).write_text(text, encoding="utf-8")
    return await _upload(job, fetched, made)


def _comments_alone(job: DownloadJob, name: str) -> str:
    """Return the comments as the earlier system has them, which gives no URL but the metadata's."""
    stored = (job.work_dir / name).read_text(encoding="utf-8")
    return json.dumps(downloaded(CommentsDocument.model_validate_json(stored)), ensure_ascii=False)


async def _make_av(job: DownloadJob, fetched: Fetched, source: ProbeResult) -> ProbeResult:
    """Make the video and its sound, or the sound alone; return what the first of them is."""
    name = fetched.file
    assert name is not None
    with_video = job.options.mode == "full"
    anew = with_video and await _make_video(job, name, source, fetched.promises)
    if source.audio is not None:
        await _make_audio(job, name, source, source.audio, anew=anew)
    return await job.probe(job.work_dir / (VIDEO_FILE if with_video else AUDIO_FILE))


async def _make_video(
    job: DownloadJob, name: str, source: ProbeResult, promises: Sequence[Promise]
) -> bool:
    """Make the video, with silence in the holes of its sound unless a piece is missing there.

    Return whether its times begin anew between pieces, as at advertisements: what is missing there
    is nothing, and comes to be seen in the length if it is more.
    """
    timeline = await job.timeline(job.work_dir / name, tracks_of(source))
    whole = replace(timeline, sound_has_holes=False)
    argv = video_argv(name, source, whole)
    await _ffmpeg(job, argv, "converting", (0.70, 0.77), source.duration_s)
    check_written(job.work_dir / VIDEO_FILE, attempt=job.request.attempt)
    if check_holes(job.work_dir / VIDEO_FILE, promises, attempt=job.request.attempt):
        argv = video_argv(name, source, whole, anew=True)
        await _ffmpeg(job, argv, "converting", (0.77, 0.78), source.duration_s)
        return True
    if timeline.sound_has_holes:
        argv = video_argv(name, source, timeline)
        await _ffmpeg(job, argv, "filling-sound", (0.77, 0.78), source.duration_s)
    return False


async def _make_audio(
    job: DownloadJob, name: str, source: ProbeResult, audio: AudioStream, *, anew: bool
) -> None:
    if job.wants("audio"):
        argv = audio_argv(name, source, audio, anew=anew)
        await _ffmpeg(job, argv, "extracting-audio", (0.78, 0.83), source.duration_s)
    if job.wants("audioSource"):
        argv = audio_source_argv(name, audio, anew=anew)
        await _ffmpeg(job, argv, "copying-audio", (0.83, 0.85), source.duration_s)


async def _ffmpeg(
    job: DownloadJob,
    argv: list[str],
    phase: str,
    share: tuple[float, float],
    duration_s: float | None,
) -> None:
    advance = job.span(Status.RUNNING, phase, *share)

    def progressed(block: FfmpegProgress) -> None:
        if block.out_time_s is not None and duration_s:
            advance(block.out_time_s / duration_s)

    await job.run_ffmpeg(argv, on_progress=progressed)


async def _make_thumbnail(
    job: DownloadJob, fetched: Fetched, metadata: DownloadMetadata, made: ProbeResult | None
) -> DownloadMetadata:
    """Make the thumbnail as a JPEG, from the site's picture or from the video; or say why not."""
    if not (job.options.thumbnail and job.wants("thumbnail")):
        return metadata
    ways: list[Callable[[], list[str]]] = []
    if fetched.thumbnail is not None:
        name = fetched.thumbnail
        ways.append(lambda: thumbnail_argv(name))
    if made is not None and made.videos:
        video, at_s = made.videos[0], (made.duration_s or 0) / 10
        ways.append(lambda: frame_argv(VIDEO_FILE, video, at_s=at_s))
    for argv in ways:
        try:
            await job.run_ffmpeg(argv())
            return metadata
        except EngineFailure as failure:
            # Pictures of the web are what they are: the video is worth having without.
            log("thumbnail_unreadable", why=failure.message)
            (job.work_dir / THUMBNAIL_FILE).unlink(missing_ok=True)
    if fetched.thumbnail is None:
        return metadata
    unreadable = Notice(code="thumbnail_unreadable")
    return metadata.model_copy(update={"notices": (*metadata.notices, unreadable.document)})


def _completed(
    metadata: DownloadMetadata, made: ProbeResult, found: Sequence[Notice]
) -> DownloadMetadata:
    """Replace what the site said of the file by what the file is."""
    known: dict[str, object] = {
        "duration_s": round(made.duration_s, 3) if made.duration_s else metadata.duration_s,
        "width": None,
        "height": None,
        "fps": None,
        "has_audio": bool(made.audios),
        "notices": (*metadata.notices, *(notice.document for notice in found)),
    }
    if made.videos:
        video = made.videos[0]
        known["width"], known["height"] = video.shown_size
        known["fps"] = round(video.average_rate, 3) if video.average_rate else metadata.fps
    return metadata.model_copy(update=known)


async def _upload(job: DownloadJob, fetched: Fetched, made: ProbeResult | None) -> Outputs:
    files = {
        "video": VIDEO_FILE,
        "audio": AUDIO_FILE,
        "audioSource": AUDIO_SOURCE_FILE,
        "metadata": _METADATA_FILE,
        "comments": fetched.comments,
        "thumbnail": THUMBNAIL_FILE,
    }
    slots = (slot.name for slot in SUBTITLE_SLOTS)
    files |= dict(zip(slots, fetched.subtitles, strict=False))
    present = [
        (slot, job.work_dir / name)
        for slot, name in files.items()
        if name and job.wants(slot) and (job.work_dir / name).is_file()
    ]
    total = sum(path.stat().st_size for _, path in present)
    outputs: dict[str, OutputClaim] = {}
    sent = 0
    for slot, path in present:
        size = path.stat().st_size
        start, end = (0.85 + 0.15 * part / total for part in (sent, sent + size))
        advance = job.span(Status.UPLOADING, f"uploading-{slot}", start, end)
        claim = await job.upload(slot, path, on_progress=advance)
        outputs[slot] = _described(claim, slot, made)
        sent += size
    return outputs


def _described(claim: OutputClaim, name: str, made: ProbeResult | None) -> OutputClaim:
    if made is None or name not in {"video", "audio", "audioSource"}:
        return claim
    known: dict[str, int | None] = {
        "duration_ms": round(made.duration_s * 1000) if made.duration_s else None
    }
    if name == "video":
        known["width"], known["height"] = made.videos[0].shown_size
    return claim.model_copy(update=known)
