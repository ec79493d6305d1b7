"""A program that is told what to do while it runs."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from engine_kit.processes import ProcessResult, run_process

pytestmark = pytest.mark.programs

ECHOES = "import sys\nfor line in sys.stdin: print(line.strip() * 2, flush=True)"


def ran(program: str, folder: Path, said: list[str], left: int) -> ProcessResult:
    """Run a program that is told a next line when it has answered the one before, *left* more."""

    async def run() -> ProcessResult:
        answered = asyncio.Event()

        def read(line: str) -> None:
            said.append(line)
            answered.set()

        async def lines() -> AsyncIterator[bytes]:
            for number in range(left):
                yield b"%d\n" % number
                await answered.wait()
                answered.clear()

        return await run_process(
            [sys.executable, "-c", program], cwd=folder, stdin=lines(), on_line=read
        )

    return asyncio.run(asyncio.wait_for(run(), 30))


def test_it_gets_a_line_when_it_has_answered_the_one_before_and_ends_with_the_last(
    tmp_path: Path,
) -> None:
    said: list[str] = []

    assert ran(ECHOES, tmp_path, said, 3).code == 0
    assert said == ["00", "11", "22"]


def test_one_that_ends_by_itself_is_not_waited_for_with_the_next_line(tmp_path: Path) -> None:
    assert ran("import sys; sys.exit(3)", tmp_path, [], 2).code == 3


def test_when_the_lines_fail_the_program_is_ended_and_the_failure_is_told(tmp_path: Path) -> None:
    async def lines() -> AsyncIterator[bytes]:
        yield b"1\n"
        raise ValueError("no more lines")

    async def run() -> None:
        await run_process([sys.executable, "-c", ECHOES], cwd=tmp_path, stdin=lines())

    with pytest.raises(ValueError, match="no more lines"):
        asyncio.run(asyncio.wait_for(run(), 30))
