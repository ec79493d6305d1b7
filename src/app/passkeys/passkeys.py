"""Passkeys: made with an invitation or by who is signed in, used to sign in, removed."""

from base64 import urlsafe_b64decode

from app.access.auth import Unauthenticated, admit_stranger, token_hash
from app.access.tokens import begin_session
from app.passkeys.credentials import MadeCredential, UsedCredential
from app.passkeys.store import (
    PasskeyRow,
    columns,
    delete_passkey,
    note_passkey_use,
    rename_passkey,
    select_passkey,
    select_passkeys,
)
from app.people.challenges import opened_challenge, used
from app.people.invitations import Joining, join
from app.people.members import account_of
from app.people.roles import person_of
from app.people.store import end_other_sessions, select_person
from app.ports import Ports
from app.rows import TokenRow
from app.store import insert
from app.web.caller import Caller
from media_jobs.base64url import from_base64url, to_base64url
from media_jobs.challenge import Challenge
from media_jobs.errors import Conflict, LimitReached, SignatureError, present
from media_jobs.http import Request
from media_jobs.ids import new_id
from media_jobs.webauthn.ceremony import challenge_of, read_assertion, read_registration
from media_jobs.webauthn.refusal import CredentialRefused

PASSKEYS_MAX = 20
ADD, JOIN, SIGN_IN = "passkey-add", "passkey-join", "passkey-sign-in"
"""What a challenge is for."""


def made_passkey(
    body: MadeCredential, name: str, purpose: str, request: Request, ports: Ports
) -> tuple[PasskeyRow, Challenge]:
    """Return the passkey that a browser has made, and the challenge that it answers.

    The challenge's subject begins with the person's id. Raises Conflict (`passkey_not_made`).
    """
    try:
        client_data = from_base64url(body.client_data)
        asked = challenge_of(client_data, "webauthn.create", request.origin)
        challenge = opened_challenge(purpose, asked.decode("latin-1"), ports)
        attestation = from_base64url(body.attestation)
        registered = read_registration(client_data, attestation, request.origin)
    except (CredentialRefused, SignatureError, ValueError) as error:
        raise _not_made(error, ports) from None
    credential = registered.credential
    row = PasskeyRow(
        passkey_id=new_id("pky", ports.now_ms(), ports.entropy(10)),
        credential_id=to_base64url(credential.credential_id),
        person_id=challenge.subject.partition(":")[0],
        name=name,
        algorithm=credential.algorithm,
        public_key=credential.public_key,
        sign_count=registered.sign_count,
        transports=tuple(body.transports),
        created_ms=ports.now_ms(),
    )
    return row, challenge


async def add_passkey(
    body: MadeCredential, name: str, caller: Caller, request: Request, ports: Ports
) -> PasskeyRow:
    """Add a passkey to those of the person who calls.

    Raises Conflict (`passkey_not_made`, `passkey_exists`), LimitReached.
    """
    row, challenge = made_passkey(body, name, ADD, request, ports)
    if row.person_id != person_of(caller):
        raise _not_made(CredentialRefused("made for somebody else"), ports)
    if len(await select_passkeys(ports.store, row.person_id)) >= PASSKEYS_MAX:
        raise LimitReached("too_many_passkeys", most=PASSKEYS_MAX)
    try:
        await ports.store.batch([*used(challenge, ports), insert("passkeys", columns(row))])
    except Conflict:
        raise Conflict("passkey_exists") from None
    ports.log({"event": "passkey_added", "personId": row.person_id, "passkeyId": row.passkey_id})
    return row


async def join_with_passkey(
    secret_hash: str,
    name: str,
    body: tuple[MadeCredential, str],
    request: Request,
    ports: Ports,
) -> tuple[TokenRow, str, int]:
    """Accept an invitation as a new person with a new passkey; return account, cookie, expiry.

    Raises Conflict (`passkey_not_made`), RateLimited, and as `join`.
    """
    admit_stranger(request, ports)
    row, challenge = made_passkey(*body, JOIN, request, ports)
    if challenge.subject != f"{row.person_id}:{secret_hash}":
        raise _not_made(CredentialRefused("made for another invitation"), ports)
    joining = Joining(secret_hash=secret_hash, person_id=row.person_id, name=name, is_new=True)
    return await join(joining, ("passkeys", columns(row)), ports, *used(challenge, ports))


