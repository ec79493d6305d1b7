"""`vidgen glossary`: how terms are translated, listed, taken from a file and written to one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidgen.commands.console import client_of, print_json
from vidgen.commands.parameters import Shown, with_shared
from vidgen.commands.targets import check_target
from vidgen.models import Term
from vidgen.translation import TermFormat

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command("glossary", rich_help_panel="Jobs")(with_shared(glossary))


def glossary(
    to_language: Annotated[
        str | None, typer.Option("--to", help="The language of the translation (BCP 47).")
    ] = None,
    from_language: Annotated[
        str | None, typer.Option("--from", help="The language of the source. Default: any.")
    ] = None,
    add: Annotated[
        Path | None,
        typer.Option(
            help="Add the terms of a file (.csv, .tsv): source, translation, note.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write the terms to a file (.csv, .tsv).", dir_okay=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    *,
    shown: Shown,
) -> None:
    """List the terms of the glossary, or take them from a file, or write them to one."""
    if to_language is None and (add or output):
        raise typer.BadParameter("is needed for a file", param_hint="--to")
    if output is not None:
        check_target(output, force=force)
    with client_of(shown) as client:
        if add is not None and to_language is not None:
            made = client.import_terms(
                add.read_bytes(), _kind(add), to_language=to_language, from_language=from_language
            )
            typer.echo(f"{made.added} added, {made.replaced} replaced")
        if output is not None and to_language is not None:
            text = client.export_terms(
                _kind(output), to_language=to_language, from_language=from_language
            )
            output.write_text(text, encoding="utf-8", newline="")
            typer.echo(str(output))
        if add is not None or output is not None:
            return
        found = list(client.terms(from_language=from_language, to_language=to_language))
    if shown.as_json:
        print_json(found)
        return
    for one in found:
        typer.echo(row_of(one))


def row_of(term: Term) -> str:
    """Return what the list shows of a term."""
    note = f"  ({term.note})" if term.note else ""
    languages = f"{term.from_language or 'any'} > {term.to_language}"
    return f"{term.term_id}  {languages}  {term.source} = {term.target}{note}"


def _kind(file: Path) -> TermFormat:
    return "csv" if file.suffix.lower() == ".csv" else "tsv"
