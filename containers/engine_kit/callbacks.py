"""Tells the orchestrator how an attempt stands: the latest state wins, one report at a time.

`report` and `end` only set the state and mark it as new; one loop, `run`, is the single writer. It
sends a state at most once a second and at least every ten seconds, and the end without waiting for
a state's turn; it retries what was not answered, and ends when the last state was answered or the
attempt is fenced out (410). A retry is the same message with the same nonce; only one too old for
the receiver's clock tolerance is made anew, and one that a wrong clock has had refused.
"""

import asyncio
import contextlib
import logging
import secrets as randomness
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

import httpx

from engine_kit.acceptance import Acceptance
from engine_kit.addresses import refused_in
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log, request_headers
from engine_kit.targets import exact_target
from media_jobs.retry import Backoff
from media_jobs.signing import SIGNATURE_HEADER, sign
from media_jobs.status import ENDED, RANK, Status
from media_jobs.wire import ContainerCallback, ErrorReport, Evidence, OutputClaim

__all__ = ["Outputs", "Reporter"]

Outputs = Mapping[str, OutputClaim]
"""Slot name on the wire ("video", "audioSource", …) to what was uploaded there."""

WINDOW_S = 1.0
"""No three reports lie within it."""
GAP_S = 1.0
"""Between two states. The window's other place stays free, so that the end need not wait for it."""
HEARTBEAT_S = 8.0
POST_S = 5.0
LAST_POST_S = 10.0
RETRIES = Backoff(first_ms=500, most_ms=30_000)
REMADE_AFTER_MS = 4 * 60 * 1000
UNAUTHORIZED_TRIES_MAX = 5
"""A last report answered 401 is made anew this often: a secret may be in the midst of rotation."""

UNAUTHORIZED_S_MAX = 120.0
"""An attempt that has got nothing but 401 for this long is abandoned: its lease is over."""

REFUSALS_MAX = 5
"""After so many refused reports, with none taken before, the attempt uploads nothing."""


class _Answer(Enum):
    TAKEN = auto()
    REFUSED = auto()
    UNAUTHORIZED = auto()
    CLOCK_OFF = auto()
    FENCED = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    body: bytes
    made_at_ms: int
    last: bool


