"""A job is on one host of its engine: every call about it goes there, and nothing to another."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.http import Reply
from media_jobs.needs import needs_of
from media_jobs.ports import PeerAnswer
from media_jobs.signing import sign
from orchestrator.jobs import lifecycle
from tests.media_jobs.lives import new_job
from tests.orchestrator.jobs.test_slots import granted
from tests.orchestrator.world import SECRET, SETTINGS, World
from tests.platform.loop import run
from tests.platform.network import CUT, PeerCall, peer_answer

LEASE_MS = 45_000


def fleet(*hosts: str) -> World:
    """Return a world whose burner has three hosts, of which the jobs get *hosts* in turn."""
    urls = "http://h1.example,http://h2.example,http://h3.example"
    world = World(env={**SETTINGS, "CONTAINER_BASE_URL": urls})
    world.slots.hosts = [host and f"{host}.example" for host in hosts]
    return world


def asked(world: World, path_end: str) -> list[str]:
    """Return the hosts that got calls to such a path, in order."""
    return [str(urlsplit(call.url).hostname) for call in world.peers.to(path_end)]


def take_out(world: World, host: str) -> None:
    """Deploy the orchestrator with a setting without *host*."""
    urls = world.env["CONTAINER_BASE_URL"].split(",")
    world.env["CONTAINER_BASE_URL"] = ",".join(url for url in urls if f"{host}." not in url)
    world.evict()


async def report_of(world: World, start: PeerCall, status: str) -> Reply:
    """Report as the host does that was told to *start*."""
    target = start.message["callbackUrl"].removeprefix("http://orchestrator.example")
    said: dict[str, Any] = {"jobId": "job_1", "status": status, "ts": world.clock.now_ms}
    body = json.dumps({**said, "nonce": world.token()}).encode()
    return await world.ask("POST", target, body, {"x-signature": sign(body, (SECRET,))})


def test_start_cancel_state_and_log_go_to_the_host_of_the_slot() -> None:
    world = fleet("h2")
    run(world.begin())
    job = world.job()
    assert job.attempt is not None
    assert job.attempt.host == "h2.example"

    run(world.wait(LEASE_MS * 2 // 3))
    question = {"jobId": "job_1", "engine": "burner-ffmpeg", "lines": 2}
    run(world.post("/jobs/job_1/log", world.message("job.log", **question)))
    run(world.cancel())

    for path in ("/health", "/render", "/jobs/job_1", "/jobs/job_1/log", "/jobs/job_1/cancel"):
        assert asked(world, path) == ["h2.example"], path
    assert run(world.status())["host"] == "h2.example"


@pytest.mark.parametrize("path", ["/health", "/render"])
@pytest.mark.parametrize("answer", [CUT, peer_answer(502), peer_answer(500)])
def test_a_start_that_fails_is_tried_on_another_host_and_uses_up_no_attempt(
    path: str, answer: PeerAnswer | UpstreamError
) -> None:
    world = fleet("h1", "h3")
    world.peers.then(path, answer)
    run(world.begin())
    assert world.slots.calls[-1] == ("defer", "job_1", 1, 0, "failed")

    assert lifecycle.hold(granted(1, host="h3.example"), world.ports())
    run(world.settle())

    assert asked(world, path) == ["h1.example", "h3.example"]
    job = world.job()
    assert (job.status, len(job.attempts)) == ("preparing", 1)
    assert job.attempts[0].host == "h3.example"


def test_what_a_host_has_begun_whose_answer_was_lost_is_told_to_stop_once_another_has_it() -> None:
    world = fleet("h1")
    world.peers.then("/render", CUT)
    run(world.begin())
    lifecycle.hold(granted(1, host="h2.example"), world.ports())
    run(world.settle())
    on_h1, on_h2 = world.peers.to("/render")

    assert run(report_of(world, on_h1, "running")).status == 410
    urls = on_h1.message["urlsUrl"].removeprefix("http://orchestrator.example")
    assert run(world.ask("POST", urls, b"{}")).status == 410
    assert run(report_of(world, on_h2, "running")).status == 200
    assert world.job().status == "running"


def test_the_first_host_gets_the_token_that_a_release_before_hosts_knows() -> None:
    world = fleet("h1")
    run(world.begin())

    callback = world.peers.to("/render")[0].message["callbackUrl"]
    assert f"token={world.job().attempts[0].token}&" in callback


def test_a_report_before_another_host_has_the_job_keeps_it_where_it_is() -> None:
    world = fleet("h1")
    world.peers.then("/render", CUT)
    run(world.begin())

    run(report_of(world, world.peers.to("/render")[0], "running"))
    assert lifecycle.hold(granted(1, host="h2.example"), world.ports())
    run(world.settle())
    run(world.cancel())

    assert asked(world, "/render") == asked(world, "/cancel") == ["h1.example"]


def test_a_job_whose_host_was_taken_out_goes_on_by_its_reports() -> None:
    world = fleet("h2")
    run(world.begin())
    take_out(world, "h2")

    run(world.wait(LEASE_MS - 1000))
    assert run(report_of(world, world.peers.to("/render")[0], "running")).status == 200
    run(world.wait(LEASE_MS - 1000))

    assert (world.job().status, len(world.job().attempts)) == ("running", 1)


def test_a_silent_job_whose_host_was_taken_out_is_tried_on_another_and_asks_nobody() -> None:
    world = fleet("h2", "h3")
    run(world.begin())
    take_out(world, "h2")

    run(world.wait(2 * LEASE_MS))

    first, second = world.job().attempts
    assert first.error is not None
    assert first.error.code == "lease_expired"
    assert second.host == "h3.example"
    assert asked(world, "/render") == ["h2.example", "h3.example"]
    assert "h2.example" not in asked(world, "/jobs/job_1")
    assert asked(world, "/cancel") == []


def test_a_start_whose_host_was_taken_out_goes_to_another() -> None:
    world = fleet("h2")
    take_out(world, "h2")
    run(world.begin())

    assert asked(world, "/health") == []
    assert world.slots.calls[-1] == ("defer", "job_1", 1, 0, "failed")


def test_an_attempt_of_before_there_were_hosts_is_on_the_first() -> None:
    world = fleet("")
    run(world.begin())
    run(world.cancel())

    assert asked(world, "/render") == asked(world, "/cancel") == ["h1.example"]
    assert "." not in str(world.started()[0]["callbackUrl"]).partition("token=")[2]


@pytest.mark.parametrize(
    ("engine", "options", "needs", "wishes"),
    [
        ("asr-pipeline", {"model": "large-v3"}, ("model:large-v3",), ()),
        ("asr-pipeline", {}, (), ()),
        ("burner-ffmpeg", {"speed": "fastest"}, (), ("encoder:h264",)),
        ("burner-ffmpeg", {"speed": "fastest", "codec": "hevc"}, (), ("encoder:hevc",)),
        ("burner-ffmpeg", {"speed": "fast", "codec": "hevc"}, (), ()),
    ],
)
def test_a_ticket_says_what_its_job_needs_of_a_host(
    engine: str, options: dict[str, str], needs: tuple[str, ...], wishes: tuple[str, ...]
) -> None:
    world = World()
    run(world.begin(engine=engine, options=options))

    ticket = world.slots.tickets["job_1"]
    assert (ticket.needs, ticket.wishes) == (needs, wishes)


@pytest.mark.parametrize(
    ("inputs", "pixels", "needs"),
    [
        ((), 1920 * 1080, ()),
        ((), 3840 * 2160, ("memory:4096",)),
        ((), 2160 * 3840, ("memory:4096",)),
        (("subtitles-secondary",), None, ("contract:2",)),
    ],
)
def test_a_ticket_says_how_much_its_source_and_its_inputs_need(
    inputs: tuple[str, ...], pixels: int | None, needs: tuple[str, ...]
) -> None:
    job = new_job().model_copy(
        update={"inputs": dict.fromkeys(inputs, "media/x"), "source_pixels": pixels}
    )

    assert needs_of(job) == needs
