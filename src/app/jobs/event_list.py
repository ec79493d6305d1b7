"""Several events of the orchestrator in one request: applied in one batch, each answered by itself.

Events of one job are applied in the order of the list. One that is refused, or that fails, keeps
the later ones of its job from being tried, because the app takes no event that is older than its
latest; it keeps no other job's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.jobs.events import Prepared, check_event, check_known, prepare, tell_applied
from app.jobs.settling import hand_on
from app.live.live import change_of
from app.ports import Ports
from media_jobs.errors import MediaJobsError
from media_jobs.opening import Opened
from media_jobs.problems import problem_document
from media_jobs.redaction import describe
from media_jobs.wire import JobEvent

EVENTS_MAX = 50
"""Events in one list."""


@dataclass(slots=True)
class _List:
    """A list on its way.

    *items*: the answers by place; *failed*: why a job's later events wait; *shown*: the newest of
    each job, which is what its viewers see.
    """

    ports: Ports
    items: dict[int, dict[str, object]] = field(default_factory=dict)
    failed: dict[object, MediaJobsError] = field(default_factory=dict)
    followers: list[str] = field(default_factory=list)
    shown: dict[str, JobEvent] = field(default_factory=dict)

    def show(self, event: JobEvent) -> None:
        """Have viewers see *event*, unless a newer one of its job follows."""
        self.shown[event.job_id] = event

    def refuse(self, place: int, entry: Mapping[str, object], error: MediaJobsError) -> None:
        """Answer an event that is not applied."""
        self.failed.setdefault(entry.get("jobId"), error)
        self.items[place] = {
            "eventId": entry.get("eventId"),
            "status": error.status,
            "problem": problem_document(error, self.ports.request_id),
        }


async def receive_events(
    entries: Sequence[Opened[JobEvent]], ports: Ports
) -> list[dict[str, object]]:
    """Apply the events that are right; return the answer to each, in their order.

    `{eventId, status: 200, ok: true, duplicate?}`, or `{eventId, status, problem}` for one that is
    not applied, by what `receive_event` raises.
    """
    whole, together = _List(ports), dict[int, Prepared]()
    for place, (entry, event) in enumerate(entries):
        named = entry if isinstance(entry, dict) else {}
        try:
            if isinstance(event, MediaJobsError):
                raise event
            if (earlier := whole.failed.get(event.job_id)) is not None:
                raise earlier
            check_event(event, ports)
            ready = await prepare(event, ports)
        except MediaJobsError as error:
            whole.refuse(place, named, error)
            continue
        together[place] = ready
        if ready.follows.statements:
            # What follows from an end was decided by what is stored now: it is changed at once.
            await _apply(together, whole)
            together = {}
    await _apply(together, whole)
    for event in whole.shown.values():
        ports.hub.publish(change_of(event))
    await hand_on(whole.followers, ports)
    return [whole.items[place] for place in range(len(entries))]


async def _apply(together: Mapping[int, Prepared], whole: _List) -> None:
    """Apply events in one batch; if that fails, one after the other."""
    if not together:
        return
    statements = [one for ready in together.values() for one in ready.statements]
    try:
        changed = iter(await whole.ports.store.batch(statements))
    except Exception as error:  # Whatever it is, it may be one event's own.
        if len(together) == 1:
            ((place, ready),) = together.items()
            _fail(place, ready.event, error, whole)
            return
        for place, ready in together.items():
            if (earlier := whole.failed.get(ready.event.job_id)) is not None:
                whole.refuse(place, _named(ready.event), earlier)
            else:
                await _apply({place: ready}, whole)
        return
    for place, ready in together.items():
        await _answer(place, ready, list(islice(changed, len(ready.statements))), whole)


async def _answer(place: int, ready: Prepared, changed: Sequence[int], whole: _List) -> None:
    event, ports = ready.event, whole.ports
    answer: dict[str, object] = {"eventId": event.event_id, "status": 200, "ok": True}
    try:
        applied = await tell_applied(ready, changed, ports, show=whole.show)
        if applied is None:
            await check_known(event, ports)
            answer["duplicate"] = True
        else:
            whole.followers += applied.followers
    except MediaJobsError as error:
        whole.refuse(place, _named(event), error)
    else:
        whole.items[place] = answer


def _fail(place: int, event: JobEvent, error: Exception, whole: _List) -> None:
    whole.ports.log({"event": "event_failed", "jobId": event.job_id, "why": describe(error)})
    refused = error if isinstance(error, MediaJobsError) else MediaJobsError("internal_error")
    whole.refuse(place, _named(event), refused)


def _named(event: JobEvent) -> dict[str, object]:
    return {"jobId": event.job_id, "eventId": event.event_id}
