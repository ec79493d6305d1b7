"""Jobs that take their inputs from jobs that are not done: what follows for them from an end.

A job's end and what it means for the jobs that wait for it are one batch: their inputs are noted,
those that wait for nothing more are queued, and those that wait in vain fail. Two ends at one time
may each leave the other's to do: the same batch has the sweeper look at every follower, and
`app.jobs.settling` decides by what is stored then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.jobs.store import select_job
from app.jobs.wait_store import (
    ALWAYS,
    FOLLOWERS_AT_ONCE,
    Guard,
    Wait,
    end_waiting,
    look_at_all_followers,
    look_at_followers,
    note_made,
    release,
    request_review,
    select_followers,
    select_reviews,
    select_waits_with,
    when_all_made,
    while_waiting,
)
from app.media.store import InputRow, select_input
from app.ports import Ports
from app.rows import JobRow
from app.store import Statement
from app.translation.job_documents import Prepared, prepare_inputs
from app.webhooks.messages import call_senders, end_message_of, review_message
from app.webhooks.store import enqueue
from media_jobs.keys import manifest_key
from media_jobs.manifest import MANIFEST_BYTES_MAX, InputObject, JobManifest
from media_jobs.messages import message
from media_jobs.said import Said, said
from media_jobs.status import Status
from media_jobs.wire import ErrorReport, read

Made = Mapping[str, InputRow]
"""The versions that a job's outputs became, by output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows from the end of a job: for the batch that ends it, and to be looked at after.

    *tells*: whether webhooks may hear of it.
    """

    statements: Sequence[Statement] = ()
    followers: Sequence[str] = ()
    tells: bool = False


@dataclass(slots=True)
class Ending:
    """What is put together for one batch, under its *guard*. *tells*: webhooks may hear of it."""

    ports: Ports
    guard: Guard = ALWAYS
    statements: list[Statement] = field(default_factory=list)
    tells: bool = False

    @property
    def now_ms(self) -> int:
        return self.ports.now_ms()

    async def commit(self, *more: Statement) -> list[int]:
        """Run the batch, *more* last, and wake the senders of webhooks that hear of it."""
        statements = [*self.statements, *more]
        changed = await self.ports.store.batch(statements) if statements else []
        if self.tells:
            await call_senders(self.ports)
        return changed


async def consequences_of_end(
    job_id: str, status: Status, made: Made, ports: Ports, guard: Guard
) -> Consequences:
    """Return what follows from the end of *job_id*; nothing where no job waits for it.

    The manifests of the jobs that can begin are written here. Raises UpstreamError when the bucket
    is out of reach.
    """
    waits = await select_waits_with(ports.store, job_id)
    if not waits:
        return Consequences()
    ending = Ending(ports, guard)
    followers = {wait.job_id for wait in waits}
    if status is Status.COMPLETED:
        await _pass_on(job_id, made, waits, ending)
    else:
        await fail_followers(job_id, in_vain(job_id, status), ending)
    ending.statements.append(look_at_followers(job_id, ending.now_ms, guard))
    return Consequences(
        statements=ending.statements, followers=sorted(followers), tells=ending.tells
    )


async def _pass_on(job_id: str, made: Made, waits: Sequence[Wait], ending: Ending) -> None:
    """Note what a completed job has made for those that wait, and queue what can begin."""
    for output, item in made.items():
        ending.statements.append(note_made(job_id, output, item.input_id, ending.guard))
    known = {item.input_id: item for item in made.values()}
    of_job: dict[str, list[Wait]] = {}
    for wait in waits:
        of_job.setdefault(wait.job_id, []).append(_noted(wait, job_id, made))
    lacking = _lacking(job_id, of_job)
    for follower, output in lacking.items():
        error = not_made(job_id, output)
        await end_with_followers(follower, error, ending)
    for follower, its in of_job.items():
        if follower not in lacking and all(wait.input_id for wait in its):
            await release_into(follower, its, known, ending)
    reviews = {wait.review_id for wait in waits if wait.review_id and wait.from_job == job_id}
    await request_into(sorted(reviews), ending)


def _noted(wait: Wait, job_id: str, made: Made) -> Wait:
    """Return *wait* as it is once the outputs of *job_id* are noted."""
    item = made.get(wait.output) if wait.from_job == job_id else None
    if item is None:
        return wait
    read_as_it_is = wait.review_id is None
    return replace(wait, made_id=item.input_id, input_id=item.input_id if read_as_it_is else None)


def _lacking(job_id: str, of_job: Mapping[str, Sequence[Wait]]) -> dict[str, str]:
    """Return the jobs that wait for an output that *job_id* has not made, with that output."""
    return {
        follower: wait.output
        for follower, its in of_job.items()
        for wait in its
        if wait.from_job == job_id and wait.made_id is None
    }


async def release_into(
    job_id: str, waits: Sequence[Wait], known: Mapping[str, InputRow], ending: Ending
) -> None:
    """Write the manifest of a job whose inputs are all there, and queue it; *known*: by id."""
    job = await select_job(ending.ports.store, job_id)
    if job is None:
        return
    prepared = await _write_manifest(job, waits, known, ending.ports)
    if prepared is not None:
        released = release(job, ending.now_ms, ending.guard)
        ending.statements += [*prepared.statements, *released]
    else:
        gone = ErrorReport(
            code="manifest_gone", message=message("failure.manifest_gone"), retryable=False
        )
        await end_with_followers(job_id, gone, ending)


async def _write_manifest(
    job: JobRow, waits: Sequence[Wait], known: Mapping[str, InputRow], ports: Ports
) -> Prepared | None:
    """Complete a waiting job's manifest; return None where it, or a version, is gone."""
    place = manifest_key(job.job_id)
    text = await ports.objects.text(place, MANIFEST_BYTES_MAX)
    if text is None:
        return None
    manifest = read(JobManifest, text)
    inputs = dict(manifest.inputs)
    for wait in waits:
        chosen = wait.input_id or ""
        item = known.get(chosen) or await select_input(ports.store, job.media_id, chosen)
        if item is None:
            return None
        inputs[wait.slot] = InputObject(key=item.object_key, language=item.language)
    # Its age counts from now: what is older than jobs are kept for is taken for forgotten.
    manifest = manifest.model_copy(
        update={
            "inputs": inputs,
            "generation": job.generation,
            "after_seq": job.event_seq,
            "created_at": ports.now_ms(),
        }
    )
    prepared = await prepare_inputs(manifest, ports)
    await ports.objects.put_text(place, prepared.manifest.to_json().decode(), "application/json")
    return prepared


