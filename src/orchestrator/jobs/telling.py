"""Telling the app: events, which it stores, and progress, which it shows to those who look.

Whatever is sent needs a permit of the governor (`media_jobs.governor`), so that an app that is slow
is sent less and not the same again.

An event goes again until the app has taken it. Mere progress is an event every ten minutes; in
between it is shown, at most once a second and only while somebody looks, and lost if it does not
arrive: newer progress follows.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from media_jobs.changed import changed
from media_jobs.deadlines import next_due_ms
from media_jobs.errors import UpstreamError
from media_jobs.governor import Delivered
from media_jobs.keyring import Purpose
from media_jobs.live import JobProgress
from media_jobs.ports import PeerAnswer
from media_jobs.record import (
    JobRecord,
    OutboxEntry,
    TellApp,
    next_progress_ms,
    put_off,
    remove_entry,
    shown,
    watched,
)
from media_jobs.retry import EVENT
from media_jobs.signing import signed_headers
from media_jobs.wire import JobEvent
from orchestrator.jobs import permits
from orchestrator.jobs.outcome import Outcome, document_of, later
from orchestrator.jobs.permits import Leave
from orchestrator.ports import JobPorts

EVENT_TIMEOUT_MS = 15_000
EVENTS_MAX = 50
LIST_BYTES_MAX = 256 * 1024
"""Of events in one list; the app takes four times as much."""
OVERLOADS = frozenset({429, 502, 503, 504})
DEADLINE_PASSED = "deadline_passed"
"""The code by which the app refuses what its sender no longer waits for."""
UNREAD = "HTTP 400"
"""In the error of a delivery that the app could not read, as one of before 0.7 can't read lists."""
SHOW_TIMEOUT_MS = 5_000
WATCH_MS = 5 * 60_000
"""For how long an answer that somebody looks is good."""


async def tell_app(job: JobRecord, effect: TellApp, tries: int, ports: JobPorts) -> Outcome:
    """Deliver an event, or show mere progress that is not yet to be stored.

    Nothing is sent without a permit; an event that gets none goes later, which is no failed try.
    """
    shows = effect.progress_only and job.brief and ports.now_ms() < next_progress_ms(job)
    if shows and job.watched_until_ms <= ports.now_ms():
        return Outcome(settled=shown)
    leave = await permits.ask(job, tries, ports)
    if leave.wait_ms:
        # Progress that waits is soon no news.
        return Outcome(settled=shown if shows else partial(put_off, wait_ms=leave.wait_ms))
    if shows:
        return await _show(job, effect.event, leave, ports)
    return await _deliver(job, _due_with(job, effect, ports.now_ms()), tries, leave, ports)


def _due_with(job: JobRecord, effect: TellApp, now_ms: int) -> list[OutboxEntry]:
    """Return the entry of *effect* and, for an app that takes lists, the due events behind it.

    One that has refused to read what it was sent may be older by now, and is asked by one event.
    """
    events = [e for e in job.outbox if isinstance(e.effect, TellApp)]
    first = next(n for n, e in enumerate(events) if e.effect == effect)
    takes_lists = job.brief and UNREAD not in (events[first].last_error or "")
    found, size = [events[first]], 0
    for entry in events[first + 1 : first + EVENTS_MAX] if takes_lists else ():
        assert isinstance(entry.effect, TellApp)
        is_shown = entry.effect.progress_only and now_ms < next_progress_ms(job)
        size += len(entry.effect.event.to_json())
        if entry.dead or entry.due_ms > now_ms or is_shown or size > LIST_BYTES_MAX:
            break
        found.append(entry)
    return found


async def _deliver(
    job: JobRecord, entries: Sequence[OutboxEntry], tries: int, leave: Leave, ports: JobPorts
) -> Outcome:
    now_ms = ports.now_ms()
    # Who was refused for that and heard of it in time has another clock than the app.
    ages = DEADLINE_PASSED not in (entries[0].last_error or "")
    events = [
        changed(
            entry.effect.event,
            ts=now_ms,
            nonce=ports.token(),
            wants_version=True,
            deadline_ms=now_ms + EVENT_TIMEOUT_MS if ages else None,
        )
        for entry in entries
        if isinstance(entry.effect, TellApp)
    ]
    body = (
        events[0].to_json()
        if len(events) == 1
        else b"[%s]" % b",".join(event.to_json() for event in events)
    )
    path = "/api/render/cf-callback"
    answer = await _post(path, body, EVENT_TIMEOUT_MS, job, leave, ports)
    said = document_of(answer.text)
    taken = _taken(answer.status, said, len(entries))
    if taken:
        settled = partial(_remove_told, entries=entries[:taken], brief=is_brief(said))
        return Outcome(settled=settled)
    if answer.status == 207:
        # What the first one was answered, which has kept the others from being applied.
        first = _items(said)[0]
        problem, status = first.get("problem"), first.get("status")
        said = problem if isinstance(problem, dict) else said
        answer = replace(answer, status=status) if isinstance(status, int) else answer
    code = said.get("code") or said.get("error")
    return later(EVENT, tries, job, "app", answer, str(code)[:64] if code else "")


