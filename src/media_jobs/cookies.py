"""Cookies as people have them, read into one form.

Taken are a cookie file (Netscape's format, https://curl.se/docs/http-cookies.html) with or without
its header line, with any line ends, with a byte order mark, or with spaces where tabs were; the
JSON of browser extensions and of browser automation; and `name=value; name=value`, as a request's
`Cookie` header has it, or one pair a line.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from pydantic import JsonValue, TypeAdapter

from media_jobs.validation import FieldRefused

__all__ = ["Cookie", "read_cookies", "written_cookies"]

_HTTP_ONLY = re.compile(r"#\s*HttpOnly_", re.IGNORECASE)
_MILLISECONDS_FROM = 1e11
_FLAG = r"(TRUE|FALSE|true|false|True|False)"
# Domain, whether subdomains count, path, whether https only, expiry, name, value: by tabs, or by
# the spaces that a terminal or a chat has made of them.
_ROW = re.compile(
    rf"(\S+)[\t ]+{_FLAG}[\t ]+(\S+)[\t ]+{_FLAG}[\t ]+(-?\d+(?:\.\d+)?)[\t ]+([^\t ]+)[\t ]?(.*)"
)
# Between tabs an expiry may be a date, or missing, and programs write flags as numbers.
_EXPIRY = r"(?:-?[\d.]+(?:e\+?\d+)?|session|[^\t]{0,30}\d{4}[^\t]{0,30})?"
_TABBED = re.compile(
    rf"(\S+)\t(TRUE|FALSE|[01])\t(/[^\t]*)\t(TRUE|FALSE|[01])\t({_EXPIRY})\t([^\t]+)\t?(.*)",
    re.IGNORECASE,
)
_TRUE = frozenset({"TRUE", "1"})
# In a remark, where the line ends were lost.
_HIDDEN_ROW = re.compile(rf"\s{_FLAG}\s+/\S*\s+{_FLAG}\s+\d")
_NAME = re.compile(r"[^\s;,=]+")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_SCRIPT = re.compile(r"document\.cookie\s*=\s*")
_BETWEEN_OBJECTS = re.compile(r"\}\s*[\r\n]\s*\{")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One cookie. *domain* without a leading dot, "": the host that is asked.

    *expires_s*: Unix time in seconds, 0: it ends with the session.
    """

    name: str
    value: str
    domain: str = ""
    subdomains: bool = True
    path: str = "/"
    https_only: bool = False
    expires_s: int = 0


def read_cookies(text: str) -> tuple[Cookie, ...]:
    """Return the cookies in *text*; none for a text without any content.

    Raises FieldRefused("field.cookies") for what is in none of the forms. Of a file that is, rows
    without a cookie are left out.
    """
    # Chats and pages bring spaces of their own, and signs that nobody sees.
    content = _UNSEEN.sub("", text).replace("\u00a0", " ").strip()
    lines = [line.strip("\r\n") for line in re.split(r"[\r\n]+", content)]
    rows = [line for line in lines if line.strip() and not _is_remark(line)]
    if not rows:
        if _HIDDEN_ROW.search(content):
            raise FieldRefused("field.cookies")
        return ()
    if content[0] in "[{":
        document = _json(content)
        if not document:
            return ()
        found = tuple(_of_json(document))
    elif any(_matched(_bare(row)) for row in rows):
        found = tuple(cookie for row in rows if (cookie := _of_row(_bare(row))) is not None)
    else:
        found = tuple(_of_header("; ".join(rows)))
    if not found:
        raise FieldRefused("field.cookies")
    return found


def written_cookies(cookies: tuple[Cookie, ...], url: str) -> str:
    """Return *cookies* as a file in Netscape's format; those of no domain are for *url*'s host."""
    host = urlsplit(url).hostname or ""
    lines = ["# Netscape HTTP Cookie File"]
    for cookie in cookies:
        domain = cookie.domain or host
        subdomains = cookie.subdomains and not _is_address(domain)
        fields = (
            f".{domain}" if subdomains else domain,
            _flag(subdomains),
            cookie.path,
            _flag(cookie.https_only),
            str(cookie.expires_s),
            cookie.name,
            # A header is bytes, and browsers send UTF-8; HTTP libraries write one byte a letter.
            cookie.value.encode().decode("latin-1"),
        )
        lines.append("\t".join(fields))
    return "\n".join(lines) + "\n"


def _is_remark(row: str) -> bool:
    return row.lstrip().startswith("#") and not _HTTP_ONLY.match(row.lstrip())


def _bare(row: str) -> str:
    return _HTTP_ONLY.sub("", row.strip(" "), count=1)


def _matched(row: str) -> re.Match[str] | None:
    return _TABBED.fullmatch(row) or _ROW.fullmatch(row)


