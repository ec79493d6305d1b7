"""The operator's commands: `make ops ARGS="doctor --json"`.

They work on the clone that they are in. Exit codes are those of `vidgen` (client/vidgen/cli.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import typer
from rich.console import Console
from vidgen.cli import exit_code
from vidgen.errors import VidgenError

from ops import admin_token, deploy, hosts, init, keys, metrics_token, rollback, rotate, smoke
from ops.backup import command as backup
from ops.cutover import command as cutover
from ops.doctor import command as doctor
from ops.earlier import command as earlier

app = typer.Typer(
    name="make ops ARGS=…",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Set up, deploy, examine and repair the system in a Cloudflare account.",
)
COMMANDS: Mapping[str, Callable[..., None]] = {
    "init": init.init,
    "configure": deploy.configure_command,
    "deploy": deploy.deploy,
    "migrations": deploy.migrations,
    "token": admin_token.token_command,
    "doctor": doctor.doctor,
    "smoke": smoke.smoke_command,
    "cutover": cutover.cutover_command,
    "rollback": rollback.rollback_command,
    "rotate-secret": rotate.rotate_command,
    "keys": keys.keys_command,
    "host": hosts.host_command,
    "metrics-token": metrics_token.metrics_token_command,
    "root-signatures": keys.root_signatures_command,
    "backup": backup.backup_command,
    "restore": backup.restore_command,
    "import": earlier.import_command,
}
for name, command in COMMANDS.items():
    app.command(name)(command)


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
