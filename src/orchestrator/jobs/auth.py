"""Authentication of containers: every attempt has a token of its own."""

import hmac

from media_jobs.errors import SignatureError
from media_jobs.record import Attempt, JobRecord


def attempt_of(job: JobRecord | None, number: int, token: str) -> Attempt:
    """Return the attempt that *token* belongs to; all failures look alike from outside."""
    if job is None:
        raise SignatureError("no such job")
    attempt = next((a for a in job.attempts if a.number == number), None)
    if attempt is None or not hmac.compare_digest(attempt.token.encode(), token.encode()):
        raise SignatureError("wrong attempt token")
    return attempt
