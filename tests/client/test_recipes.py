"""Recipes and runs: what the client sends, how it waits, and how it says why a run ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from vidgen import Client, errors, recipes
from vidgen.models import Status
from vidgen.recipe_models import Run

from media_jobs.status import JOB_STATUSES
from tests.client.test_calls import LOST, Played, ok, refused

NOW = 1795460000000


def job_step(step: str, status: str, **more: object) -> dict[str, object]:
    return {
        "step": step,
        "kind": "job",
        "jobId": f"job_{step}",
        "engine": "asr-pipeline",
        "status": status,
        "progress": 0.0,
        "attempt": 1,
        "generation": 1,
        **more,
    }


def review_step(state: str, tracks: object = None) -> dict[str, object]:
    return {
        "step": "review",
        "kind": "review",
        "reviewId": "rev_1",
        "state": state,
        "tracks": tracks,
    }


def run(status: str, *steps: dict[str, object], **more: object) -> dict[str, object]:
    """Return a run as the API answers it."""
    return {
        "runId": "run_1",
        "recipe": "subtitle-two-languages",
        "mediaId": "med_1",
        "mediaTitle": "talk",
        "parameters": {"to": "es"},
        "status": status,
        "createdAt": NOW,
        "finishedAt": None,
        "steps": list(steps),
        **more,
    }


def body(played: Played, place: int = 0) -> Any:
    return json.loads(played.sent[place].body or b"null")


# --- what is sent ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name"), [("https://video.test/v", "url"), ("med_1", "mediaId")], ids=["url", "id"]
)
def test_a_run_is_sent_again_with_the_same_key_and_once_alone(source: str, name: str) -> None:
    played = Played(LOST, ok(run("running")))

    started = played.run(
        recipes.start_run("mine", source, {"to": "es"}, {"burn": {"preset": "bold"}})
    )

    assert started.status == "running"
    assert len({step.headers["idempotency-key"] for step in played.sent}) == 1
    assert [step.path for step in played.sent] == ["/api/recipes/mine/runs"] * 2
    assert body(played) == {
        name: source,
        "parameters": {"to": "es"},
        "options": {"burn": {"preset": "bold"}},
    }


class App:
    """An app that takes a file, and answers its run with *answer*."""

    def __init__(self, answer: httpx.Response, recipe: int = 200) -> None:
        self.answer = answer
        self.recipe = recipe
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if request.method in ("PUT", "DELETE"):
            return httpx.Response(204 if request.method == "DELETE" else 200)
        last = request.url.path.rpartition("/")[2]
        if last == "check":
            return httpx.Response(self.recipe, json={"code": "not_found", "steps": ["burn"]})
        made = {"inputId": "inp_1", "slot": "video", "contentType": "video/mp4"}
        documents: dict[str, dict[str, object]] = {
            "mine": {
                "code": "not_found",
                "name": "mine",
                "builtIn": False,
                "title": {},
                "source": "either",
            },
            "media": {"mediaId": "med_1", "title": "talk", "createdAt": NOW},
            "uploads": {"uploadId": "u", "url": "https://bucket.test/v"},
            "complete": {**made, "sizeBytes": 5, "createdAt": NOW},
        }
        if last == "runs":
            return self.answer
        return httpx.Response(self.recipe if last == "mine" else 201, json=documents[last])

    def start(self, video: Path) -> Run:
        transport = httpx.MockTransport(self)
        with Client("https://a.test", "a-token-1", transport_=transport) as client:
            return client.start_run("mine", video)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp4"
    path.write_bytes(b"video")
    return path


def test_a_file_is_uploaded_and_its_media_run(video: Path) -> None:
    app = App(httpx.Response(201, json=run("running")))

    started = app.start(video)

    assert started.media_id == "med_1"
    assert app.asked == [
        "POST /api/recipes/mine/check",
        "POST /api/media",
        "POST /api/media/med_1/uploads",
        "PUT /v",
        "POST /api/media/med_1/uploads/u/complete",
        "POST /api/recipes/mine/runs",
    ]


def test_a_file_is_not_uploaded_for_a_recipe_that_is_not_there(video: Path) -> None:
    app = App(httpx.Response(201, json=run("running")), recipe=404)

    with pytest.raises(errors.NotFound):
        app.start(video)

    assert app.asked == ["POST /api/recipes/mine/check", "GET /api/recipes/mine"]


def test_a_file_whose_run_is_refused_leaves_no_media_behind(video: Path) -> None:
    app = App(httpx.Response(400, json={"code": "bad_request"}))

    with pytest.raises(errors.InvalidRequest):
        app.start(video)

    assert app.asked[-2:] == ["POST /api/recipes/mine/runs", "DELETE /api/media/med_1"]


def test_a_recipe_is_kept_under_its_name_and_removed() -> None:
    document = {"title": {"en": "Mine"}, "steps": [{"step": "burn", "engine": "burner-ffmpeg"}]}
    shown = {**document, "name": "mine", "builtIn": False, "source": "either"}
    shown |= {"parameters": [{"name": "to", "required": True, "sets": ["burn.preset"]}]}
    kept, removed = Played(LOST, ok(shown)), Played(ok(None))

    recipe = kept.run(recipes.put_recipe("mine", document))
    removed.run(recipes.delete_recipe("mine"))

    assert (kept.sent[1].method, kept.sent[1].path) == ("PUT", "/api/recipes/mine")
    assert body(kept) == document
    assert (recipe.parameters[0].required, recipe.parameters[0].default) == (True, None)
    assert (removed.sent[0].method, removed.sent[0].path) == ("DELETE", "/api/recipes/mine")


def test_a_decision_names_the_versions_to_go_on_with_where_it_names_any() -> None:
    plain, named = (Played(ok(run("running", review_step("approved")))) for _ in range(2))

    plain.run(recipes.review("run_1", "rev_1"))
    named.run(recipes.review("run_1", "rev_1", inputs={"translate.subtitles": "inp_2"}))

    assert plain.sent[0].path == "/api/runs/run_1/reviews/rev_1"
    assert body(plain) == {"decision": "approve"}
    assert body(named) == {"decision": "approve", "inputs": {"translate.subtitles": "inp_2"}}


def test_a_retry_whose_answer_was_lost_is_not_sent_again() -> None:
    played = Played(LOST)

    with pytest.raises(errors.ConnectionFailed):
        played.run(recipes.retry_run("run_1"))


def test_lists_go_by_cursor_and_media() -> None:
    empty: dict[str, object] = {"items": [], "nextCursor": None}
    listed, kept = Played(ok(empty)), Played(ok(empty))

    listed.run(recipes.runs("run_9", media_id="med_1"))
    kept.run(recipes.recipes())

    assert listed.sent[0].params == {"limit": 100, "cursor": "run_9", "mediaId": "med_1"}
    assert (kept.sent[0].path, kept.sent[0].params) == ("/api/recipes", {"limit": 100})


# --- waiting for a run ----------------------------------------------------------------------------


def test_waiting_tells_each_change_once_and_ends_with_the_run() -> None:
    working = run("running", job_step("transcribe", "running"))
    done = run("completed", job_step("transcribe", "completed"))
    seen: list[str] = []

    played = Played(ok(working), ok(working), ok(done))
    ended = played.run(recipes.wait_run("run_1", on_run=lambda run: seen.append(run.status)))

    assert (ended.status, seen) == ("completed", ["running", "completed"])


def test_waiting_ends_at_a_review_for_who_wants_to_decide_it() -> None:
    track = {"track": "translate.subtitles", "madeId": "inp_1", "newestId": "inp_2"}
    asked = run("in_review", review_step("requested", [track]))

    found = Played(ok(asked)).run(recipes.wait_run("run_1", until_review=True))

    assert found.requested is not None and found.requested.tracks is not None
    assert found.requested.tracks[0].newest_id == "inp_2"


def test_a_person_is_waited_for_with_longer_pauses_than_a_job() -> None:
    asked = ok(run("in_review", review_step("requested")))
    played = Played(*[asked] * 20, ok(run("completed")))

    played.run(recipes.wait_run("run_1"))

    assert played.pauses[-1] == recipes.REVIEW_POLL_MAX_S


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        (
            run(
                "failed",
                job_step("burn", "failed", error={"code": "input_failed"}, finishedAt=NOW + 2),
                job_step(
                    "transcribe",
                    "failed",
                    error={"code": "model_missing", "message": "There is no model."},
                    finishedAt=NOW + 1,
                ),
            ),
            "run_1: transcribe failed: There is no model. (model_missing)",
        ),
        (
            run("canceled", review_step("rejected"), job_step("burn", "canceled")),
            "run_1 was canceled: review was rejected.",
        ),
        (run("canceled", job_step("burn", "canceled")), "run_1 was canceled."),
    ],
    ids=["failed", "rejected", "canceled"],
)
def test_a_run_that_ended_badly_is_told_by_the_step_that_ended_it(
    ended: dict[str, object], says: str
) -> None:
    with pytest.raises(errors.RunFailed) as failure:
        Played(ok(ended)).run(recipes.wait_run("run_1"))

    assert str(failure.value) == says
    assert failure.value.run.run_id == "run_1"


def test_who_does_not_want_to_check_gets_a_failed_run_and_who_waits_too_long_an_error() -> None:
    failed = run("failed", job_step("burn", "failed"))
    assert Played(ok(failed)).run(recipes.wait_run("run_1", check=False)).status == "failed"

    with pytest.raises(errors.WaitTimeout, match="run_1 is running"):
        Played(ok(run("running"))).run(recipes.wait_run("run_1", timeout_s=0))


def test_the_statuses_of_a_job_are_the_apps() -> None:
    assert get_args(Status) == tuple(str(status) for status in JOB_STATUSES)


def test_a_run_that_was_refused_says_which_parameter_is_missing() -> None:
    fault = {"field": "parameters.to", "reason": "is required"}
    played = Played(refused(400, code="bad_request", detail="No.", errors=[fault]))

    with pytest.raises(errors.InvalidRequest, match=r"parameters\.to: is required"):
        played.run(recipes.start_run("subtitle-two-languages", "med_1"))
