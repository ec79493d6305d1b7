"""The download engine: a URL to a video, its sound and its metadata in the bucket.

Phases and their share of the attempt: metadata to 0.05, the download to 0.70, the outputs to 0.85,
the uploads to 1. A video without sound has no `audio` and no `audioSource` among its outputs, and
`hasAudio` false in its metadata.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from engine_kit.engine import Engine, Job, Outputs
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version
from engine_kit.probe import ProbeResult, find_ffprobe, probe
from pydantic import Field, ValidationError

from downloader.failures import Failure, without_secrets
from downloader.messages import Described, Failed, Fetched, Fetching, Order, read_report
from downloader.metadata import DownloadMetadata
from downloader.plan import (
    AUDIO_FILE,
    AUDIO_SOURCE_FILE,
    VIDEO_FILE,
    audio_argv,
    audio_source_argv,
    video_argv,
)
from downloader.tools import versions
from media_jobs.engines import EngineId
from media_jobs.errors import SettingError
from media_jobs.options import DownloadOptions, HttpUrl
from media_jobs.status import Status
from media_jobs.wire import OutputClaim, RenderRequest

__all__ = ["DownloadRequest", "Limits", "download_engine", "limits_from"]

_METADATA_FILE = "metadata.json"
BYTES_MAX = 8 << 30
DURATION_MAX_S = 6 * 3600

Key = Annotated[str, Field(max_length=1024)]


class DownloadRequest(RenderRequest):
    """`/render` for a download. Without the URL of a sound output, that output is not made."""

    output_video_put_url: HttpUrl
    output_metadata_put_url: HttpUrl
    output_audio_put_url: HttpUrl | None = None
    output_audio_source_put_url: HttpUrl | None = None
    output_video_key: Key | None = None
    output_metadata_key: Key | None = None
    output_audio_key: Key | None = None
    output_audio_source_key: Key | None = None


DownloadJob = Job[DownloadRequest, DownloadOptions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the container allows at most, whatever a job asks for; bytes and seconds."""

    bytes_max: int = BYTES_MAX
    duration_max_s: int = DURATION_MAX_S
    allow_loopback: bool = False


def limits_from(env: Mapping[str, str]) -> Limits:
    """Read DOWNLOADER_MAX_BYTES, DOWNLOADER_MAX_DURATION_S and DOWNLOADER_ALLOW_LOOPBACK.

    Raises SettingError. Loopback is for tests and the local stack: off unless it is exactly "1".
    """
    return Limits(
        bytes_max=_whole(env, "DOWNLOADER_MAX_BYTES", BYTES_MAX),
        duration_max_s=_whole(env, "DOWNLOADER_MAX_DURATION_S", DURATION_MAX_S),
        allow_loopback=env.get("DOWNLOADER_ALLOW_LOOPBACK") == "1",
    )


def _whole(env: Mapping[str, str], name: str, otherwise: int) -> int:
    text = env.get(name) or str(otherwise)
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise SettingError(name, "is not a whole number above zero")
    return int(text)


def download_engine(limits: Limits) -> Engine[DownloadRequest, DownloadOptions]:
    """Return the engine that `python -m downloader` serves."""

    async def run(job: DownloadJob) -> Outputs:
        return await _run(job, limits)

    return Engine(
        id=EngineId.DOWNLOADER,
        service="downloader",
        request_model=DownloadRequest,
        options_model=DownloadOptions,
        run=run,
        tools=versions,
        first_status=Status.FETCHING_METADATA,
    )


async def _run(job: DownloadJob, limits: Limits) -> Outputs:
    order = _order(job, limits)
    fetched = await _fetch(job, order)
    source = await probe(job.work_dir / fetched.file, ffprobe=find_ffprobe(job.settings.ffmpeg))
    _check_source(source, order)
    await _make_outputs(job, fetched.file, source)
    made = await probe(job.work_dir / VIDEO_FILE, ffprobe=find_ffprobe(job.settings.ffmpeg))
    metadata = _completed(fetched.metadata, made, ffmpeg_version(job.settings.ffmpeg))
    path = job.work_dir / _METADATA_FILE
    path.write_text(metadata.model_dump_json(by_alias=True, indent=2), encoding="utf-8")
    return await _upload(job, made)


def _order(job: DownloadJob, limits: Limits) -> Order:
    options = job.options
    folder = job.work_dir / "download"
    folder.mkdir()
    return Order(
        url=options.url,
        directory=str(folder),
        ffmpeg=job.settings.ffmpeg,
        max_height=options.max_height,
        max_bytes=min(options.max_bytes or limits.bytes_max, limits.bytes_max),
        max_duration_s=min(options.max_duration_s or limits.duration_max_s, limits.duration_max_s),
        allow_loopback=limits.allow_loopback,
        cookies=options.cookies,
        proxy=options.proxy,
    )


