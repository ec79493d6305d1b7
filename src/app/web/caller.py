"""Who calls, and what it may do."""

from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """Who may call a route: anybody, who has signed its message, any caller, one with a scope.

    `app.api.router` enforces each; `admin` has every scope.
    """

    OPEN = "open"
    SIGNED = "signed"
    ANY = "any"
    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"


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

    def may(self, access: Access) -> bool:
        """Whether it has what a route asks for; `admin` has every scope."""
        return access is Access.ANY or access in self.scopes or Access.ADMIN in self.scopes
