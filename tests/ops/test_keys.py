"""Keys of the containers' own: given, renewed, revoked; the root secret leaves their host."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner
from vidgen.errors import ConfigurationError

from media_jobs import __version__
from media_jobs.derivation import derive
from media_jobs.diagnosis import Diagnosis, open_question, proof
from media_jobs.errors import SignatureError
from media_jobs.keyring import Keyring, Purpose, parse_host_keys
from ops.cli import app
from ops.doctor.remote import Addresses, examine
from ops.keys import KeyAction, change_keys
from ops.project import Project
from ops.rotate import RotationStep, rotate
from ops.secret import HOSTS, SECRET, OperatorKeys, operator_keys, read_secret, write_secrets
from tests.ops.fake_wrangler import FakeWrangler
from tests.ops.test_account import fresh_configs

ROOT_SECRET = "a" * 64


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A clone of a system that was set up by the manual: one secret in three places."""
    monkeypatch.delenv(SECRET, raising=False)
    monkeypatch.chdir(tmp_path)
    made = fresh_configs(tmp_path)
    write_secrets(made, ROOT_SECRET, {}, apart=False)
    return made


def held(project: Project, name: str) -> list[str]:
    """Return what compose gives to a container."""
    text = (project.root / "containers/.env").read_text()
    given = dict(line.partition("=")[::2] for line in text.splitlines())
    return (given.get(f"{SECRET}_{name.upper()}") or given[SECRET]).split(",")


def accepted(project: Project, name: str) -> tuple[str, ...]:
    """Return the keys under which the orchestrator, deployed with the configs, takes reports."""
    config = (project.root / "wrangler.toml").read_text()
    config = config.partition("\n[env.production]\n")[2]
    value = next(line for line in config.splitlines() if line.startswith("HOST_KEYS"))
    keys = parse_host_keys(value.partition('"')[2].rstrip('"'))
    return Keyring(((read_secret(project) or ""),)).of_host(name, keys.get(name, (None,)))


def test_containers_leave_the_root_secret_without_a_refused_message(project: Project) -> None:
    """The orchestrator takes each step before the container does; each understands the other."""
    container, orchestrator = [held(project, "burner")], [accepted(project, "burner")]
    for action in (KeyAction.RENEW, KeyAction.RETIRE):
        change_keys(project, HOSTS, action)
        orchestrator.append(accepted(project, "burner"))
        assert container[-1][0] in orchestrator[-1]
        assert orchestrator[-1][0] in container[-1]
        container.append(held(project, "burner"))
        assert container[-1][0] in orchestrator[-1]
        assert orchestrator[-1][0] in container[-1]

    own = derive(ROOT_SECRET, "host/burner/1").hex()
    assert (container[0], container[-1], orchestrator[-1]) == ([ROOT_SECRET], [own], (own,))
    assert ROOT_SECRET not in (project.root / "containers/.env").read_text()
    assert read_secret(project) == ROOT_SECRET


def test_a_stolen_key_is_replaced_at_once_and_the_others_stay(project: Project) -> None:
    change_keys(project, HOSTS, KeyAction.REVOKE)
    others = {name: held(project, name) for name in HOSTS if name != "burner"}
    stolen = held(project, "burner")

    change_keys(project, ("burner",), KeyAction.REVOKE)

    assert held(project, "burner") == [derive(ROOT_SECRET, "host/burner/2").hex()]
    assert not set(stolen) & set(accepted(project, "burner"))
    assert {name: held(project, name) for name in others} == others


def test_a_rotation_of_the_root_secret_renews_the_containers_keys(project: Project) -> None:
    workers = ("vid-genius-start", "media-orchestrator")
    wrangler = FakeWrangler(project.root)
    wrangler.change(secrets={name: {SECRET: ROOT_SECRET} for name in workers})
    change_keys(project, HOSTS, KeyAction.REVOKE)
    for step in RotationStep:
        roots = rotate(project, step).split(",")
        assert held(project, "burner") == [derive(it, "host/burner/1").hex() for it in roots]
        assert not set(roots) & set((project.root / "containers/.env").read_text().split())

    assert roots != [ROOT_SECRET]
    assert {found[SECRET] for found in wrangler.state["secrets"].values()} == {roots[0]}


