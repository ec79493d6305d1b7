"""Glossary terms and translation memory: reads, and writes as statements for a batch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypedDict

from pydantic_core import to_json

from app.store import Row, Statement, Store
from media_jobs.languages import broader_tags
from media_jobs.translation.limits import GLOSSARY_MAX, PAIRS_MAX

UNKNOWN = ""
"""The language, in the database, of what is in no known one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """A term of a glossary; *from_language* is empty where it is for every language."""

    term_id: str
    from_language: str
    to_language: str
    source: str
    target: str
    note: str | None
    updated_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """What a person made of a text's translation, in an edit of what *job_id* has made.

    *taught_by*: the name of the token, while there is one.
    """

    pair_id: str
    from_language: str
    to_language: str
    source: str
    target: str
    media_id: str
    job_id: str
    taught_by: str | None
    updated_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledFilter:
    """Which terms or pairs to list; what is None, or empty, matches all. *words*: in either text.
    *from_language* empty: those for every language.
    """

    from_language: str | None = None
    to_language: str | None = None
    words: str = ""


class ImportedTerm(TypedDict):
    """A line of a file of terms."""

    source: str
    target: str
    note: str | None


_TERM = ", ".join(TermRow.__slots__)
_PAIR = ", ".join(name for name in PairRow.__slots__ if name != "taught_by") + (
    ", (SELECT t.name FROM tokens AS t WHERE t.token_id = memory_pairs.token_id) AS taught_by"
)


async def select_terms(
    store: Store, wanted: SettledFilter, before: str | None, limit: int
) -> list[TermRow]:
    """Return terms, newest first, after the cursor *before*."""
    where, params = _where(store, wanted)
    rows = await store.rows(
        f"SELECT {_TERM} FROM glossary_terms WHERE term_id < ?{where}"
        " ORDER BY term_id DESC LIMIT ?",
        before or "~",
        *params,
        limit,
    )
    return [TermRow(**row) for row in rows]


async def select_term(store: Store, term_id: str) -> TermRow | None:
    """Return one term."""
    sql = f"SELECT {_TERM} FROM glossary_terms WHERE term_id = ?{store.and_owned()}"
    return await store.one(lambda row: TermRow(**row), sql, term_id, *store.owned)


async def select_pairs(
    store: Store, wanted: SettledFilter, before: str | None, limit: int
) -> list[PairRow]:
    """Return pairs, newest first, after the cursor *before*."""
    where, params = _where(store, wanted)
    rows = await store.rows(
        f"SELECT {_PAIR} FROM memory_pairs WHERE pair_id < ?{where} ORDER BY pair_id DESC LIMIT ?",
        before or "~",
        *params,
        limit,
    )
    return [PairRow(**row) for row in rows]


async def select_pair(store: Store, pair_id: str) -> PairRow | None:
    """Return one pair."""
    sql = f"SELECT {_PAIR} FROM memory_pairs WHERE pair_id = ?{store.and_owned()}"
    return await store.one(lambda row: PairRow(**row), sql, pair_id, *store.owned)


def _where(store: Store, wanted: SettledFilter) -> tuple[str, list[str]]:
    where, params = store.and_owned(), [*store.owned]
    for column, value in (
        ("from_language", wanted.from_language),
        ("to_language", wanted.to_language),
    ):
        if value is not None:
            where += f" AND {column} = ?"
            params.append(value)
    if wanted.words:
        # Not LIKE: D1 takes no pattern over 50 bytes.
        where += " AND instr(lower(source || char(10) || target), lower(?)) > 0"
        params.append(wanted.words)
    return where, params


async def select_new_terms(
    store: Store, from_language: str, to_language: str, sources: Sequence[str]
) -> tuple[int, int]:
    """Return how many terms the glossary of the store's own workspace has, and how many of
    *sources* are not among them.
    """
    rows = await store.rows(
        "SELECT (SELECT count(*) FROM glossary_terms WHERE owner_id = ?) AS known,"
        " count(*) AS new FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM glossary_terms"
        " WHERE owner_id = ? AND from_language = ? AND to_language = ? AND source = value)",
        store.home,
        to_json(list(sources)).decode(),
        store.home,
        from_language,
        to_language,
    )
    return int(rows[0]["known"]), int(rows[0]["new"])


def insert_term(store: Store, term: TermRow) -> Statement:
    """Add a term, unless the glossary is full; a second one of its source and languages fails the
    batch.
    """
    places = ", ".join("?" * len(TermRow.__slots__))
    room = f"(SELECT count(*) FROM glossary_terms WHERE owner_id = ?) < {GLOSSARY_MAX}"
    return (
        f"INSERT INTO glossary_terms ({_TERM}, owner_id) SELECT {places}, ? WHERE {room}",
        (*asdict(term).values(), store.home, store.home),
    )


