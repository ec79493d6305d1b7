"""The client's calls about many jobs, webhooks, tokens and presets: what is sent, and how often."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any, get_args

import httpx
import pytest
from vidgen import AsyncClient, Client, NewJob, access, bulk, errors, webhooks
from vidgen.steps import Flow
from vidgen.webhook_models import EventType

from media_jobs.webhooks import EVENT_TYPES
from tests.client.test_calls import JOB, LOST, Played, ok, refused

NOW = 1795460000000
HOOK: dict[str, object] = {
    "webhookId": "whk_1",
    "url": "https://h.test/",
    "events": ["job.failed"],
    "enabled": True,
}
HOOK |= {"createdAt": NOW, "formerSecretUntil": None}
TOKEN: dict[str, object] = {"tokenId": "tok_1", "name": "ci", "scopes": ["read"], "createdAt": NOW}
PRESET: dict[str, object] = {
    "presetId": "pre_1",
    "name": "big",
    "engine": "burner-ffmpeg",
    "options": {"a": None},
}
PRESET |= {"createdAt": NOW, "updatedAt": NOW}


def body(played: Played, place: int = 0) -> Any:
    sent = played.sent[place].body
    return None if sent is None else json.loads(sent)


def done(*ids: str, next_cursor: str | None = None) -> dict[str, object]:
    items = [{"jobId": job_id, "status": "canceled"} for job_id in ids]
    return {"matched": len(ids), "items": items, "more": False, "nextCursor": next_cursor}


# --- many jobs at once ----------------------------------------------------------------------------


def test_a_batch_is_sent_again_with_the_same_idempotency_key() -> None:
    played = Played(LOST, ok({"items": [{"status": 201, "job": JOB}]}))

    played.run(bulk.submit_batch([NewJob(engine="burner-ffmpeg", media_id="med_1")]))

    assert len(played.sent) == 2
    assert len({step.headers["idempotency-key"] for step in played.sent}) == 1


def test_a_batch_sends_what_its_jobs_have_and_the_key_that_was_given() -> None:
    options = {"style": {"fontSize": 40}, "hint": None}
    wanted = [
        NewJob(engine="burner-ffmpeg", options=options, media_id="med_1", priority=5),
        NewJob(engine="media-downloader", options={"url": "https://v.test/"}),
    ]
    played = Played(ok({"items": []}))

    played.run(bulk.submit_batch(wanted, idempotency_key="night-7"))

    assert played.sent[0].headers["idempotency-key"] == "night-7"
    assert body(played) == {
        "jobs": [
            {
                "engine": "burner-ffmpeg",
                "options": {"style": {"fontSize": 40}, "hint": None},
                "mediaId": "med_1",
                "priority": 5,
            },
            {"engine": "media-downloader", "options": {"url": "https://v.test/"}},
        ]
    }


def test_all_that_a_filter_names_are_canceled_page_by_page() -> None:
    played = Played(ok(done("job_3", "job_2", next_cursor="job_2")), ok(done("job_1")))

    found = played.run(bulk.cancel_jobs(status=["running"], media_id="med_1"))

    wanted = {"status": ["running"], "mediaId": "med_1"}
    assert [item.job_id for item in found] == ["job_3", "job_2", "job_1"]
    assert body(played, 0) == {"filter": wanted, "limit": 100}
    assert body(played, 1) == {"filter": wanted, "limit": 100, "cursor": "job_2"}


def test_no_more_jobs_than_wanted_are_started_again() -> None:
    hundred = [f"job_{number}" for number in range(100)]
    played = Played(
        ok(done(*hundred, next_cursor="job_99")), ok(done("job_a", "job_b", next_cursor="job_b"))
    )

    found = played.run(bulk.retry_jobs(engine="burner-ffmpeg", limit=102))

    assert len(found) == 102
    assert [body(played, place)["limit"] for place in (0, 1)] == [100, 2]


@pytest.mark.parametrize("start", [bulk.cancel_jobs, bulk.retry_jobs], ids=["cancel", "retry"])
def test_an_empty_list_of_jobs_does_not_become_all_jobs(
    start: Callable[..., Flow[object]],
) -> None:
    played = Played(refused(400, code="bad_request"))

    with pytest.raises(errors.InvalidRequest):
        played.run(start(status=["failed"], ids=[]))

    assert body(played)["filter"] == {"status": ["failed"], "ids": []}


# --- how often something is sent ------------------------------------------------------------------

REPEATABLE: list[tuple[Flow[object], dict[str, object]]] = [
    (access.presets(), {"items": [PRESET]}),
    (access.change_preset("pre_1", options={}), PRESET),
    (access.delete_preset("pre_1"), {}),
    (access.revoke_token("tok_1"), {}),
    (webhooks.change_webhook("whk_1", enabled=False), HOOK),
    (webhooks.delete_webhook("whk_1"), {}),
]
MAKERS: list[Callable[[], Flow[object]]] = [
    lambda: webhooks.create_webhook("https://h.test/", ["job.failed"]),
    lambda: webhooks.rotate_webhook_secret("whk_1"),
    lambda: webhooks.send_test("whk_1"),
    lambda: webhooks.replay_delivery("whk_1", "del_1"),
    lambda: access.create_token("ci", ["read"]),
    lambda: access.create_preset("big", "burner-ffmpeg", {}),
    lambda: bulk.retry_jobs(engine="burner-ffmpeg"),
]


@pytest.mark.parametrize(("flow", "answer"), REPEATABLE)
def test_what_may_be_done_twice_is_sent_again_when_no_answer_came(
    flow: Flow[object], answer: dict[str, object]
) -> None:
    played = Played(LOST, ok(answer))

    played.run(flow)

    first, again = played.sent
    assert first == again


@pytest.mark.parametrize("start", MAKERS)
def test_what_makes_something_is_not_made_twice(start: Callable[[], Flow[object]]) -> None:
    played = Played(LOST)

    with pytest.raises(errors.ConnectionFailed):
        played.run(start())

    assert len(played.sent) == 1


def test_a_list_asks_for_its_filter_and_goes_on_where_the_page_ended() -> None:
    played = Played(ok({"items": []}))

    played.run(webhooks.deliveries("del_5", "whk_1", status="failed"))

    assert played.sent[0].params == {"limit": 100, "cursor": "del_5", "status": "failed"}


def test_secrets_are_there_and_are_not_shown() -> None:
    made = Played(ok({**HOOK, "secret": "whsec_hidden"})).run(webhooks.rotate_webhook_secret("w"))
    token = Played(ok({**TOKEN, "token": "hidden-token"})).run(access.create_token("ci", ["read"]))

    assert (made.secret, token.token) == ("whsec_hidden", "hidden-token")
    assert "hidden" not in f"{made!r} {made} {token!r} {token}"


def test_the_events_that_can_be_asked_for_are_the_apps() -> None:
    assert get_args(EventType) == EVENT_TYPES


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_of_several_pages_is_one_iteration() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("cursor")
        name, following = {None: ("first", "tok_1"), "tok_1": ("second", None)}[cursor]
        return httpx.Response(
            200, json={"items": [{**TOKEN, "name": name}], "nextCursor": following}
        )

    with Client("https://a.test", "a-token-1", transport_=httpx.MockTransport(answer)) as client:
        names = [token.name for token in client.tokens()]

    assert names == ["first", "second"]


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_help_on_a_method_shows_what_its_caller_gives(client: type[Client | AsyncClient]) -> None:
    shown = inspect.signature(client.deliveries)

    assert list(shown.parameters) == ["self", "webhook_id", "status"]
    assert "newest first" in str(client.deliveries.__doc__)
    assert client.cancel.__name__ == "cancel"
