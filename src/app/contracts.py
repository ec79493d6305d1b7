"""What each route takes and answers, for the reference (`app.openapi`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from app.access import ChangedPreset, NewPreset, NewSession, NewToken
from app.bulk import BulkWanted, NewJobs
from app.documents import (
    Event,
    Input,
    Job,
    JobHistory,
    Media,
    MediaItem,
    Page,
    Upload,
    WorkerHealth,
)
from app.jobs import KEY_LENGTH_MAX, NewJob
from app.media import MediaChange, NewMedia
from app.uploads import NewUpload
from media_jobs.comments import CommentsDocument
from media_jobs.status import Status

__all__ = ["CONTRACTS", "Contract", "Text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A body that is no JSON of a model: its content type."""

    type: str


Schemas = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """*query*, *headers*: optional parameters and their JSON schemas. *body*: the model that reads
    it. *answers*: what comes with each status of success; refusals are problem documents always.
    """

    answers: Mapping[int, type[BaseModel] | Text | None] = field(default_factory=dict)
    body: type[BaseModel] | Text | None = None
    query: Schemas = field(default_factory=dict)
    headers: Schemas = field(default_factory=dict)


_PAGING: Schemas = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
    "cursor": {"type": "string", "description": "the last answer's `nextCursor`"},
}
_JOBS: Schemas = {
    **_PAGING,
    "status": {
        "type": "string",
        "description": f"one or more of {', '.join(Status)}, with commas between",
    },
    "mediaId": {"type": "string"},
    "deadLetters": {"type": "string", "enum": ["true", "false"]},
}
_KEY: Schemas = {"Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX}}
_EVENTS: Schemas = {**_PAGING, "cursor": {"type": "string", "pattern": "^[0-9]{1,12}$"}}
_ONE_JOB = Contract(answers={200: Job})

CONTRACTS: Mapping[tuple[str, str], Contract] = {
    ("GET", "/healthz"): Contract(answers={200: WorkerHealth}),
    ("POST", "/api/session"): Contract(body=NewSession),
    ("POST", "/api/tokens"): Contract(body=NewToken),
    ("GET", "/api/tokens"): Contract(query=_PAGING),
    ("GET", "/api/presets"): Contract(query=_PAGING),
    ("POST", "/api/presets"): Contract(body=NewPreset),
    ("PATCH", "/api/presets/{preset_id}"): Contract(body=ChangedPreset),
    ("POST", "/api/media"): Contract(body=NewMedia, answers={201: Media}),
    ("GET", "/api/media"): Contract(query=_PAGING, answers={200: Page[MediaItem]}),
    ("GET", "/api/media/{media_id}"): Contract(answers={200: Media}),
    ("POST", "/api/media/{media_id}/uploads"): Contract(body=NewUpload, answers={201: Upload}),
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/complete"): Contract(answers={200: Input}),
    ("PUT", "/api/media/{media_id}/subtitles"): Contract(
        body=Text(type="text/vtt"), answers={201: Input}
    ),
    ("PUT", "/api/media/{media_id}/comments"): Contract(
        body=CommentsDocument, answers={201: Input}
    ),
    ("POST", "/api/jobs"): Contract(body=NewJob, headers=_KEY, answers={201: Job, 200: Job}),
    ("POST", "/api/jobs/batch"): Contract(body=NewJobs),
    ("POST", "/api/jobs/cancel"): Contract(body=BulkWanted),
    ("POST", "/api/jobs/retry"): Contract(body=BulkWanted),
    ("PATCH", "/api/media/{media_id}"): Contract(body=MediaChange),
    ("GET", "/api/jobs"): Contract(query=_JOBS, answers={200: Page[Job]}),
    ("GET", "/api/jobs/{job_id}"): _ONE_JOB,
    ("GET", "/api/jobs/{job_id}/events"): Contract(query=_EVENTS, answers={200: Page[Event]}),
    ("GET", "/api/jobs/{job_id}/why"): Contract(answers={200: JobHistory}),
    ("POST", "/api/jobs/{job_id}/cancel"): _ONE_JOB,
    ("POST", "/api/jobs/{job_id}/retry"): _ONE_JOB,
    ("POST", "/api/jobs/{job_id}/replay"): _ONE_JOB,
}
