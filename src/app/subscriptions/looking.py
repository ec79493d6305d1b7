"""A look at a list: a job of the downloader that lists it, and what follows from what it found.

The job is one of a media that belongs to the subscription and that no list shows. Of its looks the
last one is kept.
"""

from collections.abc import Iterator, Mapping

from app.jobs.accept import check_limit, find_job
from app.jobs.planning import NewJob, insert_planned, plan_job
from app.jobs.store import has_room, select_job
from app.jobs.submission import submit
from app.media.media import NewMedia, new_media
from app.media.names import name_from_url
from app.media.removal_store import delete_jobs, select_job_ids_of
from app.media.store import delete_unused_media, insert_media, select_media
from app.ports import Ports
from app.rows import JobRow
from app.store import Statement
from app.subscriptions.pausing import pausing
from app.subscriptions.store import (
    KNOWN,
    SKIPPED,
    WAITING,
    EntryRow,
    SubscriptionRow,
    begin_look,
    end_look,
    may_look,
    save_entries,
    select_seen,
)
from app.web.caller import Caller
from media_jobs.ids import new_id
from media_jobs.keys import manifest_key, receipt_key
from media_jobs.redaction import without_grants
from media_jobs.status import Status
from media_jobs.subscriptions import (
    ENTRIES_MAX,
    FAILURES_MAX,
    PASSING,
    URL_CHARS_MAX,
    Listing,
    fresh_entries,
    next_look_ms,
    read_listing,
    skipped_for,
)

LISTER = "media-downloader"
_FORMER_LOOKS_MAX = 50
UNREADABLE: dict[str, object] = {
    "code": "list_unreadable",
    "message": "What the look has found can't be read.",
}


async def start_look(row: SubscriptionRow, caller: Caller, ports: Ports) -> bool:
    """Store and submit a job that lists what is there; return False if another one looks already.

    *ports*: of the subscription's workspace. Raises LimitReached, UpstreamError.
    """
    await check_limit(caller, ports)
    media = await select_media(ports.store, row.media_id) if row.media_id else None
    is_new = media is None
    if media is None:
        named = NewMedia(title=name_from_url(row.url), source_url=without_grants(row.url))
        media = new_media(named, ports)
    options: dict[str, object] = {"url": row.url, "mode": "list", "maxEntries": ENTRIES_MAX}
    wanted = NewJob(engine=LISTER, media_id=media.media_id, options=options)
    plan = await plan_job(wanted, caller, ports, media=media)
    place = manifest_key(plan.job_id)
    await ports.objects.put_text(place, plan.manifest.to_json().decode(), "application/json")
    room, room_params = has_room(caller.token)
    free, free_params = may_look(row)
    guard = (f"{room} AND {free}", (*room_params, *free_params))
    statements = insert_planned(plan, caller, ports, guard)
    statements.append(begin_look(row, plan.job_id, media.media_id))
    if is_new:
        added = insert_media(ports.store, media)
        statements = [added, *statements, delete_unused_media(media.media_id)]
    await ports.store.batch(statements)
    if await select_job(ports.store, plan.job_id) is None:
        await ports.objects.delete_many([place])
        return False
    ports.log(
        {
            "event": "look_started",
            "subscriptionId": row.subscription_id,
            "jobId": plan.job_id,
        }
    )
    await submit(await find_job(plan.job_id, ports), ports, plan.known(ports.now_ms()))
    return True


async def read_look(
    row: SubscriptionRow, job: JobRow | None, duration_max_s: int | None, ports: Ports
) -> None:
    """Store what a look that has ended has found, once. Raises UpstreamError.

    *job*: None where it was deleted, which is a look that never was, as is a canceled one.
    """
    if job is None or job.status == Status.CANCELED:
        await ports.store.batch([_ended(row, ports, row.failures, row.error)])
        return
    if job.status != Status.COMPLETED:
        await _failed(row, job.error or {}, ports)
        return
    # Here, because no start of the app needs it.
    from app.media.site import METADATA_BYTES_MAX

    output = (job.outputs or {}).get("metadata")
    text = output and await ports.objects.text(output["key"], METADATA_BYTES_MAX)
    listing = read_listing(text) if text else None
    if listing is None:
        await _failed(row, UNREADABLE, ports)
        return
    seen = await select_seen(ports.store, row.subscription_id, list(listing.by_site_id()))
    entries = list(_entries(row, listing, seen, duration_max_s, ports))
    ended = _ended(row, ports, 0, None, looks=row.looks + 1, is_long=listing.is_long)
    changed = await ports.store.batch([*save_entries(row, entries), ended])
    if changed[-1]:
        ports.log(
            {
                "event": "look_ended",
                "subscriptionId": row.subscription_id,
                "listed": len(listing.entries),
                "new": sum(entry.state == WAITING for entry in entries),
            }
        )
        await _forget_former_looks(job, ports)


