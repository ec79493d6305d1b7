"""`--runtime wrangler`: one `wrangler dev` for both Workers, everything else the same.

Its Python runtime is downloaded, so plain JavaScript Workers stand in for ours here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev.installation import ROOT
from dev.stack.errors import StackError
from dev.stack.log import LogStream
from dev.stack.ports import choose_ports
from dev.stack.process import Guard
from dev.stack.runtimes.miniflare import StackSettings, Worker
from dev.stack.runtimes.wrangler import WranglerWorkers
from dev.stack.stack import Stack
from dev.stack.state import Secrets
from tests.stack.api_client import eventually, presigned

PLAIN = Path(__file__).parent / "plain"
SECRETS = Secrets.make()
PASSWORD = 'a "b" $HOME #1 \\n'
FIRST, SECOND = choose_ports({"first": 0, "second": 0}).values()
FIRST_URL, SECOND_URL = (f"http://127.0.0.1:{port}" for port in (FIRST, SECOND))


def settings_in(folder: Path, first: int = FIRST, second: int = SECOND) -> StackSettings:
    """Return the settings of both Workers, which are copied there."""
    shutil.copytree(PLAIN, folder, dirs_exist_ok=True)
    return StackSettings(
        workers=[
            Worker(
                label="app",
                config=folder / "first.jsonc",
                port=first,
                bindings={"ADDRESS": "from the stack"},
            ),
            Worker(
                label="orchestrator",
                config=folder / "second.jsonc",
                port=second,
                bindings={"PASSWORD": PASSWORD},
            ),
        ],
        persist=folder / "state" / "v3",
        secrets=SECRETS,
    )


@contextmanager
def started(settings: StackSettings, within_s: float = 60) -> Iterator[WranglerWorkers]:
    """Start both, and end them; wrangler says that it is ready before the second's door is open."""
    guard = Guard()
    running = WranglerWorkers(settings, guard=guard, log=LogStream(None), env=os.environ)
    try:
        running.wait()
        second = f"http://127.0.0.1:{settings.workers[1].port}"
        eventually(lambda: _answers(second), "the second Worker answers", within_s=within_s)
        yield running
    finally:
        for part in running.parts:
            part.stop()
        guard.close()


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WranglerWorkers]:
    settings = settings_in(tmp_path_factory.mktemp("plain"))
    registry = settings.persist.parent / "registry"
    registry.mkdir(parents=True)
    (registry / "killed").write_text("{}", "utf-8")
    with started(settings) as running:
        yield running


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=30).status_code < 500
    except httpx.TransportError:
        return False


def test_the_first_worker_has_its_port_its_bindings_and_the_second(
    workers: WranglerWorkers,
) -> None:
    answer = httpx.get(FIRST_URL, timeout=30).json()

    assert answer["ADDRESS"] == "from the stack"
    assert answer["KEPT"] == "from the config"
    assert "PASSWORD" not in answer
    assert answer["second"] == f"http://second/inside {PASSWORD} undefined"


def test_the_second_worker_has_a_port_of_its_own(workers: WranglerWorkers) -> None:
    answer = httpx.get(f"{SECOND_URL}/path?query=1", timeout=30).text

    assert answer == f"{SECOND_URL}/path?query=1 {PASSWORD} undefined"


def test_presigned_urls_reach_the_bucket_although_the_config_has_routes(
    workers: WranglerWorkers,
) -> None:
    s3_url = f"{FIRST_URL}/cdn-cgi/local/r2/s3"

    answer = httpx.put(presigned(s3_url, SECRETS, "PUT", "file", "plain"), content=b"hello")

    assert answer.status_code == 200


def test_d1_is_migrated_and_takes_statements_while_the_workers_run(
    workers: WranglerWorkers,
) -> None:
    workers.sql("INSERT INTO rows VALUES (?, ?)", "it's", 3)

    assert workers.sql("SELECT name, size FROM rows") == [{"name": "it's", "size": 3}]


def test_a_cron_trigger_reaches_the_handler_by_http(workers: WranglerWorkers) -> None:
    assert workers.crons() == [("app", "*/5 * * * *")]

    workers.trigger("app", "*/5 * * * *")

    assert httpx.get(FIRST_URL, timeout=30).json()["cron"] == "*/5 * * * *"


def test_a_start_knows_no_worker_of_an_earlier_one(workers: WranglerWorkers) -> None:
    assert "killed" not in {file.name for file in (workers.state / "registry").iterdir()}


@pytest.mark.long
def test_killed_workers_answer_again_on_the_same_state_and_ports(tmp_path: Path) -> None:
    first, second = choose_ports({"first": 0, "second": 0}).values()
    settings = settings_in(tmp_path, first, second)
    for before in ([], [{"name": "first"}]):
        # Where an earlier start was believed, the second Worker was out of reach for 55 s.
        with started(settings, within_s=30) as running:
            assert running.sql("SELECT name FROM rows") == before
            answer = httpx.get(f"http://127.0.0.1:{first}", timeout=30).json()
            assert answer["second"].startswith("http://second/")
            running.sql("INSERT INTO rows VALUES (?, ?)", "first", 1)
            for part in running.parts:
                part.kill_all()


def test_secrets_are_readable_by_their_owner_alone(workers: WranglerWorkers) -> None:
    files = [
        file
        for file in workers.state.rglob("*")
        if file.name in (".dev.vars", "wrangler.json") and ".wrangler" not in file.parts
    ]

    assert len(files) == 5
    assert {file.stat().st_mode & 0o077 for file in files} == {0}


def test_where_the_python_runtime_cannot_be_downloaded_one_sentence_says_so(
    tmp_path: Path,
) -> None:
    real = next(ROOT.glob("node_modules/@cloudflare/workerd-*/bin/workerd"))
    offline = tmp_path / "workerd"
    offline.write_text(
        "#!/bin/sh\n"
        f"cat > {tmp_path}/config.$$\n"
        f"if grep -q python_workers {tmp_path}/config.$$; then\n"
        '  echo "failed: Request for Pyodide bundle failed; url = https://example.com/" >&2\n'
        "  exit 1\n"
        "fi\n"
        f'exec {real} "$@" < {tmp_path}/config.$$\n',
        "utf-8",
    )
    offline.chmod(0o755)
    stack = Stack(
        state_dir=tmp_path / "state",
        containers=(),
        runtime="wrangler",
        env={"MINIFLARE_WORKERD_PATH": str(offline)},
    )

    with pytest.raises(StackError, match="Python runtime cannot be downloaded"):
        stack.__enter__()
