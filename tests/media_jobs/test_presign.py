"""AWS's published example step by step, then botocore, an independent signer, step by step.

The example: AWS, "Authenticating Requests: Using Query Parameters" (S3, API version 2006-03-01).
"""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth  # type: ignore[import-untyped]  # It ships no types.
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from media_jobs.errors import SettingError
from media_jobs.presign import (
    UNSIGNED_PAYLOAD,
    Bucket,
    canonical_request,
    presigned_url,
    signing_key,
    string_to_sign,
)

VECTORS = Path(__file__).parents[1] / "vectors/sigv4"
Method = Literal["GET", "HEAD", "PUT", "DELETE"]


def vector(step: str) -> str:
    return (VECTORS / f"example.{step}").read_text()


EXAMPLE = Bucket(
    endpoint="https://s3.amazonaws.com",
    name="examplebucket",
    region="us-east-1",
    style="vhost",
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)
EXAMPLE_MS = 1_369_353_600_000  # 2013-05-24T00:00:00Z
LOCAL = replace(
    EXAMPLE,
    endpoint="http://localhost:8788/cdn-cgi/local/r2/s3",
    name="vidgen-render",
    region="auto",
    style="path",
)
R2 = replace(LOCAL, endpoint="https://0123456789abcdef.r2.cloudflarestorage.com")


def test_each_step_of_the_published_example() -> None:
    query = vector("creq").split("\n")[2]
    headers = {"host": "examplebucket.s3.amazonaws.com"}
    request = canonical_request("GET", "/test.txt", query, headers, UNSIGNED_PAYLOAD)
    scope = "20130524/us-east-1/s3/aws4_request"
    key = signing_key(EXAMPLE.secret_access_key, "20130524", "us-east-1")

    assert request == vector("creq")
    assert string_to_sign("20130524T000000Z", scope, request) == vector("sts")
    assert key.hex() == vector("key")


def test_the_url_of_the_published_example() -> None:
    url = presigned_url(EXAMPLE, "GET", "test.txt", now_ms=EXAMPLE_MS, expires_s=86_400)

    assert url == vector("url")
    assert url.endswith(vector("signature"))


def test_header_values_are_trimmed_folded_and_sorted_by_lower_case_name() -> None:
    headers = {"X-Amz-Meta": "  a   b  ", "Host": "example.com", "content-type": "text/plain"}

    request = canonical_request("PUT", "/key", "", headers, UNSIGNED_PAYLOAD)

    assert request == (
        "PUT\n/key\n\n"
        "content-type:text/plain\nhost:example.com\nx-amz-meta:a b\n\n"
        "content-type;host;x-amz-meta\nUNSIGNED-PAYLOAD"
    )


