"""The local stack as one process tree: it starts, serves, and leaves nothing behind."""

from __future__ import annotations

import io
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dev.installation import ROOT
from dev.stack.log import LogStream
from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually

TRACE = "LOCAL_STACK_TEST"


class Supervisor:
    """`python -m dev.stack` as a person starts it; every process it makes can be found."""

    def __init__(self, state: Path, *argv: str, named: bool = True) -> None:
        self.trace = f"{TRACE}={uuid.uuid4()}"
        name, _, value = self.trace.partition("=")
        where = ("--state", str(state)) if named else ()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev.stack", *where, *argv],
            cwd=ROOT,
            env={**os.environ, name: value, "STACK_STATE": str(state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def read_until(self, text: str) -> str:
        assert self.process.stdout is not None
        while text not in self.output:
            line = self.process.stdout.readline()
            assert line, f"it ended before it said {text!r}:\n{self.output}"
            self.output += line
        return self.output

    def read_to_the_end(self) -> int:
        assert self.process.stdout is not None
        self.output += self.process.stdout.read()
        return self.process.wait(timeout=30)

    def processes(self) -> dict[int, str]:
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                marked = self.trace.encode() in (entry / "environ").read_bytes().split(b"\0")
                if marked:
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue  # It has just ended, or is another user's.
        return found

    def pid_of(self, part: str) -> int:
        return next(pid for pid, command in self.processes().items() if part in command)


@contextmanager
def supervisor(state: Path, *argv: str, named: bool = True) -> Iterator[Supervisor]:
    running = Supervisor(state, *argv, named=named)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(timeout=30)
        if running.process.stdout is not None:
            running.process.stdout.close()


def test_import_of_each_worker_takes_less_than_two_seconds(own_stack: Stack) -> None:
    times = own_stack.import_times_s()

    assert set(times) == {"app", "orchestrator"}
    assert max(times.values()) < 2


@pytest.mark.long
def test_crons_tick_and_rows_are_read_while_log_lines_flow(own_stack: Stack) -> None:
    refused, ended = itertools.count(), threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=own_stack.app_url, timeout=60) as client:
            while not ended.is_set():
                # Each refusal is a line of the log.
                client.get("/api/jobs", headers={"authorization": "Bearer none"})
                next(refused)

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask) for _ in range(8)]
        try:
            for _ in range(40):
                own_stack.trigger_cron()
                own_stack.sql("SELECT 1")
        finally:
            ended.set()
        for one in asking:
            one.result()

    assert next(refused) > 1000


def test_the_workers_come_back_when_their_runtime_crashes(
    own_stack: Stack, client: ApiClient
) -> None:
    client.put_object("debug/kept.txt", b"kept")

    own_stack.crash_workers()

    url = client.get_signed("/debug/presign?key=debug/kept.txt").json()["url"]
    assert client.http.get(url).content == b"kept"
    assert own_stack.sql("SELECT 1 AS one") == [{"one": 1}]


def test_one_stack_goes_through_taken_ports_kill_and_restart(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with supervisor(tmp_path, "--containers", "burner", "--port", str(port)) as first:
            output = first.read_until("  state ")
            app_url = re.search(r"^  app +(\S+)$", output, re.MULTILINE)

            assert app_url is not None
            assert urlsplit(app_url[1]).port not in (None, port)
            parts = " ".join(first.processes().values())
            assert all(part in parts for part in ("workerd", "launch.mjs", "-m burner"))

            first.process.kill()

            eventually(lambda: not first.processes(), "SIGKILL leaves no process")

    with supervisor(tmp_path, "--containers", "") as second:
        second.read_until("  state ")

        second.process.send_signal(signal.SIGINT)

        assert second.read_to_the_end() == 0
        assert not second.processes()
        assert "Traceback" not in second.output


def test_a_part_that_crashes_ends_the_stack_with_its_name(tmp_path: Path) -> None:
    with supervisor(tmp_path, "--containers", "burner") as running:
        running.read_until("  state ")

        os.kill(running.pid_of("-m burner"), signal.SIGKILL)

        assert running.read_to_the_end() == 1
        assert "error: burner ended by itself (SIGKILL)" in running.output
        assert not running.processes()


def test_ctrl_c_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    with supervisor(tmp_path, "--containers", "") as running:
        running.read_until("starting the Workers")
        eventually(lambda: "workerd" in " ".join(running.processes().values()), "workerd runs")

        running.process.send_signal(signal.SIGINT)

        assert running.read_to_the_end() == 0
        assert not running.processes()
        assert "Traceback" not in running.output


def test_a_second_one_starts_beside_the_first_and_says_where(tmp_path: Path) -> None:
    state = tmp_path / "own"
    # The first need not be ready: what it has chosen is its own before it listens.
    with supervisor(state, "--containers", "", named=False) as first:
        first.read_until("starting the Workers")

        with supervisor(state, "--containers", "", named=False) as second:
            output = second.read_until("  state ")

    heads = [line.partition("| ")[2] for line in output.splitlines()]
    assert heads[0] == f"{state} is in use (process {first.process.pid})"
    moved = [line for line in heads[1:4] if line.startswith("port 87")]
    assert [line.split()[5] for line in moved] == ["app", "orchestrator"]
    assert f"state         {state}-2" in output


class Taker(io.StringIO):
    """Reads a stack's lines, and listens on its app's port before the app does, once."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: Stack | None = None
        self.server: socket.socket | None = None

    def write(self, text: str) -> int:
        if "starting the Workers" in text and self.server is None and self.stack is not None:
            self.server = socket.create_server(("127.0.0.1", self.stack.ports["app"]))
        return super().write(text)


@pytest.mark.long
def test_a_port_that_is_taken_between_choice_and_start_is_left(tmp_path: Path) -> None:
    out = Taker()
    out.stack = stack = Stack(state_dir=tmp_path / "state", containers=(), log=LogStream(out))

    with stack:
        assert out.server is not None
        taken = out.server.getsockname()[1]
        assert urlsplit(stack.app_url).port != taken

    out.server.close()
    assert f"another program took port {taken}: " in out.getvalue()
