"""Signing in at the provider: the way there, the way back, and who is let in."""

import hmac

from app.access.auth import Unauthenticated, admit_stranger, sessions_of, token_hash
from app.access.store import select_session_token
from app.access.tokens import begin_session
from app.oidc.exchange import CALLBACK, exchange, known_provider, oidc_settings
from app.oidc.store import (
    IdentityRow,
    columns,
    delete_identity,
    note_identity_use,
    select_identities,
    select_identity,
)
from app.people.challenges import new_challenge, opened_challenge, used
from app.people.invitations import Joining, join, join_freely
from app.people.members import account_of
from app.people.roles import Role, person_of
from app.people.store import select_person
from app.ports import Ports
from app.rows import TokenRow
from app.store import OPERATORS, insert
from app.web.caller import Caller
from media_jobs.challenge import Challenge
from media_jobs.errors import AccessDenied, Conflict, SignatureError, UpstreamError, present
from media_jobs.http import Request
from media_jobs.ids import new_id
from media_jobs.keyring import Purpose
from media_jobs.oidc.id_token import SignedIn
from media_jobs.oidc.refusal import ProviderRefused
from media_jobs.oidc.request import authorization_url, secrets_of
from media_jobs.signing import open_session

COOKIE_LIFE_S = 10 * 60
STATE = "oidc"
JOIN, LINK = "join", "link"
SessionStart = tuple[TokenRow, str, int]


def cookie_name(origin: str) -> str:
    """Return the name of the cookie that keeps a browser's secret on the way."""
    return "__Host-oidc" if origin.startswith("https:") else "oidc"


async def begin(intent: str, request: Request, ports: Ports) -> tuple[str, str]:
    """Return where the browser is to go, and the secret that its cookie keeps.

    *intent*: empty to sign in, `join:<hash of the invitation>`, `link:<person>`. Raises NotFound,
    RateLimited, UpstreamError.
    """
    settings = oidc_settings(ports)
    admit_stranger(request, ports)
    try:
        provider = await known_provider(ports)
    except ProviderRefused as error:
        ports.log({"event": "provider_refused", "why": str(error)})
        raise UpstreamError(
            "upstream_failed", part="part.openid_provider", why="why.provider_unfit"
        ) from None
    kept = new_challenge(STATE, intent, ports)
    url = authorization_url(
        provider, settings.client_id, request.origin + CALLBACK, secrets_of(kept)
    )
    return url, kept


async def come_back(request: Request, ports: Ports) -> SessionStart | None:
    """Return account, cookie and expiry of the session that the provider's answer begins, None
    where an identity was linked.

    Raises Unauthenticated, NotFound, RateLimited, UpstreamError, AccessDenied (`no_workspace`),
    and as `join`.
    """
    settings = oidc_settings(ports)
    admit_stranger(request, ports)
    try:
        kept, challenge = _kept(request, ports)
        code = _code(request, kept, settings.issuer)
        try:
            await ports.store.batch(used(challenge, ports))
        except Conflict:
            raise ProviderRefused("the state was answered before") from None
        who = await exchange(code, secrets_of(kept), request.origin, ports)
    except (ProviderRefused, SignatureError) as error:
        why = error.reason if isinstance(error, SignatureError) else str(error)
        ports.log({"event": "provider_refused", "why": why})
        raise Unauthenticated("unauthorized.oidc") from None
    return await _let_in(who, challenge.subject, request, ports)


def _kept(request: Request, ports: Ports) -> tuple[str, Challenge]:
    """Return the secret of the browser's cookie, opened; raises SignatureError."""
    wanted = cookie_name(request.origin)
    pairs = (pair.strip().partition("=") for pair in (request.header("cookie") or "").split(";"))
    kept = next((value for name, _, value in pairs if name == wanted), "")
    return kept, opened_challenge(STATE, kept, ports)


def _code(request: Request, kept: str, issuer: str) -> str:
    """Return the code of an answer to this browser's request; raises ProviderRefused."""
    params = request.params()
    if not hmac.compare_digest(params.get("state", "").encode(), secrets_of(kept).state.encode()):
        raise ProviderRefused("the state is of another browser")
    # RFC 9207: an answer that names another issuer is a mix-up.
    if params.get("iss", issuer) != issuer:
        raise ProviderRefused("the answer is of another issuer")
    code = params.get("code", "")
    if "error" in params or not 1 <= len(code) <= 4096:
        raise ProviderRefused("the provider did not let the person in")
    return code


