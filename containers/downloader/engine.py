"""The download engine: a URL to a video, its sound and its metadata in the bucket.

Phases and their share of the attempt: metadata to 0.05, the download to 0.70, the outputs to 0.85,
the uploads to 1. What the outputs are is said in `downloader.outputs`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine_kit import tool_log
from engine_kit.engine import Outputs, Program
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import ffmpeg_version, find_ffmpeg
from engine_kit.logs import log
from engine_kit.prepared import PreparedProgram
from engine_kit.probe import ProbeResult
from engine_kit.processes import run_process
from engine_kit.settings import whole_number
from pydantic import ValidationError

from downloader.failures import DownloadFailed, failure
from downloader.messages import (
    Described,
    DownloadOrder,
    Failed,
    Fetched,
    Fetching,
    Working,
    read_report,
)
from downloader.outputs import DownloadJob, deliver
from media_jobs.engines.downloader import ENGINE
from media_jobs.engines.downloader.options import DownloadOptions
from media_jobs.redaction import redact
from media_jobs.status import Status

BYTES_MAX = 8 << 30
DURATION_MAX_S = 6 * 3600
_NO_PLUGINS = {"YTDLP_NO_PLUGINS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLimits:
    """What the container allows at most, whatever a job asks for; bytes and seconds."""

    bytes_max: int = BYTES_MAX
    duration_max_s: int = DURATION_MAX_S
    allow_loopback: bool = False


def limits_from(env: Mapping[str, str]) -> DownloadLimits:
    """Read DOWNLOADER_MAX_BYTES, DOWNLOADER_MAX_DURATION_S and DOWNLOADER_ALLOW_LOOPBACK.

    Raises SettingError. Loopback is for tests and the local stack: off unless it is exactly "1".
    """
    return DownloadLimits(
        bytes_max=whole_number(env, "DOWNLOADER_MAX_BYTES", BYTES_MAX, low=1, high=1 << 50),
        duration_max_s=whole_number(
            env, "DOWNLOADER_MAX_DURATION_S", DURATION_MAX_S, low=1, high=1 << 31
        ),
        allow_loopback=env.get("DOWNLOADER_ALLOW_LOOPBACK") == "1",
    )


def download_program(limits: DownloadLimits) -> Program[DownloadOptions]:
    """Return the program that `python -m downloader` serves."""
    loopback = "1" if limits.allow_loopback else "0"
    child = PreparedProgram("downloader.child", loopback, env=_NO_PLUGINS)

    async def run(job: DownloadJob) -> Outputs:
        return await _run(job, limits, child)

    return Program(engine=ENGINE, run=run, tools=versions, forks=child)


def versions() -> dict[str, str]:
    """Return what `/health` shows."""
    from yt_dlp.version import __version__  # type: ignore[import-untyped]  # It ships no types.

    return {"yt-dlp": str(__version__), "ffmpeg": ffmpeg_version(find_ffmpeg())}


async def _run(job: DownloadJob, limits: DownloadLimits, child: PreparedProgram) -> Outputs:
    order = _order(job, limits)
    fetched = await _fetch(job, order, child)
    source = None
    if fetched.file is not None:
        source = await job.source(job.work_dir / fetched.file)
        _check_source(source, order)
    try:
        return await deliver(job, fetched, source)
    except DownloadFailed as ended:
        raise _engine_failure(ended.failure) from None


def _order(job: DownloadJob, limits: DownloadLimits) -> DownloadOrder:
    options = job.options
    folder = job.work_dir / "download"
    folder.mkdir()
    return DownloadOrder(
        **options.model_dump(),
        directory=str(folder),
        ffmpeg=job.settings.ffmpeg,
        attempt=job.request.attempt,
        bytes_max=min(options.max_bytes or limits.bytes_max, limits.bytes_max),
        duration_max_s=min(options.max_duration_s or limits.duration_max_s, limits.duration_max_s),
    )


async def _fetch(job: DownloadJob, order: DownloadOrder, child: PreparedProgram) -> Fetched:
    """Run the child to its end and move what it fetched into the work folder."""
    job.report(Status.FETCHING_METADATA, "metadata", 0.0)
    listener = _Listener(job)
    tool_log.hide(order.secrets())
    result = await run_process(
        child,
        cwd=job.work_dir,
        stdin=order.model_dump_json().encode(),
        on_line=listener.hear,
        env={"HOME": str(job.work_dir), **_NO_PLUGINS},
        no_progress_s=job.settings.no_progress_s,
    )
    if result.stalled:
        raise _engine_failure(failure("download_network", "nothing arrived any more"))
    failed, fetched = listener.failed, listener.fetched
    if failed is not None:
        raise _engine_failure(failed)
    if fetched is None or result.code != 0:
        tail = redact(result.stderr_tail, order.secrets())
        message = f"The downloading process ended with code {result.code}."
        raise EngineFailure(FailureCode.TOOL_FAILED, message, tool_tail=tail)
    single = (fetched.file, fetched.thumbnail, fetched.comments)
    for name in (*single, *fetched.subtitles):
        if name is not None:
            (Path(order.directory) / name).rename(job.work_dir / name)
    return fetched


def _engine_failure(failed: Failed) -> EngineFailure:
    return EngineFailure(
        FailureCode(failed.code),
        failed.message,
        retryable=failed.retryable,
        tool_tail=failed.detail,
        hints=failed.hints,
    )


class _Listener:
    """Takes the child's reports as they come."""

    def __init__(self, job: DownloadJob) -> None:
        self.fetched: Fetched | None = None
        self.failed: Failed | None = None
        self._job = job

    def hear(self, line: str) -> bool:
        """Take one line; a line that is not a report shows no progress."""
        try:
            report = read_report(line)
        except ValidationError:
            log("unexpected_line_of_child", length=len(line))
            return False
        match report:
            case Described(metadata=metadata):
                log("described", extractor=metadata.extractor)
                self._job.report(Status.PREPARING, "preparing", 0.05)
            case Working():
                pass
            case Fetching(fraction=fraction):
                self._job.report(Status.RUNNING, "downloading", 0.05 + 0.65 * fraction)
            case Fetched():
                self.fetched = report
            case Failed():
                self.failed = report
        return True


def _check_source(source: ProbeResult, order: DownloadOrder) -> None:
    """Refuse what only the file itself shows; raises EngineFailure."""
    if order.mode == "full" and not source.videos:
        raise _engine_failure(failure("download_audio_only"))
    if order.mode == "audio" and not source.audios:
        raise _engine_failure(failure("download_unsupported", "the file has no sound"))
    if source.duration_s is not None and source.duration_s > order.duration_max_s:
        detail = f"{source.duration_s:.0f} s, and the limit is {order.duration_max_s} s"
        raise _engine_failure(failure("download_too_long", detail))
