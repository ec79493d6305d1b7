"""The API's calls about subscriptions: lists that are looked at by schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from vidgen.calls import delete, get, page, post
from vidgen.models import Page
from vidgen.steps import Flow
from vidgen.subscription_models import Subscription, SubscriptionEntry

__all__ = [
    "change_subscription",
    "delete_subscription",
    "look",
    "subscribe",
    "subscription",
    "subscription_entries",
    "subscriptions",
]

_ALL = "/api/subscriptions"


def subscribe(
    url: str,
    recipe: str,
    parameters: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    every_s: int | None = None,
    per_day_max: int | None = None,
    start_with: Literal["new"] | int = "new",
) -> Flow[Subscription]:
    """Look at a channel, playlist or feed by schedule, and start a recipe for each new video.

    *every_s*: seconds between two looks (from 900; 6 hours unless given). *per_day_max*: how many
    runs a day (UTC) may start. *start_with*: `new`, or how many of the newest to take at once.
    Raises InvalidRequest, NotFound for a recipe that is not there, RateLimited.
    """
    body: dict[str, object] = {
        "url": url,
        "recipe": recipe,
        "parameters": dict(parameters or {}),
        "options": {step: dict(own) for step, own in (options or {}).items()},
        "startWith": start_with,
    }
    given = {"everyS": every_s, "perDayMax": per_day_max}
    body |= {name: value for name, value in given.items() if value is not None}
    return (yield from post(Subscription, _ALL, body))


def subscriptions(cursor: str | None = None) -> Flow[Page[Subscription]]:
    """Yield the subscriptions, newest first."""
    return (yield from page(Page[Subscription], _ALL, cursor))


def subscription(subscription_id: str) -> Flow[Subscription]:
    """Return one subscription."""
    return (yield from get(Subscription, f"{_ALL}/{subscription_id}"))


def subscription_entries(
    cursor: str | None, subscription_id: str, *, state: str | None = None
) -> Flow[Page[SubscriptionEntry]]:
    """Yield what its looks have seen, newest first; *state*: known, waiting, started, skipped."""
    path = f"{_ALL}/{subscription_id}/entries"
    return (yield from page(Page[SubscriptionEntry], path, cursor, state=state))


def change_subscription(
    subscription_id: str,
    *,
    state: Literal["active", "paused"] | None = None,
    recipe: str | None = None,
    parameters: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    every_s: int | None = None,
    per_day_max: int | None = None,
) -> Flow[Subscription]:
    """Pause or resume a subscription, or change it; what is not given stays.

    Resuming looks at once, and goes on on behalf of this client's token.
    """
    given = {
        "state": state,
        "recipe": recipe,
        "parameters": None if parameters is None else dict(parameters),
        "options": None if options is None else {k: dict(v) for k, v in options.items()},
        "everyS": every_s,
        "perDayMax": per_day_max,
    }
    body = {name: value for name, value in given.items() if value is not None}
    path = f"{_ALL}/{subscription_id}"
    return (yield from post(Subscription, path, body, method="PATCH", repeatable=True))


def delete_subscription(subscription_id: str) -> Flow[None]:
    """Remove a subscription; the runs that it has started stay."""
    yield from delete(f"{_ALL}/{subscription_id}")


def look(subscription_id: str) -> Flow[Subscription]:
    """Look now; what is new starts within minutes. Raises Conflict (`subscription_paused`)."""
    return (yield from post(Subscription, f"{_ALL}/{subscription_id}/look", repeatable=True))
