"""A start that brings its manifest, and says which inputs need not be looked for."""

import json

import pytest

from tests.orchestrator.world import SUBTITLES_IN, VIDEO_IN, World, document
from tests.platform.loop import run


def _manifest(world: World) -> str:
    return world.objects.stored.pop("manifests/jobs/job_1.json").body.decode()


def test_a_manifest_and_inputs_that_come_with_the_start_are_not_looked_for_in_the_bucket() -> None:
    world, looks = World(), []

    async def look() -> None:
        looks.append("a look")

    world.prepare()
    world.objects.before_head = look

    reply = run(world.submit(manifest=_manifest(world), checked=["video", "subtitles"]))
    run(world.settle())

    assert document(reply) == {"jobId": "job_1"}
    assert looks == []
    assert str(world.started()[0]["inputVideoUrl"]).partition("?")[0].endswith(VIDEO_IN)


def test_an_input_that_the_app_has_not_just_seen_is_looked_for() -> None:
    world = World()
    world.prepare()
    del world.objects.stored[SUBTITLES_IN]

    reply = run(world.submit(manifest=_manifest(world), checked=["video"]))

    assert (reply.status, document(reply)["error"]) == (400, "missing_inputs")
    assert document(reply)["details"] == {"missing": ["subtitles"]}


@pytest.mark.parametrize("changes", [{"jobId": "job_2"}, {"generation": 2}, {"options": 1}])
def test_a_manifest_that_comes_with_the_start_must_be_of_this_very_job(
    changes: dict[str, object],
) -> None:
    world = World()
    world.prepare()
    text = json.dumps({**json.loads(_manifest(world)), **changes})

    reply = run(world.submit(manifest=text, checked=["video", "subtitles"]))

    assert (reply.status, document(reply)["error"]) == (400, "bad_request")
    assert world.disks["job_1"].document is None
