"""The transcriber writes down what is said in a video or a recording."""

from dataclasses import replace

from pydantic import BaseModel

from media_jobs.engines.declaration import (
    CheckpointSlot,
    Engine,
    Limits,
    OutputSlot,
    Setting,
    Words,
    its_model,
)
from media_jobs.engines.rendering import METADATA, SOURCE_VIDEO
from media_jobs.status import Status

__all__ = ["ENGINE"]


def _options() -> type[BaseModel]:
    from media_jobs.engines.transcriber.options import TranscribeOptions

    return TranscribeOptions


ENGINE = Engine(
    id="asr-pipeline",
    name="transcriber",
    words={
        "en": Words(title="Transcribe", running="Listening"),
        "zh": Words(title="语音转字幕", running="听写中"),
    },
    icon="subtitles",
    port=9104,
    base_url_setting="CONTAINER_BASE_URL_TRANSCRIBER",
    folder="transcripts",
    first_status=Status.PREPARING,
    inputs=(SOURCE_VIDEO,),
    outputs=(
        # Where nothing is said there are no cues, and no version of subtitles.
        OutputSlot(
            name="subtitles",
            file_name="subtitles.vtt",
            content_type="text/vtt",
            required=False,
            becomes="subtitles",
            origin="transcript",
        ),
        OutputSlot(name="words", file_name="words.json", content_type="application/json"),
        OutputSlot(
            name="text",
            file_name="transcript.txt",
            content_type="text/plain; charset=utf-8",
            required=False,
        ),
        replace(METADATA, required=True),
    ),
    limits=Limits(
        queue_s=6 * 3600,
        start_s=120,
        heartbeat_s=45,
        no_progress_s=15 * 60,
        total_s=24 * 3600,
        max_attempts=3,
    ),
    options=_options,
    settings=(
        Setting(
            "TRANSCRIBER_MODEL",
            "The transcriber's model, of those in its image (base), and where it runs: auto, cpu "
            "or cuda.",
        ),
        Setting("TRANSCRIBER_DEVICE"),
        Setting(
            "TRANSCRIBER_SERVER_URL",
            "An OpenAI-compatible server that hears instead (https://…/v1), and its key; "
            "TRANSCRIBER_MODEL names its model.",
        ),
        Setting("TRANSCRIBER_SERVER_KEY"),
        Setting(
            "TRANSCRIBER_SHARED_SECONDS",
            "How long a sound is at least of which other transcribers that are idle hear pieces, "
            "in seconds, 0: of none; and how long such a piece is at least.",
        ),
        Setting("TRANSCRIBER_SHARED_PIECE_SECONDS"),
    ),
    # Days of talk.
    checkpoint=CheckpointSlot(size_bytes_max=64 << 20),
    in_pieces=True,
    needs=its_model,
)
