"""Copies within R2: what one call does not copy, and what is said when one is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.stub import Stubber  # type: ignore[import-untyped]  # It ships no types.
from vidgen.errors import ConfigurationError

from ops.earlier.bucket import PART_BYTES, S3, ObjectGone, S3Keys
from ops.project import ToolFailed

pytestmark = pytest.mark.heavy
GIB = 1024**3
PLACE = {"Bucket": "theirs", "Key": "media/影片/video.mp4"}


@pytest.fixture(scope="module")
def s3() -> S3:
    keys = S3Keys(access_key_id="key", secret_access_key="half")
    return S3("https://account.r2.cloudflarestorage.com", keys, 1)


@pytest.fixture
def r2(s3: S3) -> Iterator[Stubber]:
    """What R2 is to be asked, in order, and answers."""
    with Stubber(s3._client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def head(size_bytes: int) -> dict[str, object]:
    return {"ContentLength": size_bytes}


def copied(s3: S3, size_bytes: int) -> str:
    return s3.copy("theirs", PLACE["Key"], "ours", "media/med_1/v", size_bytes)


def test_an_object_is_copied_from_the_other_bucket_by_one_call(s3: S3, r2: Stubber) -> None:
    asked = {"Bucket": "ours", "Key": "media/med_1/v", "CopySource": PLACE}
    r2.add_response("copy_object", {"CopyObjectResult": {"ETag": '"abc"'}}, asked)

    assert copied(s3, 5 * GIB) == "abc"


def test_a_larger_object_is_copied_in_parts_that_cover_it_once(s3: S3, r2: Stubber) -> None:
    size_bytes, upload = 5 * GIB + 1, {"Bucket": "ours", "Key": "media/med_1/v"}
    r2.add_response("head_object", {"ContentType": "video/mp4", **head(size_bytes)}, PLACE)
    begun = {**upload, "ContentType": "video/mp4"}
    r2.add_response("create_multipart_upload", {"UploadId": "u"}, begun)
    ranges = [f"bytes={n * PART_BYTES}-{(n + 1) * PART_BYTES - 1}" for n in range(5)]
    ranges.append(f"bytes={5 * PART_BYTES}-{5 * PART_BYTES}")
    for number, wanted in enumerate(ranges, 1):
        part = {"UploadId": "u", "PartNumber": number, "CopySource": PLACE}
        asked = {**upload, **part, "CopySourceRange": wanted}
        r2.add_response("upload_part_copy", {"CopyPartResult": {"ETag": f'"{number}"'}}, asked)
    parts = [{"ETag": f'"{number}"', "PartNumber": number} for number in range(1, 7)]
    whole = {**upload, "UploadId": "u", "MultipartUpload": {"Parts": parts}}
    r2.add_response("complete_multipart_upload", {"ETag": '"whole-6"'}, whole)

    assert copied(s3, size_bytes) == "whole-6"


def test_a_copy_in_parts_that_fails_leaves_no_parts(s3: S3, r2: Stubber) -> None:
    r2.add_response("head_object", head(6 * GIB), PLACE)
    r2.add_response("create_multipart_upload", {"UploadId": "u"})
    r2.add_client_error("upload_part_copy", "InternalError", "no luck")
    r2.add_response("abort_multipart_upload", {})

    with pytest.raises(ToolFailed, match="no luck"):
        copied(s3, 6 * GIB)


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("NoSuchKey", ObjectGone, "^$"),
        ("AccessDenied", ConfigurationError, r"\*Object Read & Write\* for both buckets"),
        ("SlowDown", ToolFailed, "copying media/影片/video.mp4"),
    ],
)
def test_what_r2_refuses_is_said_with_what_to_do(
    s3: S3, r2: Stubber, code: str, kind: type[Exception], said: str
) -> None:
    r2.add_client_error("copy_object", code, http_status_code=400)

    with pytest.raises(kind, match=said):
        copied(s3, 1)
