"""A wrangler that acts on an account of its own, kept in a JSON file, and records every call.

The clone's `node` is replaced by this program, so the operator's commands run it as they run the
real one. Its outputs are what these commands read, after the source of wrangler 4.164. Beside it
answers `CloudflareApi`, for the same account.
"""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from dev.loopback import Handler, served
from dev.wrangler import ToolResult
from ops.project import Project
from tests.ops.fake_wrangler_program import ZONES, run

PROGRAM = Path(__file__).with_name("fake_wrangler_program.py")


class FakeWrangler:
    """The account of the fake in the clone at *root*."""

    def __init__(self, root: Path) -> None:
        self.file = root / "account.json"
        node = root / ".venv/bin/node"
        node.parent.mkdir(parents=True, exist_ok=True)
        node.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -I -S "{PROGRAM}" "{self.file}" "$@"\n'
        )
        node.chmod(node.stat().st_mode | stat.S_IXUSR)
        script = root / "node_modules/wrangler/bin/wrangler.js"
        script.parent.mkdir(parents=True)
        script.touch()
        self.change(logged_in=True, d1={}, kv={}, r2=[], cors=None, secrets={}, calls=[], fail=[])
        self.change(
            workers={}, routes=[], clock=0, code="code 1", secrets_changed=False, export_cut=False
        )

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    def change(self, **values: object) -> None:
        """Set parts of the account: `fail` are the beginnings of the commands that fail."""
        before = self.state if self.file.exists() else {}
        self.file.write_text(json.dumps({**before, **values}))

    @property
    def changes(self) -> list[str]:
        """The calls that were to change something."""
        words = ("create", "put", "set", "deploy", "execute", "rollback", "apply")
        calls = [call for call in self.state["calls"] if "--command SELECT " not in call]
        return [call for call in calls if any(w in call.split()[:4] for w in words)]

    @property
    def routes(self) -> dict[str, str]:
        """The Worker of each route."""
        return {route["pattern"]: route["script"] for route in self.state["routes"]}

    def add_worker(
        self, name: str, *patterns: str, classes: Sequence[str] = (), migration: str | None = None
    ) -> None:
        """Add a Worker of somebody else, with its routes and its Durable Objects."""
        state = self.state
        share = {"version_id": f"{name}-v1", "percentage": 100}
        deployment = {"created_on": "2025-06-01T00:00:00.000Z", "versions": [share]}
        bindings = [{"type": "durable_object_namespace", "class_name": one} for one in classes]
        version = {
            "id": f"{name}-v1",
            "metadata": {"created_on": "2025-06-01T00:00:00.000Z"},
            "resources": {
                "bindings": [{"type": "r2_bucket"}, *bindings],
                "script_runtime": {"migration_tag": migration},
            },
        }
        workers = {
            **state["workers"],
            name: {"versions": [version], "deployments": [deployment]},
        }
        new = [{"id": f"{name}{n}", "pattern": p, "script": name} for n, p in enumerate(patterns)]
        self.change(workers=workers, routes=[*state["routes"], *new])


class QuickProject(Project):
    """A clone whose fake wrangler is called without a process of its own."""

    def wrangler(self, *arguments: str, given: str = "") -> ToolResult:
        status, out, err = run(str(self.root / "account.json"), list(arguments), given)
        return ToolResult(status=status, out=out, err=err)


class Listening:
    """A server on a port of its own while the block runs; requests are handled by *handler*."""

    url = ""

    def __init__(self, handler: type[Handler]) -> None:
        self._handler = handler
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self.url = self._running.enter_context(served(self._handler))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()


class CloudflareApi(Listening):
    """Cloudflare's API for the zones and routes of a fake account.

    *refused*: the calls (`METHOD path`, or their beginnings) that it answers with an error.
    *history*: the Worker of each route after each change, and before the first.
    """

    def __init__(self, wrangler: FakeWrangler) -> None:
        self.refused: list[str] = []
        self.calls: list[str] = []
        self.history = [wrangler.routes]
        super().__init__(type("Handler", (_Handler,), {"api": self, "wrangler": wrangler}))


class _Handler(Handler):
    api: CloudflareApi
    wrangler: FakeWrangler

    def _handle(self) -> None:
        call = f"{self.command} {self.path}"
        self.api.calls.append(call)
        body = json.loads(self.body() or "null")
        if self.headers["authorization"] != "Bearer the-login":
            self._answer(403, None, "Authentication error")
        elif any(call.startswith(start) for start in self.api.refused):
            self._answer(500, None, "Something went wrong")
        elif self.path.startswith("/zones?name="):
            zone = ZONES.get(self.path.partition("=")[2])
            self._answer(200, [{"id": zone}] if zone else [])
        else:
            self._route(body)

    do_GET = do_POST = do_PUT = do_DELETE = _handle

    def _route(self, body: Any) -> None:
        path, _, route_id = self.path.partition("/workers/routes")
        routes = self.wrangler.state["routes"]
        route_id = route_id.removeprefix("/")
        if path != "/zones/z1":
            self._answer(404, None, "No such zone")
            return
        if self.command == "POST":
            if any(route["pattern"] == body["pattern"] for route in routes):
                self._answer(409, None, "A route with the same pattern already exists.")
                return
            routes.append({"id": f"a{len(self.api.calls)}", **body})
        elif self.command == "PUT":
            routes = [{**r, **body} if r["id"] == route_id else r for r in routes]
        elif self.command == "DELETE":
            routes = [route for route in routes if route["id"] != route_id]
        self.wrangler.change(routes=routes)
        self.api.history.append(self.wrangler.routes)
        self._answer(200, routes)

    def _answer(self, status: int, result: object, reason: str = "") -> None:
        errors = [{"code": 1, "message": reason}] if reason else []
        document = {"success": not reason, "errors": errors, "result": result}
        self.answer(status, json.dumps(document).encode())
