"""A Worker that tells what its host lets it do; each path is one question."""

# mypy: disable-error-code="misc,import-not-found"
# The SDK is untyped, and the package is on the path of the Worker alone.

import json
import os
import random
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import js
from sample.at_import import FOLDER, OUTCOMES, TIME_S
from workers import Response, WorkerEntrypoint, import_from_javascript


class Default(WorkerEntrypoint):
    async def fetch(self, request: Any, env: Any, ctx: Any) -> Any:
        assert env is None and ctx is None, "as in production: self.env and self.ctx have them"
        return Response(json.dumps(HANDLERS[urlsplit(request.url).path](self)))


def bindings(worker: Any) -> object:
    return {
        "env": sorted(worker.env._env.object_keys()),
        "importable": sorted(import_from_javascript("cloudflare:workers").env.object_keys()),
        "vars": [worker.env.GREETING, worker.env.ADDRESS],
        "location": hasattr(js, "location"),
    }


def at_import(worker: Any) -> object:
    return {**OUTCOMES, "time": TIME_S, "folder": FOLDER}


def entropy(worker: Any) -> object:
    drawn = [random.random(), uuid.uuid4().hex, os.urandom(4).hex()]  # noqa: S311
    return {"drawn": drawn, "time": time.time()}


def crash(worker: Any) -> object:
    raise RuntimeError("this is the reason")


HANDLERS = {f"/{handler.__name__}": handler for handler in (bindings, at_import, entropy, crash)}
