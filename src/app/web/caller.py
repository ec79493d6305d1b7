"""Who calls, and what it may do."""

from dataclasses import dataclass

SCOPES = ("read", "submit", "admin")
ANY = "any"
"""The access of routes that ask for a caller, whatever its scopes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated caller; *token_hash* is its name in the database.

    *queued_max*: how many of its jobs may be unfinished, *running_max*: how many may run at once.
    *session*: the session it came by, None for a bearer token. *token_id* as in `TokenRow`.
    """

    token_hash: str
    token_id: str | None = None
    scopes: frozenset[str]
    name: str = ""
    expires_ms: int | None = None
    queued_max: int | None = None
    running_max: int | None = None
    session: str | None = None

    def may(self, scope: str) -> bool:
        """Whether it has *scope*; `admin` has every scope."""
        return scope == ANY or scope in self.scopes or "admin" in self.scopes
