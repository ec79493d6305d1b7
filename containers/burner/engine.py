"""Burns subtitles: read the cues, check the fonts, fetch the video, draw, look, hand over."""

import subprocess
from collections.abc import Mapping
from typing import Annotated

from engine_kit import fonts
from engine_kit.engine import Engine, Job, Outputs
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, find_ffmpeg
from engine_kit.probe import ProbeResult
from pydantic import Field

from burner import plan
from burner.ass import ass_script
from burner.cues import Cue, parse_cues
from media_jobs.engines import EngineId
from media_jobs.errors import SettingError
from media_jobs.options import BurnOptions, HttpUrl
from media_jobs.status import Status
from media_jobs.wire import OutputClaim, RenderRequest

__all__ = ["ENGINE", "BurnRequest"]

SUBTITLES_BYTES_MAX = 16 * 1024 * 1024


class BurnRequest(RenderRequest):
    """What the burner gets beyond what all engines get."""

    input_video_url: HttpUrl
    input_vtt_url: HttpUrl
    output_put_url: HttpUrl
    output_video_key: Annotated[str, Field(max_length=1024)] | None = None


BurnJob = Job[BurnRequest, BurnOptions]


async def run(job: BurnJob) -> Outputs:
    """Burn one video; return the uploaded MP4 as "video"."""
    # The small and cheap first: a bad subtitle file must not cost the download of a film.
    fetched = job.span(Status.PREPARING, "download", 0.0, 0.1)
    cues, face, environment = await _read_subtitles(job)
    await job.download("inputVideoUrl", job.work_dir / plan.INPUT, on_progress=fetched)
    source = await job.probe(job.work_dir / plan.INPUT)
    script = ass_script(cues, job.options, plan.picture_of(plan.video_of(source)), face)
    await job.in_thread(
        lambda: (job.work_dir / plan.SCRIPT).write_text(script, encoding="utf-8", newline="\n")
    )
    await _burn(job, source, environment)
    output = await job.probe(job.work_dir / plan.OUTPUT)
    plan.check_output(source, output)
    return {"video": await _hand_over(job, output)}


Readable = tuple[tuple[Cue, ...], fonts.Face, Mapping[str, str]]


async def _read_subtitles(job: BurnJob) -> Readable:
    """Return the cues, the face of their text, and the environment in which it can be drawn."""
    path = job.work_dir / plan.SUBTITLES
    await job.download("inputVttUrl", path, size_bytes_max=SUBTITLES_BYTES_MAX)

    def read() -> Readable:
        cues = parse_cues(path.read_bytes())
        text = "\n".join(cue.text for cue in cues)
        files = fonts.font_files(fonts.font_folders())
        fonts.require_glyphs(text, files)
        environment = fonts.write_font_config(
            job.work_dir, job.cache_dir, han=fonts.han_family(text)
        )
        return cues, fonts.main_face(files), environment

    cues, face, environment = await job.in_thread(read)
    placed = sum(1 for cue in cues if cue.settings)
    job.log("subtitles-read", cues=len(cues), cuesWithIgnoredSettings=placed or None)
    return cues, face, environment


async def _burn(job: BurnJob, source: ProbeResult, environment: Mapping[str, str]) -> None:
    burned = job.span(Status.RUNNING, "burn", 0.1, 0.9)

    def follow(progress: FfmpegProgress) -> None:
        share = plan.burned_share(source, progress.frame, progress.out_time_s)
        if share is not None:
            burned(share)

    try:
        await job.run_ffmpeg(
            plan.burn_argv(source, fonts_dir=fonts.fonts_dir_option()),
            on_progress=follow,
            env=environment,
        )
    except EngineFailure as failure:
        raise _blamed(failure) from None


_INPUT_FAULTS = ("Invalid data found", "moov atom not found", "could not find codec parameters")


def _blamed(failure: EngineFailure) -> EngineFailure:
    """Return the failure with the input blamed where ffmpeg says that it is at fault."""
    tail = failure.tool_tail or ""
    if failure.code is not FailureCode.TOOL_FAILED or not any(
        fault.lower() in tail.lower() for fault in _INPUT_FAULTS
    ):
        return failure
    return EngineFailure(
        FailureCode.INPUT_UNREADABLE, "The video is damaged.", tool_tail=failure.tool_tail
    )


async def _hand_over(job: BurnJob, output: ProbeResult) -> OutputClaim:
    uploaded = job.span(Status.UPLOADING, "upload", 0.9, 1.0)
    claim = await job.upload("video", job.work_dir / plan.OUTPUT, on_progress=uploaded)
    width, height = output.videos[0].shown_size
    duration_ms = round((output.duration_s or 0) * 1000)
    return claim.model_copy(update={"duration_ms": duration_ms, "width": width, "height": height})


def tools() -> Mapping[str, str]:
    """Return ffmpeg's version; raises SettingError when it can't draw subtitles or encode H.264."""
    ffmpeg = find_ffmpeg()
    for option, needed in (("-filters", " ass "), ("-encoders", " libx264 ")):
        if needed not in _output([ffmpeg, "-hide_banner", option]):
            raise SettingError("IMAGEIO_FFMPEG_EXE", f"is an ffmpeg without{needed}")
    return {"ffmpeg": _output([ffmpeg, "-version"]).split(" ", 3)[2]}


def _output(argv: list[str]) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30).stdout


ENGINE = Engine(
    id=EngineId.BURNER,
    service="burner",
    request_model=BurnRequest,
    options_model=BurnOptions,
    run=run,
    tools=tools,
)
