"""How many rows a job's object writes: what Cloudflare bills, and what each save costs."""

from collections import Counter

from tests.orchestrator.world import T0, World, begun
from tests.platform.loop import run

REPORTS = 100


def _written(world: World) -> Counter[str]:
    """Return how many rows of each table were written, from now on; an alarm is one."""
    written: Counter[str] = Counter()
    disk = world.disks["job_1"]
    execute, set_alarm = disk.exec, disk.setAlarm

    def counted(sql: str, *params: object) -> object:
        rows = execute(sql, *params)
        if sql.startswith(("INSERT", "DELETE")):
            changed = disk.sqlite.execute("SELECT changes()").fetchone()[0]
            written[sql.split()[2]] += changed
        return rows

    def alarmed(due_ms: int) -> object:
        written["alarm"] += 1
        return set_alarm(due_ms)

    disk.exec, disk.setAlarm = counted, alarmed  # type: ignore[method-assign, assignment]  # Counted.
    world.evict()
    return written


def test_a_whole_job_with_five_reports_writes_a_row_for_each_step_and_none_for_nonces() -> None:
    world = World()
    world.prepare()
    world.ports()
    written = _written(world)

    run(world.submit())
    run(world.settle())
    for number in range(5):
        run(world.report("running", phase="encoding", progress=number / 10))
        run(world.settle())
    world.upload()
    run(world.report("completed"))
    run(world.settle())

    assert world.job().status == "completed"
    assert written["nonce"] == 0
    # Submitted, granted, started, told; five reports, the first one told; claimed, verified, told.
    assert written["job"] == 13


def test_a_report_writes_one_row_and_its_nonce_a_share_of_another() -> None:
    world = begun()
    run(world.report("running", progress=0.0))
    run(world.settle())
    written = _written(world)

    for number in range(REPORTS):
        run(world.report("running", progress=(number + 1) / (REPORTS + 1)))

    assert written["job"] == REPORTS
    assert written["nonce"] <= REPORTS / 32 + 1
    assert len(world.disks["job_1"].nonces) == REPORTS + 1


def test_nonces_are_known_after_an_eviction_and_dropped_once_they_are_too_old() -> None:
    world = begun()
    for number in range(40):
        run(world.report("running", progress=number / 100, nonce=f"nonce-{number:04d}"))
    before = world.job()

    world.evict()
    for number in range(40):
        run(world.report("running", progress=number / 100, nonce=f"nonce-{number:04d}"))
    assert world.job() == before

    world.clock.now_ms = T0 + 20 * 60_000
    for number in range(40, 80):
        run(world.report("running", progress=number / 100, nonce=f"nonce-{number:04d}"))
    assert "nonce-0001" not in world.disks["job_1"].nonces
    assert "nonce-0079" in world.disks["job_1"].nonces
