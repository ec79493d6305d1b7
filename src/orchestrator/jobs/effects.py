"""Performs the effects of a job's outbox: one function per effect.

Each effect may be performed twice (after a crash between performing and recording it), so each is
idempotent on the receiving side: a start by job and attempt, a stop by its nature, a delivery by
its event's number.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from media_jobs.dispatch import Ticket
from media_jobs.engines import ENGINES
from media_jobs.engines.declaration import EARLIER_CONTRACT
from media_jobs.errors import Conflict, InvalidInput, OptionsUnsupported, UpstreamError
from media_jobs.events import (
    Event,
    OutputsRejected,
    OutputsVerified,
    Reported,
    SlotGranted,
    StartAnswered,
    StartDeferred,
    StartRefused,
    reported,
)
from media_jobs.keys import checkpoint_key
from media_jobs.messages import message
from media_jobs.needs import needs_of
from media_jobs.ports import ObjectInfo, PeerAnswer
from media_jobs.record import (
    AbortUpload,
    AskContainer,
    Attempt,
    AttemptState,
    CallHelpers,
    DeferSlot,
    DropCheckpoint,
    DropHelpers,
    Effect,
    JobRecord,
    OutboxEntry,
    ReleaseSlot,
    RequestSlot,
    StartAttempt,
    StartHelper,
    StopContainer,
    TellApp,
    TellLeader,
    VerifyOutputs,
)
from media_jobs.request_id import request_id_header
from media_jobs.retry import EVENT, START
from media_jobs.signing import signed_headers
from media_jobs.status import ENDED, Status
from media_jobs.wire import ContainerState, ErrorReport, OutputClaim, OutputObject, read
from orchestrator.containers import (
    cancel_request,
    expected_keys,
    render_request,
    state_request,
)
from orchestrator.jobs.earlier import (
    NO_SUCH_ROUTE,
    adopt_comments,
    contract_of,
    earlier_fields,
)
from orchestrator.jobs.job_log import line
from orchestrator.jobs.outcome import WAIT_MS_MAX, Outcome, document_of, later
from orchestrator.jobs.piecework import call_helpers, drop_helpers, start_helper, tell_leader
from orchestrator.jobs.telling import tell_app
from orchestrator.ports import JobPorts
from orchestrator.settings import Host

START_TIMEOUT_MS = 15_000
STOP_TIMEOUT_MS = 3_000
"""A container answers once the work is dead, which takes it up to two seconds."""
STOP_TRIES_MAX = 6
ASK_TIMEOUT_MS = 3_000
WAIT_MS_MIN = 1_000


_DONE = Outcome()


async def perform(job: JobRecord, entry: OutboxEntry, ports: JobPorts) -> Outcome:
    """Perform the effect of *entry*; never raises because of a peer."""
    effect = entry.effect
    try:
        return await PERFORM[type(effect)](job, effect, entry.tries, ports)
    except UpstreamError as error:
        if isinstance(effect, StopContainer) and entry.tries + 1 >= STOP_TRIES_MAX:
            return _DONE
        backoff = EVENT if isinstance(effect, TellApp) else START
        return Outcome(retry_ms=backoff.delay_ms(entry.tries + 1, job.job_id), error=str(error))


def _attempt_in(state: AttemptState, job: JobRecord, number: int) -> Attempt | None:
    """Return the attempt that an effect is for if it is the current one and still in *state*."""
    attempt = job.attempt
    return attempt if attempt and attempt.number == number and attempt.state is state else None


async def _request_slot(
    job: JobRecord, effect: RequestSlot, tries: int, ports: JobPorts
) -> Outcome:
    if _attempt_in(AttemptState.WAITING, job, effect.attempt) is None:
        return _DONE
    ticket = Ticket(
        job_id=job.job_id,
        attempt=effect.attempt,
        caller=job.caller,
        since_ms=job.queued_ms,
        head_start_s=job.head_start_s,
        running_max=job.running_max,
        request_id=job.request_id,
        needs=needs_of(job),
        wishes=ENGINES[job.engine].wishes(job.options),
    )
    granted = await ports.slots.request(job.engine, ticket)
    if granted is None:
        return _DONE
    return Outcome(event=SlotGranted(attempt=granted.attempt, host=granted.host))


async def _defer_slot(job: JobRecord, effect: DeferSlot, tries: int, ports: JobPorts) -> Outcome:
    # It may have been granted a slot, or have reported, since.
    if _attempt_in(AttemptState.WAITING, job, effect.attempt) is not None:
        await ports.slots.defer(job.engine, job.job_id, effect)
    return _DONE


async def _release_slot(
    job: JobRecord, effect: ReleaseSlot, tries: int, ports: JobPorts
) -> Outcome:
    await ports.slots.release(job.engine, job.job_id, effect.attempt)
    return _DONE


def _host_of(job: JobRecord, number: int, ports: JobPorts) -> Host | None:
    """Return an attempt's host; None: it was taken out of the setting."""
    host = next((a.host for a in job.attempts if a.number == number), "")
    return ports.settings.host(job.engine, host)


