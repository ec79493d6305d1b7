"""Containers of the earlier system send fewer fields, and keep working."""

from tests.orchestrator.world import begun, document
from tests.platform.loop import run


def test_a_container_that_sends_only_the_earlier_fields_completes_its_job() -> None:
    world = begun()
    world.upload()
    outputs = {"video": {"key": world.started()[0]["outputVideoKey"]}}

    replies = [
        run(world.report("preparing", phase="probe", progress=0)),
        run(world.report("running", phase="encode", progress=0.7)),
        run(world.report("completed", progress=1, outputs=outputs)),
    ]
    run(world.settle())

    assert [document(reply) for reply in replies] == [{"ok": True}] * 3
    assert world.job().status == "completed"
    assert world.job().outputs["video"].size_bytes == 8


def test_an_earlier_container_s_text_error_is_the_reason_of_the_failure() -> None:
    world = begun()

    run(world.report("failed", error="ffmpeg exited 1 on http://h/k?X-Amz-Signature=0123abcd"))

    error = world.job().error
    assert error is not None
    assert (error.code, error.message) == ("container_failed", "ffmpeg exited 1 on http://h/k?…")
    assert world.job().status == "queued"
