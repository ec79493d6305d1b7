"""The presigned URLs of one attempt, named by their field in `POST /render`, and kept fresh.

A URL lives for its `X-Amz-Expires`, and an honest long attempt outlives it. The orchestrator signs
new ones on request (`urlsUrl`). Age is counted from the moment a URL came, on this process's own
steady clock: no clock that may be wrong takes part, and what is refused all the same is renewed,
too. One renewal brings all URLs of the attempt.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import httpx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from engine_kit.addresses import refused_in
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log, request_headers
from engine_kit.targets import exact_target
from media_jobs.options import HttpUrl
from media_jobs.retry import Backoff
from media_jobs.wire import PartUrlsWanted, RenderRequest, UrlsWanted

__all__ = ["Links", "PartLinks", "fields_of"]

TRIES_MAX = 6
RETRIES = Backoff(first_ms=500, most_ms=8_000)
POST_S = 10.0
MARGIN_S = 30.0
"""A URL this near its end is renewed before it is used; never more than a tenth of its life."""
LIFE_S_MAX = 7 * 24 * 3600

_URLS = TypeAdapter(dict[str, HttpUrl])
_OBJECT = TypeAdapter(dict[str, object])


def fields_of(request: RenderRequest) -> dict[str, str]:
    """Return the URL fields of *request* by their names on the wire, those for calls left out."""
    own = {"callbackUrl", "urlsUrl", "piecesUrl"}
    return {
        name: value
        for name, value in request.model_dump(by_alias=True).items()
        if name.endswith("Url") and name not in own and isinstance(value, str)
    }


class PartLinks(BaseModel):
    """Presigned URLs of parts, by number; all parts but the last have *part_bytes*."""

    part_bytes: Annotated[int, Field(alias="partBytes", ge=1)]
    parts: dict[int, HttpUrl]


class _PartsAnswer(BaseModel):
    upload: PartLinks


class Links:
    """The URLs of one attempt. *on_fenced* is called when a renewal is answered 410.

    *job_id* spreads the repeats of many.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        given: Mapping[str, str],
        *,
        urls_url: str | None,
        on_fenced: Callable[[], None],
        job_id: str,
        retries: Backoff = RETRIES,
    ) -> None:
        self.client = client
        self._urls = dict(given)
        self._urls_url = urls_url
        self._on_fenced = on_fenced
        self.job_id = job_id
        self.retries = retries
        self._came_at = asyncio.get_running_loop().time()
        self._renewing = asyncio.Lock()

    def __contains__(self, field: str) -> bool:
        """Whether the request has this URL."""
        return field in self._urls

    def add(self, urls: Mapping[str, str]) -> None:
        """Take further URLs, by their fields; a renewal does not bring them."""
        self._urls |= urls

    async def usable(self, field: str) -> str:
        """Return the URL of *field*, renewed first if its life is over or nearly so."""
        url = self._urls[field]
        life_s = _life_s(url)
        if life_s is not None:
            age_s = asyncio.get_running_loop().time() - self._came_at
            if age_s > life_s - min(MARGIN_S, life_s / 10):
                await self.renew(field, url)
        return self._urls[field]

    async def renew(self, field: str, refused: str) -> bool:
        """Get fresh URLs; return whether *field* has another one than *refused* now.

        False if the orchestrator can't be asked or does not give any: the caller continues as
        if there were no renewal. An attempt that is fenced out ends here, canceled.
        """
        async with self._renewing:
            # Two transfers at once: the other may just have brought the new ones.
            if self._urls[field] == refused and self._urls_url is not None:
                await self._ask(self._urls_url, b"", self._take)
        return self._urls[field] != refused

    @property
    def give_parts(self) -> bool:
        """Whether the URLs of an upload's parts can be requested."""
        return self._urls_url is not None

    async def parts(self, slot: str, size_bytes: int, numbers: Sequence[int]) -> PartLinks:
        """Return URLs for these parts of an output; an attempt that is fenced out ends here.

        Raises EngineFailure(transfer_failed) when the orchestrator gives none.
        """
        assert self._urls_url is not None
        parts = PartUrlsWanted(slot=slot, size_bytes=size_bytes, part_numbers=list(numbers))
        given: list[PartLinks] = []

        def take(body: bytes) -> None:
            with contextlib.suppress(ValidationError):
                given.append(_PartsAnswer.model_validate_json(body).upload)

        await self._ask(self._urls_url, UrlsWanted(upload=parts).to_json(), take)
        if not given or any(number not in given[0].parts for number in numbers):
            raise EngineFailure(FailureCode.TRANSFER_FAILED, "There are no URLs for an upload.")
        return given[0]

    async def answer(self, url: str, content: bytes) -> bytes | None:
        """Return what the orchestrator answers at *url*; None where it does not, or refuses."""
        answers: list[bytes] = []
        await self._ask(url, content, answers.append)
        return answers[0] if answers else None

    async def _ask(self, urls_url: str, content: bytes, take: Callable[[bytes], None]) -> None:
        for tries in range(1, TRIES_MAX + 1):
            reason = await self._ask_once(urls_url, content, take)
            if reason is None:
                return
            log("renewal_unanswered", logging.WARNING, url=urls_url, why=reason, tries=tries)
            if tries < TRIES_MAX:
                await asyncio.sleep(self.retries.delay_ms(tries, self.job_id) / 1000)

    async def _ask_once(
        self, urls_url: str, content: bytes, take: Callable[[bytes], None]
    ) -> str | None:
        """Ask; return why to ask again, None when there is nothing more to ask."""
        try:
            response = await self.client.post(
                urls_url,
                content=content,
                headers=request_headers(),
                extensions=exact_target(urls_url),
                timeout=POST_S,
            )
        except (httpx.TransportError, httpx.InvalidURL, EngineFailure) as error:
            return str(refused_in(error) or type(error).__name__)
        status = response.status_code
        if status in (408, 429) or status >= 500:
            return f"answered {status}"
        if status == 410:
            log("fenced_out")
            self._on_fenced()
            # The cancellation that this has ordered arrives at the next await.
            await asyncio.sleep(0)
        elif status == 200:
            take(response.content)
        else:
            log("renewal_refused", logging.WARNING, why=f"answered {status}")
        return None

    def _take(self, body: bytes) -> None:
        try:
            answer = _OBJECT.validate_json(body)
            fresh = _URLS.validate_python(
                {name: value for name, value in answer.items() if name in self._urls}
            )
        except ValidationError:
            log("renewal_refused", logging.WARNING, why="answered something else than URLs")
            return
        self._urls |= fresh
        self._came_at = asyncio.get_running_loop().time()
        log("urls_renewed", count=len(fresh))


def _life_s(url: str) -> int | None:
    """Return how long *url* says that it lives, in seconds; None when it says nothing usable."""
    values = parse_qs(urlsplit(url).query).get("X-Amz-Expires", [])
    if len(values) != 1 or not (values[0].isascii() and values[0].isdecimal()):
        return None
    return min(int(values[0][:9]), LIFE_S_MAX)
