"""How the containers are, told to whoever holds the secret."""

import json
from typing import Any

import pytest

from app.status.health import TIMEOUT_MS
from media_jobs.engines import ENGINES
from media_jobs.errors import UpstreamError
from tests.orchestrator.world import World
from tests.platform.loop import run
from tests.platform.network import peer_answer


def _told(world: World) -> list[dict[str, Any]]:
    reply = run(world.get("/containers"))
    assert reply.status == 200
    containers: list[dict[str, Any]] = json.loads(str(reply.body))["containers"]
    return containers


def test_each_container_is_told_of_with_its_slots_and_its_queue() -> None:
    world = World()
    world.peers.then(
        "/health",
        peer_answer(
            text='{"ok":true,"version":"1.2.0","active":1,"capacity":2,"region":"eu",'
            '"memoryBytes":4096,"gpus":["Model T"],"models":["base"],"costWeight":2.5}'
        ),
    )

    burner, downloader, remotion, transcriber, *_ = _told(world)

    assert burner == {
        "engine": "burner-ffmpeg",
        "host": "burner.example",
        "ok": True,
        "version": "1.2.0",
        "active": 1,
        "capacity": 2,
        "queued": 3,
        "inUse": 1,
        "state": "ok",
        "draining": False,
        "region": "eu",
        "memoryBytes": 4096,
        "gpus": ["Model T"],
        "models": ["base"],
        "costWeight": 2.5,
        "latencyMs": 0,
        "error": None,
    }
    assert (remotion["engine"], downloader["engine"]) == ("renderer-remotion", "media-downloader")
    assert transcriber["engine"] == "asr-pipeline"
    assert downloader["queued"] is None
    assert {call.url for call in world.peers.to("/health")} == {
        f"http://{engine.name}.example/health" for engine in ENGINES.values()
    }


@pytest.mark.parametrize("hosts", [1, 12])
def test_however_many_are_silent_the_app_hears_of_it_in_time(hosts: int) -> None:
    world = World()
    burners = ",".join(f"http://burner-{number}.example" for number in range(hosts))
    world.env[ENGINES["burner-ffmpeg"].base_url_setting] = burners

    _told(world)

    assert sum(call.timeout_ms for call in world.peers.to("/health")) < TIMEOUT_MS


def test_a_container_that_is_down_hides_none_that_is_up() -> None:
    world = World()
    up = peer_answer(text='{"ok":true,"capacity":4}')
    world.peers.then(
        "/health",
        UpstreamError("upstream_failed", part="burner.example", why="not within 5000 ms"),
        peer_answer(status=502),
        up,
    )

    burner, downloader, remotion, *_ = _told(world)

    assert (burner["ok"], burner["error"]) == (
        False,
        "burner.example did not answer: not within 5000 ms",
    )
    assert (downloader["ok"], downloader["error"]) == (False, "HTTP 502")
    assert (remotion["ok"], remotion["capacity"]) == (True, 4)


def test_a_container_that_refuses_work_and_a_page_that_is_none_are_named_as_such() -> None:
    world = World()
    refused = '{"ok":false,"version":"1.2.0","capacity":4,"error":"reports_refused"}'
    world.peers.then("/health", peer_answer(text=refused), peer_answer(text="<html>"))

    burner, downloader, *_ = _told(world)

    assert (burner["ok"], burner["error"], burner["version"]) == (
        False,
        "The orchestrator refuses its reports.",
        "1.2.0",
    )
    assert downloader["error"] == "The answer is not that of a container."
