"""Whose a line of `wrangler dev` is."""

import pytest

from dev.stack.runtimes.wrangler import worker_of

LABELS = {"vid-genius-start": "app", "media-orchestrator": "orchestrator"}
OWN = '{"event": "refused", "service": "orchestrator", "jobId": "job_1"}'


@pytest.mark.parametrize(
    ("line", "label", "text"),
    [
        ("[vid-genius-start] hello", "app", "hello"),
        (f"[media-orchestrator] {OWN}", "orchestrator", OWN),
        (OWN, "orchestrator", OWN),
        (OWN.replace("orchestrator", "burner"), None, OWN.replace("orchestrator", "burner")),
        ("[wrangler:info] GET / 200 OK", None, "[wrangler:info] GET / 200 OK"),
        ("it said {} and [app] nothing", None, "it said {} and [app] nothing"),
    ],
)
def test_a_line_is_of_the_worker_that_it_names_or_of_its_service(
    line: str, label: str | None, text: str
) -> None:
    assert worker_of(line, LABELS) == (label, text)
