"""Events from the orchestrator, applied to D1 exactly once and in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from app.jobs.event_store import SiteChange, apply_event, takes
from app.jobs.store import select_job
from app.jobs.waits import Consequences, consequences_of_end
from app.live.live import change_of
from app.media.media import SUBTITLES
from app.media.names import TITLE_CHARS_MAX, UNTITLED, name_from_url
from app.media.store import InputRow, select_media
from app.ports import Ports
from app.store import Statement
from app.webhooks.messages import call_senders, message_of, wake_senders
from app.webhooks.store import WebhookMessage
from media_jobs.engines import ENGINES
from media_jobs.errors import Conflict, DeadlinePassed, InvalidInput, NotFound
from media_jobs.ids import new_input_id
from media_jobs.keys import output_key
from media_jobs.status import ENDED, Status
from media_jobs.wire import JobEvent

if TYPE_CHECKING:
    from app.media.site import MediaSite


@dataclass(frozen=True, slots=True)
class Applied:
    """That an event was applied; *followers*: the jobs that waited for its job."""

    followers: tuple[str, ...] = ()


async def receive_event(event: JobEvent, ports: Ports) -> Applied | None:
    """Apply one event; return None when it was applied before.

    Raises DeadlinePassed, InvalidInput (outputs that are none of its attempt), NotFound (unknown
    job), Conflict (the job has ended otherwise, or is of another media or engine): an event that
    was not applied is never reported as applied.
    """
    check_event(event, ports)
    applied = await apply_once(event, ports)
    if applied is None:
        await check_known(event, ports)
    return applied


async def check_known(event: JobEvent, ports: Ports) -> None:
    """Return if an event that has changed nothing was applied before.

    Raises NotFound (unknown job), Conflict (the job does not take it).
    """
    job = await select_job(ports.store, event.job_id)
    if job is None:
        raise NotFound("not_found.job", job=event.job_id)
    if job.event_seq < event.event_seq:
        raise Conflict("event_refused")


def check_event(event: JobEvent, ports: Ports) -> None:
    """Refuse an event that nobody waits for, or whose outputs are not what its attempt writes.

    Whoever signs it: the app serves these objects, and makes inputs of some.
    Raises DeadlinePassed, InvalidInput.
    """
    if event.deadline_ms is not None and event.deadline_ms < ports.now_ms():
        raise DeadlinePassed("deadline_passed")
    engine = ENGINES[event.engine]
    for name, output in (event.outputs or {}).items():
        slot = engine.output(name)
        of_attempt = (event.media_id, event.job_id, event.generation, event.attempt)
        if slot is None or output.key != output_key(engine, slot, *of_attempt):
            raise InvalidInput("bad_request.output_key", slot=name)
        if output.content_type != slot.content_type:
            raise InvalidInput("bad_request.output_type", slot=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An event with the statements that apply it and everything that follows from it."""

    event: JobEvent
    message: WebhookMessage | None
    follows: Consequences
    statements: Sequence[Statement]


async def apply_once(event: JobEvent, ports: Ports, *, is_answered: bool = True) -> Applied | None:
    """Apply *event* and everything that follows from it; return None if nothing changed.

    *is_answered*: others are notified after the response is sent; the cron sends none.
    """
    ready = await prepare(event, ports)
    changed = await ports.store.batch(ready.statements)
    return await tell_applied(ready, changed, ports, is_answered=is_answered)


async def prepare(event: JobEvent, ports: Ports) -> Prepared:
    """Return what applies *event*, as `event_store.apply_event`. Raises UpstreamError."""
    message, now_ms = message_of(event), ports.now_ms()
    told = await _told_by_metadata(event, ports)
    inputs = _new_inputs(event, told.languages, await _parents(event, ports))
    follows = await _consequences(event, inputs, ports)
    statements = apply_event(
        event,
        inputs,
        message,
        now_ms,
        described=told.described,
        follows=follows.statements,
        cost=told.cost,
    )
    return Prepared(event=event, message=message, follows=follows, statements=statements)


async def tell_applied(
    ready: Prepared,
    changed: Sequence[int],
    ports: Ports,
    *,
    is_answered: bool = True,
    show: Callable[[JobEvent], None] | None = None,
) -> Applied | None:
    """Notify all whom an event concerns, if its statements have *changed* anything.

    *show* takes what viewers are to see, in the hub's place.
    """
    if changed[-1] != 1:
        return None
    event, follows = ready.event, ready.follows
    ports.log(
        {
            "event": "event_applied",
            "jobId": event.job_id,
            "attempt": event.attempt,
            "engine": event.engine,
            "eventId": event.event_id,
            "status": event.status,
            "cause": event.cause,
        }
    )
    if show is not None:
        show(event)
    elif is_answered:
        ports.hub.publish(change_of(event))
    else:
        await ports.hub.publish_now(change_of(event))
    if event.status in ENDED:
        if is_answered:
            ports.hub.tell_media(event.media_id)
        else:
            await ports.hub.tell_media_now(event.media_id)
    if (ready.message is not None and changed[-2]) or follows.tells:
        await (wake_senders if is_answered else call_senders)(ports)
    return Applied(followers=tuple(follows.followers))


