"""One job's work on many hosts: what its attempt and its helpers ask, and what follows from that.

The rules are in `media_jobs.pieces`. The leader's job keeps who makes which piece; a helper asks
its own job, which asks the leader's: both are fenced by the tokens of their own attempts.
"""

from collections.abc import Callable
from functools import partial

from media_jobs.changed import changed
from media_jobs.effects import CallHelpers, DropHelpers, StartHelper, TellLeader
from media_jobs.errors import AttemptFenced, UpstreamError
from media_jobs.pieces import CALL_AGAIN_MS, LEADER, Helps, PiecesWanted, Sharing, helper_id
from media_jobs.record import (
    Attempt,
    AttemptState,
    JobRecord,
    OutboxEntry,
    remove_entry,
    with_effects,
)
from media_jobs.status import Status
from orchestrator.containers import piece_of, piece_url
from orchestrator.jobs.job_log import line
from orchestrator.jobs.outcome import Outcome
from orchestrator.jobs.upload_urls import current
from orchestrator.ports import JobPorts

QUEUE_MS = 30_000
"""How long a helper waits when another job was faster: it was called to a slot that was idle."""

KEPT_MS = 3_600_000
"""How long a helper that has ended is known, so that nothing starts it a second time."""


def lead(
    number: int, token: str, wanted: PiecesWanted, ports: JobPorts
) -> tuple[dict[str, object], bool]:
    """Answer the attempt that leads; return also whether something follows from it.

    The answer: `piece`, the number of the next one to make, or null; `made`, the URLs of those that
    helpers have made and it lacks, by number; `others`, those that helpers are at. Raises
    SignatureError for a wrong token, AttemptFenced when the attempt has ended.
    """
    job, attempt = current(number, token, ports)
    sharing = attempt.sharing or (Sharing.of(wanted.plan) if wanted.plan else None)
    is_other = wanted.plan is not None and sharing is not None and sharing.plan != wanted.plan
    if sharing is None or is_other:  # Of a host that has lost the attempt: nothing of it fits.
        return {"piece": None, "made": {}, "others": []}, False
    now_ms = ports.now_ms()
    after, piece = sharing.taken_back(wanted.back).to_lead(wanted.has)
    calls = after.to_call(1) > 0 and sharing.called_ms + CALL_AGAIN_MS <= now_ms
    if calls:
        after = changed(after, called_ms=now_ms)
    if after != attempt.sharing:
        noted = _with_sharing(job, attempt, after)
        effects = (CallHelpers(attempt=number),) if calls else ()
        ports.store.save(with_effects(noted, effects, now_ms))
    lacks = {n: p.by for n, p in enumerate(after.pieces) if p.made and n not in wanted.has}
    urls = {
        str(n): piece_url("GET", piece_of(job, attempt, n, by), ports.settings, now_ms)
        for n, by in lacks.items()
    }
    others = [n for n, p in enumerate(after.pieces) if p.by not in ("", LEADER) and not p.made]
    return {"piece": piece, "made": urls, "others": others}, calls


def helped(job: JobRecord | None) -> Helps | None:
    """Return whom a job helps."""
    return None if job is None else job.helps


async def may_go_on(job: JobRecord, ports: JobPorts) -> bool:
    """Whether a helper may make a further piece: not where a job waits for its slot."""
    try:
        return not await ports.slots.waiting(job.engine)
    except UpstreamError as error:
        ports.log(line(job, "place_unknown", why=str(error)))
        return True


def give_piece(
    number: int, helper: str, made: int | None, wants: bool, ports: JobPorts
) -> dict[str, object]:
    """Answer a helper of the attempt *number*: its next `piece` and where to PUT it, or null.

    One that *wants* none leaves what it has not made. Raises AttemptFenced when the attempt has
    ended, or knows no such helper.
    """
    at_work = _at_work(ports.store.load(), number)
    if at_work is None or not at_work.sharing.helpers.get(helper):
        raise AttemptFenced("attempt_fenced")
    job, attempt, sharing = at_work.job, at_work.attempt, at_work.sharing
    noted = sharing if made is None else sharing.with_made(helper, made)
    after, piece = noted.to_help(helper) if wants else (noted.left_by(helper), None)
    if after != sharing:
        ports.store.save(_with_sharing(job, attempt, after))
    if piece is None:
        return {"piece": None}
    key = piece_of(job, attempt, piece, helper)
    return {"piece": piece, "putUrl": piece_url("PUT", key, ports.settings, ports.now_ms())}


def helper_ended(number: int, helper: str, ports: JobPorts) -> None:
    """Let others make what a helper has left."""
    job = ports.store.load()
    if job is not None and (after := _without(job, number, helper)) is not job:
        ports.store.save(after)


# --- effects ----------------------------------------------------------------------------------


