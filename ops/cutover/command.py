"""The cut-over: the app takes the domain from another Worker, and gives it back if it fails there.

What was there before is written into a file before anything is changed, and each step looks before
it acts. So a run that was broken off is simply run again, or undone by `rollback cutover`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, NoReturn

import httpx
import typer
from pydantic import BaseModel, ValidationError
from vidgen.client import Client
from vidgen.commands.parameters import AsJson, Token
from vidgen.config import Connection, connection
from vidgen.errors import ConfigurationError, VidgenError

from media_jobs import __version__
from ops.confirm import confirm
from ops.cutover.routes import APP_WORKER, ZoneRoute, arrange, host_of, legacy_route, open_zone
from ops.deploy import Part, check_ready, upload_unrouted
from ops.options import AppUrl, DryRun, OrchestratorUrl, Yes
from ops.project import Project, ToolFailed
from ops.smoke import Tried, smoke
from ops.versions import deployed, version_of

STATE_FILE = ".vidgen/cutover.json"
TRIES = 30
PAUSE_S = 2.0
"""A changed route takes a few seconds to be in force everywhere."""
Stage = Literal["deploying", "moving", "trying", "done", "undoing"]


class Record(BaseModel):
    """A cut-over that has begun. *before* are the routes (pattern: Worker) of both Workers then."""

    format: Literal[1] = 1
    zone: str
    domain: str
    old: str
    before: dict[str, str]
    stage: Stage = "deploying"

    @property
    def pattern(self) -> str:
        """The route that the app takes over."""
        return f"{self.domain}/*"

    @property
    def legacy(self) -> str:
        """The route that the old Worker is moved to."""
        return legacy_route(self.domain)

    @property
    def moved(self) -> list[str]:
        """The old Worker's narrower routes on the domain, which it loses."""
        stay = (self.pattern, self.legacy)
        return [
            pattern
            for pattern, script in self.before.items()
            if script == self.old and host_of(pattern) == self.domain and pattern not in stay
        ]

    @property
    def after(self) -> dict[str, str]:
        """The routes of both Workers when the domain is the app's: those elsewhere stay."""
        kept = {p: script for p, script in self.before.items() if p not in self.moved}
        return {**kept, self.legacy: self.old, self.pattern: APP_WORKER}


class CutoverFailed(VidgenError):
    """The app did not stand its trial, and the routes are again what they were before."""


def read_record(project: Project) -> Record | None:
    """Return the cut-over that has begun here, if any. Raises ConfigurationError."""
    path = project.root / STATE_FILE
    try:
        return Record.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise ConfigurationError(f"{STATE_FILE} cannot be read. Restore it or delete it.") from None


def _write(project: Project, record: Record) -> None:
    path = project.root / STATE_FILE
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    partial.replace(path)


def look(project: Project) -> tuple[Record | None, list[ZoneRoute]]:
    """Return the cut-over to make, None if no other Worker has the domain, and the domain's routes.

    Raises ToolFailed, and ConfigurationError for a route that only switches Workers off.
    """
    account = project.account()
    pattern = f"{account.app_domain}/*"
    with open_zone(project, account.zone) as zone:
        routes = zone.routes()
    here = [route for route in routes if host_of(route.pattern) == account.app_domain]
    [old] = [route.script for route in routes if route.pattern == pattern] or [APP_WORKER]
    if old is None:
        raise ConfigurationError(
            f"The route {pattern} exists without a Worker, which disables Workers: delete it "
            "in the dashboard (Workers Routes), then deploy."
        )
    if old == APP_WORKER:
        return None, here
    both = {route.pattern: route.script for route in routes if route.script in (old, APP_WORKER)}
    before = {pattern: script for pattern, script in both.items() if script}
    return Record(zone=account.zone, domain=account.app_domain, old=old, before=before), here


@dataclass(kw_only=True)
class Cutover:
    """One run. *trial* tries the system that was deployed; *report* takes a line for each step."""

    project: Project
    trial: Callable[[], Sequence[Tried]]
    report: Callable[[str], object]
    tried: list[Tried] = field(default_factory=list)

    def run(self, record: Record) -> None:
        """Do what is left of *record*.

        Raises CutoverFailed when the app could not be deployed or did not stand its trial and
        everything is as before; any other error leaves the record for another run.
        """
        if record.stage == "undoing":
            self._undo(record, "an earlier run failed")
        try:
            record = self._at(record, "deploying")
            self.report(f"deploying {APP_WORKER}")
            upload_unrouted(self.project)
            record = self._at(record, "moving")
            self._move(record)
            record = self._at(record, "trying")
            self.report("running the smoke test")
            self.tried = list(self.trial())
        except ToolFailed as error:
            self._undo(record, str(error))
        if bad := [item for item in self.tried if not item.ok]:
            self._undo(record, "; ".join(f"{item.name}: {item.seen}" for item in bad))
        self._at(record, "done")

    def _at(self, record: Record, stage: Stage) -> Record:
        reached = record.model_copy(update={"stage": stage})
        _write(self.project, reached)
        return reached

    def _move(self, record: Record) -> None:
        with open_zone(self.project, record.zone) as zone:
            for line in arrange(zone, record.after, {record.old, APP_WORKER}):
                self.report(f"route {line}")

    def _undo(self, record: Record, why: str) -> NoReturn:
        self.report(f"failed: {why}")
        try:
            undo(self.project, record, self.report)
        except VidgenError as error:
            raise ToolFailed(
                f"The cut-over failed ({why}), and undoing it too: {error} What was before is in "
                f"{STATE_FILE}: run `make ops ARGS='rollback cutover'`."
            ) from None
        raise CutoverFailed(f"{record.old} has its routes again. The cut-over failed: {why}")


