"""One stack for all tests of this folder, with containers that the tests play themselves.

STACK_URL names one that is already up; tests that need more than its addresses are skipped then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from dev.stack.attached import AttachedStack, RunningStack
from dev.stack.stack import Stack
from media_jobs.engines.declaration import CONTRACT
from tests.media.hearing import HearingServer, hearing_server
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers
from tests.stack.outward_host import OutwardHost
from tests.stack.receiver import Receiver, running_receiver


@pytest.fixture(scope="session")
def fake_containers() -> Iterator[FakeContainers]:
    with FakeContainers() as containers:
        yield containers


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, fake_containers: FakeContainers
) -> Iterator[RunningStack]:
    """The running stack. Its state is new, unless STACK_URL names one that is already up.

    It compiles its files as a deploy does: this one's imports are timed.
    """
    url = os.environ.get("STACK_URL")
    if url:
        yield AttachedStack(url)
        return
    state = tmp_path_factory.mktemp("stack")
    urls = fake_containers.urls
    several = {"CONTAINER_BASE_URL_REMOTION": fake_containers.addresses["remotion"]}
    # One engine has no URL: its host connects outward (`attic`).
    several["CONTAINER_BASE_URL_TRANSLATOR"] = "outward"
    own = {"app": {"WEBHOOK_ALLOW_LOOPBACK": "true"}, "orchestrator": several}
    with Stack(
        state_dir=state,
        containers=(),
        container_urls=urls,
        worker_vars=own,
        compiled=False,
    ) as running:
        fake_containers.secret = running.secret
        with _attic(running, fake_containers):
            yield running


def _attic(stack: Stack, containers: FakeContainers) -> OutwardHost:
    """Return the link of the translator's host."""
    host = OutwardHost(
        orchestrator_url=stack.orchestrator_url,
        root=stack.secret,
        engine="translator",
        name="attic",
        inside=containers.urls["translator"],
    )
    containers.keys["translator"] = host.key
    containers.attic = host
    return host


@pytest.fixture
def attic(stack: RunningStack, fake_containers: FakeContainers) -> OutwardHost | None:
    """The link of the one host without a URL."""
    return fake_containers.attic


@pytest.fixture(scope="session")
def hearing() -> Iterator[HearingServer]:
    """A server that hears, played by the test."""
    with hearing_server() as running:
        yield running


@pytest.fixture(scope="session")
def engines(
    tmp_path_factory: pytest.TempPathFactory, hearing: HearingServer
) -> Iterator[ApiClient]:
    """A stack of real containers, which may fetch from this machine, for the modules that want it.

    Its transcriber has *hearing* hear, half a minute of sound at once.
    """
    settings = {
        "TRANSCRIBER_SERVER_URL": hearing.url,
        "TRANSCRIBER_MODEL": "whisper-1",
        "TRANSCRIBER_PIECE_SECONDS": "30",
        "DOWNLOADER_ALLOW_LOOPBACK": "1",
    }
    state = tmp_path_factory.mktemp("engines")
    names = ("downloader", "transcriber", "translator", "burner")
    with Stack(state_dir=state, containers=names, env=settings) as running:
        client = ApiClient(running)
        yield client
        client.http.close()


@pytest.fixture
def own_stack(stack: RunningStack) -> Stack:
    """The same stack, for tests that evict objects, fire crons or look into D1."""
    if not isinstance(stack, Stack):
        pytest.skip("STACK_URL names a stack that these tests have not started")
    return stack


@pytest.fixture
def containers(own_stack: Stack, fake_containers: FakeContainers) -> FakeContainers:
    """The containers of the stack, played by the test."""
    return fake_containers


@pytest.fixture
def present_containers(containers: FakeContainers) -> Iterator[FakeContainers]:
    """Containers that say that they read all that is sent to them."""
    containers.contract = CONTRACT
    yield containers
    containers.contract = None


@pytest.fixture(scope="session")
def client(stack: RunningStack) -> Iterator[ApiClient]:
    client = ApiClient(stack)
    yield client
    client.http.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An endpoint for webhooks, played by the test."""
    with running_receiver() as running:
        yield running
