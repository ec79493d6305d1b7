"""The two ceremonies as who relies on them checks them: registration and assertion.

Web Authentication, Level 3, sections 7.1 and 7.2. The challenge is returned: whoever made it knows
whether it is theirs. User verification is required.
"""

from dataclasses import dataclass
from hashlib import sha256

from pydantic_core import from_json

from media_jobs.base64url import from_base64url
from media_jobs.ports import Algorithm
from media_jobs.webauthn.authenticator import (
    AuthenticatorData,
    NewCredential,
    read_attestation,
    read_authenticator_data,
)
from media_jobs.webauthn.cose import raw_signature
from media_jobs.webauthn.refusal import CredentialRefused

__all__ = [
    "Asserted",
    "Registered",
    "challenge_of",
    "read_assertion",
    "read_registration",
    "rp_id_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A new credential, and its signature counter."""

    credential: NewCredential
    sign_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """What is to be verified under the credential's key, and its signature counter."""

    message: bytes
    signature: bytes
    sign_count: int


def read_registration(client_data: bytes, attestation: bytes, origin: str) -> Registered:
    """Return the credential that was made for a page of *origin*; raises CredentialRefused."""
    challenge_of(client_data, "webauthn.create", origin)
    said = read_attestation(attestation)
    _check(said, origin)
    if said.credential is None:
        raise CredentialRefused("no credential in the attestation object")
    return Registered(credential=said.credential, sign_count=said.sign_count)


def read_assertion(
    client_data: bytes, data: bytes, signature: bytes, algorithm: Algorithm, origin: str
) -> Asserted:
    """Return what a credential has signed for a page of *origin*; raises CredentialRefused."""
    challenge_of(client_data, "webauthn.get", origin)
    said = read_authenticator_data(data)
    _check(said, origin)
    return Asserted(
        # Section 7.2, steps 20 and 21.
        message=data + sha256(client_data).digest(),
        signature=raw_signature(algorithm, signature),
        sign_count=said.sign_count,
    )


def challenge_of(client_data: bytes, kind: str, origin: str) -> bytes:
    """Return the challenge of the client data (section 5.8.1) of a ceremony of this *kind*.

    Sections 7.1 and 7.2, the steps on `C`: type, origin, and no frame of another origin. Raises
    CredentialRefused.
    """
    try:
        said = from_json(client_data)
        if not isinstance(said, dict):
            raise CredentialRefused("the client data is no object")
        challenge = said.get("challenge")
        if not isinstance(challenge, str):
            raise CredentialRefused("the client data has no challenge")
        asked = from_base64url(challenge)
    except ValueError:
        raise CredentialRefused("the client data is not JSON with a challenge") from None
    if said.get("type") != kind:
        raise CredentialRefused("the client data is of another ceremony")
    if said.get("origin") != origin:
        raise CredentialRefused("the client data is of another origin")
    if said.get("crossOrigin") not in (None, False) or said.get("topOrigin") is not None:
        raise CredentialRefused("the client data is of a frame in a page of another origin")
    return asked


def rp_id_of(origin: str) -> str:
    """Return the relying party's id at *origin*, its host."""
    host = origin.partition("://")[2]
    return host.rpartition(":")[0] or host


def _check(said: AuthenticatorData, origin: str) -> None:
    """Section 7.1, steps 14 to 16; section 7.2, steps 15 to 17."""
    if said.rp_id_hash != sha256(rp_id_of(origin).encode()).digest():
        raise CredentialRefused("the authenticator answers to another host")
    if not said.present:
        raise CredentialRefused("nobody was present")
    if not said.verified:
        raise CredentialRefused("the user was not verified")