def _ended(
    row: SubscriptionRow,
    ports: Ports,
    failures: int,
    error: dict[str, object] | None,
    *,
    looks: int | None = None,
    is_long: bool | None = None,
) -> Statement:
    now_ms = ports.now_ms()
    looks = row.looks if looks is None else looks
    next_ms = next_look_ms(now_ms, row.every_s, failures, row.subscription_id, looks)
    return end_look(
        row,
        now_ms,
        next_ms,
        looks=looks,
        failures=failures,
        error=error,
        is_long=row.is_long if is_long is None else is_long,
    )


async def _failed(row: SubscriptionRow, error: dict[str, object], ports: Ports) -> None:
    """Count a look that has failed; the last one that may pauses the subscription."""
    failures = row.failures + 1
    statements = [_ended(row, ports, failures, error)]
    if failures >= FAILURES_MAX:
        statements += pausing(row, "failures", error, ports)
    changed = await ports.store.batch(statements)
    if changed[0]:
        ports.log(
            {
                "event": "look_failed",
                "subscriptionId": row.subscription_id,
                "code": error.get("code"),
                "failures": failures,
            }
        )


def _entries(
    row: SubscriptionRow,
    listing: Listing,
    seen: Mapping[str, tuple[str, str | None]],
    duration_max_s: int | None,
    ports: Ports,
) -> Iterator[EntryRow]:
    """Yield what is to be stored: entries that are new, and those of which a reason has changed."""
    entries, now_ms = listing.by_site_id(), ports.now_ms()
    fresh, older = fresh_entries(listing, seen.keys())
    reasons = {name: skipped_for(entry, duration_max_s) for name, entry in entries.items()}
    again = [
        name
        for name, (state, reason) in seen.items()
        if state == SKIPPED and reason in PASSING and reasons[name] != reason
    ]
    free = [name for name in fresh if reasons[name] is None]
    # The first look notes what is there; with `startWith`, the newest are taken all the same.
    taken = set(free if row.looks else free[max(0, len(free) - row.start_with) :])
    for position, name in enumerate([*older, *fresh, *again]):
        entry, reason = entries[name], reasons[name]
        if name in again:
            state = WAITING if reason is None else SKIPPED
        elif name in taken:
            state = WAITING
        elif name in older or (not row.looks and reason not in PASSING):
            state = KNOWN
        else:
            state = SKIPPED
        yield EntryRow(
            # In the order of their age, also of one millisecond.
            entry_id=new_id("ent", now_ms, position.to_bytes(2) + ports.entropy(8)),
            site_id=name,
            url=entry.url[:URL_CHARS_MAX],
            title=None if entry.title is None else entry.title[:300],
            state=state,
            reason=reason if state == SKIPPED else None,
            seen_ms=now_ms,
        )


async def _forget_former_looks(last: JobRow, ports: Ports) -> None:
    """Delete the jobs of earlier looks with what they found; what is left goes with the next."""
    ids = await select_job_ids_of(ports.store, last.media_id, _FORMER_LOOKS_MAX)
    former = list[str]()
    keys = list[str]()
    for job_id in ids:
        job = await select_job(ports.store, job_id) if job_id != last.job_id else None
        if job is not None and job.ended:
            former.append(job_id)
            keys += (manifest_key(job_id), receipt_key(job_id))
            keys += (str(output["key"]) for output in (job.outputs or {}).values())
    if former:
        await ports.objects.delete_many(keys)
        await ports.store.batch(delete_jobs(former))
