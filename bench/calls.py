"""What the benchmark says to the Workers: signed requests over one kept connection each."""

import http.client
import itertools
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from media_jobs.presign import UNSIGNED_PAYLOAD, Bucket, presigned_url
from media_jobs.signing import SIGNATURE_HEADER, sign

IDLE_S_MAX = 1.0
"""workerd closes a connection that was silent for some seconds; a new one is opened before."""

_nonces = itertools.count()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchCall:
    """A request, ready to be sent, and the status that it must be answered with."""

    method: str
    target: str
    body: bytes = b""
    headers: dict[str, str]
    status: int = 200


def signed_post(
    target: str, kind: str, fields: dict[str, object], secret: str, method: str = "POST"
) -> BenchCall:
    """Return a signed JSON request with a nonce that was never used before."""
    nonce = f"bench-{now_ms()}-{next(_nonces)}"
    body = json.dumps({"type": kind, **fields, "ts": now_ms(), "nonce": nonce}).encode()
    headers = {"content-type": "application/json", SIGNATURE_HEADER: sign(body, (secret,))}
    return BenchCall(method=method, target=target, body=body, headers=headers)


class KeptConnection:
    """One kept connection; requests go one after the other."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._used_s = 0.0

    def send(self, call: BenchCall) -> bytes:
        """Send *call* and return the answer's body; AssertionError for another status."""
        status, answer = self.exchange(call)
        assert status == call.status, (call.target, status, answer[:500])
        return answer

    def exchange(self, call: BenchCall) -> tuple[int, bytes]:
        """Send *call* and return the answer's status and body, whatever the status.

        Raises OSError when there is none; the connection is to be closed then.
        """
        if time.monotonic() - self._used_s > IDLE_S_MAX:
            self._connection.close()
        try:
            self._connection.request(call.method, call.target, call.body or None, call.headers)
            response = self._connection.getresponse()
            answer = response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        self._used_s = time.monotonic()
        return response.status, answer

    def close(self) -> None:
        self._connection.close()


class Storage:
    """The bucket, by presigned URLs."""

    def __init__(self, endpoint: str, access_key_id: str, secret_access_key: str) -> None:
        self._connection = KeptConnection(endpoint)
        self._bucket = Bucket(
            endpoint=endpoint,
            name="vidgen-render",
            region="auto",
            style="path",
            access_key_id=access_key_id,
            secret_access_key=secret_access_key,
        )

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store *body*."""
        headers = {"content-type": content_type, "x-amz-content-sha256": UNSIGNED_PAYLOAD}
        url = presigned_url(
            self._bucket, "PUT", key, now_ms=now_ms(), expires_s=300, headers=headers
        )
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        self._connection.send(BenchCall(method="PUT", target=target, body=body, headers=headers))

    def close(self) -> None:
        self._connection.close()
