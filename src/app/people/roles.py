"""What members of a workspace may do."""

from collections.abc import Set
from enum import StrEnum

from app.web.caller import MANAGE, Access, Caller
from media_jobs.errors import AccessDenied


class Role(StrEnum):
    """A member's role: a manager also manages members, tokens and webhooks; a viewer only looks."""

    MANAGER = "manager"
    EDITOR = "editor"
    VIEWER = "viewer"


SCOPES: dict[Role, frozenset[str]] = {
    Role.MANAGER: frozenset({MANAGE, Access.SUBMIT, Access.READ}),
    Role.EDITOR: frozenset({Access.SUBMIT, Access.READ}),
    Role.VIEWER: frozenset({Access.READ}),
}


def role_of(scopes: Set[str]) -> Role:
    """Return the role with these scopes, by the widest of them."""
    if MANAGE in scopes:
        return Role.MANAGER
    return Role.EDITOR if Access.SUBMIT in scopes else Role.VIEWER


def shown_scopes(scopes: Set[str]) -> list[str]:
    """Return scopes as the API names them: a manager is an admin of its workspace."""
    return sorted({Access.ADMIN.value if scope == MANAGE else str(scope) for scope in scopes})


def person_of(caller: Caller) -> str:
    """Return the id of the person who calls; raises AccessDenied for a token."""
    if caller.token.person_id is None:
        raise AccessDenied("forbidden.token")
    return caller.token.person_id
