"""Submitting accepted jobs to the orchestrator, and checking on them.

The job row is written before the orchestrator is called; if the call fails, the row says so and the
sweeper tries again, so an accepted job is never lost.
"""

from dataclasses import dataclass

from app.jobs.events import apply_once
from app.jobs.store import (
    announce_end_here,
    end_here,
    note_dead_letters,
    note_submission,
    select_job_after,
    unchanged,
)
from app.jobs.waits import Ending, consequences_of_end, end_with_followers
from app.media.store import DOWNLOADED, select_source_pixels
from app.orchestrator import (
    StatusDocument,
    ask_status,
    is_unknown,
    new_nonce,
    post_signed,
    read_status,
    refusal_of,
    replay,
)
from app.ports import Ports
from app.rows import JobRow
from app.webhooks.messages import end_message_of
from media_jobs.engines import ENGINES
from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from media_jobs.retry import Backoff
from media_jobs.status import ENDED, WAITING, Status
from media_jobs.wire import MANIFEST_CHARS_MAX, ErrorReport, JobEvent, StartJob

SUBMISSION = Backoff(first_ms=5_000, most_ms=10 * 60_000)
CHECK_AFTER_MS = 5 * 60_000
_LOST = ErrorReport(
    code="job_lost", message="The orchestrator no longer knows this job.", retryable=False
)
_OVERTAKEN = ErrorReport(
    code="job_lost", message="This job was started again since this was stored.", retryable=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a job whose manifest was written just now: its text, and the inputs (by
    slot) that were found in the bucket in the last minutes."""

    manifest: str
    checked: tuple[str, ...] = ()


async def submit(job: JobRow, ports: Ports, known: Known | None = None) -> JobRow | None:
    """Submit *job* to the orchestrator and note the result.

    With what is *known*, the orchestrator need not ask the bucket for it. Return the job as it is
    then, if that was read on the way.
    """
    ports = ports.under(job.request_id)
    if job.engine not in ENGINES:
        await _note_failure(job, f"this version does not know the engine {job.engine}", ports)
        return None
    try:
        answer = await _post_start(job, known, ports)
    except UpstreamError as error:
        await _note_failure(job, str(error), ports)
        return None
    refusal = refusal_of(answer)
    if answer.status == 200:
        noted = note_submission(job, None, ports.now_ms() + CHECK_AFTER_MS)
        return await select_job_after(ports.store, [noted], job.job_id)
    if answer.status in (400, 409) and refusal is not None:
        await _end_refused(job, refusal, ports)
    else:
        why = f"HTTP {answer.status} {refusal.code if refusal else ''}".rstrip()
        await _note_failure(job, why, ports)
    return None


async def _post_start(job: JobRow, known: Known | None, ports: Ports) -> PeerAnswer:
    """Ask for the start of *job*; raises UpstreamError."""
    message = StartJob(
        type="job.start",
        job_id=job.job_id,
        media_id=job.media_id,
        engine=job.engine,
        generation=job.generation,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    if known is None or len(known.manifest) > MANIFEST_CHARS_MAX:
        return await post_signed("/jobs", message, ports)
    url, now_ms = ports.settings().orchestrator_url, ports.now_ms()
    if not await ports.peer.reads_manifests(url, ports.orchestrator, now_ms):
        return await post_signed("/jobs", message, ports)
    more: dict[str, object] = {"manifest": known.manifest, "checked": list(known.checked) or None}
    if ENGINES[job.engine].memory_4k_mib and DOWNLOADED in known.manifest:
        more["source_pixels"] = await select_source_pixels(ports.store, job.job_id)
    answer = await post_signed("/jobs", message.model_copy(update=more), ports)
    refusal = refusal_of(answer) if answer.status == 400 else None
    if refusal is None or refusal.code != "bad_request":
        return answer
    # An older one, to which the Worker was rolled back since it was asked, knows no such fields.
    ports.peer.doubt(now_ms)
    return await post_signed("/jobs", message, ports)


async def _end_refused(job: JobRow, refusal: ErrorReport, ports: Ports) -> None:
    """End a job that the orchestrator refuses: it fails, or it has ended already.

    This happens when the database was restored to a moment before the submission and the
    orchestrator has forgotten the job since; its last status document says how it ended.
    """
    if refusal.code == "job_forgotten":
        try:
            answer = await ask_status(job, ports)
        except UpstreamError as error:
            await _note_failure(job, str(error), ports)
            return
        if answer.status == 200 and await _apply_lost_end(job, read_status(answer), ports):
            return
        if answer.status != 200 and not is_unknown(answer):
            await _note_failure(job, f"HTTP {answer.status}", ports)
            return
    await _fail(job, refusal, ports)


async def end_job(job: JobRow, status: Status, error: ErrorReport | None, ports: Ports) -> bool:
    """End a job that the orchestrator does not have, and fail those that wait for it.

    Return False, with nothing changed, if an event has come since it was read, or if it was waiting
    then and waits no more.
    """
    ending = Ending(ports)
    if job.status == WAITING:
        await end_with_followers(job.job_id, error, ending, status)
        return (await ending.commit())[-1] == 1
    now_ms = ports.now_ms()
    message = end_message_of(job, status, error, now_ms)
    error_json = error.model_dump_json(by_alias=True, exclude_none=True) if error else None
    follows = await consequences_of_end(job.job_id, status, {}, ports, unchanged(job))
    ending.statements += [*follows.statements, *announce_end_here(job, message, now_ms)]
    ending.tells = True  # The sweeper ends jobs, too, and gives no answer to wait for.
    return (await ending.commit(end_here(job, status, error_json, now_ms)))[-1] == 1


async def _fail(job: JobRow, error: ErrorReport, ports: Ports) -> None:
    await end_job(job, Status.FAILED, error, ports)
    ports.log({"event": "handover_refused", "jobId": job.job_id, "code": error.code})


async def _note_failure(job: JobRow, why: str, ports: Ports) -> None:
    delay_ms = SUBMISSION.delay_ms(job.handover_tries + 1, job.job_id)
    due_ms = ports.now_ms() + delay_ms
    await ports.store.batch([note_submission(job, why[:500], due_ms)])
    ports.log(
        {
            "event": "handover_failed",
            "jobId": job.job_id,
            "tries": job.handover_tries + 1,
            "why": why,
        }
    )


async def check(job: JobRow, ports: Ports) -> int:
    """Ask for a job's status, which makes its Durable Object set its alarm again; note the answer.

    Return how many of its events are dead letters; they are requested again.

    A job that the orchestrator does not know is submitted. If events of it have arrived before,
    its state is lost and new events would repeat their numbers: it fails with `job_lost`.
    """
    ports = ports.under(job.request_id)
    dead = 0
    try:
        answer = await ask_status(job, ports)
    except UpstreamError as error:
        why: str | None = str(error)
    else:
        if is_unknown(answer):
            await (submit(job, ports) if job.event_seq == 0 else _fail(job, _LOST, ports))
            return 0
        why = None if answer.status == 200 else f"HTTP {answer.status}"
        if answer.status == 200:
            found = read_status(answer)
            if await _apply_lost_end(job, found, ports):
                return 0
            if found.all_told and found.generation > job.generation:
                await _fail(job, _OVERTAKEN, ports)
                return 0
            dead = found.dead_letters
            await _see_dead_letters(job, dead, ports)
    due_ms = ports.now_ms() + CHECK_AFTER_MS
    await ports.store.batch([note_submission(job, why, due_ms)])
    return dead


async def _apply_lost_end(job: JobRow, found: StatusDocument, ports: Ports) -> bool:
    """Apply the end of a job that this database has lost, for example by a restore from a backup.

    The orchestrator has delivered every event and will not deliver them again.
    """
    is_delivered = found.all_told and found.generation == job.generation
    if not is_delivered or found.status not in ENDED or found.event_seq <= job.event_seq:
        return False
    event = JobEvent(
        type="job.event",
        event_id=f"{job.job_id}.{job.generation}.{found.event_seq}",
        event_seq=found.event_seq,
        job_id=job.job_id,
        media_id=job.media_id,
        engine=job.engine,
        generation=job.generation,
        attempt=found.attempt,
        status=found.status,
        progress=found.progress,
        cause="found by the sweeper",
        error=found.error,
        outputs=found.outputs or None,
        at_ms=found.finished_at or ports.now_ms(),
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    return await apply_once(event, ports, is_answered=False) is not None


async def _see_dead_letters(job: JobRow, dead: int, ports: Ports) -> None:
    """Note how many dead letters the job has, and request them again: the app is up now."""
    if dead != job.dead_letters:
        await ports.store.batch([note_dead_letters(job, dead)])
    if not dead:
        return
    try:
        await replay(job, ports)
    except UpstreamError as error:
        ports.log({"event": "replay_failed", "jobId": job.job_id, "why": str(error)})
