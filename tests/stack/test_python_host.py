"""The host of Python Workers gives them what Cloudflare's gives, and refuses what it refuses."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from dev.installation import ROOT
from dev.stack.errors import StackError
from dev.stack.log import LogStream
from dev.stack.ports import choose_ports
from dev.stack.process import Guard
from dev.stack.runtimes.miniflare import MiniflareWorkers, StackSettings, Worker
from dev.stack.state import Secrets

SAMPLE = Path(__file__).parent / "sample"
BINDINGS = ["ADDRESS", "BUCKET", "COUNTERS", "DB", "GREETING", "OTHER", "OTHER_RPC", "TEXTS"]


class Sample:
    """The sample Workers in *folder*, starting."""

    def __init__(self, folder: Path, guard: Guard) -> None:
        port, other_port = choose_ports({"sample": 0, "other": 0}).values()
        self.log = LogStream(None)
        self.url = f"http://127.0.0.1:{port}"
        self.other_url = f"http://127.0.0.1:{other_port}"
        given = {"ADDRESS": "from the stack"}
        workers = [
            Worker(label="sample", config=folder / "wrangler.jsonc", port=port, bindings=given),
            Worker(label="other", config=folder / "other.jsonc", port=other_port, bindings={}),
        ]
        settings = StackSettings(workers=workers, persist=folder / "v3", secrets=Secrets.make())
        self.workers = MiniflareWorkers(settings, guard=guard, log=self.log, env=os.environ)

    def answer(self, path: str, body: bytes | str = b"") -> httpx.Response:
        return httpx.post(self.url + path, content=body, timeout=30)

    def post(self, path: str, body: bytes | str = b"") -> str:
        response = self.answer(path, body)
        assert response.status_code == 200, response.text
        return response.text


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
    running.workers.wait()
    yield running
    running.workers.part.stop()


def eventually(probe: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not probe():
        assert time.monotonic() < deadline, "it did not happen within 20 s"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        ("os.urandom", "OSError"),
        ("uuid.uuid4", "OSError"),
        ("secrets.token_hex", "OSError"),
        ("random.random", "OSError"),
        ("random.Random()", "OSError"),
        ("random.SystemRandom().random", "OSError"),
        ("random.Random(1)", "allowed"),
        ("crypto.getRandomValues", "JsException"),
        ("crypto.randomUUID", "JsException"),
        ("setTimeout", "JsException"),
        ("Response", "JsException"),
        ("time", 0),
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
        ("import of a package of the repository", "ModuleNotFoundError"),
        ("import of the tests", "ModuleNotFoundError"),
        ("the entry as a module of its package", "ModuleNotFoundError"),
        ("a JSON file", "FileNotFoundError"),
        ("a text file", "allowed"),
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


def test_pydantic_validates(sample: Sample) -> None:
    assert sample.post("/validate", '{"x": 3}') == '{"x":3}'


def test_a_durable_object_keeps_its_memory_until_it_is_evicted_and_its_rows_after(
    sample: Sample,
) -> None:
    assert sample.post("/count", "kept") == "5 after 1"
    assert sample.post("/count", "kept") == "10 after 2"

    sample.workers.evict("sample", "Counter", "kept")

    assert sample.post("/count", "kept") == "15 after 1"


def test_an_alarm_rings(sample: Sample) -> None:
    sample.post("/ring")

    eventually(lambda: sample.post("/text", "alarm") == "rang")


def test_a_cron_trigger_reaches_the_handler(sample: Sample) -> None:
    assert sample.workers.crons() == [("sample", "*/5 * * * *")]

    sample.workers.trigger("sample", "*/5 * * * *")

    assert sample.post("/text", "cron") == "*/5 * * * *"


def test_hibernatable_websockets_echo(sample: Sample) -> None:
    with connect(sample.url.replace("http", "ws") + "/socket") as socket:
        socket.send("hello")

        assert socket.recv(timeout=20) == "hello to 1"


def test_a_body_streams_into_r2_and_out_again(sample: Sample) -> None:
    body = os.urandom(3_000_000)

    assert sample.post("/upload", body) == "3000000"
    assert sample.answer("/download").content == body


def test_d1_takes_a_batch_on_the_migrated_schema(sample: Sample) -> None:
    assert sample.post("/rows") == "2"


def test_migrations_are_recorded_as_wrangler_records_them(sample: Sample) -> None:
    assert [row["name"] for row in sample.workers.sql("SELECT name FROM d1_migrations")] == [
        "0000_rows.sql"
    ]


def test_a_service_binding_carries_fetch_and_rpc(sample: Sample) -> None:
    assert sample.post("/service") == "other: hello, 5"


def test_an_outgoing_request_leaves(sample: Sample) -> None:
    assert sample.post("/outgoing", sample.other_url) == "200 other: from outside"


def test_work_given_to_wait_until_ends_after_the_answer(sample: Sample) -> None:
    assert sample.post("/background") == "answered"

    eventually(lambda: sample.post("/text", "background") == "done")


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ("fail", "ValueError: told to fail"),
        ("", "Method no_such_method does not exist"),
    ],
)
def test_an_exception_crosses_rpc_as_its_traceback(sample: Sample, wish: str, reason: str) -> None:
    assert reason in sample.post("/fail", wish)


def test_an_exception_in_fetch_is_500_and_its_traceback_is_in_the_log_alone(
    sample: Sample,
) -> None:
    response = sample.answer("/crash")

    assert response.status_code == 500
    assert "reason" not in response.text
    eventually(lambda: "RuntimeError: this is the reason" in sample.log.lines("sample"))


def test_state_survives_a_restart(guard: Guard, tmp_path: Path) -> None:
    first = Sample(copied_sample(tmp_path), guard)
    first.workers.wait()
    first.post("/count", "kept")
    first.post("/rows")
    first.post("/upload", b"object")
    first.workers.trigger("sample", "*/5 * * * *")
    first.workers.part.stop()

    second = Sample(tmp_path, guard)
    second.workers.wait()

    assert second.post("/count", "kept") == "10 after 1"
    assert second.post("/rows") == "4"
    assert second.post("/download") == "object"
    assert second.post("/text", "cron") == "*/5 * * * *"
    second.workers.part.stop()


def test_an_exception_at_import_stops_the_start_and_shows_the_traceback(
    guard: Guard, tmp_path: Path
) -> None:
    entry = copied_sample(tmp_path) / "src" / "sample" / "entry.py"
    entry.write_text("import uuid\n\nuuid.uuid4()\n" + entry.read_text("utf-8"), "utf-8")
    broken = Sample(tmp_path, guard)

    with pytest.raises(StackError, match="sample cannot be imported"):
        broken.workers.wait()

    broken.workers.part.stop()
    lines = broken.log.lines("sample")
    assert '  File "/session/metadata/entry.py", line 3, in <module>' in lines
    assert any("Randomness is not allowed" in line for line in lines)