async def sign_in_with_passkey(
    body: UsedCredential, secret_hash: str | None, request: Request, ports: Ports
) -> tuple[TokenRow, str, int]:
    """Sign in, with an invitation also as a member of its workspace; return account, cookie,
    expiry.

    Raises Unauthenticated, RateLimited, AccessDenied (`no_workspace`), and as `join`.
    """
    admit_stranger(request, ports)
    row, challenge, sign_count = await _asserted(body, request, ports)
    noted = [
        *used(challenge, ports),
        note_passkey_use(row.passkey_id, sign_count, ports.now_ms()),
    ]
    if secret_hash is not None:
        person = await select_person(ports.store, row.person_id)
        name = row.name if person is None else person.name
        joining = Joining(secret_hash=secret_hash, person_id=row.person_id, name=name, is_new=False)
        return await join(joining, None, ports, *noted)
    account = await account_of(row.person_id, None, ports)
    try:
        cookie, expires_s = await begin_session(account, ports, *noted)
    except Conflict:
        raise _refused(CredentialRefused("the challenge was answered before"), ports) from None
    return account, cookie, expires_s


async def _asserted(
    body: UsedCredential, request: Request, ports: Ports
) -> tuple[PasskeyRow, Challenge, int]:
    """Return whose passkey has signed what we asked, and its counter; raises Unauthenticated."""
    try:
        client_data = from_base64url(body.client_data)
        asked = challenge_of(client_data, "webauthn.get", request.origin)
        # Before the database is asked: made-up challenges cost nothing.
        challenge = opened_challenge(SIGN_IN, asked.decode("latin-1"), ports)
        row = await select_passkey(ports.store, body.credential_id)
        if row is None:
            raise CredentialRefused("no such credential")
        if urlsafe_b64decode(body.user_handle + "==") != row.person_id.encode():
            raise CredentialRefused("the credential is somebody else's")
        data, signature = from_base64url(body.authenticator_data), from_base64url(body.signature)
        asserted = read_assertion(client_data, data, signature, row.algorithm, request.origin)
        if not await ports.verifier.verify(
            row.public_key, row.algorithm, asserted.signature, asserted.message
        ):
            raise CredentialRefused("the signature is wrong")
        # Section 7.2, step 22. Those that count nothing stay at zero.
        if asserted.sign_count <= row.sign_count and (asserted.sign_count or row.sign_count):
            raise CredentialRefused("the signature counter went back: a copy may be in use")
    except (CredentialRefused, SignatureError, ValueError) as error:
        raise _refused(error, ports) from None
    return row, challenge, asserted.sign_count


def _refused(error: Exception, ports: Ports) -> Unauthenticated:
    """Return the one refusal that all faults look like from outside; the log has which it was."""
    _note(error, ports)
    return Unauthenticated("unauthorized.passkey")


def _not_made(error: Exception, ports: Ports) -> Conflict:
    """Return the one refusal of a registration."""
    _note(error, ports)
    return Conflict("passkey_not_made")


def _note(error: Exception, ports: Ports) -> None:
    why = error.reason if isinstance(error, SignatureError) else str(error)
    ports.log({"event": "passkey_refused", "why": why})


async def rename(passkey_id: str, name: str, caller: Caller, ports: Ports) -> PasskeyRow:
    """Give one of the person's passkeys another name; raises NotFound."""
    person_id = person_of(caller)
    await ports.store.batch([rename_passkey(passkey_id, person_id, name)])
    return await _own(passkey_id, person_id, ports)


async def remove(passkey_id: str, caller: Caller, ports: Ports) -> None:
    """Remove one of the person's passkeys, and end its other sessions.

    Raises NotFound, Conflict (`last_credential`).
    """
    person_id = person_of(caller)
    await _own(passkey_id, person_id, ports)
    if await ports.store.batch([delete_passkey(passkey_id, person_id)]) == [0]:
        raise Conflict("last_credential")
    session = token_hash(caller.session or "")
    await ports.store.batch([end_other_sessions(person_id, session)])
    ports.log({"event": "passkey_removed", "personId": person_id, "passkeyId": passkey_id})


async def _own(passkey_id: str, person_id: str, ports: Ports) -> PasskeyRow:
    own = await select_passkeys(ports.store, person_id)
    found = next((row for row in own if row.passkey_id == passkey_id), None)
    return present(found, "not_found.passkey", passkey=passkey_id)


def passkey_document(row: PasskeyRow) -> dict[str, object]:
    """Return what the API shows of a passkey."""
    return {
        "passkeyId": row.passkey_id,
        "name": row.name,
        "createdAt": row.created_ms,
        "lastUsedAt": row.last_used_ms,
    }
