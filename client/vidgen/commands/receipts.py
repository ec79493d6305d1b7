"""`vidgen receipt`, `verify`: what a result was made of, and whether a file is that result."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from vidgen.commands.console import client_of, print_json
from vidgen.commands.parameters import Server, Shown, with_shared
from vidgen.commands.targets import check_target
from vidgen.errors import ReceiptInvalid
from vidgen.models import Receipt, ReceiptKey
from vidgen.receipts import Statement, Subject, check_file, check_receipt

__all__ = ["register"]

PANEL = "Jobs"
ENDING = ".receipt.json"
M = TypeVar("M", bound=BaseModel)

_JOB_ID = re.compile(r"job_[0-9A-HJKMNP-TV-Z]{26}")
_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A result.")]


class _KeySet(BaseModel):
    keys: list[ReceiptKey]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in (receipt, verify):
        app.command(command.__name__, rich_help_panel=PANEL)(with_shared(command))


def receipt(
    job: Annotated[str, typer.Argument(metavar="JOB", help="A job's id.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", dir_okay=False, help="Write it here, to be kept."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    *,
    server: Server,
) -> None:
    """Print the signed receipt of a job's result: inputs, options, versions, hashes of outputs."""
    if output is not None:
        check_target(output, force=force)
    with client_of(server) as client:
        found = client.receipt(job)
    if output is None:
        print_json(found)
    else:
        output.write_text(found.model_dump_json(by_alias=True) + "\n", encoding="utf-8")
        typer.echo(str(output))


def verify(
    file: _File,
    receipt: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=f"The receipt; else FILE{ENDING} if that is there, else the job's own.",
        ),
    ] = None,
    job: Annotated[
        str | None, typer.Option(help="The job; else the one in the name of FILE.")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Published keys (a JWK Set); else the app's."
        ),
    ] = None,
    *,
    shown: Shown,
) -> None:
    """Check that a file is what a job has made, to the byte; exit code 6 if it is not.

    With --receipt and --keys no server is asked.
    """
    beside = file.with_name(file.name + ENDING)
    kept = receipt or (beside if job is None and beside.is_file() else None)
    named = _JOB_ID.search(file.name)
    job_id = job or (named[0] if named else None)
    if kept is None and job_id is None:
        raise typer.BadParameter(
            f"whose result is {file}? Give --job, or --receipt with a receipt that was kept",
            param_hint="--job",
        )
    given = None if kept is None else _read(Receipt, kept)
    published = None if keys is None else _read(_KeySet, keys).keys
    if given is None or published is None:
        with client_of(shown) as client:
            given = given or client.receipt(job_id or "")
            published = client.receipt_keys() if published is None else published
    statement = check_receipt(given, published)
    if job is not None and statement.job_id != job:
        raise ReceiptInvalid(f"The receipt is of {statement.job_id}, not of {job}.")
    subject = check_file(file, statement)
    if shown.as_json:
        print_json(statement)
    else:
        typer.echo(_said(file, subject, statement))


def _said(file: Path, subject: Subject, statement: Statement) -> str:
    said_by = subject.annotations.get("saidBy") or {}
    hashes = ", ".join(f"{name} (said by the {by})" for name, by in said_by.items())
    return (
        f"{file} is the {subject.name} of {statement.job_id}, made {statement.finished_on}\n"
        f"hashes    {hashes}\n"
        f"signed    {statement.signer}, key {statement.key_id}"
    )


def _read(kind: type[M], path: Path) -> M:
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError:
        what = "receipt" if kind is Receipt else "set of keys"
        raise ReceiptInvalid(f"{path} is no {what}.") from None