async def _fetch(job: DownloadJob, order: Order) -> Fetched:
    """Run the child to its end and move what it fetched into the work folder."""
    job.report(Status.FETCHING_METADATA, "metadata", 0.0)
    listener = _Listener(job)
    result = await job.run_process(
        [sys.executable, "-m", "downloader.child"],
        stdin=order.model_dump_json().encode(),
        on_line=listener.hear,
        env={
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "HOME": str(job.work_dir),
            "YTDLP_NO_PLUGINS": "1",
        },
        no_progress_s=job.settings.no_progress_s,
    )
    if result.stalled:
        failure = Failure.of("download_network", "nothing arrived any more")
        raise _engine_failure(failure.code, failure.message, failure.retryable, failure.detail)
    failed, fetched = listener.failed, listener.fetched
    if failed is not None:
        raise _engine_failure(failed.code, failed.message, failed.retryable, failed.detail)
    if fetched is None or result.code != 0:
        tail = without_secrets(result.stderr_tail, order.secrets())
        message = f"The downloading process ended with code {result.code}."
        raise EngineFailure(FailureCode.TOOL_FAILED, message, tool_tail=tail)
    (Path(order.directory) / fetched.file).rename(job.work_dir / fetched.file)
    return fetched


def _engine_failure(code: str, message: str, retryable: bool, detail: str) -> EngineFailure:
    return EngineFailure(FailureCode(code), message, retryable=retryable, tool_tail=detail)


class _Listener:
    """Takes the child's reports as they come."""

    def __init__(self, job: DownloadJob) -> None:
        self.fetched: Fetched | None = None
        self.failed: Failed | None = None
        self._job = job

    def hear(self, line: str) -> bool:
        """Take one line; a line that is no report shows no progress."""
        try:
            report = read_report(line)
        except ValidationError:
            self._job.log("unexpected-line-of-child", length=len(line))
            return False
        match report:
            case Described(metadata=metadata):
                self._job.log("described", extractor=metadata.extractor)
                self._job.report(Status.PREPARING, "preparing", 0.05)
            case Fetching(fraction=fraction):
                self._job.report(Status.RUNNING, "downloading", 0.05 + 0.65 * fraction)
            case Fetched():
                self.fetched = report
            case Failed():
                self.failed = report
        return True


def _check_source(source: ProbeResult, order: Order) -> None:
    """Refuse what only the file itself could tell; raises EngineFailure."""
    if not source.videos:
        failure = Failure.of("download_unsupported", "the file holds no picture")
    elif source.duration_s is not None and source.duration_s > order.max_duration_s:
        detail = f"{source.duration_s:.0f} s, and the limit is {order.max_duration_s} s"
        failure = Failure.of("download_too_long", detail)
    else:
        return
    raise _engine_failure(failure.code, failure.message, failure.retryable, failure.detail)


async def _make_outputs(job: DownloadJob, name: str, source: ProbeResult) -> None:
    audio = source.audios[0].codec if source.audios else None
    argv = video_argv(
        name,
        container=source.format_name,
        video_codec=source.videos[0].codec,
        audio_codec=audio,
    )
    await _ffmpeg(job, argv, "converting", (0.70, 0.78), source.duration_s)
    if audio is None:
        return
    if job.request.output_audio_put_url is not None:
        await _ffmpeg(job, audio_argv(name), "extracting-audio", (0.78, 0.83), source.duration_s)
    if job.request.output_audio_source_put_url is not None:
        await _ffmpeg(
            job, audio_source_argv(name), "copying-audio", (0.83, 0.85), source.duration_s
        )


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


def _completed(metadata: DownloadMetadata, made: ProbeResult, ffmpeg: str) -> DownloadMetadata:
    """Replace what the site said of the file by what the file is."""
    video = made.videos[0]
    width, height = video.shown_size
    known = {
        "duration_s": round(made.duration_s, 3) if made.duration_s else metadata.duration_s,
        "width": width,
        "height": height,
        "fps": round(video.average_rate, 3) if video.average_rate else metadata.fps,
        "has_audio": bool(made.audios),
        "tools": metadata.tools.model_copy(update={"ffmpeg": ffmpeg}),
    }
    return metadata.model_copy(update=known)


async def _upload(job: DownloadJob, made: ProbeResult) -> Outputs:
    request = job.request
    slots = [
        ("video", VIDEO_FILE, request.output_video_put_url, request.output_video_key, "video/mp4"),
        ("audio", AUDIO_FILE, request.output_audio_put_url, request.output_audio_key, "audio/wav"),
        (
            "audioSource",
            AUDIO_SOURCE_FILE,
            request.output_audio_source_put_url,
            request.output_audio_source_key,
            "audio/x-matroska",
        ),
        (
            "metadata",
            _METADATA_FILE,
            request.output_metadata_put_url,
            request.output_metadata_key,
            "application/json",
        ),
    ]
    present = [slot for slot in slots if slot[2] and (job.work_dir / slot[1]).is_file()]
    sizes = [(job.work_dir / slot[1]).stat().st_size for slot in present]
    outputs: dict[str, OutputClaim] = {}
    sent = 0
    for (name, file, url, key, content_type), size in zip(present, sizes, strict=True):
        assert url is not None
        start, end = (0.85 + 0.15 * part / sum(sizes) for part in (sent, sent + size))
        claim = await job.upload(
            job.work_dir / file,
            url,
            content_type=content_type,
            key=key,
            on_progress=job.span(Status.UPLOADING, f"uploading-{name}", start, end),
        )
        outputs[name] = _described(claim, name, made)
        sent += size
    return outputs


def _described(claim: OutputClaim, name: str, made: ProbeResult) -> OutputClaim:
    if name == "metadata":
        return claim
    known: dict[str, int | None] = {
        "duration_ms": round(made.duration_s * 1000) if made.duration_s else None
    }
    if name == "video":
        known["width"], known["height"] = made.videos[0].shown_size
    return claim.model_copy(update=known)
