"""Both Workers in one workerd: the part of the stack behind `--runtime miniflare`."""

from __future__ import annotations

import itertools
import json
import queue
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from dev.installation import ROOT, node_path
from dev.stack.errors import StackError
from dev.stack.log import LogStream
from dev.stack.process import Guard, ManagedProcess, main_thread_cpu_s, pid_in_session
from dev.stack.state import Secrets

START_TIMEOUT_S = 240.0  # An isolate starts in 2 s; a loaded machine may need fifty times as long.
OPERATION_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One Worker: *label* names it in log lines and operations.

    *bindings* are what its config cannot know: the vars that hold addresses of local parts, and
    the secrets. *assets* are the static files, in place of those of its config.
    """

    label: str
    config: Path
    port: int
    bindings: Mapping[str, str]
    assets: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSettings:
    """What the Workers are started with, whichever runtime hosts them.

    The first of *workers* has the main port, where Miniflare's S3 endpoint is, too. *others* are
    Other Workers: the route patterns that go to each, by its name. *counted*: each Worker counts
    what it is asked and asks (dev/stack/host/counting.mjs). *compiled*: their files come with their
    byte code, which spares each start its compilation; a deploy has none.
    """

    workers: Sequence[Worker]
    persist: Path
    secrets: Secrets
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    counted: bool = False
    compiled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a stage of a Worker's start began: by the clock, and in CPU time.

    The CPU time is that of workerd's main thread, which runs all Workers. Its others compile
    WebAssembly in the background.
    """

    at_s: float
    cpu_s: float | None

    def since(self, earlier: Moment) -> float:
        """Seconds of CPU since then; of the clock where the system does not tell CPU times."""
        if self.cpu_s is None or earlier.cpu_s is None:
            return self.at_s - earlier.at_s
        return self.cpu_s - earlier.cpu_s


class Runtime(Protocol):
    """What hosts the Workers, once started."""

    @property
    def parts(self) -> list[ManagedProcess]:
        """Its processes; the first one's session holds workerd."""

    def wait(self) -> None:
        """Return when the Workers are up. Raises StackError with the reason when they are not."""

    def sql(self, statement: str, *params: object) -> list[dict[str, Any]]:
        """Run one statement on the app's D1 and return the rows."""

    def crons(self) -> list[tuple[str, str]]:
        """(Worker's label, cron expression) of every trigger of the configs."""

    def trigger(self, worker: str, cron: str) -> None:
        """Fire a cron trigger now and wait for the handler. Raises StackError when it fails."""

    def evict(self, worker: str, class_name: str, name: str) -> None:
        """Evict a Durable Object: its memory is gone, its storage stays."""

    def import_times_s(self) -> dict[str, float]:
        """Seconds of CPU that the import of each Worker's main module took."""


