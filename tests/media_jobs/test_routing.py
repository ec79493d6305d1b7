import asyncio
import json

import pytest

from media_jobs.errors import (
    InvalidInput,
    MediaJobsError,
    SettingError,
    SignatureError,
    UpstreamError,
)
from media_jobs.routing import (
    Match,
    Reply,
    Request,
    Route,
    Router,
    dispatch,
    error_document,
    json_reply,
)


async def answer(context: str, request: Request, values: dict[str, str]) -> Reply:
    if context == "broken":
        raise InvalidInput("No.")
    return json_reply({"context": context, **values})


ROUTER: Router[str] = Router(
    [
        Route(method=method, pattern=pattern, handler=answer, access="open")
        for method, pattern in [
            ("POST", "/jobs"),
            ("GET", "/jobs/{job_id}"),
            ("POST", "/jobs/{job_id}/cancel"),
            ("GET", "/artifacts/{job_id}/{slot}"),
            ("DELETE", "/artifacts/{job_id}/{slot}"),
            ("GET", "/debug/presign"),
        ]
    ]
)


def request(method: str, path: str, query: str = "") -> Request:
    async def read(limit: int) -> bytes:
        return b""

    return Request(method=method, path=path, query=query, header=lambda name: None, read=read)


def ask(method: str, path: str, context: str = "here") -> Reply:
    def refuse(error: MediaJobsError) -> Reply:
        return json_reply(error_document(error), error.status)

    return asyncio.run(dispatch(ROUTER, context, request(method, path), refuse))


def test_a_literal_path_and_a_pattern_find_their_handlers() -> None:
    assert ask("POST", "/jobs").body == '{"context":"here"}'
    assert ask("GET", "/jobs/job_1").body == '{"context":"here","job_id":"job_1"}'
    found = ROUTER.find("GET", "/artifacts/job_1/audioSource")
    assert isinstance(found, Match)
    assert found.values == {"job_id": "job_1", "slot": "audioSource"}


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
    assert ask("GET", "/jobs").headers["allow"] == "POST"
    assert ask("post", "/jobs").status == 405


def test_what_a_handler_refuses_is_answered_as_a_document() -> None:
    reply = ask("POST", "/jobs", context="broken")

    assert reply.status == 400
    assert json.loads(str(reply.body)) == {"error": "bad_request", "message": "No."}


def test_all_signature_failures_look_the_same_from_outside() -> None:
    assert error_document(SignatureError("malformed")) == {"error": "unauthorized"}
    assert error_document(SignatureError("too old")) == {"error": "unauthorized"}


def test_a_missing_setting_is_named_and_the_evidence_of_other_server_faults_is_kept_inside() -> (
    None
):
    assert error_document(SettingError("S3_REGION", "is missing or empty")) == {
        "error": "setting_missing",
        "message": "The setting S3_REGION is missing or empty.",
        "details": {"setting": "S3_REGION"},
    }
    upstream = UpstreamError("The container did not answer.", details={"url": "http://inside"})
    assert "details" not in error_document(upstream)


def test_an_input_error_shows_its_details() -> None:
    error = InvalidInput("Missing: video.", code="missing_inputs", details={"missing": ["video"]})

    assert error_document(error) == {
        "error": "missing_inputs",
        "message": "Missing: video.",
        "details": {"missing": ["video"]},
    }


def test_a_target_is_path_and_query_as_they_came() -> None:
    assert request("GET", "/jobs/job_1").target == "/jobs/job_1"
    assert request("GET", "/jobs/job_1", "ts=1&a=%2F").target == "/jobs/job_1?ts=1&a=%2F"


def test_parameters_are_decoded_and_the_last_of_a_repeated_one_counts() -> None:
    params = request("GET", "/x", "a=1&a=2&b=&c=%20%2B+&d").params()

    assert params == {"a": "2", "b": "", "c": " + ", "d": ""}


def test_json_is_compact_readable_and_never_nan() -> None:
    reply = json_reply({"a": "é"}, 201, {"x-y": "z"})

    assert (reply.status, reply.body) == (201, '{"a":"é"}')
    assert reply.headers == {"content-type": "application/json; charset=utf-8", "x-y": "z"}
    with pytest.raises(ValueError, match="JSON"):
        json_reply({"a": float("nan")})
