"""The client's calls, as flows without a server: what is sent, tried again and read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from vidgen import calls, errors, flows, making, transport
from vidgen.steps import Answered, Exchange, Flow, Pause, Step, Unanswered

T = TypeVar("T")

JOB = {
    "jobId": "job_1",
    "mediaId": "med_1",
    "engine": "burner-ffmpeg",
    "status": "completed",
    "progress": 1.0,
    "createdAt": 1795460000000,
    "updatedAt": 1795460004200,
    "somethingNew": True,
}

CHECKED: dict[str, object] = {"engine": "burner-ffmpeg", "options": {}}


def ok(document: object) -> Answered:
    return Answered(status=200, body=json.dumps(document).encode())


def refused(status: int, **document: object) -> Answered:
    document = {"code": "refused", **document}
    return Answered(status=status, body=json.dumps(document).encode())


class Played:
    """Runs a flow on given outcomes, and keeps its steps."""

    def __init__(self, *outcomes: Answered | Unanswered) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Exchange] = []
        self.pauses: list[float] = []

    def run(self, flow: Flow[T]) -> T:
        step: Step = next(flow)
        while True:
            try:
                step = self._go_on(flow, step)
            except StopIteration as done:
                assert self.outcomes == []
                found: T = done.value
                return found

    def _go_on(self, flow: Flow[T], step: Step) -> Step:
        if isinstance(step, Pause):
            self.pauses.append(step.seconds)
            return flow.send(None)
        assert isinstance(step, Exchange)
        self.sent.append(step)
        outcome = self.outcomes.pop(0)
        return flow.throw(outcome) if isinstance(outcome, Unanswered) else flow.send(outcome)


LOST = Unanswered("the connection was cut", sent=True)
NOT_REACHED = Unanswered("connection refused", sent=False)


def test_fields_of_a_newer_server_are_ignored() -> None:
    found = Played(ok(JOB)).run(calls.job("job_1"))

    assert (found.job_id, found.ended) == ("job_1", True)


def test_times_are_read_as_utc_and_written_as_milliseconds() -> None:
    found = Played(ok(JOB)).run(calls.job("job_1"))

    assert found.created_at.isoformat() == "2026-11-23T18:53:20+00:00"
    assert found.model_dump(mode="json", by_alias=True)["createdAt"] == 1795460000000


def test_a_submit_is_sent_again_with_the_same_idempotency_key_after_a_cut_connection() -> None:
    played = Played(LOST, refused(502), ok(JOB))

    played.run(calls.submit("burner-ffmpeg", {"bilingual": True}, media_id="med_1"))

    keys = {step.headers["idempotency-key"] for step in played.sent}
    assert (len(played.sent), len(keys)) == (3, 1)


def test_two_submits_have_different_idempotency_keys() -> None:
    first, second = Played(ok(JOB)), Played(ok(JOB))
    first.run(calls.submit("burner-ffmpeg", {}))
    second.run(calls.submit("burner-ffmpeg", {}))

    keys = {step.headers["idempotency-key"] for step in first.sent + second.sent}
    assert len(keys) == 2


@pytest.mark.parametrize("start", [calls.retry_job, calls.create_media], ids=["retry", "media"])
def test_what_may_have_been_done_already_is_not_sent_twice(
    start: Callable[[str], Flow[object]],
) -> None:
    played = Played(LOST)

    with pytest.raises(errors.ConnectionFailed):
        played.run(start("job_1"))
    assert len(played.sent) == 1


def test_a_deletion_whose_answer_was_lost_has_been_made_if_nothing_is_there_any_more() -> None:
    Played(LOST, refused(404)).run(calls.delete_media("med_1"))

    with pytest.raises(errors.NotFound):
        Played(NOT_REACHED, refused(404)).run(calls.delete_media("med_1"))


def test_what_never_left_is_sent_again_whatever_it_does() -> None:
    played = Played(NOT_REACHED, ok(JOB))

    played.run(calls.retry_job("job_1"))

    assert len(played.sent) == 2


def test_a_server_that_says_when_to_come_back_is_asked_then() -> None:
    busy = Answered(status=429, headers={"retry-after": "7"}, body=b"{}")
    played = Played(busy, ok(JOB))

    played.run(calls.job("job_1"))

    assert played.pauses == [7.0]


def test_a_retry_after_of_a_day_is_not_waited_for() -> None:
    busy = Answered(status=503, headers={"retry-after": "86400"}, body=b"{}")
    played = Played(busy, ok(JOB))

    played.run(calls.job("job_1"))

    assert played.pauses == [60.0]


def test_pauses_grow_and_the_fifth_failure_is_the_last() -> None:
    played = Played(*[NOT_REACHED] * 5)

    with pytest.raises(errors.ConnectionFailed, match="connection refused"):
        played.run(calls.job("job_1"))
    assert [0.375 * 2**n <= pause <= 0.5 * 2**n for n, pause in enumerate(played.pauses)] == [
        True
    ] * 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidRequest),
        (401, errors.NotAllowed),
        (403, errors.NotAllowed),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.InvalidRequest),
    ],
)
def test_a_refusal_is_typed_and_not_tried_again(status: int, kind: type[errors.ApiError]) -> None:
    played = Played(refused(status, code="some_code", detail="Some reason."))

    with pytest.raises(kind) as caught:
        played.run(calls.job("job_1"))
    assert (caught.value.status, caught.value.code) == (status, "some_code")


STORED = {
    "inputId": "sub_1",
    "slot": "subtitles",
    "contentType": "application/x-subrip",
    "sizeBytes": 9,
    "createdAt": 1795460000000,
}
GUESSED = {
    **STORED,
    "encoding": "gb18030",
    "encodingGuessed": True,
    "sample": "你好\n谢谢",
    "notices": [{"code": "encoding_guessed", "message": "gb18030 is a guess."}],
}


def test_a_subtitle_file_goes_as_it_is_with_what_is_known_of_it() -> None:
    played = Played(ok(GUESSED))
    file = "你好".encode("gbk")

    stored = played.run(calls.add_subtitles("med_1", file, encoding="x-gbk", language="zh-CN"))

    (sent,) = played.sent
    assert (sent.method, sent.body) == ("PUT", file)
    assert sent.path == "/api/media/med_1/subtitles?encoding=x-gbk&language=zh-CN"
    assert (stored.encoding, stored.encoding_guessed) == ("gb18030", True)


def test_an_older_server_s_answer_to_subtitles_is_read() -> None:
    played = Played(ok(STORED))

    assert played.run(calls.add_subtitles("med_1", b"WEBVTT\n")).encoding is None
    assert played.sent[0].path == "/api/media/med_1/subtitles"


def test_a_burn_tells_which_encoding_of_its_subtitles_was_guessed(tmp_path: Path) -> None:
    file = tmp_path / "talk.srt"
    file.write_bytes("你好".encode("gbk"))
    media = {"mediaId": "med_1", "title": "Talk", "createdAt": 1795460000000}
    told: list[str] = []
    told_to = flows.Progress(notice=told.append)
    flow = making.burn("med_1", file, {}, encoding="gbk", progress=told_to)

    played = Played(ok(CHECKED), ok(media), ok(GUESSED), ok(JOB))
    played.run(flow)

    assert played.sent[2].path.endswith("?encoding=gbk")
    assert told == ["talk.srt: gb18030 is a guess.", "talk.srt as gb18030: 你好 / 谢谢"]


def test_a_burn_of_two_tracks_names_both_with_their_languages(tmp_path: Path) -> None:
    first, second = tmp_path / "talk.srt", tmp_path / "talk.zh.srt"
    for file in (first, second):
        file.write_text(file.name)
    media = {"mediaId": "med_1", "title": "Talk", "createdAt": 1795460000000}
    flow = making.burn(
        "med_1", first, language="en", secondary=second, secondary_language="zh-Hant"
    )

    played = Played(
        ok(CHECKED), ok(media), ok({**GUESSED, "inputId": "sub_1"}), ok(STORED), ok(JOB)
    )
    played.run(flow)

    _, _, one, two, submitted = played.sent
    assert (one.path, one.body) == ("/api/media/med_1/subtitles?language=en", b"talk.srt")
    assert (two.path, two.body) == ("/api/media/med_1/subtitles?language=zh-Hant", b"talk.zh.srt")
    assert json.loads(submitted.body or b"")["inputs"] == {
        "subtitles": "sub_1",
        "subtitles-secondary": STORED["inputId"],
    }


def test_a_second_track_alone_goes_with_what_the_media_had_before_it(tmp_path: Path) -> None:
    second = tmp_path / "talk.zh.srt"
    second.write_text("text")
    had = {"subtitles": {**STORED, "inputId": "sub_0"}}
    media = {"mediaId": "med_1", "title": "Talk", "createdAt": 1795460000000, "inputs": had}

    played = Played(ok(CHECKED), ok(media), ok(STORED), ok(JOB))
    played.run(making.burn("med_1", secondary=second))

    checked, submitted = (json.loads(played.sent[at].body or b"") for at in (0, -1))
    inputs = submitted["inputs"]
    assert checked["coming"] == ["subtitles-secondary"]
    assert inputs == {"subtitles": "sub_0", "subtitles-secondary": STORED["inputId"]}


@pytest.mark.parametrize("language", ["zh-Hant", None])
def test_the_language_of_a_version_is_said_later(language: str | None) -> None:
    played = Played(ok({**STORED, "language": language}))

    changed = played.run(calls.set_language("med_1", "sub_1", language))

    (sent,) = played.sent
    assert (sent.method, sent.path) == ("PATCH", "/api/media/med_1/inputs/sub_1")
    assert json.loads(sent.body or b"") == {"language": language}
    assert changed.language == language


def test_an_invalid_field_is_named_with_its_reason() -> None:
    faults = [{"field": "options.fontSize", "reason": "must be at least 12"}]
    answer = refused(400, code="invalid_input", detail="Not valid.", errors=faults)

    with pytest.raises(errors.InvalidRequest, match=r"options\.fontSize: must be at least 12"):
        Played(answer).run(calls.submit("burner-ffmpeg", {"fontSize": 3}))


def test_an_answer_that_is_not_the_apis_is_named_as_such() -> None:
    page = Answered(status=200, body=b"<!doctype html>")

    with pytest.raises(errors.ApiError, match="Is the address that of the app"):
        Played(page).run(calls.job("job_1"))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            Answered(status=404, body=b"<html>", headers={"content-type": "text/html;q=1"}),
            "answers with a web page",
        ),
        (Answered(status=404, body=b'{"detail": "Not Found"}'), "unexpected response"),
        (
            Answered(status=302, headers={"location": "https://sso.example/in?token=secret"}),
            "leads elsewhere: https://sso.example/in",
        ),
        (Answered(status=200, body=b"[]"), "does not understand"),
    ],
    ids=["page", "other JSON", "redirect", "list"],
)
def test_a_server_that_is_not_the_app_is_named_as_such(answer: Answered, says: str) -> None:
    with pytest.raises(errors.NotTheApp, match="Is the address that of the app") as caught:
        Played(answer).run(calls.job("job_1"))

    assert says in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_page_of_a_proxy_while_the_app_is_away_is_no_other_server() -> None:
    with pytest.raises(errors.ApiError) as caught:
        Played(Answered(status=521, body=b"<html>")).run(calls.job("job_1"))

    assert not isinstance(caught.value, errors.NotTheApp)


@pytest.mark.parametrize(
    "url", ["jobs.example.com", "ftp://x", "https://u:p@x.example", "https://x.example/?a=1", ""]
)
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(errors.ConfigurationError):
        transport.base_url(url)


def test_a_token_with_a_line_break_is_refused_without_being_shown() -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        transport.api_headers("secret-token\nx-evil: 1")
    assert "secret" not in str(caught.value)


# --- waiting while the server restarts ------------------------------------------------------------


def test_a_server_that_restarts_is_waited_for_and_that_is_told() -> None:
    down = [Unanswered("Connection refused", sent=False, retries_max=0)] * 3
    away = Answered(status=502, body=b"<html>", retries_max=0)
    played = Played(ok({**JOB, "status": "running"}), *down, away, ok(JOB))
    told: list[str] = []

    job = played.run(flows.wait("job_1", on_trouble=lambda error: told.append(str(error))))

    assert job.status == "completed"
    assert len(told) == 4
    assert told[0] == "No response to GET /api/jobs/job_1: Connection refused"


def test_a_server_that_stays_away_ends_the_wait_after_ten_minutes() -> None:
    down = Unanswered("Connection refused", sent=False, retries_max=0)
    played = Played(*[down] * 121)

    with pytest.raises(errors.ConnectionFailed):
        played.run(flows.wait("job_1"))

    assert sum(played.pauses) == 600


@pytest.mark.parametrize(
    "outcome",
    [
        Unanswered("its certificate is not trusted", sent=False, final=True),
        refused(401),
        refused(404),
        Answered(status=404, body=b"<html>"),
    ],
    ids=["certificate", "token", "job", "another server"],
)
def test_what_no_restart_mends_ends_the_wait_at_once(outcome: Answered | Unanswered) -> None:
    played = Played(outcome)

    with pytest.raises(errors.VidgenError):
        played.run(flows.wait("job_1"))

    assert played.pauses == []
