"""The first set-up against a recording wrangler: nothing twice, nothing lost, nothing shown."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from media_jobs.derivation import derive
from ops.admin_token import make_token
from ops.init import SetUp
from ops.project import Project, ToolFailed
from ops.resources import examine_account
from tests.ops.fake_wrangler import FakeWrangler
from tests.ops.test_account import OURS, fresh_configs

pytestmark = [pytest.mark.programs, pytest.mark.usefixtures("api")]

ROOT = Path(__file__).resolve().parents[2]
SECRET = "JOB_CALLBACK_HMAC_SECRET"
KEYS = ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
NAMES = sorted(OURS.containers)
HOST_KEYS = ", ".join(f"{name}=1" for name in NAMES)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SECRET, *KEYS):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh clone whose person has filled in the account's own names, and no id."""
    (tmp_path / "containers").mkdir()
    shutil.copy(ROOT / "containers/.env.example", tmp_path / "containers")
    made = fresh_configs(tmp_path)
    ids = {name: getattr(made.account(), name) for name in ("d1_database_id", "kv_namespace_id")}
    replace(OURS, **ids).write(tmp_path)
    return made


def set_up(project: Project, *, dry_run: bool = False) -> tuple[list[str], list[str]]:
    """Run it; return what is left and what it said."""
    said: list[str] = []
    return SetUp(project=project, dry_run=dry_run, report=said.append).run(), said


def local_secret(project: Project) -> str:
    text = (project.root / "ops/.env").read_text()
    found = re.search(rf"(?m)^{SECRET}=(.+)$", text)
    assert found is not None
    return found[1]


def test_the_set_up_makes_everything_and_writes_the_ids_and_one_secret_in_three_places(
    project: Project, wrangler: FakeWrangler, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KEYS:
        monkeypatch.setenv(name, f"value of {name}")

    left, said = set_up(project)

    state = wrangler.state
    secret = local_secret(project)
    assert left == []
    assert project.account().d1_database_id == state["d1"]["vidgen_app"]
    assert project.account().kv_namespace_id == state["kv"]["JOBS"]
    assert project.account().placeholders() == []
    assert state["d1"]["vidgen_app"] in (project.root / "wrangler.root.jsonc").read_text()
    assert state["kv"]["JOBS"] in (project.root / "wrangler.toml").read_text()
    assert state["r2"] == ["vidgen-render"]
    assert state["cors"]["rules"][0]["allowed"]["origins"] == ["https://video.films.test"]
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert state["secrets"] == {
        "vid-genius-start": {SECRET: secret},
        "media-orchestrator": {SECRET: secret, **{name: f"value of {name}" for name in KEYS}},
    }
    for name in ("ops/.env", "containers/.env"):
        assert (project.root / name).stat().st_mode & 0o077 == 0
    shown = "\n".join([*said, *state["calls"]])
    assert secret not in shown
    assert "value of" not in shown


def test_a_new_system_gives_no_container_the_root_secret(
    project: Project, wrangler: FakeWrangler
) -> None:
    set_up(project)

    text = (project.root / "containers/.env").read_text()
    root = local_secret(project)
    held = dict(line.partition("=")[::2] for line in text.splitlines() if line.startswith(SECRET))
    assert held == {
        SECRET: "",
        **{f"{SECRET}_{name.upper()}": derive(root, f"host/{name}/1").hex() for name in NAMES},
    }
    for name in ("wrangler.toml", "wrangler.root.jsonc"):
        production = (project.root / name).read_text().partition("production")[2]
        assert re.search(r'ROOT_SIGNATURES"?:? ?=? ?"refused"', production)
    assert f'HOST_KEYS = "{HOST_KEYS}"' in (project.root / "wrangler.toml").read_text()


def test_a_system_set_up_by_the_manual_stays_as_it_is(
    project: Project, wrangler: FakeWrangler
) -> None:
    (project.root / "containers/.env").write_text(f"{SECRET}=by-hand\n")

    set_up(project)

    assert {found[SECRET] for found in wrangler.state["secrets"].values()} == {"by-hand"}
    assert (project.root / "containers/.env").read_text() == f"{SECRET}=by-hand\n"
    assert not (project.root / "ops/.env").exists()
    assert (project.account().root_signatures, project.account().host_keys) == ("made", "")


def test_a_second_run_makes_nothing_and_keeps_the_secret(
    project: Project, wrangler: FakeWrangler
) -> None:
    set_up(project)
    before, secret, account = wrangler.changes, local_secret(project), project.account()

    left, _ = set_up(project)

    again = [call for call in wrangler.changes[len(before) :] if " cors " not in call]
    assert again == []
    assert local_secret(project) == secret
    assert project.account() == account
    assert [next(key for key in KEYS if key in item) for item in left] == list(KEYS)


@pytest.mark.parametrize(
    "broken",
    ["d1 create", "r2 bucket create", "secret put"],
)
def test_a_run_that_breaks_off_anywhere_is_gone_on_with(
    project: Project, wrangler: FakeWrangler, broken: str
) -> None:
    wrangler.change(fail=[broken])
    with pytest.raises(ToolFailed, match="The network went away"):
        set_up(project)
    wrangler.change(fail=[])

    set_up(project)

    state = wrangler.state
    secret = local_secret(project)
    assert project.account().placeholders() == []
    assert state["r2"] == ["vidgen-render"]
    assert {worker: found[SECRET] for worker, found in state["secrets"].items()} == {
        "vid-genius-start": secret,
        "media-orchestrator": secret,
    }


def test_what_the_account_has_already_is_adopted(project: Project, wrangler: FakeWrangler) -> None:
    wrangler.change(
        d1={"vidgen_app": OURS.d1_database_id, "other": "1" * 8},
        kv={"JOBS": OURS.kv_namespace_id},
        r2=["vidgen-render"],
    )

    set_up(project)

    assert [call for call in wrangler.state["calls"] if " create" in call] == []
    assert project.account() == replace(OURS, host_keys=HOST_KEYS, root_signatures="refused")


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    project: Project, wrangler: FakeWrangler
) -> None:
    files = {p: p.read_text() for p in project.root.glob("*") if p.suffix in (".toml", ".jsonc")}

    _, said = set_up(project, dry_run=True)

    assert wrangler.changes == []
    assert {path: path.read_text() for path in files} == files
    assert not (project.root / "containers/.env").exists()
    assert not (project.root / "ops/.env").exists()
    told = "\n".join(said)
    for expected in ("d1 create vidgen_app", "kv namespace create JOBS", "r2 bucket create"):
        assert f"would run: wrangler {expected}" in told
    assert told.count(f"would run: wrangler secret put {SECRET}") == 2


