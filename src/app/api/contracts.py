"""What each route takes and answers, for the reference (`app.api.openapi`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from app.access.tokens import ChangedPreset, NewPreset, NewSession, NewToken
from app.jobs.accept import KEY_LENGTH_MAX, NewJob
from app.jobs.bulk import BulkWanted, NewJobs
from app.media.media import MediaChange, NewMedia
from app.media.preview import PreviewWanted
from app.media.routes import QUERY_CHARS_MAX
from app.media.uploads import CompleteUpload, NewUpload, PartsWanted
from app.status.answers import SystemStatus
from app.status.usage import DAYS_DEFAULT, DAYS_MAX
from app.web.answers import (
    BatchAnswer,
    BulkAnswer,
    Deleting,
    Delivery,
    Event,
    Health,
    Input,
    Job,
    JobHistory,
    Media,
    NewWebhookSecret,
    Orphan,
    Page,
    Preset,
    Session,
    ShownToken,
    Token,
    Upload,
    UploadParts,
    Usage,
    Version,
    Webhook,
    WorkerHealth,
)
from app.web.paging import PAGE_DEFAULT, PAGE_MAX
from app.webhooks.endpoints import ChangedWebhook, NewWebhook
from media_jobs.comments import CommentsDocument
from media_jobs.engines import ENGINES, INPUT_SLOTS
from media_jobs.ids import ID
from media_jobs.status import Status
from media_jobs.subtitle_files import SUBTITLE_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that is no JSON of a model: the content types that it may have."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """Bytes: the content types that they may have."""

    types: tuple[str, ...]


Content = type[BaseModel] | Text | Binary
Schemas = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """*query*, *headers*: optional parameters and their JSON schemas. *body*: the model that reads
    it; *body_needed*: whether there must be one. *answers*: what comes with each status, None for
    no body; a refusal whose status is not there is a problem document.
    """

    answers: Mapping[int, Content | None]
    body: Content | None = None
    body_needed: bool = True
    query: Schemas = field(default_factory=dict)
    headers: Schemas = field(default_factory=dict)


def _commas(words: str) -> dict[str, object]:
    return {"type": "string", "description": f"one or more of {words}, with commas between"}


_TIME: Mapping[str, object] = {
    "type": "integer",
    "minimum": 0,
    "maximum": 10**14 - 1,
    "description": "Unix time in milliseconds",
}
_ID: Mapping[str, object] = {"type": "string", "pattern": f"^{ID}$"}
_CURSOR: Mapping[str, object] = {"type": "string", "description": "the last answer's `nextCursor`"}
_PAGING: Schemas = {
    "limit": {"type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": PAGE_DEFAULT},
    "cursor": {**_CURSOR, **_ID},
}
_MEDIA: Schemas = {
    **_PAGING,
    "query": {"type": "string", "maxLength": QUERY_CHARS_MAX, "description": "part of a title"},
}
_VERSIONS: Schemas = {
    **_PAGING,
    "cursor": _CURSOR,
    "slot": {"type": "string", "enum": list(INPUT_SLOTS)},
}
_JOBS: Schemas = {
    **_PAGING,
    "status": _commas(", ".join(Status)),
    "engine": {"type": "string", "enum": list(ENGINES)},
    "mediaId": _ID,
    "ids": _commas(f"up to {PAGE_MAX} jobs' ids"),
    "deadLetters": {"type": "string", "enum": ["true", "false"]},
    "createdAfter": _TIME,
    "createdBefore": _TIME,
}
_DAYS: Schemas = {
    "days": {"type": "integer", "minimum": 1, "maximum": DAYS_MAX, "default": DAYS_DEFAULT}
}
_KEY: Schemas = {"Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX}}
_EVENTS: Schemas = {**_PAGING, "cursor": {"type": "string", "pattern": "^[0-9]{1,12}$"}}
_SUBTITLES = Text(types=tuple(kind.content_type for kind in SUBTITLE_KINDS))
_DONE: Mapping[int, Content | None] = {204: None}
_DELIVERIES: Schemas = {
    **_PAGING,
    "status": {"type": "string", "enum": ["pending", "delivered", "failed"]},
}
_ONE_JOB = Contract(answers={200: Job})
_UPLOAD = "/api/media/{media_id}/uploads/{upload_id}"
_INPUT = "/api/media/{media_id}/inputs/{input_id}"
_BYTES = Contract(
    query={"disposition": {"type": "string", "enum": ["inline", "attachment"]}},
    headers={"Range": {"type": "string"}, "If-None-Match": {"type": "string"}},
    answers={200: Binary(types=("*/*",)), 206: Binary(types=("*/*",)), 304: None, 416: None},
)

CONTRACTS: Mapping[tuple[str, str], Contract] = {
    ("GET", "/healthz"): Contract(answers={200: WorkerHealth}),
    ("GET", "/api/openapi.json"): Contract(answers={200: Binary(types=("application/json",))}),
    ("GET", "/api/live"): Contract(answers={101: None}),
    # --- access -----------------------------------------------------------------------------
    ("POST", "/api/session"): Contract(body=NewSession, answers={200: Session}),
    ("GET", "/api/session"): Contract(answers={200: Session}),
    ("DELETE", "/api/session"): Contract(answers=_DONE),
    ("GET", "/api/tokens"): Contract(query=_PAGING, answers={200: Page[Token]}),
    ("POST", "/api/tokens"): Contract(body=NewToken, answers={201: ShownToken}),
    ("DELETE", "/api/tokens/{token_id}"): Contract(answers=_DONE),
    ("GET", "/api/presets"): Contract(query=_PAGING, answers={200: Page[Preset]}),
    ("POST", "/api/presets"): Contract(body=NewPreset, answers={201: Preset}),
    ("GET", "/api/presets/{preset_id}"): Contract(answers={200: Preset}),
    ("PATCH", "/api/presets/{preset_id}"): Contract(body=ChangedPreset, answers={200: Preset}),
    ("DELETE", "/api/presets/{preset_id}"): Contract(answers=_DONE),
    ("GET", "/api/usage"): Contract(query=_DAYS, answers={200: Usage}),
    ("GET", "/api/health"): Contract(answers={200: Health}),
    ("GET", "/api/status"): Contract(answers={200: SystemStatus}),
    # --- media ------------------------------------------------------------------------------
    ("POST", "/api/media"): Contract(body=NewMedia, answers={201: Media}),
    ("GET", "/api/media"): Contract(query=_MEDIA, answers={200: Page[Media]}),
    ("GET", "/api/media/{media_id}"): Contract(answers={200: Media}),
    ("PATCH", "/api/media/{media_id}"): Contract(body=MediaChange, answers={200: Media}),
    ("DELETE", "/api/media/{media_id}"): Contract(answers={204: None, 202: Deleting}),
    ("POST", "/api/media/{media_id}/uploads"): Contract(body=NewUpload, answers={201: Upload}),
    ("GET", _UPLOAD): Contract(answers={200: Upload}),
    ("DELETE", _UPLOAD): Contract(answers=_DONE),
    ("POST", f"{_UPLOAD}/parts"): Contract(body=PartsWanted, answers={200: UploadParts}),
    ("POST", f"{_UPLOAD}/complete"): Contract(
        body=CompleteUpload, body_needed=False, answers={200: Input}
    ),
    ("GET", "/api/media/{media_id}/inputs"): Contract(
        query=_VERSIONS, answers={200: Page[Version]}
    ),
    ("GET", f"{_INPUT}/content"): _BYTES,
    ("HEAD", f"{_INPUT}/content"): _BYTES,
    ("POST", f"{_INPUT}/restore"): Contract(answers={201: Input}),
    ("PUT", "/api/media/{media_id}/subtitles"): Contract(body=_SUBTITLES, answers={201: Input}),
    ("PUT", "/api/media/{media_id}/comments"): Contract(
        body=CommentsDocument, answers={201: Input}
    ),
    ("POST", "/api/media/{media_id}/comments/preview"): Contract(
        body=PreviewWanted, answers={200: Binary(types=("image/png",))}
    ),
    # --- jobs -------------------------------------------------------------------------------
    ("POST", "/api/jobs"): Contract(body=NewJob, headers=_KEY, answers={201: Job, 200: Job}),
    ("GET", "/api/jobs"): Contract(query=_JOBS, answers={200: Page[Job]}),
    ("POST", "/api/jobs/batch"): Contract(body=NewJobs, headers=_KEY, answers={200: BatchAnswer}),
    ("POST", "/api/jobs/cancel"): Contract(body=BulkWanted, answers={200: BulkAnswer}),
    ("POST", "/api/jobs/retry"): Contract(body=BulkWanted, answers={200: BulkAnswer}),
    ("GET", "/api/jobs/{job_id}"): _ONE_JOB,
    ("GET", "/api/jobs/{job_id}/events"): Contract(query=_EVENTS, answers={200: Page[Event]}),
    ("GET", "/api/jobs/{job_id}/why"): Contract(answers={200: JobHistory}),
    ("POST", "/api/jobs/{job_id}/cancel"): _ONE_JOB,
    ("POST", "/api/jobs/{job_id}/retry"): _ONE_JOB,
    ("POST", "/api/jobs/{job_id}/replay"): _ONE_JOB,
    ("DELETE", "/api/jobs/{job_id}/artifacts"): Contract(answers=_DONE),
    ("GET", "/api/orphans"): Contract(query={"cursor": _CURSOR}, answers={200: Page[Orphan]}),
    ("DELETE", "/api/webhooks/{webhook_id}"): Contract(answers=_DONE),
    ("GET", "/api/webhooks"): Contract(query=_PAGING, answers={200: Page[Webhook]}),
    ("POST", "/api/webhooks"): Contract(body=NewWebhook, answers={201: NewWebhookSecret}),
    ("GET", "/api/webhooks/{webhook_id}"): Contract(answers={200: Webhook}),
    ("PATCH", "/api/webhooks/{webhook_id}"): Contract(body=ChangedWebhook, answers={200: Webhook}),
    ("POST", "/api/webhooks/{webhook_id}/secret"): Contract(answers={200: NewWebhookSecret}),
    ("POST", "/api/webhooks/{webhook_id}/test"): Contract(answers={202: Delivery}),
    ("GET", "/api/webhooks/{webhook_id}/deliveries"): Contract(
        query=_DELIVERIES, answers={200: Page[Delivery]}
    ),
    ("POST", "/api/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"): Contract(
        answers={202: Delivery}
    ),
}
