"""One job's life, as its Durable Object runs it: load, advance, store, then perform.

Every change is one call of `_apply`: the machine decides, the record with its outbox is stored in
one write, the alarm is armed. Then the request that brought the event performs what follows, behind
its answer; the alarm does what is due later, and what a request has left undone. They share one
guard (`turn`), so that effects are done one after the other and none races itself; only a
cancellation does not wait for its turn. Awaiting a peer lets other events in, so the job is loaded
again after every await.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pydantic_core import to_json

from media_jobs.alarm import AGAIN_MS
from media_jobs.changed import changed
from media_jobs.deadlines import next_due_ms
from media_jobs.dispatch import Ticket
from media_jobs.errors import (
    AttemptFenced,
    Conflict,
    SignatureError,
    UpstreamError,
)
from media_jobs.events import (
    CancelRequested,
    ClockTicked,
    Event,
    SlotGranted,
    Submitted,
    reported,
)
from media_jobs.machine import Decision, advance
from media_jobs.outward import signer_of
from media_jobs.record import (
    AskContainer,
    AttemptState,
    Effect,
    JobRecord,
    OutboxEntry,
    StartAttempt,
    StopContainer,
    TellApp,
    postpone,
    revive,
    with_effects,
)
from media_jobs.redaction import describe
from media_jobs.signing import check_age
from media_jobs.status import Status
from media_jobs.wire import ContainerCallback, StartJob
from orchestrator.jobs.auth import attempt_of
from orchestrator.jobs.effects import PERFORM, perform
from orchestrator.jobs.job_log import advanced, line
from orchestrator.jobs.job_status import archived_document, status_document
from orchestrator.jobs.manifests import (
    may_be_forgotten,
    new_job,
    read_manifest,
    unstarted_job,
)
from orchestrator.jobs.outcome import Outcome
from orchestrator.jobs.piecework import KEPT_MS
from orchestrator.ports import JobPorts

EFFECTS_PER_TURN_MAX = 50


async def start(request: StartJob, ports: JobPorts, request_id: str = "") -> dict[str, object]:
    """Start a job, once; the same request again gets the same answer.

    What follows from it carries *request_id*, the first request's.

    A later generation of a job that has failed or was canceled starts it again, with its history.
    Raises InvalidInput (`missing_job_manifest`, `missing_inputs`, `bad_request`) and Conflict
    (`job_forgotten`) before anything is stored, and Conflict when the job is already here with
    another body.
    """
    known = ports.store.load()
    if known is None or _starts_again(request, known):
        manifest = await read_manifest(request, ports)
        # Awaiting the bucket let other requests in: the same one may have been faster.
        known = ports.store.load()
        if known is None or _starts_again(request, known):
            if known is None and may_be_forgotten(manifest, ports):
                raise Conflict("job_forgotten")
            job = new_job(manifest, ports.now_ms(), known, request_id)
            if request.manifest is not None:  # So does an app of 0.7 or later alone.
                # It knows that what it hands over is queued.
                said = {"told_ms": ports.now_ms(), "source_pixels": request.source_pixels}
                job = changed(job, brief=True, **said)
            _take(job, Submitted(token=ports.token()), ports)
            return {"jobId": job.job_id}
    same = (known.job_id, known.media_id, known.engine, known.generation)
    if same != (request.job_id, request.media_id, request.engine, request.generation):
        raise Conflict("job_conflict")
    # An app that never got an answer keeps asking for the start, and for nothing else.
    repair_alarm(ports)
    replay(ports)
    if known.status is Status.FAILED and not any(a.started_ms for a in known.tries):
        return {"jobId": known.job_id, "error": _start_error(known)}
    return {"jobId": known.job_id}


def help_out(helper: JobRecord, ports: JobPorts) -> bool:
    """Start a helper, once; return whether it has not ended."""
    known = ports.store.load()
    if known is None:
        known = _take(helper, Submitted(token=ports.token()), ports).job
    return not known.ended


def _starts_again(request: StartJob, known: JobRecord) -> bool:
    same = (known.job_id, known.media_id, known.engine)
    return (
        same == (request.job_id, request.media_id, request.engine)
        and request.generation > known.generation
        and known.status in (Status.FAILED, Status.CANCELED)
    )


def _start_error(job: JobRecord) -> str:
    unreachable = job.error is not None and job.error.code == "container_unreachable"
    return "container_unreachable" if unreachable else "container_start_failed"


def receive_callback(
    number: int,
    token: str,
    message: ContainerCallback,
    ports: JobPorts,
    signers: Sequence[str] | None = None,
) -> dict[str, object]:
    """Apply a container's callback, whose signature is right, exactly once.

    *signers*: who may have signed it (`media_jobs.outward.signer_of`); None: an older Worker did
    not say. Raises SignatureError for a wrong token or age, or the key of another host,
    AttemptFenced for an attempt that was given up.
    """
    job = ports.store.load()
    attempt = attempt_of(job, number, token)
    assert job is not None
    if signers is not None and signer_of(job.engine, attempt.host) not in signers:
        raise SignatureError("signed by the container of another engine or host")
    if message.job_id != job.job_id or message.attempt not in (None, number):
        raise SignatureError("a callback of another job or attempt")
    check_age(message.ts, ports.now_ms())
    if ports.store.has_seen(message.nonce):
        return {"ok": True}
    event = reported(attempt.number, message)
    decision = _take(job, event, ports, message.nonce)
    if decision.refused == "attempt_fenced":
        raise AttemptFenced("attempt_fenced")
    reason = decision.refused or decision.ignored
    return {"ok": True} if reason is None else {"ok": True, "ignored": True, "reason": reason}


def hold(ticket: Ticket, ports: JobPorts) -> bool:
    """Record a granted slot; return whether the attempt of *ticket* needs it.

    Called at the grant, and again from time to time while the slot is held.
    """
    job = ports.store.load()
    attempt = job.attempt if job is not None else None
    if job is None or attempt is None or attempt.number != ticket.attempt:
        return False
    if attempt.state is AttemptState.WAITING:
        _take(job, SlotGranted(attempt=ticket.attempt, host=ticket.host), ports)
    return attempt.state is not AttemptState.ENDED


async def cancel(
    job_id: str, generation: int, reason: str, ports: JobPorts, request_id: str = ""
) -> dict[str, object] | None:
    """Cancel the job and have its container killed now; None when there is no such job.

    A job whose start call is still on its way is canceled all the same: the start finds it ended.
    The app is notified behind the answer, or before it where a hanging container has the turn.
    """
    job = ports.store.load()
    if job is None or job.generation < generation:
        job = await unstarted_job(job_id, generation, ports, request_id)
    if job is None:
        return None
    decision = _apply(job, CancelRequested(reason=reason), ports)
    ports.alarm.arm(ports.now_ms() + AGAIN_MS)
    # What is awaited may be the very start: the container is then told once more, after it.
    is_starting = ports.turn.performs_any(StartAttempt)
    for entry in decision.job.outbox:
        if isinstance(entry.effect, StopContainer) and not ports.turn.performs(entry.entry_id):
            outcome = await _perform_entry(entry.entry_id, ports, is_last=not is_starting)
            if outcome is not None and outcome.retry_ms is not None:
                ports.log(line(job, "cancel_delayed", why=outcome.error))
    if ports.turn.performs_any(StartAttempt, AskContainer):
        await _deliver_due_events(ports)
    go_on(ports)
    return {"ok": True, "status": decision.job.status}


async def _deliver_due_events(ports: JobPorts) -> None:
    """Deliver the events that are due, in order; one that fails holds up those behind it."""
    for _ in range(EFFECTS_PER_TURN_MAX):
        entry_id = _first_due(ports.store.load(), ports.now_ms(), TellApp)
        if entry_id is None or ports.turn.performs_any(TellApp):
            break
        await _perform_entry(entry_id, ports)


def rearm(ports: JobPorts) -> None:
    """Set the alarm of a job that waits for something; nothing else is changed."""
    job = ports.store.load()
    if job is not None:
        ports.alarm.arm(_next_look_ms(job, ports))


def repair_alarm(ports: JobPorts) -> None:
    """Set the alarm again if it should have gone off a while ago: it was lost."""
    job = ports.store.load()
    ports.alarm.repair(None if job is None else next_due_ms(job))


async def status(ports: JobPorts) -> dict[str, object] | None:
    """Return the public status document, None when there is no job; asking repairs a lost alarm.

    For a job that waits for a slot it includes the place in the queue, if the dispatcher answers.
    """
    repair_alarm(ports)
    job = ports.store.load()
    if job is None:
        return None
    attempt, place = job.attempt, None
    if not job.ended and attempt is not None and attempt.state is AttemptState.WAITING:
        try:
            place = await ports.slots.place(job.engine, job.job_id)
        except UpstreamError as error:
            ports.log(line(job, "place_unknown", why=str(error)))
    return status_document(job, place)


def replay(ports: JobPorts) -> dict[str, object] | None:
    """Deliver dead letters again; None if there is no job."""
    job = ports.store.load()
    if job is None:
        return None
    dead = sum(entry.dead for entry in job.outbox)
    if dead:
        ports.store.save(revive(job, ports.now_ms()))
        go_on(ports)
    return {"ok": True, "replayed": dead}


async def tick(ports: JobPorts) -> None:
    """Do what is due: clocks first, then the outbox, oldest first. Called by the alarm."""
    job = ports.store.load()
    if job is None:
        return
    # Set before anything is tried: whatever fails below, the alarm goes off again.
    ports.alarm.rearm(ports.now_ms() + AGAIN_MS)
    if not job.ended:
        _apply(job, ClockTicked(token=ports.token()), ports)
    await _perform_due(ports)


def go_on(ports: JobPorts) -> None:
    """Do what is due behind the present answer; if that is lost, the alarm does it.

    Whoever has the turn looks again at its end.
    """
    job = ports.store.load()
    due_ms, now_ms = None if job is None else next_due_ms(job), ports.now_ms()
    if due_ms is None or due_ms > now_ms:
        ports.store.flush()
        ports.alarm.arm(due_ms)
        return
    ports.alarm.arm(now_ms + AGAIN_MS)
    if ports.turn.is_free():
        ports.later(partial(_turn, ports))


async def _turn(ports: JobPorts) -> None:
    try:
        await _perform_due(ports)
    except Exception as error:  # An outer boundary: logged, and left to the alarm.
        ports.log({"event": "effects_failed", **named(ports), "why": describe(error)})


async def _perform_due(ports: JobPorts) -> None:
    """Perform what is due, oldest first, unless somebody does; then set the alarm."""
    for _ in range(EFFECTS_PER_TURN_MAX):
        if not ports.turn.is_free():
            return
        # Looked for anew each time: an effect done may have brought the next one. The app is told
        # last, so that what an effect brings goes in one list with what brought the effect.
        job, now_ms = ports.store.load(), ports.now_ms()
        entry_id = _first_due(job, now_ms, _ACTS) or _first_due(job, now_ms, TellApp)
        if entry_id is None:
            break
        await _perform_entry(entry_id, ports)
    ports.store.flush()
    job = ports.store.load()
    if job is not None and _is_to_forget(job, ports):
        await _retire(job, ports)
    else:
        ports.alarm.rearm(None if job is None else _next_look_ms(job, ports))


def _next_look_ms(job: JobRecord, ports: JobPorts) -> int | None:
    """Return when the alarm must ring next: for what is due, or to forget the job."""
    due_ms = next_due_ms(job)
    return _forget_ms(job, ports) if due_ms is None else due_ms


def _forget_ms(job: JobRecord, ports: JobPorts) -> int | None:
    """Return when a job that has ended is forgotten: in twice the time if it has dead letters.

    Dead letters wait until the app requests them. It never does if it already has their content,
    for example because its answers were lost, or if it has deleted the job; an app that has missed
    the end finds it in the archived status.
    """
    if job.finished_ms is None or not all(entry.dead for entry in job.outbox):
        return None
    life_ms = ports.settings.job_ttl_s * 1000
    if job.helps is not None:
        return job.finished_ms + min(KEPT_MS, life_ms)
    return job.finished_ms + life_ms * (2 if job.outbox else 1)


def _is_to_forget(job: JobRecord, ports: JobPorts) -> bool:
    due_ms = _forget_ms(job, ports)
    return due_ms is not None and due_ms <= ports.now_ms()


async def _retire(job: JobRecord, ports: JobPorts) -> None:
    """Leave an archived status and delete the object's storage; if the first fails, try again."""
    if job.helps is None:  # The app knows of no helper.
        await ports.archived.put(job.job_id, to_json(archived_document(job)).decode())
    # Awaiting the store let others in: the job may have been started again.
    now = ports.store.load()
    if now is None or not _is_to_forget(now, ports):
        ports.alarm.rearm(None if now is None else _next_look_ms(now, ports))
        return
    await ports.store.forget()
    ports.alarm.forget()
    letters = len(job.outbox)
    ports.log(line(job, "job_retired", status=job.status, deadLetters=letters))