async def _is_alone(job: JobRecord, host: Host, ports: JobPorts) -> bool:
    """Whether there is no other host than *host*; one that connects outward is not counted on."""
    if host.label or len(ports.settings.hosts[job.engine]) > 1:
        return False
    try:
        return await ports.slots.is_alone(job.engine)
    except UpstreamError:
        return True


async def _start(job: JobRecord, effect: StartAttempt, tries: int, ports: JobPorts) -> Outcome:
    """Start the attempt on its host; where there are others, one that fails is not tried again."""
    number = effect.attempt
    if _attempt_in(AttemptState.STARTING, job, number) is None:
        return _DONE
    host = _host_of(job, number, ports)
    if host is None:
        return Outcome(event=StartDeferred(attempt=number, wait_ms=0, failed=True))
    try:
        outcome = await _start_at(host, job, number, tries, ports)
    except UpstreamError as error:
        delay_ms = START.delay_ms(tries + 1, job.job_id)
        outcome = Outcome(retry_ms=delay_ms, error=str(error))
    if outcome.retry_ms is None or await _is_alone(job, host, ports):
        return outcome
    ports.log(line(job, "start_failed", host=host.id, why=outcome.error))
    return Outcome(event=StartDeferred(attempt=number, wait_ms=0, failed=True))


async def _start_at(
    host: Host, job: JobRecord, number: int, tries: int, ports: JobPorts
) -> Outcome:
    named = request_id_header(job.request_id)
    # As long as for the start itself: where many begin at once, an answer is heard late.
    url = f"{host.base_url}/health"
    answer = await ports.peers.call("GET", url, None, named, START_TIMEOUT_MS)
    contract = contract_of(answer.text) if answer.status == 200 else None
    if contract is None:
        return later(START, tries, job, "container", answer)
    said = await _said_otherwise(job, number, contract, ports)
    if isinstance(said, ErrorReport):
        return Outcome(event=StartRefused(attempt=number, error=said))
    # Awaiting the answer let other events in: nothing is started that has been given up.
    known = ports.store.load()
    attempt = None if known is None else _attempt_in(AttemptState.STARTING, known, number)
    if attempt is None:
        return _DONE
    made = (job, attempt, ports.settings, ports.now_ms(), ports.token(), said)
    url, body = render_request(host, *made)
    headers = signed_headers(body, host.keys, job.request_id)
    answer = await ports.peers.call("POST", url, body, headers, START_TIMEOUT_MS)
    return _started(job, number, tries, answer)


def _started(job: JobRecord, number: int, tries: int, answer: PeerAnswer) -> Outcome:
    """Return what the answer to a start call says."""
    if answer.status in (200, 202):
        return Outcome(event=StartAnswered(attempt=number))
    if answer.status == 503:
        wait_ms = min(WAIT_MS_MAX, max(WAIT_MS_MIN, (answer.retry_after_s or 5) * 1000))
        return Outcome(event=StartDeferred(attempt=number, wait_ms=wait_ms))
    if answer.status in (400, 401, 403, 404, 413, 422):
        return Outcome(event=StartRefused(attempt=number, error=_refusal(answer)))
    return later(START, tries, job, "container", answer)


