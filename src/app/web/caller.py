"""Who calls, and what it may do."""

from dataclasses import dataclass
from enum import StrEnum

from app.store import EVERYONE, OPERATORS


class Access(StrEnum):
    """Who may call a route: anybody, who has signed its message, any caller, one with a scope.

    `app.api.router` enforces each; `admin` has every scope, and is an operator in `OPERATORS`.
    """

    OPEN = "open"
    SIGNED = "signed"
    ANY = "any"
    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated caller; *token_hash* is its name in the database.

    *owner_id*: its workspace.
    *queued_max*: how many of its jobs may be unfinished, *running_max*: how many may run at once.
    *session*: the session it came by, None for a bearer token. *token_id* as in `TokenRow`.
    """

    token_hash: str
    owner_id: str
    token_id: str | None = None
    scopes: frozenset[str]
    name: str = ""
    expires_ms: int | None = None
    queued_max: int | None = None
    running_max: int | None = None
    session: str | None = None

    @property
    def sees(self) -> str | None:
        """Whose rows it sees: those of its own workspace, or as an operator everyone's."""
        return EVERYONE if self.may(Access.OPERATOR) else self.owner_id

    def may(self, access: Access) -> bool:
        """Whether it has what a route asks for."""
        is_admin = Access.ADMIN in self.scopes
        if access is Access.OPERATOR:
            return is_admin and self.owner_id == OPERATORS
        return is_admin or access is Access.ANY or access in self.scopes
