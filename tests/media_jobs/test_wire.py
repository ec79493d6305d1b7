import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from media_jobs.errors import InvalidInput, SignatureError
from media_jobs.events import reported
from media_jobs.object_requests import DeleteArtifacts, PresignUpload
from media_jobs.opening import open_signed
from media_jobs.signing import sign
from media_jobs.wire import (
    CancelJob,
    CancelRender,
    ContainerCallback,
    ErrorReport,
    JobEvent,
    Message,
    OutputClaim,
    RenderRequest,
    StartJob,
    open_message,
    read,
)

NOW_MS = 1_790_000_000_000
SECRETS = ("secret",)
SENT: dict[str, object] = {"jobId": "job_1", "ts": NOW_MS, "nonce": "nonce-0001"}
OF_MEDIA: dict[str, object] = {**SENT, "mediaId": "med_1", "engine": "burner-ffmpeg"}
START: dict[str, object] = {**OF_MEDIA, "type": "job.start", "generation": 1}
LEGACY: dict[str, object] = {**SENT, "status": "running", "phase": "encode", "progress": 0.25}
# One valid message for each direction of the system.
DIRECTIONS: dict[type[Message], dict[str, object]] = {
    StartJob: START,
    CancelJob: {**SENT, "type": "job.cancel"},
    DeleteArtifacts: {**SENT, "type": "artifacts.delete", "mediaId": "med_1"},
    PresignUpload: {
        "type": "upload.presign",
        "mediaId": "med_1",
        "key": "media/med_1/inputs/up_1/video",
        "contentType": "video/mp4",
        "ts": NOW_MS,
        "nonce": "nonce-0001",
    },
    JobEvent: {
        **OF_MEDIA,
        "type": "job.event",
        "eventId": "job_1.1.1",
        "eventSeq": 1,
        "generation": 1,
        "attempt": 1,
        "status": "queued",
        "progress": 0,
        "cause": "submitted",
        "atMs": NOW_MS,
    },
    ContainerCallback: {**LEGACY, "type": "container.callback", "attempt": 1},
    RenderRequest: {
        **OF_MEDIA,
        "type": "container.render",
        "attempt": 1,
        "callbackUrl": "http://orchestrator/callbacks/container?token=t",
    },
    CancelRender: {**SENT, "type": "container.cancel", "attempt": 1},
}


def signed(document: object) -> tuple[bytes, str]:
    body = json.dumps(document).encode()
    return body, sign(body, SECRETS)


@pytest.mark.parametrize("model", DIRECTIONS, ids=lambda model: model.__name__)
def test_a_signed_message_is_opened(model: type[Message]) -> None:
    body, signature = signed(DIRECTIONS[model])

    message = open_signed(model, body, signature, SECRETS, NOW_MS)

    assert json.loads(message.to_json()).items() >= {"nonce": "nonce-0001", "ts": NOW_MS}.items()


@pytest.mark.parametrize("sent", DIRECTIONS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("opened", DIRECTIONS, ids=lambda model: model.__name__)
def test_a_signature_for_one_direction_opens_no_other(
    sent: type[Message], opened: type[Message]
) -> None:
    body, signature = signed(DIRECTIONS[sent])

    if sent is not opened:
        with pytest.raises(SignatureError):
            open_signed(opened, body, signature, SECRETS, NOW_MS)


@pytest.mark.parametrize("type_", ["absent", None, "", 1, "JOB.START", ["job.start"], {}])
def test_a_message_without_its_type_is_not_for_this_door(type_: object) -> None:
    message = {**START, "type": type_}
    if type_ == "absent":
        del message["type"]
    body, signature = signed(message)

    with pytest.raises(SignatureError):
        open_signed(StartJob, body, signature, SECRETS, NOW_MS)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 6000,
        b'{"a":' * 2000,
        b"",
        b"null",
        b"[]",
        b"{",
        b'"text"',
        b"\xff\xfe",
        b'{"type":"\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"ts":' + b"9" * 5000 + b"}",
    ],
)
def test_a_signed_body_that_is_no_message_is_bad_input_and_not_a_crash(body: bytes) -> None:
    with pytest.raises((InvalidInput, SignatureError)):
        open_signed(StartJob, body, sign(body, SECRETS), SECRETS, NOW_MS)


