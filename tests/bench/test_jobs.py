"""The benchmark of a whole job counts what a job takes."""

import pytest

from bench import jobs
from dev.installation import ROOT

pytestmark = [pytest.mark.programs, pytest.mark.long]


def test_a_job_is_counted_at_each_border(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PACE_S", 0.0)

    with jobs.running(ROOT, is_counted=True) as side:
        found = jobs.counted(side, "media-downloader")

    # The start, the reports, the end.
    assert found["orchestrator: requests"] == 1 + jobs.REPORTS + 1
    # Each of them is a call of the job's object, which writes a row at least, as does each alarm.
    calls = found["orchestrator: RenderJobDO DO requests"]
    assert calls >= 1 + jobs.REPORTS + 1
    assert found["orchestrator: RenderJobDO DO rows written"] > 1 + jobs.REPORTS + 1
    # The manifest, put by the app and read by the orchestrator, which asks for each output.
    assert found["app: R2 class A"] == 1
    assert found["orchestrator: R2 class B"] >= 3
    assert found["app: D1 rows written"] > 2
    assert found["orchestrator: turns"] > found["orchestrator: awaits"] > calls
