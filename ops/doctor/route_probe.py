"""Which paths of the app's domain something else answers, found out by HTTP alone.

The app names a request's own id in every answer (`media_jobs.request_id`), and its static files are
known by what they contain; no other Worker does either.
"""

from __future__ import annotations

import json
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from media_jobs.diagnosis import PATHS
from media_jobs.request_id import REQUEST_ID_HEADER

PAGES: Mapping[str, tuple[str, str]] = {
    "/": ("index.html", '<div id="announcer" class="visually-hidden"'),
    "/icon.svg": ("icon.svg", '<rect width="32" height="32" rx="8" fill="#4457d6"/>'),
}
"""Paths that the app answers with a file of `public/`: which, and what every release of it has."""
HEALTH = "/healthz"
PATHS_ASKED = (
    *PAGES,
    HEALTH,
    "/api/session",
    "/api/jobs",
    "/api/media",
    "/api/openapi.json",
    "/api/render/cf-callback",
    PATHS["app"],
)
"""What is asked by GET, which changes nothing: each answers, be it with 401 or 405."""
TIMEOUT_S = 20.0

Kind = Literal["ours", "ours_before", "other", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """Whose the answers were: paths of the app, and of something else.

    *before*: `/healthz` is of an earlier release of the app, which names no ids. Paths in neither
    were not answered, or by Cloudflare itself.
    """

    ours: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    before: bool = False

    @property
    def all_taken(self) -> bool:
        """Whether something else has the whole domain."""
        return not self.before and self.others == PATHS_ASKED

    @property
    def taken(self) -> tuple[str, ...]:
        """The paths that something else has while the app has some."""
        return self.others if self.ours and not self.before else ()


def probe_routes(http: httpx.Client, app_url: str) -> Probed:
    """Ask each path of the app at *app_url*."""
    kinds = {path: _kind(http, app_url.rstrip("/"), path) for path in PATHS_ASKED}
    return Probed(
        ours=tuple(path for path, kind in kinds.items() if kind == "ours"),
        others=tuple(path for path, kind in kinds.items() if kind == "other"),
        before=kinds[HEALTH] == "ours_before",
    )


def _kind(http: httpx.Client, base: str, path: str) -> Kind:
    request_id = f"doctor-{randomness.token_hex(8)}"
    headers = {REQUEST_ID_HEADER: request_id}
    try:
        answer = http.get(base + path, headers=headers, timeout=TIMEOUT_S, follow_redirects=False)
    except httpx.HTTPError:
        return "unknown"
    if answer.headers.get(REQUEST_ID_HEADER) == request_id:
        return "ours"
    if path in PAGES and PAGES[path][1] in answer.text:
        return "ours"
    if path == HEALTH and _is_health(answer):
        return "ours_before"
    return "unknown" if _is_cloudflares(answer) else "other"


def _is_health(answer: httpx.Response) -> bool:
    try:
        document = json.loads(answer.content)
        return document["ok"] is True and isinstance(document["version"], str)
    except (ValueError, KeyError, TypeError):
        return False


def _is_cloudflares(answer: httpx.Response) -> bool:
    """Whether Cloudflare may have answered: its firewall, its Access, for a Worker that crashed, or
    for want of one."""
    return (
        answer.status_code in (403, 429)
        or answer.status_code >= 500
        or ".cloudflareaccess.com/" in answer.headers.get("location", "")
    )
