"""One release, told by every part, and a warning where two of them differ."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import httpx
from engine_kit.settings import VERSION as CONTAINER
from typer.testing import CliRunner
from vidgen.cli import app
from vidgen.transport import VERSION as CLIENT

from media_jobs import __version__
from media_jobs.diagnosis import Check, Diagnose, Diagnosis, proof
from media_jobs.keyring import Keyring
from media_jobs.request_id import REQUEST_ID_HEADER
from ops.doctor.remote import Addresses, examine
from ops.secret import OperatorKeys

ROOT = Path(__file__).resolve().parents[2]
SECRET = ("a" * 64,)


def test_every_part_is_of_the_release_of_media_jobs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    client = tomllib.loads((ROOT / "client/pyproject.toml").read_text())

    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert {project["version"], CLIENT, CONTAINER} == {__version__}
    assert client["tool"]["setuptools"]["dynamic"]["version"]["attr"] == "vidgen.transport.VERSION"


def test_the_command_says_its_release() -> None:
    ended = CliRunner().invoke(app, ["--version"])

    assert (ended.exit_code, ended.stdout) == (0, f"vidgen {CLIENT}\n")


def answers(request: httpx.Request) -> httpx.Response:
    """Answer as a system whose orchestrator and (closed) downloader are of an earlier release."""
    if request.method == "GET":
        return httpx.Response(401, headers={REQUEST_ID_HEADER: request.headers[REQUEST_ID_HEADER]})
    question = Diagnose.model_validate_json(request.content)
    checks = []
    if question.part == "orchestrator":
        facts: dict[str, object] = {"version": "0.0.9"}
        checks = [Check(name="container.downloader", ok=True, facts=facts)]
    if request.url.host == "downloader.test":
        raise httpx.ConnectError("closed to this machine")
    answer = Diagnosis(
        part=question.part,
        version="0.0.9" if question.part == "orchestrator" else __version__,
        now_ms=question.ts,
        secrets=1,
        proof=proof(question.part, question.nonce, SECRET),
        facts={"endpoint": "/cdn-cgi/local/", "bucket": "vidgen-render"},
        checks=checks,
    )
    return httpx.Response(200, content=answer.to_json())


def test_a_part_of_another_release_is_a_warning_that_names_both() -> None:
    where = Addresses(
        app="https://app.test",
        orchestrator="https://orchestrator.test",
        containers={"burner": "https://burner.test", "downloader": "https://downloader.test"},
    )

    own = OperatorKeys(keys=Keyring(SECRET))
    with httpx.Client(transport=httpx.MockTransport(answers)) as http:
        found = {item.name: item for item in examine(http, where, own, [])}

    costs = found.pop("root_secret.burner")
    assert "sign everything" in costs.why
    assert set(found) == {"version.orchestrator", "version.downloader"}
    assert {item.severity for item in found.values()} == {"warning"}
    assert "0.0.9" in found["version.downloader"].what
    assert __version__ in found["version.downloader"].what
