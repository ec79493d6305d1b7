"""Why a credential is refused."""

__all__ = ["CredentialRefused"]


class CredentialRefused(Exception):
    """What an authenticator or a browser sent is malformed, or not for us.

    The words are for the log: to the caller all refusals look the same.
    """
