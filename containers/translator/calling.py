"""Calls of a translation server: tried again where that may help, as often as it is polite.

A busy server says in `Retry-After` (RFC 9110, 10.2.3) when to come again; one that never answers,
or breaks off in an answer, is asked anew. No answer is longer than a megabyte.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
from engine_kit.addresses import refused_in
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log
from engine_kit.outgoing import CONNECT_S, IDLE_S

from media_jobs.redaction import redact
from media_jobs.retry import Backoff
from translator.port import Refusal

__all__ = ["RETRY_AFTER_S_MAX", "TRIES_MAX", "Caller", "Refused", "retry_after_s"]

TRIES_MAX = 6
RETRIES = Backoff(first_ms=1_000, most_ms=30_000)
RETRY_AFTER_S_MAX = 300.0
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 524, 529})
_WORDS_MAX = 1_000


class Refused(Exception):
    """An answer that another try of the same request would get again."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Calls one server. *spread*: who calls, for the waiting; *waiting*: reports that it waits."""

    client: httpx.AsyncClient
    key: str | None
    answer_s: float
    spread: str
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def post(
        self,
        url: str,
        body: object,
        headers: Mapping[str, str],
        *,
        before: Callable[[], None],
        broken: Callable[[], None],
    ) -> httpx.Response:
        """Return the answer 200 to *body*, sent as JSON.

        *before* is called before each try, and may raise to end it; *broken* where a try was sent
        and its answer never came whole. Raises Refused, EngineFailure (transfer_failed).
        """
        timeout = httpx.Timeout(IDLE_S, connect=CONNECT_S, read=self.answer_s, pool=None)
        why = ""
        for tries in range(1, TRIES_MAX + 1):
            wait_s = RETRIES.delay_ms(tries, self.spread) / 1000
            before()
            try:
                # A server that sends a byte now and then is no quicker for it.
                async with asyncio.timeout(self.answer_s + CONNECT_S):
                    response = await self.client.post(
                        url, json=body, headers=dict(headers), timeout=timeout
                    )
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                _check_guard(error)
                why = "it can't be reached"
            except (httpx.TransportError, TimeoutError) as error:
                _check_guard(error)
                broken()
                is_late = isinstance(error, TimeoutError | httpx.TimeoutException)
                why = f"no answer within {self.answer_s:.0f} s" if is_late else "it broke off"
            else:
                if response.status_code == 200:
                    return response
                if response.status_code not in _BUSY:
                    raise Refused(response.status_code, self.scrubbed(response.text))
                why = f"HTTP {response.status_code}"
                wait_s = max(wait_s, retry_after_s(response.headers.get("retry-after", "")))
            log("translator_called_in_vain", tries=tries, why=why)
            if tries < TRIES_MAX:
                await self.sleep(wait_s)
        raise EngineFailure(
            FailureCode.TRANSFER_FAILED, f"The translation server does not answer: {why}."
        )

    def scrubbed(self, text: str) -> str:
        """Return the beginning of *text* without the key and without queries of URLs."""
        return redact(text[: 10 * _WORDS_MAX], (self.key,) if self.key else ())[:_WORDS_MAX]

    def failure(self, refused: Refused) -> EngineFailure:
        """Return what to raise of a refusal that nothing else can be made of."""
        return EngineFailure(
            Refusal.REFUSED,
            f"The translation server refused with HTTP {refused.status}.",
            tool_tail=refused.text,
        )


def _check_guard(error: BaseException) -> None:
    if (refused := refused_in(error)) is not None:
        raise EngineFailure(
            Refusal.REFUSED, f"The translation server may not be called: {refused}."
        ) from None


def retry_after_s(text: str) -> float:
    """Return how long a server asks to be left alone, in seconds or by a date; 0 to the most."""
    if text.strip().isdecimal():
        return min(float(text), RETRY_AFTER_S_MAX)
    try:
        left_s = parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return 0.0
    return min(max(left_s, 0.0), RETRY_AFTER_S_MAX)
