"""Which key signs what: each purpose, and each container host, has one of its own.

Both Workers hold the root secret (`JOB_CALLBACK_HMAC_SECRET`) and derive what they need from it
(`media_jobs.derivation`). A container needs nothing but its own key, which signs in both
directions; the type in each message keeps them apart. A container that was given the root secret
itself works as well: the orchestrator is told so, and that is the default.

A key is a text, the digest in lower-case hex, and so can be set as `JOB_CALLBACK_HMAC_SECRET`. In a
rotation there are two root secrets, and each key is a list of two.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from media_jobs.derivation import derive, host_label
from media_jobs.errors import SettingError
from media_jobs.settings import Get, text
from media_jobs.signing import SECRET_SETTING, parse_secrets

__all__ = [
    "FIRST",
    "HOST_KEYS_SETTING",
    "ROOT",
    "ROOT_SIGNATURES_SETTING",
    "HostKey",
    "Keyring",
    "Purpose",
    "RootSignatures",
    "parse_host_keys",
    "read_keyring",
    "show_host_keys",
]

ROOT_SIGNATURES_SETTING = "ROOT_SIGNATURES"
HOST_KEYS_SETTING = "HOST_KEYS"

HostKey = tuple[int | None, ...]
"""Generations of a host's key, the one that signs first; None is the root secret itself."""
ROOT: HostKey = (None,)
FIRST: HostKey = (1,)
"""That of a host that connects outward, until the setting says otherwise."""
_GENERATION = "(?:root|[1-9][0-9]{0,3})"
_GENERATIONS = rf"{_GENERATION}(?:\+{_GENERATION})*"
_OWN = "[1-9][0-9]{0,3}"
_ENTRY = re.compile(
    rf"([a-z][a-z0-9-]{{0,62}}) *= *({_GENERATIONS})"
    rf"|([a-z][a-z0-9-]{{0,62}}@[a-z0-9][a-z0-9-]{{0,62}}) *= *({_OWN}(?:\+{_OWN})*)"
)


class Purpose(StrEnum):
    """What a key is for, by its label. `orchestrator→app` and its like name the direction."""

    TO_ORCHESTRATOR = "app→orchestrator"
    TO_APP = "orchestrator→app"
    LINK = "link"
    UPLOAD = "upload"
    SESSION = "session"
    ATTEMPT = "attempt"
    METRICS = "metrics"

    @classmethod
    def to(cls, part: str) -> "Purpose":
        """Return the direction of messages to *part*, `app` or `orchestrator`."""
        return cls.TO_APP if part == "app" else cls.TO_ORCHESTRATOR


class RootSignatures(StrEnum):
    """What both Workers do with the root secret beside deriving keys from it.

    Sign with it, as releases before 0.4 did; only accept what it signed; or refuse that as well.
    """

    MADE = "made"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Keyring:
    """A Worker's keys. *roots*: the root secrets, newest first."""

    __slots__ = ("_derived", "root_signatures", "roots")

    def __init__(
        self, roots: tuple[str, ...], root_signatures: RootSignatures = RootSignatures.MADE
    ) -> None:
        self.roots = roots
        self.root_signatures = root_signatures
        self._derived: dict[str, tuple[str, ...]] = {}

    def signing(self, purpose: Purpose) -> tuple[str, ...]:
        """Return the keys that sign for *purpose*: the first one does."""
        return self.roots if self.root_signatures is RootSignatures.MADE else self._of(purpose)

    def accepting(self, purpose: Purpose) -> tuple[str, ...]:
        """Return the keys under which a signature for *purpose* is accepted."""
        return (
            self._of(purpose)
            if self.root_signatures is RootSignatures.REFUSED
            else (*self.roots, *self._of(purpose))
        )

    def tokens(self, purpose: Purpose) -> tuple[str, ...]:
        """Return what is sent as it is, and signs nothing: never a root secret."""
        return self._of(purpose)

    def of_host(self, name: str, key: HostKey = ROOT) -> tuple[str, ...]:
        """Return the texts of the *key* of the container host *name*, the one that signs first."""
        return tuple(
            key_text
            for generation in key
            for key_text in (
                self.roots if generation is None else self._of(host_label(name, generation))
            )
        )

    def _of(self, label: str) -> tuple[str, ...]:
        found = self._derived.get(label)
        if found is None:
            found = tuple(derive(root, label).hex() for root in self.roots)
            self._derived[label] = found
        return found


def read_keyring(get: Get) -> Keyring:
    """Return the keys of a Worker with these settings; raises SettingError."""
    roots = parse_secrets(get(SECRET_SETTING))
    chosen = text(get, ROOT_SIGNATURES_SETTING, RootSignatures.MADE)
    try:
        return Keyring(roots, RootSignatures(chosen))
    except ValueError:
        known = ", ".join(RootSignatures)
        raise SettingError(ROOT_SIGNATURES_SETTING, "field.choice", choices=known) from None


def parse_host_keys(value: str | None) -> dict[str, HostKey]:
    """Read `burner=2+1, remotion=root, burner@garage=2`: the generations of each host's key.

    Those with URLs are named by their engine, and hold the root secret if they are not; those that
    connect outward by engine and name, and hold the first. Raises SettingError.
    """
    found: dict[str, HostKey] = {}
    for entry in (value or "").split(","):
        if not entry.strip():
            continue
        matched = _ENTRY.fullmatch(entry.strip())
        name, key = (matched[1] or matched[3], matched[2] or matched[4]) if matched else ("", "")
        if not name or name in found:
            raise SettingError(
                HOST_KEYS_SETTING, "setting.host_keys", example="burner=2+1, remotion=root"
            )
        found[name] = tuple(
            None if generation == "root" else int(generation) for generation in key.split("+")
        )
    return found


def show_host_keys(keys: Mapping[str, HostKey]) -> str:
    """Return the text that `parse_host_keys` reads."""
    return ", ".join(
        f"{name}={'+'.join('root' if it is None else str(it) for it in key)}"
        for name, key in keys.items()
    )
