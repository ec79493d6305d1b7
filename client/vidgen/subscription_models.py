"""What the API answers about subscriptions, typed; see `vidgen.models`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from vidgen.models import Answer, Time

__all__ = ["EntryCounts", "Subscription", "SubscriptionEntry"]


class EntryCounts(Answer):
    """How many entries are in each state; see `SubscriptionEntry`."""

    known: int = 0
    waiting: int = 0
    started: int = 0
    skipped: int = 0


class Subscription(Answer):
    """A list that is looked at every *every_s* seconds, whose new videos start a recipe.

    *state*: active or paused; *paused_reason*: failures, token, recipe or person. *error*: of the
    last look, or of what has paused it. *is_long*: the list has more than a look reads.
    """

    subscription_id: str
    url: str
    title: str | None = None
    recipe: str
    parameters: dict[str, str] = Field(default_factory=dict)
    options: dict[str, dict[str, Any]] = Field(default_factory=dict)  # Any: the engines' own.
    every_s: int
    per_day_max: int
    start_with: Literal["new"] | int = "new"
    state: str
    paused_reason: str | None = None
    error: dict[str, Any] | None = None  # Any: as the server says it.
    failures: int = 0
    is_long: bool = False
    look_job_id: str | None = None
    last_look_at: Time | None = None
    next_look_at: Time | None = None
    entries: EntryCounts
    started_today: int = 0
    created_at: Time


class SubscriptionEntry(Answer):
    """An entry of a list. *state*: known, waiting, started or skipped; *reason*: why skipped."""

    entry_id: str
    site_id: str
    url: str
    title: str | None = None
    state: str
    reason: str | None = None
    run_id: str | None = None
    seen_at: Time
    started_at: Time | None = None
