"""Authentication of containers: every attempt has a token of its own."""

import hmac

from media_jobs.errors import AttemptFenced, SignatureError
from media_jobs.record import Attempt, JobRecord


def attempt_of(job: JobRecord | None, number: int, token: str) -> Attempt:
    """Return the attempt that *token* belongs to; all failures look alike from outside.

    Raises AttemptFenced for what a host has begun of an attempt that was then given to another.
    """
    if job is None:
        raise SignatureError("no such job")
    attempt = next((a for a in job.attempts if a.number == number), None)
    own = token.partition(".")[0]
    if attempt is None or not hmac.compare_digest(attempt.token.encode(), own.encode()):
        raise SignatureError("wrong attempt token")
    if token != attempt.host_token:
        raise AttemptFenced("attempt_fenced")
    return attempt