_ACTS = tuple(kind for kind in PERFORM if kind is not TellApp)


def _first_due(
    job: JobRecord | None, now_ms: int, kinds: type[Effect] | tuple[type[Effect], ...]
) -> int | None:
    """Return the oldest entry whose effect is one of *kinds* that was due at *now_ms*."""
    entries = [e for e in job.outbox if isinstance(e.effect, kinds)] if job is not None else []
    return next((e.entry_id for e in entries if not e.dead and e.due_ms <= now_ms), None)


async def _perform_entry(entry_id: int, ports: JobPorts, *, is_last: bool = True) -> Outcome | None:
    """Perform the effect of an entry, and store what comes of it.

    *is_last*: if it succeeds it need not be repeated. None: there was nothing to do.
    """
    job = ports.store.load()
    entry = job.entry(entry_id) if job is not None else None
    if job is None or entry is None or entry.dead:
        return None
    with ports.turn.of(entry):
        outcome = await perform(job, entry, ports)
    job = ports.store.load()
    if job is None:  # Forgotten: another has done it, after the time of this turn.
        return outcome
    now_ms = ports.now_ms()
    if outcome.retry_ms is not None:
        job = postpone(job, entry, now_ms, outcome.error, outcome.retry_ms)
        ports.log(_postponed(job, entry, outcome))
    elif is_last:
        job = outcome.settled(job, entry, now_ms)
    else:
        return outcome
    if outcome.event is not None:
        _apply(job, outcome.event, ports, store_anyway=True)
    elif outcome.retry_ms is not None:
        ports.store.save(job)
    else:
        # That an effect is done is stored with what comes next: if it is lost, it is done again.
        ports.store.keep(job)
    return outcome


