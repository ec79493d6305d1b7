"""Both Workers on Cloudflare's own Python runtime: what `--runtime wrangler` starts.

One `wrangler dev -c … -c …` runs both. It differs from the other runtime in four places: wrangler
gives a port to the first Worker alone, so a second wrangler opens one for the other (door.mjs);
D1 is reached by `wrangler d1`; Durable Objects cannot be evicted from outside; and there are no
other Workers.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from dev.installation import ROOT, node_path
from dev.stack.errors import StackError
from dev.stack.log import LogStream
from dev.stack.ports import HOST, any_free_port
from dev.stack.process import Guard, ManagedProcess
from dev.stack.runtimes.miniflare import StackSettings
from dev.wrangler import QUIET, WRANGLER, run, uncoloured

DATABASE = "DB"
NO_RUNTIME = (
    "Cloudflare's Python runtime cannot be downloaded from this machine, and `--runtime wrangler` "
    "needs it: use the default runtime here."
)
START_TIMEOUT_S = 300.0  # The first start downloads the runtime.
TELL_EVERY_S = 10.0
COMMAND_TIMEOUT_S = 120.0
# wrangler's table of uploaded modules, and its answer to each request.
NOISE = re.compile(r"^[│├└┌]|^\[wrangler:info\] (GET|HEAD|POST|PUT|DELETE) ")

_SERVICE = re.compile(r'"service": ?"(\w+)"')


class WranglerWorkers:
    """The two Workers in one `wrangler dev`, with the inherited environment."""

    def __init__(
        self, settings: StackSettings, *, guard: Guard, log: LogStream, env: Mapping[str, str]
    ) -> None:
        if settings.others:
            raise StackError("wrangler dev cannot run other Workers beside the app.")
        self._settings = settings
        self._log = log
        self.state = settings.persist.parent
        self._failure: str | None = None
        self._settled = threading.Event()
        self._told_while_starting: list[str] = []
        self._env = {
            **env,
            **QUIET,
            "CLOUDFLARE_CF_FETCH_ENABLED": "false",
            "WRANGLER_REGISTRY_PATH": str(self.state / "registry"),
        }
        # Entries of an earlier start name addresses where nothing listens; the door would believe
        # them until their heartbeat is a minute old, and answer 500.
        shutil.rmtree(self.state / "registry", ignore_errors=True)
        self._written = self._write_configs()
        self._labels = dict(
            zip(self._written["names"], (w.label for w in settings.workers), strict=True)
        )
        self._run("d1", "migrations", "apply", DATABASE, *self._database_options())
        configs = [flag for file in self._written["configs"] for flag in ("-c", file)]
        ports = [worker.port for worker in settings.workers]
        self.part = self._dev("workers", guard, configs, ports[0])
        self.doors = [
            self._dev(f"door-{port}", guard, ["-c", file], port)
            for file, port in zip(self._written["doors"], ports[1:], strict=True)
        ]

    @property
    def parts(self) -> list[ManagedProcess]:
        return [self.part, *self.doors]

    def wait(self) -> None:
        """Return when wrangler says it is ready. Raises StackError with the reason when not."""
        began = time.monotonic()
        told_s = 0.0
        while not self._settled.wait(0.1):
            waited_s = time.monotonic() - began
            if waited_s > START_TIMEOUT_S:
                self._failure = f"wrangler dev did not start within {START_TIMEOUT_S:.0f} s."
                break
            if self.part.exit_status is not None:
                self._failure = "wrangler dev ended while it started; its lines are above."
                break
            if waited_s - told_s > TELL_EVERY_S:
                told_s = waited_s
                self._log.write("stack", f"waiting for wrangler dev ({waited_s:.0f} s)")
        if self._failure is None:
            return
        if self._failure != NO_RUNTIME:
            self._log.write("workers", "\n".join(self._told_while_starting), error=True)
        raise StackError(self._failure)

    def sql(self, statement: str, *params: object) -> list[dict[str, Any]]:
        """Run one statement on the app's D1 and return the rows."""
        command = _with_literals(statement, params)
        options = ["--json", "--command", command]
        answer = self._run("d1", "execute", DATABASE, *options, *self._database_options())
        rows: list[dict[str, Any]] = json.loads(answer[answer.index("[") :])[0]["results"]
        return rows

    def crons(self) -> list[tuple[str, str]]:
        """(Worker's label, cron expression) of every trigger of the configs."""
        return [(label, cron) for label, cron in self._written["crons"]]

    def trigger(self, worker: str, cron: str) -> None:
        """Fire a cron trigger of the first Worker now. Raises StackError when the handler fails."""
        if worker != self._settings.workers[0].label:
            raise StackError(f"wrangler dev cannot fire the cron triggers of the {worker}.")
        query = urllib.parse.urlencode({"cron": cron})
        port = self._settings.workers[0].port
        url = f"http://{HOST}:{port}/cdn-cgi/local/scheduled?{query}"
        try:
            with urllib.request.urlopen(url, timeout=COMMAND_TIMEOUT_S) as answer:
                answer.read()
        except (urllib.error.URLError, OSError) as error:
            raise StackError(f"The cron handler of the {worker} failed: {error}.") from None

    def evict(self, worker: str, class_name: str, name: str) -> None:
        """Not possible here: raises StackError."""
        raise StackError(f"wrangler dev cannot evict {class_name} {name!r} of the {worker}.")

    def import_times_s(self) -> dict[str, float]:
        """Nothing: the runtime does not say."""
        return {}

    def _write_configs(self) -> dict[str, Any]:
        settings = self._settings
        document = {
            "folder": str(self.state / "wrangler"),
            "workers": [
                {
                    "label": w.label,
                    "config": str(w.config),
                    "bindings": w.bindings,
                    "assets": None if w.assets is None else str(w.assets),
                }
                for w in settings.workers
            ],
            "s3Credentials": settings.secrets.s3_credentials(),
        }
        answer: dict[str, Any] = json.loads(
            self._node("dev/stack/runtimes/wrangler_configs.mjs", given=json.dumps(document))
        )
        return answer

    def _dev(self, name: str, guard: Guard, configs: list[str], port: int) -> ManagedProcess:
        argv = [node_path(), WRANGLER, "dev", *configs, "--ip", HOST, "--port", str(port)]
        argv += ["--inspector-port", str(any_free_port()), "--show-interactive-dev-session=false"]
        argv += ["--persist-to", str(self.state if name == "workers" else self.state / name)]
        return ManagedProcess(
            name,
            argv,
            guard=guard,
            env=self._env,
            cwd=ROOT,
            on_line=self._on_line if name == "workers" else self._on_door_line,
        )

    def _database_options(self) -> list[str]:
        return ["--local", "--persist-to", str(self.state), "-c", self._written["configs"][0]]

    def _run(self, *argv: str) -> str:
        return self._node(WRANGLER, *argv)

    def _node(self, *argv: str, given: str = "") -> str:
        whole = [node_path(), *argv]
        done = run(whole, ROOT, self._env, given=given, timeout_s=COMMAND_TIMEOUT_S)
        if done.status != 0:
            raise StackError(f"`{' '.join(argv[:4])}` failed: {done.reason}")
        return done.out

    def _on_line(self, raw: str) -> None:
        line = uncoloured(raw).rstrip()
        if "Request for Pyodide bundle failed" in line:
            self._failure = NO_RUNTIME
            self._settled.set()
        elif "Ready on http" in line:
            self._settled.set()
        label, text = worker_of(line, self._labels)
        if label is not None:
            self._log.write(label, text)
        elif not line or NOISE.match(line):
            pass
        elif self._settled.is_set():
            self._log.write("workers", line)
        else:
            self._told_while_starting.append(line)

    def _on_door_line(self, raw: str) -> None:
        line = uncoloured(raw)
        if "ERROR" in line:
            self._log.write("door", line, error=True)


def worker_of(line: str, labels: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the label of the Worker that has written *line*, None where it is wrangler's own, and
    what it says. *labels*: by the Workers' names in their configs.

    wrangler puts a name before a line only where several Workers run, and not with every runtime:
    our own lines name their service.
    """
    name, mark, text = line.partition("] ")
    label = labels.get(name.removeprefix("[")) if mark else None
    if label is not None:
        return label, text
    service = _SERVICE.search(line) if line.startswith("{") else None
    return (service[1] if service and service[1] in labels.values() else None), line


def _with_literals(statement: str, params: tuple[object, ...]) -> str:
    """*statement* with its `?`s replaced: `wrangler d1 execute` binds no parameters."""
    parts = statement.split("?")
    assert len(parts) == len(params) + 1, "as many parameters as question marks"
    text = parts[0]
    for param, part in zip(params, parts[1:], strict=True):
        text += _literal(param) + part
    return text


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    return "'" + str(value).replace("'", "''") + "'"
