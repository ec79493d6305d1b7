"""Authentication: bearer tokens for programs, session cookies for people; both stored as hashes.

A session has the scopes of the token that it was created from, and ends with it. A browser sends
the cookie on behalf of any page, so a request with the cookie that changes something must also come
from a page of this origin. Reasons: docs/decisions/0006-sessions-in-the-database.md.
"""

from collections.abc import Sequence
from hashlib import sha256

from app.access.store import note_use, select_session_token, select_token
from app.ports import Ports
from app.rows import TokenRow
from app.web.caller import Access, Caller
from media_jobs.errors import AccessDenied, MediaJobsError, SignatureError
from media_jobs.http import Request
from media_jobs.keyring import Purpose
from media_jobs.networks import network_of
from media_jobs.signing import open_session
from media_jobs.tokens import can_be_token

USE_NOTED_EVERY_MS = 3_600_000
SESSIONS_MAX = 4
SAFE = frozenset({"GET", "HEAD"})


class Unauthenticated(MediaJobsError):
    """No token, or one that is unknown, revoked or expired."""

    status = 401


def held_by(caller: Caller) -> list[str]:
    """Return the names of what a caller's live connection depends on, and is closed with."""
    token_id = caller.token.token_id
    token = [] if token_id is None else [token_id]
    return token if caller.session is None else [*token, token_hash(caller.session)]


def token_hash(token: str) -> str:
    """Return the hex SHA-256 that is stored; tokens are random, so no salt or stretching."""
    return sha256(token.encode()).hexdigest()


def cookie_name(origin: str) -> str:
    """Return the cookie's name at *origin*; over https the browser itself guards the prefix."""
    return "__Host-session" if origin.startswith("https:") else "session"


def sessions_of(request: Request) -> list[str]:
    """Return the values of the session cookie: of several paths or domains browsers send each."""
    wanted = cookie_name(request.origin)
    pairs = (pair.strip().partition("=") for pair in (request.header("cookie") or "").split(";"))
    return [value for name, _, value in pairs if name == wanted and value][:SESSIONS_MAX]


def check_origin(request: Request) -> None:
    """Refuse a request that a page of another origin has made; raises AccessDenied."""
    if request.header("origin") != request.origin:
        raise AccessDenied("bad_origin")


async def authenticate(request: Request, access: Access, ports: Ports) -> Caller:
    """Return the caller, by its token or else by its session, if it has *access*.

    Raises Unauthenticated, or AccessDenied (`forbidden`, `bad_origin`).
    """
    credentials = request.header("authorization")
    sessions = sessions_of(request) if credentials is None else []
    if sessions:
        caller = await _session_caller(sessions, ports)
        if request.method not in SAFE:
            check_origin(request)
    else:
        scheme, _, token = (credentials or "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("unauthorized")
        caller = await token_caller(token, request, ports)
    if not caller.may(access):
        if access is Access.PERSON:
            raise AccessDenied("forbidden.token")
        raise AccessDenied("forbidden", scope=access)
    return caller


async def token_caller(token: str, request: Request, ports: Ports) -> Caller:
    """Return whose *token* it is; raises Unauthenticated, and RateLimited when too many tokens were
    tried from the same address.
    """
    token = token.strip()
    if not token:
        raise Unauthenticated("unauthorized")
    if not can_be_token(token):
        raise Unauthenticated("unauthorized.token")
    hashed, now_ms = token_hash(token), ports.now_ms()
    # Who was let in here before is not held up by strangers behind the same address.
    if not ports.rates.knows(hashed):
        admit_stranger(request, ports)
    found = await select_token(ports.store, hashed, now_ms)
    if found is None:
        ports.rates.forget(hashed)
        raise Unauthenticated("unauthorized.token")
    return await _caller(found, None, ports)


def admit_stranger(request: Request, ports: Ports) -> None:
    """Count a look-up for somebody unknown; raises RateLimited for too many of one address."""
    address = request.header("cf-connecting-ip") or ""
    ports.strangers.admit(network_of(address), ports.now_ms())


async def _session_caller(values: Sequence[str], ports: Ports) -> Caller:
    """Return the caller of the first of *values* that is a session; raises Unauthenticated."""
    now_ms = ports.now_ms()
    accepted = ports.settings().keys.accepting(Purpose.SESSION)
    for value in values:
        try:
            session = open_session(value, accepted, now_ms)
        except SignatureError:
            continue
        found = await select_session_token(ports.store, token_hash(session), now_ms)
        if found is not None:
            return await _caller(found, session, ports)
    raise Unauthenticated("unauthorized.session")


async def _caller(found: TokenRow, session: str | None, ports: Ports) -> Caller:
    now_ms = ports.now_ms()
    if now_ms - (found.last_used_ms or 0) >= USE_NOTED_EVERY_MS:
        await ports.store.batch([note_use(found.token_hash, now_ms)])
    return Caller(found, session)
