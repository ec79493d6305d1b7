"""`smoke`: the least that must work after a deploy, tried for real and timed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Annotated

import httpx
import typer
from vidgen.client import Client
from vidgen.commands.parameters import AsJson, Token
from vidgen.config import connection
from vidgen.errors import VidgenError
from vidgen.models import Job

from ops.options import AppUrl, OrchestratorUrl
from ops.project import Project

SOURCE = "/smoke.mp4"
"""A video of one second and 1.7 kB that the app serves, so that no other site is needed."""
WAIT_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One check: whether it went well, how long it took, and what was seen."""

    name: str
    ok: bool
    seconds: float
    seen: str


def smoke(client: Client, orchestrator_url: str, source_url: str | None = None) -> Iterator[Tried]:
    """Try the home page, the presigned URLs and a smallest download; yield each as it ends.

    The job's end is read from the app, which has it from the orchestrator's callback alone. What
    the job has made is deleted.
    """
    presign = f"{orchestrator_url.rstrip('/')}/debug/presign?key=debug/smoke.txt"
    with httpx.Client(timeout=60.0) as http:
        yield _timed("home", lambda: _page(http, client.url))
        yield _timed("presign GET", lambda: _answered(http.get(presign)))
        yield _timed("presign HEAD", lambda: _answered(http.head(presign)))
    yield _timed("job", lambda: _job(client, source_url or f"{client.url}{SOURCE}"))


def _timed(name: str, act: Callable[[], str]) -> Tried:
    began = time.monotonic()
    try:
        seen, ok = act(), True
    except (VidgenError, httpx.HTTPError) as error:
        seen, ok = str(error) or type(error).__name__, False
    return Tried(name=name, ok=ok, seconds=round(time.monotonic() - began, 3), seen=seen)


class _Unlike(VidgenError):
    """An answer is not what it should be."""


def _answered(answer: httpx.Response) -> str:
    if answer.status_code != 200:
        raise _Unlike(f"HTTP {answer.status_code}: {answer.text[:200]}".rstrip(": "))
    return "HTTP 200"


def _page(http: httpx.Client, url: str) -> str:
    answer = http.get(f"{url}/")
    seen = _answered(answer)
    kind = answer.headers.get("content-type", "")
    if not kind.startswith("text/html"):
        raise _Unlike(f"No page is there, but {kind or 'nothing'}.")
    return seen


def _job(client: Client, source_url: str) -> str:
    """Run one download to its end, and return when it reached each status."""
    began = time.monotonic()
    reached: dict[str, float] = {}

    def note(job: Job) -> None:
        reached.setdefault(job.status, time.monotonic() - began)

    submitted = client.download(source_url)
    reached["accepted"] = time.monotonic() - began
    try:
        ended = client.wait(submitted.job_id, timeout_s=WAIT_S, on_job=note)
    except VidgenError as error:
        raise _Unlike(f"{submitted.job_id}: {error}") from None
    if "video" not in ended.artifacts:
        raise _Unlike(f"{submitted.job_id} is completed and has no video.")
    times = ", ".join(f"{status} {at_s:.1f} s" for status, at_s in reached.items())
    client.delete_media(submitted.media_id)
    return f"{submitted.job_id}: {times}"


def smoke_command(
    app_url: AppUrl = None,
    orchestrator_url: OrchestratorUrl = None,
    source_url: Annotated[
        str | None, typer.Option("--source-url", help="Another video to download.")
    ] = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Check the running system: page, presigned URLs, one download. Exit code 1: something failed.

    The token comes from VIDGEN_TOKEN or from `vidgen login`.
    """
    if app_url is None or orchestrator_url is None:
        account = Project.here().account()
        app_url = app_url or account.app_url
        orchestrator_url = orchestrator_url or account.orchestrator_url
    found = connection(app_url, token)
    results = []
    with Client(found.url, found.token) as client:
        for tried in smoke(client, orchestrator_url, source_url):
            results.append(tried)
            if not as_json:
                verdict = "ok" if tried.ok else "FAILED"
                typer.echo(f"{tried.name:<13} {verdict:<7} {tried.seconds:7.2f} s  {tried.seen}")
    well = all(tried.ok for tried in results)
    if as_json:
        typer.echo(json.dumps({"ok": well, "checks": [asdict(tried) for tried in results]}))
    raise typer.Exit(0 if well else 1)
