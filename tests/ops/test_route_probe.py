"""Whose the domain's paths are, told by their answers alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from app.api.router import ROUTER
from media_jobs import __version__
from media_jobs.diagnosis import Diagnosis, open_question, proof
from media_jobs.errors import MethodNotAllowed
from media_jobs.keyring import Keyring
from media_jobs.request_id import REQUEST_ID_HEADER
from media_jobs.signing import SIGNATURE_HEADER
from ops.doctor.remote import Addresses, examine
from ops.doctor.route_probe import PAGES, PATHS_ASKED, Probed, probe_routes
from ops.secret import OperatorKeys

SECRET = "s" * 64
PUBLIC = Path(__file__).resolve().parents[2] / "public"
Site = Callable[[httpx.Request], httpx.Response]


def app(request: httpx.Request) -> httpx.Response:
    """Answer as the app does: static files bare, the rest with the request's id."""
    if request.url.path in PAGES:
        return httpx.Response(200, text=(PUBLIC / PAGES[request.url.path][0]).read_text())
    return httpx.Response(401, headers={REQUEST_ID_HEADER: request.headers[REQUEST_ID_HEADER]})


def earlier_release(request: httpx.Request) -> httpx.Response:
    """Answer as the app did before requests had ids, and before it was asked for diagnoses."""
    if request.url.path == "/healthz":
        return httpx.Response(200, json={"ok": True, "version": "0.1.0"})
    return httpx.Response(404, json={"code": "not_found"})


def asked(site: Site) -> Probed:
    with httpx.Client(transport=httpx.MockTransport(site)) as http:
        return probe_routes(http, "https://video.films.test")


def found(site: Site) -> set[str]:
    """Return what the doctor says of the app's domain."""

    def internet(request: httpx.Request) -> httpx.Response:
        if request.url.host == "video.films.test":
            return site(request)
        raise httpx.ConnectError("down")

    where = Addresses(
        app="https://video.films.test", orchestrator="https://orchestrator.test", containers={}
    )
    with httpx.Client(transport=httpx.MockTransport(internet)) as http:
        return {
            item.name for item in examine(http, where, OperatorKeys(keys=Keyring((SECRET,))), [])
        }


def test_the_doors_are_paths_of_the_app_that_change_nothing() -> None:
    for path in PATHS_ASKED:
        if path not in PAGES:
            with suppress(MethodNotAllowed):
                assert ROUTER.find("GET", path)[0].access in ("open", "any", "read")


def test_an_earlier_release_is_not_taken_for_another_worker() -> None:
    assert found(earlier_release) == {"not_ours.app", "unreachable.orchestrator"}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, html="<p>Sorry, you have been blocked"),
        httpx.Response(500, html="<p>Error 1101: Worker threw exception"),
        httpx.Response(522, html="<p>Connection timed out"),
        httpx.Response(302, headers={"location": "https://films.cloudflareaccess.com/login"}),
    ],
    ids=["firewall", "crash", "no Worker", "Access"],
)
def test_what_cloudflare_answers_itself_is_no_route_conflict(answer: httpx.Response) -> None:
    everywhere = asked(lambda request: answer)
    at_the_page = asked(lambda request: answer if request.url.path == "/" else app(request))

    assert (everywhere.all_taken, at_the_page.taken) == (False, ())


def test_a_proxy_that_names_its_own_ids_makes_no_route_conflict() -> None:
    def behind_a_proxy(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            request.headers[REQUEST_ID_HEADER] = "the-proxy-s-own"
            return app(request)
        signature, now_ms = request.headers[SIGNATURE_HEADER], int(time.time() * 1000)
        question = open_question("app", request.content, signature, (SECRET,), now_ms)
        signed = proof("app", question.nonce, (SECRET,))
        answer = Diagnosis(
            part="app", version=__version__, now_ms=question.ts, secrets=1, proof=signed
        )
        return httpx.Response(200, text=answer.to_json().decode())

    assert found(behind_a_proxy) == {"unreachable.orchestrator"}
