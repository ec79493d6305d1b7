"""A silent container is asked before its lease ends; its answer is a report."""

from media_jobs.deadlines import next_due_ms
from media_jobs.machine import advance
from media_jobs.status import Status
from tests.media_jobs.lives import CLOCKS, T0, TICK, after, report, working


def test_a_silent_container_is_asked_once_before_its_lease_ends() -> None:
    job = working(Status.RUNNING, 0.5)
    ask_ms = T0 + 20_000  # Two thirds of the lease of 30 s.
    assert next_due_ms(job) == ask_ms
    assert advance(job, TICK, ask_ms - 1).refused == "nothing_due"

    asked = advance(job, TICK, ask_ms)

    assert [effect.kind for effect in asked.effects] == ["ask_container"]
    assert asked.job.event_seq == job.event_seq
    assert advance(asked.job, TICK, ask_ms + 1).refused == "nothing_due"
    assert next_due_ms(asked.job) == T0 + CLOCKS.heartbeat_ms


def test_an_answer_in_time_renews_the_lease_and_the_next_silence_brings_the_next_question() -> None:
    asked = after(working(Status.RUNNING, 0.5), TICK, now_ms=T0 + 20_000)

    answered = after(asked, report(Status.RUNNING, 0.5), now_ms=T0 + 20_000)

    assert next_due_ms(answered) == T0 + 40_000
    again = advance(answered, TICK, T0 + 40_000)
    assert [effect.kind for effect in again.effects] == ["ask_container"]
