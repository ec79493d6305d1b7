"""Live progress: the messages of viewers and to viewers.

A hub keeps the viewers' sockets. Each change that the app has applied is pushed to the hub once,
and the hub writes it to every socket that has subscribed to the job, without polling or timers. A
viewer names the last event it has seen of each job, so that nothing is missed over a reconnect; it
skips what it has already seen. A viewer of the library is told which media have changed, come or
gone, and looks itself.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from app.live.store import select_live_jobs, select_media_owner
from app.live.unknown import UnknownJobs
from app.live.watching import runs
from app.store import EVERYONE, Store
from media_jobs.errors import RateLimited
from media_jobs.ids import Id
from media_jobs.live import JobProgress
from media_jobs.status import ENDED
from media_jobs.wire import JobEvent

JOBS_PER_VIEWER_MAX = 200
MESSAGE_LENGTH_MAX = 32 * 1024
BURST, PER_SECOND = 220.0, 10.0
"""What the viewers of one token may ask for: twenty subscriptions to 200 jobs at once, then about
one a second. The hub serves everybody's viewers, one message after the other.
"""
_JOBS_LIKE_A_MESSAGE = 20
CONNECTION_LIFE_MS = 60 * 60_000
"""A connection older than this is closed at its next change, so that its token is checked again.

One whose token is revoked, or whose session ends, is closed at once.
"""


class Viewers(Protocol):
    """The viewers of a hub and what each has subscribed to; survives the hub's hibernation."""

    def watch(self, viewer: str, job_ids: list[str]) -> None: ...
    def unwatch(self, viewer: str, job_ids: list[str]) -> None: ...
    def watched(self, viewer: str) -> int:
        """Return how many jobs the viewer has subscribed to."""
        ...

    def watchers(self, job_id: str) -> list[str]: ...
    def send(self, viewer: str, *texts: str) -> None:
        """Write messages to a viewer's socket; one that is gone or past its time is dropped."""
        ...

    def refuse(self, viewer: str) -> None:
        """Close the socket of a viewer that asks for too much (1008), and forget the viewer."""
        ...


class _Subscribe(BaseModel):
    model_config = ConfigDict(defer_build=True, strict=True)

    type: Literal["subscribe"]
    jobs: Annotated[dict[Id, Annotated[int, Field(ge=-1)]], Field(max_length=JOBS_PER_VIEWER_MAX)]


class _Unsubscribe(BaseModel):
    model_config = ConfigDict(defer_build=True, strict=True)

    type: Literal["unsubscribe"]
    jobs: Annotated[list[Id], Field(max_length=JOBS_PER_VIEWER_MAX)]


class _MediaWatch(BaseModel):
    model_config = ConfigDict(defer_build=True, strict=True)

    type: Literal["subscribe-media", "unsubscribe-media"]


_Said = _Subscribe | _Unsubscribe | _MediaWatch


@cache
def _message() -> TypeAdapter[_Said]:
    return TypeAdapter(Annotated[_Said, Field(discriminator="type")])


def change_of(event: JobEvent | JobProgress) -> str:
    """Return the message about *event*."""
    error = event.error.model_dump(by_alias=True, exclude_none=True) if event.error else None
    return to_json(
        {
            "type": "job",
            "jobId": event.job_id,
            "generation": event.generation,
            "eventSeq": event.event_seq,
            "status": event.status,
            "phase": event.phase,
            "progress": event.progress,
            "attempt": event.attempt,
            "error": error,
            "at": event.at_ms,
        }
    ).decode()


def running_job(change: str) -> str | None:
    """Return the job that a change is about, if it runs."""
    document = from_json(change)
    return document["jobId"] if runs(document["status"]) else None


def deliver(change: str, viewers: Viewers) -> int:
    """Send a change to every viewer of its job; return how many there are."""
    watching = viewers.watchers(from_json(change)["jobId"])
    for viewer in watching:
        viewers.send(viewer, change)
    return len(watching)


async def deliver_media(media_id: str, viewers: Viewers, store: Store) -> int:
    """Tell those who watch the media of its workspace, or all, that one has changed."""
    everyones = viewers.watchers(_topic(EVERYONE))
    owner = await select_media_owner(store, media_id)
    owners = [] if owner is None else viewers.watchers(_topic(owner))
    change = to_json({"type": "media", "mediaId": media_id}).decode()
    for viewer in (*everyones, *owners):
        viewers.send(viewer, change)
    return len(everyones) + len(owners)


def _topic(owner: str | None) -> str:
    """Return what is watched in place of a job; no job has such an id."""
    return f"media:{'*' if owner is EVERYONE else owner}"


