"""Stored objects over HTTP: ranges, validators and file names (RFC 9110, RFC 5987, RFC 6266).

The bucket is a protocol: what is decided here is which bytes of it, and with which headers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from media_jobs.errors import NotFound
from media_jobs.http import Reply, Request
from media_jobs.ports import ObjectInfo, Objects

__all__ = ["ByteRange", "Content", "disposition", "guards", "parse_range", "serve"]

_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is known of the object to send; *etag* without quotes."""

    key: str
    size_bytes: int
    content_type: str
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """*length* bytes from *offset*; a length of 0 is a range that cannot be satisfied."""

    offset: int
    length: int


def parse_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """Return the range that *header* asks for, or None: send everything.

    A header that is not one single byte range is ignored, as RFC 9110 section 14.2 allows.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or match[0].strip("bytes= \t-") == "":
        return None
    first, last = match[1], match[2]
    if not first:
        length = min(int(last), size_bytes)
        return ByteRange(offset=size_bytes - length, length=length)
    offset = int(first)
    end = min(int(last), size_bytes - 1) if last else size_bytes - 1
    if last and int(last) < offset:
        return None
    return ByteRange(offset=offset, length=max(0, end - offset + 1))


_SHOWN = re.compile(r"(?:video|audio|image)/(?!svg)[a-z0-9.+-]+|text/vtt", re.ASCII)
"""What a browser may show: it runs nothing of these. All else is saved, whatever a link says."""
_SANDBOX = "sandbox; default-src 'none'"


def guards(content_type: str) -> dict[str, str]:
    """Return the headers that make stored bytes nobody's page.

    They load nothing, run nothing and have an origin of their own; a film that is opened alone
    needs itself. The page of the app shows those of the orchestrator, so that they may be embedded
    elsewhere: each link is a secret of its own.
    """
    plays = content_type.startswith(("video/", "audio/"))
    return {
        "content-security-policy": f"{_SANDBOX}; media-src 'self'" if plays else _SANDBOX,
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
    }


async def serve(
    request: Request, output: Content, objects: Objects, params: Mapping[str, str]
) -> Reply:
    """Answer a GET or HEAD for *output*; a GET may ask for one range of it (RFC 9110 section 14.2).

    Raises NotFound (`artifact_not_ready`) when the object is gone.
    """
    etag = f'"{output.etag}"'
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=0, must-revalidate",
        "content-disposition": disposition(params, output),
        "etag": etag,
        **guards(output.content_type),
    }
    unchanged = _matches(request.header("if-none-match"), etag)
    if unchanged or request.method == "HEAD":
        _check_present(await objects.head(output.key), output)
    if unchanged:
        return Reply(status=304, body=None, headers=headers)
    part = _requested_part(request, output.size_bytes, etag)
    if part is not None and part.length == 0:
        unsatisfied = {**headers, "content-range": f"bytes */{output.size_bytes}"}
        return Reply(status=416, body=None, headers=unsatisfied)
    status = 200 if part is None else 206
    whole = ByteRange(offset=0, length=output.size_bytes)
    chosen = part or whole
    if part is not None:
        last = part.offset + part.length - 1
        headers["content-range"] = f"bytes {part.offset}-{last}/{output.size_bytes}"
    headers["content-type"] = output.content_type
    headers["content-length"] = str(chosen.length)
    if request.method == "HEAD":
        return Reply(status=status, body=None, headers=headers)
    found = await objects.open(output.key, chosen.offset, chosen.length)
    _check_present(None if found is None else found.info, output)
    assert found is not None
    return Reply(status=status, body=found.stream, headers=headers)


def _check_present(info: ObjectInfo | None, output: Content) -> None:
    if info is None or info.etag != output.etag:
        raise NotFound("artifact_not_ready.gone")


def _requested_part(request: Request, size_bytes: int, etag: str) -> ByteRange | None:
    if request.method != "GET":
        return None
    condition = request.header("if-range")
    if condition is not None and condition != etag:
        return None
    return parse_range(request.header("range"), size_bytes)


def _matches(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    candidates = [part.strip().removeprefix("W/") for part in header.split(",")]
    return etag in candidates or candidates == ["*"]


def disposition(params: Mapping[str, str], output: Content) -> str:
    """Return Content-Disposition with an ASCII name for old clients and the real one."""
    content_type = output.content_type.partition(";")[0].strip().lower()
    shown = _SHOWN.fullmatch(content_type) is not None
    kind = "inline" if shown and params.get("disposition") != "attachment" else "attachment"
    name = params.get("filename") or output.key.rsplit("/", 1)[-1]
    plain = re.sub(r'[^ -~]|["\\/%]', "_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
