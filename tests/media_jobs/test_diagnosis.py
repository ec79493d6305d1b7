"""How asking a neighbour went is the step that failed, and why."""

import pytest

from media_jobs.diagnosis import Diagnose, Diagnosis, ask
from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer, RelayedAnswer
from tests.platform.loop import run

QUESTION = Diagnose(part="app", ts=1, nonce="nonce-12345678")
RIGHT = Diagnosis(part="app", version="1.2.3", now_ms=1, secrets=1, proof="")


class Neighbour:
    """Answers *status* with *text*; None is no answer."""

    def __init__(self, status: int | None, text: str) -> None:
        self.status, self.text = status, text

    async def call(
        self, _method: str, url: str, _body: bytes | None, _headers: dict[str, str], _ms: int
    ) -> PeerAnswer:
        assert url == "http://app.test/api/diagnostics"
        if self.status is None:
            raise UpstreamError("upstream_failed", part="app.test", why="no route")
        return PeerAnswer(status=self.status, text=self.text)

    async def relay(self, *_request: object) -> RelayedAnswer:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("status", "text", "told"),
    [
        (None, "", ("connect", "app.test")),
        (401, "", ("unauthorized", "HTTP 401")),
        (404, RIGHT.model_dump_json(by_alias=True), ("answer", "HTTP 404")),
        (200, '{"part": "app"}', ("answer", "not that of this release")),
    ],
)
def test_a_neighbour_that_does_not_answer_rightly_is_told_by_the_step_that_failed(
    status: int | None, text: str, told: tuple[str, str]
) -> None:
    check, answer = run(ask(Neighbour(status, text), "app", "http://app.test", QUESTION, ("s",)))

    step, why = told
    assert (check.ok, check.step, answer) == (False, step, None)
    assert why in str(check.why)
    assert check.facts == {"url": "http://app.test"}


def test_a_neighbour_that_answers_tells_its_version() -> None:
    neighbour = Neighbour(200, RIGHT.model_dump_json(by_alias=True))

    check, answer = run(ask(neighbour, "app", "http://app.test", QUESTION, ("s",)))

    assert (check.ok, check.step, check.why, answer) == (True, None, None, RIGHT)
    assert check.facts == {"url": "http://app.test", "version": "1.2.3"}
