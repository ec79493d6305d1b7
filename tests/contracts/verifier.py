"""What signing in relies on of signatures. Runs on the library, and on WebCrypto in a Worker."""

from hashlib import sha256

from media_jobs.base64url import from_base64url
from media_jobs.ports import Algorithm, Jwk, Verifier

# Web Authentication, Level 3, section 16.2: public key, signature as r and s, message.
ES256: Jwk = {
    "kty": "EC",
    "crv": "P-256",
    "x": "r--hb5fKmy0j64bMtkCY0g25CFYGLrJJwzqbZy8m32E",
    "y": "kwpWuHovymYzSwNFir-HlxfBLMaO1zKQry4mZHlrkiA",
}
ES256_SIGNATURE = bytes.fromhex(
    "f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd38"
    "8480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87"
)
_DATA = bytes.fromhex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000")
_CLIENT_DATA = (
    b'{"type":"webauthn.get","challenge":"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag",'
    b'"origin":"https://example.org","crossOrigin":false}'
)
ES256_MESSAGE = _DATA + sha256(_CLIENT_DATA).digest()

# RFC 7515, appendix A.2.
RS256: Jwk = {
    "kty": "RSA",
    "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt"
    "0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5r"
    "exMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFv"
    "UK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    "e": "AQAB",
}
RS256_MESSAGE = (
    b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    b"bS9pc19yb290Ijp0cnVlfQ"
)
RS256_SIGNATURE = from_base64url(
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5juj"
    "Gbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe"
    "7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8"
    "np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)

# RFC 8032, section 7.1, test 2.
EDDSA: Jwk = {"kty": "OKP", "crv": "Ed25519", "x": "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"}
EDDSA_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


async def a_signature_on_p256(verifier: Verifier) -> None:
    await _holds(verifier, ES256, "ES256", ES256_SIGNATURE, ES256_MESSAGE)


async def a_signature_of_rsa(verifier: Verifier) -> None:
    await _holds(verifier, RS256, "RS256", RS256_SIGNATURE, RS256_MESSAGE)


async def a_signature_of_ed25519(verifier: Verifier) -> None:
    await _holds(verifier, EDDSA, "EdDSA", EDDSA_SIGNATURE, b"\x72")


async def a_key_of_another_kind_verifies_nothing(verifier: Verifier) -> None:
    assert not await verifier.verify(RS256, "ES256", ES256_SIGNATURE, ES256_MESSAGE)
    assert not await verifier.verify(ES256, "RS256", RS256_SIGNATURE, RS256_MESSAGE)
    assert not await verifier.verify({**ES256, "x": "AA"}, "ES256", ES256_SIGNATURE, ES256_MESSAGE)
    assert not await verifier.verify({"kty": "EC"}, "ES256", ES256_SIGNATURE, ES256_MESSAGE)


async def _holds(
    verifier: Verifier, key: Jwk, algorithm: Algorithm, signature: bytes, message: bytes
) -> None:
    more = {**key, "alg": algorithm, "use": "sig", "kid": "a key", "key_ops": "verify"}
    assert await verifier.verify(key, algorithm, signature, message)
    assert await verifier.verify(more, algorithm, signature, message)
    assert not await verifier.verify(key, algorithm, signature, message + b"\0")
    assert not await verifier.verify(key, algorithm, signature[:-1], message)
    changed = bytes([*signature[:-1], signature[-1] ^ 1])
    assert not await verifier.verify(key, algorithm, changed, message)
