"""Transcribes: fetch the video, take its sound, hear it piece by piece, hand over what was said.

Of a long one, other hosts hear parts (`transcriber.partwork`).

Phases and their share of the attempt: the download to 0.10, the sound to 0.15, hearing to 0.95, the
uploads to 1.
"""

import asyncio
import os
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from engine_kit.checkpoint import Checkpoint
from engine_kit.engine import EngineJob, Outputs, Program
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version, find_ffmpeg
from engine_kit.logs import log
from engine_kit.probe import INPUT_LIMITS, ProbeResult
from engine_kit.sound import channel_filters, in_step, picture_beside
from engine_kit.source_notices import source_notices

from media_jobs.engines.transcriber import ENGINE
from media_jobs.engines.transcriber.options import TranscribeOptions
from media_jobs.notices import Notice
from media_jobs.redaction import redact
from media_jobs.said import said
from media_jobs.status import Status
from media_jobs.wire import OutputClaim
from transcriber.checks import checked
from transcriber.hearing import Hearer, hearer
from transcriber.languages import is_known
from transcriber.model import ModelInvalid, chosen_model, find_model, models_here
from transcriber.orders import RATE, Divide, HearingOrder, Loaded, ModelOrder, ServerOrder
from transcriber.outputs import (
    Heard,
    SubtitleFacts,
    TranscriptMetadata,
    confidence_of,
    heard_of,
)
from transcriber.parts import targets_ms, within_ms
from transcriber.partwork import SoundFacts, Work, help_out
from transcriber.settings import Hearing as HearingSettings
from transcriber.transcript import Parts, Transcript

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
        # Nothing is joined for this: that takes a second.
        model = (
            settings.model
            if settings.server_url
            else chosen_model(settings.model, settings.models_dir)
        )
        return {
            "recogniser": redact(hears),
            "model": model,
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
    source = await job.source(job.work_dir / INPUT, shown=False)
    await _take_sound(job, source)
    by = await _recogniser(job, settings)
    sound = SoundFacts(
        source=job.evidence.inputs["video"].sha256,
        duration_ms=_duration_ms(job.work_dir / SOUND),
        recogniser=by.label,
        piece_s=settings.piece_s,
    )
    order = HearingOrder(
        sound=job.work_dir / SOUND,
        piece_s=settings.piece_s,
        vocabulary=tuple(job.options.vocabulary),
        voice_activity=job.options.voice_activity,
        by=by,
        job=job.request.job_id,
    )
    async with hearer(job, order) as hears:
        if job.request.helps is not None:
            await help_out(job, hears, sound, job.request.helps)
            return {}
        return await _transcribed(job, settings, source, by, sound, hears)


async def _transcribed(
    job: TranscribeJob,
    settings: HearingSettings,
    source: ProbeResult,
    by: ServerOrder | ModelOrder,
    sound: SoundFacts,
    hears: Hearer,
) -> Outputs:
    """Hear all of it, alone or with others, and hand over what comes of it."""
    duration_ms = sound.duration_ms
    checkpoint = Checkpoint(job, Parts, by.label, settings.piece_s, duration_ms)
    kept = await checkpoint.taken_over()
    if kept is None or not kept.resume(duration_ms):
        kept = Parts()
    shared_ms = settings.shared_s * 1000
    is_long = job.piecework is not None and 0 < shared_ms <= duration_ms
    if is_long and not kept.heard:
        job.report(Status.PREPARING, "division", 0.15)
        part_s = settings.shared_piece_s
        targets = tuple(targets_ms(duration_ms, part_s))
        kept.cuts_ms = await hears.cuts(Divide(targets_ms=targets, within_ms=within_ms(part_s)))
    is_shared = is_long and bool(kept.cuts_ms)
    work = Work(job, hears, sound, kept, checkpoint, is_shared=is_shared)
    began_at = asyncio.get_running_loop().time()
    # Around the uploads, too: one that fails is no reason to hear again.
    async with checkpoint.storing():
        await work.hear_all()
        await hears.close()  # It holds a model.
        seconds = asyncio.get_running_loop().time() - began_at
        options, transcript = job.options, work.transcript
        heard = await asyncio.to_thread(
            heard_of, transcript, word_times=options.word_times, limits=options.cues
        )
        notices = (*checkpoint.notices, *source_notices(source, None))
        facts = _Facts(by=by, loaded=hears.loaded, seconds=seconds, helped_ms=work.helped_ms)
        metadata = _metadata(facts, duration_ms, transcript, heard, notices)
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

    filters = ",".join([*channel_filters(audio), in_step(audio)])
    await job.run_ffmpeg(
        [
            *INPUT_LIMITS,
            *("-i", f"file:{INPUT}", "-map", f"0:{audio.index}", "-vn", "-sn", "-dn"),
            *("-af", filters, "-ac", "1", "-ar", str(RATE), "-f", "s16le", SOUND),
            *picture_beside(source),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Who has heard, where, and how long it took."""

    by: ServerOrder | ModelOrder
    loaded: Loaded | None
    seconds: float
    helped_ms: int


def _metadata(
    facts: _Facts,
    duration_ms: int,
    transcript: Transcript,
    heard: Heard,
    more: tuple[Notice, ...],
) -> TranscriptMetadata:
    by, loaded = facts.by, facts.loaded
    heard_s = (duration_ms - transcript.resumed_ms) / 1000
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
        duration_ms=duration_ms,
        speech_ms=transcript.speech_ms,
        words=len(heard.words),
        cues=heard.cues,
        confidence=confidence_of(heard.words),
        real_time_factor=round(facts.seconds / heard_s, 3) if heard_s > 0 else None,
        resumed_ms=transcript.resumed_ms,
        helped_ms=facts.helped_ms,
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
