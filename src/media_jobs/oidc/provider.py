"""What a provider publishes: its endpoints and its keys.

OpenID Connect Discovery 1.0, sections 3 and 4; JSON Web Key (RFC 7517).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import from_json

from media_jobs.oidc.refusal import ProviderRefused
from media_jobs.ports import Algorithm, Jwk
from media_jobs.webhooks import url_fault

__all__ = ["Provider", "configuration_url", "key_for", "read_keys", "read_provider"]

_KEY_TYPES: dict[Algorithm, str] = {"ES256": "EC", "RS256": "RSA"}
_MEMBERS = ("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider's endpoints. *posts_secret*: it takes a client's secret in the body alone."""

    authorization: str
    token: str
    keys: str
    posts_secret: bool = False


def configuration_url(issuer: str) -> str:
    """Return where a provider says what it has (Discovery, section 4)."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def read_provider(text: str, issuer: str, *, allow_loopback: bool) -> Provider:
    """Return the endpoints of *issuer*; raises ProviderRefused.

    It must name itself exactly so (Discovery, section 4.3), and each address must be one that may
    be called.
    """
    found = _object(text)
    if found.get("issuer") != issuer:
        raise ProviderRefused("the provider names another issuer")
    methods = found.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise ProviderRefused("the provider has no PKCE with S256")
    addresses = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        url = found.get(name)
        if not isinstance(url, str) or url_fault(url, allow_loopback=allow_loopback):
            raise ProviderRefused(f"the provider's {name} may not be called")
        addresses[name] = url
    ways = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Provider(
        authorization=addresses["authorization_endpoint"],
        token=addresses["token_endpoint"],
        keys=addresses["jwks_uri"],
        posts_secret=isinstance(ways, list) and "client_secret_basic" not in ways,
    )


def read_keys(text: str) -> list[Jwk]:
    """Return the keys of a JWK Set, of each its public part; raises ProviderRefused."""
    keys = _object(text).get("keys")
    if not isinstance(keys, list):
        raise ProviderRefused("the provider's keys are no list")
    return [
        {name: key[name] for name in _MEMBERS if isinstance(key.get(name), str)}
        for key in keys
        if isinstance(key, dict)
    ]


def key_for(algorithm: Algorithm, kid: str | None, keys: list[Jwk]) -> Jwk | None:
    """Return the key that a signature names; without a name it must be the only one of its kind.

    OpenID Connect Core, section 10.1.
    """
    fitting = [
        key
        for key in keys
        if key.get("kty") == _KEY_TYPES.get(algorithm)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _object(text: str) -> Mapping[str, object]:
    try:
        found = from_json(text)
    except ValueError:
        raise ProviderRefused("the provider's answer is not JSON") from None
    if not isinstance(found, dict):
        raise ProviderRefused("the provider's answer is no object")
    return found
