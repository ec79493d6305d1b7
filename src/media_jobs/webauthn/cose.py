"""Public keys of authenticators: from COSE_Key (RFC 9052, section 7) to JSON Web Key (RFC 7517).

Three algorithms: ES256 on P-256 and EdDSA on Ed25519 (RFC 9053, sections 2.1, 2.2 and 7), and RS256
(RFC 8812, section 2; its key in RFC 8230, section 4).
"""

from media_jobs.base64url import to_base64url
from media_jobs.ports import Algorithm, Jwk
from media_jobs.webauthn.cbor import Item
from media_jobs.webauthn.refusal import CredentialRefused

__all__ = ["ALGORITHMS", "jwk_of", "raw_signature"]

ALGORITHMS: dict[int, Algorithm] = {-7: "ES256", -8: "EdDSA", -257: "RS256"}
"""By their numbers in the COSE registry."""
_KTY, _ALG = 1, 3
_OKP, _EC2, _RSA = 1, 2, 3
_P256, _ED25519 = 1, 6
RSA_BYTES_MIN, RSA_BYTES_MAX = 256, 1024


def jwk_of(key: Item) -> tuple[Algorithm, Jwk]:
    """Return the algorithm of a COSE_Key and the key; raises CredentialRefused."""
    if not isinstance(key, dict):
        raise CredentialRefused("the public key is no map")
    number = key.get(_ALG)
    algorithm = ALGORITHMS.get(number) if isinstance(number, int) else None
    match algorithm:
        case "ES256":
            # RFC 9053, section 7.1.1: crv -1, x -2, y -3.
            _check(key, _EC2, _P256)
            x, y = _octets(key, -2, 32), _octets(key, -3, 32)
            return algorithm, {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        case "EdDSA":
            # RFC 9053, section 7.2: crv -1, x -2.
            _check(key, _OKP, _ED25519)
            return algorithm, {"kty": "OKP", "crv": "Ed25519", "x": _octets(key, -2, 32)}
        case "RS256":
            # RFC 8230, section 4: n -1, e -2.
            _check(key, _RSA, None)
            modulus, exponent = key.get(-1), key.get(-2)
            if not isinstance(modulus, bytes) or not isinstance(exponent, bytes):
                raise CredentialRefused("an RSA key without its numbers")
            if not RSA_BYTES_MIN <= len(modulus) <= RSA_BYTES_MAX or not 1 <= len(exponent) <= 4:
                raise CredentialRefused("an RSA key of another size")
            return algorithm, {
                "kty": "RSA",
                "n": to_base64url(modulus),
                "e": to_base64url(exponent),
            }
        case None:
            raise CredentialRefused("an algorithm that was not asked for")


def _check(key: dict[int | str, Item], kty: int, curve: int | None) -> None:
    if key.get(_KTY) != kty or (curve is not None and key.get(-1) != curve):
        raise CredentialRefused("the public key's type is not its algorithm's")


def _octets(key: dict[int | str, Item], name: int, length: int) -> str:
    value = key.get(name)
    if not isinstance(value, bytes) or len(value) != length:
        raise CredentialRefused("a coordinate of the public key has another length")
    return to_base64url(value)


def raw_signature(algorithm: Algorithm, signature: bytes) -> bytes:
    """Return a signature of WebAuthn (section 6.5.5) as JSON Web Signature has it.

    An ECDSA signature comes as DER, `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, section 2.2.3),
    and becomes r and s of 32 bytes each. Raises CredentialRefused.
    """
    if algorithm != "ES256":
        return signature
    if len(signature) < 2 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        raise CredentialRefused("the signature is no sequence in DER")
    first, at = _integer(signature, 2)
    second, at = _integer(signature, at)
    if at != len(signature):
        raise CredentialRefused("the signature is longer than its two numbers")
    return first + second


def _integer(data: bytes, at: int) -> tuple[bytes, int]:
    """Return a positive number of at most 32 bytes, padded to these, and where it ends."""
    body = data[at + 2 : at + 2 + data[at + 1]] if at + 2 <= len(data) else b""
    if not body or data[at] != 2 or len(body) != data[at + 1] or body[0] & 0x80:
        raise CredentialRefused("the signature has no positive number in DER")
    if body[0] == 0 and len(body) > 1 and not body[1] & 0x80:
        raise CredentialRefused("a number of the signature is not in its shortest form")
    number = body.lstrip(b"\0")
    if not 1 <= len(number) <= 32:
        raise CredentialRefused("a number of the signature is out of range")
    return number.rjust(32, b"\0"), at + 2 + len(body)
