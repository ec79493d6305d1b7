"""The options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

AppUrl = Annotated[str | None, typer.Option("--app-url", help="Instead of account.toml's.")]
OrchestratorUrl = Annotated[str | None, typer.Option("--orchestrator-url", help="Likewise.")]
ContainerUrls = Annotated[
    list[str] | None, typer.Option("--container-url", help="name=URL, likewise; may be repeated.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]
Local = Annotated[bool, typer.Option("--local/--remote", help="Which database.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]
