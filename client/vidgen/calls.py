"""The API's calls, each a flow: one request, its retries, and its answer as a model."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, TypeAdapter, ValidationError

from vidgen import errors
from vidgen.models import (
    Artifact,
    Event,
    Input,
    Job,
    JobInput,
    Media,
    Page,
    PresignedPart,
    Session,
    Subtitles,
    Upload,
    Why,
)
from vidgen.steps import Answered, Exchange, Flow, Pause, Unanswered
from vidgen.suggestions import with_suggestions

__all__ = [
    "PAGE_SIZE",
    "add_comments",
    "add_subtitles",
    "begin_upload",
    "call",
    "cancel_job",
    "check_job",
    "complete_upload",
    "create_media",
    "delete",
    "delete_media",
    "events",
    "get",
    "job",
    "jobs",
    "media",
    "media_list",
    "page",
    "part_urls",
    "post",
    "read",
    "rename_media",
    "restore_media",
    "retry_job",
    "session",
    "set_language",
    "share",
    "submit",
    "trash_media",
    "tries_max",
    "why",
]

T = TypeVar("T")

TRIES_MAX: Final = 5
FIRST_DELAY_S: Final = 0.5
DELAY_MAX_S: Final = 8.0
RETRY_AFTER_MAX_S: Final = 60.0
PAGE_SIZE: Final = 100
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
_KINDS: Final[dict[int, type[errors.ApiError]]] = {
    400: errors.InvalidRequest,
    401: errors.NotAllowed,
    403: errors.NotAllowed,
    404: errors.NotFound,
    409: errors.Conflict,
    410: errors.NotFound,
    413: errors.InvalidRequest,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
}


def call(exchange: Exchange, *, repeatable: bool) -> Flow[Answered]:
    """Send a request until it is answered with less than 300, and return that answer.

    Passing failures (no connection, 408, 429, 5xx) are tried up to 5 times, or as often as the
    client says, with doubling delays and `Retry-After` (at most 60 s). A request that is not
    *repeatable* is sent again only where it cannot have been carried out: before a connection, and
    after 429 or 503. What a DELETE whose answer was lost no longer finds, it has deleted.
    Raises ApiError of the fitting kind, ConnectionFailed.
    """
    perhaps_deleted = False
    for tried in count(1):
        try:
            answer: Answered = yield exchange
        except Unanswered as error:
            perhaps_deleted |= error.sent and exchange.method == "DELETE"
            if error.final or tried >= tries_max(error) or (error.sent and not repeatable):
                raise errors.ConnectionFailed(
                    f"No response to {exchange.method} {exchange.path}: {error}",
                    final=error.final,
                ) from None
            yield Pause(delay_s(tried))
            continue
        if answer.status < 300 or (answer.status == 404 and perhaps_deleted):
            return answer
        again = answer.status in _PASSING if repeatable else answer.status in (429, 503)
        if tried >= tries_max(answer) or not again:
            raise refusal(answer)
        yield Pause(delay_s(tried, answer.headers.get("retry-after")))
    raise AssertionError("the last try returns or raises")


def tries_max(outcome: Answered | Unanswered, usual: int = TRIES_MAX) -> int:
    """Return how often a step is tried: *usual*, unless its client says otherwise."""
    return usual if outcome.retries_max is None else outcome.retries_max + 1


def delay_s(tried: int, retry_after: str | None = None) -> float:
    """Return the seconds before the next try, after *tried* (≥ 1) of them."""
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), RETRY_AFTER_MAX_S)
    nominal: float = min(DELAY_MAX_S, FIRST_DELAY_S * 2 ** (tried - 1))
    return nominal * random.uniform(0.75, 1.0)  # noqa: S311  # Jitter, no secret.


def refusal(answer: Answered) -> errors.ApiError:
    """Return the error that an answer of 300 and above stands for."""
    kind = _KINDS.get(answer.status, errors.ApiError)
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = None
    code = document.get("code") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(code, str):
        return _strange(answer)
    fields = tuple(
        (str(fault.get("field", "")), str(fault.get("reason", "")))
        for fault in document.get("errors") or ()
        if isinstance(fault, dict)
    )
    detail = str(document.get("detail") or "The server sent an unexpected response.")
    return kind(answer.status, code, detail, fields, answer.headers.get("x-request-id"))


def _strange(answer: Answered) -> errors.ApiError:
    """Return the error for an answer that is none of the app's: what stands in front fails, too."""
    passing = answer.status in _PASSING or answer.status >= 500
    kind = errors.ApiError if passing else errors.NotTheApp
    what = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    target = answer.headers.get("location", "").partition("?")[0]
    if 300 <= answer.status < 400:
        detail = f"The address leads elsewhere: {target or 'it does not say where'}."
    elif what == "text/html":
        detail = "The server answers with a web page."
    else:
        detail = "The server sent an unexpected response."
    if kind is errors.NotTheApp:
        detail += " Is the address that of the app?"
    return kind(answer.status, "unexpected_answer", detail)


