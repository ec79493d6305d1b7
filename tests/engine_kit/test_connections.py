"""Silent, slow and greedy strangers cost a container their own connections and nothing more (A04).

Over real sockets, to a container that may open as few files as the case says.
"""

import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from engine_kit.connections import Seldom

from dev.engines.stage import RunningEngine, Surroundings, surroundings
from tests.engine_kit.test_confinement import PATH

pytestmark = [
    pytest.mark.programs,
    pytest.mark.skipif(sys.platform != "linux", reason="the limit of files is set by prlimit"),
]
FILES = 1024
STRANGERS = 1100
ANSWER_S = 60.0
DRIPS_MAX = 600
"""Of one in half a second: what is waited for takes a tenth of that."""


@pytest.fixture
def world() -> Iterator[Surroundings]:
    with surroundings() as world:
        yield world


@contextmanager
def limited(folder: Path, may_open: int = FILES) -> Iterator[RunningEngine]:
    """Run a container that may open so many files."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files < 2 * STRANGERS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4 * STRANGERS, most), most))
    launcher = ("prlimit", f"--nofile={may_open}:{may_open}")
    with RunningEngine("caged", folder, PATH, launcher) as engine:
        yield engine


@pytest.fixture
def container(tmp_path: Path) -> Iterator[RunningEngine]:
    with limited(tmp_path) as engine:
        yield engine


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    with limited(tmp_path_factory.mktemp("work")) as engine:
        yield engine


def port_of(engine: RunningEngine) -> int:
    """Return the port that it listens on."""
    return int(engine.origin.rpartition(":")[2])


@contextmanager
def strangers(
    engine: RunningEngine, count: int, said: bytes = b""
) -> Iterator[list[socket.socket]]:
    """Connect *count* times and say the beginning of something; stay until the end of the block."""
    with ExitStack() as connected:
        callers = []
        for _ in range(count):
            caller = socket.create_connection(("127.0.0.1", port_of(engine)), timeout=10)
            callers.append(connected.enter_context(caller))
            with suppress(ConnectionError):  # Others came meanwhile.
                caller.sendall(said)
        yield callers


def is_healthy(engine: RunningEngine) -> bool:
    """Ask for its health."""
    answer = httpx.get(f"{engine.origin}/health", timeout=ANSWER_S, trust_env=False)
    return bool(answer.json()["ok"])


def order(engine: RunningEngine, world: Surroundings, job_id: str) -> None:
    """Have the container take a job."""
    message = {
        "type": "container.render",
        "jobId": job_id,
        "mediaId": "med_1",
        "engine": "burner-ffmpeg",
        "attempt": 1,
        "callbackUrl": f"{world.origin}/callbacks",
        "engineOptions": {},
    }
    assert engine.post("/render", message).status_code == 202


def job(engine: RunningEngine, world: Surroundings, job_id: str) -> None:
    """Take a job through the container."""
    order(engine, world, job_id)
    assert world.end_of(job_id)["status"] == "completed"


def test_beside_1100_silent_connections_it_answers_and_its_job_goes_on(
    container: RunningEngine, world: Surroundings
) -> None:
    order(container, world, "job_before")
    with strangers(container, STRANGERS):
        assert is_healthy(container)
        assert world.end_of("job_before")["status"] == "completed"
        job(container, world, "job_beside")
        assert is_healthy(container)

    assert "accept() out of system resource" not in "".join(container.lines)
    # Which connections were closed is told once, not a thousand times.
    assert sum("connection_closed" in line for line in container.lines) <= 2


def test_connections_that_cannot_be_accepted_are_told_once(tmp_path: Path) -> None:
    # Fewer than may be accepted before any is closed.
    with limited(tmp_path, 48) as engine, strangers(engine, 150):
        assert is_healthy(engine)

        assert len(engine.log_with("accept() out of system resource").split("accept() out")) == 2
        assert sum(map(len, engine.lines)) < 20_000


def test_400_unfinished_bodies_cost_a_fraction_of_what_they_are(container: RunningEngine) -> None:
    # Together 400 MB.
    before = container.peak_bytes()
    head = b"POST /render HTTP/1.1\r\nhost: x\r\ncontent-length: 1048576\r\n\r\n"

    with strangers(container, 400, head + b"x" * 1_000_000):
        assert is_healthy(container)

    cost = container.peak_bytes() - before
    assert cost < 96 << 20, cost


def raw(engine: RunningEngine, *said: bytes, pause_s: float = 0.0) -> bytes:
    """Say something, piece by piece, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port_of(engine)), timeout=30) as caller:
        heard = b""
        try:
            for piece in said:
                caller.sendall(piece)
                time.sleep(pause_s)
            while part := caller.recv(65536):
                heard += part
        except ConnectionError:
            pass
        return heard


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ([b"GET /health HTTP/1.1\r\nx: " + b"a" * 100_000], b"400"),
        ([b"GET /health HTTP/1.1\r\n" + b"x: y\r\n" * 20_000], b"400"),
        ([b"\x16\x03\x01 this is not HTTP\r\n\r\n"], b"400"),
        ([b"POST /render HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n"], b"413"),
        (
            [b"POST /render HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"]
            + [b"10000\r\n" + b"x" * 0x10000 + b"\r\n"] * 20,
            b"413",
        ),
        (
            [
                b"POST /render HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\ncontent-length: 24"
                b"\r\nconnection: close\r\n\r\n" + b"\x1f\x8b" + b"\0" * 22
            ],
            b"401",
        ),
    ],
    ids=["long header", "many headers", "no HTTP", "announced", "chunks", "gzip is not unpacked"],
)
def test_what_is_too_large_or_no_request_is_refused(
    shared: RunningEngine, said: list[bytes], status: bytes
) -> None:
    answer = raw(shared, *said)

    # Where more was sent than was read, the answer may be lost with the connection.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 " + status)
    assert is_healthy(shared)
    assert "Traceback" not in "".join(shared.lines)


