"""A cut-over on a recording account: the old Worker is aside, or has exactly what it had before."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from dev.check.jsonc import read_jsonc
from dev.wrangler import ToolResult
from ops.cutover.command import (
    STATE_FILE,
    Cutover,
    CutoverFailed,
    Record,
    look,
    plan,
    read_record,
    released,
    undo,
)
from ops.deploy import UNROUTED_CONFIG, upload_unrouted
from ops.project import Project, ToolFailed
from ops.smoke import Tried
from tests.ops.fake_wrangler import CloudflareApi, FakeWrangler

pytestmark = [pytest.mark.programs, pytest.mark.usefixtures("api")]

APP = "vid-genius-start"
HOST = "video.films.test"
OLD = {f"{HOST}/*": "old-app", f"{HOST}/api/*": "old-app", "shop.films.test/*": "old-app"}
OTHERS = {"films.test/*": "landing"}
WELL = Tried(name="home", ok=True, seconds=0.1, seen="HTTP 200")
BAD = Tried(name="job", ok=False, seconds=0.1, seen="HTTP 503")


@pytest.fixture
def wrangler(project: Project) -> FakeWrangler:
    """An account in which another Worker has the domain, and more."""
    fake = FakeWrangler(project.root)
    fake.add_worker("old-app", *OLD)
    fake.add_worker("landing", *OTHERS)
    return fake


def record_of(project: Project) -> Record:
    """Return what a first run would do, or what an earlier one has left."""
    record = read_record(project) or look(project)[0]
    assert record is not None
    return record


def cut_over(project: Project, *tried: Tried) -> list[str]:
    """Run it, with what the trial would find; return what it said."""
    said: list[str] = []

    def trial() -> Sequence[Tried]:
        return tried

    Cutover(project=project, trial=trial, report=said.append).run(record_of(project))
    return said


def test_the_old_worker_is_moved_aside_and_keeps_what_is_elsewhere(
    project: Project, wrangler: FakeWrangler
) -> None:
    cut_over(project, WELL)

    assert wrangler.routes == {
        f"{HOST}/*": APP,
        f"{HOST}/__legacy/*": "old-app",
        "shop.films.test/*": "old-app",
        **OTHERS,
    }
    assert record_of(project).stage == "done"


def test_the_domain_has_a_worker_at_every_moment_of_a_cut_over_and_of_its_way_back(
    project: Project, wrangler: FakeWrangler, api: CloudflareApi
) -> None:
    cut_over(project, WELL)
    record = record_of(project)
    undo(project, record, print)

    assert wrangler.routes == {**OLD, **OTHERS}
    said: list[str] = []
    undo(project, record, said.append)
    assert said == []
    owners = [routes.get(f"{HOST}/*") for routes in api.history]
    assert [owner for owner, _ in itertools.groupby(owners)] == ["old-app", APP, "old-app"]


def test_an_app_that_fails_its_trial_gives_every_route_back(
    project: Project, wrangler: FakeWrangler
) -> None:
    with pytest.raises(CutoverFailed, match="job: HTTP 503"):
        cut_over(project, WELL, BAD)

    assert wrangler.routes == {**OLD, **OTHERS}
    assert read_record(project) is None


def test_a_deploy_that_fails_has_changed_no_route(
    project: Project, wrangler: FakeWrangler, api: CloudflareApi
) -> None:
    wrangler.change(fail=["deploy "])

    with pytest.raises(CutoverFailed, match="The network went away"):
        cut_over(project, WELL)

    assert wrangler.routes == {**OLD, **OTHERS}
    assert all(routes == wrangler.routes for routes in api.history)
    assert not (project.root / UNROUTED_CONFIG).exists()


def test_the_app_is_deployed_with_its_config_less_the_routes(
    project: Project, tmp_path: Path
) -> None:
    class Reading(Project):
        def wrangler(self, *arguments: str, given: str = "") -> ToolResult:
            config = self.root / arguments[arguments.index("--config") + 1]
            return ToolResult(status=0, out=config.read_text(), err="")

    whole = read_jsonc((tmp_path / "wrangler.root.jsonc").read_text())
    deployed = read_jsonc(upload_unrouted(Reading(root=tmp_path)))

    assert whole["env"]["production"].pop("routes")
    whole["env"]["production"] |= {"routes": [], "workers_dev": False}
    assert deployed == whole


@pytest.mark.parametrize("refused", ["POST /zones/z1", "DELETE /zones/z1"])
def test_routes_that_cannot_be_moved_are_all_given_back(
    project: Project, wrangler: FakeWrangler, api: CloudflareApi, refused: str
) -> None:
    api.refused = [refused]
    with pytest.raises((CutoverFailed, ToolFailed)):
        cut_over(project, WELL)
    api.refused = []

    if record := read_record(project):
        undo(project, record, print)

    assert wrangler.routes == {**OLD, **OTHERS}


class Killed(BaseException):
    """The process ends here."""


def run_until(project: Project, steps: int) -> None:
    """Run a cut-over that is killed when it has told of so many steps."""
    left = [steps]

    def report(_: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    with pytest.raises(Killed):
        Cutover(project=project, trial=lambda: [WELL], report=report).run(record_of(project))


@pytest.mark.parametrize("steps", range(5))
def test_a_run_that_is_killed_after_any_step_can_be_undone(
    project: Project, wrangler: FakeWrangler, steps: int
) -> None:
    run_until(project, steps)

    undo(project, record_of(project), print)

    assert wrangler.routes == {**OLD, **OTHERS}
    assert read_record(project) is None


@pytest.mark.parametrize("steps", [1, 4])
def test_a_run_that_is_killed_is_gone_on_with_and_still_knows_what_was_before(
    project: Project, wrangler: FakeWrangler, steps: int
) -> None:
    run_until(project, steps)

    cut_over(project, WELL)

    assert wrangler.routes[f"{HOST}/*"] == APP
    record = record_of(project)
    assert (record.stage, record.before) == ("done", OLD)


def test_undoing_that_fails_keeps_what_was_before_and_can_be_repeated(
    project: Project, wrangler: FakeWrangler, api: CloudflareApi
) -> None:
    def trial() -> Sequence[Tried]:
        api.refused = ["PUT /zones/z1"]
        return [BAD]

    with pytest.raises(ToolFailed, match="make ops ARGS='rollback cutover'"):
        Cutover(project=project, trial=trial, report=print).run(record_of(project))
    record = record_of(project)
    assert (record.stage, record.before) == ("undoing", OLD)

    api.refused = []
    undo(project, record, print)

    assert wrangler.routes == {**OLD, **OTHERS}


def test_a_route_that_a_third_worker_took_meanwhile_is_left_alone(
    project: Project, wrangler: FakeWrangler
) -> None:
    cut_over(project, WELL)
    routes = wrangler.state["routes"]
    wrangler.change(
        routes=[{**r, "script": "third"} if r["pattern"] == f"{HOST}/*" else r for r in routes]
    )
    before = wrangler.routes

    with pytest.raises(ToolFailed, match="belongs to third"):
        undo(project, record_of(project), print)

    assert wrangler.routes == before


def test_the_plan_names_each_step_and_what_goes_before_the_app(
    project: Project, wrangler: FakeWrangler
) -> None:
    wrangler.add_worker("images", f"{HOST}/img/*")
    before = wrangler.routes

    record, here = look(project)
    assert record is not None
    lines = list(plan(project, record, here))

    assert lines[0].startswith(f"{HOST} is old-app's, in force: old-app-v1 (2025-06-01")
    assert lines[1:5] == [
        f"deploy {APP}, without a route",
        f"add the route {HOST}/__legacy/* to old-app",
        f"give the route {HOST}/* to {APP}",
        f"remove the route {HOST}/api/* from old-app",
    ]
    assert f"leave {HOST}/img/* to images: it goes before the app's" in lines
    assert not any("shop.films.test" in line for line in lines)
    assert wrangler.routes == before
    assert not (project.root / STATE_FILE).exists()


def test_a_domain_that_no_other_worker_has_needs_no_cut_over(
    project: Project, wrangler: FakeWrangler
) -> None:
    wrangler.change(routes=[{"id": "1", "pattern": f"{HOST}/*", "script": APP}])
    assert look(project)[0] is None

    wrangler.change(routes=[])
    assert look(project)[0] is None


def test_a_route_that_only_switches_workers_off_is_named(
    project: Project, wrangler: FakeWrangler
) -> None:
    wrangler.change(routes=[{"id": "1", "pattern": f"{HOST}/*", "script": None}])

    with pytest.raises(ConfigurationError, match="disables Workers"):
        look(project)


def test_the_old_page_at_the_domain_is_not_taken_for_the_app() -> None:
    pauses: list[float] = []

    tried = released("http://127.0.0.1:9", pauses.append)

    assert not tried.ok
    assert len(pauses) == 29
    assert tried.seen == "ConnectError"
