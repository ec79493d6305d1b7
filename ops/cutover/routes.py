"""The zone's routes and their Workers, by Cloudflare's API with wrangler's own login.

wrangler lists no routes, and its `triggers deploy` replaces all routes of a Worker at once, in
every zone (docs/decisions/0023-routes-by-the-api.md). Source of the calls: Cloudflare's API
reference, "Zones" and "Workers > Routes".
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ValidationError

from ops.account import Account
from ops.project import Project, ToolFailed

APP_WORKER = "vid-genius-start"
API = "https://api.cloudflare.com/client/v4"


class _Fault(BaseModel):
    message: str


class _Answer(BaseModel):
    success: bool = True
    errors: list[_Fault] = []


class _Zone(BaseModel):
    id: str


class _Zones(_Answer):
    result: list[_Zone] | None


class ZoneRoute(BaseModel):
    """One route. Without a *script* it switches Workers off for its pattern."""

    id: str
    pattern: str
    script: str | None = None


class _Routes(_Answer):
    result: list[ZoneRoute] | None


class Zone:
    """The routes of one zone; every method raises ToolFailed when the API refuses."""

    def __init__(self, http: httpx.Client, name: str) -> None:
        self._http = http
        self.name = name
        found = _Zones.model_validate_json(self._call("GET", "/zones", params={"name": name}))
        if not found.result:
            raise ToolFailed(f"The account has no zone {name}.")
        self._path = f"/zones/{found.result[0].id}/workers/routes"

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
    ) -> bytes:
        answer = self._http.request(method, path, params=params, json=body)
        said = _Answer.model_validate_json(answer.content)
        if not said.success or answer.status_code >= 400:
            reason = said.errors[0].message if said.errors else f"HTTP {answer.status_code}"
            raise ToolFailed(f"Cloudflare refuses {method} {path}: {reason}")
        return answer.content

    def routes(self) -> list[ZoneRoute]:
        """Return all routes."""
        found = _Routes.model_validate_json(self._call("GET", self._path)).result
        if found is None:
            raise ToolFailed("Cloudflare lists no routes: the login may not read them.")
        return found

    def add(self, pattern: str, script: str) -> None:
        """Give the Worker *script* a new route."""
        self._call("POST", self._path, body={"pattern": pattern, "script": script})

    def assign(self, route: ZoneRoute, script: str) -> None:
        """Give a route to another Worker, in one step."""
        body = {"pattern": route.pattern, "script": script}
        self._call("PUT", f"{self._path}/{route.id}", body=body)

    def remove(self, route: ZoneRoute) -> None:
        """Delete a route; the Worker stays."""
        self._call("DELETE", f"{self._path}/{route.id}")


def _headers(project: Project) -> dict[str, str]:
    """Return what signs the API's calls, as wrangler is logged in. It is printed nowhere."""
    try:
        found = project.wrangler_json("auth", "token", "--json")
        if found.get("type") == "api_key":
            return {"x-auth-key": found["key"], "x-auth-email": found["email"]}
        return {"authorization": f"Bearer {found['token']}"}
    except (ToolFailed, AttributeError, KeyError):
        raise ToolFailed("wrangler has no login. Run `npx wrangler login`.") from None


@contextmanager
def open_zone(project: Project, name: str) -> Iterator[Zone]:
    """Yield the zone; a call that fails or is not understood raises ToolFailed."""
    base = os.environ.get("CLOUDFLARE_API_BASE_URL", API)
    try:
        with httpx.Client(base_url=base, headers=_headers(project), timeout=60.0) as http:
            yield Zone(http, name)
    except (httpx.HTTPError, ValidationError) as error:
        raise ToolFailed(f"Cloudflare's API failed ({type(error).__name__}).") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts:
    """*holder*: the other Worker that has the app's route. *before*: routes that a cut-over leaves,
    of further Workers or of none, which go before the app's."""

    holder: str | None
    before: Sequence[ZoneRoute]


def conflicts(project: Project, account: Account) -> Conflicts:
    """Return what keeps requests for the app's domain from the app. Raises ToolFailed."""
    domain = account.app_domain
    with open_zone(project, account.zone) as zone:
        here = [route for route in zone.routes() if host_of(route.pattern) == domain]
    whole = {route.script for route in here if route.pattern == f"{domain}/*"}
    holder = next(iter(whole - {APP_WORKER, None}), None)
    known = (APP_WORKER, holder) if holder else (APP_WORKER,)
    return Conflicts(
        holder=holder,
        before=[
            route
            for route in here
            if route.script not in known and route.pattern != legacy_route(domain)
        ],
    )


def legacy_route(domain: str) -> str:
    """Return the route that a cut-over gives the old Worker of *domain*."""
    return f"{domain}/__legacy/*"


def host_of(pattern: str) -> str:
    """Return the host that a route's pattern is for, which may begin with `*`."""
    return pattern.removeprefix("https://").removeprefix("http://").partition("/")[0]


def arrange(zone: Zone, wanted: Mapping[str, str], scripts: Collection[str]) -> list[str]:
    """Make *wanted* (pattern: Worker) the only routes of the Workers *scripts*; say what changed.

    New routes come before old ones go, so that no Worker is without a route on the way, and run
    again it goes on where it broke off. Raises ToolFailed, before anything is changed, when a
    wanted pattern belongs to a Worker that is none of them.
    """
    there = {route.pattern: route for route in zone.routes()}
    for pattern in wanted:
        if pattern in there and there[pattern].script not in scripts:
            owner = there[pattern].script or "no Worker"
            raise ToolFailed(f"The route {pattern} belongs to {owner}: it is left as it is.")
    changed = []
    for pattern, script in wanted.items():
        if pattern not in there:
            zone.add(pattern, script)
        elif there[pattern].script != script:
            zone.assign(there[pattern], script)
        else:
            continue
        changed.append(f"{pattern} → {script}")
    for pattern, route in there.items():
        if route.script in scripts and pattern not in wanted:
            zone.remove(route)
            changed.append(f"{pattern} removed from {route.script}")
    return changed
