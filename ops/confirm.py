"""How a command that changes a running system asks first."""

from __future__ import annotations

import typer
from vidgen.errors import ConfigurationError


def confirm(question: str, *, yes: bool, as_json: bool = False) -> None:
    """Ask, and abort unless the answer is yes.

    Raises ConfigurationError for a program (`--json`) that did not say `--yes`.
    """
    if yes:
        return
    if as_json:
        raise ConfigurationError("--json cannot ask for confirmation: add --yes or --dry-run.")
    typer.confirm(question, abort=True)