class Reporter:
    """The reports of one attempt.

    *on_fenced* is called once when the orchestrator answers 410, *on_unauthorized* when it refuses
    all reports: nothing more is sent then. *plain_errors*: an error is its text, as the earlier
    system's orchestrator reads it.
    """

    def __init__(
        self,
        *,
        client: httpx.AsyncClient,
        secrets: tuple[str, ...],
        job_id: str,
        attempt: int,
        callback_url: str,
        on_fenced: Callable[[], None],
        on_unauthorized: Callable[[], None],
        acceptance: Acceptance,
        first_status: Status = Status.PREPARING,
        plain_errors: bool = False,
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._callback_url = callback_url
        self._on_fenced = on_fenced
        self._on_unauthorized = on_unauthorized
        self._acceptance = acceptance
        self._job_id = job_id
        self._attempt = attempt
        self._plain_errors = plain_errors
        self.status = first_status
        self.phase: str | None = None
        self.progress = 0.0
        self._outputs: Outputs | None = None
        self._evidence: Evidence | None = None
        self._error: ErrorReport | None = None
        self._new = True
        self._dropped = False
        self._changed = asyncio.Event()
        self._sent_at: deque[float] = deque(maxlen=2)
        self._failures = 0
        self._retry_at = 0.0
        self._heard = asyncio.Event()
        self._refusals = 0
        self._unauthorized_since: float | None = None

    def report(self, status: Status, phase: str | None, progress: float | None) -> None:
        """Set the state to send next; what goes back, or comes after the end, is ignored."""
        if status in ENDED or self.status in ENDED or RANK[status] < RANK[self.status]:
            return
        progress = min(max(progress or 0.0, self.progress), 1.0)
        if (status, phase, progress) == (self.status, self.phase, self.progress):
            return
        self.status, self.phase, self.progress = status, phase, progress
        self._mark()

    def end(
        self,
        status: Status,
        *,
        outputs: Outputs | None = None,
        evidence: Evidence | None = None,
        failure: EngineFailure | None = None,
    ) -> None:
        """Set the last state; the first end wins."""
        assert status in ENDED
        if self.status in ENDED:
            return
        self.status, self.phase = status, None
        if status is Status.COMPLETED:
            self.progress = 1.0
            self._outputs, self._evidence = outputs, evidence
        if failure is not None:
            self._error = ErrorReport(
                code=failure.code,
                message=failure.message[:2000],
                message_key=failure.said.key,
                message_values=dict(failure.said.values) or None,
                retryable=failure.retryable,
                hints=list(failure.hints) or None,
                tool_tail=failure.tool_tail,
            )
        self._mark()

    def drop(self) -> None:
        """End as canceled without a report: nothing waits for this attempt any longer."""
        if self.status not in ENDED:
            self.status, self.phase = Status.CANCELED, None
        self._dropped = True
        self._changed.set()

    @property
    def ended(self) -> bool:
        """Whether the last state is set (not: answered)."""
        return self.status in ENDED

    async def confirmed(self) -> None:
        """Wait until a report was taken, which says that the attempt is still wanted.

        An orchestrator that does not answer is waited for, as without it nothing is accepted.
        Raises EngineFailure(output_forbidden) when it refuses report after report.
        """
        await self._heard.wait()
        if self._refusals:
            raise EngineFailure(
                FailureCode.OUTPUT_FORBIDDEN, "The orchestrator refuses this attempt's reports."
            )

    def _note_answer(self, answer: _Answer) -> None:
        if answer is _Answer.TAKEN:
            self._refusals, self._unauthorized_since = 0, None
            self._acceptance.taken()
            self._heard.set()
        elif answer in (_Answer.REFUSED, _Answer.UNAUTHORIZED) and not self._heard.is_set():
            self._refusals += 1
            if self._refusals >= REFUSALS_MAX:
                self._heard.set()
        is_unauthorized = answer in (_Answer.UNAUTHORIZED, _Answer.CLOCK_OFF)
        if is_unauthorized and self._unauthorized_since is None:
            self._unauthorized_since = asyncio.get_running_loop().time()

    def _is_given_up(self) -> bool:
        since = self._unauthorized_since
        now = asyncio.get_running_loop().time()
        return since is not None and now - since >= UNAUTHORIZED_S_MAX

    def callback(self, ts: int, nonce: str) -> ContainerCallback:
        """Return the present state as a message."""
        return ContainerCallback(
            job_id=self._job_id,
            attempt=self._attempt,
            status=self.status,
            phase=self.phase,
            progress=round(self.progress, 4),
            outputs=dict(self._outputs) if self._outputs is not None else None,
            error=self._error.message if self._error and self._plain_errors else self._error,
            evidence=self._evidence,
            ts=ts,
            nonce=nonce,
        )

    async def run(self) -> None:
        """Send until the last state is answered, or refused for good, or the attempt is fenced."""
        message: _Message | None = None
        unauthorized = 0
        while True:
            await self._until_due(message)
            if self._dropped:
                return
            message = self._next(message)
            answer = await self._post(message)
            self._note_answer(answer)
            if answer is _Answer.FENCED:
                log("fenced_out")
                self._on_fenced()
                return
            if answer is _Answer.CLOCK_OFF and not self._is_given_up():
                message, self._new = None, True
                continue
            if answer is _Answer.UNAUTHORIZED and message.last:
                unauthorized += 1
                message = None
                self._new = True
                self._back_off()
            if unauthorized >= UNAUTHORIZED_TRIES_MAX or self._is_given_up():
                self._on_unauthorized()
                return
            if message is None:
                continue
            if answer is _Answer.NONE:
                self._back_off()
                continue
            if message.last:
                return
            message, self._failures = None, 0

    def _mark(self) -> None:
        self._new = True
        self._changed.set()

    def _next(self, message: _Message | None) -> _Message:
        """Return what to send now: the newest state, or *message* again if nothing is newer."""
        now_ms = self._acceptance.now_ms()
        if (
            message is not None
            and (message.last or not self._new)
            and now_ms - message.made_at_ms < REMADE_AFTER_MS
        ):
            return message
        self._new = False
        callback = self.callback(now_ms, randomness.token_hex(16))
        return _Message(body=callback.to_json(), made_at_ms=now_ms, last=self.ended)

    async def _until_due(self, message: _Message | None) -> None:
        loop = asyncio.get_running_loop()
        while not self._dropped:
            self._changed.clear()
            left_s = self._due_at(message) - loop.time()
            if left_s <= 0:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left_s)

    def _due_at(self, message: _Message | None) -> float:
        """Return when to send next, on the loop's clock."""
        last_is_new = self.ended and (message is None or not message.last)
        window = self._sent_at[0] + WINDOW_S if len(self._sent_at) == 2 else 0.0
        if self._failures and not (last_is_new and message is not None):
            return max(self._retry_at, window)
        if last_is_new or not self._sent_at:
            return window
        return max(window, self._sent_at[-1] + (GAP_S if self._new else HEARTBEAT_S))

    def _back_off(self) -> None:
        self._failures += 1
        delay_s = RETRIES.delay_ms(self._failures, self._job_id) / 1000
        self._retry_at = asyncio.get_running_loop().time() + delay_s

    async def _post(self, message: _Message) -> _Answer:
        self._sent_at.append(asyncio.get_running_loop().time())
        headers = {
            "content-type": "application/json",
            SIGNATURE_HEADER: sign(message.body, self._secrets),
            **request_headers(),
        }
        try:
            response = await self._client.post(
                self._callback_url,
                content=message.body,
                headers=headers,
                extensions=exact_target(self._callback_url),
                timeout=LAST_POST_S if message.last else POST_S,
            )
        except (httpx.TransportError, httpx.InvalidURL, EngineFailure) as error:
            self._note("callback_unanswered", str(refused_in(error) or type(error).__name__))
            return _Answer.NONE
        status = response.status_code
        if 200 <= status < 300:
            return _Answer.TAKEN
        if status == 410:
            return _Answer.FENCED
        self._note("callback_refused", f"{status} {response.text[:200]}")
        if status in (408, 429) or status >= 500:
            return _Answer.NONE
        if status != 401:
            return _Answer.REFUSED
        is_off = self._acceptance.correct(response.headers.get("date"))
        return _Answer.CLOCK_OFF if is_off else _Answer.UNAUTHORIZED

    def _note(self, event: str, reason: str) -> None:
        log(event, logging.WARNING, url=self._callback_url, why=reason)
