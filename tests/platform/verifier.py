"""Signatures verified by a library of this machine, where a Worker has WebCrypto."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

from media_jobs.base64url import from_base64url
from media_jobs.ports import Algorithm, Jwk


class Verifier:
    async def verify(
        self, key: Jwk, algorithm: Algorithm, signature: bytes, message: bytes
    ) -> bool:
        try:
            _verify(key, algorithm, signature, message)
        except (InvalidSignature, KeyError, ValueError):
            return False
        return True


def _verify(key: Jwk, algorithm: Algorithm, signature: bytes, message: bytes) -> None:
    if key["kty"] != {"ES256": "EC", "RS256": "RSA", "EdDSA": "OKP"}[algorithm]:
        raise ValueError(algorithm)
    if algorithm == "EdDSA":
        public = ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(key["x"]))
        public.verify(signature, message)
    elif algorithm == "RS256":
        numbers = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"]))
        numbers.public_key().verify(signature, message, padding.PKCS1v15(), SHA256())
    else:
        if len(signature) != 64:
            raise ValueError(len(signature))
        curve = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
        parts = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        der = utils.encode_dss_signature(*parts)
        curve.public_key().verify(der, message, ec.ECDSA(SHA256()))


def _number(text: str) -> int:
    return int.from_bytes(from_base64url(text))
