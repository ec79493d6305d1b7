"""Imports that point outwards and things that are too long are found."""

from pathlib import Path

import pytest

from dev.check.sources import import_faults, length_faults

CLIENT = """\
[project]
name = "vidgen"
dependencies = ["httpx>=0.28,<1", "typer>=0.16"]
"""


@pytest.fixture(autouse=True)
def _client(tmp_path: Path) -> None:
    write(tmp_path, "client/pyproject.toml", CLIENT)


def write(tree: Path, name: str, source: str) -> None:
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text(source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("src/media_jobs/machine.py", "import hmac\nfrom pydantic import BaseModel\n"),
        ("src/edge/d1.py", "import js\nfrom media_jobs.errors import NotFound\n"),
        ("src/app/jobs/accept.py", "import asyncio\nfrom app.store import Store\n"),
        (
            "src/orchestrator/jobs/job_do.py",
            "from workers import DurableObject\nimport edge.clock\n",
        ),
        ("containers/burner/engine.py", "import httpx\nimport engine_kit.serve\n"),
        ("ops/doctor/local.py", "import vidgen.errors\nimport dev.check.configs\n"),
        ("dev/stack/stack.py", "import burner.plan\nfrom orchestrator.jobs import record\n"),
        ("bench/report.py", "from dev.stack.stack import Stack\n"),
        ("client/vidgen/transport.py", "import json\nimport httpx\nimport vidgen.errors\n"),
    ],
)
def test_an_import_that_points_inwards_is_allowed(tmp_path: Path, name: str, source: str) -> None:
    write(tmp_path, name, source)

    assert list(import_faults(tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("src/media_jobs/machine.py", "import time\n"),
        ("src/media_jobs/machine.py", "from os import environ\n"),
        ("src/media_jobs/machine.py", "import httpx\n"),
        ("src/media_jobs/machine.py", "from app.store import Store\n"),
        ("src/edge/d1.py", "from app.ports import Database\n"),
        ("src/app/jobs/accept.py", "def f():\n    import orchestrator.jobs\n"),
        ("src/app/jobs/accept.py", "from edge.d1 import D1Database\n"),
        ("src/orchestrator/jobs/lifecycle.py", "import js\n"),
        ("src/app/jobs/accept.py", "import dev.stack\n"),
        ("src/newcomer/thing.py", "import json\n"),
        ("containers/burner/engine.py", "import orchestrator.jobs\n"),
        ("containers/burner/engine.py", "from dev.stack.stack import Stack\n"),
        ("containers/burner/engine.py", "from vidgen.client import Client\n"),
        ("src/app/jobs/accept.py", "import ops.account\n"),
        ("src/app/media/media.py", "from app.jobs.store import select_job\n"),
        ("src/app/store.py", "from app.ports import Ports\n"),
        ("src/app/web/call.py", "def f():\n    from app.access.auth import authenticate\n"),
        ("src/app/newroom/thing.py", "import json\n"),
        ("client/vidgen/cli.py", "from ops.doctor import command\n"),
        ("client/vidgen/cli.py", "def f():\n    import media_jobs\n"),
        ("client/vidgen/cli.py", "import anyio\n"),
        ("ops/doctor/local.py", "from dev.stack.stack import Stack\n"),
        ("ops/smoke.py", "from orchestrator.settings import Settings\n"),
        ("dev/check/run.py", "from ops.account import Account\n"),
        ("dev/demo.py", "import bench.report\n"),
        ("bench/report.py", "import ops.cli\n"),
    ],
)
def test_an_import_that_points_outwards_is_refused(tmp_path: Path, name: str, source: str) -> None:
    write(tmp_path, name, source)

    found = list(import_faults(tmp_path))

    assert [finding.where.partition(":")[0] for finding in found] == [name]


def test_files_that_import_each_other_in_a_circle_are_named(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        source = f"def f():\n    from edge.{other} import x\n"
        write(tmp_path, f"src/edge/{name}.py", source)

    (found,) = import_faults(tmp_path)

    assert {"edge.a", "edge.b", "edge.c"} <= set(found.what.rstrip(".").split())
    assert "edge.d" not in found.what


def test_a_container_may_not_import_another(tmp_path: Path) -> None:
    write(tmp_path, "containers/remotion/engine.py", "")
    write(tmp_path, "containers/burner/engine.py", "\nimport remotion.engine\n")

    found = list(import_faults(tmp_path))

    assert [finding.where for finding in found] == ["containers/burner/engine.py:2"]


def test_a_long_file_and_a_long_function_are_named(tmp_path: Path) -> None:
    write(tmp_path, "src/long.py", 501 * "# line\n")
    write(tmp_path, "src/right.py", 500 * "# line\n")
    write(tmp_path, "src/function.py", "\ndef f():\n" + 70 * "    pass\n")
    write(tmp_path, "src/short.py", "def f():\n" + 69 * "    pass\n")

    found = [finding.where for finding in length_faults(tmp_path, ("src",))]

    assert found == ["src/function.py:2", "src/long.py"]
