"""Work in processes of its own: what comes back, what ends it, and what its answers may name."""

import asyncio
import importlib
import os
import pickle
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from hashlib import pbkdf2_hmac
from pathlib import Path

import pytest
from burner.subtitles import job_subtitles
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.fork_messages import Crashed, Made, unpacked
from engine_kit.fork_server import ForkServer, WorkCrashed
from engine_kit.processes import run_process

from dev.engines.usage import tree_cpu_s, working
from media_jobs.engines.burner.options import BurnOptions

pytestmark = pytest.mark.programs

SAYS_ITS_NUMBER = """
import os, pathlib
pathlib.Path(named).write_text(str(os.getpid()))
while True:
    pass
"""
ENDLESS = partial(re.match, "(a+)+$", "a" * 60 + "b")


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    """A server whose work may take a second and 64 MiB."""
    server = ForkServer("burner.subtitles", cpu_s=1, memory_bytes=64 << 20)
    yield server
    server.stop()


def is_gone(pid: int) -> bool:
    """Whether the kernel forgets a process within two seconds."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_work_is_done_in_processes_that_end_with_it(forks: ForkServer) -> None:
    async def pids() -> list[int]:
        return list(await asyncio.gather(*(forks.run(os.getpid) for _ in range(3))))

    found = asyncio.run(pids())

    assert len({*found, os.getpid()}) == 4
    assert all(map(is_gone, found))


def test_what_its_processes_have_worked_is_counted_with_the_service(forks: ForkServer) -> None:
    """Benchmarks ask for it, and whoever bills a container by its processor time."""
    asyncio.run(forks.run(os.getpid))
    before_s = tree_cpu_s(os.getpid())

    asyncio.run(forks.run(pbkdf2_hmac, "sha256", b"a", b"b", 400_000))

    for _ in range(200):
        if "text-work" not in working(os.getpid()):
            break
        time.sleep(0.01)
    assert tree_cpu_s(os.getpid()) - before_s >= 0.05


def test_a_failure_comes_back_as_it_was_raised(forks: ForkServer) -> None:
    with pytest.raises(EngineFailure) as here:
        job_subtitles(b"\x89PNG\r\n\x1a\n", BurnOptions())
    with pytest.raises(EngineFailure) as there:
        asyncio.run(forks.run(job_subtitles, b"\x89PNG\r\n\x1a\n", BurnOptions()))

    assert there.value.code is FailureCode.SUBTITLES_INVALID
    assert vars(there.value) == vars(here.value)


def test_what_is_no_failure_comes_back_with_its_traceback(forks: ForkServer) -> None:
    with pytest.raises(WorkCrashed, match="ValueError: invalid literal for int"):
        asyncio.run(forks.run(int, "no number"))


def test_work_beyond_its_memory_or_its_time_is_given_up_for_good(forks: ForkServer) -> None:
    for work in (partial(bytearray, 256 << 20), ENDLESS):
        with pytest.raises(EngineFailure, match="more processor time or memory") as raised:
            asyncio.run(forks.run(work))
        assert (raised.value.code, raised.value.retryable) == ("input_unsupported", False)


def test_a_process_that_dies_fails_its_own_work_alone(forks: ForkServer) -> None:
    async def both() -> Sequence[object]:
        works = forks.run(os.abort), forks.run(os.getpid)
        return await asyncio.gather(*works, return_exceptions=True)

    died, lived = asyncio.run(both())

    assert isinstance(died, EngineFailure) and died.code is FailureCode.TOOL_FAILED
    assert isinstance(lived, int)


def test_canceled_work_is_killed(forks: ForkServer, tmp_path: Path) -> None:
    named = tmp_path / "pid"
    os.mkfifo(named)

    async def canceled() -> int:
        working = asyncio.create_task(forks.run(exec, SAYS_ITS_NUMBER, {"named": str(named)}))
        pid = int(await asyncio.to_thread(named.read_text))
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        return pid

    assert is_gone(asyncio.run(canceled()))


def test_the_next_work_finds_a_server_again_when_it_was_killed(forks: ForkServer) -> None:
    server = asyncio.run(forks.run(os.getppid))
    os.kill(server, signal.SIGKILL)

    again = None
    while again is None:
        # What was under way with the old one ends without an answer.
        with suppress(EngineFailure):
            again = asyncio.run(forks.run(os.getppid))

    assert again != server


def test_the_processes_know_none_of_the_services_environment(
    forks: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOB_CALLBACK_HMAC_SECRET", "secret-of-the-service")
    server = ForkServer(cpu_s=1, memory_bytes=64 << 20)

    assert asyncio.run(server.run(os.getenv, "JOB_CALLBACK_HMAC_SECRET")) is None

    server.stop()


class Calls:
    """Is pickled as a call."""

    def __init__(self, called: object, *args: object) -> None:
        self._call = called, args

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self._call


def test_an_answer_may_name_no_function_and_no_class_but_harmless_ones() -> None:
    fine = Made((Crashed("x"), FailureCode.TIMEOUT, Path("/a"), frozenset({1}), 1.5, b"y"))

    assert unpacked(pickle.dumps(fine), frozenset()) == fine

    for called in (os.system, eval, subprocess.Popen, run_process, importlib.import_module):
        with pytest.raises(pickle.UnpicklingError):
            unpacked(pickle.dumps(Made(Calls(called, "true"))), frozenset({"burner"}))
    # Through a module of ours, by the dotted names that pickles have.
    named = b"\x80\x04\x8c\x16engine_kit.fork_server\x8c\x10subprocess.Popen\x93."
    with pytest.raises(pickle.UnpicklingError):
        unpacked(named, frozenset())
