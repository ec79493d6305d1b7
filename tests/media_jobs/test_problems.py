"""What callers are told of refusals."""

from media_jobs.errors import (
    InvalidInput,
    MethodNotAllowed,
    RateLimited,
    SettingError,
    SignatureError,
    UpstreamError,
    invalid_field,
)
from media_jobs.problems import error_document, error_reply, problem_document, problem_reply


def test_all_signature_failures_look_the_same_from_outside() -> None:
    for reason in ("malformed", "too old"):
        assert error_document(SignatureError(reason)) == {"error": "unauthorized"}
        assert problem_document(SignatureError(reason), "request-1") == {"error": "unauthorized"}


def test_a_missing_setting_is_named_and_the_evidence_of_other_server_faults_is_kept_inside() -> (
    None
):
    missing = SettingError("S3_REGION", "setting.missing")
    upstream = UpstreamError(
        "upstream_failed.answer", part="The container", details={"url": "http://inside"}
    )

    assert error_document(missing) == {
        "error": "setting_missing",
        "message": "The setting S3_REGION is missing or empty.",
        "messageKey": "setting_missing",
        "messageValues": {"setting": "S3_REGION", "problem": "setting.missing"},
        "details": {"setting": "S3_REGION"},
    }
    assert problem_document(missing)["setting"] == "S3_REGION"
    assert "details" not in error_document(upstream)
    assert "url" not in problem_document(upstream)


def test_an_input_error_shows_its_details() -> None:
    error = InvalidInput("missing_inputs", details={"missing": ["video"]}, missing="video")

    assert error_document(error) == {
        "error": "missing_inputs",
        "message": "The media has no video yet.",
        "messageKey": "missing_inputs",
        "messageValues": {"missing": "video"},
        "details": {"missing": ["video"]},
    }
    assert problem_document(error, "request-1") == {
        "type": "about:blank",
        "title": "Bad request",
        "status": 400,
        "code": "missing_inputs",
        "detail": "The media has no video yet.",
        "messageKey": "missing_inputs",
        "messageValues": {"missing": "video"},
        "missing": ["video"],
        "requestId": "request-1",
    }


def test_a_fault_of_a_field_is_two_texts_and_what_they_are_made_of_stands_beside() -> None:
    error = invalid_field("limit", "field.at_most", most=9)

    assert error_document(error)["details"] == {
        "errors": [{"field": "limit", "reason": "must be at most 9"}]
    }
    shown = problem_document(error)
    assert shown["errors"] == [{"field": "limit", "reason": "must be at most 9"}]
    assert shown["errorMessages"] == [{"messageKey": "field.at_most", "messageValues": {"most": 9}}]


def test_headers_say_what_may_be_done_instead() -> None:
    for reply in (error_reply, problem_reply):
        assert reply(MethodNotAllowed("GET, PUT")).headers["allow"] == "GET, PUT"
        assert (
            reply(RateLimited("rate_limited", retry_after_s=3, most=9)).headers["retry-after"]
            == "3"
        )
