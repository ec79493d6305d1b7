"""Who calls: bearer tokens, stored as hashes, with scopes."""

from dataclasses import dataclass
from hashlib import sha256

from app.store import Store
from media_jobs.errors import AccessDenied, MediaJobsError

__all__ = ["SCOPES", "Caller", "Unauthenticated", "authenticate", "token_hash"]

SCOPES = ("read", "submit", "admin")
TOKEN_LENGTH_MAX = 200


class Unauthenticated(MediaJobsError):
    """No token, or one that is unknown or revoked."""

    status = 401
    default_code = "unauthorized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated caller; *token_hash* is its name in the database.

    *queued_max*: how many of its jobs may be unfinished, *running_max*: how many may run at once.
    """

    token_hash: str
    scopes: frozenset[str]
    queued_max: int | None = None
    running_max: int | None = None


def token_hash(token: str) -> str:
    """Return the hex SHA-256 that is stored; tokens are random, so no salt or stretching."""
    return sha256(token.encode()).hexdigest()


async def authenticate(authorization: str | None, scope: str, store: Store) -> Caller:
    """Return the caller with *scope* (`admin` has every scope).

    Raises Unauthenticated or AccessDenied.
    """
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > TOKEN_LENGTH_MAX:
        raise Unauthenticated("Send a token: Authorization: Bearer <token>.")
    digest = token_hash(token)
    found = await store.token(digest)
    if found is None:
        raise Unauthenticated("This token is unknown or was revoked.")
    if scope not in found.scopes and "admin" not in found.scopes:
        raise AccessDenied(f"This token lacks the scope {scope}.")
    return Caller(
        token_hash=digest,
        scopes=found.scopes,
        queued_max=found.queued_max,
        running_max=found.running_max,
    )
