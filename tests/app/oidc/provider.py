"""An OpenID provider in the tests' process, which can be made to lie."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

from media_jobs.base64url import to_base64url
from media_jobs.ports import PeerAnswer
from tests.platform.network import PeerCall, peer_answer

ISSUER = "https://id.example.com/tenant"
CLIENT_ID, CLIENT_SECRET = "media-jobs", "hush: hush"


@cache
def rsa_key(name: str = "k1") -> rsa.RSAPrivateKey:
    """Return the key of a name: another one in each run, the same for all tests of it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """Answers as `outside`. *claims*, *header* change the next ID token; *signing*: its key."""

    now_s: int
    nonce: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"k1": rsa_key()})
    kid: str = "k1"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    signing: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None
    signature: bytes | None = None
    configuration: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    codes: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, call: PeerCall) -> PeerAnswer:
        path = urlsplit(call.url).path
        if path.endswith("/.well-known/openid-configuration"):
            return peer_answer(text=json.dumps({**self._configuration(), **self.configuration}))
        if path.endswith("/jwks"):
            return peer_answer(text=json.dumps({"keys": [*map(self._jwk, self.keys)]}))
        assert path.endswith("/token"), path
        sent = parse_qs((call.body or b"").decode())
        self.codes.append({**{name: value[0] for name, value in sent.items()}, **call.headers})
        return peer_answer(self.token_status, json.dumps({"id_token": self.id_token()}))

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "code_challenge_methods_supported": ["S256"],
        }

    def _jwk(self, kid: str) -> dict[str, str]:
        numbers = self.keys[kid].public_key().public_numbers()
        return {
            "kty": "RSA",
            "kid": kid,
            "use": "sig",
            "alg": "RS256",
            "n": to_base64url(numbers.n.to_bytes(256)),
            "e": to_base64url(numbers.e.to_bytes(3)),
        }

    def id_token(self) -> str:
        """Return an ID token, good or spoiled."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.kid, **self.header}
        claims = {
            "iss": ISSUER,
            "sub": "248289761001",
            "aud": CLIENT_ID,
            "nonce": self.nonce,
            "iat": self.now_s,
            "exp": self.now_s + 300,
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "email_verified": True,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        message = f"{_part(header)}.{_part(kept)}"
        signature = self._sign(message.encode()) if self.signature is None else self.signature
        return f"{message}.{to_base64url(signature)}"

    def _sign(self, message: bytes) -> bytes:
        key = self.signing or self.keys[self.kid]
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, padding.PKCS1v15(), SHA256())
        first, second = utils.decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
        return first.to_bytes(32) + second.to_bytes(32)


def _part(document: dict[str, Any]) -> str:
    return to_base64url(json.dumps(document).encode())