class MiniflareWorkers:
    """Starts dev/stack/runtimes/launch.mjs and speaks JSON lines with it."""

    def __init__(
        self, settings: StackSettings, *, guard: Guard, log: LogStream, env: Mapping[str, str]
    ) -> None:
        self.settings = settings
        self._log = log
        self._ids = itertools.count(1)
        self._replies: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._settled = threading.Event()
        self._failure: str | None = None
        self._stages: dict[str, dict[str, Moment]] = {}
        self.part = ManagedProcess(
            "workers",
            [node_path(), "dev/stack/runtimes/launch.mjs"],
            guard=guard,
            env={**env, "NODE_COMPILE_CACHE": str(ROOT / "build" / "node-cache")},
            cwd=ROOT,
            on_line=self._on_line,
        )
        self.part.send(json.dumps(self._launch_document()))

    @property
    def parts(self) -> list[ManagedProcess]:
        return [self.part]

    def wait(self) -> None:
        """Return when the Workers are imported and the migrations applied.

        Raises StackError with the reason when they are not.
        """
        waited = 0.0
        while not self._settled.wait(0.1):
            waited += 0.1
            if self.part.exit_status is not None:
                break
            if waited > START_TIMEOUT_S:
                raise StackError(f"The Workers did not start within {START_TIMEOUT_S:.0f} s.")
        if self._failure is not None:
            raise StackError(f"The Workers did not start: {self._failure}")
        if not self._settled.is_set():
            raise StackError("The Workers' process ended while it started; its lines are above.")

    def operate(self, op: str, **fields: Any) -> Any:
        """Ask dev/stack/runtimes/launch.mjs for one of its operations and return the result.

        Raises StackError with the reason when it fails.
        """
        number = next(self._ids)
        reply = self._replies[number] = queue.SimpleQueue()
        try:
            self.part.send(json.dumps({"id": number, "op": op, **fields}))
            document = reply.get(timeout=OPERATION_TIMEOUT_S)
        except (queue.Empty, BrokenPipeError):
            raise StackError(f"The Workers' process did not answer {op!r}.") from None
        finally:
            del self._replies[number]
        if "error" in document:
            raise StackError(f"{op}: {document['error']}")
        return document["result"]

    def sql(self, statement: str, *params: object) -> list[dict[str, Any]]:
        """Run one statement on the app's D1 and return the rows."""
        rows: list[dict[str, Any]] = self.operate("d1", binding="DB", sql=statement, params=params)
        return rows

    def crons(self) -> list[tuple[str, str]]:
        """(Worker's label, cron expression) of every trigger of the configs."""
        return [(label, cron) for label, cron in self.operate("crons")]

    def trigger(self, worker: str, cron: str) -> None:
        """Fire a cron trigger now and wait for the handler. Raises StackError when it fails."""
        result = self.operate("scheduled", worker=worker, cron=cron)
        if result.get("outcome") != "ok":
            raise StackError(f"The cron handler of {worker} ended with {result.get('outcome')!r}.")

    def evict(self, worker: str, class_name: str, name: str) -> None:
        """Evict a Durable Object: its memory is gone, its storage stays."""
        self.operate("evict", worker=worker, className=class_name, name=name)

    def import_times_s(self) -> dict[str, float]:
        """Seconds of CPU that the import of each Worker's main module took.

        Seconds of the clock where the system does not tell CPU times.
        """
        return {
            part: stages["imported"].since(stages["import"])
            for part, stages in self._stages.items()
            if "imported" in stages
        }

    def _launch_document(self) -> dict[str, Any]:
        settings = self.settings
        return {
            "workers": [
                {
                    "label": worker.label,
                    "config": str(worker.config),
                    "port": worker.port,
                    "bindings": worker.bindings,
                    "assets": None if worker.assets is None else str(worker.assets),
                }
                for worker in settings.workers
            ],
            "others": [{"name": n, "routes": r} for n, r in settings.others.items()],
            "persist": str(settings.persist),
            "counted": settings.counted,
            "compiled": settings.compiled,
            "s3Credentials": settings.secrets.s3_credentials(),
        }

    def _on_line(self, line: str) -> None:
        try:
            document = json.loads(line)
            event = document["event"]
        except (ValueError, TypeError, KeyError):
            self._log.write("workers", line)
            return
        if event == "reply":
            reply = self._replies.get(document["id"])
            if reply is not None:
                reply.put(document)
        elif event == "log":
            self._log.write(document["part"], document["text"], error=document["level"] == "error")
        elif event == "stage":
            self._on_stage(document["part"], document)
        elif event == "migrated":
            self._log.write("stack", f"migrations applied: {', '.join(document['names'])}")
        elif event in ("ready", "failed"):
            self._failure = document.get("error")
            self._settled.set()

    def _on_stage(self, part: str, document: dict[str, Any]) -> None:
        stages = self._stages.setdefault(part, {})
        workerd = pid_in_session(self.part.pid, "workerd")
        stages[document["stage"]] = Moment(
            at_s=document["at_ms"] / 1000, cpu_s=main_thread_cpu_s(workerd)
        )
        if document["stage"] == "imported":
            interpreter_s = stages["import"].since(stages["load"])
            import_s = stages["imported"].since(stages["import"])
            self._log.write(part, f"interpreter {interpreter_s:.1f} s, import {import_s:.1f} s")
