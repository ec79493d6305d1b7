"""From the code that a browser brings to who has signed in at the provider."""

from pydantic_core import from_json

from app.ports import Ports
from app.settings import OidcSettings
from media_jobs.errors import NotFound, UpstreamError
from media_jobs.oidc.id_token import SignedIn, check_claims, read_id_token
from media_jobs.oidc.provider import Provider
from media_jobs.oidc.refusal import ProviderRefused
from media_jobs.oidc.request import Secrets, token_request

TIMEOUT_MS = 10_000
CALLBACK = "/api/sign-in/oidc/callback"


def oidc_settings(ports: Ports) -> OidcSettings:
    """Return the provider's settings; raises NotFound where none is set up."""
    settings = ports.settings().oidc
    if settings is None:
        raise NotFound("not_found.oidc")
    return settings


async def known_provider(ports: Ports) -> Provider:
    """Return the provider's endpoints; raises UpstreamError, ProviderRefused, NotFound."""
    return await ports.oidc.provider(oidc_settings(ports), ports.outside, ports.now_ms())


async def exchange(code: str, secrets: Secrets, origin: str, ports: Ports) -> SignedIn:
    """Return who has signed in; raises UpstreamError, ProviderRefused."""
    settings, provider = oidc_settings(ports), await known_provider(ports)
    client = (settings.client_id, settings.client_secret)
    body, headers = token_request(provider, client, origin + CALLBACK, code, secrets.verifier)
    answer = await ports.outside.call("POST", provider.token, body, headers, TIMEOUT_MS)
    if answer.status >= 500:
        why = f"HTTP {answer.status}"
        raise UpstreamError("upstream_failed", part="part.openid_provider", why=why)
    if answer.status != 200:
        raise ProviderRefused(f"the provider refused the code: HTTP {answer.status}")
    return await _who(_id_token(answer.text), secrets.nonce, provider, ports)


def _id_token(text: str) -> str:
    try:
        found = from_json(text)
    except ValueError:
        found = None
    token = found.get("id_token") if isinstance(found, dict) else None
    if not isinstance(token, str):
        raise ProviderRefused("the provider's answer has no ID token")
    return token


async def _who(token: str, nonce: str, provider: Provider, ports: Ports) -> SignedIn:
    settings, now_ms = oidc_settings(ports), ports.now_ms()
    said = read_id_token(token)
    key = await ports.oidc.key(said.algorithm, said.kid, provider.keys, ports.outside, now_ms)
    if key is None:
        raise ProviderRefused("the ID token is signed by no key of the provider")
    if not await ports.verifier.verify(key, said.algorithm, said.signature, said.message):
        raise ProviderRefused("the ID token's signature is wrong")
    return check_claims(said.claims, settings.issuer, settings.client_id, nonce, now_ms // 1000)
