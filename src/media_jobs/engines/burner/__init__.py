"""The burner draws subtitles into a video."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel

from media_jobs.engines.declaration import Engine, InputSlot, OutputSlot, Setting, Words
from media_jobs.engines.rendering import METADATA, RENDER_LIMITS, RENDERED_VIDEO, SOURCE_VIDEO
from media_jobs.status import Status

if TYPE_CHECKING:
    from media_jobs.earlier_options import EarlierOptions

__all__ = ["ENGINE"]


def _options() -> type[BaseModel]:
    from media_jobs.engines.burner.options import BurnOptions

    return BurnOptions


def _earlier() -> "EarlierOptions":
    from media_jobs.engines.burner.earlier import EARLIER

    return EARLIER


def _encoder(options: Mapping[str, object]) -> tuple[str, ...]:
    """Return the encoder of the hardware that a job had better have."""
    is_fastest = options.get("speed") == "fastest"
    return (f"encoder:{options.get('codec', 'h264')}",) if is_fastest else ()


ENGINE = Engine(
    id="burner-ffmpeg",
    name="burner",
    words={
        "en": Words(title="Burn subtitles", running="Burning"),
        "zh": Words(title="烧录字幕", running="烧录中"),
    },
    icon="subtitles",
    port=9101,
    base_url_setting="CONTAINER_BASE_URL",
    folder="outputs",
    first_status=Status.PREPARING,
    inputs=(
        SOURCE_VIDEO,
        InputSlot(name="subtitles", url_field="inputVttUrl"),
        InputSlot(
            name="subtitles-secondary",
            url_field="inputSecondaryVttUrl",
            required=False,
            another_of="subtitles",
            contract=2,
        ),
    ),
    outputs=(
        RENDERED_VIDEO,
        OutputSlot(
            name="poster", file_name="poster.jpg", content_type="image/jpeg", required=False
        ),
        OutputSlot(
            name="contactSheet",
            file_name="contact-sheet.jpg",
            content_type="image/jpeg",
            required=False,
        ),
        METADATA,
    ),
    limits=RENDER_LIMITS,
    file_word="burned",
    options=_options,
    settings=(
        Setting(
            "HARDWARE_ENCODERS",
            "The burner's encoders of graphics hardware that are tried at its start: auto, off, or "
            "FFmpeg's names in order.",
        ),
        Setting(
            "BURN_PIECES",
            "How many pieces of one film are burned side by side. Default: one for each four "
            "processors by CAPACITY. None is shorter than BURN_PIECE_SECONDS (60).",
        ),
        Setting("BURN_PIECE_SECONDS"),
        Setting(
            "BURN_SHARED_SECONDS",
            "How long a film is at least of which other burners that are idle make pieces, in "
            "seconds. 0: of none.",
        ),
    ),
    in_pieces=True,
    earlier=_earlier,
    # More than twice its peak on two cores (docs/scaling.md): more cores hold more pictures.
    memory_4k_mib=4096,
    wishes=_encoder,
)
