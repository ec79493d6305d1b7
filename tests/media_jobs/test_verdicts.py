"""The same verdict on the work twice is the last."""

import pytest

from media_jobs.events import Reported
from media_jobs.status import Status
from media_jobs.wire import ErrorReport
from tests.media_jobs.lives import SUBMITTED, T0, TICK, after, new_job


@pytest.mark.parametrize(
    ("first", "second", "attempts"),
    [
        (("output_invalid", "2 s"), ("output_invalid", "2 s"), 2),
        (("tool_failed", "code 1"), ("tool_failed", "code 1"), 2),
        (("tool_failed", "code 1"), ("tool_failed", "code -9"), 3),
        (("transfer_failed", "broken"), ("output_invalid", "2 s"), 3),
        # Circumstances may be better the third time.
        (("transfer_failed", "broken"), ("transfer_failed", "broken"), 3),
    ],
)
def test_the_same_verdict_twice_is_not_tried_a_third_time(
    first: tuple[str, str], second: tuple[str, str], attempts: int
) -> None:
    job, now_ms = after(new_job(max_attempts=5), SUBMITTED), T0
    for number, (code, message) in enumerate([first, second, ("tool_failed", "other")], 1):
        if job.status == "failed":
            break
        if job.retry_at_ms is not None:
            now_ms = job.retry_at_ms
            job = after(job, TICK, now_ms=now_ms)
        error = ErrorReport(code=code, message=message)
        job = after(job, Reported(attempt=number, status=Status.FAILED, error=error), now_ms=now_ms)

    assert len(job.attempts) == attempts
