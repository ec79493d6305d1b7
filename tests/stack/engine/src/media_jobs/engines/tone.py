"""An engine of the tests: a tone, as it would be added to the project."""

from typing import Annotated

from pydantic import Field

from media_jobs.engines.declaration import Engine, Limits, OutputSlot, Words
from media_jobs.options import Options
from media_jobs.status import Status


class ToneOptions(Options):
    """A sine tone of this length and pitch."""

    seconds: Annotated[float, Field(ge=0.1, le=10)] = 1
    hertz: Annotated[int, Field(ge=20, le=20_000)] = 440


ENGINE = Engine(
    id="tone-maker",
    name="tone",
    words={
        "en": Words(title="Tone", running="Sounding"),
        "zh": Words(title="音调", running="发声中"),
    },
    icon="jobs",
    port=9109,
    base_url_setting="CONTAINER_BASE_URL_TONE",
    folder="tones",
    first_status=Status.PREPARING,
    inputs=(),
    outputs=(
        OutputSlot(
            name="tone",
            file_name="tone.wav",
            content_type="audio/wav",
        ),
    ),
    limits=Limits(
        queue_s=600, start_s=60, heartbeat_s=45, no_progress_s=60, total_s=600, max_attempts=2
    ),
    options=lambda: ToneOptions,
)