def _of_row(row: str) -> Cookie | None:
    match = _matched(row)
    if match is None:
        return None
    domain, subdomains, path, https_only, expires, name, value = match.groups()
    return _checked(
        Cookie(
            name=name,
            value=value.strip(),
            domain=_host(domain),
            subdomains=subdomains.upper() in _TRUE or domain.startswith("."),
            path=path,
            https_only=https_only.upper() in _TRUE,
            expires_s=_seconds(expires),
        )
    )


@cache
def _any_json() -> TypeAdapter[JsonValue]:
    # Not at the import: no start of a Worker needs it.
    return TypeAdapter(JsonValue)


def _host(domain: str) -> str:
    """Return the name of a host that may have been written as an address, or with its port."""
    return _host_part(domain).lstrip(".")


def _host_part(domain: str) -> str:
    return re.sub(r"^[a-z]+://|[/?#].*|:\d+(?=$|[/?#])", "", domain, flags=re.IGNORECASE)


def _json(text: str) -> list[JsonValue] | dict[str, JsonValue]:
    try:
        document = _any_json().validate_json(text)
    except ValueError:
        document = _json_lines(text)
    inner = document.get("cookies", document) if isinstance(document, dict) else document
    if isinstance(inner, dict) and _of_object(inner) is not None:
        inner = [inner]
    if not isinstance(inner, list | dict):
        raise FieldRefused("field.cookies")
    return inner


def _json_lines(text: str) -> list[JsonValue]:
    """Return objects one a line, or with commas between and no bracket around, or one too many."""
    bare = text.strip().removeprefix("[").removesuffix("]").rstrip(", \r\n")
    try:
        found = _any_json().validate_json(f"[{_BETWEEN_OBJECTS.sub('},{', bare)}]")
    except ValueError:
        raise FieldRefused("field.cookies") from None
    return found if isinstance(found, list) else []


def _of_json(document: list[JsonValue] | dict[str, JsonValue]) -> Iterator[Cookie]:
    """Yield what an extension has exported: a list of objects, or names with values."""
    if isinstance(document, dict):
        items: list[JsonValue] = [{"name": key, "value": value} for key, value in document.items()]
    else:
        items = document
    for item in items:
        if isinstance(item, dict) and (cookie := _of_object(item)) is not None:
            yield cookie


def _of_object(item: dict[str, JsonValue]) -> Cookie | None:
    # Cookie Quick Manager says `Name raw`, .NET `Name`, tough-cookie `key`.
    item = {key.lower().removesuffix(" raw"): item[key] for key in sorted(item, key=_raw_last)}
    name, value = (
        item.get("name", item.get("key")),
        _written(item.get("value", item.get("content"))),
    )
    domain, path = item.get("domain", item.get("host")), item.get("path")
    if not (isinstance(name, str) and isinstance(value, str)):
        return None
    domain = _host_part(domain.strip()) if isinstance(domain, str) else ""
    # `hostOnly` by extensions; elsewhere a leading dot says that subdomains count.
    host_only = item.get("hostonly", not domain.startswith("."))
    expires = next((item[key] for key in ("expirationdate", "expires", "expiry") if key in item), 0)
    return _checked(
        Cookie(
            name=name,
            value=value,
            domain=_host(domain),
            subdomains=not domain or not host_only,
            path=path if isinstance(path, str) and path.startswith("/") else "/",
            https_only=item.get("secure", item.get("send for")) in (True, "true"),
            expires_s=_seconds(expires),
        )
    )


def _raw_last(key: str) -> bool:
    return key.endswith(" raw")


def _written(value: JsonValue) -> JsonValue:
    """Return the text of a number, which hand-written files have for an identity."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _of_header(line: str) -> Iterator[Cookie]:
    """Yield the pairs of *line*; raises FieldRefused where it has anything else."""
    line = _SCRIPT.sub("", line.strip(), count=1).strip("; '\"")
    label, colon, rest = line.partition(":")
    if colon and label.strip().lower() == "cookie":
        line = rest
    # Chinese keyboards write the other one, which no cookie has.
    for pair in line.replace("\uff1b", ";").split(";"):
        name, equals, value = pair.strip().partition("=")
        if not pair.strip():
            continue
        cookie = _checked(Cookie(name=name.strip(), value=value.strip())) if equals else None
        if cookie is None:
            raise FieldRefused("field.cookies")
        yield cookie


def _checked(cookie: Cookie) -> Cookie | None:
    """Return *cookie*, or None where a header or a file in Netscape's format cannot carry it."""
    texts = (cookie.name, cookie.value, cookie.domain, cookie.path)
    if any(_CONTROL.search(text) for text in texts) or ";" in cookie.value:
        return None
    if not _NAME.fullmatch(cookie.name) or re.search(r"\s", cookie.domain + cookie.path):
        return None
    return cookie


def _seconds(value: object) -> int:
    """Return an expiry as whole seconds; 0 (with the session) for what is none."""
    try:
        seconds = float(str(value))
    except ValueError:
        return 0
    # From the year 5138 on, they are milliseconds.
    seconds = seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
    return int(seconds) if 0 < seconds < _MILLISECONDS_FROM else 0


def _flag(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True
