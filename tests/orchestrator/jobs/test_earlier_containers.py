"""Containers of the earlier system send fewer fields, and keep working."""

from tests.orchestrator.world import World, document, run


def test_a_container_that_sends_only_the_earlier_fields_completes_its_job() -> None:
    async def legacy(world: World) -> list[object]:
        await world.begin()
        (start,) = world.started()
        replies = [
            await world.report("preparing", phase="probe", progress=0),
            await world.report("running", phase="encode", progress=0.7),
        ]
        world.upload()
        outputs = {"video": {"key": start["outputVideoKey"]}}
        replies.append(await world.report("completed", progress=1, outputs=outputs))
        await world.settle()
        return [document(reply) for reply in replies]

    world = World()

    assert run(legacy(world)) == [{"ok": True}] * 3
    assert world.job().status == "completed"
    assert world.job().outputs["video"].size_bytes == 8


def test_an_earlier_container_s_text_error_is_the_reason_of_the_failure() -> None:
    async def fail(world: World) -> None:
        await world.begin()
        await world.report("failed", error="ffmpeg exited 1 on http://h/k?X-Amz-Signature=0123abcd")
        await world.settle()

    world = World()
    run(fail(world))

    error = world.job().error
    assert error is not None
    assert (error.code, error.message) == (
        "container_failed",
        "ffmpeg exited 1 on http://h/k?…",
    )
    assert world.job().status == "queued"
