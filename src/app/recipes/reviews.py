"""Reviews: a person's step between jobs."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from app.jobs.settling import settle
from app.jobs.wait_store import (
    Guard,
    Wait,
    choose_input,
    decide_review,
    look_at_reviewed,
    select_waits_reviewed,
)
from app.jobs.waits import Ending, end_into, end_with_followers, fail_followers, in_vain
from app.media.store import select_input
from app.ports import Ports
from app.recipes.store import StepRow, select_newest_edit
from media_jobs.errors import Conflict, invalid_field, unfit_field
from media_jobs.ids import Id
from media_jobs.status import WAITING, Status
from media_jobs.strict import Strict

_DECIDED = {"approve": "approved", "reject": "rejected"}


class Decision(Strict):
    """What a person says of a review.

    *inputs*: by track (``translate.subtitles``), the version to go on with; where none is named,
    the newest edit of what the step has made.
    """

    decision: Literal["approve", "reject"]
    inputs: dict[str, Id] = Field(default_factory=dict, max_length=10)


async def decide(
    review: StepRow, steps: Sequence[StepRow], media_id: str, body: Decision, ports: Ports
) -> None:
    """Approve or reject a review that is asked for; a repeated decision changes nothing.

    Raises InvalidInput, Conflict (`review_not_requested`, `unfit`), UpstreamError.
    """
    review_id = review.review_id or ""
    if review.state == _DECIDED[body.decision]:
        return
    if review.state != "requested":
        raise Conflict("review_not_requested", state=f"state.{review.state}")
    waits = await select_waits_reviewed(ports.store, review_id)
    tracks = tracks_of(waits, steps)
    for track in body.inputs:
        if track not in tracks:
            raise invalid_field(f"inputs.{track}", "field.no_track")
    if body.decision == "reject":
        await _end_reviewed([wait.job_id for wait in waits], review_id, "rejected", ports)
        return
    now_ms, requested = ports.now_ms(), _is("requested", review_id)
    chosen = {
        track: await _chosen(track, wait, body.inputs.get(track), media_id, ports)
        for track, wait in tracks.items()
    }
    names = _names(steps)
    await ports.store.batch(
        [
            *(choose_input(w, chosen[f"{names[w.from_job]}.{w.output}"], requested) for w in waits),
            look_at_reviewed(review_id, now_ms, requested),
            decide_review(review_id, "approved", now_ms, "requested"),
        ]
    )
    ports.log({"event": "review_decided", "reviewId": review_id, "decision": "approved"})
    for job_id in sorted({wait.job_id for wait in waits}):
        await settle(job_id, ports)


def _is(state: str, review_id: str) -> Guard:
    return (
        "EXISTS (SELECT 1 FROM reviews WHERE review_id = ? AND state = ?)",
        (review_id, state),
    )


async def _chosen(track: str, wait: Wait, wanted: str | None, media_id: str, ports: Ports) -> str:
    """Return the version of a track to go on with; raises Conflict for one that does not fit."""
    made_id = wait.made_id or ""
    if wanted is None:
        return await select_newest_edit(ports.store, media_id, made_id)
    made = await select_input(ports.store, media_id, made_id)
    item = await select_input(ports.store, media_id, wanted)
    if item is None or not item.ready or made is None or item.slot != made.slot:
        raise unfit_field(f"inputs.{track}", "field.not_a_version")
    return item.input_id


def tracks_of(waits: Sequence[Wait], steps: Sequence[StepRow]) -> dict[str, Wait]:
    """Return what is reviewed by track, each once, whoever reads it."""
    names = _names(steps)
    return {f"{names[w.from_job]}.{w.output}": w for w in waits if w.from_job in names}


def _names(steps: Sequence[StepRow]) -> dict[str, str]:
    return {step.job_id: step.step for step in steps if step.job_id is not None}


async def _end_reviewed(job_ids: Sequence[str], review_id: str, state: str, ports: Ports) -> None:
    """Cancel the jobs that wait for a review, and fail those that wait for them.

    Nothing changes if somebody else has decided it meanwhile.
    """
    ending = Ending(ports, _is("requested", review_id))
    for job_id in sorted(set(job_ids)):
        await end_with_followers(job_id, None, ending, Status.CANCELED)
    decided = decide_review(review_id, state, ports.now_ms(), "requested")
    await ending.commit(decided)
    ports.log({"event": "review_decided", "reviewId": review_id, "decision": state})


async def cancel_waiting(steps: Sequence[StepRow], ports: Ports) -> None:
    """Cancel the jobs of a run that wait, and its reviews."""
    ending = Ending(ports)
    for step in steps:
        if step.job_id is not None and step.status == WAITING:
            await end_into(step.job_id, Status.CANCELED, None, ending)
        elif step.review_id is not None:
            now_ms = ports.now_ms()
            canceled = decide_review(step.review_id, "canceled", now_ms, "waiting", "requested")
            ending.statements.append(canceled)
    for job_id in (step.job_id for step in steps if step.status == WAITING):
        # Those of the run are canceled by now; there may be others.
        await fail_followers(job_id or "", in_vain(job_id or "", Status.CANCELED), ending)
    await ending.commit()


async def review_document(
    step: StepRow, steps: Sequence[StepRow], media_id: str, ports: Ports
) -> list[dict[str, object]]:
    """Return what the API shows of the tracks of a review."""
    waits = await select_waits_reviewed(ports.store, step.review_id or "")
    shown = list[dict[str, object]]()
    for track, wait in tracks_of(waits, steps).items():
        newest, made = None, None
        if wait.made_id is not None:
            newest = await select_newest_edit(ports.store, media_id, wait.made_id)
            made = await select_input(ports.store, media_id, newest)
        shown.append(
            {
                "track": track,
                "madeId": wait.made_id,
                "newestId": newest,
                "inputId": wait.input_id,
                "language": None if made is None else made.language,
            }
        )
    return shown