async def request_into(review_ids: Sequence[str], ending: Ending) -> None:
    """Ask for these reviews if all that they look at is there, and tell webhooks."""
    for review in await select_reviews(ending.ports.store, review_ids):
        condition, params = when_all_made(review.review_id, ending.guard)
        ending.statements += enqueue(
            review_message(review.run_id, review.review_id, review.media_id, ending.now_ms),
            ending.now_ms,
            of_media=review.media_id,
            guard=condition,
            guard_params=params,
        )
        ending.statements.append(request_review(review.review_id, ending.now_ms, ending.guard))
        ending.tells = True


async def fail_followers(job_id: str, error: ErrorReport, ending: Ending) -> None:
    """Fail the jobs that cannot begin without *job_id*; of very many, some are the sweeper's."""
    found = await select_followers(ending.ports.store, job_id, FOLLOWERS_AT_ONCE + 1)
    for follower in found[:FOLLOWERS_AT_ONCE]:
        await end_into(follower, Status.FAILED, error, ending)
    if len(found) > FOLLOWERS_AT_ONCE:
        look = look_at_all_followers(job_id, ending.now_ms, ending.guard)
        ending.statements.append(look)


async def end_with_followers(
    job_id: str, error: ErrorReport | None, ending: Ending, status: Status = Status.FAILED
) -> None:
    """End a waiting job, and fail those that wait for it; nothing changes if it waits no more.

    The last statement's change count is 1 if it was this batch that did so.
    """
    job = await select_job(ending.ports.store, job_id)
    if job is not None:
        with_it = replace(ending, guard=while_waiting(job, ending.guard))
        await fail_followers(job_id, in_vain(job_id, status), with_it)
        await end_into(job_id, status, error, ending)


async def end_into(job_id: str, status: Status, error: ErrorReport | None, ending: Ending) -> None:
    """End a waiting job, and tell webhooks."""
    job = await select_job(ending.ports.store, job_id)
    if job is None:
        return
    condition, params = while_waiting(job, ending.guard)
    ending.statements += enqueue(
        end_message_of(job, status, error, ending.now_ms),
        ending.now_ms,
        of_job=job_id,
        guard=condition,
        guard_params=params,
    )
    text = error.model_dump_json(by_alias=True, exclude_none=True) if error else None
    ending.statements.append(end_waiting(job, status, text, ending.now_ms, ending.guard))
    ending.tells = True


def in_vain(job_id: str, status: Status) -> ErrorReport:
    """Return why a job fails that waits for *job_id*, which has ended so."""
    key = "input_failed.canceled" if status is Status.CANCELED else "input_failed"
    return _of_input(said(key, job=job_id))


def not_made(job_id: str, output: str) -> ErrorReport:
    """Return why a job fails that waits for an *output* which *job_id* has not made."""
    return _of_input(said("input_failed.not_made", job=job_id, output=output))


def _of_input(told: Said) -> ErrorReport:
    return ErrorReport(
        code="input_failed",
        message=told.text,
        message_key=told.key,
        message_values=dict(told.values),
        retryable=False,
    )
