"""The router: finds, admits, reads, validates, hands over."""

import json
from enum import StrEnum
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from media_jobs.errors import AccessDenied, InvalidInput
from media_jobs.http import Reply, json_reply
from media_jobs.keyring import Keyring
from media_jobs.problems import error_reply
from media_jobs.routing import BODY_BYTES_MAX, Handler, Incoming, Route, Router, Text
from media_jobs.signing import SIGNATURE_HEADER, sign
from media_jobs.wire import CancelJob
from tests.platform.loop import run
from tests.platform.request import request

SECRET = "routing-secret-0123456789"
NOW_MS = 1_790_000_000_000


class Access(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    NOBODY = "nobody"


class Named(BaseModel):
    name: Annotated[str, Field(max_length=5)] = "none"


async def answer(call: str, **given: object) -> Reply:
    if call == "broken":
        raise InvalidInput("bad_request")
    shown = {
        name: value.model_dump() if isinstance(value, BaseModel) else value
        for name, value in given.items()
    }
    return json_reply({"call": call, **shown})


async def answer_named(call: str, body: Named) -> Reply:
    return await answer(call, body=body)


async def answer_query(call: str, query: Named) -> Reply:
    return await answer(call, query=query)


async def answer_cancel(call: str, job_id: str, body: CancelJob) -> Reply:
    return await answer(call, job_id=job_id, body=body)


def row(
    method: str,
    pattern: str,
    handler: Handler = answer,
    access: Access = Access.OPEN,
    body: Text | None = None,
    body_needed: bool = True,
) -> Route[Access]:
    return Route(
        method,
        pattern,
        access,
        handler,
        answers={200: None},
        body=body,
        body_needed=body_needed,
        body_bytes_max=4 if body else BODY_BYTES_MAX,
    )


async def admit(incoming: Incoming[Access], call: str) -> str:
    if incoming.route.access is Access.NOBODY:
        raise AccessDenied("bad_origin")
    if incoming.route.access is Access.SIGNED:
        await incoming.open_signed("orchestrator", Keyring((SECRET,)), NOW_MS)
    return call


ROUTER: Router[Access, str] = Router(
    [
        row("POST", "/jobs", answer_named),
        row("GET", "/jobs", answer_query),
        row("PUT", "/maybe", answer_named, body_needed=False),
        row("PUT", "/text", body=Text(types=("text/plain",))),
        row("DELETE", "/jobs", answer_named, Access.NOBODY),
        row("GET", "/jobs/{job_id}"),
        row("POST", "/jobs/{job_id}/cancel", answer_cancel, Access.SIGNED),
        row("GET", "/artifacts/{job_id}/{slot}"),
        row("DELETE", "/artifacts/{job_id}/{slot}"),
        row("GET", "/debug/presign"),
    ],
    admit,
    lambda error, request, call: error_reply(error),
)


class Asked:
    """One request and how often its body was read."""

    def __init__(
        self, method: str, target: str, body: bytes = b"", signature: str | None = None
    ) -> None:
        self.reads = 0
        headers = {} if signature is None else {SIGNATURE_HEADER: signature}
        self.request = request(method, target, body, headers, on_read=self._count)

    def _count(self) -> None:
        self.reads += 1

    def answer(self, call: str = "here") -> Reply:
        return run(ROUTER.answer(self.request, call))


def ask(method: str, target: str, body: bytes = b"", call: str = "here") -> Reply:
    return Asked(method, target, body).answer(call)


def shown(reply: Reply) -> dict[str, object]:
    assert reply.status == 200, reply.body
    document: dict[str, object] = json.loads(str(reply.body))
    return document


def test_values_of_the_path_are_arguments() -> None:
    assert shown(ask("GET", "/jobs/job_1")) == {"call": "here", "job_id": "job_1"}
    found = shown(ask("GET", "/artifacts/job_1/audioSource"))
    assert found == {"call": "here", "job_id": "job_1", "slot": "audioSource"}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/jobs/",
        "//jobs",
        "/jobs//cancel",
        "/jobs/../jobs",
        "/jobs/..",
        "/jobs/.",
        "/jobs/job_1/",
        "/jobs/job_1/cancel/",
        "/jobs/job%2F1",
        "/jobs/%2e%2e",
        "/jobs/job_1%00",
        "/jobs/job_1\n",
        "/jobs/job_1;x=1",
        "/jobs/job_1.json",
        "/jobs/" + "j" * 65,
        "/JOBS/job_1",
        "/jobs/jöb",
        "/jobs/٣",
        "/artifacts/job_1/video/../../x",
        "/debug/presign/",
    ],
)
def test_d6_a_path_that_is_not_exactly_a_route_is_404(path: str) -> None:
    assert ask("GET", path).status == 404


