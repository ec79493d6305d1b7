"""The operator's commands: `make ops ARGS="doctor --json"`.

They work on the clone that they are in. Exit codes are those of `vidgen` (client/vidgen/cli.py).
"""

from __future__ import annotations

import sys

import typer
from rich.console import Console
from vidgen.cli import exit_code
from vidgen.errors import VidgenError

from ops import admin_token, deploy, init, rollback, rotate, smoke
from ops.backup import command as backup
from ops.cutover import command as cutover
from ops.doctor import command as doctor

app = typer.Typer(
    name="make ops ARGS=…",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Set up, deploy, examine and repair the system in a Cloudflare account.",
)
for module in (init, deploy, admin_token, doctor, smoke, cutover, rollback, rotate, backup):
    module.register(app)


def main() -> None:
    """Run the command line and exit."""
    err = Console(stderr=True, highlight=False)
    try:
        app(prog_name="make ops")  # Exits by itself: 0, 2 for wrong usage, 130 when interrupted.
    except VidgenError as error:
        err.print(f"ops: {error}", markup=False, soft_wrap=True)
        sys.exit(exit_code(error))
    except OSError as error:
        err.print(f"ops: {error.strerror}: {error.filename}", markup=False, soft_wrap=True)
        sys.exit(1)
