"""Every message that crosses a process boundary, as the model that reads and writes it.

What this project sends is `extra="forbid"` on arrival where only this project sends it; what older
containers send, and what is stored and outlives its code, is `extra="ignore"`. Each signed body
names its `type`, its time `ts` (Unix, ms) and a `nonce`; `media_jobs.opening` checks signature,
direction and age. Parsing goes through pydantic, which refuses deep nesting: `json.loads` would end
the Worker on it, as CPython on WebAssembly has a small stack.
"""

import codecs
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import from_json, to_json

from media_jobs.engines import EngineId
from media_jobs.errors import InvalidInput, SignatureError, invalid_field
from media_jobs.ids import Id
from media_jobs.keyring import Purpose
from media_jobs.languages import LanguageTag
from media_jobs.lenient import few, first, present, reason, redacted_tail, some, values
from media_jobs.limits import ATTEMPTS_MAX, PIECES_MAX, Generation
from media_jobs.messages import Value
from media_jobs.parts import PARTS_MAX, SIZE_MAX
from media_jobs.redaction import redact
from media_jobs.status import Status
from media_jobs.strict import Strict
from media_jobs.validation import field_errors

__all__ = [
    "MANIFEST_CHARS_MAX",
    "CancelJob",
    "CancelRender",
    "ContainerCallback",
    "ContainerState",
    "ErrorReport",
    "Evidence",
    "Foreign",
    "InputRead",
    "JobEvent",
    "Message",
    "Milliseconds",
    "Nonce",
    "ObjectKey",
    "ObjectSize",
    "OutputClaim",
    "OutputObject",
    "PartUrlsWanted",
    "PiecePlan",
    "RenderRequest",
    "ReplayEvents",
    "Slot",
    "StartJob",
    "UrlsWanted",
    "check_source_size",
    "open_message",
    "read",
]

Nonce = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+\z")]
Milliseconds = Annotated[int, Field(ge=0, le=10**14)]
Attempt = Annotated[int, Field(ge=1, le=ATTEMPTS_MAX)]
Whole = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""What JavaScript and D1 hold exactly."""
Slot = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9-]*\z")]
ObjectKey = Annotated[str, Field(max_length=1024)]
ObjectSize = Annotated[int, Field(ge=1, le=SIZE_MAX)]
MANIFEST_CHARS_MAX = 64 * 1024
"""Of a manifest in a message: as a text in JSON it may take several times as many bytes."""


class Message(Strict):
    """What all messages share. *purpose*: its key's, where that is not the direction's."""

    purpose: ClassVar[Purpose | None] = None

    def to_json(self) -> bytes:
        """Return the JSON bytes to sign and send, without absent fields."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class Foreign(Message):
    """A message of which its sender, or the code that stored it, may know more or fewer fields."""

    model_config = ConfigDict(extra="ignore")


class ErrorReport(Foreign):
    """Why a job or an attempt failed. *tool_tail*: the tool's own last lines. *hints*: what would
    help another try, as words for programs (`needs_cookies`, `needs_proxy`). *options*: those of
    the job, by their paths, that the container can't do. *message_key*, *message_values*: what the
    message is made of, where its code alone does not say it.

    The texts are cut to size, and URLs in them redacted, whoever wrote them.
    """

    code: Annotated[str, first(64)] = "container_failed"
    message: Annotated[str, first(2000), AfterValidator(redact)] = ""
    message_key: Annotated[str, first(64)] | None = None
    message_values: Annotated[dict[str, Value] | None, BeforeValidator(values)] = None
    retryable: bool = True
    hints: Annotated[list[Annotated[str, first(40)]], BeforeValidator(few)] | None = None
    options: Annotated[list[Annotated[str, first(40)]], BeforeValidator(few)] | None = None
    tool_tail: Annotated[str, AfterValidator(redacted_tail)] | None = None


class OutputClaim(Foreign):
    """What a container says of an object it has uploaded; *part_etags*: in parts, these in order.

    The bucket knows the MD5 of what came in one PUT, and compares it; it knows no SHA-256.
    """

    key: Annotated[str, Field(max_length=1024)] | None = None
    size_bytes: Whole | None = None
    content_type: Annotated[str, Field(max_length=200)] | None = None
    md5: Annotated[str, Field(pattern=r"^[0-9a-f]{32}\z")] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}\z")] | None = None
    part_etags: (
        Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=PARTS_MAX)] | None
    ) = None
    duration_ms: Whole | None = None
    width: Whole | None = None
    height: Whole | None = None


