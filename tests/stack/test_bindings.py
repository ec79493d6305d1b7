"""The contracts of the ports, on the real bindings inside a Worker: so the fakes cannot lie."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dev.installation import ROOT
from dev.loopback import Handler, served
from dev.stack.log import LogStream
from dev.stack.ports import any_free_port
from dev.stack.process import Guard
from dev.stack.runtimes.miniflare import MiniflareWorkers, StackSettings, Worker
from dev.stack.state import Secrets
from tests.contracts import archived_jobs, database, job_store, objects, peers, signer, verifier
from tests.contracts.cases import cases_of

CONTRACTS = Path(database.__file__).parent
CONTRACT_MODULES = (database, objects, job_store, archived_jobs, peers, signer, verifier)
SUITES = {module.__name__.rpartition(".")[2]: cases_of(module) for module in CONTRACT_MODULES}


class _World(Handler):
    """The peers that `contracts.peers` describes."""

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        body = self.body()
        if path == peers.SILENT:
            self.rfile.read(1)  # Until the other side hangs up.
            self.close_connection = True
            return
        if path == peers.FLOOD:
            self._flood()
            return
        echo = f"{self.command} {body.decode()} {self.headers['x-signature']}"
        status, headers, text = {
            peers.ECHO: (200, {}, echo),
            peers.FULL: (503, {"retry-after": "7"}, "{}"),
            peers.REFUSED: (
                400,
                {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"},
                '{"error":"bad_request"}',
            ),
            peers.MOVED: (302, {"location": peers.ECHO}, ""),
        }[path]
        self.answer(status, text.encode(), headers)

    do_GET = do_POST

    def _flood(self) -> None:
        """Send until the other side has had enough, or a megabyte."""
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        with contextlib.suppress(OSError):
            for _ in range(32):
                self.wfile.write(chunk)
            self.wfile.write(b"0\r\n\r\n")


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    with served(_World) as address:
        yield address


def _project(folder: Path) -> Path:
    """Lay out a Worker of the contracts and of the adapters under test; return its config."""
    source = folder / "src"
    shutil.copytree(CONTRACTS / "worker", folder, dirs_exist_ok=True)
    source.mkdir()
    (folder / "entry.py").rename(source / "entry.py")
    for package in ("edge", "media_jobs"):
        shutil.copytree(ROOT / "src" / package, source / package)
    (source / "contracts").mkdir()
    (source / "contracts" / "__init__.py").write_text('"""The contracts."""\n')
    for name in (*SUITES, "cases"):
        shutil.copy(CONTRACTS / f"{name}.py", source / "contracts")
    (folder / "drizzle").mkdir()
    (folder / "drizzle" / "0000_contract.sql").write_text(database.MIGRATION)
    (folder / "python_modules").symlink_to(ROOT / "python_modules")
    return folder / "wrangler.jsonc"


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the Worker that runs the cases."""
    folder = tmp_path_factory.mktemp("contracts")
    port = any_free_port()
    config = _project(folder)
    guard = Guard()
    log = LogStream(None)
    settings = StackSettings(
        workers=[Worker(label="contracts", config=config, port=port, bindings={})],
        persist=folder / "v3",
        secrets=Secrets.make(),
    )
    workers = MiniflareWorkers(settings, guard=guard, log=log, env=os.environ)
    try:
        workers.wait()
        yield f"http://127.0.0.1:{port}"
    finally:
        workers.part.stop()
        guard.close()


@pytest.mark.parametrize(
    ("suite", "case"), [(suite, case) for suite, cases in SUITES.items() for case in cases]
)
def test_the_binding_keeps_the_contract(worker: str, world: str, suite: str, case: str) -> None:
    nowhere = f"http://127.0.0.1:{any_free_port()}"

    answer = httpx.post(
        f"{worker}/{suite}/{case}",
        params={"base": world, "nowhere": nowhere},
        timeout=30,
        trust_env=False,
    )

    assert answer.text == "ok"
