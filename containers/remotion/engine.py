"""The comments engine: a source and its comments to a video in the bucket.

Phases and their share of the attempt: the inputs to 0.10, the pictures to 0.25, the video to 0.92,
the upload to 1.
"""

import threading
from typing import Annotated

from engine_kit.engine import Engine, Job, Outputs
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version, find_ffmpeg
from engine_kit.probe import ProbeResult, find_ffprobe, probe
from PIL import __version__ as pillow_version
from PIL import features
from pydantic import Field, ValidationError

from media_jobs.comments import CommentsDocument
from media_jobs.engines import EngineId
from media_jobs.errors import SettingError
from media_jobs.options import CommentsOptions, HttpUrl
from media_jobs.status import Status
from media_jobs.wire import RenderRequest
from remotion.drawing import draw_all
from remotion.plan import SOURCE_FILE, VIDEO_FILE, Plan, Source, argv

__all__ = ["CommentsRequest", "comments_engine"]

_DOCUMENT_FILE = "comments.json"
_DOCUMENT_BYTES_MAX = 8 << 20
_MISSING_LISTED_MAX = 20


class CommentsRequest(RenderRequest):
    """`/render` for a comments video."""

    input_video_url: HttpUrl
    input_data_url: HttpUrl
    output_put_url: HttpUrl
    output_video_key: Annotated[str, Field(max_length=1024)] | None = None


CommentsJob = Job[CommentsRequest, CommentsOptions]


def comments_engine() -> Engine[CommentsRequest, CommentsOptions]:
    """Return the engine that `python -m remotion` serves."""
    return Engine(
        id=EngineId.REMOTION,
        service="remotion",
        request_model=CommentsRequest,
        options_model=CommentsOptions,
        run=_run,
        tools=_tools,
    )


async def _run(job: CommentsJob) -> Outputs:
    document = await _document(job)
    advance = job.span(Status.PREPARING, "downloading", 0.01, 0.10)
    await job.download("inputVideoUrl", job.work_dir / SOURCE_FILE, on_progress=advance)
    source = await _probe(job, SOURCE_FILE)
    if not source.videos:
        raise EngineFailure(FailureCode.INPUT_UNSUPPORTED, "The source has no picture.")
    plan = await _draw(job, document, source)
    await _encode(job, plan)
    made = await _probe(job, VIDEO_FILE)
    _check(made, plan)
    claim = await job.upload(
        "video",
        job.work_dir / VIDEO_FILE,
        on_progress=job.span(Status.UPLOADING, "uploading", 0.92, 1.0),
    )
    known = {
        "duration_ms": round(plan.schedule.total_s * 1000),
        "width": plan.layout.width,
        "height": plan.layout.height,
    }
    return {"video": claim.model_copy(update=known)}


async def _document(job: CommentsJob) -> CommentsDocument:
    path = job.work_dir / _DOCUMENT_FILE
    job.report(Status.PREPARING, "downloading", 0.0)
    await job.download("inputDataUrl", path, size_bytes_max=_DOCUMENT_BYTES_MAX)
    try:
        return CommentsDocument.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "document"
        message = f"The comments are not valid: {where}: {fault['msg']}."
        raise EngineFailure(FailureCode.COMMENTS_INVALID, message) from None


async def _probe(job: CommentsJob, name: str) -> ProbeResult:
    return await probe(job.work_dir / name, ffprobe=find_ffprobe(job.settings.ffmpeg))


async def _draw(job: CommentsJob, document: CommentsDocument, source: ProbeResult) -> Plan:
    """Draw the pictures in a thread, which is told when the attempt is canceled."""
    advance = job.span(Status.PREPARING, "drawing", 0.10, 0.25)
    stop = threading.Event()
    try:
        plan, missing = await job.in_thread(
            lambda: draw_all(
                document,
                job.options,
                source=Source(duration_s=source.duration_s, has_audio=bool(source.audios)),
                source_size=_displayed_size(source),
                folder=job.work_dir,
                advance=advance,
                stopped=stop.is_set,
            )
        )
    finally:
        stop.set()
    if missing:
        named = [f"U+{code:04X}" for code in sorted(missing)[:_MISSING_LISTED_MAX]]
        job.log("glyphs-missing", count=len(missing), codePoints=named)
    return plan


def _displayed_size(source: ProbeResult) -> tuple[int, int]:
    video = source.videos[0]
    width, height = video.shown_size
    # Pixels that are not square: the width is what players stretch.
    stretch = 1 / video.sample_aspect if video.rotation in (90, 270) else video.sample_aspect
    return max(1, round(width * stretch)), max(1, height)


async def _encode(job: CommentsJob, plan: Plan) -> None:
    advance = job.span(Status.RUNNING, "encoding", 0.25, 0.92)

    def progressed(block: FfmpegProgress) -> None:
        advance(block.frame / plan.schedule.total_frames)

    await job.run_ffmpeg(argv(plan), on_progress=progressed)


def _check(made: ProbeResult, plan: Plan) -> None:
    """Raise unless the video is as long as planned: FFmpeg ended early leaves a valid file."""
    expected_s = plan.schedule.total_s
    duration_s = made.videos[0].duration_s if made.videos else None
    if duration_s is None or abs(duration_s - expected_s) > 1.5 / plan.schedule.fps:
        message = f"The video is {duration_s} s long instead of {expected_s:.3f} s."
        raise EngineFailure(FailureCode.OUTPUT_INVALID, message)


def _tools() -> dict[str, str]:
    """Return what `/health` shows; raises SettingError where joined scripts can't be drawn."""
    if not features.check("raqm"):
        raise SettingError("Pillow", "was built without raqm, which joins and orders letters")
    return {"ffmpeg": ffmpeg_version(find_ffmpeg()), "pillow": pillow_version}
