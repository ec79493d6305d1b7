"""What comes of an effect."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic_core import from_json

from media_jobs.events import Event
from media_jobs.ports import PeerAnswer
from media_jobs.record import JobRecord, OutboxEntry, remove_entry
from media_jobs.retry import Backoff

WAIT_MS_MAX = 60_000
"""The longest that a peer's `Retry-After` is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of an effect. *retry_ms*: not done, try again then; *event*: for the machine.

    *settled*: what becomes of the record and the effect's entry, if it is done.
    """

    event: Event | None = None
    retry_ms: int | None = None
    error: str = ""
    settled: Callable[[JobRecord, OutboxEntry, int], JobRecord] = remove_entry


def later(
    backoff: Backoff, tries: int, job: JobRecord, who: str, answer: PeerAnswer, code: str = ""
) -> Outcome:
    """Return that an effect is tried again: by its schedule, and not before `Retry-After`."""
    delay_ms = backoff.delay_ms(tries + 1, job.job_id)
    wished_ms = min(WAIT_MS_MAX, (answer.retry_after_s or 0) * 1000)
    error = f"{who}: HTTP {answer.status} {code}".rstrip()
    return Outcome(retry_ms=max(delay_ms, wished_ms), error=error)


def document_of(text: str) -> dict[str, object]:
    """Return the object that an answer is, an empty one where it is none."""
    try:
        document = from_json(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
