"""The options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

AppUrl = Annotated[
    str | None, typer.Option("--app-url", help="Instead of the one in account.toml.")
]
OrchestratorUrl = Annotated[
    str | None, typer.Option("--orchestrator-url", help="The same for the orchestrator.")
]
ContainerUrls = Annotated[
    list[str] | None,
    typer.Option("--container-url", help="name=URL, the same for a container; repeatable."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be done, without doing it.")
]
Local = Annotated[bool, typer.Option("--local/--remote", help="The database to use.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