def read(kind: type[T] | Any, answer: Answered) -> T:  # Any: generic models are no plain types.
    """Return an answer as *kind*; raises NotTheApp."""
    try:
        found: T = TypeAdapter(kind).validate_json(answer.body)
    except ValidationError as error:
        if any(fault["type"] == "json_invalid" for fault in error.errors()):
            raise _strange(answer) from None
        raise errors.NotTheApp(
            answer.status,
            "unexpected_answer",
            f"This version does not understand the server's response: {error.error_count()} "
            "fields differ. Is the address that of the app?",
        ) from None
    return found


def get(kind: type[T] | Any, path: str, params: Mapping[str, str | int] | None = None) -> Flow[T]:
    """Return what is at *path*."""
    exchange = Exchange(method="GET", path=path, params=params or {})
    found: T = read(kind, (yield from call(exchange, repeatable=True)))
    return found


def post(
    kind: type[T] | Any,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    repeatable: bool = False,
) -> Flow[T]:
    """Send *body* as JSON, and return what is answered. *repeatable* is that of `call`."""
    sent = None if body is None else json.dumps(body).encode()
    exchange = Exchange(
        method=method,
        path=path,
        body=sent,
        headers={**({"content-type": "application/json"} if sent else {}), **(headers or {})},
    )
    found: T = read(kind, (yield from call(exchange, repeatable=repeatable)))
    return found


def page(
    kind: type[Page[T]], path: str, cursor: str | None = None, **given: str | int | None
) -> Flow[Page[T]]:
    """Return the page of a list that *cursor* begins, or its first; what is None is not sent."""
    params = {"limit": PAGE_SIZE, "cursor": cursor, **given}
    wanted = {name: value for name, value in params.items() if value is not None}
    return (yield from get(kind, path, wanted))


def delete(path: str) -> Flow[None]:
    """Delete what is at *path*."""
    yield from call(Exchange(method="DELETE", path=path), repeatable=True)


# --- session and media --------------------------------------------------------------------------


def session() -> Flow[Session]:
    """Return who the token is."""
    return (yield from get(Session, "/api/session"))


def create_media(title: str, source_url: str | None = None) -> Flow[Media]:
    """Create a media."""
    body = {"title": title, **({"sourceUrl": source_url} if source_url else {})}
    return (yield from post(Media, "/api/media", body))


def media(media_id: str) -> Flow[Media]:
    """Return one media with its newest inputs."""
    return (yield from get(Media, f"/api/media/{media_id}"))


def delete_media(media_id: str) -> Flow[None]:
    """Delete a media with everything it owns. Raises Conflict while a job has not ended."""
    yield from delete(f"/api/media/{media_id}")