def test_a_secret_that_only_the_workers_know_is_not_overwritten(
    project: Project, wrangler: FakeWrangler
) -> None:
    wrangler.change(secrets={"media-orchestrator": {SECRET: "theirs"}})

    with pytest.raises(ConfigurationError, match="not known here"):
        set_up(project)

    assert wrangler.changes == []


def test_without_a_login_nothing_is_tried(project: Project, wrangler: FakeWrangler) -> None:
    wrangler.change(logged_in=False)

    with pytest.raises(ConfigurationError, match="wrangler login"):
        set_up(project)

    assert wrangler.changes == []


def test_the_first_token_is_stored_as_a_hash_that_the_real_table_takes(
    project: Project, wrangler: FakeWrangler
) -> None:
    token = make_token(project, "Ann's own", remote=True)

    [call] = wrangler.changes
    assert call.startswith(
        "d1 execute vidgen_app --config wrangler.root.jsonc --remote --env production --command "
    )
    assert token not in call
    statement = call.partition("--command ")[2].removesuffix(" --yes")
    with sqlite3.connect(":memory:") as database:
        for migration in sorted((ROOT / "drizzle").glob("*.sql")):
            database.executescript(migration.read_text())
        database.execute(statement)
        row = database.execute("SELECT token_hash, name, scopes, revoked_ms FROM tokens").fetchone()
    assert row == (hashlib.sha256(token.encode()).hexdigest(), "Ann's own", "admin", None)


def test_a_local_token_goes_into_the_local_database(
    project: Project, wrangler: FakeWrangler
) -> None:
    make_token(project, "first", remote=False)

    [call] = wrangler.changes
    assert "--local" in call
    assert "--remote" not in call
    assert "production" not in call


def test_a_route_that_another_worker_has_is_named_with_that_worker(
    project: Project, wrangler: FakeWrangler
) -> None:
    set_up(project)
    wrangler.add_worker("old-app", "video.films.test/*")

    found = {item.name: item for item in examine_account(project, project.account())}

    assert "old-app" in found["route_conflict"].what
    assert found["route_conflict"].fix == "make ops ARGS=cutover"

    wrangler.change(
        routes=[
            {"id": "1", "pattern": "video.films.test/*", "script": "vid-genius-start"},
            {"id": "2", "pattern": "video.films.test/__legacy/*", "script": "old-app"},
            {"id": "3", "pattern": "shop.films.test/api/*", "script": "shop"},
        ]
    )
    names = {item.name for item in examine_account(project, project.account())}
    assert names == {f"secret_unset.orchestrator.{key}" for key in KEYS}


def test_narrower_routes_that_a_cut_over_leaves_are_named_with_their_workers(
    project: Project, wrangler: FakeWrangler
) -> None:
    set_up(project)
    wrangler.add_worker("old-app", "video.films.test/*", "video.films.test/old/*")
    wrangler.add_worker("images", "video.films.test/img/*")
    off = {"id": "off", "pattern": "video.films.test/api/*", "script": None}
    wrangler.change(routes=[*wrangler.state["routes"], off])

    found = {item.name: item for item in examine_account(project, project.account())}

    assert "old-app" in found["route_conflict"].what
    narrower = found["route_conflict.narrower"]
    named = "video.films.test/img/* (images), video.films.test/api/* (no Worker)."
    assert narrower.what.endswith(f" answers {named}")
    assert "films.test > Workers Routes" in narrower.fix


def test_a_kv_id_that_the_account_does_not_have_is_named(
    project: Project, wrangler: FakeWrangler
) -> None:
    set_up(project)
    replace(project.account(), kv_namespace_id="e" * 32).write(project.root)

    found = {item.name: item for item in examine_account(project, project.account())}

    assert "KV namespace " + "e" * 32 in found["resource_missing.kv"].what
    assert "kv namespace create JOBS" in found["resource_missing.kv"].fix
    assert "resource_missing.d1" not in found


def test_routes_that_cannot_be_listed_are_no_silence(
    project: Project, wrangler: FakeWrangler
) -> None:
    wrangler.change(fail=["auth token"])

    assert "routes_unknown" in {item.name for item in examine_account(project, project.account())}