async def _said_otherwise(
    job: JobRecord, number: int, contract: int, ports: JobPorts
) -> Mapping[str, object] | ErrorReport:
    """Return the fields of the start call that a container of this *contract* needs otherwise.

    Or why none is made: a container ignores what it does not know, so one that would leave an input
    unread, or an option undone, is not asked to start.
    """
    if contract != EARLIER_CONTRACT:
        inputs = (slot for slot in ENGINES[job.engine].inputs if slot.name in job.inputs)
        if any(slot.contract > contract for slot in inputs):
            words = message("failure.container_outdated")
            return ErrorReport(code="container_outdated", message=words, retryable=False)
        return {}
    try:
        return await earlier_fields(job, number, ports)
    except OptionsUnsupported as error:
        words = message("failure.options_unsupported", options=", ".join(error.options))
        return ErrorReport(
            code="options_unsupported",
            message=words,
            retryable=False,
            options=list(error.options),
        )


def _refusal(answer: PeerAnswer) -> ErrorReport:
    """Return why the container will not start this. Only what it says about the job is final.

    A 401 may come from a rotation in progress, a 403 or 404 from a proxy without its container.
    """
    if answer.status == 401:
        return ErrorReport(
            code="container_unauthorized",
            message=message("failure.container_unauthorized"),
            retryable=True,
        )
    return ErrorReport(
        code="container_rejected",
        message=message("failure.container_rejected"),
        retryable=answer.status in (403, 404),
        tool_tail=f"HTTP {answer.status} {answer.text[:2000]}",
    )


async def _stop(job: JobRecord, effect: StopContainer, tries: int, ports: JobPorts) -> Outcome:
    host = _host_of(job, effect.attempt, ports)
    if host is None:
        return _DONE  # Its next report is answered with an order to stop.
    url, body = cancel_request(host, job, effect.attempt, ports.now_ms(), ports.token())
    headers = signed_headers(body, host.keys, job.request_id)
    answer = await ports.peers.call("POST", url, body, headers, STOP_TIMEOUT_MS)
    if answer.status < 500 or tries + 1 >= STOP_TRIES_MAX:
        return _DONE
    return later(START, tries, job, "container", answer)


async def _ask(job: JobRecord, effect: AskContainer, tries: int, ports: JobPorts) -> Outcome:
    """Treat the container's answer as the report that did not come.

    One that has no such question is not asked again; of what it was uploading, the bucket is.
    """
    number = effect.attempt
    attempt = _attempt_in(AttemptState.WORKING, job, number)
    if attempt is None:
        return _DONE
    if attempt.mute_ms is not None:
        is_there = await _is_uploaded(job, number, ports)
        done = Reported(attempt=number, status=Status.COMPLETED)
        return Outcome(event=done) if is_there else _DONE
    host = _host_of(job, number, ports)
    if host is None:
        return _DONE  # Unless it reports, its lease runs out.
    url, signed = state_request(host, job, ports.now_ms())
    headers = {**signed, **request_id_header(job.request_id)}
    answer = await ports.peers.call("GET", url, None, headers, ASK_TIMEOUT_MS)
    if answer.status >= 500:
        return later(START, tries, job, "container", answer)
    return Outcome(event=_answered(answer, job, number))


def _answered(answer: PeerAnswer, job: JobRecord, number: int) -> Event | None:
    """Return what the answer of a container says of an attempt.

    One that does not know the job, or that knows no attempts and says that its work has ended, says
    nothing about this attempt: its lease runs out.
    """
    if answer.status == 404 and document_of(answer.text).get("error") == NO_SUCH_ROUTE:
        return Reported(attempt=number, status=job.status, mute=True)
    try:
        state = read(ContainerState, answer.text) if answer.status == 200 else None
    except InvalidInput:
        state = None
    if state is None or state.job_id != job.job_id or state.attempt not in (None, number):
        return None
    return None if state.attempt is None and state.status in ENDED else reported(number, state)


async def _is_uploaded(job: JobRecord, number: int, ports: JobPorts) -> bool:
    """Whether all that an attempt must make is in the bucket."""
    keys = expected_keys(job, number)
    for slot in ENGINES[job.engine].required_outputs(job.options):
        found = await ports.objects.head(keys[slot])
        if found is None or found.size_bytes == 0:
            return False
    return True


