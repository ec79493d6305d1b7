"""Which host makes a preview where an engine has several."""

from urllib.parse import urlsplit

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.outward import socket_url
from media_jobs.ports import PeerAnswer
from orchestrator.any_host import in_order
from tests.orchestrator.world import SETTINGS, World, document
from tests.platform.loop import run
from tests.platform.network import CUT, peer_answer

SETTING = ["h2.example", "h3.example", "h1.example"]
HOSTS = ["h1.example", "h2.example", "h3.example"]
"""In the order in which they are asked about `med_1`."""

KEY = "media/med_1/inputs/sub_1/subtitles.vtt"
FIRST = HOSTS[0]
URLS = {host: f"http://{host}" for host in SETTING}


def _world() -> World:
    urls = ",".join(URLS.values())
    world = World(env={**SETTINGS, "CONTAINER_BASE_URL": urls})
    world.objects.put(KEY, b"WEBVTT")
    world.objects.put("media/med_1/inputs/up_1/video", b"a film")
    world.peers.relayed_headers = {"content-type": "image/png"}
    return world


def _preview(world: World) -> dict[str, object]:
    return world.message("burn.preview", mediaId="med_1", kind="layer", key=KEY, options={}, atS=1)


def _asked(world: World, path_end: str) -> list[str]:
    return [str(urlsplit(call.url).hostname) for call in world.peers.to(path_end)]


@pytest.mark.parametrize(
    ("health", "preview", "asked"),
    [
        ([], [], HOSTS[:1]),
        ([CUT], [], HOSTS[1:2]),
        ([peer_answer(status=502)], [], HOSTS[1:2]),
        ([peer_answer(status=404)], [], HOSTS[1:2]),
        ([], [CUT], HOSTS[:2]),
        ([], [peer_answer(status=500)], HOSTS[:2]),
        ([CUT, CUT], [], HOSTS[2:]),
        ([], [peer_answer(status=500), CUT], HOSTS),
    ],
)
def test_a_preview_is_made_by_the_first_host_that_works(
    health: list[PeerAnswer | UpstreamError],
    preview: list[PeerAnswer | UpstreamError],
    asked: list[str],
) -> None:
    world = _world()
    world.peers.then("/health", *health)
    world.peers.then("/preview", *preview)

    reply = run(world.post("/preview/burn", _preview(world)))

    assert (reply.status, _asked(world, "/preview")) == (200, asked)


def test_where_no_host_works_the_last_one_s_failure_is_told() -> None:
    world = _world()
    world.peers.then("/preview", CUT, CUT, peer_answer(status=500))

    reply = run(world.post("/preview/burn", _preview(world)))

    assert (reply.status, document(reply)["error"]) == (502, "preview_failed")
    assert _asked(world, "/preview") == HOSTS


def test_a_host_that_is_busy_or_refuses_is_not_gone_past() -> None:
    world = _world()
    world.peers.then("/preview", peer_answer(status=429), peer_answer(status=400))

    statuses = [run(world.post("/preview/burn", _preview(world))).status for _ in range(2)]

    assert (statuses, _asked(world, "/preview")) == ([429, 400], [FIRST, FIRST])


def test_peaks_go_where_the_stills_of_their_media_go_and_on_to_the_next() -> None:
    world = _world()
    world.peers.then("/peaks", CUT, peer_answer(status=202))
    key = "media/med_1/inputs/up_1/video"
    message = world.message("peaks.make", mediaId="med_1", inputId="up_1", key=key)

    reply = run(world.post("/peaks", message))

    assert (reply.status, _asked(world, "/peaks")) == (202, HOSTS[:2])


def test_media_are_spread_over_hosts_and_each_keeps_its_own() -> None:
    async def known(engine: str) -> dict[str, dict[str, object]]:
        return {}

    def firsts() -> list[str]:
        return [run(in_order("burner-ffmpeg", URLS, f"med_{n}", known))[0] for n in range(60)]

    assert firsts() == firsts()
    assert min(firsts().count(url) for url in URLS.values()) >= 10


@pytest.mark.parametrize("state", ["silent", "left_out", "failing", "draining"])
def test_a_host_that_is_known_to_be_out_of_order_comes_last(state: str) -> None:
    async def known(engine: str) -> dict[str, dict[str, object]]:
        return {FIRST: {"state": state}, HOSTS[1]: {"state": "unknown"}, HOSTS[2]: {"state": "ok"}}

    order = run(in_order("burner-ffmpeg", URLS, "med_1", known))

    assert order == ("http://h2.example", "http://h3.example", "http://h1.example")


def test_the_only_host_is_asked_at_once() -> None:
    world = World()
    world.objects.put(KEY, b"WEBVTT")
    world.peers.relayed_headers = {"content-type": "image/png"}

    run(world.post("/preview/burn", _preview(world)))

    assert [call.url for call in world.peers.calls] == ["http://burner.example/preview"]


HOME = "burner at home"


def _named(call_url: str) -> str:
    """Return a host's name in a test: that of its URL, or HOME."""
    return HOME if call_url.startswith(socket_url("burner-ffmpeg", "home")) else "url"


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([], ["url"]),
        ([CUT], ["url", HOME]),
        ([peer_answer(status=502)], ["url", HOME]),
        ([peer_answer(status=503)], ["url", HOME]),
    ],
)
def test_a_preview_is_made_by_a_host_that_is_connected_where_none_with_a_url_works(
    answers: list[PeerAnswer | UpstreamError], asked: list[str]
) -> None:
    world = World(connected={"home": "ok"})
    world.objects.put(KEY, b"WEBVTT")
    world.peers.relayed_headers = {"content-type": "image/png"}
    world.peers.then("/preview", *answers)

    reply = run(world.post("/preview/burn", _preview(world)))

    assert (reply.status, [_named(call.url) for call in world.peers.to("/preview")]) == (200, asked)


@pytest.mark.parametrize(
    ("connected", "answers", "told"),
    [
        # A host that has gone is not called.
        ({"home": "silent"}, [peer_answer(status=500)], "preview_failed"),
        ({"home": "ok"}, [peer_answer(status=500), CUT], "preview_failed"),
        ({"home": "ok"}, [CUT, peer_answer(status=503)], "preview_busy"),
        ({"home": "ok"}, [CUT, CUT], "upstream_failed"),
        ({}, [CUT], "upstream_failed"),
    ],
)
def test_where_no_host_draws_what_one_has_answered_is_told(
    connected: dict[str, str], answers: list[PeerAnswer | UpstreamError], told: str
) -> None:
    world = World(connected=connected)
    world.objects.put(KEY, b"WEBVTT")
    world.peers.then("/preview", *answers)

    reply = run(world.post("/preview/burn", _preview(world)))

    assert document(reply)["error"] == told
    assert len(world.peers.to("/preview")) == len(answers)
