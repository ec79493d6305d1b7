"""The API's responses, as models: the reference is built from them, and tests validate responses.

Handlers build plain dicts, because validating each response would cost every request. An additional
field is not a breaking change: clients must ignore what they do not know.
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from app.web.media_answers import (
    Bytes,
    UnixMs,
)
from app.web.refusals import Answer, Notice, Problem, Said
from media_jobs.engines import EngineId
from media_jobs.ids import Id
from media_jobs.status import Status, StatusName

T = TypeVar("T")


class Page(Answer, Generic[T]):
    """One page of a list. `nextCursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


class WorkerHealth(Answer):
    """That the app Worker answers, and its version."""

    ok: bool
    version: str


class QueuePlace(Answer):
    """The place of a job that waits for a slot, from 1, and when it may begin, as far as known."""

    position: int | None = None
    eta_ms: int | None = None


class Artifact(Answer):
    """Signed links to one output: to show it, and to save it; good until `expiresAt`.

    `fileName`: what it is called when it is saved, after its media.
    """

    url: str
    download_url: str
    expires_at: UnixMs
    size_bytes: Bytes
    content_type: str
    file_name: str


AnyEngine = Annotated[EngineId | str, Field(union_mode="left_to_right")]
"""An engine; or the name of one that a newer version knows, whose jobs this one only shows."""


class WaitsFor(Answer):
    """An input that a waiting job waits for: an output of another job, and a review if it has one.

    `inputId`: the version that it will read, once that is known.
    """

    slot: str
    from_job: Id
    output: str
    review_id: Id | None
    input_id: Id | None


class Job(Answer):
    """A job. `queue` is null except for a single job, requested by its id, that waits for a slot.

    `startedAt`: when it left the queue. `cost`: as its result says (tokens, characters, and money
    in the currency of the container's prices). `artifactsExpiredAt`: when its outputs were deleted
    by age. `imported`: it ended in the earlier system; it can be read, and not retried.
    `requestId`: of the request that created or retried it; null if older code did.
    """

    job_id: Id
    media_id: Id
    media_title: str | None
    engine: AnyEngine
    generation: Annotated[int, Field(ge=1)]
    event_seq: Annotated[int, Field(ge=0)]
    options: dict[str, object]
    inputs: dict[str, str]
    waits_for: list[WaitsFor]
    status: StatusName
    phase: str | None
    progress: Annotated[float, Field(ge=0, le=1)]
    attempt: Annotated[int, Field(ge=0)]
    error: dict[str, object] | None
    accepted: bool
    imported: bool
    handover_error: str | None
    dead_letters: Annotated[int, Field(ge=0)]
    queue: QueuePlace | None
    artifacts: dict[str, Artifact]
    artifacts_expired_at: UnixMs | None
    created_at: UnixMs
    updated_at: UnixMs
    started_at: UnixMs | None
    finished_at: UnixMs | None
    cost: dict[str, object] | None
    request_id: str | None


class Orphan(Answer):
    """An object that no row names, or a row whose object is gone; ids as far as they are known."""

    kind: Literal["object_without_row", "row_without_object"]
    key: str
    media_id: str | None
    job_id: str | None
    input_id: str | None


class Event(Answer):
    """One step of a job's timeline."""

    event_seq: Annotated[int, Field(ge=1)]
    event_id: str
    attempt: Annotated[int, Field(ge=0)]
    status: Annotated[Status, Field(strict=False)]
    phase: str | None
    progress: Annotated[float, Field(ge=0, le=1)]
    cause: str
    error: dict[str, object] | None
    at: UnixMs


class Step(Answer):
    """One sentence of a job's history, its key in the catalogue, and what it is made of."""

    at: UnixMs
    text: str
    message_key: str
    attempt: Annotated[int, Field(ge=0)]
    status: Annotated[Status, Field(strict=False)]
    cause: str
    error: dict[str, object] | None


class JobCheck(Answer):
    """A job that could be submitted; `options`: all of them, but for cookies and the like."""

    engine: EngineId
    media_id: Id | None
    options: dict[str, object]


class JobHistory(Answer):
    """A job's history in words; *notices*: what to know of its result."""

    job_id: Id
    status: Annotated[Status, Field(strict=False)]
    summary: str
    steps: list[Step]
    notices: list[Notice]


class JobLog(Answer):
    """The last lines of a running job's tools. `missing`: why there are none."""

    job_id: Id
    attempt: Annotated[int, Field(ge=0)]
    lines: list[str]
    missing: Literal["ended", "not_begun", "not_supported"] | None


class ReceiptSignature(Answer):
    """An Ed25519 signature (base64) and the thumbprint of the key that it verifies under."""

    keyid: str
    sig: str


class Receipt(Answer):
    """A DSSE envelope. `payload`: an in-toto statement with SLSA provenance, base64."""

    payload_type: str
    payload: str
    signatures: list[ReceiptSignature]


class ReceiptKey(Answer):
    """A public key (RFC 8037); `kid`: its thumbprint (RFC 7638)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    alg: Literal["EdDSA"]
    use: Literal["sig"]
    kid: str


class ReceiptKeySet(Answer):
    """A JWK Set (RFC 7517)."""

    keys: list[ReceiptKey]


class BatchItem(Answer):
    """The result for one job of a batch: its status code, and the job or why it was refused."""

    status: Annotated[int, Field(ge=200, le=599)]
    job: Job | None = None
    problem: Problem | None = None


class BatchAnswer(Answer):
    """The results for the jobs of a batch, in the order they were sent."""

    items: list[BatchItem]


class BulkItem(Answer):
    """A job that matched, its status now, and why nothing was done, if so."""

    job_id: Id
    status: Annotated[Status, Field(strict=False)]
    problem: Problem | None = None


class BulkAnswer(Answer):
    """The result for each job that matched the filter.

    `more`: there are older ones; send the same request with `nextCursor` as the `cursor`.
    """

    matched: Annotated[int, Field(ge=0)]
    items: list[BulkItem]
    more: bool
    next_cursor: str | None


class Token(Answer):
    """A token, without the token itself. `tokenId` is null for one that another program created."""

    token_id: Id | None
    name: str
    scopes: list[str]
    queued_max: int | None
    running_max: int | None
    created_at: UnixMs
    expires_at: UnixMs | None
    revoked_at: UnixMs | None
    last_used_at: UnixMs | None


class ShownToken(Token):
    """A new token; the only response with the `token` itself."""

    token: str


class Preset(Answer):
    """Options of an engine, saved under a name."""

    preset_id: Id
    name: str
    engine: EngineId
    options: dict[str, object]
    created_at: UnixMs
    updated_at: UnixMs


class EngineWords(Answer):
    """The names of an engine and of its running jobs, for people."""

    title: str
    running: str


class EngineOutput(Answer):
    """An output of an engine's jobs; `becomes`: the media input that it becomes, if any."""

    slot: str
    content_type: str
    required: bool
    becomes: str | None


class ShownEngine(Answer):
    """An engine: its names by language, its inputs and outputs, the modes of its jobs.

    `mediaRequired`: whether a job has to name its media. `inputs`: of an engine with modes, those
    that jobs of some mode need. `optionalInputs`: inputs that a job has only if it names them.
    """

    engine: EngineId
    name: str
    icon: str
    words: dict[str, EngineWords]
    modes: list[str]
    inputs: list[str]
    optional_inputs: list[str]
    outputs: list[EngineOutput]
    media_required: bool


class UsageTotals(Answer):
    """Jobs by how they ended, and the size of their outputs. Run time in whole seconds."""

    submitted: Annotated[int, Field(ge=0)]
    completed: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    canceled: Annotated[int, Field(ge=0)]
    output_bytes: Bytes
    run_seconds: Annotated[int, Field(ge=0)]


class UsageDay(UsageTotals):
    """What was submitted on one day (UTC) for one engine; days without jobs are left out."""

    day: str
    engine: AnyEngine


class Usage(Answer):
    """Usage from one day to another, both included."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    days: list[UsageDay]
    totals: UsageTotals


class AppHealth(Answer):
    """The app Worker."""

    version: str


class OrchestratorHealth(Said):
    """The orchestrator as the app reaches it; `error`: why it does not, and its message."""

    ok: bool
    version: str | None
    error: str | None


class ContainerHealth(Said):
    """A host of an engine as the orchestrator reaches it; older parts do not report all fields."""

    engine: EngineId
    host: str | None = None
    ok: bool
    version: str | None
    active: int | None
    capacity: int | None
    in_use: int | None = None
    state: str | None = None
    draining: bool = False
    region: str | None = None
    memory_bytes: int | None = None
    gpus: list[str] = Field(default_factory=list)
    models: list[str] = Field(default_factory=list)
    cost_weight: float | None = None
    queued: Annotated[int, Field(ge=0)]
    latency_ms: Annotated[int, Field(ge=0)]
    error: str | None


class Health(Answer):
    """How the parts of the system are."""

    app: AppHealth
    orchestrator: OrchestratorHealth
    containers: list[ContainerHealth]


class WaitingJob(Answer):
    """The job that has waited longest, since `since`."""

    job_id: Id
    since: UnixMs


class DeadLetters(Answer):
    """How many events were given up, and of how many jobs."""

    jobs: Annotated[int, Field(ge=0)]
    events: Annotated[int, Field(ge=0)]


class Standing(Answer):
    """The unfinished jobs: how many by status."""

    unfinished: dict[str, int]
    oldest_waiting: WaitingJob | None
    dead_letters: DeadLetters


class ShownAlert(Answer):
    """A condition found bad from `since` on; open until `resolvedAt`. `engine`: of a container."""

    alert_id: Id
    kind: str
    engine: str | None
    details: dict[str, object]
    since: UnixMs
    opened_at: UnixMs
    resolved_at: UnixMs | None


class SystemStatus(Answer):
    """The state of the jobs, and alerts: open ones, then resolved ones, newest first."""

    jobs: Standing
    alerts: list[ShownAlert]
    checked_at: UnixMs


class Webhook(Said):
    """An endpoint that is notified of jobs. `failingSince`: it has accepted nothing since then.
    `messageKey`: that of `disabledReason`.
    """

    webhook_id: Id
    url: str
    events: list[str]
    description: str
    enabled: bool
    disabled_reason: str | None
    failing_since: UnixMs | None
    former_secret_until: UnixMs | None
    created_at: UnixMs


class NewWebhookSecret(Webhook):
    """An endpoint with its secret, which no other answer shows."""

    secret: str


class DeliveryAttempt(Said):
    """One try: the status and the beginning of the answer, or why there was none."""

    at: UnixMs
    status: int | None
    duration_ms: Annotated[int, Field(ge=0)]
    answer: str | None
    error: str | None


class Delivery(Answer):
    """One message to one endpoint, and how each try went, oldest first."""

    delivery_id: Id
    message_id: Id
    type: str
    status: str
    tries: Annotated[int, Field(ge=0)]
    next_try_at: UnixMs | None
    attempts: list[DeliveryAttempt]
    payload: dict[str, object]
    created_at: UnixMs


class Tries(Answer):
    """How the tries from `at` on went, until the next step."""

    at: UnixMs
    delivered: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    average_ms: Annotated[int, Field(ge=0)]
    longest_ms: Annotated[int, Field(ge=0)]


class WebhookStatistics(Answer):
    """How deliveries went in `steps` spans of `stepMs` from `since` on, but those without a try."""

    since: UnixMs
    step_ms: Annotated[int, Field(ge=1)]
    steps: Annotated[int, Field(ge=1)]
    items: list[Tries]
