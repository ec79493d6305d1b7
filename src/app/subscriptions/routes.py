"""Routes of subscriptions and of what they have seen."""

from typing import Annotated, Literal

from pydantic import Field

from app.subscriptions.store import select_entries, select_subscriptions
from app.subscriptions.subscriptions import (
    NewSubscription,
    SubscriptionChange,
    change_subscription,
    create_subscription,
    entry_document,
    find_subscription,
    look_now,
    remove_subscription,
    subscription_documents,
)
from app.web.call import Call
from app.web.caller import Access
from app.web.query import Paging, paged
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route


class EntriesQuery(Paging):
    """Which entries to list."""

    state: Annotated[
        Literal["known", "waiting", "started", "skipped"] | None,
        Field(description="only entries of this state"),
    ] = None


async def post_subscription(call: Call, body: NewSubscription) -> Reply:
    """Look at a channel, playlist or feed by schedule, and start a recipe for each new video.

    The first look begins at once and notes what is there; `startWith` takes so many of the newest.
    """
    row = await create_subscription(body, call.caller, call.ports)
    place = f"/api/subscriptions/{row.subscription_id}"
    documents = await subscription_documents([row], call.ports)
    return json_reply(documents[row.subscription_id], 201, {"location": place})


async def list_subscriptions(call: Call, query: Paging) -> Reply:
    """List subscriptions, newest first."""
    rows = await select_subscriptions(call.ports.store, query.cursor, query.limit + 1)
    documents = await subscription_documents(rows, call.ports)
    return paged(
        rows,
        query.limit,
        lambda row: documents[row.subscription_id],
        lambda row: row.subscription_id,
    )


async def get_subscription(call: Call, subscription_id: str) -> Reply:
    """Show one subscription: how its looks went, and how many entries it has seen and started."""
    return await _shown(call, subscription_id)


async def patch_subscription(call: Call, subscription_id: str, body: SubscriptionChange) -> Reply:
    """Pause or resume a subscription, or change its recipe, interval or limit.

    Resuming looks at once, and goes on on behalf of the token that asks for it.
    """
    await change_subscription(subscription_id, body, call.caller, call.ports)
    return await _shown(call, subscription_id)


async def delete_subscription(call: Call, subscription_id: str) -> Reply:
    """Remove a subscription; the runs that it has started stay."""
    await remove_subscription(subscription_id, call.ports)
    return Reply(status=204)


async def post_look(call: Call, subscription_id: str) -> Reply:
    """Look now; what is found starts within minutes. 409 `subscription_paused`."""
    await look_now(subscription_id, call.ports)
    return await _shown(call, subscription_id)


async def list_entries(call: Call, subscription_id: str, query: EntriesQuery) -> Reply:
    """List what the looks have seen, newest first, with the run or why there is none."""
    await find_subscription(subscription_id, call.ports)
    rows = await select_entries(
        call.ports.store, subscription_id, query.state, query.cursor, query.limit + 1
    )
    return paged(rows, query.limit, entry_document, lambda row: row.entry_id)


async def _shown(call: Call, subscription_id: str) -> Reply:
    row = await find_subscription(subscription_id, call.ports)
    return json_reply((await subscription_documents([row], call.ports))[subscription_id])


_ALL = "/api/subscriptions"
_ONE = "/api/subscriptions/{subscription_id}"
ROUTES: tuple[Route[Access], ...] = (
    Route("POST", _ALL, Access.SUBMIT, post_subscription, answers={201: "Subscription"}),
    Route("GET", _ALL, Access.READ, list_subscriptions, answers={200: "Page[Subscription]"}),
    Route("GET", _ONE, Access.READ, get_subscription, answers={200: "Subscription"}),
    Route("PATCH", _ONE, Access.SUBMIT, patch_subscription, answers={200: "Subscription"}),
    Route("DELETE", _ONE, Access.SUBMIT, delete_subscription, answers={204: None}),
    Route("POST", f"{_ONE}/look", Access.SUBMIT, post_look, answers={200: "Subscription"}),
    Route(
        "GET",
        f"{_ONE}/entries",
        Access.READ,
        list_entries,
        answers={200: "Page[SubscriptionEntry]"},
    ),
)