class Steps(S3SigV4QueryAuth):  # type: ignore[misc]  # Untyped, see above.
    """Botocore's signer at a given time, which keeps what it computed on the way."""

    def __init__(self, bucket: Bucket, now_ms: int, expires_s: int) -> None:
        credentials = Credentials(bucket.access_key_id, bucket.secret_access_key)
        super().__init__(credentials, "s3", bucket.region, expires=expires_s)
        moment = datetime.fromtimestamp(now_ms // 1000, UTC)
        self.timestamp = moment.strftime("%Y%m%dT%H%M%SZ")
        self.canonical = ""
        self.to_sign = ""

    def sign(self, request: AWSRequest) -> None:
        """What `add_auth` does, with our clock instead of its own."""
        request.context["timestamp"] = self.timestamp
        self._modify_request_before_signing(request)
        self.canonical = self.canonical_request(request)
        self.to_sign = self.string_to_sign(request, self.canonical)
        self._inject_signature_to_request(request, self.signature(self.to_sign, request))


KEYS = [
    "manifests/jobs/job_1.json",
    "with space.mp4",
    "a+b!c*d'e(f)g~h%i.mp4",
    "100%25.mp4",
    "字幕/第一集 é.vtt",
    "😀/emoji.mp4",
    '&=?#:@,;$[]{}|^`"<>\\.bin',
    "a//b/./c/../d",
    "trailing/",
]
PUT_HEADERS = {"content-type": "video/mp4", "x-amz-content-sha256": UNSIGNED_PAYLOAD}
CASES: list[tuple[Method, dict[str, str], dict[str, str]]] = [
    ("GET", {}, {}),
    ("HEAD", {}, {}),
    ("DELETE", {}, {}),
    ("PUT", PUT_HEADERS, {}),
    ("PUT", {"Content-Type": "text/vtt; charset=utf-8"}, {}),
    ("PUT", {**PUT_HEADERS, "Content-Length": "5000000", "If-None-Match": "*"}, {}),
    ("PUT", {"content-length": "8388608"}, {"partNumber": "7", "uploadId": "AbC+/=~ %&é"}),
    ("PUT", {}, {"partNumber": "7", "uploadId": "AbC+/=~ %&é"}),
    ("GET", {}, {"response-content-disposition": "attachment; filename*=UTF-8''%E5%AD%97.mp4"}),
]
BUCKETS = [
    R2,
    replace(R2, style="vhost"),
    LOCAL,
    EXAMPLE,
    replace(R2, endpoint="https://S3.Example.com:443"),
]


@pytest.mark.parametrize("bucket", BUCKETS, ids=lambda b: f"{b.endpoint}-{b.style}")
@pytest.mark.parametrize(("method", "headers", "query"), CASES)
def test_each_step_and_the_url_equal_botocores(
    bucket: Bucket, method: Method, headers: dict[str, str], query: dict[str, str]
) -> None:
    for key in KEYS:
        _assert_equal_to_botocores(bucket, method, key, headers, query)


def _assert_equal_to_botocores(
    bucket: Bucket, method: Method, key: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    now_ms, expires_s = 1_790_000_123_456, 3600
    ours = presigned_url(
        bucket, method, key, now_ms=now_ms, expires_s=expires_s, headers=headers, query=query
    )

    parts = urlsplit(bucket.endpoint)
    host = f"{bucket.name}.{parts.netloc}" if bucket.style == "vhost" else parts.netloc
    folder = parts.path if bucket.style == "vhost" else f"{parts.path}/{bucket.name}"
    address = f"{parts.scheme}://{host}{folder}/{quote(key, safe='/~')}"
    request = AWSRequest(method=method, url=address, headers=headers, params=query)
    theirs = Steps(bucket, now_ms, expires_s)
    theirs.sign(request)

    path, our_query, signature = _taken_apart(ours)
    their_path, their_query, their_signature = _taken_apart(request.url)
    signed = {name.lower(): value for name, value in headers.items()}
    signed["host"] = host.lower().removesuffix(":443")
    canonical = canonical_request(method, path, our_query, signed, UNSIGNED_PAYLOAD)
    scope = f"{theirs.timestamp[:8]}/{bucket.region}/s3/aws4_request"
    assert path == their_path
    assert canonical == theirs.canonical
    assert string_to_sign(theirs.timestamp, scope, canonical) == theirs.to_sign
    assert signature == their_signature
    assert sorted(our_query.split("&")) == sorted(their_query.split("&"))


def _taken_apart(url: str) -> tuple[str, str, str]:
    """Return path, query without the signature, and the signature."""
    parts = urlsplit(url)
    query, _, signature = parts.query.partition("&X-Amz-Signature=")
    return parts.path, query, signature


def test_the_host_is_written_as_the_client_will_send_it() -> None:
    bucket = replace(R2, endpoint="https://Account.R2.Example.com:443/")

    assert bucket.location("key") == ("https", "account.r2.example.com", "/vidgen-render/key")
    assert LOCAL.location("key")[1] == "localhost:8788"
    assert replace(R2, endpoint="http://[::1]:80").location("key")[1] == "[::1]"


def test_a_payload_hash_among_the_headers_is_the_one_that_is_signed() -> None:
    def signature(payload_hash: str) -> str:
        headers = {"x-amz-content-sha256": payload_hash}
        url = presigned_url(R2, "PUT", "k", now_ms=EXAMPLE_MS, expires_s=60, headers=headers)
        return url.rpartition("=")[2]

    assert signature(sha256(b"").hexdigest()) != signature(UNSIGNED_PAYLOAD)


@pytest.mark.parametrize("endpoint", ["", "localhost:9000", "ftp://example.com", "https://"])
def test_an_endpoint_that_is_no_url_names_the_setting(endpoint: str) -> None:
    with pytest.raises(SettingError) as caught:
        presigned_url(replace(R2, endpoint=endpoint), "GET", "k", now_ms=0, expires_s=1)

    assert caught.value.setting == "S3_ENDPOINT"


def test_the_secret_key_is_in_no_representation_and_no_url() -> None:
    url = presigned_url(R2, "GET", "k", now_ms=EXAMPLE_MS, expires_s=60)

    assert R2.secret_access_key not in repr(R2)
    assert R2.secret_access_key not in url