async def call_helpers(job: JobRecord, effect: CallHelpers, tries: int, ports: JobPorts) -> Outcome:
    """Note as many helpers as there are idle slots; each is then started."""
    if _at_work(job, effect.attempt) is None:
        return Outcome()
    idle = await ports.slots.idle(job.engine)

    def called(job: JobRecord, now_ms: int) -> JobRecord:
        at_work = _at_work(job, effect.attempt)
        if at_work is None:
            return job
        sharing, first = at_work.sharing, len(at_work.sharing.helpers)
        numbers = range(first, first + sharing.to_call(idle))
        ids = [helper_id(job.job_id, effect.attempt, number) for number in numbers]
        noted = _with_sharing(job, at_work.attempt, sharing.with_helpers(ids))
        starts = tuple(StartHelper(attempt=effect.attempt, helper=one) for one in ids)
        return with_effects(noted, starts, now_ms)

    return Outcome(settled=partial(_settled, by=called))


async def start_helper(job: JobRecord, effect: StartHelper, tries: int, ports: JobPorts) -> Outcome:
    """Start a helper; one that has ended before is noted as that."""
    number, helper = effect.attempt, effect.helper
    at_work = _at_work(job, number)
    if at_work is None or not at_work.sharing.helpers.get(helper):
        return Outcome()
    if await ports.others.help(_helper_job(at_work, helper, ports.now_ms())):
        return Outcome()
    return Outcome(settled=partial(_settled, by=lambda job, _: _without(job, number, helper)))


async def drop_helpers(job: JobRecord, effect: DropHelpers, tries: int, ports: JobPorts) -> Outcome:
    """Cancel the helpers that have not ended, and delete what any has uploaded."""
    attempt = next((a for a in job.attempts if a.number == effect.attempt), None)
    if attempt is None or attempt.sharing is None:
        return Outcome()
    for helper, runs in attempt.sharing.helpers.items():
        if runs:
            await ports.others.cancel(helper, "the job that it helped has ended")
    for number, piece in enumerate(attempt.sharing.pieces):
        for helper in piece.given:
            await ports.objects.delete(piece_of(job, attempt, number, helper))
    dropped = attempt
    return Outcome(settled=partial(_settled, by=lambda job, _: _with_sharing(job, dropped, None)))


async def tell_leader(job: JobRecord, effect: TellLeader, tries: int, ports: JobPorts) -> Outcome:
    """Tell the job that was helped that this one has ended, unless that has canceled it."""
    if job.helps is not None and job.status is not Status.CANCELED:
        await ports.others.helper_ended(job.helps, job.job_id)
    return Outcome()


# --- what they are made of --------------------------------------------------------------------


class _AtWork:
    """An attempt that has not ended, and its pieces."""

    __slots__ = ("attempt", "job", "sharing")

    def __init__(self, job: JobRecord, attempt: Attempt, sharing: Sharing) -> None:
        self.job, self.attempt, self.sharing = job, attempt, sharing


def _at_work(job: JobRecord | None, number: int) -> _AtWork | None:
    """Return the attempt *number* of *job* if it is at work on pieces."""
    attempt = job.attempt if job is not None else None
    if job is None or attempt is None or attempt.number != number or attempt.sharing is None:
        return None
    is_over = job.ended or attempt.state is AttemptState.ENDED
    return None if is_over else _AtWork(job, attempt, attempt.sharing)


def _with_sharing(job: JobRecord, attempt: Attempt, sharing: Sharing | None) -> JobRecord:
    """Return *job*, an attempt of which now has these pieces."""
    attempts = (
        changed(one, sharing=sharing) if one.number == attempt.number else one
        for one in job.attempts
    )
    return changed(job, attempts=tuple(attempts))


def _without(job: JobRecord, number: int, helper: str) -> JobRecord:
    """Return *job* after the end of a helper; itself where that changes nothing."""
    at_work = _at_work(job, number)
    after = None if at_work is None else at_work.sharing.without(helper)
    if at_work is None or after is at_work.sharing:
        return job
    return _with_sharing(job, at_work.attempt, after)


def _settled(
    job: JobRecord, entry: OutboxEntry, now_ms: int, *, by: Callable[[JobRecord, int], JobRecord]
) -> JobRecord:
    return by(remove_entry(job, entry, now_ms), now_ms)


def _helper_job(at_work: _AtWork, helper: str, now_ms: int) -> JobRecord:
    """Return the job of a helper: the same work for the same caller, tried once."""
    job = at_work.job
    return JobRecord(
        job_id=helper,
        media_id=job.media_id,
        engine=job.engine,
        generation=1,
        inputs=job.inputs,
        languages=job.languages,
        options=job.options,
        source_pixels=job.source_pixels,
        clocks=changed(job.clocks, queue_ms=min(QUEUE_MS, job.clocks.queue_ms)),
        max_attempts=1,
        caller=job.caller,
        running_max=job.running_max,
        request_id=job.request_id,
        helps=Helps(job_id=job.job_id, attempt=at_work.attempt.number, plan=at_work.sharing.plan),
        created_ms=now_ms,
        queued_ms=now_ms,
        updated_ms=now_ms,
    )