async def _consequences(event: JobEvent, inputs: Sequence[InputRow], ports: Ports) -> Consequences:
    """Return what the end of a job means for those that wait for it. Raises UpstreamError."""
    if event.status not in ENDED:
        return Consequences()
    by_key = {item.object_key: item for item in inputs}
    outputs = event.outputs or {}
    made = {name: by_key[item.key] for name, item in outputs.items() if item.key in by_key}
    return await consequences_of_end(event.job_id, event.status, made, ports, takes(event))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the metadata of a completed job says: of a download what its site says of the media, of
    what has made subtitles in which languages they are, and what it has cost (JSON).
    """

    described: SiteChange | None = None
    languages: Sequence[str | None] = ()
    cost: str | None = None


async def _told_by_metadata(event: JobEvent, ports: Ports) -> _Told:
    """Return what there is to know of a job that makes inputs of its media, once it is completed.

    Raises UpstreamError, so that the event comes again, when the bucket is out of reach.
    """
    outputs, engine = event.outputs or {}, ENGINES[event.engine]
    describes = engine.media_from is not None
    makes_inputs = any(slot.becomes and slot.name in outputs for slot in engine.outputs)
    is_read = event.status is Status.COMPLETED and (describes or makes_inputs)
    if not is_read or "metadata" not in outputs:
        return _Told()
    # Here, because no start of the app needs it.
    from app.media.site import METADATA_BYTES_MAX, read_cost, read_site, track_languages

    metadata = await ports.objects.text(outputs["metadata"].key, METADATA_BYTES_MAX) or ""
    site = read_site(metadata) if describes else None
    return _Told(
        described=None if site is None else await _described(event, site, ports),
        languages=track_languages(metadata),
        cost=read_cost(metadata),
    )


async def _described(event: JobEvent, site: "MediaSite", ports: Ports) -> SiteChange | None:
    """Return what to store of what the site says of the media.

    A name that was made of the media's URL gives way to the site's title; a person's name stays.
    """
    media = await select_media(ports.store, event.media_id)
    if media is None:
        return None
    source = media.source_url or ""
    # Until 0.2 a media was named after its URL with all that was in it.
    automatic = {UNTITLED, source[:TITLE_CHARS_MAX], name_from_url(source)}
    return SiteChange(
        media_id=media.media_id,
        site=site.model_dump_json(by_alias=True, exclude_none=True),
        former_title=media.title if media.title in automatic else None,
        title=site.title,
    )


async def _parents(event: JobEvent, ports: Ports) -> Mapping[str, str]:
    """Return the versions that a completed job has read, by input slot, if it made one of one."""
    is_asked = event.status is Status.COMPLETED and any(
        slot.made_of is not None for slot in ENGINES[event.engine].outputs
    )
    job = await select_job(ports.store, event.job_id) if is_asked else None
    return {} if job is None else job.inputs


def _new_inputs(
    event: JobEvent, languages: Sequence[str | None], parents: Mapping[str, str]
) -> list[InputRow]:
    """Return the media inputs that a finished job's outputs become.

    *languages*: of subtitles. *parents*: the versions that the job has read, by input slot.

    Their ids are derived from the event's, so they are the same however often it arrives. Of
    several versions of one input the first is the newest, which is the media's own.
    """
    if event.status is not Status.COMPLETED:
        return []
    outputs, made = event.outputs or {}, list[InputRow]()
    for slot in ENGINES[event.engine].outputs:
        if slot.becomes is None or slot.name not in outputs:
            continue
        earlier = sum(item.slot == slot.becomes for item in made)
        entropy = _entropy(event.event_id, slot.name if earlier else slot.becomes)
        output = outputs[slot.name]
        has_language = slot.becomes == SUBTITLES and earlier < len(languages)
        made.append(
            InputRow(
                input_id=new_input_id(slot.becomes, event.at_ms, entropy),
                media_id=event.media_id,
                slot=slot.becomes,
                object_key=output.key,
                content_type=output.content_type,
                size_bytes=output.size_bytes,
                ready=True,
                created_ms=event.at_ms - earlier,
                language=languages[earlier] if has_language else None,
                origin=slot.origin,
                parent_id=None if slot.made_of is None else parents.get(slot.made_of),
            )
        )
    return made


def _entropy(event_id: str, slot: str) -> bytes:
    return sha256(f"{event_id} {slot}".encode()).digest()[:10]
