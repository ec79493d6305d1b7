"""Responses about people: models for the reference and the tests."""

from typing import Annotated, Literal

from pydantic import Field

from app.web.media_answers import UnixMs
from app.web.refusals import Answer
from media_jobs.ids import Id

RoleName = Literal["manager", "editor", "viewer"]


class Workspace(Answer):
    """An owner of media, jobs and everything else."""

    workspace_id: Id
    name: str


class SignedInPerson(Answer):
    """A person's membership of the workspace that the session is in, and its others."""

    person_id: Id
    member_id: Id
    email: str | None
    role: RoleName
    workspace_id: Id
    workspaces: list[Workspace]


class Session(Answer):
    """Who calls, by an id that is the same each time. `expiresAt` is null when that never ends;
    `person` is null for a token.
    """

    caller_id: str
    name: str
    scopes: list[str]
    expires_at: UnixMs | None
    is_operator: bool
    person: SignedInPerson | None


class Member(Answer):
    """A person in a workspace."""

    member_id: Id
    workspace_id: Id
    person_id: Id
    name: str
    email: str | None
    role: RoleName
    joined_at: UnixMs
    last_used_at: UnixMs | None


class Invitation(Answer):
    """An invitation, without its secret. `usedBy`: the member that it has made."""

    invitation_id: Id
    workspace_id: Id
    role: RoleName
    note: str
    invited_by: str
    created_at: UnixMs
    expires_at: UnixMs
    used_at: UnixMs | None
    used_by: Id | None
    revoked_at: UnixMs | None


class ShownInvitation(Invitation):
    """A new invitation; the only response with the secret of its link, `/#/join/<invitation>`."""

    invitation: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class OpenedInvitation(Answer):
    """What an invitation is for."""

    workspace: str
    role: RoleName
    invited_by: str
    expires_at: UnixMs


class PasskeyOptions(Answer):
    """What a browser is asked for: of WebAuthn, with bytes as base64url
    (`PublicKeyCredential.parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`).
    """

    public_key: dict[str, object]


class Passkey(Answer):
    """A passkey of the person's own."""

    passkey_id: Id
    name: str
    created_at: UnixMs
    last_used_at: UnixMs | None


class Provider(Answer):
    """An OpenID provider, by the name that people know."""

    name: str


class WaysIn(Answer):
    """How people may sign in. `oidc` is null where no provider is set up."""

    oidc: Provider | None


class ProviderAddress(Answer):
    """Where the browser is to go to sign in at the provider."""

    url: str


class Identity(Answer):
    """An account of the person at the provider."""

    identity_id: Id
    issuer: str
    email: str | None
    created_at: UnixMs
    last_used_at: UnixMs | None