def test_a_known_path_with_another_method_is_405_and_says_which_are_allowed() -> None:
    reply = ask("PUT", "/artifacts/job_1/video")

    assert (reply.status, reply.headers["allow"]) == (405, "DELETE, GET")
    assert ask("PUT", "/jobs").headers["allow"] == "DELETE, GET, POST"
    assert ask("post", "/jobs").status == 405


def test_a_body_is_read_by_the_rows_model() -> None:
    assert shown(ask("POST", "/jobs", b'{"name": "Ann"}'))["body"] == {"name": "Ann"}
    refused = ask("POST", "/jobs", b'{"name": "longer"}')

    assert refused.status == 400
    assert json.loads(str(refused.body))["details"]["errors"][0]["field"] == "name"
    assert ask("POST", "/jobs").status == 400


def test_a_body_that_need_not_be_there_has_its_defaults() -> None:
    assert shown(ask("PUT", "/maybe"))["body"] == {"name": "none"}


def test_a_text_is_handed_on_within_its_limit_and_in_utf_8() -> None:
    assert shown(ask("PUT", "/text", "añ".encode()))["body"] == "añ"
    assert ask("PUT", "/text", b"five!").status == 413
    refused = ask("PUT", "/text", b"\xff")
    assert refused.status == 400
    assert json.loads(str(refused.body))["details"]["errors"][0]["field"] == "body"


def test_a_query_is_read_by_the_rows_model() -> None:
    assert shown(ask("GET", "/jobs?name=Ann&other=1"))["query"] == {"name": "Ann"}
    refused = ask("GET", "/jobs?name=longer")

    assert refused.status == 400
    assert json.loads(str(refused.body))["details"]["errors"][0]["field"] == "name"


def test_who_is_not_admitted_has_its_body_left_unread() -> None:
    asked = Asked("DELETE", "/jobs", b"{")

    assert (asked.answer().status, asked.reads) == (403, 0)


def cancel(job_id: str = "job_1", ts: int = NOW_MS, secret: str = SECRET) -> Asked:
    message = CancelJob(type="job.cancel", job_id=job_id, ts=ts, nonce="nonce-123")
    body = message.to_json()
    return Asked("POST", "/jobs/job_1/cancel", body, sign(body, (secret,)))


def test_a_signed_message_is_the_body_and_is_read_once() -> None:
    asked = cancel()

    body = shown(asked.answer())["body"]

    assert isinstance(body, dict)
    assert (body["job_id"], asked.reads) == ("job_1", 1)


@pytest.mark.parametrize(
    "asked",
    [
        cancel(job_id="job_2"),
        cancel(ts=NOW_MS - 300_001),
        cancel(secret="another-secret-0123456789"),
        Asked("POST", "/jobs/job_1/cancel", b"{}"),
    ],
    ids=["of another job", "too old", "by another secret", "not at all"],
)
def test_what_is_signed_otherwise_is_401(asked: Asked) -> None:
    reply = asked.answer()

    assert (reply.status, reply.body) == (401, '{"error":"unauthorized"}')


def test_what_a_handler_refuses_is_answered_as_a_document() -> None:
    reply = ask("GET", "/jobs/job_1", call="broken")

    assert reply.status == 400
    assert json.loads(str(reply.body)) == {
        "error": "bad_request",
        "message": "The body is not valid.",
        "messageKey": "bad_request",
        "messageValues": {},
    }
