"""The comments engine: a source and its comments to a video in the bucket.

Phases and their share of the attempt: the inputs to 0.10, the pictures to 0.25, the video to 0.92,
the upload to 1.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from engine_kit.engine import Answer, Desk, DirectAnswer, EngineJob, Outputs, Program
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version, find_ffmpeg
from engine_kit.frames import LUMA, frames_at
from engine_kit.logs import log
from engine_kit.probe import VideoStream
from engine_kit.source_notices import source_notices
from engine_kit.source_video import source_video
from engine_kit.together import meanwhile
from PIL import __version__ as pillow_version
from PIL import features

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion import ENGINE
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.errors import SettingError, UpstreamError
from media_jobs.notices import Notice, listed
from media_jobs.said import said
from media_jobs.status import Status
from media_jobs.wire import OutputClaim, check_source_size, read
from remotion.forks import FORKS
from remotion.painting import Fetched, Painted, paint, previewed, read_document
from remotion.pictures import MomentPictures, fetch_pictures, wanted_avatar, wanted_mark
from remotion.pictures_child import WantedPicture
from remotion.plan import SOURCE_FILE, VIDEO_FILE, Source, argv
from remotion.preview import PreviewRequest
from remotion.report import named_code_points
from remotion.review import check_cards, check_streams

_DOCUMENT_FILE = "comments.json"
_METADATA_FILE = "metadata.json"
_PICTURES = "pictures"
_DOCUMENT_BYTES_MAX = 8 << 20
_MISSING_LISTED_MAX = 20
PREVIEW_CPU_S_MAX = 20
"""Nobody waits for a preview that takes longer."""


CommentsJob = EngineJob[CommentsOptions]


def comments_program(*, allow_loopback: bool = False) -> Program[CommentsOptions]:
    """Return the program that `python -m remotion` serves.

    *allow_loopback*: whether pictures may come from this machine; for tests alone.
    """

    moment = MomentPictures(allow_loopback=allow_loopback)

    async def run(job: CommentsJob) -> Outputs:
        return await _run(job, allow_loopback)

    async def show(body: bytes, desk: Desk) -> Answer:
        request = read(PreviewRequest, body)
        check_source_size(request.source_width, request.source_height)
        wanted = _wanted(request.document, request.engine_options)
        folder = desk.cache_dir / _PICTURES
        found = await moment.fetch(wanted, folder)
        fetched = Fetched(wanted=tuple(wanted), found=tuple(found), folder=folder)
        try:
            return await FORKS.run(previewed, request, fetched, cpu_s=PREVIEW_CPU_S_MAX)
        except EngineFailure as failure:
            log("preview_failed", code=failure.code, why=failure.message)
            raise UpstreamError("preview_failed") from None

    return Program(
        engine=ENGINE,
        run=run,
        tools=_tools,
        answers={"/preview": DirectAnswer(type="container.preview", make=show)},
        forks=FORKS,
    )


async def _run(job: CommentsJob, allow_loopback: bool) -> Outputs:
    document = await _document(job)
    advance = job.span(Status.PREPARING, "downloading", 0.01, 0.10)
    await job.download("inputVideoUrl", job.work_dir / SOURCE_FILE, on_progress=advance)
    source = await job.source(job.work_dir / SOURCE_FILE)
    video = source_video(source)
    wanted = _wanted(document, job.options)
    folder = job.cache_dir / _PICTURES
    found = await fetch_pictures(wanted, folder, allow_loopback=allow_loopback)
    if len(found) < len(wanted):
        log("pictures_missing", wanted=len(wanted), fetched=len(found))
    fetched = Fetched(wanted=tuple(wanted), found=tuple(found), folder=folder)
    known = Source(duration_s=source.duration_s, video=video, audio=source.audio)
    painted = await _paint(job, document, known, fetched, source_notices(source, video))
    schedule = painted.scene.schedule
    arguments = argv(painted.scene, known, [look.frame for look in painted.looks])
    await _encode(job, arguments, schedule.total_frames)
    async with meanwhile(_frames(job, painted)) as reading:
        made = await job.probe(job.work_dir / VIDEO_FILE)
        check_streams(made, painted.scene, has_sound=source.audio is not None)
        await _review(job, painted, await reading)
    return await _upload(job, painted)


def _wanted(document: CommentsDocument, options: CommentsOptions) -> list[WantedPicture]:
    shown = document.comments[: options.max_comments] if options.avatars else []
    urls = dict.fromkeys(comment.avatar_url for comment in shown if comment.avatar_url)
    wanted = [wanted_avatar(url) for url in urls]
    if options.watermark is not None and options.watermark.image_url is not None:
        wanted.append(wanted_mark(options.watermark.image_url))
    return wanted


async def _upload(job: CommentsJob, painted: Painted) -> Outputs:
    scene = painted.scene
    outputs: dict[str, OutputClaim] = {}
    if job.wants("metadata"):
        path = job.work_dir / _METADATA_FILE
        text = painted.report.model_dump_json(by_alias=True, indent=1)
        path.write_text(text, encoding="utf-8")
        outputs["metadata"] = await job.upload("metadata", path)
    claim = await job.upload(
        "video",
        job.work_dir / VIDEO_FILE,
        on_progress=job.span(Status.UPLOADING, "uploading", 0.92, 1.0),
    )
    known = {
        "duration_ms": round(scene.schedule.total_s * 1000),
        "width": scene.layout.width,
        "height": scene.layout.height,
    }
    outputs["video"] = claim.model_copy(update=known)
    return outputs


async def _document(job: CommentsJob) -> CommentsDocument:
    path = job.work_dir / _DOCUMENT_FILE
    job.report(Status.PREPARING, "downloading", 0.0)
    await job.download("inputDataUrl", path, size_bytes_max=_DOCUMENT_BYTES_MAX)
    return await FORKS.run(read_document, path)


async def _paint(
    job: CommentsJob,
    document: CommentsDocument,
    source: Source,
    fetched: Fetched,
    notices: tuple[Notice, ...],
) -> Painted:
    advance = job.span(Status.PREPARING, "drawing", 0.10, 0.25)
    painted = await FORKS.run(
        paint,
        job.work_dir,
        document,
        job.options,
        _displayed_size(source.video),
        fetched,
        notices,
        _tools(),
        advance=advance,
    )
    job.drawn_with(painted.fonts)
    if painted.missing:
        named = named_code_points(painted.missing)
        if job.options.missing_glyphs == "fail":
            told = said(
                "failure.characters_missing",
                count=len(painted.missing),
                characters=listed(named, most=_MISSING_LISTED_MAX),
            )
            raise EngineFailure(FailureCode.GLYPHS_MISSING, told)
        log("glyphs_missing", count=len(painted.missing), codePoints=list(named))
    return painted


def _displayed_size(video: VideoStream) -> tuple[int, int]:
    width, height = video.shown_size
    # Pixels that are not square: the width is what players stretch.
    stretch = 1 / video.sample_aspect if video.rotation in (90, 270) else video.sample_aspect
    return max(1, round(width * stretch)), max(1, height)


async def _encode(job: CommentsJob, arguments: list[str], frames: int) -> None:
    advance = job.span(Status.RUNNING, "encoding", 0.25, 0.92)

    def progressed(block: FfmpegProgress) -> None:
        advance(block.frame / frames)

    await job.run_ffmpeg(arguments, on_progress=progressed)


async def _frames(job: CommentsJob, painted: Painted) -> dict[int, Path]:
    """Return pictures of the video's own frames that are looked at, by their numbers."""
    looks, fps = painted.looks, painted.scene.schedule.fps
    if not looks:
        return {}
    frames = await frames_at(job, VIDEO_FILE, [look.frame / fps for look in looks], [LUMA])
    return {round(at_s * fps): path for at_s, path in frames.items()}


async def _review(job: CommentsJob, painted: Painted, frames: Mapping[int, Path]) -> None:
    """Compare cards with *frames* of the video; raises EngineFailure(output_invalid)."""
    if painted.looks:
        await asyncio.to_thread(check_cards, painted.looks, job.work_dir, frames)
        log("result_reviewed", frames=len(painted.looks))


def _tools() -> dict[str, str]:
    """Return what `/health` shows; raises SettingError where joined scripts can't be drawn."""
    if not features.check("raqm"):
        raise SettingError("Pillow", "was built without raqm, which joins and orders letters")
    return {"ffmpeg": ffmpeg_version(find_ffmpeg()), "pillow": pillow_version}
