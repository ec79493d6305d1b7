"""What a program that a container starts can reach: not the secret, not the network (A03).

Real programs look and try, under a real container; the same look finds what is not hidden.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_kit.confinement import TOOL_USER
from engine_kit.ffmpeg import find_ffmpeg

from dev.engines.stage import SECRETS, RunningEngine

pytestmark = [
    pytest.mark.programs,
    pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can confine programs"),
]
IS_ROOT = os.geteuid() == 0
ANOTHER = 12345
PROGRAMS = str(Path(__file__).with_name("programs"))
PATH = {"PYTHONPATH": os.pathsep.join([PROGRAMS, *filter(None, sys.path)])}
SNOOP = [sys.executable, "-m", "snoop"]
REVERSED = {"REVERSED": SECRETS[0][::-1]}


@contextmanager
def caged(*launcher: str, user: int | None = None) -> Iterator[RunningEngine]:
    """Run the container, in a folder that *user* owns."""
    with tempfile.TemporaryDirectory(prefix="caged-", ignore_cleanup_errors=True) as name:
        if user is not None:
            os.chown(name, user, user)
        with RunningEngine("caged", Path(name), PATH, launcher) as engine:
            yield engine


def as_user(user: int) -> list[str]:
    """Return what starts a program as *user*, with no right of root's but to read all files.

    Where root keeps this folder or its Python to itself, others could start nothing.
    """
    program = shutil.which("setpriv")
    assert program
    ids = ["--reuid", str(user), "--regid", str(user), "--clear-groups"]
    kinds = ("bounding-set", "inh-caps", "ambient-caps")
    return [program, *ids, *(f"--{kind}=-all,+dac_read_search" for kind in kinds)]


@pytest.fixture(scope="module")
def container() -> Iterator[RunningEngine]:
    with caged() as engine:
        yield engine


@pytest.fixture(scope="module")
def lesser() -> Iterator[RunningEngine]:
    """A container that root has not started, whose programs are of its own user."""
    if not IS_ROOT:
        pytest.skip("the other container is that already")
    with caged(*as_user(ANOTHER), user=ANOTHER) as engine:
        yield engine


def ran(engine: RunningEngine, *argv: str, **wanted: object) -> dict[str, Any]:
    """Have the container run a program; return how it ended and what it said."""
    answer = engine.post("/run", {"type": "container.run", "argv": argv, **wanted})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def snooped(engine: RunningEngine, pid: int = 0, **wanted: object) -> dict[str, Any]:
    """Return what a program that the container runs has found out about it, or about *pid*."""
    said = ran(engine, *SNOOP, str(pid), env=REVERSED, **wanted)
    assert said["code"] == 0, said
    seen: dict[str, Any] = json.loads(said["lines"][0])
    return seen


def test_a_program_finds_the_secret_nowhere_and_can_do_nothing_to_the_container(
    container: RunningEngine,
) -> None:
    seen = snooped(container)

    assert (seen["found"], seen["done"]) == ([], [])
    assert not IS_ROOT or seen["user"] == TOOL_USER


def test_work_that_is_forked_finds_and_reaches_nothing_either(container: RunningEngine) -> None:
    answer = container.post("/run", {"type": "container.run", "reversedSecret": SECRETS[0][::-1]})

    seen = answer.json()
    assert (seen["found"], seen["done"]) == ([], [])
    assert not IS_ROOT or seen["user"] == TOOL_USER


def test_so_it_is_where_root_has_not_started_the_container(lesser: RunningEngine) -> None:
    seen = snooped(lesser)

    assert (seen["found"], seen["done"], seen["user"]) == ([], [], ANOTHER)


def test_a_program_that_is_to_reach_the_network_finds_no_secret_either(
    container: RunningEngine,
) -> None:
    seen = snooped(container, network=True)

    assert (seen["found"], seen["done"]) == ([], ["ip", "ip6", "netlink", "vsock"])


@contextmanager
def holding(*launcher: str) -> Iterator[int]:
    """Run a program that has the secret in its environment and does not hide it, like an init."""
    holder = subprocess.Popen(
        [*launcher, sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"],
        env={"JOB_CALLBACK_HMAC_SECRET": SECRETS[0]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout and holder.stdout.readline()
        yield holder.pid
        holder.communicate(b"")


def test_init_and_health_checks_keep_theirs_from_programs_too(
    container: RunningEngine, lesser: RunningEngine
) -> None:
    with holding() as roots, holding(*as_user(ANOTHER)) as theirs:
        seen = [snooped(container, roots), snooped(lesser, theirs)]

    assert [(one["found"], one["done"]) for one in seen] == [([], []), ([], [])]


def test_the_same_look_finds_a_secret_in_a_program_that_does_not_hide_it() -> None:
    with holding() as pid:
        looked = subprocess.run(
            [*SNOOP, str(pid)],
            env={**os.environ, **PATH, **REVERSED},
            capture_output=True,
            check=True,
        )

    assert {"environ", "environ of threads"} <= set(json.loads(looked.stdout)["found"])


def test_the_secret_is_no_longer_in_the_environment_of_the_container_itself(
    container: RunningEngine,
) -> None:
    if not IS_ROOT:
        pytest.skip("root alone may look there")

    shown = Path(f"/proc/{container.process.pid}/environ").read_bytes()

    assert b"WORK_DIR=" in shown
    assert SECRETS[0].encode() not in shown


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Give a port of loopback, and what is sent to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def accept() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    heard.append(caller.recv(100))

        accepting = threading.Thread(target=accept)
        accepting.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    accepting.join()


def test_ffmpeg_reaches_no_server_though_it_is_told_to(container: RunningEngine) -> None:
    with listening() as (port, heard):
        url = f"http://127.0.0.1:{port}/video.mp4"
        argv = (find_ffmpeg(), "-v", "error", "-i", url, "-f", "null", "-")

        offline = ran(container, *argv)
        heard_offline = list(heard)
        ran(container, *argv, network=True)

    assert offline["code"] != 0
    assert "Operation not permitted" in offline["errors"]
    assert heard_offline == []
    # So it was not the address.
    assert heard[0].startswith(b"GET /video.mp4 ")


def health(engine: RunningEngine) -> Mapping[str, Any]:
    """Return what the container says of itself."""
    document: Mapping[str, Any] = httpx.get(f"{engine.origin}/health", trust_env=False).json()
    return document


def test_a_container_that_confines_its_programs_has_nothing_to_tell(
    container: RunningEngine,
) -> None:
    assert health(container)["notices"] == []
    assert "not_confined" not in "".join(container.lines)


def test_a_kernel_that_confines_nothing_is_told_once_and_jobs_run_all_the_same() -> None:
    refusing = [sys.executable, "-m", "refusing"]
    without = ["setpriv", "--bounding-set=-setuid", "--inh-caps=-setuid"] if IS_ROOT else []
    with caged(*without, *refusing) as engine:
        told = health(engine)["notices"]
        health(engine)

        assert ran(engine, "true")["code"] == 0
        assert [one["code"] for one in told] == ["tools_reach_network", "tools_same_user"]
        lines = [line for line in engine.lines if "not_confined" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["codes"] == [one["code"] for one in told]
