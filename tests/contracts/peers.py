"""What both Workers rely on of calls to others. Runs on the fakes, and on fetch inside a Worker."""

from collections.abc import Callable
from dataclasses import dataclass

from media_jobs.errors import UpstreamError
from media_jobs.ports import Peers

ECHO = "/echo"
"""Answers 200 with method, body and the header `x-signature`, separated by spaces."""
FULL = "/full"
"""Answers 503 with `retry-after: 7`."""
REFUSED = "/refused"
"""Answers 400 with a JSON document and `retry-after: Wed, 21 Oct 2026 07:28:00 GMT`."""
MOVED = "/moved"
"""Answers 302 to ECHO."""
SILENT = "/silent"
"""Takes the connection and answers nothing."""
FLOOD = "/flood"
"""Answers 200 with chunks of unannounced length, a megabyte in all."""
HEADERS = {"x-signature": "signed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Peers to call: *base* answers as above; at *nowhere* nothing listens.

    *timers* tells how many were set and not cleared; a fake sets none.
    """

    peers: Peers
    base: str
    nowhere: str
    timers: Callable[[], int] = lambda: 0


async def a_call_sends_its_bytes_and_returns_the_answer(world: World) -> None:
    body = '{"text":"字幕"}'

    answer = await world.peers.call("POST", world.base + ECHO, body.encode(), HEADERS, 5000)

    assert answer.status == 200
    assert answer.text == f"POST {body} signed"


async def a_call_without_a_body_sends_none(world: World) -> None:
    answer = await world.peers.call("GET", f"{world.base}{ECHO}?ts=1", None, HEADERS, 5000)

    assert (answer.status, answer.text) == (200, "GET  signed")


async def a_call_that_was_answered_leaves_no_timer(world: World) -> None:
    """It would hold a Durable Object in memory for what is left of its time."""
    before = world.timers()

    await world.peers.call("POST", world.base + ECHO, b"{}", HEADERS, 15_000)

    assert world.timers() == before


async def a_refusal_is_an_answer(world: World) -> None:
    answer = await world.peers.call("POST", world.base + REFUSED, b"{}", HEADERS, 5000)

    assert (answer.status, answer.text) == (400, '{"error":"bad_request"}')
    assert answer.retry_after_s is None


async def a_full_peer_says_when_to_come_back(world: World) -> None:
    answer = await world.peers.call("POST", world.base + FULL, b"{}", HEADERS, 5000)

    assert (answer.status, answer.retry_after_s) == (503, 7)


async def a_redirection_is_not_followed(world: World) -> None:
    answer = await world.peers.call("GET", world.base + MOVED, None, HEADERS, 5000)

    assert answer.status == 302


async def silence_is_an_upstream_error_that_names_the_peer_and_not_the_query(world: World) -> None:
    url = f"{world.base}{SILENT}?token=hidden-word"

    message = await _failure(world, url, 200)

    assert world.base.removeprefix("http://") in message
    assert "hidden-word" not in message


async def nobody_there_is_an_upstream_error(world: World) -> None:
    message = await _failure(world, f"{world.nowhere}/jobs?token=hidden-word", 5000)

    assert "hidden-word" not in message


async def an_answer_without_end_is_an_upstream_error(world: World) -> None:
    message = await _failure(world, world.base + FLOOD, 5000)

    assert message == "The response is too large."


async def _failure(world: World, url: str, timeout_ms: int) -> str:
    try:
        answer = await world.peers.call("POST", url, b"{}", HEADERS, timeout_ms)
    except UpstreamError as error:
        return error.message
    raise AssertionError(f"answered {answer.status}")
