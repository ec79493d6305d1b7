"""What the app relies on of its database. Runs on the fake, and on D1 inside a Worker."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from media_jobs.errors import Conflict, MigrationMissing

if TYPE_CHECKING:
    from app.store import Database, Statement

MIGRATION = """
CREATE TABLE owners (owner_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE things (
  thing_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL REFERENCES owners (owner_id),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  share REAL,
  note TEXT
) STRICT, WITHOUT ROWID;
"""

_OWNER: "Statement" = ("INSERT OR IGNORE INTO owners VALUES (?)", ("own_1",))


def _thing(thing_id: str, amount: int, note: str | None = None) -> "Statement":
    sql = "INSERT INTO things VALUES (?, 'own_1', ?, 0.5, ?)"
    return sql, (thing_id, amount, note)


async def _notes(database: "Database", prefix: str) -> list[dict[str, Any]]:
    return await database.rows(
        "SELECT thing_id, amount, note FROM things WHERE thing_id LIKE ? ORDER BY thing_id",
        f"{prefix}%",
    )


async def there_are_no_rows_where_nothing_matches(database: "Database") -> None:
    assert await database.rows("SELECT * FROM things WHERE thing_id = ?", "none") == []


async def rows_come_back_with_their_types(database: "Database") -> None:
    text = "字幕 'quoted' \u0000 \U0001f3ac"
    await database.batch([_OWNER, _thing("typed", 1_790_000_000_000, text)])

    (row,) = await database.rows("SELECT * FROM things WHERE thing_id = 'typed'")

    assert row == {
        "thing_id": "typed",
        "owner_id": "own_1",
        "amount": 1_790_000_000_000,
        "share": 0.5,
        "note": text,
    }
    assert type(row["amount"]) is int
    assert type(row["share"]) is float


async def none_is_stored_and_comes_back_as_none(database: "Database") -> None:
    await database.batch([_OWNER, _thing("absent", 1, None)])

    rows = await database.rows(
        "SELECT note FROM things WHERE thing_id = ? AND note IS ?", "absent", None
    )

    assert rows == [{"note": None}]


async def whole_numbers_are_bound_as_reals(database: "Database") -> None:
    rows = await database.rows("SELECT typeof(?) AS kind, 'id-' || ? AS text", 5, 5)

    assert rows == [{"kind": "real", "text": "id-5.0"}]


async def an_integer_column_holds_an_integer_all_the_same(database: "Database") -> None:
    await database.batch([_OWNER, _thing("whole", 5)])

    rows = await database.rows("SELECT typeof(amount) AS kind FROM things WHERE thing_id = 'whole'")

    assert rows == [{"kind": "integer"}]


async def a_number_can_limit_a_page(database: "Database") -> None:
    await database.batch([_OWNER, _thing("page1", 1), _thing("page2", 2), _thing("page3", 3)])

    rows = await database.rows(
        "SELECT amount FROM things WHERE thing_id LIKE 'page%' AND amount > ?"
        " ORDER BY amount LIMIT ?",
        1,
        1,
    )

    assert rows == [{"amount": 2}]


async def a_batch_says_how_many_rows_each_statement_changed(database: "Database") -> None:
    changed = await database.batch(
        [
            _OWNER,
            _OWNER,
            _thing("count1", 1),
            _thing("count2", 2),
            ("UPDATE things SET amount = amount + 1 WHERE thing_id LIKE 'count%'", ()),
            ("UPDATE things SET amount = 9 WHERE thing_id = 'nowhere'", ()),
            ("INSERT INTO owners SELECT 'own_2' WHERE EXISTS (SELECT 1 WHERE 0)", ()),
            ("DELETE FROM things WHERE thing_id = ?", ("count1",)),
        ]
    )

    assert changed[1:] == [0, 1, 1, 2, 0, 0, 1]


async def a_statement_sees_what_those_before_it_in_the_batch_have_done(
    database: "Database",
) -> None:
    changed = await database.batch(
        [
            _OWNER,
            _thing("seen", 1),
            ("UPDATE things SET note = 'x' WHERE thing_id = ? AND amount < ?", ("seen", 2)),
            ("UPDATE things SET note = 'y' WHERE thing_id = ? AND note IS NULL", ("seen",)),
        ]
    )

    assert changed[2:] == [1, 0]
    assert await _notes(database, "seen") == [{"thing_id": "seen", "amount": 1, "note": "x"}]


async def a_second_unique_value_is_a_conflict_and_undoes_its_batch(database: "Database") -> None:
    await database.batch([_OWNER, _thing("twice", 1)])

    code = ""
    try:
        await database.batch([_thing("twice0", 1), _thing("twice", 2), _thing("twice2", 1)])
    except Conflict as error:
        code = error.code

    assert code == "already_exists"
    assert await _notes(database, "twice") == [{"thing_id": "twice", "amount": 1, "note": None}]


async def a_broken_rule_of_a_column_is_no_conflict_and_undoes_its_batch(
    database: "Database",
) -> None:
    wrong: list[Statement] = [
        _thing("bad", -1),
        ("INSERT INTO things VALUES ('bad', 'own_1', 'text', 0.5, NULL)", ()),
        ("INSERT INTO things VALUES ('bad', 'own_1', ?, 0.5, NULL)", (1.5,)),
        ("INSERT INTO things VALUES ('bad', 'nobody', 1, 0.5, NULL)", ()),
        ("INSERT INTO nowhere VALUES (1)", ()),
    ]
    for statement in wrong:
        raised: Exception | None = None
        try:
            await database.batch([_OWNER, _thing("bad0", 1), statement])
        except Exception as error:
            raised = error

        assert raised is not None, statement
        assert not isinstance(raised, Conflict), statement
        assert await _notes(database, "bad") == []


async def what_a_later_migration_makes_is_named_as_missing(database: "Database") -> None:
    statements: list[Statement] = [
        ("INSERT INTO nowhere VALUES (1)", ()),
        ("INSERT INTO things (thing_id, colour) VALUES ('t', 'blue')", ()),
        ("UPDATE things SET colour = 'blue'", ()),
    ]
    for sql, params in statements:
        assert await _code(database.batch([(sql, params)])) == "migration_missing", sql
    for sql in ("SELECT 1 FROM nowhere", "SELECT colour FROM things"):
        assert await _code(database.rows(sql)) == "migration_missing", sql


async def _code(work: Coroutine[Any, Any, Any]) -> str:
    try:
        await work
    except MigrationMissing as error:
        return error.code
    return ""


async def a_boolean_is_never_bound(database: "Database") -> None:
    raised = False
    try:
        await database.rows("SELECT ? AS flag", True)
    except AssertionError:
        raised = True

    assert raised
