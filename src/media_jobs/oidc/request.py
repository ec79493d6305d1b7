"""The request that sends a person to its provider, and the one that fetches what came of it.

Authorization code with PKCE: OpenID Connect Core 1.0, section 3.1; RFC 7636 (S256).
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, urlencode

from media_jobs.base64url import to_base64url
from media_jobs.oidc.provider import Provider

__all__ = ["Secrets", "authorization_url", "secrets_of", "token_request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What binds an answer to the browser that asked, each a hash of the one secret it holds."""

    state: str
    nonce: str
    verifier: str


def secrets_of(kept: str) -> Secrets:
    """Return state, nonce and code verifier of a browser's secret; none tells another."""
    state, nonce, verifier = (
        to_base64url(sha256(f"oidc {name} {kept}".encode()).digest())
        for name in ("state", "nonce", "verifier")
    )
    return Secrets(state=state, nonce=nonce, verifier=verifier)


def authorization_url(
    provider: Provider, client_id: str, redirect_uri: str, secrets: Secrets
) -> str:
    """Return where the browser is to go."""
    challenge = to_base64url(sha256(secrets.verifier.encode()).digest())
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid profile email",
        "state": secrets.state,
        "nonce": secrets.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization else "?"
    return f"{provider.authorization}{joint}{urlencode(query)}"


def token_request(
    provider: Provider, client: tuple[str, str], redirect_uri: str, code: str, verifier: str
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of the token request (section 3.1.3.1). *client*: id and secret."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if provider.posts_secret:
        form |= {"client_id": client[0], "client_secret": client[1]}
    else:
        # RFC 6749, section 2.3.1: both are form-encoded first.
        pair = ":".join(quote(part, safe="") for part in client)
        headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return urlencode(form).encode(), headers