async def _verify(job: JobRecord, effect: VerifyOutputs, tries: int, ports: JobPorts) -> Outcome:
    number = effect.attempt
    attempt = _attempt_in(AttemptState.VERIFYING, job, number)
    if attempt is None:
        return _DONE
    if job.helps is not None:  # Who leads looks at what it has made.
        return Outcome(event=OutputsVerified(attempt=number, outputs={}))
    keys = expected_keys(job, number)
    outputs: dict[str, OutputObject] = {}
    engine = ENGINES[job.engine]
    required = engine.required_outputs(job.options)
    for slot in engine.outputs:
        claim = attempt.claims.get(slot.name)
        if claim is None and slot.name not in required and attempt.claims:
            continue
        found = await _found(attempt, slot.name, keys[slot.name], ports)
        if found is None and slot.name in required and slot.name == "comments":
            found = await adopt_comments(job, keys, ports.objects)
        # Some claim every slot that they were given.
        unsure = claim is None or (claim.size_bytes is None and claim.md5 is None)
        if found is None and unsure and slot.name not in required:
            continue
        problem = _mismatch(keys[slot.name], claim, found)
        if problem is not None or found is None:
            error = ErrorReport(
                code="output_not_verified", message=f"{slot.name}: {problem}", retryable=True
            )
            return Outcome(event=OutputsRejected(attempt=number, error=error))
        outputs[slot.name] = OutputObject(
            key=keys[slot.name],
            size_bytes=found.size_bytes,
            content_type=slot.content_type,
            etag=found.etag,
            duration_ms=claim.duration_ms if claim else None,
            width=claim.width if claim else None,
            height=claim.height if claim else None,
        )
    # Here, because no start of a Worker needs it.
    from orchestrator.jobs.receipts import seal

    await seal(job, attempt, outputs, ports)
    return Outcome(event=OutputsVerified(attempt=number, outputs=outputs))


async def _found(attempt: Attempt, slot: str, key: str, ports: JobPorts) -> ObjectInfo | None:
    """Return the object at *key*, made of its parts first if it came in parts."""
    found = await ports.objects.head(key)
    claim, upload = attempt.claims.get(slot), attempt.uploads.get(slot)
    if found is not None or upload is None or claim is None or not claim.part_etags:
        return found  # Also when an earlier try has made it and its answer was lost.
    try:
        parts = list(enumerate(claim.part_etags, start=1))
        return await ports.objects.complete_multipart(key, upload.upload_id, parts)
    except Conflict:
        return None


def _mismatch(key: str, claim: OutputClaim | None, found: ObjectInfo | None) -> str | None:
    if claim is not None and claim.key is not None and claim.key != key:
        return "the container claims another key than its own"
    if found is None:
        return "the object is missing"
    if found.size_bytes == 0:
        return "the object is empty"
    if claim is not None and claim.size_bytes not in (None, found.size_bytes):
        return f"the object has {found.size_bytes} bytes, not {claim.size_bytes}"
    if claim is not None and not _is_of(claim, found.etag):
        return "the object has other bytes than those that were uploaded"
    return None


def _is_of(claim: OutputClaim, etag: str) -> bool:
    """Whether an object with *etag* may be what *claim* says.

    The ETag of what came in one PUT is its MD5; that of parts is no hash of the bytes, and ends
    with their number (the bucket has compared each part's own).
    """
    md5, _, parts = etag.partition("-")
    if claim.part_etags:
        return parts == str(len(claim.part_etags))
    return claim.md5 is None or parts != "" or claim.md5 == md5


async def _abort_upload(
    job: JobRecord, effect: AbortUpload, tries: int, ports: JobPorts
) -> Outcome:
    await ports.objects.abort_multipart(effect.key, effect.upload_id)
    return _DONE


async def _drop_checkpoint(
    job: JobRecord, effect: DropCheckpoint, tries: int, ports: JobPorts
) -> Outcome:
    engine = ENGINES[job.engine]
    key = checkpoint_key(engine, job.media_id, job.job_id, effect.generation)
    await ports.objects.delete(key)
    return _DONE


# Any: each function takes the effect that it is here for.
PERFORM: dict[type[Effect], Callable[[JobRecord, Any, int, JobPorts], Awaitable[Outcome]]] = {
    RequestSlot: _request_slot,
    DeferSlot: _defer_slot,
    ReleaseSlot: _release_slot,
    StartAttempt: _start,
    StopContainer: _stop,
    AskContainer: _ask,
    VerifyOutputs: _verify,
    AbortUpload: _abort_upload,
    DropCheckpoint: _drop_checkpoint,
    CallHelpers: call_helpers,
    StartHelper: start_helper,
    DropHelpers: drop_helpers,
    TellLeader: tell_leader,
    TellApp: tell_app,
}