def test_nonsense_after_an_answer_ends_the_connection_without_a_trace_in_the_log(
    shared: RunningEngine,
) -> None:
    head = b"GET /health HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"

    answer = raw(shared, head, b"this is no chunk\r\n", pause_s=0.3)

    assert answer.startswith(b"HTTP/1.1 200")
    assert is_healthy(shared)
    assert "Traceback" not in "".join(shared.lines)


def is_closed(engine: RunningEngine, first: bytes, drip: bytes) -> bool:
    """Say *first*, then *drip* twice a second; whether the connection is closed at last."""
    with socket.create_connection(("127.0.0.1", port_of(engine)), timeout=0.5) as caller:
        caller.sendall(first)
        for _ in range(DRIPS_MAX):
            try:
                caller.sendall(drip)
                if not caller.recv(65536):
                    return True
            except TimeoutError:
                continue
            except ConnectionError:
                return True
    return False


@pytest.mark.long
@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"GET /health HTTP/1.1\r\nx: ",
        b"POST /render HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\n",
        b"GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\n",
    ],
    ids=["nothing", "head", "body", "body of an answered request"],
)
def test_who_speaks_too_slowly_is_closed(shared: RunningEngine, first: bytes) -> None:
    drip = b"x" if first else b""

    assert is_closed(shared, first, drip)


def floods(engine: RunningEngine, over: threading.Event) -> list[Callable[[], None]]:
    """Return what strangers do until it is *over*, again and again."""
    head = b"POST /render HTTP/1.1\r\nhost: x\r\ncontent-length: 1048576\r\n\r\n"

    def again(count: int, said: bytes) -> Callable[[], None]:
        def go_on() -> None:
            while not over.is_set():
                try:
                    with strangers(engine, count, said):
                        over.wait(2)
                except OSError:
                    over.wait(0.1)

        return go_on

    return [
        again(STRANGERS, b""),
        again(100, b"GET /health HTTP/1.1\r\nx: "),
        again(40, head + b"x" * 1_000_000),
        again(20, b"nonsense\r\n\r\n"),
    ]


@pytest.mark.long
def test_beside_every_kind_of_flood_an_honest_job_completes(
    container: RunningEngine, world: Surroundings
) -> None:
    over = threading.Event()
    pests = [threading.Thread(target=flood) for flood in floods(container, over)]
    for pest in pests:
        pest.start()
    try:
        job(container, world, "job_beside")
        assert is_healthy(container)
    finally:
        over.set()
        for pest in pests:
            pest.join()

    assert sum(map(len, container.lines)) < 100_000


def test_an_event_is_told_once_a_minute_with_the_number_of_those_left_out() -> None:
    seldom = Seldom()

    assert [seldom.more("this"), seldom.more("this"), seldom.more("that")] == [0, None, 0]
