"""What the provider publishes, in the memory of one isolate: fetched when it is needed, kept for an
hour, its keys fetched anew for a name that is not among them, at most once a minute.
"""

from dataclasses import dataclass, field

from app.settings import OidcSettings
from media_jobs.errors import UpstreamError
from media_jobs.oidc.provider import Provider, configuration_url, key_for, read_keys, read_provider
from media_jobs.ports import Algorithm, Jwk, Peers

FRESH_MS = 3_600_000
AGAIN_MS = 60_000
TIMEOUT_MS = 10_000


@dataclass(slots=True)
class ProviderMemory:
    """The provider's endpoints and keys."""

    _provider: Provider | None = None
    _provider_ms: int = 0
    _keys: list[Jwk] = field(default_factory=list)
    _keys_ms: int | None = None

    async def provider(self, settings: OidcSettings, outside: Peers, now_ms: int) -> Provider:
        """Return the endpoints; raises UpstreamError, ProviderRefused."""
        if self._provider is None or not 0 <= now_ms - self._provider_ms < FRESH_MS:
            text = await _fetched(configuration_url(settings.issuer), outside)
            self._provider = read_provider(
                text, settings.issuer, allow_loopback=settings.allow_loopback
            )
            self._provider_ms = now_ms
        return self._provider

    async def key(
        self, algorithm: Algorithm, kid: str | None, url: str, outside: Peers, now_ms: int
    ) -> Jwk | None:
        """Return the key that a signature names; raises UpstreamError, ProviderRefused."""
        age_ms = None if self._keys_ms is None else now_ms - self._keys_ms
        found = key_for(algorithm, kid, self._keys)
        fresh = age_ms is not None and 0 <= age_ms < (AGAIN_MS if found is None else FRESH_MS)
        if not fresh:
            self._keys = read_keys(await _fetched(url, outside))
            self._keys_ms = now_ms
            found = key_for(algorithm, kid, self._keys)
        return found


async def _fetched(url: str, outside: Peers) -> str:
    answer = await outside.call("GET", url, None, {"accept": "application/json"}, TIMEOUT_MS)
    if answer.status != 200:
        why = f"HTTP {answer.status}"
        raise UpstreamError("upstream_failed", part="part.openid_provider", why=why)
    return answer.text