def test_six_kilobytes_of_brackets_are_a_fault_of_the_body() -> None:
    for text in (b"[" * 6000, "[" * 6000):
        with pytest.raises(InvalidInput) as caught:
            read(StartJob, text)
        (fault,) = _faults(caught.value)
        assert fault["field"] == "body"
        assert fault["reason"] == "must be valid JSON (the fault is in line 1, column 202)"
        assert len(str(caught.value.details)) < 300


def _faults(error: InvalidInput) -> list[dict[str, str]]:
    faults = error.details["errors"]
    assert isinstance(faults, list)
    return faults


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jobId", "../job"),
        ("jobId", "job_1\n"),
        ("jobId", 1),
        ("jobId", "j" * 65),
        ("mediaId", "med/1"),
        ("engine", "enjin"),
        ("generation", "1"),
        ("generation", 1.5),
        ("generation", 0),
        ("ts", str(NOW_MS)),
        ("ts", True),
        ("nonce", "short"),
        ("nonce", "with space"),
        ("nonce", "é" * 8),
        ("surplus", 1),
    ],
)
def test_each_wrong_field_is_named_and_its_value_is_not_repeated(field: str, value: object) -> None:
    body = json.dumps({**START, field: value})

    with pytest.raises(InvalidInput) as caught:
        open_message(StartJob, body)

    assert [fault["field"] for fault in _faults(caught.value)] == [field]
    if isinstance(value, str) and len(value) > 2:
        assert value not in str(caught.value.details)


def test_a_message_lists_at_most_twenty_faults() -> None:
    with pytest.raises(InvalidInput) as caught:
        open_message(StartJob, json.dumps({**START, **{f"x{n}": 1 for n in range(100)}}))

    assert len(_faults(caught.value)) == 20


def test_a_callback_of_the_earlier_system_s_containers_is_understood() -> None:
    callback = open_message(ContainerCallback, json.dumps(LEGACY))

    assert (callback.type, callback.attempt, callback.outputs) == ("container.callback", None, None)
    assert (callback.status, callback.phase, callback.progress) == ("running", "encode", 0.25)


def test_an_earlier_container_may_send_its_error_as_text_and_more_than_is_known_here() -> None:
    outputs = {"video": {"key": "k", "url": "u"}, "audio": None}
    document = {**LEGACY, "error": "ffmpeg exited 1", "durationMs": 5, "outputs": outputs}

    callback = open_message(ContainerCallback, json.dumps(document))

    assert callback.error == "ffmpeg exited 1"
    assert callback.outputs == {"video": OutputClaim(key="k")}


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        ("null", None, None),
        ('"no space left"', "container_failed", "no space left"),
        ('""', "container_failed", ""),
        ("{}", "container_failed", ""),
        ('{"message":"m","stack":"s","cause":{"a":1}}', "container_failed", "m"),
        ('{"code":1,"message":"ffmpeg ended"}', "1", "ffmpeg ended"),
        ('{"code":"ENOENT","errno":-2,"message":null}', "ENOENT", ""),
        ('{"code":"","message":["a"],"retryable":"yes"}', "container_failed", "['a']"),
        ('{"message":"m","toolTail":5,"hints":"x"}', "container_failed", "m"),
        ("137", "container_failed", "137"),
        ('["a","b"]', "container_failed", '["a","b"]'),
        ("false", "container_failed", "false"),
    ],
)
def test_a_failure_is_not_lost_for_the_form_of_its_reason(
    error: str, code: str | None, words: str | None
) -> None:
    document = json.dumps({**LEGACY, "status": "failed", "error": "*"}).replace('"*"', error)

    read = reported(1, open_message(ContainerCallback, document)).error

    assert (read and read.code, read and read.message) == (code, words)