def _taken(status: int, said: dict[str, object], count: int) -> int:
    """Return how many of *count* events the app has taken, up to the first that it has not."""
    if status != 207:
        return count if 200 <= status < 300 else 0
    oks = [item.get("status") == 200 for item in _items(said)]
    return oks.index(False) if False in oks else len(oks)


def _items(said: dict[str, object]) -> list[dict[str, object]]:
    items = said.get("items")
    listed = items if isinstance(items, list) else []
    found: list[dict[str, object]] = [item for item in listed if isinstance(item, dict)]
    return found or [{}]


def _remove_told(
    job: JobRecord, entry: OutboxEntry, now_ms: int, *, entries: Sequence[OutboxEntry], brief: bool
) -> JobRecord:
    for told in entries:
        job = remove_entry(job, told, now_ms, brief=brief)
    return job


def is_brief(said: dict[str, object]) -> bool:
    """Whether an app that answers an event with this shows progress and takes lists: from 0.7."""
    numbers = str(said.get("version", "")).split(".")[:2]
    return all(n.isdecimal() for n in numbers) and [int(n) for n in numbers] >= [0, 7]


async def _show(job: JobRecord, event: JobEvent, leave: Leave, ports: JobPorts) -> Outcome:
    """Show progress to who looks; the entry stays, to be told in its time."""
    fields = JobProgress.model_fields.keys() - {"type", "ts", "nonce"}
    progress = JobProgress(
        type="job.progress",
        ts=ports.now_ms(),
        nonce=ports.token(),
        **{name: getattr(event, name) for name in fields},
    )
    try:
        path = "/api/render/progress"
        answer = await _post(path, progress.to_json(), SHOW_TIMEOUT_MS, job, leave, ports)
    except UpstreamError:
        return Outcome(settled=shown)
    if answer.status != 200:
        return Outcome(settled=partial(shown, until_ms=0) if answer.status == 404 else shown)
    looks = document_of(answer.text).get("watched") is True
    until_ms = ports.now_ms() + WATCH_MS if looks else 0
    return Outcome(settled=partial(shown, until_ms=until_ms))


async def _post(
    path: str, body: bytes, timeout_ms: int, job: JobRecord, leave: Leave, ports: JobPorts
) -> PeerAnswer:
    """Send a signed body by the *leave* that was given, and say what came of it."""
    headers = signed_headers(body, ports.settings.keys.signing(Purpose.TO_APP), job.request_id)
    url = f"{ports.settings.app_base_url}{path}"
    begun_ms = ports.now_ms()
    try:
        answer = await ports.peers.call("POST", url, body, headers, timeout_ms)
    except UpstreamError:
        took_ms = ports.now_ms() - begun_ms
        await permits.report(job, leave, Delivered.OVERLOADED, took_ms, 0, ports)
        raise
    what = Delivered.TAKEN if answer.status < 300 else Delivered.REFUSED
    if answer.status in OVERLOADS:
        # One that has passed its deadline says nothing of the app that has heard it in time.
        is_late = DEADLINE_PASSED in answer.text
        what = Delivered.REFUSED if is_late else Delivered.OVERLOADED
    retry_after_ms = (answer.retry_after_s or 0) * 1000
    await permits.report(job, leave, what, ports.now_ms() - begun_ms, retry_after_ms, ports)
    return answer


def watch(for_s: int, ports: JobPorts) -> bool:
    """Show progress for the next *for_s*, what is known now at once; False: the job has ended."""
    job = ports.store.load()
    if job is None or job.ended:
        return False
    looked_at = watched(job, for_s * 1000, ports.now_ms())
    ports.store.save(looked_at)
    ports.alarm.arm(next_due_ms(looked_at))
    return True
