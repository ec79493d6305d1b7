"""An honest job beside floods, each as fast as one token may ask: 50 times a second.

How long it takes is measured by `python -m bench floods`.
"""

import pytest

from bench.floods import FLOODS, Blow, Doors, flooded
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers


def honest_job(client: ApiClient, containers: FakeContainers) -> dict[str, object]:
    """Take a job to its end, each report answered at once, and return it."""
    render = client.started(containers)
    for tenth in range(1, 10):
        assert render.report("running", progress=tenth / 10).status_code == 200
    assert render.finish().json() == {"ok": True}
    return client.job_when(render.job_id, lambda job: bool(job["status"] == "completed"), "done")


@pytest.mark.parametrize(
    ("blow", "status"),
    [
        pytest.param(blow, status, id=blow.__name__, marks=[pytest.mark.long] if number else [])
        for number, (blow, status) in enumerate(FLOODS.items())
    ],
)
def test_an_honest_job_beside_a_flood_completes_at_its_first_attempt(
    client: ApiClient, containers: FakeContainers, blow: Blow, status: int
) -> None:
    stack = client.stack
    doors = Doors(
        app_url=stack.app_url, orchestrator_url=stack.orchestrator_url, token=client.token
    )

    with flooded(doors, blow) as answers:
        before = len(answers)
        job = honest_job(client, containers)
        eventually(lambda: len(answers) > before, "the flood went on")

    assert job["attempt"] == 1
    # A stranger is told to come again after some of them.
    assert status in answers and set(answers) <= {status, 429}