def _apply(
    job: JobRecord,
    event: Event,
    ports: JobPorts,
    nonce: str | None = None,
    *,
    store_anyway: bool = False,
) -> Decision:
    """Advance *job* by *event* and store it with its outbox, in one write."""
    now_ms = ports.now_ms()
    decision = advance(job, event, now_ms)
    if decision.refused is None:
        after = with_effects(decision.job, decision.effects, now_ms)
        ports.store.save(after, None if decision.ignored else nonce)
        if (record := advanced(job, after, event, now_ms)) is not None:
            ports.log(record)
        decision = replace(decision, job=after)
    elif store_anyway:
        ports.store.save(job)
    return decision


def _take(job: JobRecord, event: Event, ports: JobPorts, nonce: str | None = None) -> Decision:
    """Apply an event from outside, and begin what follows from it."""
    decision = _apply(job, event, ports, nonce)
    go_on(ports)
    return decision


def _postponed(job: JobRecord, entry: OutboxEntry, outcome: Outcome) -> dict[str, object]:
    kept = job.entry(entry.entry_id)
    fields: dict[str, object] = {"tries": entry.tries + 1, "why": outcome.error}
    if kept is not None and kept.dead:
        return line(job, "dead_letter", **fields)
    return line(job, "effect_postponed", effect=entry.effect.kind, **fields)


def named(ports: JobPorts) -> dict[str, object]:
    """Return what names the job in a log line; nothing if it is not here, or cannot be read."""
    try:
        job = ports.store.load()
    except Exception:  # What cannot be read may be the very reason of the line.
        return {}
    if job is None:
        return {}
    return {name: value for name, value in line(job, "").items() if name != "event"}
