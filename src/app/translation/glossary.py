"""The glossary: how terms are to be said, written down by people."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from app.ports import Ports
from app.translation.store import (
    UNKNOWN,
    ImportedTerm,
    TermRow,
    delete_term,
    import_terms,
    insert_term,
    select_new_terms,
    select_term,
    update_term,
)
from media_jobs.errors import Conflict, LimitReached, NotFound, present
from media_jobs.ids import new_id
from media_jobs.languages import LanguageTag
from media_jobs.strict import Strict
from media_jobs.translation.limits import GLOSSARY_MAX, TERM_CHARS_MAX

TERMS_PER_STATEMENT = 400
"""D1 takes no value over 2,000,000 bytes, and a term has up to 900 characters."""

NOTE_CHARS_MAX = 500
Term = Annotated[str, Field(min_length=1, max_length=TERM_CHARS_MAX, pattern=r"\S")]
Note = Annotated[str, Field(max_length=NOTE_CHARS_MAX)]
AnyLanguage = Annotated[LanguageTag | None, Field(alias="from")]


class NewTerm(Strict):
    """A term: how *source* is said in another language. *from* null: whatever it is said in."""

    from_language: AnyLanguage = None
    to_language: Annotated[LanguageTag, Field(alias="to")]
    source: Term
    target: Term
    note: Note | None = None


class ChangedTerm(Strict):
    """What of a term is to be changed; what is left out stays."""

    source: Term | None = None
    target: Term | None = None
    note: Note | None = None


async def add_term(body: NewTerm, ports: Ports) -> TermRow:
    """Add a term; raises Conflict (`term_exists`), LimitReached (`glossary_full`)."""
    now_ms = ports.now_ms()
    row = TermRow(
        term_id=new_id("term", now_ms, ports.entropy(10)),
        from_language=body.from_language or UNKNOWN,
        to_language=body.to_language,
        source=body.source.strip(),
        target=body.target.strip(),
        note=body.note or None,
        updated_ms=now_ms,
    )
    try:
        added = await ports.store.batch([insert_term(ports.store, row)])
    except Conflict:
        raise _exists(row) from None
    if added == [0]:
        raise LimitReached("glossary_full", most=GLOSSARY_MAX)
    return await find_term(row.term_id, ports)


async def find_term(term_id: str, ports: Ports) -> TermRow:
    """Return a term; raises NotFound."""
    return present(await select_term(ports.store, term_id), "not_found.term", term=term_id)


async def change_term(term_id: str, body: ChangedTerm, ports: Ports) -> TermRow:
    """Change a term; raises NotFound, Conflict (`term_exists`)."""
    found = await find_term(term_id, ports)
    row = TermRow(
        term_id=term_id,
        from_language=found.from_language,
        to_language=found.to_language,
        source=(body.source or found.source).strip(),
        target=(body.target or found.target).strip(),
        note=(found.note if body.note is None else body.note) or None,
        updated_ms=ports.now_ms(),
    )
    try:
        await ports.store.batch([update_term(ports.store, row)])
    except Conflict:
        raise _exists(row) from None
    return await find_term(term_id, ports)


async def remove_term(term_id: str, ports: Ports) -> None:
    """Remove a term; raises NotFound."""
    if await ports.store.batch([delete_term(ports.store, term_id)]) == [0]:
        raise NotFound("not_found.term", term=term_id)


async def take_terms(
    terms: Sequence[ImportedTerm], from_language: str | None, to_language: str, ports: Ports
) -> tuple[int, int]:
    """Add the terms of a file, or replace those of the same source; of one that stands there twice
    the last counts.

    Return how many were added, and how many were there before. Raises LimitReached
    (`glossary_full`): then none is.
    """
    once = {term["source"]: term for term in terms}
    from_tag, now_ms = from_language or UNKNOWN, ports.now_ms()
    known, added = await select_new_terms(ports.store, from_tag, to_language, list(once))
    if known + added > GLOSSARY_MAX:
        raise LimitReached("glossary_full", most=GLOSSARY_MAX)
    rows = list(once.values())
    await ports.store.batch(
        [
            import_terms(
                ports.store,
                new_id("term", now_ms, ports.entropy(10)),
                from_tag,
                to_language,
                rows[start : start + TERMS_PER_STATEMENT],
                now_ms,
            )
            for start in range(0, len(rows), TERMS_PER_STATEMENT)
        ]
    )
    return added, len(once) - added


def _exists(row: TermRow) -> Conflict:
    return Conflict("term_exists", source=row.source)


def term_document(term: TermRow) -> dict[str, object]:
    """Return what the API shows of a term."""
    return {
        "termId": term.term_id,
        "from": term.from_language or None,
        "to": term.to_language,
        "source": term.source,
        "target": term.target,
        "note": term.note,
        "updatedAt": term.updated_ms,
    }
