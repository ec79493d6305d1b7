"""The shared secret is replaced while jobs run, and nobody is answered 401 on the way.

`rotate-secret` says what each step puts in force; the parts take it one after the other, in
orders in which each is once the first and once the last. With `add` everybody still signs with the
old secret, so both Workers take that one together. The stack is started anew on its state for each
change of a Worker, as by a deploy: six starts, or three where all take each step together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dev.stack.stack import Stack
from ops.project import Project
from ops.rotate import RotationStep, rotate
from ops.secret import SECRET, read_secret, write_secrets
from tests.ops.fake_wrangler import FakeWrangler
from tests.ops.test_account import fresh_configs
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render

OLD = "a" * 64
REFUSED = re.compile(r'HTTP 401|"unauthorized"')
"""What the log of any part says where a signature was refused, by it or by another."""
ORDERS = {
    RotationStep.ADD: (("app", "orchestrator"), ("containers",)),
    RotationStep.SWITCH: (("containers",), ("app",), ("orchestrator",)),
    RotationStep.REMOVE: (("orchestrator",), ("app",), ("containers",)),
}


TOGETHER = dict.fromkeys(RotationStep, (("containers", "app", "orchestrator"),))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The operator's clone, whose account is a fake, and whose secret is OLD."""
    monkeypatch.delenv(SECRET, raising=False)
    (tmp_path / "clone").mkdir()
    made = fresh_configs(tmp_path / "clone")
    write_secrets(made, OLD, {}, apart=False)
    names = ("vid-genius-start", "media-orchestrator")
    FakeWrangler(made.root).change(secrets={name: {SECRET: OLD} for name in names})
    return made


@pytest.fixture
def containers() -> Iterator[FakeContainers]:
    with FakeContainers() as containers:
        yield containers


@pytest.fixture
def drill(tmp_path: Path, containers: FakeContainers) -> Iterator[Drill]:
    drill = Drill(tmp_path / "state", containers)
    try:
        yield drill
    finally:
        drill.stop()


class Drill:
    """Three parts, each with the list of secrets that it has taken, and jobs that go on."""

    def __init__(self, state: Path, containers: FakeContainers) -> None:
        self.state = state
        self.containers = containers
        self.lists = {"app": OLD, "orchestrator": OLD, "containers": OLD}
        self.ports: dict[str, int] = {}
        self.log: list[str] = []
        self.stack: Stack | None = None
        self.long: Render | None = None
        self.moments = 0

    def start(self) -> Stack:
        """Start the Workers on what they have taken, in place of those that run."""
        self.stop()
        own = {part: {SECRET: self.lists[part]} for part in ("app", "orchestrator")}
        self.stack = Stack(
            state_dir=self.state,
            containers=(),
            container_urls=self.containers.urls,
            worker_vars=own,
            ports=self.ports,
        ).__enter__()
        self.ports = self.stack.ports
        return self.stack

    def stop(self) -> None:
        if self.stack is not None:
            self.log += self.stack.log_lines()
            self.stack.__exit__()
            self.stack = None

    def take(self, parts: tuple[str, ...], taken: str) -> None:
        """Let parts take a new list, and let jobs run."""
        self.lists |= dict.fromkeys(parts, taken)
        self.containers.secret = self.lists["containers"]
        stack = self.stack
        if stack is None or parts != ("containers",):
            stack = self.start()
        self.work(stack)

    def work(self, stack: Stack) -> None:
        """Have every message sent that is signed: one job to its end, one canceled, one longer."""
        self.moments += 1
        client = ApiClient(stack)
        if self.long is None:
            self.long = self.containers.render(client.new_job())
        progress = self.moments / 20
        # However long a start of the Workers took: the container is asked before it loses the job.
        state = {"jobId": self.long.job_id, "attempt": 1, "status": "running"}
        self.containers.states[self.long.job_id] = {**state, "progress": progress}
        assert self.report(self.long, "running", progress=progress) == {"ok": True}
        client.job_when(self.long.job_id, lambda job: job["progress"] == progress, "told")

        ended = self.containers.render(client.new_job())
        outputs = ended.outputs()
        assert self.report(ended, "completed", outputs=outputs) == {"ok": True}
        link = client.job_in(ended.job_id, "completed")["artifacts"]["video"]["url"]
        assert client.http.get(link).content == b"the video"

        canceled = self.containers.render(client.new_job())
        assert client.api("POST", f"/api/jobs/{canceled.job_id}/cancel").status_code == 200
        self.containers.wait_for_cancel(canceled.job_id)
        client.job_in(canceled.job_id, "canceled")
        client.http.close()

    def report(self, render: Render, status: str, **more: object) -> object:
        """Report as a container that signs with the first secret of its list."""
        body = render.message(status, **more)
        return render.post(body, secret=self.containers.signing_secret).json()


def refusals_of(secret: str, stack: Stack, render: Render) -> set[int]:
    """Return how the three doors answer a message that is signed with *secret*."""
    client = ApiClient(stack)
    start = {"type": "job.start", "jobId": render.job_id, "mediaId": "med_1"}
    start |= {"engine": "media-downloader"}
    answers = [
        client.post_signed(f"{stack.orchestrator_url}/jobs", start, secret),
        client.post_signed(f"{stack.app_url}/api/render/cf-callback", {"type": "x"}, secret),
        render.post(render.message("running"), secret=secret),
    ]
    client.http.close()
    return {answer.status_code for answer in answers}


@pytest.mark.long
@pytest.mark.parametrize("orders", [ORDERS, TOGETHER], ids=["in turn", "at once"])
def test_jobs_run_through_a_whole_rotation_without_one_401(
    project: Project,
    drill: Drill,
    containers: FakeContainers,
    orders: Mapping[RotationStep, tuple[tuple[str, ...], ...]],
) -> None:
    drill.take(("containers",), OLD)
    for step, order in orders.items():
        taken = rotate(project, step)
        for parts in order:
            drill.take(parts, taken)
    stack, long = drill.stack, drill.long
    assert stack is not None
    assert long is not None
    log_of_the_rotation = drill.log + stack.log_lines()
    doors = refusals_of(OLD, stack, long)
    assert drill.report(long, "running", progress=0.9) == {"ok": True}

    def refused() -> list[str]:
        return [line for line in stack.log_lines() if REFUSED.search(line)]

    eventually(lambda: len(refused()) >= 3, "the refusals are logged")

    new = read_secret(project)
    assert drill.lists == dict.fromkeys(drill.lists, new)
    assert new != OLD
    assert len(containers.renders_of(long.job_id)) == 1
    assert containers.refused == []
    assert [line for line in log_of_the_rotation if REFUSED.search(line)] == []
    assert doors == {401}
    assert len(refused()) == 3
