"""An import from one bucket into another, over the S3 side that Cloudflare's simulator gives R2."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from dev.installation import node_path
from ops.earlier import bucket
from ops.earlier.bucket import S3, ObjectGone, S3Keys
from ops.earlier.dump import EarlierDump
from ops.earlier.import_run import Import, Wanted
from ops.earlier.tally import Tally
from ops.resources import BUCKET
from tests.ops.earlier.earlier_system import (
    COMMENTS,
    TRANSLATION,
    burn,
    download,
    dump,
    media,
    objects_of,
)
from tests.ops.earlier.here import Here

pytestmark = [pytest.mark.programs, pytest.mark.heavy]
THEIRS = "their-bucket"
ODD_KEY = "media/影片 1/+&?%=\"'.mp4"
PART_BYTES = 5 << 20
"""The least that S3 takes as a part that is not the last."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of two buckets."""
    program = str(Path(__file__).with_name("two_buckets.mjs"))
    argv = [node_path(), program, "key", "half", THEIRS, BUCKET]
    # It ends with its standard input: a signal would reach what starts it alone.
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        yield run.stdout.readline().strip()


def s3_of(endpoint: str, half: str) -> S3:
    return S3(endpoint, S3Keys(access_key_id="key", secret_access_key=half), 8)


@pytest.fixture(scope="module")
def s3(endpoint: str) -> S3:
    return s3_of(endpoint, "half")


def content(s3: S3, key: str) -> tuple[bytes, str]:
    """Return what this project's bucket has as *key*, and of which type."""
    found = s3._client.get_object(Bucket=BUCKET, Key=key)
    return found["Body"].read(), found["ContentType"]


@pytest.mark.long
@pytest.mark.parametrize("size_bytes", [9, 2 * PART_BYTES + 1])
def test_an_object_is_copied_whole_in_one_call_or_in_parts(
    s3: S3, monkeypatch: pytest.MonkeyPatch, size_bytes: int
) -> None:
    monkeypatch.setattr(bucket, "COPY_BYTES_MAX", 2 * PART_BYTES)
    monkeypatch.setattr(bucket, "PART_BYTES", PART_BYTES)
    body = (b"0123456789abcdef-" * (size_bytes // 17 + 1))[:size_bytes]
    s3.put(THEIRS, ODD_KEY, body, "video/mp4")

    etag = s3.copy(THEIRS, ODD_KEY, BUCKET, "copy", size_bytes)

    assert content(s3, "copy") == (body, "video/mp4")
    [listed] = s3.listed(BUCKET, "copy")
    assert (listed.size_bytes, listed.etag) == (size_bytes, etag)


@pytest.mark.long
def test_a_copy_in_parts_is_of_what_the_object_is_now(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was replaced after the bucket was listed."""
    monkeypatch.setattr(bucket, "COPY_BYTES_MAX", PART_BYTES)
    monkeypatch.setattr(bucket, "PART_BYTES", PART_BYTES)
    body = b"x" * (PART_BYTES + 100)
    s3.put(THEIRS, "replaced", body, "video/mp4")

    s3.copy(THEIRS, "replaced", BUCKET, "as-it-is", PART_BYTES + 1)

    assert content(s3, "as-it-is")[0] == body


@pytest.mark.long
@pytest.mark.parametrize("size_bytes", [9, 6 << 30])
def test_what_is_gone_or_refused_is_told(endpoint: str, s3: S3, size_bytes: int) -> None:
    with pytest.raises(ObjectGone):
        s3.copy(THEIRS, "gone", BUCKET, "copy", size_bytes)
    with pytest.raises(ConfigurationError, match="for both buckets"):
        s3_of(endpoint, "another").copy(THEIRS, ODD_KEY, BUCKET, "copy", size_bytes)


def test_an_import_from_another_bucket_brings_every_byte_along_once(
    s3: S3, here: Here, tmp_path: Path
) -> None:
    rows: list[tuple[str, dict[str, object]]] = [
        ("media", media(1, translation=TRANSLATION, comments=COMMENTS)),
        ("tasks", download(1)),
        ("tasks", burn(1)),
    ]
    for key, body in objects_of(rows):
        s3.put(THEIRS, key, body, "application/octet-stream")
    file = tmp_path / "earlier.sql"
    file.write_text(dump(rows), newline="")

    def run() -> Tally:
        with closing(EarlierDump(file)) as earlier:
            wanted = Wanted(source=THEIRS, pictures=False)
            return Import(earlier, here, s3, wanted, lambda _: None).run()

    brought, again = run(), run()

    named = here.ask(
        "SELECT object_key AS name FROM inputs UNION SELECT json_extract(o.value, '$.key')"
        " FROM jobs, json_each(jobs.outputs) AS o ORDER BY name"
    )
    there = {one.key for one in s3.listed(BUCKET, "media/")}
    assert there == {row["name"] for row in named}
    videos = {content(s3, key)[0] for key in there if key.endswith(".mp4")}
    assert videos == {b"video of m-1", b"result of r1"}
    assert (brought.new["video"], brought.new["subtitles"], brought.new["jobs"]) == (1, 2, 2)
    assert brought.objects == len(there) == 6
    assert (sum(again.new.values()), again.objects) == (0, 0)
