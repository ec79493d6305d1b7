"""An engine whose only host connects outward: its jobs, its link lost and replaced, its key."""

from __future__ import annotations

import time

import pytest

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render
from tests.stack.outward_host import OutwardHost, derived

ENGINE, HOST = "subtitle-translator", "socket:attic"
DISPATCHER = ("orchestrator", "DispatcherDO", ENGINE)
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"


@pytest.fixture
def host(attic: OutwardHost | None) -> OutwardHost:
    """The link of the stack's translator, which has no URL."""
    if attic is None:
        pytest.skip("STACK_URL names a stack that these tests have not started")
    return attic


def begun(client: ApiClient, containers: FakeContainers) -> Render:
    """Begin a job of the engine; return its start, as the host has got it."""
    media_id = client.new_media()
    path = f"/api/media/{media_id}/subtitles?language=en"
    assert client.api("PUT", path, VTT.encode()).status_code == 201
    asked = {"engine": ENGINE, "mediaId": media_id, "options": {"to": "es"}}
    answer = client.api("POST", "/api/jobs", asked)
    assert answer.status_code == 201, answer.text
    return containers.render(answer.json()["jobId"])


def finish(render: Render) -> None:
    outputs = {"subtitles": render.upload("subtitles", VTT.encode())}
    outputs |= {slot: render.upload(slot, b"{}") for slot in ("translation", "metadata")}
    assert render.report("completed", outputs=outputs).status_code == 200


def is_canceled(render: Render, host: OutwardHost) -> bool:
    """Whether the host has taken the order, which came over its link."""
    return (f"/jobs/{render.job_id}/cancel", 200) in host.answered


def test_a_job_ends_completed_on_a_host_without_a_url(
    client: ApiClient, containers: FakeContainers, host: OutwardHost
) -> None:
    render = begun(client, containers)
    assert client.status_there(render.job_id)["host"] == HOST
    assert render.report("running", progress=0.5).status_code == 200
    finish(render)

    assert client.job_in(render.job_id, "completed")["attempt"] == 1
    assert client.ends_told(render.job_id) == ["completed"]
    shown = client.api("GET", "/api/health").json()["containers"]
    (one,) = (c for c in shown if c["engine"] == ENGINE)
    assert (one["ok"], one["host"]) == (True, HOST)


def test_a_cancellation_reaches_a_host_without_a_url(
    client: ApiClient, containers: FakeContainers, host: OutwardHost
) -> None:
    render = begun(client, containers)

    assert client.api("POST", f"/api/jobs/{render.job_id}/cancel").status_code == 200

    containers.wait_for_cancel(render.job_id)
    eventually(lambda: is_canceled(render, host), "it has taken the order")
    assert client.job_in(render.job_id, "canceled")["attempt"] == 1


def test_a_job_goes_on_while_the_link_of_its_host_is_lost(
    client: ApiClient, containers: FakeContainers, host: OutwardHost
) -> None:
    render = begun(client, containers)
    host.cut()
    try:
        assert render.report("uploading", progress=0.9).status_code == 200
        finish(render)
        assert client.job_in(render.job_id, "completed")["attempt"] == 1
    finally:
        host.reconnect()

    assert client.ends_told(render.job_id) == ["completed"]
    finish(begun(client, containers))


def test_a_job_waits_until_a_host_connects(
    client: ApiClient, containers: FakeContainers, host: OutwardHost
) -> None:
    finish(begun(client, containers))
    host.cut()
    try:
        media_id = client.new_media()
        path = f"/api/media/{media_id}/subtitles?language=en"
        assert client.api("PUT", path, VTT.encode()).status_code == 201
        asked = {"engine": ENGINE, "mediaId": media_id, "options": {"to": "es"}}
        job_id = client.api("POST", "/api/jobs", asked).json()["jobId"]
        eventually(lambda: client.status_there(job_id)["queue"], "it waits")
        assert containers.renders_of(job_id) == []
    finally:
        host.reconnect()

    finish(containers.render(job_id))
    assert client.job_in(job_id, "completed")["attempt"] == 1


def test_a_link_outlives_the_eviction_of_its_dispatcher(
    client: ApiClient, containers: FakeContainers, host: OutwardHost, own_stack: Stack
) -> None:
    first = begun(client, containers)
    own_stack.evict(*DISPATCHER)
    second = begun(client, containers)
    client.api("POST", f"/api/jobs/{first.job_id}/cancel")

    assert host.closed_with is None
    eventually(lambda: is_canceled(first, host), "it has taken the order")
    finish(second)
    assert client.job_in(second.job_id, "completed")["attempt"] == 1


def test_a_newer_connection_of_a_host_takes_the_place_of_the_older(
    client: ApiClient, containers: FakeContainers, host: OutwardHost
) -> None:
    newer = OutwardHost(
        orchestrator_url=host.orchestrator_url,
        root=host.root,
        engine=host.engine,
        name=host.name,
        inside=host.inside,
    )
    with newer:
        eventually(lambda: host.closed_with, "the older is closed")
        assert host.closed_with == 4002
        finish(begun(client, containers))
        assert ("/render", 202) in newer.answered
    host.reconnect()
    finish(begun(client, containers))


def test_a_ping_is_answered_at_once(host: OutwardHost) -> None:
    host.ping()

    eventually(lambda: ("pong", 200) in host.answered, "it is answered")


def test_a_handshake_opens_one_connection(host: OutwardHost) -> None:
    target = host.target(name="cellar")
    key = derived(host.root, f"host/{host.engine}@cellar/1")
    with host.open(target, key):
        pass

    status, said = host.refusal(target, key)

    assert (status, said["error"]) == (401, "handshake_refused")
    assert said["messageKey"] == "handshake_refused.replayed"


def test_who_has_no_key_of_a_host_is_let_in_nowhere(host: OutwardHost) -> None:
    unauthorized = (401, {"error": "unauthorized"})

    for label in ("host/translator@cellar/1", "host/burner@attic/1", "host/translator/1"):
        assert host.refusal(host.target(), derived(host.root, label)) == unauthorized
    assert host.refusal(host.target(), host.root) == unauthorized
    for other in ({"name": "cellar"}, {"engine": "burner"}, {"engine": "painter"}):
        assert host.refusal(host.target(**other), host.key) == unauthorized
    late = str(int(time.time() * 1000) - 6 * 60_000)
    status, said = host.refusal(host.target(ts=late), host.key)
    assert (status, said["messageKey"]) == (401, "handshake_refused.age")


def test_a_call_over_a_link_that_brings_no_answer_ends_in_time(
    client: ApiClient, host: OutwardHost
) -> None:
    host.deaf = True
    try:
        shown = client.api("GET", "/api/health").json()["containers"]
    finally:
        host.deaf = False

    (one,) = (c for c in shown if c["engine"] == ENGINE)
    assert not one["ok"]
    assert "not within" in one["error"]
