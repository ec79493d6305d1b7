"""The attempt's table: what it lists happens, and what it does not list changes nothing."""

from itertools import product

import pytest

from media_jobs.events import Event, Reported
from media_jobs.machine import ATTEMPTS, TRANSITIONS, advance
from media_jobs.record import Attempt, AttemptState, JobRecord
from media_jobs.status import ENDED, Status
from tests.media_jobs.lives import EVENTS, T0, new_job

LATE_MS = T0 + 10**9
"""When every clock of an attempt has ended."""
OPEN = [status for status in Status if status not in ENDED]
STATES = [None, *AttemptState]


def job_in(status: Status, state: AttemptState | None, number: int = 1) -> JobRecord:
    """Return a job in *status* whose latest attempt, *number*, is in *state*, possible or not."""
    attempts = tuple(
        Attempt(
            number=n,
            token=f"token-{n}",
            state=AttemptState.ENDED if n < number else state,
            opened_ms=T0,
            started_ms=T0,
            heartbeat_ms=T0,
            progress_ms=T0,
        )
        for n in range(1, number + 1)
        if state is not None
    )
    return new_job().model_copy(
        update={"status": status, "attempts": attempts, "event_seq": 7, "retry_at_ms": LATE_MS - 1}
    )


def test_every_event_has_a_row_of_states() -> None:
    assert set(ATTEMPTS) == set(TRANSITIONS)


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("state", STATES)
def test_an_event_that_the_table_does_not_list_for_the_state_changes_nothing(
    state: AttemptState | None, name: str
) -> None:
    event = EVENTS[name]
    if state in ATTEMPTS[type(event)]:
        return
    for status, now_ms in product(OPEN, (T0, LATE_MS)):
        job = job_in(status, state)
        before = job.model_dump_json()

        decision = advance(job, event, now_ms)

        assert decision.refused is not None
        assert decision.job is job
        assert decision.effects == ()
        assert job.model_dump_json() == before


@pytest.mark.parametrize("name", [n for n, e in EVENTS.items() if hasattr(e, "attempt")])
@pytest.mark.parametrize("state", AttemptState)
def test_j14_an_event_of_an_earlier_attempt_changes_nothing_and_a_report_is_fenced_out(
    state: AttemptState, name: str
) -> None:
    for status in OPEN:
        job = job_in(status, state, number=2)

        decision = advance(job, EVENTS[name], T0)

        assert decision.refused is not None
        assert decision.job is job
        if isinstance(EVENTS[name], Reported):
            assert decision.refused == "attempt_fenced"


def test_the_table_lists_nothing_that_cannot_happen() -> None:
    met: set[tuple[type[Event], AttemptState | None, AttemptState | None]] = set()
    for event, state, status in product(EVENTS.values(), STATES, OPEN):
        # Of a job that was started again, the attempts of its life before have ended.
        generations = (1, 2) if state is AttemptState.ENDED else (1,)
        for now_ms, generation in product((T0, T0 + 25_000, LATE_MS), generations):
            job = job_in(status, state).model_copy(update={"generation": generation})
            decision = advance(job, event, now_ms)
            if decision.refused is None:
                attempt = decision.job.attempt
                met.add((type(event), state, attempt.state if attempt else None))

    listed = {
        (event, before, after)
        for event, row in ATTEMPTS.items()
        for before, afters in row.items()
        for after in afters
    }
    assert met == listed
