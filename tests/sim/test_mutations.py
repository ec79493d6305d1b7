"""Seeded bugs, one at a time: the simulator finds each within its default budget."""

from dataclasses import replace
from itertools import chain

import pytest

from tests.sim.chain_lives import ChainWorld, cancellations, ends_at_once, late_ends, retries
from tests.sim.lives import CRASHES, LIVES, LifeWorld, strikes
from tests.sim.runs import run_seeds, watch
from tests.sim.shipped import Mutation, load

BUDGET_S = 40.0
BUGS = {
    "no fencing: an attempt that was given up moves the job": Mutation(
        "media_jobs.machine",
        "bool(job.attempts) and job.attempts[-1].number == event.attempt",
        "bool(job.attempts)",
    ),
    "no fencing of what was begun anew after its end": Mutation(
        "media_jobs.machine",
        "attempt.verdict is Verdict.GIVEN_UP or event.status not in ENDED",
        "attempt.verdict is Verdict.GIVEN_UP",
    ),
    "no outbox: what follows from an event is not stored with it": Mutation(
        "orchestrator.jobs.lifecycle",
        "after = with_effects(decision.job, decision.effects, now_ms)",
        "after = decision.job",
    ),
    "no compare-and-set: an old event overwrites a newer one": Mutation(
        "app.jobs.event_store",
        """f" WHERE {_TAKES_IT}",""",
        """" WHERE " + _TAKES_IT.replace("event_seq < ?", "? > 0"),""",
    ),
    "no re-arm at the end of the alarm": Mutation(
        "orchestrator.jobs.lifecycle",
        "ports.alarm.rearm(None if job is None else _next_look_ms(job, ports))",
        "ports.alarm.rearm(None)",
    ),
    "no re-arm by whoever wakes the object": Mutation(
        "orchestrator.jobs.job_do", "lifecycle.rearm(self.ports)", "pass"
    ),
    "no alarm behind what a request performs": Mutation(
        "orchestrator.jobs.lifecycle", "ports.alarm.arm(now_ms + AGAIN_MS)", "pass"
    ),
    "no guard: a request and the alarm perform at one time": Mutation(
        "orchestrator.jobs.turn", "return not self._running()", "return True"
    ),
    "a turn that died keeps the job for ever": Mutation(
        "orchestrator.jobs.turn", "if held.until_ms > now_ms", "if held"
    ),
    "an event of before an await overwrites what came during it": Mutation(
        "orchestrator.jobs.lifecycle",
        "        outcome = await perform(job, entry, ports)\n    job = ports.store.load()\n",
        "        outcome = await perform(job, entry, ports)\n",
    ),
    "a completion is believed without a look at the bucket": Mutation(
        "orchestrator.jobs.effects",
        "problem = _mismatch(keys[slot.name], claim, found)",
        "problem = None",
    ),
    "one attempt too many": Mutation(
        "media_jobs.machine", "tries >= job.max_attempts", "tries > job.max_attempts"
    ),
    "a refusal of the app is taken for an answer": Mutation(
        "orchestrator.jobs.telling",
        "return count if 200 <= status < 300 else 0",
        "return count",
    ),
    "events behind a failed one do not wait for it": Mutation(
        "media_jobs.record",
        "if is_event and not dead and not other.dead and isinstance(other.effect, TellApp):",
        "if dead:",
    ),
    "a job that could not be handed over is not tried again": Mutation(
        "app.jobs.submission", "due_ms = ports.now_ms() + delay_ms", "due_ms = 10**15"
    ),
    "a URL that has expired is given again": Mutation(
        "orchestrator.jobs.upload_urls",
        "attempt_urls(job, number, ports.settings, ports.now_ms())",
        "attempt_urls(job, number, ports.settings, job.created_ms - 3_600_000)",
    ),
    "no fencing of URLs: an attempt that was given up gets more of them": Mutation(
        "orchestrator.jobs.upload_urls",
        "job.ended or attempt is not job.attempt or attempt.state is AttemptState.ENDED",
        "attempt is None",
    ),
    "in a rotation only the first secret is accepted": Mutation(
        "media_jobs.signing", "for secret in secrets:", "for secret in secrets[:1]:"
    ),
    "in a rotation the last secret signs": Mutation(
        "media_jobs.signing", "_hex_hmac(secrets[0], message)", "_hex_hmac(secrets[-1], message)"
    ),
}

