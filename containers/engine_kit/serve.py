"""Starts one container's program and ends it well.

SIGTERM: no more work is taken, running tools are ended, their attempts are reported as interrupted,
and the program exits 0 within ten seconds. With `DRAIN_SECONDS` what runs may go on for so long
first; a second SIGTERM ends that.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import uvicorn

from engine_kit import addresses, connections, kernel
from engine_kit.attempts import Attempts
from engine_kit.confinement import confine
from engine_kit.connections import Connection, Room
from engine_kit.engine import Program
from engine_kit.hardware import find_encoders
from engine_kit.logs import configure, log
from engine_kit.machine import gpu_names, memory_bytes
from engine_kit.outgoing import new_client
from engine_kit.outward import linked
from engine_kit.routes import application
from engine_kit.settings import VERSION, ContainerSettings, read_settings
from media_jobs.errors import SettingError
from media_jobs.outward import HOST_KEY_SETTING
from media_jobs.signing import SECRET_SETTING

__all__ = ["drain", "main"]

STOP_S = 8.0
"""For ended attempts to be reported; with the server's own end it stays under ten seconds."""

AnyProgram = Program[Any]


def main(program: AnyProgram) -> int:
    """Run *program* until SIGTERM or SIGINT; return the exit code.

    2 with a sentence on standard error when a setting or a tool is missing.
    """
    service = program.engine.name
    configure(service)
    connections.quieten()
    try:
        settings = read_settings(dict(os.environ))
        _hide_secrets()
        _check_host_key(program, settings)
        tools = program.tools() if program.tools else {}
        with _own_folder(settings.work_dir, service) as home:
            confine(home)
            addresses.guard(settings.own_networks)
            if program.forks is not None:
                program.forks.start()
            return asyncio.run(_serve(program, settings, home, tools))
    except SettingError as error:
        print(f"{service} can't start: {error.message}", file=sys.stderr)
        return 2


def _check_host_key(program: AnyProgram, settings: ContainerSettings) -> None:
    """Raise SettingError for the key of another engine's host."""
    if settings.outward is None:
        return
    of = settings.outward.credential.engine_name
    if of != program.engine.name:
        raise SettingError(HOST_KEY_SETTING, f"is that of a {of}'s host")


def _hide_secrets() -> None:
    """Keep what is read now from all that is started later."""
    kernel.forget_variable(SECRET_SETTING)
    kernel.forget_variable(HOST_KEY_SETTING)
    with contextlib.suppress(OSError):  # No Linux.
        kernel.hide_memory()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, which would end this program by the signal."""

    def __init__(self, config: uvicorn.Config, tools: Mapping[str, str]) -> None:
        super().__init__(config)
        self._tools = dict(tools)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            log("ready", port=port, version=VERSION, tools=self._tools)


async def _serve(
    program: AnyProgram, settings: ContainerSettings, home: Path, tools: Mapping[str, str]
) -> int:
    settings = replace(settings, memory_bytes=memory_bytes(), gpus=await gpu_names(home))
    if program.hardware:
        found = await find_encoders(settings.ffmpeg, settings.encoders_tried, home)
        settings = replace(settings, encoders=found)
    client = new_client()
    attempts = Attempts(program, settings, client, home, tools)
    app = application(program, settings, attempts, tools)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        # A class, as far as uvicorn is concerned.
        ws="none",
        http=cast("type[asyncio.Protocol]", partial(Connection, room=Room())),
        h11_max_incomplete_event_size=connections.HEAD_BYTES_MAX,
        backlog=connections.ACCEPTED_AT_ONCE,
        log_config=None,
        lifespan="off",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, tools)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    async with linked(settings.outward, app, attempts.acceptance):
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            # uvicorn has logged why, and ends itself by SystemExit when the port is taken.
            return 1
        if settings.drain_s and attempts.active:
            await drain(attempts, settings.drain_s, serving, stop)
        log("stopping", active=attempts.active)
        await attempts.stop(STOP_S)
    server.should_exit = True
    await serving
    await client.aclose()
    log("stopped")
    return 0


async def drain(
    attempts: Attempts[Any], within_s: float, serving: asyncio.Task[Any], stop: asyncio.Event
) -> None:
    """Let what runs end, for *within_s* or until the next signal; calls are answered meanwhile."""
    stop.clear()
    log("draining", active=attempts.active)
    tasks = {
        asyncio.create_task(attempts.drain(within_s)),
        asyncio.create_task(stop.wait()),
    }
    await asyncio.wait({*tasks, serving}, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


@contextlib.contextmanager
def _own_folder(parent: Path, service: str) -> Iterator[Path]:
    """Make a folder for this process alone, and remove those that killed ones have left."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix=f"{service}-", dir=parent))
    except OSError as error:
        raise SettingError("WORK_DIR", f"can't be used: {error.strerror}") from None
    # The lock ends with this process, however it ends.
    lock = os.open(home, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    _remove_abandoned(parent, service, home)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
        os.close(lock)


def _remove_abandoned(parent: Path, service: str, own: Path) -> None:
    for folder in parent.glob(f"{service}-*"):
        if folder == own or not folder.is_dir():
            continue
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            log("removed_abandoned_files", folder=folder.name)
        except OSError:
            pass
        finally:
            os.close(handle)
