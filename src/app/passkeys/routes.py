"""Routes of passkeys: joining and signing in with one, and a person's own."""

from typing import Annotated

from pydantic import Field

from app.access.auth import token_hash
from app.passkeys.credentials import (
    BYTES_MAX,
    MadeCredential,
    UsedCredential,
    creation_options,
    request_options,
)
from app.passkeys.passkeys import (
    ADD,
    JOIN,
    SIGN_IN,
    add_passkey,
    join_with_passkey,
    passkey_document,
    remove,
    rename,
    sign_in_with_passkey,
)
from app.passkeys.store import select_passkeys
from app.people.challenges import new_challenge
from app.people.invitations import PersonName, Secret, open_invitation
from app.people.roles import person_of
from app.people.sessions import signed_in
from app.web.call import Call, OpenCall
from app.web.caller import Access
from media_jobs.http import Reply, json_reply
from media_jobs.ids import new_id
from media_jobs.routing import Handler, Route
from media_jobs.strict import Strict

PasskeyName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]


class Nothing(Strict):
    """An empty object."""


class WantsToJoin(Strict):
    """Who is about to accept an invitation."""

    invitation: Secret
    name: PersonName


class Joins(WantsToJoin):
    """Who accepts an invitation, with a new passkey."""

    passkey_name: PasskeyName
    credential: MadeCredential


class SignsIn(Strict):
    """Who signs in with a passkey. *invitation*: to be accepted with it."""

    credential: UsedCredential
    invitation: Secret | None = None


class NewPasskey(Strict):
    """A passkey to be added."""

    name: PasskeyName
    credential: MadeCredential


class ChangedPasskey(Strict):
    """What is to change of a passkey."""

    name: PasskeyName


async def post_join_options(call: OpenCall, body: WantsToJoin) -> Reply:
    """Begin to accept an invitation: what the browser is to make a passkey with."""
    ports = call.ports
    row = await open_invitation(body.invitation, call.request, ports)
    person_id = new_id("per", ports.now_ms(), ports.entropy(10))
    challenge = new_challenge(JOIN, f"{person_id}:{row.secret_hash}", ports)
    options = creation_options(challenge, person_id, body.name, [], call.request.origin)
    return json_reply({"publicKey": options})


async def post_join(call: OpenCall, body: Joins) -> Reply:
    """Accept an invitation as a new person with a new passkey: sets the session cookie."""
    request, ports = call.request, call.ports
    made = (body.credential, body.passkey_name)
    account, cookie, expires_s = await join_with_passkey(
        token_hash(body.invitation), body.name, made, request, ports
    )
    return await signed_in(request, account, cookie, expires_s, ports)


async def get_sign_in(call: OpenCall) -> Reply:
    """Show how people may sign in, beside passkeys."""
    provider = call.ports.settings().oidc
    return json_reply({"oidc": None if provider is None else {"name": provider.name}})


async def post_sign_in_options(call: OpenCall, body: Nothing) -> Reply:
    """Begin to sign in: what the browser is to ask a passkey with."""
    challenge = new_challenge(SIGN_IN, "", call.ports)
    return json_reply({"publicKey": request_options(challenge, call.request.origin)})


async def post_sign_in(call: OpenCall, body: SignsIn) -> Reply:
    """Sign in with a passkey: sets the session cookie. An invitation is accepted with it."""
    request, ports = call.request, call.ports
    secret_hash = None if body.invitation is None else token_hash(body.invitation)
    account, cookie, expires_s = await sign_in_with_passkey(
        body.credential, secret_hash, request, ports
    )
    return await signed_in(request, account, cookie, expires_s, ports)


async def list_passkeys(call: Call) -> Reply:
    """List the person's passkeys."""
    rows = await select_passkeys(call.ports.store, person_of(call.caller))
    return json_reply({"items": [passkey_document(row) for row in rows], "nextCursor": None})


async def post_passkey_options(call: Call, body: Nothing) -> Reply:
    """Begin to add a passkey: what the browser is to make it with."""
    person_id = person_of(call.caller)
    known = await select_passkeys(call.ports.store, person_id)
    challenge = new_challenge(ADD, person_id, call.ports)
    name = call.caller.token.name
    options = creation_options(challenge, person_id, name, known, call.request.origin)
    return json_reply({"publicKey": options})


async def post_passkey(call: Call, body: NewPasskey) -> Reply:
    """Add a passkey."""
    row = await add_passkey(body.credential, body.name, call.caller, call.request, call.ports)
    return json_reply(passkey_document(row), 201)


async def patch_passkey(call: Call, passkey_id: str, body: ChangedPasskey) -> Reply:
    """Give a passkey another name."""
    row = await rename(passkey_id, body.name, call.caller, call.ports)
    return json_reply(passkey_document(row))


async def delete_passkey(call: Call, passkey_id: str) -> Reply:
    """Remove a passkey and end the person's other sessions. 409 `last_credential` for the last."""
    await remove(passkey_id, call.caller, call.ports)
    return Reply(status=204)


def _open(path: str, handler: Handler, answer: str) -> Route[Access]:
    return Route(
        "POST", path, Access.OPEN, handler, body_bytes_max=BYTES_MAX, answers={200: answer}
    )


_PASSKEY = "/api/passkeys/{passkey_id}"
ROUTES: tuple[Route[Access], ...] = (
    _open("/api/invitations/options", post_join_options, "PasskeyOptions"),
    _open("/api/invitations/join", post_join, "Session"),
    Route("GET", "/api/sign-in", Access.OPEN, get_sign_in, answers={200: "WaysIn"}),
    _open("/api/sign-in/options", post_sign_in_options, "PasskeyOptions"),
    _open("/api/sign-in/passkey", post_sign_in, "Session"),
    Route("GET", "/api/passkeys", Access.PERSON, list_passkeys, answers={200: "Page[Passkey]"}),
    Route(
        "POST",
        "/api/passkeys/options",
        Access.PERSON,
        post_passkey_options,
        answers={200: "PasskeyOptions"},
    ),
    Route("POST", "/api/passkeys", Access.PERSON, post_passkey, answers={201: "Passkey"}),
    Route("PATCH", _PASSKEY, Access.PERSON, patch_passkey, answers={200: "Passkey"}),
    Route("DELETE", _PASSKEY, Access.PERSON, delete_passkey, answers={204: None}),
)