BUGS_OF_FLEETS = {
    "a cancellation goes to another host than the job": Mutation(
        "orchestrator.jobs.effects",
        "    host = _host_of(job, effect.attempt, ports)\n",
        '    host = ports.settings.host(job.engine, "")\n',
    ),
    "a slot of a host is given twice": Mutation(
        "media_jobs.hosts",
        "self.used[host or self._first] += count",
        "self.used[self._first] += count",
    ),
    "a slot of a host is counted twice": Mutation(
        "media_jobs.dispatch",
        "        self.remove(ticket.job_id)\n",
        "",
    ),
    "a job is placed on a host that drains": Mutation(
        "media_jobs.hosts",
        "0 if self.draining or self.capacity is None else self.capacity",
        "self.capacity or 0",
    ),
    "what a host says of its draining is not read": Mutation(
        "media_jobs.hosts", 'draining=said.get("draining") is True,', ""
    ),
    "a job is placed on a host without the model that it needs": Mutation(
        "media_jobs.hosts", "if all(map(state.has, _others(needs)))", "if True"
    ),
    "what a host has begun of a job that was moved may report": Mutation(
        "orchestrator.jobs.auth", "if token != attempt.host_token:", "if False:"
    ),
}
"""Bugs of engines with several hosts, which worlds find where each has such engines."""

BUGS_OF_VERSIONS = {
    "a job is given to a host that is too old for it where a newer one is there": Mutation(
        "media_jobs.hosts",
        "return [host for host in able if hosts[host].share_of",
        "return able or [",
    ),
    "nobody says that a job needs a newer host": Mutation(
        "media_jobs.needs", "if contract > 1 else ()", "if False else ()"
    ),
    "what a host says of its contract is not read": Mutation(
        "media_jobs.hosts", '{"contract": contract_said(said)}', "dict[str, int]()"
    ),
    "an older version that drains gets new work": Mutation(
        "media_jobs.hosts",
        "0 if self.draining or self.capacity is None else self.capacity",
        "(self.capacity or 0) * (not self.draining or self.amounts.get('contract') == 1)",
    ),
}
"""Bugs of engines whose hosts are of several versions, while they are updated."""

BUGS_OF_CHAINS = {
    "a job begins without what it has waited for": Mutation(
        "app.jobs.waits", '            "inputs": inputs,\n', ""
    ),
    "a job begins when one of two jobs has made its input": Mutation(
        "app.jobs.waits",
        "if follower not in lacking and all(wait.input_id for wait in its):",
        "if follower not in lacking and any(wait.input_id for wait in its):",
    ),
    "the sweeper submits a job that waits": Mutation(
        "app.jobs.sweep", "if job.status == WAITING:", "if False:"
    ),
    "a job waits for what is there already": Mutation(
        "app.jobs.settling",
        "made = await select_made_by(ending.ports.store, source.media_id, wait.from_job)",
        "made = {}",
    ),
    "a job waits for one that has failed": Mutation(
        "app.jobs.settling",
        "if source is None or source.status in (Status.FAILED, Status.CANCELED):",
        "if source is None:",
    ),
    "webhooks are not told of what ends while it waits": Mutation(
        "app.jobs.waits",
        "condition, params = while_waiting(job, ending.guard)",
        "condition, params = '0', ()",
    ),
}
"""Bugs of jobs that wait for others, which worlds find where each has such jobs."""

