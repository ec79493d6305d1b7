"""ID tokens: JSON Web Signatures (RFC 7515) whose claims say who signed in.

OpenID Connect Core 1.0, sections 2 and 3.1.3.7; the advice of RFC 8725: one list of
algorithms, never `none`, never a shared secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import from_json

from media_jobs.base64url import from_base64url
from media_jobs.oidc.refusal import ProviderRefused
from media_jobs.ports import Algorithm

__all__ = ["IdToken", "SignedIn", "check_claims", "read_id_token"]

SKEW_S = 60
AGE_S_MAX = 10 * 60
"""How old a token may be that was fetched just now."""
_ALGORITHMS: dict[object, Algorithm] = {"RS256": "RS256", "ES256": "ES256"}
LENGTH_MAX = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class IdToken:
    """A token whose signature is still to be verified, under the key *kid* if it names one."""

    algorithm: Algorithm
    kid: str | None
    claims: Mapping[str, object]
    message: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who has signed in at the provider. *email*: only one that the provider has verified."""

    subject: str
    name: str
    email: str | None


def read_id_token(token: str) -> IdToken:
    """Return the parts of a token; raises ProviderRefused."""
    parts = token.split(".")
    if len(token) > LENGTH_MAX or len(parts) != 3:
        raise ProviderRefused("the ID token is no JSON Web Signature")
    header, claims = _part(parts[0]), _part(parts[1])
    algorithm = _ALGORITHMS.get(_text(header, "alg"))
    if algorithm is None:
        raise ProviderRefused("the ID token is signed by an algorithm that is not allowed")
    if "crit" in header or "b64" in header:
        raise ProviderRefused("the ID token has extensions that are not understood")
    try:
        signature = from_base64url(parts[2])
    except ValueError:
        raise ProviderRefused("the ID token's signature is not base64url") from None
    return IdToken(
        algorithm=algorithm,
        kid=_text(header, "kid"),
        claims=claims,
        message=f"{parts[0]}.{parts[1]}".encode(),
        signature=signature,
    )


def check_claims(
    claims: Mapping[str, object], issuer: str, client_id: str, nonce: str, now_s: int
) -> SignedIn:
    """Return who has signed in, if a token with these claims is for us and for now.

    Section 3.1.3.7 of OpenID Connect Core, in its order. Raises ProviderRefused.
    """
    if claims.get("iss") != issuer:
        raise ProviderRefused("the ID token is of another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise ProviderRefused("the ID token is for another audience")
    authorized = claims.get("azp")
    if authorized != client_id and (authorized is not None or len(audiences) > 1):
        raise ProviderRefused("the ID token was issued to another party")
    if _seconds(claims, "exp") <= now_s - SKEW_S:
        raise ProviderRefused("the ID token has expired")
    if not now_s - AGE_S_MAX <= _seconds(claims, "iat") <= now_s + SKEW_S:
        raise ProviderRefused("the ID token is not of now")
    if "nbf" in claims and _seconds(claims, "nbf") > now_s + SKEW_S:
        raise ProviderRefused("the ID token is not good yet")
    if claims.get("nonce") != nonce:
        raise ProviderRefused("the ID token answers another request")
    subject = _text(claims, "sub")
    if not subject or len(subject) > 255:
        raise ProviderRefused("the ID token names nobody")
    email = _text(claims, "email") if claims.get("email_verified") is True else None
    name = _text(claims, "name") or _text(claims, "preferred_username") or email or subject
    return SignedIn(subject=subject, name=name.strip()[:100] or subject, email=email)


def _part(text: str) -> Mapping[str, object]:
    try:
        found = from_json(from_base64url(text))
    except ValueError:
        raise ProviderRefused("the ID token is not JSON in base64url") from None
    if not isinstance(found, dict):
        raise ProviderRefused("the ID token's parts are no objects")
    return found


def _text(found: Mapping[str, object], name: str) -> str | None:
    value = found.get(name)
    return value if isinstance(value, str) else None


def _seconds(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProviderRefused(f"the ID token's {name} is no time")
    return value
