"""Who calls, and what it may do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.rows import TokenRow
from app.store import EVERYONE, OPERATORS


class Access(StrEnum):
    """Who may call a route: anybody, the signer of its message, any caller, a caller with a scope.

    `app.api.router` enforces each; `admin` has every scope, and is an operator in `OPERATORS`.
    `person`: a person and no token.
    """

    OPEN = "open"
    SIGNED = "signed"
    ANY = "any"
    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"
    OPERATOR = "operator"
    PERSON = "person"


MANAGE: Final = "manage"
"""The scope of managers, who are people: that of an admin of one workspace, and of no operator."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller. *session*: the session it came by, None for a bearer token."""

    token: TokenRow
    session: str | None = None

    @property
    def sees(self) -> str | None:
        """Whose rows it sees: those of its own workspace, or as an operator everyone's."""
        return EVERYONE if self.may(Access.OPERATOR) else self.token.owner_id

    @property
    def caller_id(self) -> str:
        """Who it is, the same each time it signs in: what a browser keeps for it has this name."""
        return self.token.token_id or f"{self.token.owner_id}/{self.token.name}"

    def may(self, access: Access) -> bool:
        """Whether it has what a route asks for."""
        token = self.token
        if access is Access.PERSON:
            return token.person_id is not None
        is_admin = Access.ADMIN in token.scopes
        if access is Access.OPERATOR:
            return is_admin and token.owner_id == OPERATORS and token.person_id is None
        return is_admin or MANAGE in token.scopes or access is Access.ANY or access in token.scopes
