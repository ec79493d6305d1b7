"""Why a sign-in at a provider is refused."""

__all__ = ["ProviderRefused"]


class ProviderRefused(Exception):
    """What a provider or a browser sent is malformed, or not for us. The words are for the log."""
