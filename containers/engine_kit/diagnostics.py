"""What a container tries when it is asked what is wrong: its way to the orchestrator and the store.

The question is signed like a job, so its URLs are as trusted as a job's.
"""

import asyncio
import json
import secrets as randomness
from collections.abc import Awaitable, Callable, Mapping

import httpx

from engine_kit.addresses import refused_in
from engine_kit.outgoing import new_client
from engine_kit.settings import VERSION
from engine_kit.targets import exact_target
from media_jobs.diagnosis import Check, Diagnose, Diagnosis, proof
from media_jobs.signing import SIGNATURE_HEADER, sign

__all__ = ["diagnose"]

TIMEOUT_S = 5.0


async def diagnose(
    question: Diagnose,
    secrets: tuple[str, ...],
    facts: Mapping[str, object],
    now_ms: Callable[[], int],
    engine_checks: Callable[[], Awaitable[list[Check]]],
) -> Diagnosis:
    """Answer *question*, having tried the URLs that are in it, and what the engine checks itself.

    Both at once, as the other side does not wait long.
    """
    checks: list[Check] = []
    if question.deep:
        tried, own = await asyncio.gather(_tried(question, secrets, now_ms), engine_checks())
        checks = [*tried, *own]
    return Diagnosis(
        part="container",
        version=VERSION,
        now_ms=now_ms(),
        secrets=len(secrets),
        proof=proof("container", question.nonce, secrets),
        facts=dict(facts),
        checks=checks,
    )


async def _tried(
    question: Diagnose, secrets: tuple[str, ...], now_ms: Callable[[], int]
) -> list[Check]:
    checks = []
    async with new_client() as client:
        if question.callback_url is not None:
            nonce = randomness.token_hex(16)
            message = {"type": "container.probe", "ts": now_ms(), "nonce": nonce}
            body = json.dumps(message).encode()
            headers = {"content-type": "application/json", SIGNATURE_HEADER: sign(body, secrets)}
            url = question.callback_url
            checks.append(await _try(client, "callback", "POST", url, body, headers))
        if question.object_url is not None:
            checks.append(await _try(client, "object", "GET", question.object_url))
    return checks


async def _try(
    client: httpx.AsyncClient,
    name: str,
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Check:
    """Call *url*; the answer's body is not read, and no part of the URL is reported."""
    asking = client.stream(
        method,
        url,
        content=body,
        headers=headers,
        extensions=exact_target(url),
        timeout=TIMEOUT_S,
    )
    try:
        async with asking as answer:
            pass
    except httpx.HTTPError as error:
        why = str(refused_in(error) or type(error).__name__)
        return Check(name=name, ok=False, step="connect", why=why)
    if answer.status_code == 401:
        return Check(name=name, ok=False, step="unauthorized", why="HTTP 401")
    if answer.status_code != 200:
        return Check(name=name, ok=False, step="answer", why=f"HTTP {answer.status_code}")
    return Check(name=name, ok=True)
