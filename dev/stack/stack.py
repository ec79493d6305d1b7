"""The local stack: both Workers on real workerd, their storage, and the containers.

`python -m dev.stack` runs it until Ctrl-C; tests use `Stack` as a context manager.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from dev.installation import CONFIGS, ROOT, NotInstalled, check_installation
from dev.stack.admin_token import ensure_admin_token
from dev.stack.attached import ADDRESSES, RunningStack
from dev.stack.cron import CronClock
from dev.stack.errors import StackError, StateInUse, check_container, check_ffmpeg
from dev.stack.log import LogStream
from dev.stack.overlay import CONTAINERS, containers_of, overlaid
from dev.stack.page import built_page, page_of_sources
from dev.stack.ports import HOST, PREFERRED, WORKER_PORTS, HeldPorts, is_free
from dev.stack.process import Guard, ManagedProcess, pid_in_session
from dev.stack.runtimes.miniflare import MiniflareWorkers, Runtime, StackSettings, Worker
from dev.stack.runtimes.wrangler import WranglerWorkers
from dev.stack.state import StateFolder
from media_jobs.keyring import HOST_KEYS_SETTING, HostKey, Keyring, show_host_keys

_NAMES = tuple(one.name for one in CONTAINERS)
RUNTIMES: dict[str, Callable[..., Runtime]] = {
    "miniflare": MiniflareWorkers,
    "wrangler": WranglerWorkers,
}
HOST_KEY: HostKey = (1,)
"""What the containers hold that a stack starts itself."""
S3_PATH = "/cdn-cgi/local/r2/s3"
READY_TIMEOUT_S = 180.0
"""A part answers in seconds; a loaded machine may need twenty times as long. One that ends is told
at once.
"""
LINES_TOLD = 40
"""How many of the last lines a start that failed tells, where nobody has seen them."""
PORTS_FREE_TIMEOUT_S = 10.0
PORTS_OF_OTHERS_TIMEOUT_S = 2.0
STARTS_MAX = 3
"""How often other ports are tried when another program takes one before a part listens on it."""
DEFAULT_STATE = Path(os.environ.get("STACK_STATE") or ROOT / ".stack")


class Stack(RunningStack):
    """A running stack. Use it as a context manager; entering returns when every part answers.

    *containers* are started as processes; *container_urls* puts other servers in their place. A
    container that is in neither has an address where nothing listens. *further_hosts* are addresses
    of more hosts of an engine, by its container's name. *env* is added to the
    containers' environment, *worker_vars* to the vars of both Workers (by Worker's label, `app` or
    `orchestrator`). Ports are chosen free unless *ports* prefers some. *cron* fires the triggers of
    the configs on time; without it only `trigger_cron` does. The Workers' configs, sources and
    migrations are those in *root*; with an *overlay*, those of the project with its files laid over
    them, and the containers' programs, too. *other_workers* do not belong to the app: each answers
    the route patterns that are given for its name, on the app's port. *counted*: the Workers count
    what they are asked and ask, for `bench jobs`. Without *compiled* they compile their files at
    each start, as a deploy does. Raises StackError.
    """

    def __init__(
        self,
        *,
        state_dir: Path = DEFAULT_STATE,
        fresh: bool = False,
        containers: Sequence[str] | None = None,
        container_urls: Mapping[str, str] | None = None,
        further_hosts: Mapping[str, Sequence[str]] | None = None,
        env: Mapping[str, str] | None = None,
        worker_vars: Mapping[str, Mapping[str, str]] | None = None,
        ports: Mapping[str, int] | None = None,
        runtime: str = "miniflare",
        cron: bool = False,
        log: LogStream | None = None,
        root: Path = ROOT,
        overlay: Path | None = None,
        other_workers: Mapping[str, Sequence[str]] | None = None,
        unbuilt_page: bool = False,
        counted: bool = False,
        compiled: bool = True,
    ) -> None:
        self.state = StateFolder(state_dir, fresh=fresh)
        self.runtime = runtime
        self.log = log or LogStream(None)
        self._overlay = overlay
        self._engines = CONTAINERS
        self._container_names = _NAMES if containers is None else tuple(containers)
        self._container_urls = dict(container_urls or {})
        self._further_hosts = further_hosts or {}
        self._env = {**os.environ, **(env or {})}
        self._worker_vars = worker_vars or {}
        self._ports = ports or {}
        self._cron = cron
        self._root = root
        self._other_workers = other_workers or {}
        self._unbuilt_page = unbuilt_page
        self._counted = counted
        self._compiled = compiled
        self._exit = ExitStack()
        self._parts: dict[str, ManagedProcess] = {}
        self._held = HeldPorts()

    def __enter__(self) -> Stack:
        check_installation()
        if self._container_names:
            check_ffmpeg()
        with ExitStack() as undo:
            undo.enter_context(self.state)
            if self._overlay is not None:
                self._root = overlaid(self._overlay, self.state.path / "overlaid")
                self._engines = containers_of(self._root)
            for name in self._container_names:
                check_container(name, self._programs)
            self._guard = Guard()
            undo.callback(self._guard.close)
            undo.callback(self._held.release)
            undo.callback(self._stop_parts)
            try:
                self._start_somewhere(undo)
            except StackError as error:
                error.add_note("\n".join(self.log_lines()[-LINES_TOLD:]))
                raise
            self._exit = undo.pop_all()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._exit.close()

    @property
    def _programs(self) -> Path:
        """Where the containers' programs are: *root* has those of the Workers alone."""
        return ROOT if self._overlay is None else self._root

    # --- what is seen of it ---------------------------------------------------------------------

    @property
    def workerd_pid(self) -> int:
        """The process of the Workers' runtime, for measurements."""
        found = pid_in_session(self._workers.parts[0].pid, "workerd")
        if found is not None:
            return found
        raise StackError("workerd is not running.")

    def import_times_s(self) -> dict[str, float]:
        """Seconds of CPU that the import of each Worker's main module took, by Worker's label."""
        return self._workers.import_times_s()

    def log_lines(self, part: str | None = None) -> list[str]:
        """The last log lines, of one part (`app`, `burner`, …) or, with the part's name, of all."""
        return self.log.lines(part)

    # --- what tests do to it -------------------------------------------------------------------

    def kill_container(self, name: str) -> None:
        """SIGKILL to a container, as when its host dies. `start_container` starts it again."""
        self._parts[name].kill()

    def start_container(self, name: str) -> None:
        """Start a container (again) and wait until it answers."""
        previous = self._parts.pop(name, None)
        if previous is not None:
            previous.stop()
        self._parts[name] = self._container(name)
        self._wait_for(name, f"{self.container_urls[name]}/health")

    def kill(self) -> None:
        """SIGKILL to every part, as when the machine loses its power; only leaving is left to do.

        Another `Stack` on the same state continues from what was stored.
        """
        for part in self._parts.values():
            part.kill_all()
        if not self._ports_are_free():
            raise StackError("A part that was killed still listens.")

    def crash_workers(self) -> None:
        """SIGKILL to workerd, and wait until it has been started again and answers."""
        crashed = self.workerd_pid
        os.kill(crashed, signal.SIGKILL)
        while pid_in_session(self._workers.parts[0].pid, "workerd") in (None, crashed):
            self.check()
            time.sleep(0.05)
        for label in ("app", "orchestrator"):
            self._wait_for(label, f"http://{HOST}:{self.ports[label]}/healthz")

    def evict_job(self, job_id: str) -> None:
        """Evict the job's Durable Object: its memory is gone, its storage stays."""
        self.evict("orchestrator", "RenderJobDO", job_id)

    def evict(self, worker: str, class_name: str, name: str) -> None:
        """Evict any Durable Object of *worker* (`app` or `orchestrator`).

        One that the runtime has evicted by itself is no fault.
        """
        try:
            self._workers.evict(worker, class_name, name)
        except StackError as error:
            if "not currently running" not in str(error):
                raise

    def trigger_cron(self) -> None:
        """Fire every cron trigger of the configs now and wait for the handlers."""
        for worker, cron in self._workers.crons():
            self._workers.trigger(worker, cron)

    def sql(self, statement: str, *params: object) -> list[dict[str, Any]]:
        """Run one statement on the app's D1 and return the rows."""
        return self._workers.sql(statement, *params)

    def check(self) -> None:
        """Raise StackError when a part has ended by itself."""
        for name, part in self._parts.items():
            status = part.exit_status
            if status is not None and not part.stopping:
                raise StackError(f"{name} ended by itself ({_how(status)}); see its lines above.")

    # --- starting and stopping -----------------------------------------------------------------

    def _start_somewhere(self, undo: ExitStack) -> None:
        """Start on ports that are free; on others when one is taken before a part listens on it."""
        for tried in range(1, STARTS_MAX + 1):
            self._choose_ports()
            try:
                self._start(undo)
            except StackError as error:
                self._stop_parts(PORTS_OF_OTHERS_TIMEOUT_S)
                self._parts.clear()
                taken = [str(port) for port in self.ports.values() if not is_free(port)]
                if tried == STARTS_MAX or not taken:
                    raise
                self.log.write("stack", f"another program took port {', '.join(taken)}: {error}")
            else:
                return

    def _choose_ports(self) -> None:
        names = (*WORKER_PORTS, *(one.name for one in self._engines))
        wanted = {name: self._ports.get(name, 0) for name in names}
        self.ports = self._held.choose(wanted)
        for name, port in self.ports.items():
            if wanted[name] not in (0, port):
                self.log.write("stack", f"port {wanted[name]} is in use: {name} is on {port}")

    def _start(self, undo: ExitStack) -> None:
        self.secrets = self.state.secrets()
        urls = {name: f"http://{HOST}:{port}" for name, port in self.ports.items()}
        self.app_url, self.orchestrator_url = urls["app"], urls["orchestrator"]
        # Miniflare has the S3 side of R2 on the main port, which is the app's.
        self.s3_url = self.app_url + S3_PATH
        own = {one.name: urls[one.name] for one in self._engines}
        self.container_urls = {**own, **self._container_urls}
        began = time.monotonic()
        self.log.write("stack", f"state in {self.state.path}; starting the Workers")
        self._workers: Runtime = RUNTIMES[self.runtime](
            StackSettings(
                workers=self._worker_settings(),
                persist=self.state.persist,
                secrets=self.secrets,
                others=self._other_workers,
                counted=self._counted,
                compiled=self._compiled,
            ),
            guard=self._guard,
            log=self.log,
            env=self._env,
        )
        self._parts.update({part.name: part for part in self._workers.parts})
        for name in self._container_names:
            self._parts[name] = self._container(name)
        self._workers.wait()
        ensure_admin_token(self._workers, self.secrets.admin_token, int(time.time() * 1000))
        self._wait_for("app", f"{self.app_url}/healthz")
        self._wait_for("orchestrator", f"{self.orchestrator_url}/healthz")
        for name in self._container_names:
            self._wait_for(name, f"{self.container_urls[name]}/health")
        self.check()
        if self._cron:
            clock = CronClock(self._workers.crons(), self._workers.trigger, self.log)
            clock.start()
            undo.callback(clock.stop)
        self.state.announce({name: getattr(self, name) for name in ADDRESSES})
        self.log.write("stack", f"ready after {time.monotonic() - began:.1f} s")

    def _worker_settings(self) -> list[Worker]:
        common = {"JOB_CALLBACK_HMAC_SECRET": self.secrets.callback_secret}
        app = {**common, "CF_ORCHESTRATOR_URL": self.orchestrator_url}
        orchestrator = {
            **common,
            "S3_ACCESS_KEY_ID": self.secrets.s3_access_key_id,
            "S3_SECRET_ACCESS_KEY": self.secrets.s3_secret_access_key,
            "APP_BASE_URL": self.app_url,
            "ORCHESTRATOR_BASE_URL_CONTAINER": self.orchestrator_url,
            "S3_ENDPOINT": self.s3_url,
            "S3_INTERNAL_ENDPOINT": self.s3_url,
            **{one.base_url_setting: self._hosts(one.name) for one in self._engines},
            # Those of elsewhere hold the root secret, as the manual has it.
            HOST_KEYS_SETTING: show_host_keys(dict.fromkeys(self._container_names, HOST_KEY)),
        }
        bindings = {"app": app, "orchestrator": orchestrator}
        make_page = page_of_sources if self._unbuilt_page else built_page
        page = make_page(self._root / "public", self.state.path / "page")
        return [
            Worker(
                label=label,
                config=self._root / config,
                port=self.ports[label],
                bindings={**bindings[label], **self._worker_vars.get(label, {})},
                assets=page,
            )
            for label, config in CONFIGS.items()
        ]

    def _hosts(self, name: str) -> str:
        return ", ".join((self.container_urls[name], *self._further_hosts.get(name, ())))

    def _container(self, name: str) -> ManagedProcess:
        work = self.state.path / "work" / name
        work.mkdir(parents=True, exist_ok=True)
        keys = Keyring((self.secrets.callback_secret,)).of_host(name, HOST_KEY)
        env = {
            **self._env,
            "JOB_CALLBACK_HMAC_SECRET": ",".join(keys),
            "HOST": HOST,
            "OWN_NETWORKS": f"{HOST}/32",
            "PORT": str(self.ports[name]),
            "WORK_DIR": str(work),
            "PYTHONPATH": os.pathsep.join(str(self._programs / it) for it in ("src", "containers")),
            "PYTHONUNBUFFERED": "1",
        }
        return ManagedProcess(
            name,
            [sys.executable, "-m", name],
            guard=self._guard,
            env=env,
            cwd=ROOT,
            on_line=lambda line: self.log.write(name, line),
        )

    def _wait_for(self, name: str, url: str) -> None:
        began = time.monotonic()
        while True:
            self.check()
            problem = _problem_with(url)
            if problem is None:
                self.log.write("stack", f"{name} answers on {url.rpartition('/')[0]}")
                return
            if time.monotonic() - began > READY_TIMEOUT_S:
                raise StackError(f"{name} does not answer on {url}: {problem}.")
            time.sleep(0.05)

    def _stop_parts(self, ports_timeout_s: float = PORTS_FREE_TIMEOUT_S) -> None:
        parts = list(self._parts.values())
        threads = [threading.Thread(target=part.stop) for part in parts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._parts:
            self._ports_are_free(ports_timeout_s)

    def _ports_are_free(self, timeout_s: float = PORTS_FREE_TIMEOUT_S) -> bool:
        """Whether nothing listens any longer; what a part has started may outlive it by a moment.

        The next stack on this state wants the same ports: jobs that are under way know no others.
        """
        used = [self.ports[name] for name in ("app", "orchestrator", *self._container_names)]
        deadline = time.monotonic() + timeout_s
        while not all(is_free(port) for port in used):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _how(status: int) -> str:
    return f"status {status}" if status >= 0 else signal.Signals(-status).name


def _problem_with(url: str) -> str | None:
    """Why *url* does not answer 200, or None when it does."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 (http only)
            response.read()
    except urllib.error.HTTPError as error:
        return f"it answers {error.code}"
    except (OSError, ValueError) as error:
        return str(error)
    return None


def summary(stack: Stack) -> str:
    """What a person needs to know of a stack that is ready."""
    rows = [
        ("app", stack.app_url),
        ("orchestrator", stack.orchestrator_url),
        *stack.container_urls.items(),
        ("S3 endpoint", stack.s3_url),
        ("admin token", stack.admin_token),
        ("state", str(stack.state.path)),
    ]
    lines = [f"  {name:<13} {value}" for name, value in rows]
    ready = ["", "The stack is ready:", *lines]
    # To be copied into a terminal: the README's curl lines go on from it, and so does vidgen.
    url, token = stack.app_url, stack.admin_token
    export = f"export APP={url} TOKEN={token} VIDGEN_URL={url} VIDGEN_TOKEN={token}"
    return "\n".join([*ready, "", export])


class _Interrupted(Exception):
    """SIGINT or SIGTERM arrived."""


def _interrupt(_number: int, _frame: object) -> None:
    # A second one must not cut the cleaning up short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Interrupted


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.stack", description=__doc__)
    parser.add_argument("--state", type=Path, help="folder of the state; default: .stack")
    parser.add_argument("--fresh", action="store_true", help="empty the state first")
    parser.add_argument("--runtime", choices=tuple(RUNTIMES), default="miniflare")
    parser.add_argument("--port", type=int, default=PREFERRED["app"], help="of the app")
    parser.add_argument(
        "--containers", default=",".join(_NAMES), help="which to start, comma separated"
    )
    return parser.parse_args(argv)


def folders(wanted: Path | None) -> Iterator[Path]:
    """Yield where the state may be: where it is *wanted*, else `.stack`, `.stack-2`, …"""
    if wanted is not None:
        yield wanted
        return
    yield DEFAULT_STATE
    for number in count(2):
        yield DEFAULT_STATE.with_name(f"{DEFAULT_STATE.name}-{number}")


def _run(folder: Path, arguments: argparse.Namespace, log: LogStream) -> None:
    """Run the stack until nobody reads its lines any more; raises StackError."""
    with Stack(
        state_dir=folder,
        fresh=arguments.fresh,
        containers=tuple(name for name in arguments.containers.split(",") if name),
        ports={**PREFERRED, "app": arguments.port},
        runtime=arguments.runtime,
        cron=True,
        log=log,
        unbuilt_page=True,
    ) as stack:
        stack.log.text(summary(stack))
        while not stack.log.reader_gone:
            stack.check()
            time.sleep(0.5)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the stack until it is interrupted (status 0) or fails (status 1)."""
    arguments = _arguments(argv)
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    log = LogStream(sys.stdout)
    try:
        for folder in folders(arguments.state):
            try:
                _run(folder, arguments, log)
            except StateInUse as error:
                if arguments.state is not None:
                    raise
                log.write("stack", f"{error.folder} is in use (process {error.holder})")
            else:
                return 0
        raise AssertionError("there is always another folder")
    except _Interrupted:
        log.write("stack", "stopped")
        return 0
    except (StackError, NotInstalled) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
