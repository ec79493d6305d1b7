import pytest

from media_jobs.errors import (
    AccessDenied,
    AttemptFenced,
    Conflict,
    InvalidInput,
    MediaJobsError,
    MigrationMissing,
    NotFound,
    SettingError,
    SignatureError,
    TooLarge,
    UpstreamError,
)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidInput("bad_request"), 400, "bad_request"),
        (SignatureError("m"), 401, "unauthorized"),
        (AccessDenied("forbidden.debug_key"), 403, "forbidden"),
        (NotFound("not_found"), 404, "not_found"),
        (Conflict("job_conflict"), 409, "job_conflict"),
        (AttemptFenced("attempt_fenced"), 410, "attempt_fenced"),
        (TooLarge("body_too_large", most=9), 413, "body_too_large"),
        (SettingError("NAME", "setting.missing"), 500, "setting_missing"),
        (UpstreamError("upstream_failed.answer_size"), 502, "upstream_failed"),
        (MigrationMissing("migration_missing"), 503, "migration_missing"),
    ],
)
def test_each_refusal_has_its_status_and_code(
    error: MediaJobsError, status: int, code: str
) -> None:
    assert (error.status, error.code) == (status, code)


def test_the_code_is_the_first_part_of_the_message_s_key() -> None:
    error = InvalidInput("missing_inputs", details={"missing": ["video"]}, missing="video")

    assert (error.code, error.details) == ("missing_inputs", {"missing": ["video"]})
    assert NotFound("not_found.job", job="job_1").code == "not_found"
    assert str(error) == "The media has no video yet."


def test_the_reason_of_a_signature_error_is_not_in_its_message() -> None:
    error = SignatureError("ts is 600 s behind this clock")

    assert str(error) == error.message == "The signature is missing, wrong or too old."
    assert error.reason == "ts is 600 s behind this clock"
