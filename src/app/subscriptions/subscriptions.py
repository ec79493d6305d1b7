"""Subscriptions as people have them: made, shown, changed, looked with at once, and removed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from app.ports import Ports
from app.recipes.recipes import find_recipe
from app.recipes.starting import NewRun, check_kept_run
from app.subscriptions.attending import attend_quietly
from app.subscriptions.removing import finish_removal
from app.subscriptions.store import (
    ACTIVE,
    KNOWN,
    PAUSED,
    SKIPPED,
    STARTED,
    WAITING,
    EntryRow,
    SubscriptionRow,
    Tally,
    insert_subscription,
    mark_removed,
    select_subscription,
    select_tallies,
    update_subscription,
)
from app.web.caller import Caller
from media_jobs.errors import Conflict, LimitReached, MediaJobsError, invalid_field, present
from media_jobs.ids import new_id
from media_jobs.options import HttpUrl
from media_jobs.recipes.document import StepName
from media_jobs.redaction import describe
from media_jobs.strict import Strict
from media_jobs.validation import TAG

SUBSCRIPTIONS_MAX = 100
"""Of one workspace."""
EVERY_S = 6 * 3600
PER_DAY_MAX = 10

RecipeName = Annotated[str, Field(min_length=1, max_length=60)]
Parameters = Annotated[
    dict[StepName, Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=20)
]
StepOptions = Annotated[dict[StepName, dict[str, object]], Field(max_length=12)]
EveryS = Annotated[int, Field(ge=900, le=30 * 86_400)]
PerDayMax = Annotated[int, Field(ge=1, le=100)]
StartWith = Annotated[
    Annotated[Literal["new"], Tag(f"{TAG}new")]
    | Annotated[int, Field(ge=1, le=100), Tag(f"{TAG}number")],
    Discriminator(lambda given: f"{TAG}{'new' if isinstance(given, str) else 'number'}"),
]


class NewSubscription(Strict):
    """A list to look at, and what its new videos start.

    *every_s*: the seconds between two looks. *per_day_max*: how many runs a day (UTC) may start.
    *start_with*: `new`, or how many of the newest entries to take at once. *options*: by step.
    """

    url: HttpUrl
    recipe: RecipeName
    parameters: Parameters = Field(default_factory=dict)
    options: StepOptions = Field(default_factory=dict)
    every_s: EveryS = EVERY_S
    per_day_max: PerDayMax = PER_DAY_MAX
    start_with: StartWith = "new"


class SubscriptionChange(Strict):
    """What of a subscription may be changed; what is left out stays.

    One that is made `active` again looks at once, and goes on on behalf of who asks for it.
    """

    state: Literal["active", "paused"] | None = None
    recipe: RecipeName | None = None
    parameters: Parameters | None = None
    options: StepOptions | None = None
    every_s: EveryS | None = None
    per_day_max: PerDayMax | None = None


async def find_subscription(subscription_id: str, ports: Ports) -> SubscriptionRow:
    """Return a subscription; raises NotFound."""
    return present(
        await select_subscription(ports.store, subscription_id),
        "not_found.subscription",
        subscription=subscription_id,
    )


async def create_subscription(
    wanted: NewSubscription, caller: Caller, ports: Ports
) -> SubscriptionRow:
    """Store a subscription and begin its first look.

    Raises InvalidInput, NotFound, Conflict, LimitReached.
    """
    now_ms = ports.now_ms()
    row = SubscriptionRow(
        subscription_id=new_id("scr", now_ms, ports.entropy(10)),
        owner_id=ports.store.home,
        token_hash=caller.token.token_hash,
        url=wanted.url,
        recipe=wanted.recipe,
        parameters=wanted.parameters,
        options=wanted.options,
        every_s=wanted.every_s,
        per_day_max=wanted.per_day_max,
        start_with=wanted.start_with if isinstance(wanted.start_with, int) else 0,
        state=ACTIVE,
        created_ms=now_ms,
        due_ms=now_ms,
        next_look_ms=now_ms,
    )
    mine = ports.under(None, row.owner_id)
    await _check(row, caller, mine)
    if await ports.store.batch([insert_subscription(row, SUBSCRIPTIONS_MAX)]) == [0]:
        raise LimitReached("too_many_subscriptions", most=SUBSCRIPTIONS_MAX)
    ports.log({"event": "subscription_added", "subscriptionId": row.subscription_id})
    await attend_quietly(row, mine)
    return await find_subscription(row.subscription_id, ports)


async def change_subscription(
    subscription_id: str, wanted: SubscriptionChange, caller: Caller, ports: Ports
) -> SubscriptionRow:
    """Change a subscription; raises InvalidInput, NotFound, Conflict (`changed_meanwhile`)."""
    row = await find_subscription(subscription_id, ports)
    now_ms = ports.now_ms()
    given = wanted.model_dump(exclude_none=True, exclude={"state"})
    after = replace(row, **given)
    mine = ports.under(None, row.owner_id)
    if given.keys() & {"recipe", "parameters", "options"}:
        await _check(after, caller, mine)
    if wanted.state == "paused" and row.state == ACTIVE:
        after = replace(after, state=PAUSED, paused_reason="person", due_ms=None, next_look_ms=None)
    resumes = wanted.state == "active" and row.state == PAUSED
    if resumes:
        after = replace(
            after,
            token_hash=caller.token.token_hash,
            state=ACTIVE,
            paused_reason=None,
            error=None,
            failures=0,
            next_look_ms=now_ms,
        )
    if after.state == ACTIVE:
        if after.every_s != row.every_s and after.next_look_ms is not None:
            after = replace(
                after, next_look_ms=min(after.next_look_ms, now_ms + after.every_s * 1000)
            )
        after = replace(after, due_ms=now_ms)
    if await ports.store.batch([update_subscription(after)]) == [0]:
        await find_subscription(subscription_id, ports)
        raise Conflict("changed_meanwhile")
    if resumes:
        await attend_quietly(replace(after, changed=after.changed + 1), mine)
    return await find_subscription(subscription_id, ports)


async def look_now(subscription_id: str, ports: Ports) -> SubscriptionRow:
    """Look at once, unless a look is under way; raises NotFound, Conflict, UpstreamError."""
    row = await find_subscription(subscription_id, ports)
    if row.state == PAUSED:
        raise Conflict("subscription_paused")
    now_ms = ports.now_ms()
    if row.look_job_id is None:
        now = replace(row, next_look_ms=now_ms, due_ms=now_ms)
        if await ports.store.batch([update_subscription(now)]) == [0]:
            raise Conflict("changed_meanwhile")
        mine = ports.under(None, row.owner_id)
        await attend_quietly(replace(now, changed=now.changed + 1), mine)
    return await find_subscription(subscription_id, ports)


async def remove_subscription(subscription_id: str, ports: Ports) -> None:
    """Remove a subscription; its runs stay. Raises NotFound."""
    row = await find_subscription(subscription_id, ports)
    marked = mark_removed(ports.store, subscription_id, ports.now_ms())
    if await ports.store.batch([marked]) == [0]:
        await find_subscription(subscription_id, ports)
    after = replace(row, state="removed", changed=row.changed + 1)
    try:
        await finish_removal(after, ports.under(None, row.owner_id))
    except MediaJobsError as error:  # The cron does it.
        ports.log(
            {
                "event": "subscription_failed",
                "subscriptionId": subscription_id,
                "why": describe(error),
            }
        )


async def _check(row: SubscriptionRow, caller: Caller, ports: Ports) -> None:
    """Refuse a subscription whose runs would be refused."""
    recipe, _ = await find_recipe(row.recipe, ports)
    if recipe.source == "media":
        raise invalid_field("recipe", "field.recipe_of_media")
    wanted = NewRun(url=row.url, parameters=row.parameters, options=row.options)
    await check_kept_run(row.recipe, wanted, caller, ports)


async def subscription_documents(
    rows: Sequence[SubscriptionRow], ports: Ports
) -> dict[str, dict[str, object]]:
    """Return what the API shows of subscriptions, by id."""
    ids = [row.subscription_id for row in rows]
    tallies = await select_tallies(ports.store, ids, ports.now_ms())
    return {row.subscription_id: _document(row, tallies[row.subscription_id]) for row in rows}


def _document(row: SubscriptionRow, tally: Tally) -> dict[str, object]:
    counts = tally.by_state
    return {
        "subscriptionId": row.subscription_id,
        "url": row.url,
        "title": row.title,
        "recipe": row.recipe,
        "parameters": row.parameters,
        "options": row.options,
        "everyS": row.every_s,
        "perDayMax": row.per_day_max,
        "startWith": row.start_with or "new",
        "state": row.state,
        "pausedReason": row.paused_reason,
        "error": row.error,
        "failures": row.failures,
        "isLong": row.is_long,
        "lookJobId": row.look_job_id,
        "lastLookAt": row.last_look_ms,
        "nextLookAt": row.next_look_ms,
        "entries": {state: counts[state] for state in (KNOWN, WAITING, STARTED, SKIPPED)},
        "startedToday": tally.today,
        "createdAt": row.created_ms,
    }


def entry_document(row: EntryRow) -> dict[str, object]:
    """Return what the API shows of an entry."""
    return {
        "entryId": row.entry_id,
        "siteId": row.site_id,
        "url": row.url,
        "title": row.title,
        "state": row.state,
        "reason": row.reason,
        "runId": row.run_id,
        "seenAt": row.seen_ms,
        "startedAt": row.started_ms,
    }
