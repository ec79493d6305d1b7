"""Transcribes: fetch the video, take its sound, hear it piece by piece, hand over what was said.

Phases and their share of the attempt: the download to 0.10, the sound to 0.15, hearing to 0.95, the
uploads to 1.
"""

import asyncio
import os
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

from engine_kit.checkpoint import Checkpoint
from engine_kit.engine import EngineJob, Outputs, Program
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version, find_ffmpeg
from engine_kit.logs import log
from engine_kit.probe import INPUT_LIMITS, ProbeResult
from engine_kit.processes import run_process
from engine_kit.sound import IN_STEP, channel_filters
from engine_kit.source_notices import source_notices
from pydantic import ValidationError

from media_jobs.engines.transcriber import ENGINE
from media_jobs.engines.transcriber.options import TranscribeOptions
from media_jobs.notices import Notice
from media_jobs.redaction import redact
from media_jobs.said import said
from media_jobs.status import Status
from media_jobs.wire import OutputClaim
from transcriber.checks import checked
from transcriber.languages import is_known
from transcriber.model import ModelInvalid, find_model, models_here
from transcriber.orders import (
    RATE,
    Failed,
    HeardPiece,
    Hearing,
    HearingOrder,
    Loaded,
    ModelOrder,
    ServerOrder,
    Working,
    read_report,
)
from transcriber.outputs import (
    Heard,
    SubtitleFacts,
    TranscriptMetadata,
    confidence_of,
    heard_of,
)
from transcriber.placing import cuda_library_path
from transcriber.settings import Hearing as HearingSettings
from transcriber.transcript import Transcript

INPUT = "input"
SOUND = "sound.pcm"
_SAMPLE_BYTES = 2

TranscribeJob = EngineJob[TranscribeOptions]


def transcribe_program(settings: HearingSettings) -> Program[TranscribeOptions]:
    """Return the program that `python -m transcriber` serves."""

    async def run(job: TranscribeJob) -> Outputs:
        return await _run(job, settings)

    def tools() -> dict[str, str]:
        hears = settings.server_url or f"faster-whisper {version('faster-whisper')}"
        # The model that a job gets is said only by its settings: to join it takes a second.
        return {
            "recogniser": redact(hears),
            "model": settings.model or "base",
            "ffmpeg": ffmpeg_version(find_ffmpeg()),
        }

    # Which ones a server has, only the server knows.
    models = None if settings.server_url else partial(models_here, settings.models_dir)
    return Program(
        engine=ENGINE, run=run, tools=tools, checks=partial(checked, settings), models=models
    )


async def _run(job: TranscribeJob, settings: HearingSettings) -> Outputs:
    _check_language(job.options.language, settings)
    fetched = job.span(Status.PREPARING, "download", 0.0, 0.1)
    await job.download("inputVideoUrl", job.work_dir / INPUT, on_progress=fetched)
    source = await job.probe(job.work_dir / INPUT)
    await _take_sound(job, source)
    by = await _recogniser(job, settings)
    duration_ms = _duration_ms(job.work_dir / SOUND)
    checkpoint = Checkpoint(job, Transcript, by.label, settings.piece_s, duration_ms)
    kept = await checkpoint.taken_over()
    transcript = kept or Transcript()
    transcript.resumed_ms = transcript.until_ms
    began_at = asyncio.get_running_loop().time()
    listener = _Listener(job, transcript, checkpoint, duration_ms)
    # Around the uploads, too: one that fails is no reason to hear again.
    async with checkpoint.storing():
        await _hear(job, by, settings, listener)
        seconds = asyncio.get_running_loop().time() - began_at
        options = job.options
        heard = await asyncio.to_thread(
            heard_of, transcript, word_times=options.word_times, limits=options.cues
        )
        notices = (*checkpoint.notices, *source_notices(None, source.audio))
        metadata = _metadata(by, listener, heard, notices, seconds)
        return await _deliver(job, heard, metadata)


def _duration_ms(sound: Path) -> int:
    return sound.stat().st_size * 1000 // (RATE * _SAMPLE_BYTES)


def _check_language(language: str | None, settings: HearingSettings) -> None:
    """Refuse a language that no Whisper knows before anything is fetched; a server may know it."""
    if settings.server_url is None and language is not None and not is_known(language):
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED, said("failure.language_unknown", language=language)
        )


async def _take_sound(job: TranscribeJob, source: ProbeResult) -> None:
    """Write the samples of the sound that players play, and remove the file that they are of."""
    audio = source.audio
    if audio is None:
        raise EngineFailure(FailureCode.INPUT_UNSUPPORTED, said("failure.no_sound"))
    taken = job.span(Status.PREPARING, "sound", 0.1, 0.15)

    def follow(progress: FfmpegProgress) -> None:
        if source.duration_s and progress.out_time_s is not None:
            taken(progress.out_time_s / source.duration_s)

    filters = ",".join([*channel_filters(audio), IN_STEP])
    await job.run_ffmpeg(
        [
            *INPUT_LIMITS,
            *("-i", f"file:{INPUT}", "-map", f"0:{audio.index}", "-vn", "-sn", "-dn"),
            *("-af", filters, "-ac", "1", "-ar", str(RATE), "-f", "s16le", SOUND),
        ],
        on_progress=follow,
    )
    (job.work_dir / INPUT).unlink()


