"""The API's responses about subscriptions, as models; see `app.web.answers`."""

from typing import Annotated, Literal

from pydantic import Field

from app.web.media_answers import UnixMs
from app.web.refusals import Answer
from media_jobs.ids import Id
from media_jobs.subscriptions import Skipped

__all__ = ["Subscription", "SubscriptionEntry"]

_Count = Annotated[int, Field(ge=0)]


class EntryCounts(Answer):
    """How many entries are in each state; see `SubscriptionEntry`."""

    known: _Count
    waiting: _Count
    started: _Count
    skipped: _Count


class Subscription(Answer):
    """A list that is looked at every `everyS` seconds.

    `pausedReason`: `failures` (five looks in a row), `token` (it was revoked or has expired),
    `recipe` (it is gone, or no longer takes what the subscription says), or `person`. `error`: of
    the last look, or of what has paused it. `lookJobId`: the job that looks now. `isLong`: the list
    has more than the 500 entries that a look reads.
    """

    subscription_id: Id
    url: str
    title: str | None
    recipe: str
    parameters: dict[str, str]
    options: dict[str, dict[str, object]]
    every_s: int
    per_day_max: int
    start_with: Literal["new"] | int
    state: Literal["active", "paused"]
    paused_reason: Literal["failures", "token", "recipe", "person"] | None
    error: dict[str, object] | None
    failures: _Count
    is_long: bool
    look_job_id: Id | None
    last_look_at: UnixMs | None
    next_look_at: UnixMs | None
    entries: EntryCounts
    started_today: _Count
    created_at: UnixMs


class SubscriptionEntry(Answer):
    """An entry of a list. `known`: it was there at the first look; `waiting`: its run starts when
    the day's limit lets it; `skipped`: for `reason`. `live`, `upcoming`, `private` and `members`
    pass: the entry is started once a look finds it without.
    """

    entry_id: Id
    site_id: str
    url: str
    title: str | None
    state: Literal["known", "waiting", "started", "skipped"]
    reason: Skipped | None
    run_id: Id | None
    seen_at: UnixMs
    started_at: UnixMs | None
