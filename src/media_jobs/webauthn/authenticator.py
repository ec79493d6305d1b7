"""What an authenticator says: its data, and of a new credential the attestation object.

Web Authentication, Level 3: section 6.1 (authenticator data), 6.5.1 (attested credential data),
6.5.4 (attestation object).
"""

from dataclasses import dataclass

from media_jobs.ports import Algorithm, Jwk
from media_jobs.webauthn.cbor import read_item
from media_jobs.webauthn.cose import jwk_of
from media_jobs.webauthn.refusal import CredentialRefused

__all__ = ["AuthenticatorData", "NewCredential", "read_attestation", "read_authenticator_data"]

CREDENTIAL_ID_BYTES_MAX = 1023
_UP, _UV, _BE, _BS, _AT, _ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """A credential that was just made."""

    credential_id: bytes
    algorithm: Algorithm
    public_key: Jwk


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatorData:
    """Authenticator data (section 6.1). *present*: a user was there, *verified*: the right one."""

    rp_id_hash: bytes
    present: bool
    verified: bool
    sign_count: int
    credential: NewCredential | None


def read_attestation(data: bytes) -> AuthenticatorData:
    """Return the authenticator data of an attestation object; raises CredentialRefused.

    Section 6.5.4: a map of `fmt`, `attStmt` and `authData`. We ask for `none`, whose statement is
    empty (section 8.7). A statement of another format is not looked at, and gives no trust
    (section 7.1, step 24: that is the policy of who relies on it).
    """
    found, end = read_item(data)
    if end != len(data) or not isinstance(found, dict):
        raise CredentialRefused("the attestation object is no map")
    kind, statement, inner = found.get("fmt"), found.get("attStmt"), found.get("authData")
    if set(found) != {"fmt", "attStmt", "authData"}:
        raise CredentialRefused("the attestation object has other fields")
    if not isinstance(kind, str) or not isinstance(statement, dict) or not isinstance(inner, bytes):
        raise CredentialRefused("the attestation object has fields of other types")
    if kind == "none" and statement:
        raise CredentialRefused("an attestation of none that states something")
    return read_authenticator_data(inner)


def read_authenticator_data(data: bytes) -> AuthenticatorData:
    """Return the parts of authenticator data, of which nothing is left; raises
    CredentialRefused.
    """
    if len(data) < 37:
        raise CredentialRefused("authenticator data that is too short")
    flags, at, credential = data[32], 37, None
    if flags & _BS and not flags & _BE:
        # Section 7.1, step 17, and section 7.2, step 18.
        raise CredentialRefused("backed up, and not eligible for it")
    if flags & _AT:
        credential, at = _attested(data, at)
    if flags & _ED:
        extensions, at = read_item(data, at)
        if not isinstance(extensions, dict):
            raise CredentialRefused("extensions that are no map")
    if at != len(data):
        raise CredentialRefused("authenticator data with something left")
    return AuthenticatorData(
        rp_id_hash=data[:32],
        present=bool(flags & _UP),
        verified=bool(flags & _UV),
        sign_count=int.from_bytes(data[33:37]),
        credential=credential,
    )


def _attested(data: bytes, at: int) -> tuple[NewCredential, int]:
    """Return the attested credential data at *at* (section 6.5.1), and where it ends."""
    at += 16  # The AAGUID, which says of which make it is.
    length = int.from_bytes(data[at : at + 2])
    credential_id = data[at + 2 : at + 2 + length]
    if not 1 <= length <= CREDENTIAL_ID_BYTES_MAX or len(credential_id) != length:
        raise CredentialRefused("a credential id of another length")
    key, end = read_item(data, at + 2 + length)
    algorithm, public_key = jwk_of(key)
    return (
        NewCredential(credential_id=credential_id, algorithm=algorithm, public_key=public_key),
        end,
    )
