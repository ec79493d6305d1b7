"""Routes of the glossary and the translation memory."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.translation.glossary import (
    ChangedTerm,
    NewTerm,
    add_term,
    change_term,
    find_term,
    remove_term,
    take_terms,
    term_document,
)
from app.translation.memory import (
    ChangedPair,
    change_pair,
    find_pair,
    pair_document,
    remove_pair,
)
from app.translation.store import UNKNOWN, SettledFilter, select_pairs, select_terms
from app.web.call import Call
from app.web.caller import Access
from app.web.query import Paging, Query, paged
from media_jobs.content import Content, disposition, guards
from media_jobs.http import Reply, json_reply
from media_jobs.languages import LanguageTag
from media_jobs.routing import Binary, Route
from media_jobs.translation.limits import GLOSSARY_MAX

TERMS_BYTES_MAX = 4 * 1024 * 1024

_From = Annotated[
    LanguageTag | None,
    Field(alias="from", description="the language of the source; left out: of every one"),
]


class SettledQuery(Paging):
    """Which terms or pairs to list."""

    from_language: Annotated[
        LanguageTag | None, Field(alias="from", description="the language of the source")
    ] = None
    to_language: Annotated[
        LanguageTag | None, Field(alias="to", description="the language of the target")
    ] = None
    query: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=100),
        Field(description="part of the source or the target"),
    ] = ""

    def filter(self) -> SettledFilter:
        """Return what it asks for."""
        return SettledFilter(
            from_language=self.from_language, to_language=self.to_language, words=self.query
        )


class TermFileQuery(Query):
    """Which terms a file has, and how it is written."""

    from_language: _From = None
    to_language: Annotated[LanguageTag, Field(alias="to")]
    format: Literal["csv", "tsv"] = "csv"


async def list_terms(call: Call, query: SettledQuery) -> Reply:
    """List terms of the glossary, newest first."""
    rows = await select_terms(call.ports.store, query.filter(), query.cursor, query.limit + 1)
    return paged(rows, query.limit, term_document, lambda row: row.term_id)


async def post_term(call: Call, body: NewTerm) -> Reply:
    """Add a term to the glossary, which has up to 2,000; 409 where it has the source already."""
    return json_reply(term_document(await add_term(body, call.ports)), 201)


async def get_term(call: Call, term_id: str) -> Reply:
    """Show one term."""
    return json_reply(term_document(await find_term(term_id, call.ports)))


async def patch_term(call: Call, term_id: str, body: ChangedTerm) -> Reply:
    """Change a term."""
    return json_reply(term_document(await change_term(term_id, body, call.ports)))


async def delete_term(call: Call, term_id: str) -> Reply:
    """Remove a term."""
    await remove_term(term_id, call.ports)
    return Reply(status=204)


async def get_term_file(call: Call, query: TermFileQuery) -> Reply:
    """Send the terms of one pair of languages as a file of source, target and note."""
    # Here, because no start of the app needs it.
    from app.translation.term_files import written_terms

    wanted = SettledFilter(
        from_language=query.from_language or UNKNOWN, to_language=query.to_language
    )
    rows = await select_terms(call.ports.store, wanted, None, GLOSSARY_MAX)
    text = written_terms(reversed(rows), query.format)
    content_type = f"{_FILE_TYPES[query.format]}; charset=utf-8"
    languages = "-".join(filter(None, (query.from_language, query.to_language)))
    name = f"glossary-{languages}.{query.format}"
    stored = Content(key=name, size_bytes=len(text.encode()), content_type=content_type, etag="")
    saved = disposition({"filename": name, "disposition": "attachment"}, stored)
    return Reply(
        body=text,
        headers={
            "content-type": content_type,
            "content-disposition": saved,
            "cache-control": "private, no-cache",
            **guards(content_type),
        },
    )


async def post_term_file(call: Call, body: bytes, query: TermFileQuery) -> Reply:
    """Add the terms of a file, and replace those of the same source and languages.

    A line has source, target and, if there is one, a note; a first line with these names is left
    out. UTF-8, or UTF-16 with a byte order mark. If one line is refused, nothing is changed.
    """
    from app.translation.term_files import read_terms

    terms = read_terms(body, query.format)
    added, replaced = await take_terms(terms, query.from_language, query.to_language, call.ports)
    return json_reply({"added": added, "replaced": replaced})


async def list_pairs(call: Call, query: SettledQuery) -> Reply:
    """List the translation memory: what people made of translations, newest first.

    A translation reuses them where the same text comes again. Of a workspace's, the newest 20,000
    are kept.
    """
    rows = await select_pairs(call.ports.store, query.filter(), query.cursor, query.limit + 1)
    return paged(rows, query.limit, pair_document, lambda row: row.pair_id)


async def get_pair(call: Call, pair_id: str) -> Reply:
    """Show one pair of the translation memory."""
    return json_reply(pair_document(await find_pair(pair_id, call.ports)))


async def patch_pair(call: Call, pair_id: str, body: ChangedPair) -> Reply:
    """Change what a text is translated as."""
    return json_reply(pair_document(await change_pair(pair_id, body, call.ports)))


async def delete_pair(call: Call, pair_id: str) -> Reply:
    """Forget a pair of the translation memory."""
    await remove_pair(pair_id, call.ports)
    return Reply(status=204)


_FILE_TYPES = {"csv": "text/csv", "tsv": "text/tab-separated-values"}
_FILE = Binary(types=tuple(_FILE_TYPES.values()))
_TERM = "/api/glossary/{term_id}"
_PAIR = "/api/memory/{pair_id}"
ROUTES: tuple[Route[Access], ...] = (
    Route("GET", "/api/glossary", Access.READ, list_terms, answers={200: "Page[Term]"}),
    Route("POST", "/api/glossary", Access.SUBMIT, post_term, answers={201: "Term"}),
    Route("GET", "/api/glossary/file", Access.READ, get_term_file, answers={200: _FILE}),
    Route(
        "POST",
        "/api/glossary/file",
        Access.SUBMIT,
        post_term_file,
        body=_FILE,
        body_bytes_max=TERMS_BYTES_MAX,
        answers={200: "ImportedTerms"},
    ),
    Route("GET", _TERM, Access.READ, get_term, answers={200: "Term"}),
    Route("PATCH", _TERM, Access.SUBMIT, patch_term, answers={200: "Term"}),
    Route("DELETE", _TERM, Access.SUBMIT, delete_term, answers={204: None}),
    Route("GET", "/api/memory", Access.READ, list_pairs, answers={200: "Page[MemoryPair]"}),
    Route("GET", _PAIR, Access.READ, get_pair, answers={200: "MemoryPair"}),
    Route("PATCH", _PAIR, Access.SUBMIT, patch_pair, answers={200: "MemoryPair"}),
    Route("DELETE", _PAIR, Access.SUBMIT, delete_pair, answers={204: None}),
)