class InputRead(Foreign):
    """What a container says of an input that it has read to its end."""

    size_bytes: Whole
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}\z")]


_Name = Annotated[str, first(100)]


class Evidence(Foreign):
    """What a container says of how it made its outputs: its word for the receipt.

    *inputs* by slot; *tools* and *fonts*: versions by name.
    """

    inputs: Annotated[dict[Slot, InputRead], Field(max_length=20)] = Field(default_factory=dict)
    tools: Annotated[dict[_Name, _Name], some(40)] = Field(default_factory=dict)
    fonts: Annotated[dict[_Name, _Name], some(40)] = Field(default_factory=dict)


class OutputObject(Foreign):
    """An output that was found in the bucket with this size. Stored, see `record`."""

    key: ObjectKey
    size_bytes: Whole
    content_type: Annotated[str, Field(max_length=200)]
    etag: Annotated[str, Field(max_length=200)]
    duration_ms: Whole | None = None
    width: Whole | None = None
    height: Whole | None = None


class StartJob(Message):
    """App to orchestrator, `POST /jobs`.

    *manifest*: the text that is in the bucket, so that it need not be read there; *checked*: the
    inputs that the app itself has just found in the bucket; *source_pixels*: of a picture of the
    source, where that is known. An app of before 0.7 says none of these.
    """

    type: Literal["job.start"]
    job_id: Id
    media_id: Id
    engine: EngineId
    generation: Generation = 1
    manifest: Annotated[str, Field(max_length=MANIFEST_CHARS_MAX)] | None = Field(
        default=None, repr=False
    )
    checked: Annotated[list[Slot], Field(max_length=10)] | None = None
    source_pixels: Annotated[int, Field(ge=1, le=1 << 40)] | None = None
    ts: Milliseconds
    nonce: Nonce


class CancelJob(Message):
    """App to orchestrator, `POST /jobs/:id/cancel`."""

    type: Literal["job.cancel"]
    job_id: Id
    generation: Generation = 1
    reason: Annotated[str, Field(max_length=200)] = "canceled by the user"
    ts: Milliseconds
    nonce: Nonce


class ReplayEvents(Message):
    """App to orchestrator, `POST /jobs/:id/replay`: deliver again what was given up."""

    type: Literal["job.replay"]
    job_id: Id
    ts: Milliseconds
    nonce: Nonce


class JobEvent(Foreign):
    """Orchestrator to app, `POST /api/render/cf-callback`: the state after that event.

    Stored in the outbox, and the two Workers are not deployed at one instant. *wants_version*: the
    answer is to name the app's. *deadline_ms*: until when its sender waits for the answer.
    """

    type: Literal["job.event"]
    event_id: Annotated[str, Field(max_length=128)]
    event_seq: Annotated[Whole, Field(ge=1)]
    job_id: Id
    media_id: Id
    engine: EngineId
    generation: Generation
    attempt: Annotated[int, Field(ge=0, le=ATTEMPTS_MAX)]
    status: Annotated[Status, Field(strict=False)]
    phase: str | None = None
    progress: Annotated[float, Field(ge=0, le=1)]
    cause: str
    error: ErrorReport | None = None
    outputs: dict[str, OutputObject] | None = None
    at_ms: Milliseconds
    wants_version: bool | None = None
    deadline_ms: Milliseconds | None = None
    ts: Milliseconds
    nonce: Nonce


_Reason = Annotated[ErrorReport | Annotated[str, first(2000)] | None, BeforeValidator(reason)]


class ContainerState(Foreign):
    """Container to orchestrator, the answer to `GET /jobs/:id`: what its next callback would say.

    Without *attempt* it may be another attempt's, so only ongoing work is accepted.
    """

    type: Literal["container.callback"] = "container.callback"
    job_id: Id
    attempt: Attempt | None = None
    status: Annotated[Status, Field(strict=False)]
    phase: Annotated[str, first(64)] | None = None
    progress: Annotated[float, Field(ge=0, le=1)] | None = None
    outputs: (
        Annotated[dict[Slot, OutputClaim], Field(max_length=20), BeforeValidator(present)] | None
    ) = None
    error: _Reason = None
    evidence: Evidence | None = None


