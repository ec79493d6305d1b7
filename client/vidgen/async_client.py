"""The client for asyncio: the methods of Client, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx
from anyio import to_thread

from vidgen import calls, flows, transport
from vidgen.flows import OnJob, Progress
from vidgen.models import Artifact, Event, Input, Job, Media, Session, Why
from vidgen.steps import Answered, Exchange, Flow, Pause, PutFile, SaveFile, Step, Unanswered

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient:
    """Calls the app's API at *url* with an API *token*.

    Passing failures are retried, submits carry an idempotency key. Methods raise the errors of
    `vidgen.errors`. Close it, or use it in an `async with` statement.
    """

    def __init__(
        self, url: str, token: str, *, transport_: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.url = transport.base_url(url)
        self._api = httpx.AsyncClient(
            headers=transport.api_headers(token), timeout=transport.TIMEOUT, transport=transport_
        )
        # Presigned URLs get no token: another client, without any default of ours.
        self._files = httpx.AsyncClient(timeout=transport.TRANSFER_TIMEOUT, transport=transport_)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.aclose()
        await self._files.aclose()

    # --- media ----------------------------------------------------------------------------------

    async def session(self) -> Session:
        """Return who the token is."""
        return await self.run(calls.session())

    async def create_media(self, title: str, source_url: str | None = None) -> Media:
        """Create a media."""
        return await self.run(calls.create_media(title, source_url))

    async def media(self, media_id: str) -> Media:
        """Return one media with its newest inputs."""
        return await self.run(calls.media(media_id))

    async def delete_media(self, media_id: str) -> None:
        """Delete a media with everything it owns. Raises Conflict while a job has not ended."""
        await self.run(calls.delete_media(media_id))

    async def list_media(self) -> AsyncIterator[Media]:
        """Yield all media, newest first."""
        cursor: str | None = None
        while True:
            page = await self.run(calls.media_list(cursor))
            for item in page.items:
                yield item
            if (cursor := page.next_cursor) is None:
                return

    async def upload(self, media_id: str, path: Path, progress: Progress | None = None) -> Input:
        """Upload a video file and make it the media's own."""
        return await self.run(flows.upload(media_id, path, progress or Progress()))

    async def add_subtitles(self, media_id: str, text: str | bytes) -> Input:
        """Store a new version of a media's subtitles (WebVTT, SubRip or ASS)."""
        return await self.run(calls.add_subtitles(media_id, _bytes(text)))

    async def add_comments(self, media_id: str, document: str | bytes) -> Input:
        """Store a new version of a media's comments (JSON)."""
        return await self.run(calls.add_comments(media_id, _bytes(document)))

    # --- jobs -----------------------------------------------------------------------------------

    async def submit(
        self,
        engine: str,
        options: Mapping[str, Any],
        *,
        media_id: str | None = None,
        inputs: Mapping[str, str] | None = None,
        limits: Mapping[str, int] | None = None,
        priority: int | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Submit a job; the same *idempotency_key* again answers the same job."""
        return await self.run(
            calls.submit(
                engine,
                options,
                media_id=media_id,
                inputs=inputs,
                limits=limits,
                priority=priority,
                idempotency_key=idempotency_key,
            )
        )

    async def burn(
        self,
        video: Path | str,
        subtitles: Path | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Job:
        """Submit a burn of a subtitles file into *video*: a file, or the id of a media."""
        return await self.run(flows.burn(video, subtitles, options or {}, progress or Progress()))

    async def comments(
        self,
        video: Path | str,
        document: Path | Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Job:
        """Submit a comments video of *video* (a file, or the id of a media)."""
        return await self.run(
            flows.comments(video, document, options or {}, progress or Progress())
        )

    async def download(
        self, url: str, options: Mapping[str, Any] | None = None, *, media_id: str | None = None
    ) -> Job:
        """Submit a download."""
        return await self.run(flows.download(url, options or {}, media_id))

    async def job(self, job_id: str) -> Job:
        """Return one job."""
        return await self.run(calls.job(job_id))

    async def jobs(
        self,
        *,
        status: Sequence[str] = (),
        engine: str | None = None,
        media_id: str | None = None,
    ) -> AsyncIterator[Job]:
        """Yield jobs, newest first."""
        cursor: str | None = None
        while True:
            page = await self.run(
                calls.jobs(cursor, status=status, engine=engine, media_id=media_id)
            )
            for item in page.items:
                yield item
            if (cursor := page.next_cursor) is None:
                return

    async def events(self, job_id: str) -> AsyncIterator[Event]:
        """Yield a job's timeline, oldest first."""
        cursor: str | None = None
        while True:
            page = await self.run(calls.events(job_id, cursor))
            for item in page.items:
                yield item
            if (cursor := page.next_cursor) is None:
                return

    async def why(self, job_id: str) -> Why:
        """Return a job's history in words."""
        return await self.run(calls.why(job_id))

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job; one that has ended stays as it is."""
        return await self.run(calls.cancel_job(job_id))

    async def retry(self, job_id: str) -> Job:
        """Start a failed or canceled job again."""
        return await self.run(calls.retry_job(job_id))

    async def wait(
        self,
        job_id: str,
        *,
        timeout_s: float | None = None,
        check: bool = True,
        on_job: OnJob | None = None,
    ) -> Job:
        """Return the job when it has ended; raises JobFailed (unless not *check*), WaitTimeout."""
        told = on_job or Progress().job
        return await self.run(flows.wait(job_id, timeout_s=timeout_s, check=check, on_job=told))

    async def save(
        self, job_id: str, slot: str, path: Path, progress: Progress | None = None
    ) -> Artifact:
        """Save one of a job's results as *path*."""
        return await self.run(flows.save(job_id, slot, path, progress or Progress()))

    # --- driver ---------------------------------------------------------------------------------

    async def run(self, flow: Flow[T]) -> T:
        """Carry out a flow and return its result."""
        outcome: Answered | Unanswered | None = None
        while True:
            try:
                if isinstance(outcome, Unanswered):
                    step = flow.throw(outcome)
                else:
                    step = flow.send(outcome)
            except StopIteration as done:
                result: T = done.value
                return result
            try:
                outcome = await self._perform(step)
            except Unanswered as error:
                outcome = error
            except httpx.TransportError as error:
                outcome = transport.unanswered(error)

    async def _perform(self, step: Step) -> Answered | None:
        match step:
            case Pause():
                await asyncio.sleep(step.seconds)
                return None
            case Exchange():
                response = await self._api.request(
                    step.method,
                    self.url + step.path,
                    params=step.params or None,
                    headers=step.headers,
                    content=step.body,
                )
                return transport.answered(response, response.content)
            case PutFile():
                return await self._put(step)
            case SaveFile():
                return await self._save(step)

    async def _put(self, step: PutFile) -> Answered:
        source = transport.chunks(step.path, step.offset, step.size_bytes)

        async def pieces() -> AsyncIterator[bytes]:
            while piece := await to_thread.run_sync(next, source, b""):
                yield piece
                step.sent(len(piece))

        response = await self._files.put(
            step.url, content=pieces(), headers=transport.put_headers(step)
        )
        return transport.answered(response)

    async def _save(self, step: SaveFile) -> Answered:
        headers = transport.range_headers(step)
        async with self._files.stream("GET", step.url, headers=headers) as response:
            if response.status_code in (200, 206):
                if response.status_code == 200 and step.offset:
                    step.got(-step.offset)  # It begins anew.
                with step.path.open(transport.save_mode(step, response.status_code)) as file:
                    async for piece in response.aiter_bytes(transport.CHUNK_BYTES):
                        await to_thread.run_sync(file.write, piece)
                        step.got(len(piece))
            return transport.answered(response)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
