"""Hundreds of jobs at once, half of them cancelled in mid-flight.

What thousands take is measured by `python -m bench load`.
"""

import pytest

from bench.load import loaded
from dev.installation import ROOT

JOBS = 300


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2])
def test_all_of_many_jobs_end_as_they_were_asked_to_and_d1_and_their_objects_agree(
    seed: int,
) -> None:
    load = loaded(ROOT, JOBS, seed, end_s=1500)

    assert load.all_ended_s is not None
    assert load.statuses.total() == JOBS
    assert load.statuses["completed"] + load.statuses["canceled"] == JOBS
    assert min(load.statuses["completed"], load.statuses["canceled"]) > JOBS / 4
    assert (load.unfulfilled, load.disagreeing) == (0, [])
    assert not load.health.failures + load.lists.failures
