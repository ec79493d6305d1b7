"""What the cron does for subscriptions: looks that are due, what they found, and runs of it.

Every step is stored by itself, under the condition that it was not done yet. So a crash between two
of them, or two crons at once, repeats nothing; what was left undone is due at the next run.
"""

from collections.abc import Sequence

from pydantic import ValidationError

from app.access.store import select_token
from app.jobs.store import select_job
from app.ports import Ports
from app.recipes.recipes import find_recipe
from app.recipes.starting import NewRun, start_run
from app.store import Statement
from app.subscriptions.looking import read_look, start_look
from app.subscriptions.pausing import pausing
from app.subscriptions.removing import finish_removal
from app.subscriptions.store import (
    PAUSED,
    REMOVED,
    EntryRow,
    SubscriptionRow,
    attend_at,
    select_due_subscriptions,
    select_subscription,
    select_tallies,
    select_waiting_entries,
    skip_entry,
    start_entry,
)
from app.web.caller import Access, Caller
from app.webhooks.messages import call_senders
from media_jobs.engines import ENGINES
from media_jobs.errors import Conflict, InvalidInput, LimitReached, MediaJobsError, NotFound
from media_jobs.recipes.document import JobStep, Recipe
from media_jobs.redaction import describe
from media_jobs.subscriptions import next_utc_day_ms

SUBSCRIPTIONS_PER_RUN = 20
RUNS_AT_ONCE = 3
"""How many runs one subscription starts in one run of the cron."""
LATER_MS = 5 * 60_000


async def attend_to_due(ports: Ports) -> None:
    """Attend to what is due, longest first; whatever happens to one, the others get their turn."""
    due = await select_due_subscriptions(ports.store, ports.now_ms(), SUBSCRIPTIONS_PER_RUN)
    for row in due:
        mine = ports.under(None, row.owner_id)
        try:
            if row.state == REMOVED:
                await finish_removal(row, mine)
            else:
                await attend(row, mine)
        except Exception as error:  # Whatever it is, it is this subscription's own.
            ports.log(
                {
                    "event": "subscription_failed",
                    "subscriptionId": row.subscription_id,
                    "why": describe(error),
                }
            )
            await ports.store.batch([attend_at(row, ports.now_ms() + LATER_MS)])


async def attend(row: SubscriptionRow, ports: Ports) -> None:
    """Do what is to be done for an active subscription now, and say when the next is due.

    *ports*: of its workspace. Raises UpstreamError.
    """
    token = await select_token(ports.store, row.token_hash, ports.now_ms())
    caller = None if token is None else Caller(token)
    if caller is None or not caller.may(Access.SUBMIT):
        await pause_now(row, "token", None, ports)
        return
    try:
        recipe, _ = await find_recipe(row.recipe, ports)
        row = await _look(row, recipe, caller, ports)
        due_ms = None if row.state == PAUSED else await _start(row, caller, ports)
    except LimitReached:
        due_ms = ports.now_ms() + LATER_MS
    except (Conflict, InvalidInput, NotFound) as error:
        await pause_now(row, "recipe", {"code": error.code, "message": error.message}, ports)
        return
    if due_ms is not None:
        await ports.store.batch([attend_at(row, due_ms)])


async def _look(
    row: SubscriptionRow, recipe: Recipe, caller: Caller, ports: Ports
) -> SubscriptionRow:
    """Read a look that has ended, or begin one that is due; return the subscription after it."""
    if row.look_job_id is not None:
        job = await select_job(ports.store, row.look_job_id)
        if job is not None and not job.ended:
            return row
        await read_look(row, job, duration_max_s(recipe, row.options), ports)
        after = await _again(row, ports)
        if after.state == PAUSED:
            await call_senders(ports)
        return after
    if row.next_look_ms is not None and row.next_look_ms <= ports.now_ms():
        await start_look(row, caller, ports)
        return await _again(row, ports)
    return row


async def _again(row: SubscriptionRow, ports: Ports) -> SubscriptionRow:
    return await select_subscription(ports.store, row.subscription_id) or row


async def _start(row: SubscriptionRow, caller: Caller, ports: Ports) -> int:
    """Start runs of waiting entries, as many as the day has room for; return when to go on.

    While a look is under way, or more can be started, that is the next run of the cron.
    """
    now_ms = ports.now_ms()
    tally = await select_tallies(ports.store, [row.subscription_id], now_ms)
    left = row.per_day_max - tally[row.subscription_id].today
    waiting = await select_waiting_entries(ports.store, row.subscription_id, RUNS_AT_ONCE + 1)
    now = waiting[: min(RUNS_AT_ONCE, max(left, 0))]
    for entry in now:
        await _start_one(row, entry, caller, ports)
    look_ms = now_ms if row.look_job_id else row.next_look_ms or now_ms + LATER_MS
    if len(waiting) <= len(now):
        return look_ms
    return min(look_ms, now_ms if left > len(now) else next_utc_day_ms(now_ms))


async def _start_one(row: SubscriptionRow, entry: EntryRow, caller: Caller, ports: Ports) -> None:
    """Start the run of an entry, unless it has one.

    Raises InvalidInput, NotFound, Conflict, LimitReached, UpstreamError.
    """

    def noted(run_id: str) -> Sequence[Statement]:
        return start_entry(row.subscription_id, entry.site_id, run_id, ports.now_ms())

    try:
        wanted = NewRun.model_validate(
            {"url": entry.url, "parameters": row.parameters, "options": row.options}
        )
    except ValidationError:
        skipped = skip_entry(row.subscription_id, entry.site_id, "bad_address")
        await ports.store.batch([skipped])
        return
    try:
        run, _ = await start_run(row.recipe, wanted, None, caller, ports, also=noted)
    except Conflict as error:
        if error.code != "already_exists":
            raise
        return  # Another run of the cron was faster.
    ports.log(
        {
            "event": "entry_started",
            "subscriptionId": row.subscription_id,
            "runId": run.run_id,
        }
    )


async def pause_now(
    row: SubscriptionRow, reason: str, error: dict[str, object] | None, ports: Ports
) -> None:
    """Pause a subscription for a *reason*, and tell its workspace."""
    changed = await ports.store.batch(pausing(row, reason, error, ports))
    if changed[-1]:
        ports.log(
            {
                "event": "subscription_paused",
                "subscriptionId": row.subscription_id,
                "reason": reason,
            }
        )
        await call_senders(ports)


def duration_max_s(recipe: Recipe, options: dict[str, dict[str, object]]) -> int | None:
    """Return the longest video that a recipe's downloads take, as far as options say it."""
    found = list[int]()
    for step in recipe.steps:
        if isinstance(step, JobStep) and ENGINES[step.engine].media_from is not None:
            said = {**step.options, **options.get(step.step, {})}.get("maxDurationS")
            if isinstance(said, int):
                found.append(said)
    return min(found, default=None)


async def attend_quietly(row: SubscriptionRow, ports: Ports) -> None:
    """Attend to a subscription at once where the cron would minutes later, if it can be."""
    try:
        await attend(row, ports)
    except MediaJobsError as error:
        ports.log(
            {
                "event": "subscription_failed",
                "subscriptionId": row.subscription_id,
                "why": describe(error),
            }
        )
