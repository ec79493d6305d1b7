"""A certified OpenID provider as a process, for tests that go the whole way."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.installation import node_path

CLIENT_ID, CLIENT_SECRET = "media-jobs-of-tests", "hush: these are tests"
_PROGRAM = Path(__file__).with_name("provider.mjs")


@contextmanager
def running_provider() -> Iterator[str]:
    """Run a provider meanwhile; its issuer."""
    argv = [node_path(), str(_PROGRAM), CLIENT_ID, CLIENT_SECRET]
    # It ends with its standard input: a signal would reach what starts it alone.
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        issuer = run.stdout.readline().strip()
        assert issuer, f"The provider has ended (status {run.wait()}); stderr has why."
        yield issuer


def settings_of(issuer: str) -> dict[str, str]:
    """Return the app's settings for a provider on this machine."""
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_NAME": "Example ID",
        "OIDC_ALLOW_LOOPBACK": "true",
    }
