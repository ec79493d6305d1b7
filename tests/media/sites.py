"""A site on loopback that serves files well, and some of them badly: cut, refused, renamed."""

import gzip
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KINDS = {
    ".html": "text/html",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
    ".xml": "application/rss+xml",
    ".mp3": "audio/mpeg",
}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent for a file. *body*: all of it; *status* and *headers* as usual.

    *is_whole*: all of it comes, else half and the connection is closed. *says_length*: if not, the
    end of the connection is that of the body.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True
    announced: int | None = None
    says_length: bool = True


Manner = Callable[[Answer, int], Answer]
"""How an answer is changed; the second argument counts the requests of that file, from 1."""


def refused(status: int, *, after: int = 0, reason: str = "") -> Manner:
    """Answer with a status once the file was asked for *after* times."""

    def changed(answer: Answer, count: int) -> Answer:
        body = reason.encode() or b"no"
        headers = {"content-type": "text/plain"}
        return answer if count <= after else Answer(status=status, body=body, headers=headers)

    return changed


def broken_off(answer: Answer, _: int) -> Answer:
    """Say the whole length, send half of it and hang up."""
    return Answer(**{**_fields(answer), "is_whole": False})


def closed(answer: Answer, _: int) -> Answer:
    """Say no length, send half of it and hang up."""
    return Answer(**{**_fields(answer), "is_whole": False, "says_length": False})


def halved(answer: Answer, _: int) -> Answer:
    """Say half the length, and send that."""
    return Answer(**{**_fields(answer), "body": answer.body[: _half(answer.body)]})


def half_at_a_packet(answer: Answer, _: int) -> Answer:
    """Send the first half of the packets of a transport stream, as if that were all."""
    packets = len(answer.body) // 188
    return Answer(body=answer.body[: 188 * (packets // 2)], headers=answer.headers)


def emptied(answer: Answer, _: int) -> Answer:
    """Send nothing, and say so."""
    return Answer(**{**_fields(answer), "body": b""})


def gzipped(answer: Answer, _: int) -> Answer:
    """Send it compressed though nobody asked for that."""
    headers = {**answer.headers, "content-encoding": "gzip"}
    return Answer(status=200, body=gzip.compress(answer.body), headers=headers)


def without_ranges(whole: bytes) -> Manner:
    """Send the *whole* file whatever part was asked for."""

    def changed(_: Answer, __: int) -> Answer:
        return Answer(body=whole, headers={"content-type": "video/mp2t"})

    return changed


def typed(kind: str) -> Manner:
    """Send it under another content type."""

    def changed(answer: Answer, _: int) -> Answer:
        headers = {**answer.headers, "content-type": kind}
        return Answer(**{**_fields(answer), "headers": headers})

    return changed


def _half(body: bytes) -> int:
    # Not at the end of a packet of a transport stream, where nothing but the length would tell.
    return len(body) // 2 + 1


def _fields(answer: Answer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in Answer.__slots__}


@dataclass(slots=True)
class Site:
    """Files by name, and the *manners* in which some are sent. *cookies*: those files want them.

    *asked*: the headers of each request, by name. *moved*: files that are on another host.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    manners: dict[str, Manner] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    asked: dict[str, list[Mapping[str, str]]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    origin: str = ""

    def url(self, name: str) -> str:
        """Return the address of a file."""
        return f"{self.origin}/{name}"

    def add(self, folder: Path, *names: str) -> None:
        """Serve files of *folder*; `PORT` in a feed is this site's."""
        port = self.origin.rpartition(":")[2].encode()
        for name in names or [path.name for path in folder.iterdir()]:
            body = (folder / name).read_bytes()
            self.files[name] = body.replace(b"PORT", port) if name.endswith(".xml") else body


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, site: Site, *given: Any) -> None:
        self.site = site
        super().__init__(*given)

    def do_GET(self) -> None:
        name = self.path.lstrip("/").partition("?")[0]
        site = self.site
        site.asked.setdefault(name, []).append(dict(self.headers.items()))
        site.counts[name] += 1
        if name in site.moved:
            return self._send(Answer(status=302, headers={"location": site.moved[name]}))
        if site.cookies.get(name, "") not in self.headers.get("Cookie", ""):
            return self._send(Answer(status=401, body=b"who are you?"))
        if name not in site.files:
            return self._send(Answer(status=404, body=b"no"))
        answer = self._whole_or_part(site.files[name], KINDS.get(Path(name).suffix, "video/mp4"))
        manner = site.manners.get(name)
        return self._send(answer if manner is None else manner(answer, site.counts[name]))

    do_HEAD = do_GET

    def _whole_or_part(self, body: bytes, kind: str) -> Answer:
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        headers = {"content-type": kind}
        if wanted is None:
            return Answer(body=body, headers=headers)
        start, end = int(wanted[1]), int(wanted[2] or len(body) - 1)
        if start >= len(body):
            return Answer(status=416, headers={"content-range": f"bytes */{len(body)}"})
        part = body[start : end + 1]
        headers["content-range"] = f"bytes {start}-{start + len(part) - 1}/{len(body)}"
        return Answer(status=206, body=part, headers=headers)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.says_length:
            self.send_header("content-length", str(len(answer.body)))
        else:
            self.send_header("connection", "close")
        self.end_headers()
        part = answer.body if answer.is_whole else answer.body[: _half(answer.body)]
        if self.command != "HEAD":
            self.wfile.write(part)
        if len(part) < len(answer.body) or not answer.says_length:
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the output clean."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: yt-dlp hangs up once it has seen what a file begins with."""


@contextmanager
def a_site() -> Iterator[Site]:
    """Serve a site on a free port of loopback."""
    site = Site()
    server = _Server(("127.0.0.1", 0), partial(_Handler, site))
    site.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
