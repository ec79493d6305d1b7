"""Presigned URLs of the S3 API: AWS Signature Version 4 with the signature in the query.

Each step has the standard's own name (AWS, "Create a signed AWS API request" and "Authenticating
Requests: Using Query Parameters", API version 2006-03-01), so that a wrong signature shows which
step is wrong. The time is an argument.

R2 signs GET, HEAD, PUT and DELETE on the account's S3 host, for 1 second to 7 days; a HEAD needs
its own URL.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from urllib.parse import quote, urlsplit

from media_jobs.errors import SettingError

__all__ = [
    "EXPIRES_S_MAX",
    "UNSIGNED_PAYLOAD",
    "Bucket",
    "canonical_query",
    "canonical_request",
    "presigned_url",
    "signing_key",
    "string_to_sign",
]

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EXPIRES_S_MAX = 7 * 24 * 3600
_ALGORITHM = "AWS4-HMAC-SHA256"
_OWN_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket behind an S3 endpoint and the credentials for it.

    *endpoint* may have a path. *style* "path" puts the bucket into the path, "vhost" into the host.
    """

    endpoint: str
    name: str
    region: str
    style: Literal["path", "vhost"]
    access_key_id: str
    secret_access_key: str = field(repr=False)

    def location(self, key: str) -> tuple[str, str, str]:
        """Return scheme, host and encoded path of *key*.

        The host is signed as every client sends it: in lower case, without the scheme's own port.
        """
        scheme, host, folder = _root(self.endpoint, self.name, self.style)
        return scheme, host, folder + quote(key, safe="/~")


@lru_cache(maxsize=8)
def _root(endpoint: str, name: str, style: str) -> tuple[str, str, str]:
    """Return scheme, host and the path before every key."""
    parts = urlsplit(endpoint)
    own_port = _OWN_PORTS.get(parts.scheme)
    if own_port is None or not parts.netloc:
        raise SettingError("S3_ENDPOINT", "setting.http_url")
    host = parts.netloc.lower().removesuffix(own_port)
    base = parts.path.rstrip("/")
    if style == "vhost":
        return parts.scheme, f"{name}.{host}", f"{base}/"
    return parts.scheme, host, f"{base}/{name}/"


@lru_cache(maxsize=128)
def _encoded(text: str) -> str:
    # Most names and values are the same in every URL.
    return quote(text, safe="~")


def canonical_query(params: Mapping[str, str]) -> str:
    """Return the query: names and values percent-encoded (RFC 3986 unreserved kept), sorted."""
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in params.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], payload_hash: str
) -> str:
    """Return the request in its canonical form; *path* is already encoded (S3 encodes once)."""
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in headers.items())
    block = "".join(f"{name}:{value}\n" for name, value in lines)
    names = ";".join(name for name, _ in lines)
    return f"{method}\n{path}\n{query}\n{block}\n{names}\n{payload_hash}"


def string_to_sign(timestamp: str, scope: str, request: str) -> str:
    """Return what is signed: algorithm, time, scope and the hash of the canonical request."""
    return f"{_ALGORITHM}\n{timestamp}\n{scope}\n{sha256(request.encode()).hexdigest()}"


@lru_cache(maxsize=8)
def signing_key(secret_access_key: str, date: str, region: str) -> bytes:
    """Return the key derived for one day (`YYYYMMDD`) and region of S3."""
    key = f"AWS4{secret_access_key}".encode()
    for part in (date, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@lru_cache(maxsize=8)
def _timestamp(now_s: int) -> str:
    # The URLs of an attempt are all made at one instant.
    return datetime.fromtimestamp(now_s, UTC).strftime("%Y%m%dT%H%M%SZ")


def presigned_url(
    bucket: Bucket,
    method: Literal["GET", "HEAD", "PUT", "DELETE"],
    key: str,
    *,
    now_ms: int,
    expires_s: int,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> str:
    """Return a URL that grants *method* on *key* for *expires_s* seconds (1 to 604,800).

    Whoever uses it must send exactly *headers*; `x-amz-content-sha256` among them is the payload
    hash that is signed, otherwise it is UNSIGNED-PAYLOAD. *query* is part of the signature.
    """
    assert 1 <= expires_s <= EXPIRES_S_MAX
    scheme, host, path = bucket.location(key)
    signed = {name.lower(): value for name, value in (headers or {}).items()} | {"host": host}
    timestamp = _timestamp(now_ms // 1000)
    scope = f"{timestamp[:8]}/{bucket.region}/s3/aws4_request"
    canonical = canonical_query(
        {
            **(query or {}),
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{bucket.access_key_id}/{scope}",
            "X-Amz-Date": timestamp,
            "X-Amz-Expires": str(expires_s),
            "X-Amz-SignedHeaders": ";".join(sorted(signed)),
        }
    )
    payload_hash = signed.get("x-amz-content-sha256", UNSIGNED_PAYLOAD)
    request = canonical_request(method, path, canonical, signed, payload_hash)
    key_bytes = signing_key(bucket.secret_access_key, timestamp[:8], bucket.region)
    to_sign = string_to_sign(timestamp, scope, request)
    signature = hmac.digest(key_bytes, to_sign.encode(), "sha256").hex()
    return f"{scheme}://{host}{path}?{canonical}&X-Amz-Signature={signature}"