def undo(project: Project, record: Record, report: Callable[[str], object]) -> None:
    """Give both Workers the routes that they had before, and forget the record.

    The app stays deployed, without the domain. Raises ToolFailed; run again, it goes on.
    """
    _write(project, record.model_copy(update={"stage": "undoing"}))
    with open_zone(project, record.zone) as zone:
        for line in arrange(zone, record.before, {record.old, APP_WORKER}):
            report(f"route {line}")
    (project.root / STATE_FILE).unlink(missing_ok=True)


def plan(project: Project, record: Record, here: Sequence[ZoneRoute]) -> Iterator[str]:
    """Yield what a cut-over would do, a line for each step."""
    ids = deployed(project, record.old)
    since = f", in force: {version_of(project, record.old, ids[0]).shown}" if ids else ""
    yield f"{record.domain} is {record.old}'s{since}"
    yield f"deploy {APP_WORKER}, without a route"
    if record.legacy not in record.before:
        yield f"add the route {record.legacy} to {record.old}"
    yield f"give the route {record.pattern} to {APP_WORKER}"
    for pattern in record.moved:
        yield f"remove the route {pattern} from {record.old}"
    for route in here:
        if route.script not in (record.old, APP_WORKER):
            owner = route.script or "no Worker"
            yield f"leave {route.pattern} to {owner}: it goes before the app's"
    yield f"smoke {APP_WORKER}; if that fails: give both their routes back"


def released(app_url: str, pause: Callable[[float], object]) -> Tried:
    """Wait until the app of this clone's version answers at the domain, up to a minute."""
    began, seen = time.monotonic(), ""
    with httpx.Client(timeout=15.0) as http:
        for number in range(TRIES):
            if number:
                pause(PAUSE_S)
            seen = _release(http, app_url)
            if seen == __version__:
                break
    seconds = round(time.monotonic() - began, 3)
    return Tried(name="release", ok=seen == __version__, seconds=seconds, seen=seen)


def _release(http: httpx.Client, app_url: str) -> str:
    try:
        answer = http.get(f"{app_url}/healthz")
        found = json.loads(answer.content)["version"]
    except httpx.HTTPError as error:
        return type(error).__name__
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}, and not of this app"
    return str(found)


def _trial(found: Connection, orchestrator_url: str) -> list[Tried]:
    first = released(found.url, time.sleep)
    if not first.ok:
        return [first]
    with Client(found.url, found.token) as client:
        return [first, *smoke(client, orchestrator_url)]


def cutover_command(
    dry_run: DryRun = False,
    yes: Yes = False,
    app_url: AppUrl = None,
    orchestrator_url: OrchestratorUrl = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Take the domain over: deploy the app, move the old Worker to __legacy/*, run the smoke test.

    If the app cannot be deployed or fails, both Workers get their routes back and the exit code is
    1. An interrupted run continues when run again. `rollback cutover` undoes a cut-over.
    """
    project = Project.here()
    account = project.account()
    record = read_record(project)
    here: list[ZoneRoute] = []
    if record is None or record.stage == "done":
        record, here = look(project)
    elif record.domain != account.app_domain:
        raise ConfigurationError(
            f"A cut-over of {record.domain} has begun here. "
            "Run `make ops ARGS='rollback cutover'` first."
        )
    if record is None:
        _report(as_json, {"ok": True, "cutover": None}, "No other Worker has the domain.")
        return
    lines = [f"continuing with {record.stage}"] if record.stage != "deploying" else []
    lines += plan(project, record, here)
    if dry_run or not as_json:
        _report(as_json, {"ok": True, "plan": lines}, "\n".join(lines))
    if dry_run:
        return
    # All that can be refused is refused while the old Worker still has the domain.
    found = connection(app_url or account.app_url, token)
    confirm("Continue?", yes=yes, as_json=as_json)
    check_ready(project, Part.APP)
    steps: list[str] = []
    run = Cutover(
        project=project,
        trial=lambda: _trial(found, orchestrator_url or account.orchestrator_url),
        report=steps.append if as_json else typer.echo,
    )
    try:
        run.run(record)
        failed = None
    except CutoverFailed as error:
        failed = str(error)
    checks = [asdict(item) for item in run.tried]
    document = {"ok": failed is None, "cutover": record.old, "why": failed, "did": steps}
    end = failed or f"The app has {record.domain} now. To undo: make ops ARGS='rollback cutover'"
    _report(as_json, {**document, "checks": checks}, end)
    raise typer.Exit(0 if failed is None else 1)


def _report(as_json: bool, document: object, text: str) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else text)
