"""What edits of translations teach: statements for a batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from pydantic_core import to_json

from app.store import Statement, Store
from media_jobs.translation.limits import PAIRS_MAX

PART_BYTES_MAX = 1_000_000
"""Of the lessons in one statement: D1 takes no value over 2,000,000 bytes."""
PARENTS_MAX = 1_000
"""How far back an edit of an edit is followed."""


class Lesson(TypedDict):
    """A text, what it is to a memory (`source_key`), and what a person made of its translation."""

    key: str
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What an edit teaches of what *job_id* has translated; by whose token, and when.

    The ids of pairs are *first_id* with a number.
    """

    first_id: str
    at_ms: int
    job_id: str
    from_language: str
    to_language: str
    token_id: str | None
    lessons: Sequence[Lesson]


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationRow:
    """Where a job has written down its translation cue by cue."""

    job_id: str
    object_key: str
    size_bytes: int


async def select_translation(
    store: Store, media_id: str, input_id: str, output: str
) -> TranslationRow | None:
    """Return the *output* of the job whose translation a version is, or is an edit of.

    None: it is none, or the job's outputs were deleted.
    """
    rows = await store.rows(
        "WITH RECURSIVE line (parent_id, origin, object_key, depth) AS ("
        "SELECT parent_id, origin, object_key, 0 FROM inputs WHERE input_id = ? AND media_id = ?"
        " UNION ALL SELECT i.parent_id, i.origin, i.object_key, line.depth + 1"
        " FROM line JOIN inputs AS i ON i.input_id = line.parent_id AND i.media_id = ?"
        f" WHERE line.origin = 'edit' AND line.depth < {PARENTS_MAX})"
        " SELECT j.job_id, j.outputs ->> ('$.' || ? || '.key') AS object_key,"
        " j.outputs ->> ('$.' || ? || '.sizeBytes') AS size_bytes"
        " FROM line JOIN jobs AS j ON j.media_id = ?"
        " AND instr(line.object_key, '/' || j.job_id || '/') > 0"
        " WHERE line.origin = 'translation' LIMIT 1",
        input_id,
        media_id,
        media_id,
        output,
        output,
        media_id,
    )
    if not rows or rows[0]["object_key"] is None:
        return None
    return TranslationRow(**{**rows[0], "size_bytes": int(rows[0]["size_bytes"])})


def teach(taught: Taught, input_id: str) -> list[Statement]:
    """Put what the edit *input_id* teaches in its owner's memory, in place of what earlier edits of
    the same translation taught; the oldest pairs leave when there are too many.

    They follow the edit in its batch, and change nothing if it was not added.
    """
    owner = "(SELECT owner_id FROM inputs WHERE input_id = ?)"
    forget: Statement = (
        f"DELETE FROM memory_pairs WHERE job_id = ? AND owner_id = {owner}"
        " AND substr(pair_id, 1, length(?)) <> ?",
        (taught.job_id, input_id, taught.first_id, taught.first_id),
    )
    leave: Statement = (
        f"DELETE FROM memory_pairs WHERE owner_id = {owner} AND pair_id <="
        f" (SELECT pair_id FROM memory_pairs WHERE owner_id = {owner}"
        f" ORDER BY pair_id DESC LIMIT 1 OFFSET {PAIRS_MAX})",
        (input_id, input_id),
    )
    learn = [_learn(taught, input_id, at, part) for at, part in _parts(taught.lessons)]
    return [*learn, forget, leave] if learn else [forget]


def _parts(lessons: Sequence[Lesson]) -> Iterator[tuple[int, str]]:
    """Yield *lessons* as JSON that D1 takes, each part with the number of its first lesson."""
    part, first, size = list[bytes](), 0, 0
    for number, lesson in enumerate(lessons):
        item = to_json(lesson)
        if part and size + len(item) > PART_BYTES_MAX:
            yield first, f"[{b','.join(part).decode()}]"
            part, first, size = [], number, 0
        part.append(item)
        size += len(item) + 1
    if part:
        yield first, f"[{b','.join(part).decode()}]"


def _learn(taught: Taught, input_id: str, first: int, lessons: str) -> Statement:
    return (
        "INSERT INTO memory_pairs (pair_id, owner_id, from_language, to_language, source_key,"
        " source, target, media_id, job_id, token_id, updated_ms)"
        f" SELECT ? || printf('-%05d', l.key + {first}), i.owner_id, ?, ?, l.value ->> 'key',"
        " l.value ->> 'source', l.value ->> 'target', i.media_id, ?, ?, ?"
        " FROM inputs AS i CROSS JOIN json_each(?) AS l"
        " WHERE i.input_id = ?"
        " ON CONFLICT (owner_id, from_language, to_language, source_key) DO UPDATE"
        " SET pair_id = excluded.pair_id, source = excluded.source, target = excluded.target,"
        " media_id = excluded.media_id, job_id = excluded.job_id, token_id = excluded.token_id,"
        " updated_ms = excluded.updated_ms",
        (
            taught.first_id,
            taught.from_language,
            taught.to_language,
            taught.job_id,
            taught.token_id,
            taught.at_ms,
            lessons,
            input_id,
        ),
    )
