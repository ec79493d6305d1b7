"""What attempts keep for each other: one object of a generation, which goes with its end."""

from urllib.parse import parse_qs, urlsplit

import pytest

from media_jobs.errors import UpstreamError
from tests.orchestrator.world import World, document
from tests.platform.loop import run

KEY = "media/med_1/transcripts/job_1/1-kept/checkpoint"
AGAIN = {"code": "tool_failed", "message": "It crashed.", "retryable": True}
FOR_GOOD = {"code": "input_unreadable", "message": "It is no sound.", "retryable": False}


def listening() -> World:
    world = World()
    run(world.begin(engine="asr-pipeline"))
    return world


def broken_off() -> World:
    """Return a world in which the first attempt has kept something and failed; the second works."""
    world = listening()
    world.objects.put(KEY, b"heard so far")
    run(world.report("failed", error=AGAIN))
    run(world.wait(30_000))
    return world


def test_the_first_attempt_may_keep_something_and_the_next_reads_it() -> None:
    first, second = broken_off().started()

    assert urlsplit(str(first["checkpointPutUrl"])).path.endswith(KEY)
    assert "checkpointGetUrl" not in first
    object_path = urlsplit(str(first["checkpointPutUrl"])).path
    for name in ("checkpointPutUrl", "checkpointGetUrl"):
        assert urlsplit(str(second[name])).path == object_path


def test_its_urls_live_as_long_as_all_others_and_take_one_type() -> None:
    query = parse_qs(urlsplit(str(listening().started()[0]["checkpointPutUrl"])).query)

    assert query["X-Amz-Expires"] == ["3600"]
    assert query["X-Amz-SignedHeaders"] == ["content-type;host;x-amz-content-sha256"]


def test_its_urls_are_renewed_with_the_others_and_not_for_an_attempt_that_has_ended() -> None:
    world = broken_off()
    first, second = world.started()

    def renewed(start: dict[str, object]) -> tuple[int, dict[str, object]]:
        target = str(start["urlsUrl"]).removeprefix("http://orchestrator.example")
        reply = run(world.ask("POST", target))
        return reply.status, document(reply)

    world.clock.now_ms += 1000
    status, fresh = renewed(second)

    assert status == 200
    for name in ("checkpointPutUrl", "checkpointGetUrl"):
        assert urlsplit(str(fresh[name])).path == urlsplit(str(second[name])).path
        assert fresh[name] != second[name]
    assert renewed(first)[0] == 410


def test_an_engine_that_declares_none_gets_no_urls_of_it() -> None:
    world = World()
    run(world.begin())

    assert not [name for name in world.started()[0] if name.startswith("checkpoint")]


@pytest.mark.parametrize("end", ["completed", "failed", "canceled"])
def test_it_is_there_between_attempts_and_gone_when_the_job_has_ended(end: str) -> None:
    world = broken_off()
    assert KEY in world.objects.stored

    if end == "canceled":
        run(world.cancel())
    else:
        for slot in ("words", "metadata"):
            world.upload(slot, attempt=2)
        run(world.report(end, attempt=2, error=FOR_GOOD if end == "failed" else None))
    run(world.settle())

    assert world.job().status == end
    assert KEY not in world.objects.stored
    assert world.waits_only_to_forget()


def test_a_bucket_that_fails_is_asked_again_until_it_is_gone() -> None:
    world = broken_off()
    delete = world.objects.delete

    async def out_of_reach(key: str) -> None:
        world.objects.delete = delete  # type: ignore[method-assign]
        raise UpstreamError("upstream_failed", part="The bucket", why="Error")

    world.objects.delete = out_of_reach  # type: ignore[method-assign]
    run(world.cancel())
    run(world.settle())
    assert KEY in world.objects.stored

    run(world.wait(60_000))

    assert KEY not in world.objects.stored


def test_what_an_earlier_generation_has_left_is_gone_when_the_next_begins() -> None:
    world = broken_off()
    run(world.cancel())
    run(world.submit(engine="asr-pipeline", generation=1))
    world.rewrite_manifest(generation=2)
    run(world.submit(engine="asr-pipeline", generation=2))
    run(world.settle())

    third = world.started()[-1]
    assert "/2-kept/checkpoint?" in str(third["checkpointPutUrl"])
    assert "checkpointGetUrl" not in third
    assert KEY not in world.objects.stored