RARE_BUGS_OF_CHAINS = {
    "a job that waits again has the manifest of its first generation": (
        retries,
        Mutation("app.jobs.waits", '            "generation": job.generation,\n', ""),
    ),
    "what two ends at one time leave to each other is left": (
        ends_at_once,
        Mutation(
            "app.jobs.waits",
            "    ending.statements.append(look_at_followers(job_id, ending.now_ms, guard))\n",
            "",
        ),
    ),
    "an end that was overtaken fails those that wait for its job": (
        late_ends,
        Mutation("app.jobs.events", "made, ports, takes(event))", 'made, ports, ("1", ()))'),
    ),
    "a cancellation that comes too late fails those that wait for its job": (
        cancellations,
        Mutation(
            "app.jobs.waits",
            "with_it = replace(ending, guard=while_waiting(job, ending.guard))",
            "with_it = ending",
        ),
    ),
    "a failure fails those that wait although it was started again": (
        retries,
        Mutation("app.jobs.settling", "ending.guard = while_ended(source)", "pass"),
    ),
    "webhooks are told of an end that does not come": (
        cancellations,
        Mutation(
            "app.jobs.waits",
            "condition, params = while_waiting(job, ending.guard)",
            "condition, params = ending.guard",
        ),
    ),
    "a job that has begun meanwhile is said to have ended": (
        cancellations,
        Mutation(
            "app.jobs.wait_store",
            'finished_ms = ?, updated_ms = ?, check_ms = NULL"\n        f" WHERE {_IS_WAITING}',
            'finished_ms = ?, updated_ms = ?, check_ms = NULL"\n'
            '        f" WHERE job_id = ? AND generation = ?',
        ),
    ),
}
"""Bugs that want two things at one time: too rare for worlds."""

RARE_BUGS = {
    "events that were given up are not asked for again": (
        "events that are given up while the app is down",
        (),
        Mutation("app.jobs.submission", "    if not dead:\n        return\n", "    return\n"),
    ),
    "events that were given up stay so when they are asked for": (
        "events that are given up while the app is down",
        (),
        Mutation("media_jobs.record", "dead=False, tries=0", "tries=0"),
    ),
    "a letter that died stays when a later one was told": (
        "events that are given up while the app is down",
        ("before",),
        Mutation(
            "media_jobs.record",
            "outbox = tuple(e for e in outbox if not e.dead or e.entry_id > entry.entry_id)",
            "pass",
        ),
    ),
    "the parts of an attempt that was given up are left": (
        "an output in parts, some of them lost",
        ("cancel",),
        Mutation(
            "media_jobs.machine",
            "(release, *_aborts(attempt), *_drops(attempt))",
            "(release, *_drops(attempt))",
        ),
    ),
    "an upload in parts that two requests have begun is noted twice": (
        "an output in parts, some of them lost",
        ("report again",),
        Mutation(
            "orchestrator.jobs.upload_urls",
            "    if upload is not None:\n        await ports",
            "    if False:\n        await ports",
        ),
    ),
}
"""Bugs of one life, too rare for worlds of a short time: by which blows at its awaits they show;
none where the life shows them undisturbed.
"""

AIMED = {
    "no fencing: an attempt that was given up moves the job": {"request late": 0.05},
    "no fencing of what was begun anew after its end": {"request late": 0.05},
    "a turn that died keeps the job for ever": {"turn stuck": 0.1},
    "in a rotation only the first secret is accepted": {"secrets rotate": 1.0},
    "in a rotation the last secret signs": {"secrets rotate": 1.0},
    "a job waits for one that has failed": {"canceled": 1.0},
    "a cancellation goes to another host than the job": {"canceled": 0.5},
    "what a host has begun of a job that was moved may report": {"answer lost": 0.1},
}
"""Faults that each world has in which a bug is searched that seldom shows without them."""

BEGIN = {
    "a job waits for what is there already": 47,
    "a piece is lost with the helper that was at it": 32,
    "a piece that its helper has made is made again by another": 27,
    "a URL that has expired is given again": 13,
    "an older version that drains gets new work": 60,
}
"""Where the search for a bug begins that showed nowhere before: worlds take a tenth of a second."""