async def receive(
    viewer: str,
    text: object,
    viewers: Viewers,
    store: Store,
    log: Callable[..., None],
    spend: Callable[[float], None],
    unknown: UnknownJobs,
    now_ms: int,
) -> list[str]:
    """Handle a viewer's message; an unknown one is answered with a problem.

    Return the running jobs that it begins to look at.

    *spend* takes what it costs from what the viewer's token has left; raises RateLimited, after
    which its socket is closed. Ids that are *unknown* are not looked up again.
    """
    try:
        spend(1)
        message = _read(viewer, text, viewers)
        if isinstance(message, (_Subscribe, _Unsubscribe)):
            spend(len(message.jobs) / _JOBS_LIKE_A_MESSAGE)
    except RateLimited:
        viewers.refuse(viewer)
        return []
    if isinstance(message, _MediaWatch):
        change = viewers.watch if message.type == "subscribe-media" else viewers.unwatch
        change(viewer, [_topic(store.owner)])
    elif isinstance(message, _Unsubscribe):
        viewers.unwatch(viewer, message.jobs)
    elif message is not None:
        lacking = unknown.among(store.owner, message.jobs, now_ms)
        asked = {job_id: seq for job_id, seq in message.jobs.items() if job_id not in lacking}
        if lacking:
            _tell_unknown(viewer, lacking, viewers)
        try:
            if asked:
                not_there, running = await _subscribe(viewer, asked, viewers, store)
                unknown.add(store.owner, not_there, now_ms)
                return running
        except Exception as error:  # Whatever it is, the viewer is notified and tries again.
            log({"event": "live_read_failed", "why": type(error).__name__})
            _refuse(viewer, "try_again", "The jobs could not be read; subscribe again.", viewers)
    return []


def _read(viewer: str, text: object, viewers: Viewers) -> _Said | None:
    """Return what a viewer says; None, and a problem to it, for what is no message."""
    if not isinstance(text, str) or len(text) > MESSAGE_LENGTH_MAX:
        _refuse(viewer, "message_too_large", "Send text of at most 32 KiB.", viewers)
        return None
    try:
        return _message().validate_json(text)
    except ValidationError:
        detail = (
            "Send subscribe with jobs {jobId: lastEventSeq}, unsubscribe with [jobId], or"
            " subscribe-media."
        )
        _refuse(viewer, "bad_message", f"{detail} Up to {JOBS_PER_VIEWER_MAX} jobs.", viewers)
        return None


async def _subscribe(
    viewer: str, asked: dict[str, int], viewers: Viewers, store: Store
) -> tuple[list[str], list[str]]:
    """Subscribe to the jobs that are there; return the ids that are none's, and those that run."""
    wanted = list(asked)
    if store.owner is not EVERYONE:
        # A change of another owner's job must not be delivered even during the look-up.
        wanted = list(await select_live_jobs(store, wanted))
    # Watched before the database is read: a change in between is delivered, not lost.
    viewers.watch(viewer, wanted)
    if viewers.watched(viewer) > JOBS_PER_VIEWER_MAX:
        viewers.unwatch(viewer, wanted)
        detail = f"A connection has at most {JOBS_PER_VIEWER_MAX} jobs: unsubscribe from some."
        _refuse(viewer, "too_many_jobs", detail, viewers)
        return [], []
    found = await select_live_jobs(store, wanted) if wanted else {}
    not_there = [job_id for job_id in asked if job_id not in found]
    if not_there:
        viewers.unwatch(viewer, not_there)
        _tell_unknown(viewer, not_there, viewers)
    _catch_up(viewer, asked, found, viewers)
    return not_there, [job_id for job_id, job in found.items() if runs(job["status"])]


def _tell_unknown(viewer: str, job_ids: Iterable[str], viewers: Viewers) -> None:
    told = (to_json({"type": "unknown", "jobId": job_id}).decode() for job_id in job_ids)
    viewers.send(viewer, *told)


def _catch_up(
    viewer: str, asked: dict[str, int], found: dict[str, dict[str, object]], viewers: Viewers
) -> None:
    """Send a new subscriber what it has not seen, and always the end of a job."""
    for job_id, job in found.items():
        if int(str(job["eventSeq"])) > asked[job_id] or job["status"] in ENDED:
            viewers.send(viewer, to_json({"type": "job", **job}).decode())


def _refuse(viewer: str, code: str, detail: str, viewers: Viewers) -> None:
    viewers.send(viewer, to_json({"type": "problem", "code": code, "detail": detail}).decode())
