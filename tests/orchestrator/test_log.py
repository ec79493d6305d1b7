"""What the tools of a running job say, asked of its container."""

import json

import pytest

from media_jobs.ports import PeerAnswer
from media_jobs.signing import verify_request_line
from tests.orchestrator.world import SECRET, World, document
from tests.platform.loop import run
from tests.platform.network import peer_answer

LOG = "/jobs/job_1/log"


def asked(world: World, answer: PeerAnswer | None, **more: object) -> tuple[int, dict[str, object]]:
    """Return what the orchestrator makes of a container's *answer*."""
    if answer is not None:
        world.peers.then(LOG, answer)
    given = {"jobId": "job_1", "engine": "burner-ffmpeg", "lines": 2, **more}
    reply = run(world.post(LOG, world.message("job.log", **given)))
    return reply.status, document(reply)


def test_the_container_of_the_engine_is_asked_with_a_signature_and_answers_the_last_lines() -> None:
    world = World()
    told = {"attempt": 1, "lines": ["old", "frame=1", "at https://b.test/x?sig=1"]}

    answered = asked(world, peer_answer(text=json.dumps(told)))

    (call,) = world.peers.to(LOG)
    target = call.url.removeprefix("http://burner.example")
    verify_request_line(
        "GET", target, call.headers["x-signature"], (SECRET,), world.clock.now_ms, "container"
    )
    lines = ["frame=1", "at https://b.test/x?…"]
    assert answered == (200, {"lines": lines, "known": True, "supported": True})


@pytest.mark.parametrize(
    ("answer", "known", "supported"),
    [
        (peer_answer(status=404, text='{"error":"not_found"}'), False, True),
        # A container from before this route.
        (peer_answer(status=404, text="Not Found"), False, False),
    ],
)
def test_a_container_that_has_no_such_job_is_not_one_that_has_no_such_route(
    answer: PeerAnswer, known: bool, supported: bool
) -> None:
    assert asked(World(), answer) == (200, {"lines": [], "known": known, "supported": supported})


@pytest.mark.parametrize("answer", [peer_answer(status=500, text="x"), peer_answer(status=401)])
def test_a_container_that_cannot_answer_is_told(answer: PeerAnswer) -> None:
    assert asked(World(), answer)[0] == 502


def test_a_message_of_another_job_is_refused() -> None:
    assert asked(World(), None, jobId="job_2")[0] == 401
