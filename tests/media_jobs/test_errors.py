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
        (InvalidInput("m"), 400, "bad_request"),
        (SignatureError("m"), 401, "unauthorized"),
        (AccessDenied("m"), 403, "forbidden"),
        (NotFound("m"), 404, "not_found"),
        (Conflict("m"), 409, "conflict"),
        (AttemptFenced("m"), 410, "attempt_fenced"),
        (TooLarge("m"), 413, "body_too_large"),
        (SettingError("NAME", "is missing"), 500, "setting_missing"),
        (UpstreamError("m"), 502, "upstream_failed"),
        (MigrationMissing("m"), 503, "migration_missing"),
    ],
)
def test_each_refusal_has_its_status_and_code(
    error: MediaJobsError, status: int, code: str
) -> None:
    assert (error.status, error.code) == (status, code)


def test_a_code_of_the_contract_takes_the_place_of_the_general_one() -> None:
    error = InvalidInput("m", code="missing_inputs", details={"missing": ["video"]})

    assert (error.code, error.details) == ("missing_inputs", {"missing": ["video"]})


def test_the_reason_of_a_signature_error_is_not_in_its_message() -> None:
    error = SignatureError("ts is 600 s behind this clock")

    assert str(error) == error.message == "unauthorized"
    assert error.reason == "ts is 600 s behind this clock"


def test_a_setting_error_names_the_setting() -> None:
    error = SettingError("S3_REGION", "is missing or empty")

    assert error.message == "The setting S3_REGION is missing or empty."
    assert error.details == {"setting": "S3_REGION"}
