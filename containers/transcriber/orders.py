"""What the engine and the process that hears say to each other.

Orders go in as JSON lines on standard input, so that no part of them is ever seen by `ps` or in a
log; reports come out as JSON lines on standard output. The first line is the HearingOrder, each
further one is something to do with its sound, and is done before the next is read.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from media_jobs.subtitles.words import Word

RATE = 16_000
"""Samples per second of all sound that is heard; mono."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerOrder(_Line):
    """A server that hears. *url*: `…/v1`."""

    url: str
    key: str | None = Field(default=None, repr=False)
    model: str

    @property
    def label(self) -> str:
        """What tells it from another recogniser."""
        return f"{self.url} {self.model}"


class ModelOrder(_Line):
    """A model that hears. *folder*: where it is, in CTranslate2's form."""

    model: str
    folder: Path
    device: Literal["auto", "cpu", "cuda"]
    threads: int

    @property
    def label(self) -> str:
        """What tells it from another recogniser, also one of a container elsewhere."""
        return self.model


class HearingOrder(_Line):
    """What is heard, and how. *sound*: a file of samples (`RATE`, 16 bit). *piece_s*: how much of
    it at once. *job*: spreads the repeats of many.
    """

    sound: Path
    piece_s: int
    vocabulary: tuple[str, ...] = ()
    voice_activity: bool = True
    by: ServerOrder | ModelOrder
    job: str


class Hear(_Line):
    """Hear from *from_ms* to *until_ms*. *language*: what is spoken (BCP 47), if it is known."""

    order: Literal["hear"] = "hear"
    from_ms: int
    until_ms: int
    language: str | None


class Divide(_Line):
    """Find where nobody is cut off around each of *targets_ms*, at most *within_ms* away."""

    order: Literal["divide"] = "divide"
    targets_ms: tuple[int, ...]
    within_ms: int


class Loaded(_Line):
    """Somebody is there to hear: *device* and number format, as CTranslate2 calls them."""

    event: Literal["loaded"] = "loaded"
    device: str
    compute_type: str


class Working(_Line):
    """A server is being waited for; shows that the process is alive."""

    event: Literal["working"] = "working"


class Hearing(_Line):
    """So much has been heard."""

    event: Literal["hearing"] = "hearing"
    until_ms: int


class Spoken(_Line):
    """What is spoken, as soon as that is known: *language*, and how probable that is."""

    event: Literal["spoken"] = "spoken"
    language: str
    probability: float | None


class Divided(_Line):
    """Where to cut, one for each target."""

    event: Literal["divided"] = "divided"
    cuts_ms: tuple[int, ...]


class Done(_Line):
    """All was heard that was to be."""

    event: Literal["done"] = "done"


class HeardWord(_Line):
    """A `media_jobs.subtitles.words.Word`; times count from the start of the sound."""

    start_ms: Annotated[int, Field(ge=0)]
    end_ms: Annotated[int, Field(ge=0)]
    text: str
    confidence: float | None = None

    def word(self) -> Word:
        """Return it as the rules of cues read it."""
        return Word(**self.model_dump())


class HeardPiece(_Line):
    """A piece has been heard to its end, *until_ms*. *speech_ms*: how long somebody speaks in it.

    *language* and *probability* are None where nobody speaks. *unsure_ms*: where something was left
    out that was hardly speech.
    """

    event: Literal["piece"] = "piece"
    until_ms: int
    speech_ms: int
    words: tuple[HeardWord, ...]
    language: str | None = None
    probability: float | None = None
    unsure_ms: tuple[int, ...] = ()
    estimated: bool = False


class Failed(_Line):
    """Nothing more is heard; *code* is of `engine_kit.failures`, *message* for people."""

    event: Literal["failed"] = "failed"
    code: str
    message: str
    retryable: bool
    detail: str = ""


Order = Annotated[Hear | Divide, Field(discriminator="order")]
Report = Annotated[
    Loaded | Working | Spoken | Hearing | HeardPiece | Divided | Done | Failed,
    Field(discriminator="event"),
]

_ORDER: TypeAdapter[Order] = TypeAdapter(Order)
_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


def read_order(line: bytes) -> Order:
    """Parse one line after the first; raises pydantic's ValidationError."""
    return _ORDER.validate_json(line)


def read_report(line: str) -> Report:
    """Parse one line of the child's output; raises pydantic's ValidationError."""
    return _REPORT.validate_json(line)
