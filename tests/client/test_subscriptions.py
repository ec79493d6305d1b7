"""Subscriptions: what the client sends, and what the command line makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner
from vidgen import subscriptions
from vidgen.cli import app
from vidgen.commands import subscriptions as commands

from tests.client.test_calls import Played, ok

NOW = 1_795_460_000_000
SUBSCRIPTION: dict[str, object] = {
    "subscriptionId": "scr_1",
    "url": "https://v.test/@a",
    "title": "A channel",
    "recipe": "download",
    "parameters": {},
    "options": {},
    "everyS": 21600,
    "perDayMax": 10,
    "startWith": "new",
    "state": "paused",
    "pausedReason": "failures",
    "error": {"code": "download_network"},
    "failures": 5,
    "isLong": False,
    "lookJobId": None,
    "lastLookAt": NOW,
    "nextLookAt": None,
    "entries": {"known": 3, "waiting": 1, "started": 2, "skipped": 0},
    "startedToday": 0,
    "createdAt": NOW,
}


def body(played: Played) -> Any:
    return json.loads(played.sent[0].body or b"null")


def test_a_subscription_is_sent_with_what_was_given_and_nothing_else() -> None:
    played = Played(ok(SUBSCRIPTION))

    made = played.run(
        subscriptions.subscribe("https://v.test/@a", "download", every_s=900, start_with=3)
    )

    assert (made.state, made.paused_reason, made.entries.started) == ("paused", "failures", 2)
    assert played.sent[0].path == "/api/subscriptions"
    assert body(played) == {
        "url": "https://v.test/@a",
        "recipe": "download",
        "parameters": {},
        "options": {},
        "startWith": 3,
        "everyS": 900,
    }


def test_a_change_says_no_more_than_what_changes() -> None:
    played = Played(ok(SUBSCRIPTION))

    played.run(subscriptions.change_subscription("scr_1", state="active", parameters={}))

    assert (played.sent[0].method, played.sent[0].path) == ("PATCH", "/api/subscriptions/scr_1")
    assert body(played) == {"state": "active", "parameters": {}}


def test_entries_are_asked_for_by_state() -> None:
    entry = {"entryId": "ent_1", "siteId": "a", "url": "u", "state": "skipped", "reason": "live"}
    played = Played(ok({"items": [{**entry, "seenAt": NOW}], "nextCursor": None}))

    page = played.run(subscriptions.subscription_entries(None, "scr_1", state="skipped"))

    assert page.items[0].reason == "live"
    assert played.sent[0].path == "/api/subscriptions/scr_1/entries"
    assert played.sent[0].params["state"] == "skipped"


@pytest.mark.parametrize(
    ("text", "seconds"), [("15m", 900), ("6h", 21_600), ("1d", 86_400), ("30d", 2_592_000)]
)
def test_an_interval_is_minutes_hours_or_days(text: str, seconds: int) -> None:
    assert commands.seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "6", "0h", "h", "6 h", "1.5h", "6w", "14m", "31d"])
def test_what_is_no_interval_is_refused_with_how_to_say_it(text: str) -> None:
    result = CliRunner().invoke(app, ["watch", "https://v.test/@a", "--every", text])

    assert result.exit_code == 2
    assert "15m to 30d" in result.stderr
