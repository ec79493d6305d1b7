"""What the app is told of a running job: changes of its row, and progress to who looks."""

from itertools import pairwise

import pytest

from media_jobs.ports import PeerAnswer
from tests.orchestrator.world import World, document
from tests.platform.loop import run
from tests.platform.network import CUT, peer_answer

EVENTS, PROGRESS = "/api/render/cf-callback", "/api/render/progress"
NEW = peer_answer(200, '{"ok":true,"version":"0.7.0"}')
MINUTE_MS = 60_000


def begun(told: PeerAnswer = NEW, looks: bool = True) -> World:
    """Return a world whose container works on a job, with an app that answers so."""
    world = World()
    world.peers.forever(EVENTS, told)
    world.peers.forever(PROGRESS, peer_answer(200, f'{{"watched":{str(looks).lower()}}}'))
    run(world.begin())
    return world


def shown(world: World) -> list[object]:
    return [call.message["progress"] for call in world.peers.to(PROGRESS)]


def watch(world: World, *job_ids: str) -> list[str]:
    """Say that somebody looks; return which of the jobs run."""
    message = world.message("jobs.watch", jobs=list(job_ids or ("job_1",)), forS=300)
    reply = run(world.post("/watch", message))
    assert reply.status == 200, reply.body
    return [str(job_id) for job_id in document(reply)["runs"]]


async def work(world: World, reports: int, every_ms: int, first: float = 0.0) -> None:
    """Report progress again and again, each time a little more."""
    for number in range(reports):
        share = first + (1 - first) * (number + 1) / (reports + 1)
        await world.report("running", progress=round(share, 6))
        await world.wait(every_ms)


def test_of_an_hour_s_work_the_database_hears_a_dozen_times_at_most() -> None:
    world = begun()

    async def burn() -> None:
        await work(world, 360, 10_000)
        await world.report("uploading", progress=1.0)
        await world.wait(1000)
        world.upload()
        await world.report("completed")
        await world.settle()

    run(burn())

    told = world.told()
    assert told[-1]["status"] == "completed"
    assert len(told) <= 12
    assert shown(world) == []
    gaps = [b["atMs"] - a["atMs"] for a, b in pairwise(told)]  # type: ignore[operator]
    assert max(gaps) <= 10 * MINUTE_MS + 10_000, "and is not left without news for longer"


def test_an_app_of_before_is_told_of_progress_each_second() -> None:
    world = begun(peer_answer(200, '{"ok":true}'))

    run(work(world, 20, 500))

    assert len(world.told()) >= 10
    assert shown(world) == []
    assert watch(world) == ["job_1"]
    run(work(world, 4, 1000, 0.96))
    assert shown(world) == []


def test_progress_is_shown_once_a_second_while_somebody_looks_and_stored_in_its_time() -> None:
    world = begun()
    assert watch(world) == ["job_1"]
    before = len(world.told())

    run(work(world, 40, 250))

    assert len(world.told()) == before + 1, "that it runs"
    assert 9 <= len(shown(world)) <= 11
    assert shown(world) == sorted(shown(world))  # type: ignore[type-var]
    run(work(world, 60, 10_000, 0.999))
    told = world.told()[before + 1 :]
    assert [event["status"] for event in told] == ["running"]
    assert float(str(told[0]["progress"])) > 0.99


def test_who_begins_to_look_is_shown_at_once_what_is_not_told_yet() -> None:
    world = begun()
    run(work(world, 3, 5000))
    assert shown(world) == []

    watch(world)
    run(world.settle())

    assert shown(world) == [0.75]
    assert world.job().watched_until_ms > world.clock.now_ms


def test_nothing_is_shown_when_nobody_looks_any_more() -> None:
    world = begun(looks=False)
    watch(world)

    run(work(world, 30, 1000))

    assert len(shown(world)) == 1


def test_a_look_that_is_not_renewed_ends() -> None:
    world = begun()
    world.peers.forever(PROGRESS, CUT)
    watch(world)
    run(work(world, 3, 1000))
    tried = len(shown(world))

    run(world.wait(301_000))
    run(work(world, 5, 1000, 0.5))

    assert tried
    assert len(shown(world)) == tried


@pytest.mark.parametrize("refusal", [peer_answer(503), CUT, peer_answer(404)])
def test_progress_that_cannot_be_shown_delays_no_event(refusal: PeerAnswer) -> None:
    world = begun()
    world.peers.forever(PROGRESS, refusal)
    watch(world)

    async def end() -> None:
        await work(world, 3, 1000)
        world.upload()
        await world.report("completed")
        await world.settle()

    run(end())

    assert world.told()[-1]["status"] == "completed"
    assert world.job().outbox == ()


def test_progress_never_overtakes_an_event_that_could_not_be_told() -> None:
    world = begun()
    world.peers.forever(EVENTS, peer_answer(503))
    run(world.report("preparing"))
    run(world.wait(2000))
    watch(world)

    run(work(world, 10, 1000))

    assert shown(world) == []
    world.peers.forgive(EVENTS)
    run(world.wait(5 * MINUTE_MS))
    told = [event["eventSeq"] for event in world.told()]
    assert told == sorted(told)  # type: ignore[type-var]


def test_a_job_that_has_ended_or_is_not_there_is_not_looked_at() -> None:
    world = begun()
    run(world.cancel())

    assert watch(world, "job_1", "job_2") == []
