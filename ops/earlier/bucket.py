"""R2 by its S3 API: listed, written to, and copied within, without the bytes coming here.

botocore signs and tries again. Its modules take a second to load, so they are imported late.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from vidgen.errors import ConfigurationError

from ops.earlier.bucket_index import Stored
from ops.project import ToolFailed

COPY_BYTES_MAX = 5 * 1024**3
"""What one call copies; larger objects are copied in parts."""
PART_BYTES = 1024**3
TRIES = 6
GONE = ("NoSuchKey", "404")
REFUSED = ("AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Unauthorized")


class ObjectGone(Exception):
    """The object that was to be copied is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Keys:
    """The two halves of an S3 API token; the second is a secret."""

    access_key_id: str
    secret_access_key: str


class S3:
    """The buckets that a pair of keys may use; every method raises ToolFailed when refused."""

    def __init__(self, endpoint: str, keys: S3Keys, connections: int) -> None:
        import botocore.session  # type: ignore[import-untyped]  # It ships no types.
        from botocore.config import Config  # type: ignore[import-untyped]

        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            # R2 knows no checksums that were sent behind the body.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "max_attempts": TRIES},
            max_pool_connections=connections,
        )
        self._client: Any = botocore.session.get_session().create_client(
            "s3",
            endpoint_url=endpoint,
            region_name="auto",
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            config=config,
        )

    def listed(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        """Yield all objects of a bucket."""
        with _calls(f"listing the bucket {bucket}"):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                for one in page.get("Contents", ()):
                    yield Stored(
                        key=one["Key"],
                        size_bytes=one["Size"],
                        etag=_plain(one["ETag"]),
                        modified_ms=round(one["LastModified"].timestamp() * 1000),
                    )

    def put(self, bucket: str, key: str, content: bytes, content_type: str) -> str:
        """Write an object; return its etag."""
        with _calls(f"writing {key}"):
            done = self._client.put_object(
                Bucket=bucket, Key=key, Body=content, ContentType=content_type
            )
            return _plain(done["ETag"])

    def copy(self, source: str, key: str, bucket: str, to: str, size_bytes: int) -> str:
        """Copy the object *key* of the bucket *source* to *to*; return the copy's etag.

        Raises ObjectGone.
        """
        place = {"Bucket": source, "Key": key}
        with _calls(f"copying {key}"):
            if size_bytes > COPY_BYTES_MAX:
                return self._copy_in_parts(place, bucket, to)
            done = self._client.copy_object(Bucket=bucket, Key=to, CopySource=place)
            return _plain(done["CopyObjectResult"]["ETag"])

    def _copy_in_parts(self, place: dict[str, str], bucket: str, to: str) -> str:
        """Copy the object at its size of now: it may be another than was listed."""
        head = self._client.head_object(**place)
        size_bytes = head["ContentLength"]
        begun = self._client.create_multipart_upload(
            Bucket=bucket, Key=to, ContentType=head.get("ContentType", "application/octet-stream")
        )
        upload = {"Bucket": bucket, "Key": to, "UploadId": begun["UploadId"]}
        try:
            parts = [
                self._copy_part(upload, place, number, first, size_bytes)
                for number, first in enumerate(range(0, size_bytes, PART_BYTES), 1)
            ]
        except BaseException:
            self._client.abort_multipart_upload(**upload)
            raise
        done = self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        return _plain(done["ETag"])

    def _copy_part(
        self,
        upload: dict[str, str],
        place: dict[str, str],
        number: int,
        first: int,
        size_bytes: int,
    ) -> dict[str, object]:
        last = min(first + PART_BYTES, size_bytes) - 1
        done = self._client.upload_part_copy(
            **upload, PartNumber=number, CopySource=place, CopySourceRange=f"bytes={first}-{last}"
        )
        return {"ETag": done["CopyPartResult"]["ETag"], "PartNumber": number}


def _plain(etag: str) -> str:
    return etag.strip('"')


@contextmanager
def _calls(doing: str) -> Iterator[None]:
    """Say what went wrong while *doing*, in this project's errors."""
    from botocore.exceptions import (  # type: ignore[import-untyped]  # As above.
        BotoCoreError,
        ClientError,
    )

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in GONE:
            raise ObjectGone from None
        if code in REFUSED:
            raise ConfigurationError(
                f"The S3 keys may not do this ({doing}: {code}). They need *Object Read & Write* "
                "for both buckets, and belong to the account of account.toml."
            ) from None
        raise ToolFailed(f"R2 refuses: {doing}: {error}") from None
    except BotoCoreError as error:
        raise ToolFailed(f"R2 cannot be reached: {doing}: {error}") from None
