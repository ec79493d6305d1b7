"""The translator puts subtitles, or the comments of a video, into another language."""

from dataclasses import replace

from pydantic import BaseModel

from media_jobs.engines.declaration import (
    CheckpointSlot,
    Engine,
    InputSlot,
    Limits,
    OutputSlot,
    Setting,
    Words,
    its_model,
)
from media_jobs.engines.rendering import METADATA
from media_jobs.status import Status

__all__ = ["ENGINE"]


def _options() -> type[BaseModel]:
    from media_jobs.engines.translator.options import TranslateOptions

    return TranslateOptions


ENGINE = Engine(
    id="subtitle-translator",
    name="translator",
    words={
        "en": Words(title="Translate", running="Translating"),
        "zh": Words(title="翻译", running="翻译中"),
    },
    icon="globe",
    port=9105,
    base_url_setting="CONTAINER_BASE_URL_TRANSLATOR",
    folder="translations",
    first_status=Status.PREPARING,
    inputs=(
        InputSlot(name="subtitles", url_field="inputVttUrl", modes=frozenset({"subtitles"})),
        InputSlot(name="comments-data", url_field="inputDataUrl", modes=frozenset({"comments"})),
        # A `media_jobs.translation.memory.TranslationMemory`.
        InputSlot(name="memory", url_field="inputMemoryUrl", required=False, of_job=True),
    ),
    outputs=(
        OutputSlot(
            name="subtitles",
            file_name="subtitles.vtt",
            content_type="text/vtt",
            required=False,
            becomes="subtitles",
            origin="translation",
            made_of="subtitles",
        ),
        # A `media_jobs.translation.document.TranslationDocument`.
        OutputSlot(
            name="translation",
            file_name="translation.json",
            content_type="application/json",
            required=False,
        ),
        OutputSlot(
            name="comments",
            file_name="comments.json",
            content_type="application/json",
            required=False,
            becomes="comments-data",
        ),
        replace(METADATA, required=True),
    ),
    limits=Limits(
        queue_s=6 * 3600,
        start_s=120,
        heartbeat_s=45,
        # A server that is asked again and again, as it asks for, may take so long for one answer.
        no_progress_s=30 * 60,
        total_s=12 * 3600,
        max_attempts=3,
    ),
    options=_options,
    modes={
        "subtitles": frozenset({"subtitles", "translation", "metadata"}),
        "comments": frozenset({"comments", "metadata"}),
    },
    settings=(
        Setting(
            "TRANSLATOR_PROVIDER",
            "Who translates: apertium (in the image, no key), chat (any server of chat "
            "completions), deepl or libretranslate.",
        ),
        Setting(
            "TRANSLATOR_URL",
            "Its address (https://api.openai.com/v1, http://ollama:11434/v1) and key. DeepL's "
            "address follows from the key.",
        ),
        Setting("TRANSLATOR_KEY"),
        Setting(
            "TRANSLATOR_MODELS",
            "Models that a job may have, separated by commas, the first unless it names one; and "
            "what a million tokens in and out of each cost (0.15/0.6,2.5/10), of DeepL what a "
            "million characters cost.",
        ),
        Setting("TRANSLATOR_PRICES"),
        Setting(
            "TRANSLATOR_ANSWER_SECONDS",
            "How long one answer may take, and how many cues are asked for at once. Default: 120, "
            "20.",
        ),
        Setting("TRANSLATOR_BATCH_CUES"),
    ),
    checkpoint=CheckpointSlot(size_bytes_max=64 << 20),
    debian=("apertium", "apertium-eng-spa"),
    needs=its_model,
)