async def _recogniser(job: TranscribeJob, settings: HearingSettings) -> ServerOrder | ModelOrder:
    name = job.options.model or settings.model
    if settings.server_url is not None:
        return ServerOrder(url=settings.server_url, key=settings.server_key, model=name)
    try:
        found, folder = await asyncio.to_thread(
            find_model, name, settings.models_dir, job.cache_dir
        )
    except ModelInvalid as error:
        raise EngineFailure(FailureCode.INPUT_UNSUPPORTED, str(error)) from None
    log("model_found", model=found)
    threads = max(1, (os.cpu_count() or 1) // job.settings.capacity)
    return ModelOrder(model=found, folder=folder, device=settings.device, threads=threads)


async def _hear(
    job: TranscribeJob,
    by: ServerOrder | ModelOrder,
    settings: HearingSettings,
    listener: "_Listener",
) -> None:
    """Run the child from where *listener*'s transcript ends to the end of the sound."""
    transcript = listener.transcript
    job.report(Status.RUNNING, "hearing", listener.progress(transcript.until_ms))
    order = HearingOrder(
        sound=job.work_dir / SOUND,
        from_ms=transcript.until_ms,
        piece_s=settings.piece_s,
        language=job.options.language or (transcript.language if transcript.is_sure else None),
        vocabulary=tuple(job.options.vocabulary),
        voice_activity=job.options.voice_activity,
        by=by,
        job=job.request.job_id,
    )
    env = {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "HOME": str(job.work_dir),
        "HF_HUB_OFFLINE": "1",
    }
    if libraries := cuda_library_path(sys.path):
        env |= {"LD_LIBRARY_PATH": libraries}
    result = await run_process(
        [sys.executable, "-m", "transcriber.child"],
        cwd=job.work_dir,
        stdin=order.model_dump_json().encode(),
        on_line=listener.hear,
        env=env,
        no_progress_s=job.settings.no_progress_s,
        network=isinstance(by, ServerOrder),
    )
    if result.stalled:
        raise EngineFailure(
            FailureCode.TIMEOUT,
            f"Nothing was heard for {job.settings.no_progress_s:.0f} s.",
            tool_tail=result.stderr_tail,
        )
    if listener.failed is not None:
        failed = listener.failed
        raise EngineFailure(
            FailureCode(failed.code),
            failed.message,
            retryable=failed.retryable,
            tool_tail=failed.detail,
        )
    if result.code != 0:
        raise EngineFailure(
            FailureCode.TOOL_FAILED,
            f"The process that hears ended with code {result.code}.",
            tool_tail=redact(result.stderr_tail),
        )


class _Listener:
    """Takes the child's reports as they come."""

    def __init__(
        self,
        job: TranscribeJob,
        transcript: Transcript,
        checkpoint: Checkpoint[Transcript],
        duration_ms: int,
    ) -> None:
        self.transcript = transcript
        self.duration_ms = duration_ms
        self.failed: Failed | None = None
        self.loaded: Loaded | None = None
        self._checkpoint = checkpoint
        self._job = job

    def progress(self, heard_ms: int) -> float:
        """Return how much of the attempt is done once so much is heard."""
        return 0.15 + 0.8 * min(1.0, heard_ms / max(self.duration_ms, 1))

    def hear(self, line: str) -> bool:
        """Take one line; a line that is not a report shows no progress."""
        try:
            report = read_report(line)
        except ValidationError:
            log("unexpected_line_of_child", length=len(line))
            return False
        match report:
            case Loaded():
                self.loaded = report
            case Working():
                pass
            case Hearing(until_ms=until_ms):
                self._job.report(Status.RUNNING, "hearing", self.progress(until_ms))
            case HeardPiece(until_ms=until_ms):
                self.transcript.add(report)
                self._checkpoint.keep(self.transcript)
                self._job.report(Status.RUNNING, "hearing", self.progress(until_ms))
            case Failed():
                self.failed = report
        return True


def _metadata(
    by: ServerOrder | ModelOrder,
    listener: _Listener,
    heard: Heard,
    more: tuple[Notice, ...],
    seconds: float,
) -> TranscriptMetadata:
    transcript, loaded = listener.transcript, listener.loaded
    heard_s = (listener.duration_ms - transcript.resumed_ms) / 1000
    is_server = isinstance(by, ServerOrder)
    return TranscriptMetadata(
        recogniser="server" if is_server else "faster-whisper",
        model=by.model,
        device=loaded.device if loaded else None,
        compute_type=loaded.compute_type if loaded else None,
        language=transcript.language,
        language_probability=transcript.probability,
        subtitles=(
            SubtitleFacts(language=transcript.language if transcript.is_sure else None)
            if heard.cues
            else None
        ),
        duration_ms=listener.duration_ms,
        speech_ms=transcript.speech_ms,
        words=len(heard.words),
        cues=heard.cues,
        confidence=confidence_of(heard.words),
        real_time_factor=round(seconds / heard_s, 3) if heard_s > 0 else None,
        resumed_ms=transcript.resumed_ms,
        notices=tuple(notice.document for notice in (*more, *heard.notices)),
    )


async def _deliver(job: TranscribeJob, heard: Heard, metadata: TranscriptMetadata) -> Outputs:
    files = {
        "subtitles": ("subtitles.vtt", heard.vtt),
        "text": ("transcript.txt", heard.text),
        "words": ("words.json", heard.words_json),
        "metadata": ("metadata.json", metadata.model_dump_json(by_alias=True, indent=1)),
    }
    job.report(Status.UPLOADING, "upload", 0.95)
    outputs: dict[str, OutputClaim] = {}
    for slot, (name, text) in files.items():
        if text and job.wants(slot):
            path = job.work_dir / name
            path.write_text(text, encoding="utf-8")
            outputs[slot] = await job.upload(slot, path)
    return outputs
