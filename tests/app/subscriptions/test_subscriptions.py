"""Looks at a list by schedule: each new video starts once, whatever happens in between."""

import asyncio
from collections.abc import Sequence

import pytest

from app.store import Statement
from app.subscriptions.attending import attend_to_due
from tests.app.stage import Stage
from tests.app.subscriptions.looks import (
    DAY_MS,
    HOUR_MS,
    answer,
    cron,
    entries,
    listing,
    look,
    run_of,
    seen,
    started,
    states,
    subscribed,
    video,
)
from tests.platform.loop import run


def test_the_first_look_notes_what_is_there_and_the_next_starts_what_is_new(stage: Stage) -> None:
    one = subscribed(stage)
    look(stage, one, listing("b", "a"))
    assert (states(stage, one), started(stage)) == ({"a": "known", "b": "known"}, [])
    shown = seen(stage, one)
    assert (shown["title"], shown["state"], shown["lookJobId"]) == ("The channel", "active", None)
    assert 0.9 * 6 * HOUR_MS <= shown["nextLookAt"] - shown["lastLookAt"] <= 6 * HOUR_MS

    cron(stage, 6 * HOUR_MS)
    answer(stage, one, listing("d", "c", "b", "a"))
    cron(stage)

    assert started(stage) == ["c", "d"]
    assert seen(stage, one)["entries"] == {"known": 2, "waiting": 0, "started": 2, "skipped": 0}
    newest = entries(stage, one, "state=started")[0]
    assert (newest["siteId"], newest["startedAt"]) == ("d", stage.now_ms)
    assert stage.send("GET", f"/api/runs/{newest['runId']}").json["recipe"] == "download"


def test_what_was_seen_starts_nothing_again_however_often_it_is_listed(stage: Stage) -> None:
    one = subscribed(stage)
    look(stage, one, listing("a"))
    look(stage, one, listing("b", "a"))
    look(stage, one, listing("b", "b", "a"))
    look(stage, one, listing("a"))
    look(stage, one, listing("b", "a"))

    assert started(stage) == ["b"]


def test_the_newest_are_taken_at_once_where_that_is_asked_for(stage: Stage) -> None:
    one = subscribed(stage, startWith=2)

    look(stage, one, listing("d", video("live", unavailable="live"), "c", "b", "a"))

    assert started(stage) == ["c", "d"]
    assert states(stage, one) == {
        **dict.fromkeys("ab", "known"),
        **dict.fromkeys("cd", "started"),
        "live": "skipped",
    }


def test_a_list_of_five_hundred_is_noted_whole_and_a_longer_one_is_said_to_be(
    stage: Stage,
) -> None:
    one = subscribed(stage)
    names = [f"v{number:03}" for number in range(600, 0, -1)]

    look(stage, one, listing(*names[:500], entryCount=600))
    assert seen(stage, one)["entries"]["known"] == 500
    assert seen(stage, one)["isLong"] is True

    # What moves up because two were removed is not new; what stands above is.
    look(stage, one, listing("new", *names[2:501], entryCount=599))
    assert started(stage) == ["new"]
    assert states(stage, one)["v100"] == "known"


def test_what_cannot_be_had_is_skipped_with_its_reason_and_started_when_it_can(
    stage: Stage,
) -> None:
    options = {"download": {"maxDurationS": 600}}
    one = subscribed(stage, options=options)
    look(stage, one, listing("a"))
    closed = [
        *(video(name, unavailable=name) for name in ("upcoming", "private", "members", "list")),
        video("long", durationS=601.0),
    ]
    look(stage, one, listing(*closed, "a"))
    reasons = {e["siteId"]: e["reason"] for e in entries(stage, one, "state=skipped")}
    assert started(stage) == []
    assert reasons == {
        **{name: name for name in ("upcoming", "private", "members", "list")},
        "long": "too_long",
    }

    look(stage, one, listing(video("upcoming", unavailable="live"), *closed[1:], "a"))
    assert started(stage) == []
    assert {e["siteId"]: e["reason"] for e in entries(stage, one)}["upcoming"] == "live"
    look(stage, one, listing("upcoming", *closed[1:], "a"))
    assert started(stage) == ["upcoming"]


def test_what_is_over_the_days_limit_waits_for_the_next_day(stage: Stage) -> None:
    stage.now_ms -= stage.now_ms % DAY_MS - 22 * HOUR_MS
    one = subscribed(stage, perDayMax=2)
    look(stage, one, listing("a"))
    look(stage, one, listing("f", "e", "d", "c", "b", "a"))
    assert started(stage) == ["b", "c"]
    cron(stage, HOUR_MS)
    assert started(stage) == ["b", "c"]
    assert seen(stage, one)["entries"]["waiting"] == 3

    cron(stage, HOUR_MS)
    assert started(stage) == ["b", "c", "d", "e"]
    assert seen(stage, one)["startedToday"] == 2
    cron(stage, DAY_MS)
    assert started(stage) == ["b", "c", "d", "e", "f"]


def test_many_new_videos_start_a_few_at_a_time(stage: Stage) -> None:
    one = subscribed(stage, perDayMax=100)
    look(stage, one, listing("a"))
    look(stage, one, listing(*"hgfedcb", "a"))
    assert started(stage) == ["b", "c", "d"]
    cron(stage)
    cron(stage)

    assert started(stage) == list("bcdefgh")


class Crash(BaseException):
    """The end of the process."""


def crash_after(stage: Stage, limit: int) -> None:
    """Run the cron until it has stored something *limit* times, and no further."""
    left, whole = limit, stage.database.batch

    async def cut(statements: Sequence[Statement]) -> list[int]:
        nonlocal left
        done = await whole(statements)
        left -= 1
        if left == 0:
            raise Crash
        return done

    stage.database.batch = cut  # type: ignore[method-assign]
    try:
        with pytest.raises(Crash):
            cron(stage)
            raise Crash
    finally:
        stage.database.batch = whole  # type: ignore[method-assign]


@pytest.mark.parametrize("limit", range(1, 9))
def test_a_crash_wherever_it_comes_loses_and_repeats_nothing(stage: Stage, limit: int) -> None:
    one = subscribed(stage)
    look(stage, one, listing("a"))
    stage.send("POST", f"/api/subscriptions/{one}/look")
    answer(stage, one, listing("c", "b", "a"))

    crash_after(stage, limit)
    crash_after(stage, limit)
    for _ in range(3):
        cron(stage, 5 * 60_000)
        stage.sweep()

    assert (run_of(stage), sorted(set(started(stage)))) == (["b", "c"], ["b", "c"])
    assert seen(stage, one)["entries"]["started"] == 2
    assert seen(stage, one)["nextLookAt"] > stage.now_ms


async def _twice(stage: Stage) -> None:
    await asyncio.gather(attend_to_due(stage.ports), attend_to_due(stage.ports))


def test_two_crons_at_once_look_once_and_start_each_video_once(stage: Stage) -> None:
    one = subscribed(stage)
    look(stage, one, listing("a"))
    stage.now_ms += 6 * HOUR_MS
    run(_twice(stage))
    unfinished = "SELECT job_id FROM jobs WHERE check_ms IS NOT NULL"
    assert len(stage.database.look(unfinished)) == 1
    answer(stage, one, listing("c", "b", "a"))
    stage.now_ms += 60_000
    run(_twice(stage))
    run(_twice(stage))

    assert (run_of(stage), sorted(started(stage))) == (["b", "c"], ["b", "c"])