async def _let_in(
    who: SignedIn, intent: str, request: Request, ports: Ports
) -> SessionStart | None:
    known = await select_identity(ports.store, oidc_settings(ports).issuer, who.subject)
    kind, _, what = intent.partition(":")
    if kind == LINK:
        await _link(known, who, what, request, ports)
        return None
    if known is not None:
        return await _known(known, what if kind == JOIN else None, ports)
    row = _row(who, new_id("per", ports.now_ms(), ports.entropy(10)), ports)
    credential = ("identities", columns(row))
    joining = Joining(
        secret_hash=what, person_id=row.person_id, name=who.name, email=who.email, is_new=True
    )
    if kind == JOIN:
        return await join(joining, credential, ports)
    settings = oidc_settings(ports)
    if _domain_of(who.email or "") in settings.domains:
        workspace_id = settings.workspace_id or OPERATORS
        return await join_freely(joining, workspace_id, Role(settings.role), credential, ports)
    raise AccessDenied("not_invited")


def _domain_of(email: str) -> str | None:
    """Return the domain of an address in lower case, None for what is no plain address."""
    local, _, domain = email.partition("@")
    return domain.lower() if local and "@" not in domain else None


async def _known(known: IdentityRow, secret_hash: str | None, ports: Ports) -> SessionStart:
    noted = note_identity_use(known.identity_id, ports.now_ms())
    if secret_hash is None:
        account = await account_of(known.person_id, None, ports)
        return account, *await begin_session(account, ports, noted)
    person = present(await select_person(ports.store, known.person_id), "no_workspace")
    joining = Joining(
        secret_hash=secret_hash, person_id=known.person_id, name=person.name, is_new=False
    )
    return await join(joining, None, ports, noted)


async def _link(
    known: IdentityRow | None, who: SignedIn, person_id: str, request: Request, ports: Ports
) -> None:
    """Add an identity to the person who asked for it and is still signed in here."""
    if person_id not in [account.person_id for account in await _signed_in(request, ports)]:
        raise Unauthenticated("unauthorized.session")
    if known is not None:
        raise Conflict("identity_taken")
    row = _row(who, person_id, ports)
    await ports.store.batch([insert("identities", columns(row))])
    ports.log({"event": "identity_added", "personId": person_id, "identityId": row.identity_id})


async def _signed_in(request: Request, ports: Ports) -> list[TokenRow]:
    """Return the accounts of the browser's sessions."""
    accepted, now_ms = ports.settings().keys.accepting(Purpose.SESSION), ports.now_ms()
    found = []
    for value in sessions_of(request):
        try:
            session = token_hash(open_session(value, accepted, now_ms))
        except SignatureError:
            continue
        found.append(await select_session_token(ports.store, session, now_ms))
    return [account for account in found if account is not None]


def _row(who: SignedIn, person_id: str, ports: Ports) -> IdentityRow:
    return IdentityRow(
        identity_id=new_id("idn", ports.now_ms(), ports.entropy(10)),
        issuer=oidc_settings(ports).issuer,
        subject=who.subject,
        person_id=person_id,
        email=who.email,
        created_ms=ports.now_ms(),
    )


async def unlink(identity_id: str, caller: Caller, ports: Ports) -> None:
    """Remove one of the person's identities; raises NotFound, Conflict (`last_credential`)."""
    person_id = person_of(caller)
    own = await select_identities(ports.store, person_id)
    found = next((row for row in own if row.identity_id == identity_id), None)
    present(found, "not_found.identity", identity=identity_id)
    if await ports.store.batch([delete_identity(identity_id, person_id)]) == [0]:
        raise Conflict("last_credential")
    ports.log({"event": "identity_removed", "personId": person_id, "identityId": identity_id})


def identity_document(row: IdentityRow) -> dict[str, object]:
    """Return what the API shows of an identity."""
    return {
        "identityId": row.identity_id,
        "issuer": row.issuer,
        "email": row.email,
        "createdAt": row.created_ms,
        "lastUsedAt": row.last_used_ms,
    }
