"""Live progress through real sockets: in order, over evictions and reconnects, and to a hundred."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dev.stack.errors import StackError
from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers, Render

HUB = ("app", "LiveDO", "live")
VIEWERS = 100


def _open(client: ApiClient, **headers: str) -> connect:
    url = client.stack.app_url.replace("http:", "ws:") + "/api/live"
    given = {"authorization": f"Bearer {client.stack.admin_token}", **headers}
    return connect(url, additional_headers=given, proxy=None, open_timeout=30)


def _evict(stack: Stack) -> None:
    """Evict the hub; one that the runtime has evicted by itself is no fault."""
    try:
        stack.evict(*HUB)
    except StackError as error:
        if "not currently running" not in str(error):
            raise


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


def _started(client: ApiClient, containers: FakeContainers) -> Render:
    job_id = client.new_job()
    client.job_in(job_id, "fetching_metadata")
    return containers.render(job_id)


def _finish(render: Render) -> None:
    for tenth in range(1, 10):
        assert render.report("running", progress=tenth / 10).status_code == 200
    assert render.finish().json() == {"ok": True}


def test_progress_arrives_in_order_to_the_end(
    client: ApiClient, containers: FakeContainers
) -> None:
    render = _started(client, containers)

    async def watch() -> list[dict[str, Any]]:
        async with _open(client) as socket:
            await _subscribe(socket, render.job_id, 0)
            first = await _next(socket)
            await asyncio.to_thread(_finish, render)
            return [first, *await _until(socket, "completed")]

    got = asyncio.run(watch())

    assert {message["jobId"] for message in got} == {render.job_id}
    seqs = [message["eventSeq"] for message in got]
    assert seqs == sorted(set(seqs))
    assert [m["progress"] for m in got] == sorted(m["progress"] for m in got)
    assert len(got) >= 3


def test_subscriptions_outlive_the_eviction_of_the_hub(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = _started(client, containers)

    async def watch() -> list[dict[str, Any]]:
        async with _open(client) as socket:
            await _subscribe(socket, render.job_id, 0)
            await _next(socket)
            await _pong(socket)
            await asyncio.to_thread(_evict, own_stack)
            await _pong(socket)
            await asyncio.to_thread(_finish, render)
            return await _until(socket, "completed")

    assert asyncio.run(watch())[-1]["progress"] == 1


def test_a_reconnect_brings_what_was_missed_and_nothing_else(
    client: ApiClient, containers: FakeContainers
) -> None:
    render, quiet = _started(client, containers), _started(client, containers)

    async def watch() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        async with _open(client) as socket:
            await _subscribe(socket, render.job_id, 0)
            seen = await _next(socket)
            await _subscribe(socket, quiet.job_id, 0)
            known = await _next(socket)
        await asyncio.to_thread(_finish, render)
        await asyncio.to_thread(client.job_in, render.job_id, "completed")
        async with _open(client) as socket:
            jobs = {quiet.job_id: known["eventSeq"], render.job_id: seen["eventSeq"]}
            await socket.send(json.dumps({"type": "subscribe", "jobs": jobs}))
            missed = await _next(socket)
            await _subscribe(socket, "job_none", 0)
            return missed, [await _next(socket)]

    missed, after = asyncio.run(watch())

    assert (missed["jobId"], missed["status"]) == (render.job_id, "completed")
    assert after == [{"type": "unknown", "jobId": "job_none"}]


def test_a_hundred_viewers_of_one_job_all_see_every_change_once(
    client: ApiClient, containers: FakeContainers
) -> None:
    render = _started(client, containers)

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
    timeline = client.api("GET", f"/api/jobs/{render.job_id}/events?limit=100").json()["items"]
    assert {m["eventSeq"] for m in first} <= {event["eventSeq"] for event in timeline}


def test_a_revoked_token_sees_nothing_more(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    made = client.api("POST", "/api/tokens", {"name": "a viewer", "scopes": ["read"]}).json()
    own = {"authorization": f"Bearer {made['token']}"}
    render = _started(client, containers)

    async def watch() -> tuple[int, str, list[dict[str, Any]]]:
        async with _open(client, **own) as revoked, _open(client) as other:
            for socket in (revoked, other):
                await _subscribe(socket, render.job_id, -1)
                await _next(socket)
            # Its object has slept meanwhile: who holds a socket is not kept in memory.
            await asyncio.to_thread(_evict, own_stack)
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


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"authorization": "Bearer wrong"}, 401), ({"origin": "https://evil.test"}, 403)],
)
def test_strangers_get_no_socket(client: ApiClient, headers: dict[str, str], status: int) -> None:
    async def knock() -> int:
        try:
            async with _open(client, **headers):
                return 101
        except InvalidStatus as refused:
            return int(refused.response.status_code)

    assert asyncio.run(knock()) == status
