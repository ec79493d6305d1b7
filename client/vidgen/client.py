"""The client for ordinary code. For asyncio there is AsyncClient with the same methods."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from vidgen import calls, flows, transport
from vidgen.flows import OnJob, Progress
from vidgen.models import Artifact, Event, Input, Job, Media, Session, Why
from vidgen.steps import Answered, Exchange, Flow, Pause, PutFile, SaveFile, Step, Unanswered

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """Calls the app's API at *url* with an API *token*.

    Passing failures are retried, submits carry an idempotency key. Methods raise the errors of
    `vidgen.errors`. Close it, or use it in a `with` statement.
    """

    def __init__(
        self, url: str, token: str, *, transport_: httpx.BaseTransport | None = None
    ) -> None:
        self.url = transport.base_url(url)
        self._api = httpx.Client(
            headers=transport.api_headers(token), timeout=transport.TIMEOUT, transport=transport_
        )
        # Presigned URLs get no token: another client, without any default of ours.
        self._files = httpx.Client(timeout=transport.TRANSFER_TIMEOUT, transport=transport_)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._files.close()

    # --- media ----------------------------------------------------------------------------------

    def session(self) -> Session:
        """Return who the token is."""
        return self.run(calls.session())

    def create_media(self, title: str, source_url: str | None = None) -> Media:
        """Create a media."""
        return self.run(calls.create_media(title, source_url))

    def media(self, media_id: str) -> Media:
        """Return one media with its newest inputs."""
        return self.run(calls.media(media_id))

    def delete_media(self, media_id: str) -> None:
        """Delete a media with everything it owns. Raises Conflict while a job has not ended."""
        self.run(calls.delete_media(media_id))

    def list_media(self) -> Iterator[Media]:
        """Yield all media, newest first."""
        cursor: str | None = None
        while True:
            page = self.run(calls.media_list(cursor))
            yield from page.items
            if (cursor := page.next_cursor) is None:
                return

    def upload(self, media_id: str, path: Path, progress: Progress | None = None) -> Input:
        """Upload a video file and make it the media's own."""
        return self.run(flows.upload(media_id, path, progress or Progress()))

    def add_subtitles(self, media_id: str, text: str | bytes) -> Input:
        """Store a new version of a media's subtitles (WebVTT, SubRip or ASS)."""
        return self.run(calls.add_subtitles(media_id, _bytes(text)))

    def add_comments(self, media_id: str, document: str | bytes) -> Input:
        """Store a new version of a media's comments (JSON)."""
        return self.run(calls.add_comments(media_id, _bytes(document)))

    # --- jobs -----------------------------------------------------------------------------------

    def submit(
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
        return self.run(
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

    def burn(
        self,
        video: Path | str,
        subtitles: Path | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Job:
        """Submit a burn of a subtitles file into *video*: a file, or the id of a media."""
        return self.run(flows.burn(video, subtitles, options or {}, progress or Progress()))

    def comments(
        self,
        video: Path | str,
        document: Path | Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Job:
        """Submit a comments video of *video* (a file, or the id of a media)."""
        return self.run(flows.comments(video, document, options or {}, progress or Progress()))

    def download(
        self, url: str, options: Mapping[str, Any] | None = None, *, media_id: str | None = None
    ) -> Job:
        """Submit a download."""
        return self.run(flows.download(url, options or {}, media_id))

    def job(self, job_id: str) -> Job:
        """Return one job."""
        return self.run(calls.job(job_id))

    def jobs(
        self,
        *,
        status: Sequence[str] = (),
        engine: str | None = None,
        media_id: str | None = None,
    ) -> Iterator[Job]:
        """Yield jobs, newest first."""
        cursor: str | None = None
        while True:
            page = self.run(calls.jobs(cursor, status=status, engine=engine, media_id=media_id))
            yield from page.items
            if (cursor := page.next_cursor) is None:
                return

    def events(self, job_id: str) -> Iterator[Event]:
        """Yield a job's timeline, oldest first."""
        cursor: str | None = None
        while True:
            page = self.run(calls.events(job_id, cursor))
            yield from page.items
            if (cursor := page.next_cursor) is None:
                return

    def why(self, job_id: str) -> Why:
        """Return a job's history in words."""
        return self.run(calls.why(job_id))

    def cancel(self, job_id: str) -> Job:
        """Cancel a job; one that has ended stays as it is."""
        return self.run(calls.cancel_job(job_id))

    def retry(self, job_id: str) -> Job:
        """Start a failed or canceled job again."""
        return self.run(calls.retry_job(job_id))

    def wait(
        self,
        job_id: str,
        *,
        timeout_s: float | None = None,
        check: bool = True,
        on_job: OnJob | None = None,
    ) -> Job:
        """Return the job when it has ended; raises JobFailed (unless not *check*), WaitTimeout."""
        told = on_job or Progress().job
        return self.run(flows.wait(job_id, timeout_s=timeout_s, check=check, on_job=told))

    def save(
        self, job_id: str, slot: str, path: Path, progress: Progress | None = None
    ) -> Artifact:
        """Save one of a job's results as *path*."""
        return self.run(flows.save(job_id, slot, path, progress or Progress()))

    # --- driver ---------------------------------------------------------------------------------

    def run(self, flow: Flow[T]) -> T:
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
                outcome = self._perform(step)
            except Unanswered as error:
                outcome = error
            except httpx.TransportError as error:
                outcome = transport.unanswered(error)

    def _perform(self, step: Step) -> Answered | None:
        match step:
            case Pause():
                time.sleep(step.seconds)
                return None
            case Exchange():
                response = self._api.request(
                    step.method,
                    self.url + step.path,
                    params=step.params or None,
                    headers=step.headers,
                    content=step.body,
                )
                return transport.answered(response, response.content)
            case PutFile():
                return self._put(step)
            case SaveFile():
                return self._save(step)

    def _put(self, step: PutFile) -> Answered:
        def pieces() -> Iterator[bytes]:
            for piece in transport.chunks(step.path, step.offset, step.size_bytes):
                yield piece
                step.sent(len(piece))

        response = self._files.put(step.url, content=pieces(), headers=transport.put_headers(step))
        return transport.answered(response)

    def _save(self, step: SaveFile) -> Answered:
        headers = transport.range_headers(step)
        with self._files.stream("GET", step.url, headers=headers) as response:
            if response.status_code in (200, 206):
                if response.status_code == 200 and step.offset:
                    step.got(-step.offset)  # It begins anew.
                with step.path.open(transport.save_mode(step, response.status_code)) as file:
                    for piece in response.iter_bytes(transport.CHUNK_BYTES):
                        file.write(piece)
                        step.got(len(piece))
            return transport.answered(response)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