def test_an_earlier_sender_s_render_request_is_the_first_attempt() -> None:
    document = {k: v for k, v in DIRECTIONS[RenderRequest].items()
                if k not in ("type", "ts", "nonce", "attempt")}  # fmt: skip

    assert open_message(RenderRequest, json.dumps(document)).attempt == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("0.25", text) for text in ("1.01", "-0.1", "NaN", "Infinity", '"0.5"', "true", "1e400")),
        *(('"running"', text) for text in ('"done"', '"RUNNING"', '""', "null", "3")),
    ],
)
def test_progress_is_a_number_from_0_to_1_and_a_status_one_of_the_eight(
    field: str, value: str
) -> None:
    with pytest.raises(InvalidInput):
        open_message(ContainerCallback, json.dumps(LEGACY).replace(field, value))


def test_a_report_that_says_too_much_is_cut_and_not_lost() -> None:
    error = {"code": "c" * 99, "message": "m" * 5000, "toolTail": "first" + "t" * 20_000 + "last"}
    document = {**LEGACY, "status": "failed", "phase": "p" * 500, "error": error}

    callback = open_message(ContainerCallback, json.dumps(document))

    assert callback.phase == "p" * 64
    assert isinstance(callback.error, ErrorReport)
    assert (callback.error.code, callback.error.message) == ("c" * 64, "m" * 2000)
    assert callback.error.tool_tail is not None
    assert len(callback.error.tool_tail) == 8000
    assert callback.error.tool_tail.endswith("ttlast")
    all_text = {**LEGACY, "status": "failed", "error": "e" * 100_000}
    assert open_message(ContainerCallback, json.dumps(all_text)).error == "e" * 2000


def test_an_error_says_what_would_help_and_may_say_too_much() -> None:
    hints = ["needs_cookies", "needs_proxy", *("x" * 100 for _ in range(20))]
    reported = {"code": "download_bot_check", "hints": hints}

    error = open_message(ContainerCallback, json.dumps({**LEGACY, "error": reported})).error

    assert isinstance(error, ErrorReport)
    assert error.hints is not None
    assert error.hints[:3] == ["needs_cookies", "needs_proxy", "x" * 40]
    assert len(error.hints) == 10


def test_d9_an_error_quotes_no_presigned_query_wherever_it_is_cut() -> None:
    url = "https://bucket/k?X-Amz-Signature=" + "5ec2e7" * 2000

    error = ErrorReport(message=f"cannot open {url}", tool_tail=f"{url} {'.' * 3000}")

    assert error.message == "cannot open https://bucket/k?…"
    assert error.tool_tail is not None
    assert "5ec2e7" not in error.tool_tail


def test_absent_fields_are_not_sent_and_names_are_in_camel_case() -> None:
    callback = ContainerCallback(
        job_id="job_1",
        status=open_message(ContainerCallback, json.dumps(LEGACY)).status,
        outputs={"video": OutputClaim(size_bytes=3)},
        ts=NOW_MS,
        nonce="nonce-0001",
    )

    assert callback.to_json() == (
        b'{"type":"container.callback","jobId":"job_1","status":"running",'
        b'"outputs":{"video":{"sizeBytes":3}},"ts":1790000000000,"nonce":"nonce-0001"}'
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(START)), _JSON)
def test_any_value_in_any_field_is_taken_or_refused_and_never_crashes(
    field: str, value: object
) -> None:
    try:
        opened: BaseModel = open_message(StartJob, json.dumps({**START, field: value}))
    except (InvalidInput, SignatureError):
        return
    assert isinstance(opened, StartJob)


@pytest.mark.parametrize(
    ("number", "is_taken"),
    [("8", True), ("8.0", True), ("8e0", True), ("8.5", False), ('"8"', False), ("-8.0", False)],
)
def test_a_whole_number_may_be_written_as_json_schema_lets_it(number: str, is_taken: bool) -> None:
    fields = '"type":"upload.presign","mediaId":"med_1","key":"k","contentType":"a/b","ts":1'
    body = f'{{{fields},"nonce":"12345678","sizeBytes":{number}}}'

    if is_taken:
        assert read(PresignUpload, body).size_bytes == 8
    else:
        with pytest.raises(InvalidInput) as refused:
            read(PresignUpload, body)
        assert "'field': 'sizeBytes'" in str(refused.value.details)