class ContainerCallback(ContainerState):
    """Container to orchestrator, `POST /callbacks/container`.

    Older containers send no `type`, no `attempt` and no `evidence`, and may send `error` as a
    string.
    """

    ts: Milliseconds
    nonce: Nonce


class PartUrlsWanted(Foreign):
    """The parts of one output, of *size_bytes* in all, for which a container lacks URLs."""

    slot: Slot
    size_bytes: Annotated[int, Field(ge=1, le=SIZE_MAX)]
    part_numbers: Annotated[
        list[Annotated[int, Field(ge=1, le=PARTS_MAX)]], Field(min_length=1, max_length=100)
    ]


class UrlsWanted(Foreign):
    """Container to orchestrator, `POST /jobs/:id/urls`; without a body: all URLs of the attempt."""

    upload: PartUrlsWanted | None = None


class PiecePlan(Foreign):
    """How an attempt divides its work among hosts: *count* pieces, by a *document* of its own.

    *kit*: what draws, by a word that a host has in its `/health`: one with another is not asked.
    """

    kit: Annotated[str, Field(min_length=1, max_length=100)]
    count: Annotated[int, Field(ge=2, le=PIECES_MAX)]
    document: dict[str, object] = Field(default_factory=dict)


class RenderRequest(Foreign):
    """Orchestrator to container, `POST /render`: what all engines get. URL fields vary by engine.

    *in_parts_above*: outputs of more bytes are to be uploaded in parts, by `urls_url`.
    *input_languages*: by slot, of the inputs whose language is known. *pieces_url*: where it asks
    for pieces, of its own plan, or of the one that it *helps* with.

    Older senders send no `type`, `ts`, `nonce` and `attempt`.
    """

    type: Literal["container.render"] = "container.render"
    job_id: Id
    media_id: Id
    engine: EngineId
    attempt: Attempt = 1
    callback_url: Annotated[str, Field(max_length=4096)]
    urls_url: Annotated[str, Field(max_length=4096)] | None = None
    in_parts_above: Annotated[int, Field(ge=0)] | None = None
    pieces_url: Annotated[str, Field(max_length=4096)] | None = None
    helps: PiecePlan | None = None
    input_languages: dict[Slot, LanguageTag] = Field(default_factory=dict)
    engine_options: dict[str, object] = Field(default_factory=dict)
    ts: Milliseconds | None = None
    nonce: Nonce | None = None


class CancelRender(Foreign):
    """Orchestrator to container, `POST /jobs/:id/cancel`."""

    type: Literal["container.cancel"]
    job_id: Id
    attempt: Attempt
    ts: Milliseconds
    nonce: Nonce


M = TypeVar("M", bound=BaseModel)
S = TypeVar("S", bound=Message)


def open_message(model: type[S], body: bytes | str) -> S:
    """Return the message in *body*, whose signature was found right.

    Raises SignatureError when it was signed for another direction, InvalidInput as `read`.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        errors = field_errors(error)
        if any(fault["field"] == "type" for fault in errors):
            raise SignatureError("signed for another direction") from None
        raise InvalidInput("bad_request", details={"errors": errors}) from None


def check_source_size(width: int | None, height: int | None) -> None:
    """Refuse one side of a video's size without the other; raises InvalidInput."""
    if (width is None) != (height is None):
        sides = ("sourceWidth", "sourceHeight")
        missing, given = sides if width is None else reversed(sides)
        raise invalid_field(missing, "field.required_with", other=given)


def read(model: type[M], body: bytes | str) -> M:
    """Parse *body* as *model*; raises InvalidInput that lists each field and its reason.

    A byte order mark before it, as Windows writes one, is none of it.
    """
    if isinstance(body, bytes):
        body = body.removeprefix(codecs.BOM_UTF8)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        refused = error
    try:
        # To JSON Schema 5.0 is a whole number, as it is to JavaScript.
        return model.model_validate_json(to_json(_whole(from_json(body))))
    except (ValidationError, ValueError):
        raise InvalidInput("bad_request", details={"errors": field_errors(refused)}) from None


def _whole(value: object) -> object:
    """Return JSON with its floats that are whole as integers."""
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
