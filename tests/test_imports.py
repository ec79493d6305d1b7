"""What the start of a Worker imports, and what its first request for something does."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from app.api.router import ROUTER as APP
from media_jobs.routing import Router
from orchestrator.routes import ROUTER as ORCHESTRATOR
from tests.sources import ROOT

RUNTIME = """
import sys
from types import ModuleType

class Anything:
    def __getattr__(self, name): return Anything()
    def __call__(self, *_args, **_kwargs): return Anything()

for name in ("js", "pyodide", "pyodide.ffi", "workers"):
    module = sys.modules[name] = ModuleType(name)
    module.__getattr__ = lambda name: Anything()
    module.__path__ = []
    module.JsException = type("JsException", (Exception,), {})
    module.WorkerEntrypoint = type("WorkerEntrypoint", (), {})
    module.DurableObject = type("DurableObject", (), {})
"""
LOOK = """
import json
from pydantic import BaseModel

def all_below(model):
    for one in model.__subclasses__():
        yield one
        yield from all_below(one)

made = [f"{one.__module__}.{one.__name__}" for one in set(all_below(BaseModel))
        if one.__pydantic_complete__ and one.__module__.partition(".")[0] != "pydantic"]
print(json.dumps({"modules": [*sys.modules], "models": made}))
"""
LATER = {
    "app": (
        "app.cron",
        "app.jobs",
        "app.media",
        "app.oidc",
        "app.passkeys",
        "app.people",
        "app.recipes",
        "app.status",
        "app.subscriptions",
        "app.translation",
        "app.access.routes",
        "app.access.tokens",
        "app.webhooks.routes",
        "app.api.openapi",
        "media_jobs.earlier_options",
        "media_jobs.messages.chinese",
        "media_jobs.messages.english",
        "media_jobs.object_requests",
        "media_jobs.recipes",
        "media_jobs.subscriptions",
        "media_jobs.subtitles",
        "media_jobs.comments",
        "media_jobs.manifest",
        "media_jobs.record",
        "media_jobs.webauthn",
    ),
    "orchestrator": (
        "orchestrator.object_routes",
        "orchestrator.status_routes",
        "orchestrator.preview",
        "orchestrator.diagnostics",
        "orchestrator.health",
        "orchestrator.jobs.receipts",
        "orchestrator.uploads",
        "media_jobs.content",
        "media_jobs.diagnosis",
        "media_jobs.earlier_options",
        "media_jobs.messages.chinese",
        "media_jobs.messages.english",
        "media_jobs.object_requests",
        "media_jobs.receipt",
        "media_jobs.comments",
        "media_jobs.subtitles",
    ),
}
"""Modules, and packages with all that is in them, that a Worker imports when it needs them."""


def found_at_start(worker: str) -> dict[str, list[str]]:
    """Return the modules that the import of a Worker's main module loads, and the models made."""
    done = subprocess.run(
        [sys.executable, "-c", f"{RUNTIME}\nimport {worker}.entry\n{LOOK}"],
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.programs
@pytest.mark.parametrize("worker", LATER)
def test_a_start_imports_nothing_that_only_some_requests_need(worker: str) -> None:
    found = found_at_start(worker)

    assert f"{worker}.entry" in found["modules"]
    too_early = [
        name
        for name in found["modules"]
        if name.endswith(".options")
        or any(f"{name}.".startswith(f"{one}.") for one in LATER[worker])
    ]
    assert too_early == []


@pytest.mark.programs
@pytest.mark.parametrize("worker", LATER)
def test_a_start_makes_no_validator(worker: str) -> None:
    assert found_at_start(worker)["models"] == []


def _unused(*_: object) -> Any:
    raise AssertionError("nothing is answered here")


@pytest.mark.parametrize("router", [APP, ORCHESTRATOR], ids=["app", "orchestrator"])
def test_the_first_request_for_a_row_imports_it_and_no_word_is_without_rows(
    router: Router[Any, Any],
) -> None:
    for rows, beginnings in router.later.items():
        for route in rows():
            path = re.sub(r"{\w+}", "x", route.pattern)
            new = Router[Any, Any]((), _unused, _unused, {rows: beginnings})
            assert new.find(route.method, path)[0] is route
        for beginning in beginnings:
            assert any(f"{route.pattern}/".startswith(f"{beginning}/") for route in rows())
