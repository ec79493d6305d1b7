"""The client for ordinary code; AsyncClient has the same methods for asyncio.

Generated from async_client.py by `python -m dev.docs`; do not edit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, Unpack

import httpx

from vidgen import access, bulk, calls, flows, transport, webhooks
from vidgen.bulk import Which
from vidgen.engines import Engine
from vidgen.flows import OnJob, Progress
from vidgen.models import (
    Artifact,
    BatchItem,
    BulkItem,
    Delivery,
    DeliveryStatus,
    Event,
    EventType,
    Input,
    Job,
    Media,
    NewJob,
    Page,
    Preset,
    Scope,
    Session,
    ShownToken,
    Subtitles,
    Token,
    Webhook,
    WebhookSecret,
    Why,
)
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
        return self._items(calls.media_list)

    def upload(self, media_id: str, path: Path, progress: Progress | None = None) -> Input:
        """Upload a video file and make it the media's own."""
        return self.run(flows.upload(media_id, path, progress or Progress()))

    def add_subtitles(
        self,
        media_id: str,
        file: str | bytes,
        *,
        encoding: str | None = None,
        language: str | None = None,
    ) -> Subtitles:
        """Store a new version of a media's subtitles (of any kind that is read).

        *encoding*: that of bytes, a label of the Encoding Standard; it is detected by default, and
        the text's *language* (BCP 47) helps. The answer says what was taken.
        """
        flow = calls.add_subtitles(media_id, _bytes(file), encoding=encoding, language=language)
        return self.run(flow)

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
        encoding: str | None = None,
        progress: Progress | None = None,
    ) -> Job:
        """Submit a burn of a subtitles file into *video*: a file, or the id of a media.

        *encoding*: that of the subtitles, which is detected by default.
        """
        flow = flows.burn(video, subtitles, options or {}, progress or Progress(), encoding)
        return self.run(flow)

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
        return self._items(
            lambda cursor: calls.jobs(cursor, status=status, engine=engine, media_id=media_id)
        )

    def events(self, job_id: str) -> Iterator[Event]:
        """Yield a job's timeline, oldest first."""
        return self._items(lambda cursor: calls.events(job_id, cursor))

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

    # --- many jobs at once ----------------------------------------------------------------------

    def submit_batch(
        self, jobs: Sequence[NewJob], *, idempotency_key: str | None = None
    ) -> list[BatchItem]:
        """Submit up to 50 jobs; return what became of each, in their order.

        A wrong one does not stop the others. The same *idempotency_key* again answers the same.
        """
        return self.run(bulk.submit_batch(jobs, idempotency_key))

    def cancel_jobs(self, **which: Unpack[Which]) -> list[BulkItem]:
        """Cancel the unfinished jobs to which all that is given applies, newest first.

        *limit*: at most so many, None for all. Returns the jobs that were meant, each with why it
        was left alone if so. Raises InvalidRequest when nothing is given, or an empty list.
        """
        return self.run(bulk.cancel_jobs(**which))

    def retry_jobs(self, **which: Unpack[Which]) -> list[BulkItem]:
        """Retry failed and canceled jobs, selected and reported as by `cancel_jobs`."""
        return self.run(bulk.retry_jobs(**which))

    # --- webhooks -------------------------------------------------------------------------------

    def webhooks(self) -> Iterator[Webhook]:
        """Yield all endpoints, newest first."""
        return self._items(webhooks.webhooks)

    def webhook(self, webhook_id: str) -> Webhook:
        """Return one endpoint, without its secret."""
        return self.run(webhooks.webhook(webhook_id))

    def create_webhook(
        self, url: str, events: Sequence[EventType], description: str = ""
    ) -> WebhookSecret:
        """Add an endpoint to be notified of *events*. Only this answer has its secret."""
        return self.run(webhooks.create_webhook(url, events, description))

    def change_webhook(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[EventType] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change what is given of an endpoint; *enabled* switches it on again, or off."""
        return self.run(
            webhooks.change_webhook(
                webhook_id, url=url, events=events, description=description, enabled=enabled
            )
        )

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove an endpoint with its delivery log."""
        self.run(webhooks.delete_webhook(webhook_id))

    def rotate_webhook_secret(self, webhook_id: str) -> WebhookSecret:
        """Give an endpoint a new secret; the former one signs beside it for 24 hours."""
        return self.run(webhooks.rotate_webhook_secret(webhook_id))

    def test_webhook(self, webhook_id: str) -> Delivery:
        """Send an endpoint a test event. Raises Conflict when it is disabled."""
        return self.run(webhooks.send_test(webhook_id))

    def deliveries(
        self, webhook_id: str, *, status: DeliveryStatus | None = None
    ) -> Iterator[Delivery]:
        """Yield what was sent to an endpoint and how it went, newest first."""
        return self._items(lambda cursor: webhooks.deliveries(webhook_id, cursor, status=status))

    def replay_delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Begin the tries of a delivery anew. Raises Conflict when the endpoint is disabled."""
        return self.run(webhooks.replay_delivery(webhook_id, delivery_id))

    # --- tokens and presets ---------------------------------------------------------------------

    def tokens(self) -> Iterator[Token]:
        """Yield all API tokens, newest first."""
        return self._items(access.tokens)

    def create_token(
        self,
        name: str,
        scopes: Sequence[Scope],
        *,
        expires_in_days: int | None = None,
        queued_max: int | None = None,
        running_max: int | None = None,
    ) -> ShownToken:
        """Make an API token. Only this answer has the token itself.

        *queued_max*: how many of its jobs may be unfinished; *running_max*: run at once.
        """
        return self.run(
            access.create_token(
                name,
                scopes,
                expires_in_days=expires_in_days,
                queued_max=queued_max,
                running_max=running_max,
            )
        )

    def revoke_token(self, token_id: str) -> None:
        """Revoke an API token and end its sessions."""
        self.run(access.revoke_token(token_id))

    def presets(self) -> Iterator[Preset]:
        """Yield all saved options, newest first."""
        return self._items(access.presets)

    def preset(self, preset_id: str) -> Preset:
        """Return one preset."""
        return self.run(access.preset(preset_id))

    def create_preset(self, name: str, engine: Engine, options: Mapping[str, Any]) -> Preset:
        """Save options of an engine under a name. Raises Conflict when the name is taken."""
        return self.run(access.create_preset(name, engine, options))

    def change_preset(
        self,
        preset_id: str,
        *,
        name: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Preset:
        """Rename a preset, or replace its options."""
        return self.run(access.change_preset(preset_id, name=name, options=options))

    def delete_preset(self, preset_id: str) -> None:
        """Remove a preset."""
        self.run(access.delete_preset(preset_id))

    # --- driver ---------------------------------------------------------------------------------

    def run(self, flow: Flow[T]) -> T:
        """Carry out a flow and return its result."""
        outcome: Answered | BaseException | None = None
        while True:
            try:
                if isinstance(outcome, BaseException):
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
            except BaseException as error:
                outcome = error  # An interrupt, too: the flow tidies up, and raises it.

    def _items(self, page: Callable[[str | None], Flow[Page[T]]]) -> Iterator[T]:
        cursor: str | None = None
        while True:
            found = self.run(page(cursor))
            yield from found.items
            if (cursor := found.next_cursor) is None:
                return

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
        source = transport.chunks(step.path, step.offset, step.size_bytes)

        def pieces() -> Iterator[bytes]:
            while piece := next(source, b""):
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
