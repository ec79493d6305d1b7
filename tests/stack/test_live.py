"""Live progress through real sockets: in order, over evictions and reconnects, and to a hundred."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers, Render

HUB = ("app", "LiveDO", "live")
VIEWERS = 100


def _open(client: ApiClient, **headers: str) -> connect:
    url = client.stack.app_url.replace("http:", "ws:") + "/api/live"
    given = {"authorization": f"Bearer {client.stack.admin_token}", **headers}
    return connect(url, additional_headers=given, proxy=None, open_timeout=30)


async def _subscribe(socket: ClientConnection, job_id: str, seq: int) -> None:
    await socket.send(json.dumps({"type": "subscribe", "jobs": {job_id: seq}}))


async def _next(socket: ClientConnection) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 20))
    return document


async def _until(socket: ClientConnection, status: str) -> list[dict[str, Any]]:
    """Return what comes up to a job's *status*."""
    got = [await _next(socket)]
    while got[-1]["status"] != status:
        got.append(await _next(socket))
    return got


async def _pong(socket: ClientConnection) -> None:
    await socket.send("ping")
    assert await asyncio.wait_for(socket.recv(), 20) == "pong"


def _finish(render: Render) -> None:
    for tenth in range(1, 10):
        assert render.report("running", progress=tenth / 10).status_code == 200
    assert render.finish().json() == {"ok": True}


def test_subscriptions_outlive_the_eviction_of_the_hub(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = client.started(containers)

    async def watch() -> list[dict[str, Any]]:
        async with _open(client) as socket:
            await _subscribe(socket, render.job_id, 0)
            await _next(socket)
            await _pong(socket)
            await asyncio.to_thread(own_stack.evict, *HUB)
            await _pong(socket)
            await asyncio.to_thread(_finish, render)
            return await _until(socket, "completed")

    assert asyncio.run(watch())[-1]["progress"] == 1


def test_a_hundred_viewers_of_one_job_all_see_every_change_once(
    client: ApiClient, containers: FakeContainers
) -> None:
    render = client.started(containers)

    async def watch() -> list[list[dict[str, Any]]]:
        sockets = [await _open(client) for _ in range(VIEWERS)]
        for socket in sockets:
            await _subscribe(socket, render.job_id, 0)
        for socket in sockets:
            await _next(socket)
        await asyncio.to_thread(_finish, render)
        got = [await _until(socket, "completed") for socket in sockets]
        for socket in sockets:
            # Nothing else was written to it: what comes next is the runtime's own answer.
            await _pong(socket)
            await socket.close()
        return got

    first, *others = asyncio.run(watch())

    assert len(others) == VIEWERS - 1
    assert all(got == first for got in others)
    seqs = [message["eventSeq"] for message in first]
    assert len(seqs) == len(set(seqs))
    timeline = {event["eventSeq"] for event in client.events(render.job_id)}
    assert first[-1]["eventSeq"] in timeline
    # Progress within a status is shown to who looks, and not stored.
    assert all(m["eventSeq"] in timeline or m["status"] == "running" for m in first)


def test_a_revoked_token_sees_nothing_more(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    made = client.api("POST", "/api/tokens", {"name": "a viewer", "scopes": ["read"]}).json()
    own = {"authorization": f"Bearer {made['token']}"}
    render = client.started(containers)

    async def watch() -> tuple[int, str, list[dict[str, Any]]]:
        async with _open(client, **own) as revoked, _open(client) as other:
            for socket in (revoked, other):
                await _subscribe(socket, render.job_id, -1)
                await _next(socket)
            # Its object has slept meanwhile: who holds a socket is not kept in memory.
            await asyncio.to_thread(own_stack.evict, *HUB)
            gone = await asyncio.to_thread(client.api, "DELETE", f"/api/tokens/{made['tokenId']}")
            assert gone.status_code == 204
            with pytest.raises(ConnectionClosed) as closed:
                await _next(revoked)
            await asyncio.to_thread(_finish, render)
            told = await _until(other, "completed")
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code, closed.value.rcvd.reason, told

    code, reason, told = asyncio.run(watch())

    assert (code, reason) == (4001, "connect again")
    assert told[-1]["status"] == "completed"


def _is_served(client: ApiClient) -> None:
    """Assert that reads are answered, and a revocation, which tells the hub."""
    for _ in range(5):
        made = client.api("POST", "/api/tokens", {"name": "a viewer", "scopes": ["read"]}).json()
        for method, path in (("GET", "/api/jobs"), ("DELETE", f"/api/tokens/{made['tokenId']}")):
            assert client.api(method, path).status_code in (200, 204)


def test_a06_a_socket_that_asks_without_end_is_closed_and_others_are_served(
    client: ApiClient, containers: FakeContainers
) -> None:
    made = client.api("POST", "/api/tokens", {"name": "a flood", "scopes": ["read"]}).json()
    own = {"authorization": f"Bearer {made['token']}"}
    render = client.started(containers)
    asked = [
        json.dumps({"type": "subscribe", "jobs": {f"job_{n}_{m}": 0 for m in range(200)}})
        for n in range(1500)
    ]

    async def flood() -> tuple[int, str]:
        async with _open(client, **own) as greedy, _open(client) as other:
            beside = asyncio.create_task(asyncio.to_thread(_is_served, client))
            with pytest.raises(ConnectionClosed) as closed:
                for text in asked:
                    await greedy.send(text)
                while True:
                    await greedy.recv()
            await _subscribe(other, render.job_id, -1)
            assert (await _next(other))["jobId"] == render.job_id
            await beside
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code, closed.value.rcvd.reason

    assert asyncio.run(flood()) == (1008, "too many messages")
