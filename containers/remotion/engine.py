"""The comments engine: a source and its comments to a video in the bucket.

Phases and their share of the attempt: the inputs to 0.10, the pictures to 0.25, the video to 0.92,
the upload to 1.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from engine_kit.engine import Answer, Desk, DirectAnswer, EngineJob, Outputs, Program
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version, find_ffmpeg
from engine_kit.frames import LUMA, frames_at
from engine_kit.logs import log
from engine_kit.probe import VideoStream
from engine_kit.source_notices import source_notices
from engine_kit.source_video import source_video
from engine_kit.threads import in_thread
from PIL import Image, features
from PIL import __version__ as pillow_version
from pydantic import ValidationError

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion import ENGINE
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.errors import SettingError
from media_jobs.status import Status
from media_jobs.wire import OutputClaim, read
from remotion.composition import Composition, compose, draw_all
from remotion.pictures import MomentPictures, fetch_pictures, wanted_avatar, wanted_mark
from remotion.pictures_child import WantedPicture
from remotion.plan import SOURCE_FILE, VIDEO_FILE, Source, argv
from remotion.preview import PreviewRequest, preview
from remotion.report import named_code_points, report
from remotion.review import CardLook, check_cards, check_streams, looks_of
from remotion.verdict import check_picture

_DOCUMENT_FILE = "comments.json"
_METADATA_FILE = "metadata.json"
_PICTURES = "pictures"
_DOCUMENT_BYTES_MAX = 8 << 20
_MISSING_LISTED_MAX = 20


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
        wanted = _wanted(request.document, request.engine_options)
        pictures = await moment.fetch(wanted, desk.cache_dir / _PICTURES)
        return await in_thread(lambda stopped: preview(request, pictures, stopped=stopped))

    return Program(
        engine=ENGINE,
        run=run,
        tools=_tools,
        answers={"/preview": DirectAnswer(type="container.preview", make=show)},
    )


async def _run(job: CommentsJob, allow_loopback: bool) -> Outputs:
    document = await _document(job)
    advance = job.span(Status.PREPARING, "downloading", 0.01, 0.10)
    await job.download("inputVideoUrl", job.work_dir / SOURCE_FILE, on_progress=advance)
    source = await job.probe(job.work_dir / SOURCE_FILE)
    video = source_video(source)
    wanted = _wanted(document, job.options)
    folder = job.cache_dir / _PICTURES
    pictures = await fetch_pictures(wanted, folder, allow_loopback=allow_loopback)
    if len(pictures) < len(wanted):
        log("pictures_missing", wanted=len(wanted), fetched=len(pictures))
    composition = await _draw(job, document, video, pictures)
    known = Source(duration_s=source.duration_s, video=video, audio=source.audio)
    schedule = composition.scene.schedule
    looks = looks_of(schedule)
    arguments = argv(composition.scene, known, [look.frame for look in looks])
    await _encode(job, arguments, schedule.total_frames)
    made = await job.probe(job.work_dir / VIDEO_FILE)
    check_streams(made, composition, has_sound=source.audio is not None)
    if looks:
        await _review(job, composition, looks)
    return await _upload(job, composition, [item.url for item in wanted], known)


def _wanted(document: CommentsDocument, options: CommentsOptions) -> list[WantedPicture]:
    shown = document.comments[: options.max_comments] if options.avatars else []
    urls = dict.fromkeys(comment.avatar_url for comment in shown if comment.avatar_url)
    wanted = [wanted_avatar(url) for url in urls]
    if options.watermark is not None and options.watermark.image_url is not None:
        wanted.append(wanted_mark(options.watermark.image_url))
    return wanted


async def _upload(
    job: CommentsJob, composition: Composition, wanted: list[str], source: Source
) -> Outputs:
    scene = composition.scene
    outputs: dict[str, OutputClaim] = {}
    if job.wants("metadata"):
        notices = source_notices(source.video, source.audio)
        told = report(composition, wanted=wanted, notices=notices, tools=_tools())
        path = job.work_dir / _METADATA_FILE
        path.write_text(told.model_dump_json(by_alias=True, indent=1), encoding="utf-8")
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
    try:
        return CommentsDocument.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "document"
        message = f"The comments are not valid: {where}: {fault['msg']}."
        raise EngineFailure(FailureCode.COMMENTS_INVALID, message) from None


async def _draw(
    job: CommentsJob,
    document: CommentsDocument,
    source: VideoStream,
    pictures: Mapping[str, Image.Image],
) -> Composition:
    """Draw the pictures in a thread, which stops when the attempt is canceled."""
    advance = job.span(Status.PREPARING, "drawing", 0.10, 0.25)

    def draw(stopped: Callable[[], bool]) -> Composition:
        composition = compose(
            document,
            job.options,
            source_size=_displayed_size(source),
            pictures=pictures,
            stopped=stopped,
        )
        draw_all(composition, job.work_dir, advance=advance, stopped=stopped, check=check_picture)
        return composition

    composition = await in_thread(draw)
    if composition.missing:
        named = named_code_points(composition.missing)
        if job.options.missing_glyphs == "fail":
            listed = ", ".join(named[:_MISSING_LISTED_MAX])
            message = f"No font can draw {len(composition.missing)} characters: {listed}."
            raise EngineFailure(FailureCode.GLYPHS_MISSING, message)
        log("glyphs_missing", count=len(composition.missing), codePoints=list(named))
    return composition


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


async def _review(job: CommentsJob, composition: Composition, looks: Sequence[CardLook]) -> None:
    """Compare cards with the video's own frames; raises EngineFailure(output_invalid)."""
    fps = composition.scene.schedule.fps
    frames = await frames_at(job, VIDEO_FILE, [look.frame / fps for look in looks], [LUMA])
    numbered = {round(at_s * fps): path for at_s, path in frames.items()}
    await asyncio.to_thread(check_cards, composition, looks, numbered)
    log("result_reviewed", frames=len(looks))


def _tools() -> dict[str, str]:
    """Return what `/health` shows; raises SettingError where joined scripts can't be drawn."""
    if not features.check("raqm"):
        raise SettingError("Pillow", "was built without raqm, which joins and orders letters")
    return {"ffmpeg": ffmpeg_version(find_ffmpeg()), "pillow": pillow_version}
