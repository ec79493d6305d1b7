"""The local stack as one process tree: it starts, serves, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth  # type: ignore[import-untyped]  # No types.
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from dev.installation import ROOT
from dev.stack.attached import RunningStack
from dev.stack.stack import Stack

TRACE = "LOCAL_STACK_TEST"


def eventually(probe: Callable[[], bool], within_s: float, what: str) -> None:
    deadline = time.monotonic() + within_s
    while not probe():
        assert time.monotonic() < deadline, f"{what} within {within_s} s"
        time.sleep(0.05)


class Supervisor:
    """`python -m dev.stack` as a person starts it; every process it makes can be found."""

    def __init__(self, state: Path, *argv: str) -> None:
        self.trace = f"{TRACE}={uuid.uuid4()}"
        name, _, value = self.trace.partition("=")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev.stack", "--state", str(state), *argv],
            cwd=ROOT,
            env={**os.environ, name: value},
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
def supervisor(state: Path, *argv: str) -> Iterator[Supervisor]:
    running = Supervisor(state, *argv)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(timeout=30)
        if running.process.stdout is not None:
            running.process.stdout.close()


def presigned(stack: RunningStack, method: str, key: str, secret: str | None = None) -> str:
    keys = stack.secrets
    credentials = Credentials(keys.s3_access_key_id, secret or keys.s3_secret_access_key)
    request = AWSRequest(method=method, url=f"{stack.s3_url}/vidgen-render/{key}")
    S3SigV4QueryAuth(credentials, "s3", "auto", expires=60).add_auth(request)
    return str(request.url)


def test_both_workers_answer_on_ports_of_their_own(stack: RunningStack) -> None:
    for url in (stack.app_url, stack.orchestrator_url):
        assert httpx.get(f"{url}/healthz").json()["ok"] is True


def test_presigned_urls_write_and_read_the_bucket(stack: RunningStack) -> None:
    put = httpx.put(presigned(stack, "PUT", "debug/file.txt"), content=b"hello")
    got = httpx.get(presigned(stack, "GET", "debug/file.txt"))

    assert (put.status_code, got.status_code, got.content) == (200, 200, b"hello")


def test_a_url_presigned_with_another_secret_is_refused(stack: RunningStack) -> None:
    url = presigned(stack, "GET", "debug/file.txt", secret="another")

    assert httpx.get(url).status_code == 403


def test_the_admin_token_opens_the_api_and_no_token_does_not(stack: RunningStack) -> None:
    token = {"authorization": f"Bearer {stack.admin_token}"}

    assert httpx.get(f"{stack.app_url}/api/jobs", headers=token).status_code == 200
    assert httpx.get(f"{stack.app_url}/api/jobs").status_code == 401


def test_import_of_each_worker_takes_less_than_two_seconds(own_stack: Stack) -> None:
    times = own_stack.import_times_s()

    assert set(times) == {"app", "orchestrator"}
    assert max(times.values()) < 2


def test_the_workers_come_back_when_their_runtime_crashes(own_stack: Stack) -> None:
    httpx.put(presigned(own_stack, "PUT", "debug/kept.txt"), content=b"kept")

    own_stack.crash_workers()

    assert httpx.get(presigned(own_stack, "GET", "debug/kept.txt")).content == b"kept"
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

            eventually(lambda: not first.processes(), 20, "SIGKILL leaves no process")

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
        eventually(lambda: "workerd" in " ".join(running.processes().values()), 30, "workerd runs")

        running.process.send_signal(signal.SIGINT)

        assert running.read_to_the_end() == 0
        assert not running.processes()
        assert "Traceback" not in running.output


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("--containers", "nothing"), "error: The container nothing cannot be started"),
        (("--runtime", "nothing"), "invalid choice: 'nothing'"),
    ],
)
def test_a_wrong_argument_is_one_readable_error(
    tmp_path: Path, argv: tuple[str, ...], says: str
) -> None:
    with supervisor(tmp_path, *argv) as running:
        assert running.read_to_the_end() != 0

        assert says in running.output
        assert "Traceback" not in running.output
