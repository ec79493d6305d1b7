"""Where the operator's copy of the shared secret is: the environment, or `containers/.env`."""

from __future__ import annotations

import os
import re

from ops.project import Project

SECRET = "JOB_CALLBACK_HMAC_SECRET"  # noqa: S105 - the name of a setting.
ENV_FILE = "containers/.env"


def read_secret(project: Project) -> str | None:
    """Return the secret or, in a rotation, the list of them; None when there is none here."""
    if given := os.environ.get(SECRET, "").strip():
        return given
    file = project.root / ENV_FILE
    if not file.exists():
        return None
    found = re.search(rf"(?m)^{SECRET}=(.*)$", file.read_text(encoding="utf-8"))
    return (found[1].strip() or None) if found else None


def write_secret(project: Project, value: str) -> None:
    """Put the secret into the containers' settings, readable by their owner alone."""
    file = project.root / ENV_FILE
    example = project.root / f"{ENV_FILE}.example"
    source = file if file.exists() else example
    text = source.read_text(encoding="utf-8") if source.exists() else f"{SECRET}=\n"
    text, count = re.subn(rf"(?m)^{SECRET}=.*$", lambda _: f"{SECRET}={value}", text)
    if not count:
        text += f"\n{SECRET}={value}\n"
    partial = file.with_name(f"{file.name}.part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(text)
    partial.replace(file)
