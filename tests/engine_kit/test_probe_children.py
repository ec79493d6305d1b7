"""Files are examined in children that are bounded, end with their callers, and know no secret."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.probe import ProbeResult, probe

from dev.fixtures.clip import clip_path

pytestmark = pytest.mark.programs

T = TypeVar("T")
SECRET = "a-secret-of-the-service-0123456789"


def stat_of(pid: int) -> list[str]:
    """Return the fields of a process after its name, state and parent first; none if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def children_of(pid: int) -> list[int]:
    running = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
    return [one for one in running if (stat := stat_of(one)) and int(stat[1]) == pid]


def server_of(pid: int) -> int | None:
    for child in children_of(pid):
        with contextlib.suppress(FileNotFoundError):
            if b"engine_kit.probe_server" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
    return None


def is_gone(pid: int) -> bool:
    return stat_of(pid)[:1] in ([], ["Z"])


def within_10_s(look: Callable[[], T]) -> T:
    """Return what *look* finds, once it finds something."""
    until = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A file that nobody writes to: opening it waits for ever."""
    path = tmp_path / "input.video"
    os.mkfifo(path)
    return path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> int:
    """A server that was started by a service with a secret in its environment."""
    monkeypatch.setenv("JOB_CALLBACK_HMAC_SECRET", SECRET)
    old = server_of(os.getpid())
    if old is not None:
        os.kill(old, signal.SIGKILL)
    found = asyncio.run(probe(clip_path(), ffprobe=None))
    assert found.video is not None
    server = server_of(os.getpid())
    assert server is not None
    assert server != old
    return server


async def begun(path: Path, server: int) -> tuple["asyncio.Task[ProbeResult]", int]:
    """Begin to examine *path*; return that, and the child that does it."""
    work = asyncio.create_task(probe(path, ffprobe=None))
    children = await asyncio.to_thread(within_10_s, lambda: children_of(server))
    return work, children[0]


def test_a_child_that_hangs_is_killed_when_its_caller_gives_up(stuck: Path, server: int) -> None:
    async def given_up() -> int:
        work, child = await begun(stuck, server)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        return child

    child = asyncio.run(given_up())

    within_10_s(lambda: is_gone(child))


def test_a_child_that_crashes_fails_its_own_file_alone(stuck: Path, server: int) -> None:
    async def both() -> ProbeResult:
        work, child = await begun(stuck, server)
        beside = asyncio.create_task(probe(clip_path(), ffprobe=None))
        # It has no first bytes to be told by, either.
        await asyncio.to_thread(stuck.unlink)
        await asyncio.to_thread(stuck.touch)
        os.kill(child, signal.SIGSEGV)
        with pytest.raises(EngineFailure) as caught:
            await work
        assert caught.value.code is FailureCode.INPUT_UNREADABLE
        return await beside

    found = asyncio.run(both())

    assert found.video is not None
    assert server_of(os.getpid()) == server


def test_neither_the_server_nor_a_child_holds_a_secret_or_more_than_it_needs(
    stuck: Path, server: int
) -> None:
    def is_bounded(child: int) -> bool:
        limits = Path(f"/proc/{child}/limits").read_text()
        return re.search(r"Max core file size +0", limits) is not None

    def told_of(child: int) -> tuple[bytes, str, list[str]]:
        within_10_s(lambda: is_bounded(child))
        process = Path(f"/proc/{child}")
        opened = [str(one.readlink()) for one in (process / "fd").iterdir()]
        return (process / "environ").read_bytes(), (process / "limits").read_text(), opened

    async def seen() -> tuple[bytes, str, list[str]]:
        work, child = await begun(stuck, server)
        told = await asyncio.to_thread(told_of, child)
        work.cancel()
        return told

    environment, limits, opened = asyncio.run(seen())

    assert SECRET.encode() not in environment + Path(f"/proc/{server}/environ").read_bytes()
    limited = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert limited["Max address space"] == [str(4 << 30)] * 2
    assert limited["Max cpu time"] == ["60", "60"]
    assert limited["Max file size"] == ["0", "0"]
    # Its answer's socket; what it looks at is not open yet.
    assert [name.partition(":")[0] for name in opened if name != "/dev/null"] == ["socket"]


@pytest.mark.parametrize("how", ["by itself", "by a signal"])
def test_the_server_ends_with_the_service(how: str) -> None:
    program = (
        "import asyncio, pathlib, sys; from engine_kit.probe import probe\n"
        "asyncio.run(probe(pathlib.Path(sys.argv[1]), ffprobe=None))\n"
        "print('ready', flush=True); sys.stdin.read()\n"
    )
    service = subprocess.Popen(
        [sys.executable, "-c", program, str(clip_path())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with service:
        assert service.stdout is not None
        assert service.stdout.readline() == b"ready\n"
        server = server_of(service.pid)
        assert server is not None
        if how == "by a signal":
            service.kill()

    within_10_s(lambda: is_gone(server))
