"""What browsers send of passkeys: bodies, and the options that they get before."""

from typing import Annotated, Literal

from pydantic import Field

from app.passkeys.store import PasskeyRow
from media_jobs.base64url import to_base64url
from media_jobs.strict import Strict
from media_jobs.webauthn.ceremony import rp_id_of
from media_jobs.webauthn.cose import ALGORITHMS

BYTES_MAX = 65_536
TIMEOUT_MS = 5 * 60 * 1000
RP_NAME = "Media jobs"
_BASE64URL = r"^[A-Za-z0-9_-]+\z"
CredentialId = Annotated[str, Field(max_length=1364, pattern=_BASE64URL)]
Encoded = Annotated[str, Field(max_length=32_768, pattern=_BASE64URL)]
"""Bytes, as base64url without padding."""
Transport = Literal["usb", "nfc", "ble", "smart-card", "hybrid", "internal"]


class MadeCredential(Strict):
    """A credential that a browser has made (AuthenticatorAttestationResponse)."""

    client_data: Encoded
    attestation: Encoded
    transports: Annotated[list[Transport], Field(max_length=6, default_factory=list)]


class UsedCredential(Strict):
    """What a browser has signed with a credential (AuthenticatorAssertionResponse)."""

    credential_id: CredentialId
    client_data: Encoded
    authenticator_data: Encoded
    signature: Annotated[str, Field(max_length=2048, pattern=_BASE64URL)]
    user_handle: Annotated[str, Field(max_length=86, pattern=_BASE64URL)]


def creation_options(
    challenge: str, person_id: str, name: str, known: list[PasskeyRow], origin: str
) -> dict[str, object]:
    """Return the options of a registration (WebAuthn, section 5.4), bytes as base64url."""
    return {
        "rp": {"id": rp_id_of(origin), "name": RP_NAME},
        "user": {
            "id": to_base64url(person_id.encode()),
            "name": name,
            "displayName": name,
        },
        "challenge": to_base64url(challenge.encode()),
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "timeout": TIMEOUT_MS,
        "excludeCredentials": [
            {"type": "public-key", "id": row.credential_id, "transports": list(row.transports)}
            for row in known
        ],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def request_options(challenge: str, origin: str) -> dict[str, object]:
    """Return the options of a sign-in (WebAuthn, section 5.5): any passkey of this host."""
    return {
        "rpId": rp_id_of(origin),
        "challenge": to_base64url(challenge.encode()),
        "timeout": TIMEOUT_MS,
        "userVerification": "required",
        "allowCredentials": [],
    }
