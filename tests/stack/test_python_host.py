"""The host of Python Workers gives them what Cloudflare's gives, and refuses what it refuses."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dev.installation import ROOT
from dev.stack.errors import StackError
from dev.stack.log import LogStream
from dev.stack.ports import any_free_port
from dev.stack.process import Guard
from dev.stack.runtimes.miniflare import MiniflareWorkers, StackSettings, Worker
from dev.stack.state import Secrets
from tests.stack.api_client import eventually

SAMPLE = Path(__file__).parent / "sample"
BINDINGS = ["ADDRESS", "BUCKET", "GREETING", "TEXTS"]


class Sample:
    """The sample Worker in *folder*, starting."""

    def __init__(self, folder: Path, guard: Guard) -> None:
        port = any_free_port()
        self.log = LogStream(None)
        self.url = f"http://127.0.0.1:{port}"
        given = {"ADDRESS": "from the stack"}
        worker = Worker(label="sample", config=folder / "wrangler.jsonc", port=port, bindings=given)
        settings = StackSettings(workers=[worker], persist=folder / "v3", secrets=Secrets.make())
        self.workers = MiniflareWorkers(settings, guard=guard, log=self.log, env=os.environ)

    def answer(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30)


def copied_sample(folder: Path) -> Path:
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    (folder / "python_modules").symlink_to(ROOT / "python_modules")
    return folder


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    guard = Guard()
    yield guard
    guard.close()


@pytest.fixture(scope="module")
def sample(guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    running = Sample(copied_sample(tmp_path_factory.mktemp("sample")), guard)
    try:
        running.workers.wait()
        yield running
    finally:
        running.workers.part.stop()


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        ("os.urandom", "OSError"),
        ("uuid.uuid4", "OSError"),
        ("secrets.token_hex", "OSError"),
        ("random.random", "RuntimeError"),
        ("random.Random()", "OSError"),
        ("random.SystemRandom().random", "OSError"),
        ("random.Random(1)", "allowed"),
        ("crypto.getRandomValues", "JsException"),
        ("crypto.randomUUID", "JsException"),
        ("setTimeout", "JsException"),
        ("Response", "JsException"),
        ("time", 0),
        ("folder", "/"),
    ],
)
def test_import_time_refuses_what_a_deploy_refuses(
    sample: Sample, attempt: str, outcome: object
) -> None:
    assert sample.answer("/at_import").json()[attempt] == outcome


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        ("import of a vendored package", "allowed"),
        ("a module with the name of a vendored one", "allowed"),
        ("a module with the name of one of the standard library", "allowed"),
        ("what a .pth file imports", "allowed"),
        ("import of a package of the repository", "ModuleNotFoundError"),
        ("import of the tests", "ModuleNotFoundError"),
        ("the entry as a module of its package", "ModuleNotFoundError"),
        ("a JSON file", "FileNotFoundError"),
        ("a text file", "allowed"),
        ("a file of its own, written", "PermissionError"),
        ("a new file beside it", "PermissionError"),
    ],
)
def test_only_what_a_deploy_uploads_can_be_imported_or_read(
    sample: Sample, attempt: str, outcome: str
) -> None:
    assert sample.answer("/at_import").json()[attempt] == outcome


def test_randomness_and_the_clock_work_in_a_request(sample: Sample) -> None:
    first, second = (sample.answer("/entropy").json() for _ in range(2))

    assert all(a != b for a, b in zip(first["drawn"], second["drawn"], strict=True))
    assert abs(first["time"] - time.time()) < 60


def test_python_sees_the_bindings_of_the_config_and_nothing_of_the_host(sample: Sample) -> None:
    seen = sample.answer("/bindings").json()

    assert seen == {
        "env": BINDINGS,
        "importable": BINDINGS,
        "vars": ["from the config", "from the stack"],
        "location": False,
    }


def test_an_exception_in_fetch_is_500_and_its_traceback_is_in_the_log_alone(
    sample: Sample,
) -> None:
    response = sample.answer("/crash")

    assert response.status_code == 500
    assert "reason" not in response.text

    def logged() -> bool:
        return "RuntimeError: this is the reason" in sample.log.lines("sample")

    eventually(logged, "the traceback is logged")


def test_an_exception_at_import_stops_the_start_and_shows_the_traceback(
    guard: Guard, tmp_path: Path
) -> None:
    entry = copied_sample(tmp_path) / "src" / "sample" / "entry.py"
    entry.write_text("import uuid\n\nuuid.uuid4()\n" + entry.read_text("utf-8"), "utf-8")
    broken = Sample(tmp_path, guard)

    try:
        with pytest.raises(StackError, match="sample cannot be imported"):
            broken.workers.wait()
    finally:
        broken.workers.part.stop()

    lines = broken.log.lines("sample")
    assert '  File "/session/metadata/entry.py", line 3, in <module>' in lines
    assert any("Randomness is not allowed" in line for line in lines)
