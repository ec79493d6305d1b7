"""Programs that are forked from one that has imported everything: what is theirs, and their end."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_kit.failures import EngineFailure
from engine_kit.prepared import PreparedProgram
from engine_kit.processes import ProcessResult, run_process

pytestmark = pytest.mark.programs

PROGRAM = """
import ctypes, errno, os, signal, subprocess, sys, time

prepared = []

def prepare(word):
    if word == "full":
        os.fork = refused
    prepared.append(word)
    print("prepared once", file=sys.stderr)

def refused():
    raise OSError(errno.EAGAIN, "no more processes")

def main():
    order = sys.stdin.read()
    prepared.append("changed")
    if order == "where":
        print(os.getcwd(), os.environ["NAMED"], "SECRET" in os.environ, len(prepared), prepared[0])
    elif order == "open":
        # prctl(2): PR_GET_DUMPABLE.
        print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
    elif order == "crash":
        raise ValueError("no good")
    elif order == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif order == "endless":
        own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(os.getpid(), own.pid, flush=True)
        time.sleep(600)
    return 3
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PreparedProgram]:
    (tmp_path / "prepared_program.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("SECRET", "known to the service alone")
    made = PreparedProgram("prepared_program", "early")
    yield made
    made.stop()


async def ran(program: PreparedProgram, folder: Path, order: str) -> tuple[ProcessResult, str]:
    said: list[str] = []
    result = await run_process(
        program, cwd=folder, stdin=order.encode(), on_line=said.append, env={"NAMED": "this one"}
    )
    return result, " ".join(said)


def is_gone(pid: int) -> bool:
    """Whether a process has ended within ten seconds; who waits for it is somebody else."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


def test_each_has_its_own_folder_environment_streams_and_memory(
    program: PreparedProgram, tmp_path: Path
) -> None:
    async def both() -> list[tuple[ProcessResult, str]]:
        return [await ran(program, tmp_path / name, "where") for name in ("a", "b")]

    for name in ("a", "b"):
        (tmp_path / name).mkdir()

    for name, (result, said) in zip(("a", "b"), asyncio.run(both()), strict=True):
        assert said == f"{tmp_path / name} this one False 2 early"
        assert (result.code, result.stderr_tail) == (3, "")


def test_how_it_ended_is_told_as_of_any_program(program: PreparedProgram, tmp_path: Path) -> None:
    async def both() -> list[ProcessResult]:
        return [(await ran(program, tmp_path, order))[0] for order in ("crash", "killed")]

    crashed, killed = asyncio.run(both())

    assert (crashed.code, crashed.stderr_tail.splitlines()[-1]) == (1, "ValueError: no good")
    assert killed.code == -signal.SIGKILL


@pytest.mark.parametrize("ended_by", ["cancel", "service"])
def test_it_ends_with_all_that_it_has_started(
    program: PreparedProgram, tmp_path: Path, ended_by: str
) -> None:
    """When the job is canceled, and when the program that it was forked from is gone."""

    async def run() -> tuple[list[int], ProcessResult | None]:
        said: asyncio.Queue[str] = asyncio.Queue()
        running = asyncio.create_task(
            run_process(program, cwd=tmp_path, stdin=b"endless", on_line=said.put_nowait)
        )
        pids = [int(pid) for pid in (await said.get()).split()]
        if ended_by == "cancel":
            running.cancel()
            await asyncio.wait({running})
            return pids, None
        program.stop()
        return pids, await running

    pids, result = asyncio.run(run())

    assert len(pids) == 2
    assert all(is_gone(pid) for pid in pids)
    assert result is None or result.code == -signal.SIGKILL


def test_where_the_prepared_one_was_killed_the_next_run_has_a_new_one(
    program: PreparedProgram, tmp_path: Path
) -> None:
    program.start()
    assert program.pid is not None
    os.kill(program.pid, signal.SIGKILL)

    result, said = asyncio.run(ran(program, tmp_path, "where"))

    assert result.code == 3
    assert said.endswith("early")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is asked")
def test_nobody_of_its_own_user_looks_into_its_memory(
    program: PreparedProgram, tmp_path: Path
) -> None:
    """What one was taken over by would come to the next ones through what they are forked from."""
    _, said = asyncio.run(ran(program, tmp_path, "open"))

    assert said == "0"


def test_where_no_process_can_be_made_the_reason_is_told_and_the_prepared_one_stays(
    program: PreparedProgram, tmp_path: Path
) -> None:
    full = PreparedProgram("prepared_program", "full")
    full.start()
    pid = full.pid

    for _ in range(2):
        with pytest.raises(EngineFailure, match="can't be started: Resource temporarily"):
            asyncio.run(ran(full, tmp_path, "where"))

    assert full.pid == pid
    full.stop()


def test_a_program_that_cannot_be_prepared_is_said_not_to_start(tmp_path: Path) -> None:
    broken = PreparedProgram("no_such_module")
    with pytest.raises(EngineFailure, match="prepared program can't be started"):
        asyncio.run(ran(broken, tmp_path, "where"))
    broken.stop()