def import_terms(
    store: Store,
    first_id: str,
    from_language: str,
    to_language: str,
    terms: Sequence[ImportedTerm],
    now_ms: int,
) -> Statement:
    """Add terms of one pair of languages, or replace those of the same source.

    Their ids are *first_id* with a number.
    """
    return (
        "INSERT INTO glossary_terms (term_id, owner_id, from_language, to_language, source, target,"
        " note, updated_ms) SELECT ? || printf('-%05d', t.key), ?, ?, ?, t.value ->> 'source',"
        " t.value ->> 'target', t.value ->> 'note', ? FROM json_each(?) AS t WHERE true"
        " ON CONFLICT (owner_id, from_language, to_language, source) DO UPDATE"
        " SET target = excluded.target, note = excluded.note, updated_ms = excluded.updated_ms",
        (first_id, store.home, from_language, to_language, now_ms, to_json(list(terms)).decode()),
    )


def update_term(store: Store, term: TermRow) -> Statement:
    """Change a term; another one of its source and languages fails the batch."""
    row = asdict(term)
    del row["term_id"]
    changes = ", ".join(f"{column} = ?" for column in row)
    return (
        f"UPDATE glossary_terms SET {changes} WHERE term_id = ?{store.and_owned()}",
        (*row.values(), term.term_id, *store.owned),
    )


def delete_term(store: Store, term_id: str) -> Statement:
    """Remove a term."""
    sql = f"DELETE FROM glossary_terms WHERE term_id = ?{store.and_owned()}"
    return sql, (term_id, *store.owned)


def update_pair(store: Store, pair_id: str, target: str, now_ms: int) -> Statement:
    """Change what a text is translated as."""
    return (
        f"UPDATE memory_pairs SET target = ?, updated_ms = ? WHERE pair_id = ?{store.and_owned()}",
        (target, now_ms, pair_id, *store.owned),
    )


def delete_pair(store: Store, pair_id: str) -> Statement:
    """Forget a pair."""
    sql = f"DELETE FROM memory_pairs WHERE pair_id = ?{store.and_owned()}"
    return sql, (pair_id, *store.owned)


PART_BYTES = 500_000
"""Of a memory, as it comes in rows: D1 makes no text of over 2,000,000 bytes."""


async def select_memory(
    store: Store, media_id: str, from_language: str | None, to_language: str, bytes_max: int
) -> tuple[str, str]:
    """Return terms and pairs of a media's owner for a translation, each list as JSON without its
    brackets.

    What is settled for a language is so for its varieties, unless these have their own: `zh` for
    `zh-Hant`, and not the other way round. *from_language* None: it is not known, so all of them.
    Of what would be too much, the oldest pairs are left out.
    """
    known = [broader_tags(to_language)]
    if from_language is not None:
        known.append([UNKNOWN, *broader_tags(from_language)])
    params = (media_id, *(to_json(tags).decode() for tags in known))
    sql = _MEMORY.replace(_FROM, "") if from_language is None else _MEMORY
    rows = await store.rows(sql, *params, *params, bytes_max)
    terms, pairs = (",".join(_parts(rows, kind)) for kind in (0, 1))
    return terms, pairs


def _parts(rows: Sequence[Row], kind: int) -> list[str]:
    return [row["items"] for row in rows if row["kind"] == kind]


_FROM = " AND from_language IN (SELECT value FROM json_each(?))"


def _applying(kind: int, table: str, key: str, note: str) -> str:
    """Return the query of what of *table* applies, the narrowest languages of each *key* as 1."""
    return (
        f"SELECT {kind} AS kind, source, target, {note} AS note, updated_ms,"
        f" row_number() OVER (PARTITION BY {key} ORDER BY length(to_language) DESC,"
        f" length(from_language) DESC, updated_ms DESC) AS place FROM {table}"
        " WHERE owner_id = (SELECT owner_id FROM media WHERE media_id = ?)"
        f" AND to_language IN (SELECT value FROM json_each(?)){_FROM}"
    )


_MEMORY = (
    "WITH applying AS ("
    + _applying(0, "glossary_terms", "source", "note")
    + " UNION ALL "
    + _applying(1, "memory_pairs", "source_key", "NULL")
    + "), items AS (SELECT kind, updated_ms, CASE kind"
    " WHEN 0 THEN json_object('source', source, 'target', target, 'note', note)"
    " ELSE json_object('source', source, 'target', target) END AS item"
    " FROM applying WHERE place = 1"
    "), counted AS (SELECT kind, item,"
    " row_number() OVER (PARTITION BY kind ORDER BY updated_ms DESC, item) AS number,"
    " sum(length(CAST(item AS BLOB)) + 1) OVER (ORDER BY kind, updated_ms DESC, item"
    " ROWS UNBOUNDED PRECEDING) AS bytes FROM items"
    f") SELECT kind, bytes / {PART_BYTES} AS part, group_concat(item, ',') AS items FROM counted"
    f" WHERE bytes <= ? AND number <= CASE kind WHEN 0 THEN {GLOSSARY_MAX} ELSE {PAIRS_MAX} END"
    " GROUP BY kind, part ORDER BY kind, part"
)