def seeds_of(bug: str) -> range:
    """Return the worlds in which a bug is searched."""
    return range(BEGIN.get(bug, 0), 10**6)


@pytest.mark.parametrize("bug", BUGS)
def test_the_simulator_finds(bug: str) -> None:
    shipped = load([BUGS[bug]])
    watch(shipped)

    report = run_seeds(shipped, seeds_of(bug), BUDGET_S, always=AIMED.get(bug, {}))

    assert report.failed_seed is not None, f"not found in {report.lives} lives"


@pytest.mark.parametrize("bug", RARE_BUGS)
def test_blows_at_each_await_of_a_life_find(bug: str) -> None:
    name, blows, mutation = RARE_BUGS[bug]
    life = next(life for life in LIVES if life.name == name)
    shipped = load([mutation])

    undisturbed = LifeWorld(shipped, life)
    undisturbed.run()
    count = len(undisturbed.awaits)
    struck = chain.from_iterable(strikes(count, [blow], int(blow in CRASHES)) for blow in blows)
    worlds = chain([undisturbed], (LifeWorld(shipped, life, strike).run() for strike in struck))
    assert any(world.oracle.broken for world in worlds)


@pytest.mark.parametrize("bug", BUGS_OF_FLEETS)
def test_worlds_in_which_engines_have_several_hosts_find(bug: str) -> None:
    shipped = load([BUGS_OF_FLEETS[bug]])

    report = run_seeds(shipped, seeds_of(bug), BUDGET_S, several=1.0, always=AIMED.get(bug, {}))

    assert report.failed_seed is not None, f"not found in {report.lives} lives"


@pytest.mark.parametrize("bug", BUGS_OF_VERSIONS)
def test_worlds_in_which_hosts_are_of_two_versions_find(bug: str) -> None:
    shipped = load([BUGS_OF_VERSIONS[bug]])

    report = run_seeds(
        shipped, seeds_of(bug), BUDGET_S, chained=0.0, running=0.0, several=1.0, mixed=1.0
    )

    assert report.failed_seed is not None, f"not found in {report.lives} lives"


LATE_LETTERS = Mutation(
    "app.jobs.store",
    "dead_letters = ? WHERE job_id = ? AND event_seq = ?",
    "dead_letters = ? WHERE job_id = ? AND ? >= 0",
)


def test_an_answer_about_dead_letters_that_these_overtake_finds_that_they_are_shown_as_dead() -> (
    None
):
    """The sweeper's question wakes a job whose alarm was lost, and the answer to it is late."""
    name = "events that are given up while the app is down"
    life = next(life for life in LIVES if life.name == name)
    shipped = load([LATE_LETTERS])
    undisturbed = LifeWorld(shipped, life, traced=True)
    undisturbed.run()
    answers = [line for line in undisturbed.kernel.traced or [] if " is answered " in line]
    (asked,) = [n for n, line in enumerate(answers) if "GET orchestrator.sim/jobs/" in line]
    blows = list(strikes(len(undisturbed.awaits), CRASHES, 1))
    lost = [blow for blow in blows if "lost" in blow.alarms]

    # Which answer it is, counted from the first, a blow changes by a few.
    lives = (
        replace(life, turns={**life.turns, "answer late": frozenset({asked + off})})
        for off in range(-5, 5)
    )
    found = (LifeWorld(shipped, late, blow).run() for late in lives for blow in lost)

    assert any(world.oracle.broken for world in found)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("bug", BUGS_OF_CHAINS)
def test_worlds_in_which_jobs_wait_find(bug: str) -> None:
    shipped = load([BUGS_OF_CHAINS[bug]])

    report = run_seeds(shipped, seeds_of(bug), BUDGET_S, chained=1.0, always=AIMED.get(bug, {}))

    assert report.failed_seed is not None, f"not found in {report.lives} lives"


