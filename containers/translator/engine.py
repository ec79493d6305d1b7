"""Translates: fetch a track or comments, have their texts translated, hand over the same with them.

Phases and their share of the attempt: the inputs to 0.05, translating to 0.95, the uploads to 1.
No model ever sees a time: texts go out with numbers and come back with numbers.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from engine_kit.checkpoint import Checkpoint
from engine_kit.engine import EngineJob, Outputs, Program
from engine_kit.failures import EngineFailure, FailureCode

from media_jobs.engines.translator import ENGINE
from media_jobs.engines.translator.options import TranslateOptions
from media_jobs.notices import Notice
from media_jobs.said import said
from media_jobs.status import Status
from media_jobs.translation.memory import MEMORY_BYTES_MAX
from media_jobs.wire import OutputClaim
from translator.checks import checked
from translator.material import Material, read_material
from translator.port import Languages, Translator
from translator.providers import model_of, tools_of, translator_of
from translator.results import Facts, files_of
from translator.settings import Translating
from translator.spending import Spending, Used
from translator.texts import Kept, Texts

TRACK_BYTES_MAX = 16 << 20
COMMENTS_BYTES_MAX = 8 << 20
_MODE_INPUTS = {"subtitles": "inputVttUrl", "comments": "inputDataUrl"}
_BYTES_MAX = {"subtitles": TRACK_BYTES_MAX, "comments": COMMENTS_BYTES_MAX}

TranslateJob = EngineJob[TranslateOptions]


def translate_program(settings: Translating) -> Program[TranslateOptions]:
    """Return the program that `python -m translator` serves."""

    async def run(job: TranslateJob) -> Outputs:
        return await _run(job, settings)

    return Program(
        engine=ENGINE,
        run=run,
        tools=partial(tools_of, settings),
        checks=partial(checked, settings),
        models=lambda: tuple(settings.models),
    )


async def _run(job: TranslateJob, settings: Translating) -> Outputs:
    options = job.options
    languages = Languages(
        source=options.source_language or job.language_of("subtitles"),
        target=options.target_language,
    )
    _check_languages(languages)
    model = model_of(options.model, tuple(settings.models))
    async with AsyncExitStack() as stack:
        spending = Spending(options.budget, settings.models[model], Used())
        translator = await translator_of(
            settings,
            model,
            spending,
            stack,
            spread=job.request.job_id,
            work_dir=job.work_dir,
            no_progress_s=job.settings.no_progress_s,
        )
        translator.check(languages)
        spending.check_kind(
            counts_tokens=settings.provider == "chat", is_free=settings.provider == "apertium"
        )
        data, memory = await _inputs(job)
        material = await asyncio.to_thread(
            read_material, data, memory, options, languages, with_marks=translator.keeps_marks
        )
        checkpoint = Checkpoint(job, Kept, settings.provider, model, 1)
        kept = await checkpoint.taken_over() or Kept()
        resumed = len(kept.texts)
        kept.lost.clear()
        # The count goes on from that of the attempts before.
        spending.used = kept.used
        texts = Texts(
            material.sources,
            translator,
            languages,
            material.glossary,
            kept,
            lambda: _keep(job, checkpoint, kept, material),
            style=options.style,
            context=options.context,
            batch_max=settings.batch_cues,
        )
        job.report(Status.RUNNING, "translating", _progress(kept, material))
        async with checkpoint.storing():
            try:
                await _translate(texts, material, translator, options)
            finally:
                # Also what was used in vain is counted.
                checkpoint.keep(kept)
    targets = {one: text for one in kept.texts if (text := texts.target(one)) is not None}
    known = Languages(source=languages.source or kept.language, target=languages.target)
    notices = (*checkpoint.notices, *_notices(job, known, languages, translator, spending))
    facts = Facts(
        translator=translator.name,
        model=model or None,
        languages=known,
        spending=spending,
        resumed=resumed,
        notices=notices,
    )
    files = await asyncio.to_thread(
        files_of, material, targets, facts, options.max_characters_per_line
    )
    return await _deliver(job, files)


async def _translate(
    texts: Texts, material: Material, translator: Translator, options: TranslateOptions
) -> None:
    await texts.translate(range(len(material.sources)))
    if translator.reads_instructions and material.track is not None:
        too_long = await asyncio.to_thread(
            material.track.too_long,
            texts.kept.texts,
            options.target_language,
            options.max_characters_per_line,
        )
        await texts.shorten(too_long)


def _check_languages(languages: Languages) -> None:
    if languages.source == languages.target:
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED, said("failure.same_language", language=languages.target)
        )


async def _inputs(job: TranslateJob) -> tuple[bytes, bytes | None]:
    """Return the track or the comments, and the memory if there is one."""
    mode = job.options.mode
    field = _MODE_INPUTS[mode]
    if field not in job.links:
        raise EngineFailure(FailureCode.INPUT_MISSING, f"The request has no {field}.")
    fetched = job.span(Status.PREPARING, "download", 0.0, 0.05)
    path = job.work_dir / "source"
    await job.download(field, path, size_bytes_max=_BYTES_MAX[mode], on_progress=fetched)
    memory = job.work_dir / "memory"
    if "inputMemoryUrl" in job.links:
        await job.download("inputMemoryUrl", memory, size_bytes_max=MEMORY_BYTES_MAX)
    return path.read_bytes(), memory.read_bytes() if memory.exists() else None


def _progress(kept: Kept, material: Material) -> float:
    done = len(kept.texts) + len(kept.lost)
    return 0.05 + 0.9 * done / max(1, len(material.sources))


def _keep(job: TranslateJob, checkpoint: Checkpoint[Kept], kept: Kept, material: Material) -> None:
    checkpoint.keep(kept)
    job.report(Status.RUNNING, "translating", _progress(kept, material))


def _notices(
    job: TranslateJob,
    known: Languages,
    asked: Languages,
    translator: Translator,
    spending: Spending,
) -> Sequence[Notice]:
    found = []
    if known.source is None:
        found.append(Notice(code="source_language_unknown"))
    elif asked.source is None:
        facts = {"language": known.source}
        found.append(Notice(code="source_language_detected", facts=facts))
    is_instructed = bool(job.options.glossary or job.options.style)
    if is_instructed and not translator.reads_instructions:
        found.append(Notice(code="instructions_not_read", facts={"provider": translator.name}))
    if spending.used.untold:
        found.append(Notice(code="usage_not_told", facts={"count": spending.used.untold}))
    return found


async def _deliver(job: TranslateJob, files: Mapping[str, tuple[str, str]]) -> Outputs:
    job.report(Status.UPLOADING, "upload", 0.95)
    outputs: dict[str, OutputClaim] = {}
    for slot, (name, text) in files.items():
        if job.wants(slot):
            path = job.work_dir / name
            await asyncio.to_thread(path.write_text, text, encoding="utf-8")
            outputs[slot] = await job.upload(slot, path)
    return outputs
