"""The `vidgen` command.

Exit codes: 0 done · 1 the job failed or something went wrong · 2 wrong usage or refused input ·
3 no (sufficient) token · 4 no such thing · 5 the app cannot be reached, fails, or is another server
· 6 a file or a receipt is not what it should be · 7 the time to wait is over · 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from vidgen import errors
from vidgen.commands import (
    account,
    completion,
    jobs,
    make,
    media,
    presets,
    receipts,
    recipes,
    subscriptions,
    subtitles,
    tokens,
    translation,
    usage,
    webhooks,
    words,
)
from vidgen.transport import VERSION

__all__ = ["app", "exit_code", "main"]

app = typer.Typer(
    name="vidgen",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vidgen {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Download videos, write down what is said, translate it, burn it in; compose from comments.

    Begin with `vidgen login`. Results go to standard output, everything else to standard error.
    """


for module in (
    make,
    words,
    recipes,
    jobs,
    subscriptions,
    subtitles,
    translation,
    receipts,
    media,
    presets,
    account,
    tokens,
    webhooks,
    usage,
    completion,
):
    module.register(app)


_CODES: tuple[tuple[type[errors.VidgenError], int], ...] = (
    (errors.NotAllowed, 3),
    (errors.InvalidRequest, 2),
    (errors.ConfigurationError, 2),
    (errors.FileRefused, 2),
    (errors.NotFound, 4),
    (errors.ConnectionFailed, 5),
    (errors.NotTheApp, 5),
    (errors.ReceiptInvalid, 6),
    (errors.FileDiffers, 6),
    (errors.WaitTimeout, 7),
)


def exit_code(error: errors.VidgenError) -> int:
    """Return the process's exit code for an error."""
    if isinstance(error, errors.Conflict):
        return 2 if error.code == "unfit" else 1
    if isinstance(error, errors.ApiError) and error.status >= 500:
        return 5
    return next((code for kind, code in _CODES if isinstance(error, kind)), 1)


def _advice(error: errors.VidgenError) -> str:
    """Return what to do about a token that is refused."""
    if not isinstance(error, errors.NotAllowed):
        return ""
    if error.status == 401:
        return "\n  The app does not know this token: run `vidgen login`, or set VIDGEN_TOKEN."
    return "\n  This token may not do that; `vidgen whoami` shows what it may."


def main() -> None:
    """Run the command line and exit."""
    err = Console(stderr=True, highlight=False)
    try:
        app(prog_name="vidgen")  # Exits by itself: 0, 2 for wrong usage, 130 when interrupted.
    except errors.VidgenError as error:
        err.print(f"vidgen: {error}{_advice(error)}", markup=False, soft_wrap=True)
        sys.exit(exit_code(error))
    except OSError as error:
        err.print(f"vidgen: {error.strerror}: {error.filename}", markup=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