def ran(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_in_force_is_shown_without_a_secret(project: Project) -> None:
    assert "burner: the root secret\n" in ran("keys")
    assert "burner: the root secret, accepted too: key 1\n" in ran("keys", "renew", "burner")
    assert "burner: key 2\ndownloader: the root secret" in ran("keys", "revoke", "burner")
    shown = ran("keys")
    assert ROOT_SECRET not in shown
    assert "signatures of the root secret between the Workers: made" in shown


def test_the_root_secret_is_turned_off_step_by_step_and_only_when_no_container_holds_it(
    project: Project,
) -> None:
    with pytest.raises(ConfigurationError, match="the next step is accepted"):
        ran("root-signatures", "refused")
    ran("root-signatures", "accepted")
    with pytest.raises(ConfigurationError, match="burner, downloader, remotion, "):
        ran("root-signatures", "refused")
    ran("keys", "revoke", "all")
    ran("root-signatures", "refused")

    assert project.account().root_signatures == "refused"
    for name in ("wrangler.toml", "wrangler.root.jsonc"):
        assert '"refused"' in (project.root / name).read_text().partition("production")[2]


def test_the_operators_own_questions_follow_the_step_that_is_in_force(project: Project) -> None:
    derived = (derive(ROOT_SECRET, "orchestrator→app").hex(),)

    def tried() -> OperatorKeys:
        found = operator_keys(project)
        assert found is not None
        return found

    assert tried().tries("app") == [(ROOT_SECRET,), derived]
    assert tried().tries("container", "burner") == [(ROOT_SECRET,)]
    ran("keys", "revoke", "all")
    ran("root-signatures", "accepted")
    assert tried().tries("app") == [derived, (ROOT_SECRET,)]
    assert tried().tries("container", "burner")[0] == tuple(held(project, "burner"))


def test_a_container_that_did_not_take_its_own_key_is_named(project: Project) -> None:
    """It goes on with the root secret, and the doctor is answered under that alone."""
    ran("keys", "revoke", "burner")

    def internet(request: httpx.Request) -> httpx.Response:
        if request.url.host != "burner.test":
            raise httpx.ConnectError("down")
        body, signature = request.content, request.headers["x-signature"]
        secrets, now_ms = (ROOT_SECRET,), int(time.time() * 1000)
        try:
            question = open_question("container", body, signature, secrets, now_ms)
        except SignatureError:
            return httpx.Response(401)
        answer = Diagnosis(
            part="container",
            version=__version__,
            now_ms=now_ms,
            secrets=1,
            proof=proof("container", question.nonce, secrets),
        )
        return httpx.Response(200, content=answer.to_json())

    own = operator_keys(project)
    assert own is not None
    where = Addresses(
        app="https://app.test",
        orchestrator="https://orchestrator.test",
        containers={"burner": "https://burner.test"},
    )
    with httpx.Client(transport=httpx.MockTransport(internet)) as http:
        found = {item.name: item for item in examine(http, where, own, [])}

    assert found["host_key.burner"].severity == "error"
    assert "root_secret.burner" not in found


def test_the_metrics_token_opens_metrics_alone_and_is_no_root_secret(project: Project) -> None:
    shown = CliRunner().invoke(app, ["metrics-token"])

    assert shown.exit_code == 0, shown.output
    token = shown.output.strip()
    assert token == derive(ROOT_SECRET, "metrics").hex() != ROOT_SECRET
    assert token not in Keyring((ROOT_SECRET,)).accepting(Purpose.TO_ORCHESTRATOR)
