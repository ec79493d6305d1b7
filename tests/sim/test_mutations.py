"""Seeded bugs, one at a time: the simulator finds each within its default budget."""

import pytest

from tests.sim.runs import run_seeds, watch
from tests.sim.shipped import Mutation, load

BUDGET_S = 40.0
BUGS = {
    "no fencing: an attempt that was given up moves the job": Mutation(
        "media_jobs.machine",
        "attempt is None or attempt.number != event.attempt or attempt.state is AttemptState.ENDED",
        "attempt is None",
    ),
    "no fencing of what was begun anew after its end": Mutation(
        "media_jobs.machine",
        "attempt.verdict is Verdict.GIVEN_UP or event.status not in ENDED",
        "attempt.verdict is Verdict.GIVEN_UP",
    ),
    "no outbox: what follows from an event is not stored with it": Mutation(
        "orchestrator.jobs",
        "after = with_effects(decision.job, decision.effects, now_ms)",
        "after = decision.job",
    ),
    "no compare-and-set: an old event overwrites a newer one": Mutation(
        "app.store.events",
        """f" AND event_seq < ? AND status NOT IN ({_ENDED})",
        (
            event.event_seq,""",
        """f" AND ? > 0 AND status NOT IN ({_ENDED})",
        (
            event.event_seq,""",
    ),
    "no re-arm at the end of the alarm": Mutation(
        "orchestrator.jobs",
        "ports.store.rearm(None if job is None else _next_look_ms(job, ports))",
        "ports.store.rearm(None)",
    ),
    "no re-arm by whoever wakes the object": Mutation(
        "orchestrator.job_do", "jobs.rearm(self.ports)", "pass"
    ),
    "no re-arm after an event": Mutation(
        "orchestrator.jobs", "ports.store.arm(next_due_ms(decision.job))", "pass"
    ),
    "an event of before an await overwrites what came during it": Mutation(
        "orchestrator.jobs",
        "    job = ports.store.load()\n    assert job is not None\n    now_ms = ports.now_ms()\n",
        "    now_ms = ports.now_ms()\n",
    ),
    "a completion is believed without a look at the bucket": Mutation(
        "orchestrator.effects",
        "problem = _mismatch(keys[slot.name], claim, found)",
        "problem = None",
    ),
    "one attempt too many": Mutation(
        "media_jobs.machine", "tries >= job.max_attempts", "tries > job.max_attempts"
    ),
    "a refusal of the app is taken for an answer": Mutation(
        "orchestrator.effects",
        "if 200 <= answer.status < 300:",
        "if answer.status:",
    ),
    "events behind a failed one do not wait for it": Mutation(
        "media_jobs.record",
        "if is_event and not dead and not other.dead and isinstance(other.effect, TellApp):",
        "if dead:",
    ),
    "a job that could not be handed over is not tried again": Mutation(
        "app.handover", "due_ms = ports.now_ms() + delay_ms", "due_ms = 10**15"
    ),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("bug", BUGS)
def test_the_simulator_finds(bug: str) -> None:
    shipped = load([BUGS[bug]])
    watch(shipped)

    report = run_seeds(shipped, range(10**6), BUDGET_S)

    assert report.failed_seed is not None, f"not found in {report.lives} lives"
