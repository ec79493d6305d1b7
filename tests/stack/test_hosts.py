"""Three hosts of one engine: one is killed, one drains, one is updated, and every job ends once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.stack.api_client import OPTIONS, ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render

ENGINE = "renderer-remotion"
KILLED, DRAINED, UPDATED = HOSTS = ("remotion-1", "remotion-2", "remotion-3")


@pytest.fixture
def fleet(client: ApiClient, containers: FakeContainers) -> Iterator[FakeContainers]:
    """The hosts, each asked anew: what they said in tests before is believed for minutes."""
    unasked = set(HOSTS)

    def be_full_once(render: Render) -> int:
        if render.host not in unasked:
            return 202
        unasked.remove(render.host)
        return 503

    media_id = client.media_with_inputs()
    containers.rules[media_id] = be_full_once
    asked = {"engine": ENGINE, "mediaId": media_id, "options": OPTIONS[ENGINE]}
    job_id = client.api("POST", "/api/jobs", asked).json()["jobId"]
    client.job_in(job_id, "preparing")
    client.api("POST", f"/api/jobs/{job_id}/cancel")
    yield containers
    containers.down.difference_update(HOSTS)
    containers.draining.clear()
    containers.versions.clear()


def _begin(
    client: ApiClient, fleet: FakeContainers, media_id: str, count: int, silent_s: int = 600
) -> list[Render]:
    """Begin so many jobs, whose hosts may be silent while further ones are begun."""
    asked = {"engine": ENGINE, "mediaId": media_id, "options": OPTIONS[ENGINE]}
    asked["limits"] = {"heartbeatS": silent_s}
    answers = [client.api("POST", "/api/jobs", asked) for _ in range(count)]
    assert {answer.status_code for answer in answers} == {201}
    return [fleet.render(answer.json()["jobId"]) for answer in answers]


def _all_are_well(client: ApiClient) -> bool:
    hosts = client.api("GET", "/api/health").json()["containers"]
    return [one["state"] for one in hosts if one["engine"] == ENGINE] == ["ok"] * len(HOSTS)


def _drill(client: ApiClient, fleet: FakeContainers, count: int) -> None:
    """Begin so many jobs with three hosts, as many with two, and as many with one."""
    media_id = client.media_with_inputs()
    (first,) = _begin(client, fleet, media_id, 1)
    eventually(lambda: _all_are_well(client), "all hosts are known")
    before = [first, *_begin(client, fleet, media_id, count - 1)]
    spread = Counter(render.host for render in before)
    assert max(spread.values()) - min(spread[host] for host in HOSTS) <= 1

    for host in HOSTS:
        render = next(render for render in before if render.host == host)
        assert client.api("POST", f"/api/jobs/{render.job_id}/cancel").status_code == 200
        assert fleet.canceled_on[render.job_id] == host
        before.remove(render)

    fleet.down.add(KILLED)
    fleet.versions[UPDATED] = "9.9.9"
    without = _begin(client, fleet, media_id, count)
    assert {render.host for render in without} == {DRAINED, UPDATED}

    fleet.draining.add(DRAINED)
    last = _begin(client, fleet, media_id, count)
    assert {render.host for render in last} == {UPDATED}

    # What runs on a host that drains or was updated goes on; what was lost is not reported.
    for render in (*before, *without, *last):
        assert render.finish().status_code == 200
    for render in (*before, *without, *last):
        assert client.job_in(render.job_id, "completed")["attempt"] == 1
        assert client.ends_told(render.job_id) == ["completed"]


def test_jobs_of_several_hosts_end_once_while_one_is_down_one_drains_and_one_is_updated(
    client: ApiClient, fleet: FakeContainers
) -> None:
    _drill(client, fleet, 6)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_hundreds_of_jobs_of_several_hosts_end_once(
    client: ApiClient, fleet: FakeContainers
) -> None:
    _drill(client, fleet, 170)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_host_that_dies_with_its_jobs_leaves_them_to_the_others(
    client: ApiClient, fleet: FakeContainers
) -> None:
    media_id = client.media_with_inputs()
    (first,) = _begin(client, fleet, media_id, 1, silent_s=45)
    eventually(lambda: _all_are_well(client), "all hosts are known")
    renders = [first, *_begin(client, fleet, media_id, 6, silent_s=45)]
    fleet.down.add(KILLED)
    dead = [render for render in renders if render.host == KILLED]
    assert dead

    for render in dead:
        again = fleet.render(render.job_id, attempt=2)
        assert again.host != KILLED
        assert render.report("running", progress=0.1).status_code == 410
        assert again.finish().status_code == 200
        assert client.job_in(render.job_id, "completed")["attempt"] == 2
    for render in renders:
        if render not in dead:
            client.api("POST", f"/api/jobs/{render.job_id}/cancel")
