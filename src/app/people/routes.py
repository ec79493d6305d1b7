"""Routes of members, invitations and workspaces."""

from typing import Annotated

from pydantic import Field

from app.people.invitations import (
    Invited,
    NewInvitation,
    invitation_document,
    invite,
    open_invitation,
    revoke,
)
from app.people.members import (
    create_workspace,
    find_member,
    give_role,
    member_document,
    remove,
    workspace_document,
)
from app.people.roles import Role
from app.people.sessions import ROUTES as SESSION_ROUTES
from app.people.store import (
    select_invitations,
    select_members,
    select_workspace,
    select_workspaces,
)
from app.web.call import Call, OpenCall
from app.web.caller import Access
from app.web.query import Paging, paged
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route
from media_jobs.strict import Strict

INVITED_BYTES_MAX = 4096


class ChangedMember(Strict):
    """What is to change of a member."""

    role: Role


class NewWorkspace(Strict):
    """A workspace to be made."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]


async def list_members(call: Call, query: Paging) -> Reply:
    """List the members of the workspace; to operators, of all."""
    rows = await select_members(call.ports.store, query.cursor, query.limit + 1)
    return paged(rows, query.limit, member_document, lambda row: row.token_id)


async def get_member(call: Call, member_id: str) -> Reply:
    """Show one member."""
    return json_reply(member_document(await find_member(member_id, call.ports)))


async def patch_member(call: Call, member_id: str, body: ChangedMember) -> Reply:
    """Give a member another role."""
    return json_reply(member_document(await give_role(member_id, body.role, call.ports)))


async def delete_member(call: Call, member_id: str) -> Reply:
    """Remove a member and end its sessions."""
    await remove(member_id, call.ports)
    return Reply(status=204)


async def list_invitations(call: Call, query: Paging) -> Reply:
    """List the invitations to the workspace, without their secrets; to operators, to all."""
    rows = await select_invitations(call.ports.store, query.cursor, query.limit + 1)
    return paged(rows, query.limit, invitation_document, lambda row: row.invitation_id)


async def post_invitation(call: Call, body: NewInvitation) -> Reply:
    """Invite a member; the secret of its link is only in this response."""
    row, secret = await invite(body, call.caller, call.ports)
    return json_reply({**invitation_document(row), "invitation": secret}, 201)


async def delete_invitation(call: Call, invitation_id: str) -> Reply:
    """Revoke an invitation that was not used."""
    await revoke(invitation_id, call.ports)
    return Reply(status=204)


async def post_opened_invitation(call: OpenCall, body: Invited) -> Reply:
    """Show what an invitation's link is for, if it can be accepted."""
    row = await open_invitation(body.invitation, call.request, call.ports)
    workspace = await select_workspace(call.ports.store, row.owner_id)
    document = {
        "workspace": row.owner_id if workspace is None else workspace.name,
        "role": row.role,
        "invitedBy": row.invited_by,
        "expiresAt": row.expires_ms,
    }
    return json_reply(document)


async def list_workspaces(call: Call, query: Paging) -> Reply:
    """List all workspaces."""
    rows = await select_workspaces(call.ports.store, query.cursor, query.limit + 1)
    return paged(rows, query.limit, workspace_document, lambda row: row.workspace_id)


async def post_workspace(call: Call, body: NewWorkspace) -> Reply:
    """Make a workspace; whoever is to manage it is invited."""
    return json_reply(workspace_document(await create_workspace(body.name, call.ports)), 201)


_MEMBER = "/api/members/{member_id}"
ROUTES: tuple[Route[Access], ...] = (
    *SESSION_ROUTES,
    Route("GET", "/api/members", Access.ADMIN, list_members, answers={200: "Page[Member]"}),
    Route("GET", _MEMBER, Access.ADMIN, get_member, answers={200: "Member"}),
    Route("PATCH", _MEMBER, Access.ADMIN, patch_member, answers={200: "Member"}),
    Route("DELETE", _MEMBER, Access.ADMIN, delete_member, answers={204: None}),
    Route(
        "GET",
        "/api/invitations",
        Access.ADMIN,
        list_invitations,
        answers={200: "Page[Invitation]"},
    ),
    Route(
        "POST",
        "/api/invitations",
        Access.ADMIN,
        post_invitation,
        answers={201: "ShownInvitation"},
    ),
    Route(
        "DELETE",
        "/api/invitations/{invitation_id}",
        Access.ADMIN,
        delete_invitation,
        answers={204: None},
    ),
    Route(
        "POST",
        "/api/invitations/open",
        Access.OPEN,
        post_opened_invitation,
        body_bytes_max=INVITED_BYTES_MAX,
        answers={200: "OpenedInvitation"},
    ),
    Route(
        "GET",
        "/api/workspaces",
        Access.OPERATOR,
        list_workspaces,
        answers={200: "Page[Workspace]"},
    ),
    Route("POST", "/api/workspaces", Access.OPERATOR, post_workspace, answers={201: "Workspace"}),
)