BUGS_OF_PIECES = {
    "a piece is lost with the helper that was at it": Mutation(
        "media_jobs.pieces",
        "return changed(self.left_by(helper), helpers={**self.helpers, helper: False})",
        "return changed(self, helpers={**self.helpers, helper: False})",
    ),
    "a piece whose answer was lost is given to nobody again": Mutation(
        "media_jobs.pieces",
        "lost = [n for n, p in enumerate(self.pieces) if p.by == LEADER and n not in has]",
        "lost: list[int] = []",
    ),
    "a piece that its helper has made is made again by another": Mutation(
        "media_jobs.pieces", "if p.by == helper and not p.made}", "if p.by == helper}"
    ),
    "a helper has the place of another piece": Mutation(
        "orchestrator.jobs.piecework",
        "key = piece_of(job, attempt, piece, helper)",
        "key = piece_of(job, attempt, 0, helper)",
    ),
    "pieces are left behind": Mutation(
        "orchestrator.jobs.piecework",
        "await ports.objects.delete(piece_of(job, attempt, number, helper))",
        "pass",
    ),
}
"""Bugs of works in pieces, which worlds find in which all burns are made so."""


SLOWLY_FOUND = ("a helper has the place of another piece", "pieces are left behind")


@pytest.mark.parametrize(
    "bug",
    [
        pytest.param(bug, marks=[pytest.mark.long] if bug in SLOWLY_FOUND else [])
        for bug in BUGS_OF_PIECES
    ],
)
def test_worlds_in_which_burns_are_made_in_pieces_find(bug: str) -> None:
    shipped = load([BUGS_OF_PIECES[bug]])
    # What is left behind is judged where nothing goes wrong.
    always = {} if bug in SLOWLY_FOUND else {"work crashes": 0.3, "answer lost": 0.05}

    report = run_seeds(
        shipped, seeds_of(bug), BUDGET_S, chained=0.0, running=0.0, shared=1.0, always=always
    )

    assert report.failed_seed is not None, f"not found in {report.lives} lives"


BUGS_OF_RUNS = {
    "what is made is read without a review": Mutation(
        "app.jobs.wait_store",
        "input_id = CASE WHEN review_id IS NULL THEN ? END",
        "input_id = ?",
    ),
}


@pytest.mark.parametrize("bug", BUGS_OF_RUNS)
def test_worlds_in_which_a_recipe_runs_find(bug: str) -> None:
    shipped = load([BUGS_OF_RUNS[bug]])

    report = run_seeds(shipped, seeds_of(bug), BUDGET_S, chained=0.0, running=1.0)

    assert report.failed_seed is not None, f"not found in {report.lives} lives"


@pytest.mark.parametrize("bug", RARE_BUGS_OF_CHAINS)
def test_races_where_jobs_wait_find(bug: str) -> None:
    races, mutation = RARE_BUGS_OF_CHAINS[bug]
    shipped = load([mutation])

    assert any(ChainWorld(shipped, *race).run().oracle.broken for race in races(shipped))


NO_RELEASE = Mutation(
    "orchestrator.jobs.effects",
    "await ports.slots.release(job.engine, job.job_id, effect.attempt)",
    "await ports.slots.place(job.engine, job.job_id)",
)
NO_LEASE = Mutation("orchestrator.dispatch.dispatcher", "    if needed:\n", "    if True:\n")


def test_a_slot_that_is_not_given_back_returns_by_its_lease() -> None:
    """Why that is no seeded bug: the holder of a slot is asked, and the dispatcher takes it back.

    Without either it stays, and the simulator says so.
    """
    repaired = LifeWorld(load([NO_RELEASE]), LIVES[0]).run()
    kept = LifeWorld(load([NO_RELEASE, NO_LEASE]), LIVES[0]).run()

    assert not repaired.oracle.broken
    assert kept.oracle.broken == ["burner-ffmpeg: 1 tickets are left"]
