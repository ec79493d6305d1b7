"""`metrics-token`: what an autoscaler shows to the orchestrator's `/metrics`."""

from __future__ import annotations

import typer
from vidgen.errors import ConfigurationError

from media_jobs.keyring import Keyring, Purpose
from media_jobs.signing import parse_secrets
from ops.project import Project
from ops.secret import SECRET, read_secret


def metrics_token(project: Project) -> str:
    """Return the token of the root secret that signs; raises ConfigurationError without one."""
    secret = read_secret(project)
    if secret is None:
        raise ConfigurationError(f"{SECRET} is neither in ops/.env nor in containers/.env.")
    return Keyring(parse_secrets(secret)).tokens(Purpose.METRICS)[0]


def metrics_token_command() -> None:
    """Print the token for the orchestrator's /metrics: `Authorization: Bearer <token>`.

    It opens nothing else. It follows from the root secret: after a rotation there is another.
    """
    typer.echo(metrics_token(Project.here()))
