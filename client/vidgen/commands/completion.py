"""`vidgen completion`: the script that completes commands and options in a shell."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from typer.completion import completion_init, get_completion_script  # type: ignore[attr-defined]

__all__ = ["register"]

Shell = Literal["bash", "zsh", "fish"]


def register(app: typer.Typer) -> None:
    """Add the command to *app*, and what the printed script asks."""
    completion_init()
    app.command("completion", rich_help_panel="Account")(completion)


def completion(shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish.")]) -> None:
    """Print what makes a shell complete commands, options and presets.

    bash: `vidgen completion bash >> ~/.bashrc`. zsh: the same into `~/.zshrc`, after `compinit`.
    fish: `vidgen completion fish > ~/.config/fish/completions/vidgen.fish`.
    """
    typer.echo(
        get_completion_script(prog_name="vidgen", complete_var="_VIDGEN_COMPLETE", shell=shell)
    )
