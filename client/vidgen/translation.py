"""The API's calls about what is settled for translations: glossary and translation memory."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from vidgen.calls import call, delete, page, post, read
from vidgen.models import ImportedTerms, MemoryPair, Page, Term
from vidgen.steps import Exchange, Flow

__all__ = [
    "TermFormat",
    "add_term",
    "change_memory_pair",
    "change_term",
    "delete_memory_pair",
    "delete_term",
    "export_terms",
    "import_terms",
    "memory_pairs",
    "terms",
]

TermFormat = Literal["csv", "tsv"]
_TYPES: dict[TermFormat, str] = {"csv": "text/csv", "tsv": "text/tab-separated-values"}
_FILE = "/api/glossary/file"


def terms(
    cursor: str | None = None,
    *,
    from_language: str | None = None,
    to_language: str | None = None,
    query: str | None = None,
) -> Flow[Page[Term]]:
    """Yield terms of the glossary, newest first; *query*: part of the source or the target."""
    given = {"from": from_language, "to": to_language, "query": query}
    return (yield from page(Page[Term], "/api/glossary", cursor, **given))


def add_term(
    source: str,
    target: str,
    *,
    to_language: str,
    from_language: str | None = None,
    note: str | None = None,
) -> Flow[Term]:
    """Say how *source* is said in a language (BCP 47), of any language unless one is named.

    Raises Conflict (`term_exists`), RateLimited (`glossary_full`).
    """
    body = {"from": from_language, "to": to_language, "source": source, "target": target}
    return (yield from post(Term, "/api/glossary", {**body, "note": note}))


def change_term(
    term_id: str, *, source: str | None = None, target: str | None = None, note: str | None = None
) -> Flow[Term]:
    """Change a term; an empty *note* takes it away."""
    given = {"source": source, "target": target, "note": note}
    body = {name: value for name, value in given.items() if value is not None}
    path = f"/api/glossary/{term_id}"
    return (yield from post(Term, path, body, method="PATCH", repeatable=True))


def delete_term(term_id: str) -> Flow[None]:
    """Remove a term."""
    yield from delete(f"/api/glossary/{term_id}")


def import_terms(
    file: str | bytes,
    kind: TermFormat = "csv",
    *,
    to_language: str,
    from_language: str | None = None,
) -> Flow[ImportedTerms]:
    """Add the terms of a file, in place of those of the same source and languages.

    A line has source, target and, if there is one, a note. Raises InvalidRequest, which names the
    lines that are none; then nothing is changed.
    """
    exchange = Exchange(
        method="POST",
        path=f"{_FILE}?{urlencode(_wanted(kind, to_language, from_language))}",
        body=file.encode() if isinstance(file, str) else file,
        headers={"content-type": _TYPES[kind]},
    )
    return read(ImportedTerms, (yield from call(exchange, repeatable=True)))


def export_terms(
    kind: TermFormat = "csv", *, to_language: str, from_language: str | None = None
) -> Flow[str]:
    """Return the terms of one pair of languages as a file of source, target and note."""
    wanted = _wanted(kind, to_language, from_language)
    exchange = Exchange(method="GET", path=_FILE, params=wanted)
    answer = yield from call(exchange, repeatable=True)
    return answer.body.decode()


def _wanted(kind: TermFormat, to_language: str, from_language: str | None) -> dict[str, str]:
    known = {"to": to_language, "format": kind}
    return known if from_language is None else {"from": from_language, **known}


def memory_pairs(
    cursor: str | None = None,
    *,
    from_language: str | None = None,
    to_language: str | None = None,
    query: str | None = None,
) -> Flow[Page[MemoryPair]]:
    """Yield what people have made of translations, newest first."""
    given = {"from": from_language, "to": to_language, "query": query}
    return (yield from page(Page[MemoryPair], "/api/memory", cursor, **given))


def change_memory_pair(pair_id: str, target: str) -> Flow[MemoryPair]:
    """Change what a text is translated as."""
    body = {"target": target}
    path = f"/api/memory/{pair_id}"
    return (yield from post(MemoryPair, path, body, method="PATCH", repeatable=True))


def delete_memory_pair(pair_id: str) -> Flow[None]:
    """Forget a pair of the translation memory."""
    yield from delete(f"/api/memory/{pair_id}")
