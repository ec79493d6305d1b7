"""What a look costs that finds nothing new; docs/limits.md has the figures."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.store import Statement, Value
from tests.app.stage import Stage
from tests.app.subscriptions.looks import answer, cron, listing, look, subscribed


def test_a_look_that_finds_nothing_new_in_five_hundred_writes_no_entry(stage: Stage) -> None:
    names = [f"v{number:03}" for number in range(500)]
    one = subscribed(stage)
    look(stage, one, listing(*names))
    count, rows, batch = Counter[str](), stage.database.rows, stage.database.batch

    async def counted_rows(sql: str, *params: Value) -> list[dict[str, Any]]:
        count["queries"] += 1
        return await rows(sql, *params)

    async def counted_batch(statements: Sequence[Statement]) -> list[int]:
        done = await batch(statements)
        count.update(batches=1, rows_written=sum(done))
        return done

    stage.database.rows, stage.database.batch = counted_rows, counted_batch  # type: ignore[method-assign]
    stage.send("POST", f"/api/subscriptions/{one}/look")
    answer(stage, one, listing(*names))
    cron(stage)

    print(f"\na look that finds nothing new: {dict(count)}")
    # The job with its one event, the subscription, and the job before it that goes.
    assert count["rows_written"] <= 20
    count.clear()
    cron(stage)
    assert count == {"queries": 1}
