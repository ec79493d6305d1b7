"""The downloader's options in the words of the earlier system."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from media_jobs.earlier_options import EarlierOptions, NoWord, Row, by_words
from media_jobs.engines.downloader.options import DownloadOptions

__all__ = ["COMMENTS_A_PAGE", "EARLIER"]

COMMENTS_A_PAGE = 20
"""What YouTube answers at once. What a page there has more is left out when it is stored."""
_COMMENTS_MAX = 500
_QUALITIES = {1080: "1080p", 720: "720p"}
_TASKS = {"full": "", "metadata": "metadata-only", "comments": "comments", "list": "channel-list"}
_SOURCES = {"youtube.com": "youtube", "youtu.be": "youtube", "tiktok.com": "tiktok"}
_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks5": 1080}
"""The protocols of proxies that both know, with the port of an address without one."""
_PARTS = ("server", "port", "protocol", "username", "password")
_SERVER = re.compile(r"[^\s/?#@]+")
_PORT = re.compile(r"[0-9]{1,5}")


def _usual() -> DownloadOptions:
    return DownloadOptions(url="https://video.example/")


def _asked(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out how many comments, where none are asked for."""
    unused = set() if options.get("mode") == "comments" else {"maxComments"}
    return {name: value for name, value in options.items() if name not in unused}


def _source(url: str) -> str | None:
    """Name the site of *url*, where it is one of theirs."""
    host = urlsplit(url).hostname or ""
    return next((name for site, name in _SOURCES.items() if f".{host}".endswith(f".{site}")), None)


def _read_pages(said: Any) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or said < 1:
        raise NoWord
    return min(said * COMMENTS_A_PAGE, _COMMENTS_MAX)


def _say_pages(comments: int) -> int:
    return -(-comments // COMMENTS_A_PAGE)


def _say_proxy(proxy: str) -> dict[str, Any]:
    """Say an address part by part; as yt-dlp reads it, without a scheme it is http."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme not in _PORTS:
        raise NoWord
    said = {
        "id": "proxy",
        "server": parts.hostname,
        "port": parts.port or _PORTS[parts.scheme],
        "protocol": parts.scheme,
    }
    logins = {"username": parts.username, "password": parts.password}
    return said | {name: unquote(part) for name, part in logins.items() if part is not None}


def _read_proxy(said: Any) -> Any:
    """Make an address of the parts; ours is a text already."""
    if isinstance(said, str):
        return said
    if not (isinstance(said, dict) and isinstance(said.get("server"), str)):
        raise NoWord
    # Forms have numbers as texts, and some passwords are numbers.
    server, port, protocol, *login = (_text(said.get(name)) for name in _PARTS)
    if protocol not in _PORTS or not _SERVER.fullmatch(server) or not _PORT.fullmatch(port):
        raise NoWord
    user, password = (quote(part, safe="") for part in login)
    before = f"{user}:{password}@" if user or password else ""
    host = f"[{server}]" if ":" in server and not server.startswith("[") else server
    return f"{protocol}://{before}{host}:{port}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NoWord
    return str(value)


EARLIER = EarlierOptions(
    rows=(
        Row("url", "url"),
        Row("url", "source", say=_source, read=None),
        Row("maxHeight", "quality", *by_words(_QUALITIES)),
        Row("mode", "task", *by_words(_TASKS)),
        Row("maxComments", "commentsPages", say=_say_pages, read=_read_pages),
        Row("proxy", "proxy", say=_say_proxy, read=_read_proxy),
    ),
    usual=_usual,
    asked=_asked,
    empty=frozenset({"quality", "source", "task", "commentsPages", "proxy"}),
)
