"""A deploy changes code and schema one after the other: each meets the other's former state.

The former code is that before the newest migration, out of the repository's history; a clone that
has none skips what needs it. Stacks of this module's own: four starts, on two states.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from dev.installation import ROOT
from dev.stack.stack import Stack
from media_jobs.keyring import Keyring
from ops.doctor.remote import Addresses, examine
from ops.secret import OperatorKeys
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers, Render

MIGRATIONS = sorted(path.name for path in (ROOT / "drizzle").glob("*.sql"))
JOBS_CHANGED = max(
    number
    for number, name in enumerate(MIGRATIONS)
    if "ALTER TABLE jobs ADD COLUMN" in (ROOT / "drizzle" / name).read_text(encoding="utf-8")
)
"""The newest migration without which no job can be read."""
DEPLOYED = ("src", "public", "wrangler.root.jsonc", "wrangler.toml")


def git(*argv: str) -> bytes:
    """Return what git says of this clone; skip the test where it cannot say it."""
    if shutil.which("git") is None:
        pytest.skip("git is not here: there is no former code to run")
    done = subprocess.run(["git", *argv], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("this clone has no code from before its newest migration (a shallow one?)")
    return done.stdout


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code from before the newest migration, beside the schema of today."""
    newest = git("log", "-1", "--format=%H", "--", "drizzle").decode().strip() or "none"
    archive = git("archive", f"{newest}^", *DEPLOYED)
    root = tmp_path_factory.mktemp("former")
    subprocess.run(["tar", "-x", "-C", str(root)], input=archive, check=True)
    return _completed(root, MIGRATIONS)


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of today, beside a schema that lacks its newest migrations."""
    root = tmp_path_factory.mktemp("early")
    for name in DEPLOYED:
        (root / name).symlink_to(ROOT / name)
    return _completed(root, MIGRATIONS[:JOBS_CHANGED])


def _completed(root: Path, migrations: list[str]) -> Path:
    """Add what is not code: these migrations, and the vendored packages."""
    (root / "drizzle").mkdir()
    for name in migrations:
        shutil.copy(ROOT / "drizzle" / name, root / "drizzle")
    (root / "python_modules").symlink_to(ROOT / "python_modules")
    return root


class Deploys:
    """One state, on which one stack after the other runs, at the same addresses."""

    def __init__(self, state: Path, containers: FakeContainers) -> None:
        self.state = state
        self.containers = containers
        self.ports: dict[str, int] = {}

    def run(self, root: Path, work: Callable[[ApiClient], None]) -> None:
        """Do *work* on the code in *root*."""
        with self._stack(root) as stack:
            self.ports = stack.ports
            self.containers.secret = stack.secret
            client = ApiClient(stack)
            work(client)
            client.http.close()

    def _stack(self, root: Path) -> AbstractContextManager[Stack]:
        urls = self.containers.urls
        return Stack(
            state_dir=self.state, containers=(), container_urls=urls, ports=self.ports, root=root
        )


def _begun(client: ApiClient, containers: FakeContainers) -> Render:
    """Return the attempt of a new burn that is half done."""
    media_id = client.media_with_inputs()
    render = containers.render(client.new_job("burner-ffmpeg", media_id))
    assert render.report("running", progress=0.5).json() == {"ok": True}
    client.job_in(render.job_id, "running")
    return render


def _finished(client: ApiClient, render: Render, body: bytes) -> None:
    """Finish an attempt, and look at its job as a user does."""
    assert render.report("running", progress=0.7).json() == {"ok": True}
    assert render.finish(body).json() == {"ok": True}
    job = client.job_in(render.job_id, "completed")
    assert job["attempt"] == 1
    assert client.http.get(job["artifacts"]["video"]["url"]).content == body
    listed = client.api("GET", "/api/jobs?limit=100").json()["items"]
    assert render.job_id in [item["jobId"] for item in listed]


@pytest.mark.long
def test_j17_jobs_live_through_a_deploy_and_its_rollback(former: Path, tmp_path: Path) -> None:
    """Old code on the new schema, new code on what it has stored, old code on that again."""
    begun: list[Render] = []
    with FakeContainers() as containers:
        deploys = Deploys(tmp_path, containers)

        def before(client: ApiClient) -> None:
            _finished(client, _begun(client, containers), b"by old code alone")
            begun.append(_begun(client, containers))

        def after(client: ApiClient) -> None:
            _finished(client, begun[0], b"begun by old code")
            begun.append(_begun(client, containers))

        def rolled_back(client: ApiClient) -> None:
            _finished(client, begun[1], b"begun by new code")
            _finished(client, _begun(client, containers), b"by old code again")

        deploys.run(former, before)
        deploys.run(ROOT, after)
        deploys.run(former, rolled_back)

    for render in begun:
        assert len(containers.renders_of(render.job_id)) == 1


def test_new_code_on_an_old_schema_says_which_migration_is_missing(
    early: Path, tmp_path: Path
) -> None:
    missing: list[str] = []

    def too_early(client: ApiClient) -> None:
        url = client.stack.app_url
        assert client.http.get(f"{url}/healthz").status_code == 200
        refused = client.api("GET", "/api/jobs")
        assert (refused.status_code, refused.json().get("code")) == (503, "migration_missing")
        where = Addresses(
            app=url, orchestrator=client.stack.orchestrator_url, containers=containers.urls
        )
        own = OperatorKeys(keys=Keyring((client.stack.secret,)))
        with httpx.Client(trust_env=False) as http:
            found = examine(http, where, own, MIGRATIONS)
        missing.extend(item.what for item in found if item.name == "migration")

    with FakeContainers() as containers:
        Deploys(tmp_path, containers).run(early, too_early)

    assert missing == [f"D1 lacks the migrations {', '.join(MIGRATIONS[JOBS_CHANGED:])}."]
