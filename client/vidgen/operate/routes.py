"""Which Worker has which route of the zone, asked of Cloudflare's API with wrangler's own login.

wrangler has no command that lists routes. Source of both calls: Cloudflare's API reference, "List
Zones" and "Workers > Routes > List Routes".
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import httpx
from pydantic import BaseModel, ValidationError

from vidgen.operate.account import Account
from vidgen.operate.project import Project, ToolFailed

__all__ = ["APP_WORKER", "holder", "routes_of"]

APP_WORKER = "vid-genius-start"
API = "https://api.cloudflare.com/client/v4"


class _Zone(BaseModel):
    id: str


class _Zones(BaseModel):
    result: list[_Zone]


class _Route(BaseModel):
    pattern: str
    script: str | None = None


class _Routes(BaseModel):
    result: list[_Route]


def _headers(project: Project) -> dict[str, str]:
    """Return what signs the API's calls, as wrangler is logged in. It is printed nowhere."""
    done = project.wrangler("auth", "token", "--json")
    try:
        found = json.loads(done.out[done.out.index("{") :])
        if found.get("type") == "api_key":
            return {"x-auth-key": found["key"], "x-auth-email": found["email"]}
        return {"authorization": f"Bearer {found['token']}"}
    except (ValueError, KeyError):
        raise ToolFailed("wrangler tells no login. Run `npx wrangler login`.") from None


def routes_of(project: Project, zone: str) -> Mapping[str, str]:
    """Return the Worker of each route of *zone* that has one.

    Raises ToolFailed when the API refuses or does not know the zone.
    """
    base = os.environ.get("CLOUDFLARE_API_BASE_URL", API)
    try:
        with httpx.Client(headers=_headers(project), timeout=60.0) as http:
            found = http.get(f"{base}/zones", params={"name": zone})
            zones = _Zones.model_validate_json(found.content).result
            if not zones:
                raise ToolFailed(f"The account has no zone {zone}.")
            listed = http.get(f"{base}/zones/{zones[0].id}/workers/routes")
            routes = _Routes.model_validate_json(listed.content).result
    except (httpx.HTTPError, ValidationError) as error:
        raise ToolFailed(f"The routes cannot be listed ({type(error).__name__}).") from None
    return {route.pattern: route.script for route in routes if route.script}


def holder(project: Project, account: Account) -> str | None:
    """Return the other Worker that has the app's route; None when nobody or the app has it."""
    script = routes_of(project, account.zone).get(f"{account.app_domain}/*")
    return None if script == APP_WORKER else script
