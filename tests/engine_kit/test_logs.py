"""What is written to the log, and what never is (D9)."""

import json
import logging

import pytest
from engine_kit.logs import configure, log

URL = "https://acc.r2.example/b/k.mp4?X-Amz-Signature=5ec3e7&X-Amz-Credential=AK"

pytestmark = pytest.mark.usefixtures("own_handlers")


def test_an_event_is_one_json_line_with_the_job_and_the_attempt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("burner")

    log("started", jobId="job_1", attempt=2, reason="two\nlines", left=None)

    (line,) = capsys.readouterr().out.splitlines()
    fields = json.loads(line)
    assert fields.pop("at").endswith("+00:00")
    assert fields == {
        "level": "info",
        "service": "burner",
        "event": "started",
        "jobId": "job_1",
        "attempt": 2,
        "reason": "two\nlines",
    }


def test_no_presigned_query_reaches_the_log_however_deep_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("burner")

    try:
        raise RuntimeError(f"GET {URL} failed")
    except RuntimeError:
        log("engine_crashed", logging.ERROR, url=URL, details=[{"reason": f'"{URL}"'}])

    line = capsys.readouterr().out
    assert "5ec3e7" not in line
    assert "RuntimeError" in json.loads(line)["traceback"]