def media_list(
    cursor: str | None = None, *, query: str | None = None, trashed: bool = False
) -> Flow[Page[Media]]:
    """Yield all media, newest first; with *query* those in whose title it is.

    *trashed*: what is in the trash, and that alone.
    """
    in_trash = "true" if trashed else None
    return (yield from page(Page[Media], "/api/media", cursor, query=query, trashed=in_trash))


def trash_media(media_ids: Sequence[str]) -> Flow[None]:
    """Put media into the trash, which keeps them for 30 days."""
    yield from _change_media("trash", media_ids)


def restore_media(media_ids: Sequence[str]) -> Flow[None]:
    """Take media out of the trash."""
    yield from _change_media("restore", media_ids)


def _change_media(what: str, media_ids: Sequence[str]) -> Flow[None]:
    body = json.dumps({"mediaIds": list(media_ids)}).encode()
    headers = {"content-type": "application/json"}
    path = f"/api/media/{what}"
    yield from call(Exchange(method="POST", path=path, headers=headers, body=body), repeatable=True)


def rename_media(media_id: str, title: str) -> Flow[Media]:
    """Give a media another title."""
    path = f"/api/media/{media_id}"
    return (yield from post(Media, path, {"title": title}, method="PATCH", repeatable=True))


def begin_upload(media_id: str, size_bytes: int, content_type: str) -> Flow[Upload]:
    """Begin the upload of a video."""
    body = {"sizeBytes": size_bytes, "contentType": content_type}
    # Sent twice, it leaves an unfinished upload behind, which the server forgets.
    return (yield from post(Upload, f"/api/media/{media_id}/uploads", body, repeatable=True))


class _Parts(BaseModel):
    parts: list[PresignedPart]


def part_urls(media_id: str, upload_id: str, numbers: Sequence[int]) -> Flow[list[PresignedPart]]:
    """Return where these parts of an upload go."""
    path = f"/api/media/{media_id}/uploads/{upload_id}/parts"
    found: _Parts = yield from post(_Parts, path, {"partNumbers": list(numbers)}, repeatable=True)
    return found.parts


def complete_upload(
    media_id: str, upload_id: str, etags: Mapping[int, str] | None = None
) -> Flow[Input]:
    """Make an uploaded video the media's own; *etags* by part number for one in parts."""
    path = f"/api/media/{media_id}/uploads/{upload_id}/complete"
    parts = [{"partNumber": number, "etag": etag} for number, etag in sorted((etags or {}).items())]
    return (yield from post(Input, path, {"parts": parts} if parts else None, repeatable=True))


def _put(path: str, text: str | bytes, content_type: str) -> Flow[Answered]:
    body = text.encode() if isinstance(text, str) else text
    headers = {"content-type": content_type}
    exchange = Exchange(method="PUT", path=path, body=body, headers=headers)
    return (yield from call(exchange, repeatable=True))


def add_subtitles(
    media_id: str,
    file: str | bytes,
    *,
    encoding: str | None = None,
    language: str | None = None,
    parent: str | None = None,
) -> Flow[Subtitles]:
    """Store a new version of a media's subtitles; *encoding* and *language* are those of *file*.

    The language (BCP 47) is kept with the version. *parent*: the version that it is an edit of.
    """
    known = {"encoding": encoding, "language": language, "parent": parent}
    query = urlencode({name: value for name, value in known.items() if value is not None})
    path = f"/api/media/{media_id}/subtitles" + (f"?{query}" if query else "")
    return read(Subtitles, (yield from _put(path, file, "text/plain")))


def set_language(media_id: str, input_id: str, language: str | None) -> Flow[Input]:
    """Say which language (BCP 47) a version of a media's subtitles is in; None takes it back."""
    path = f"/api/media/{media_id}/inputs/{input_id}"
    body = {"language": language}
    return (yield from post(Input, path, body, method="PATCH", repeatable=True))


def add_comments(media_id: str, document: str | bytes) -> Flow[Input]:
    """Store a new version of a media's comments (a comments document, JSON)."""
    path = f"/api/media/{media_id}/comments"
    return read(Input, (yield from _put(path, document, "application/json")))


# --- jobs ---------------------------------------------------------------------------------------


def submit(
    engine: str,
    options: Mapping[str, Any],
    *,
    media_id: str | None = None,
    inputs: Mapping[str, JobInput] | None = None,
    limits: Mapping[str, int] | None = None,
    priority: int | None = None,
    idempotency_key: str | None = None,
) -> Flow[Job]:
    """Submit a job; the same *idempotency_key* again answers the same job.

    Without one, one is made, so that a retry makes no second job. *inputs*: by slot, a version, or
    what another job makes, which the job then waits for.
    """
    body: dict[str, object] = {"engine": engine, "options": dict(options)}
    extras = {
        "mediaId": media_id,
        "inputs": inputs and dict(inputs),
        "limits": limits,
        "priority": priority,
    }
    body |= {name: value for name, value in extras.items() if value is not None}
    headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
    try:
        return (yield from post(Job, "/api/jobs", body, headers=headers, repeatable=True))
    except errors.InvalidRequest as error:
        raise with_suggestions(error, body) from None


def check_job(
    engine: str,
    options: Mapping[str, Any],
    *,
    media_id: str | None = None,
    coming: Sequence[str] = (),
) -> Flow[dict[str, Any]]:
    """Return all options that a job would have; it is refused as `submit` would, nothing is stored.

    Without *media_id* its media is still to be made; *coming*: slots that are filled before it.
    """
    body: dict[str, object] = {"engine": engine, "options": dict(options)}
    if media_id is not None:
        body |= {"mediaId": media_id, "coming": list(coming)}
    try:
        found: _Checked = yield from post(_Checked, "/api/jobs/check", body, repeatable=True)
    except errors.InvalidRequest as error:
        raise with_suggestions(error, body) from None
    return found.options


class _Checked(BaseModel):
    options: dict[str, Any]


def job(job_id: str) -> Flow[Job]:
    """Return one job."""
    return (yield from get(Job, f"/api/jobs/{job_id}"))


def jobs(
    cursor: str | None = None,
    *,
    status: Sequence[str] = (),
    engine: str | None = None,
    media_id: str | None = None,
) -> Flow[Page[Job]]:
    """Yield jobs, newest first."""
    wanted = {"status": ",".join(status), "engine": engine, "mediaId": media_id}
    given = {name: value or None for name, value in wanted.items()}
    try:
        return (yield from page(Page[Job], "/api/jobs", cursor, **given))
    except errors.InvalidRequest as error:
        raise with_suggestions(error, {**wanted, "status": list(status)}) from None


def events(cursor: str | None, job_id: str) -> Flow[Page[Event]]:
    """Yield a job's timeline, oldest first."""
    return (yield from page(Page[Event], f"/api/jobs/{job_id}/events", cursor))


def why(job_id: str) -> Flow[Why]:
    """Return a job's history in words."""
    return (yield from get(Why, f"/api/jobs/{job_id}/why"))


def share(job_id: str, slot: str = "video", *, expires_in_s: int = 86_400) -> Flow[Artifact]:
    """Return links to one result that others may use, for 60 seconds to 30 days.

    They are good until they expire, also when the token is revoked that made them.
    """
    wanted = {"slot": slot, "expiresInS": expires_in_s}
    return (yield from post(Artifact, f"/api/jobs/{job_id}/share", wanted, repeatable=True))


def cancel_job(job_id: str) -> Flow[Job]:
    """Cancel a job; one that has ended stays as it is."""
    return (yield from post(Job, f"/api/jobs/{job_id}/cancel", repeatable=True))


def retry_job(job_id: str) -> Flow[Job]:
    """Start a failed or canceled job again."""
    return (yield from post(Job, f"/api/jobs/{job_id}/retry"))
