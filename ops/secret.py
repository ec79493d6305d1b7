"""The operator's copies of the root secret and of the containers' keys.

The root secret is in the environment or in `ops/.env`; where a container holds it itself, as in the
manual, it is in `containers/.env`, which goes to the containers' host. There each container that
has a key of its own finds it under a name of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from media_jobs.diagnosis import Part
from media_jobs.engines import ENGINES
from media_jobs.hosts import engine_of
from media_jobs.keyring import ROOT, HostKey, Keyring, Purpose, RootSignatures, parse_host_keys
from media_jobs.signing import parse_secrets
from ops.project import Project

SECRET = "JOB_CALLBACK_HMAC_SECRET"  # noqa: S105 - the name of a setting.
ENV_FILE = "containers/.env"
ROOT_FILE = "ops/.env"
HOSTS = tuple(engine.name for engine in ENGINES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorKeys:
    """What the operator signs with. *host_keys*: what each container holds, by its name."""

    keys: Keyring
    host_keys: Mapping[str, HostKey] = field(default_factory=dict)

    def tries(self, part: Part, name: str = "") -> list[tuple[str, ...]]:
        """Return the keys that *part* may accept, the likeliest first; *name*: a container's.

        The hosts of an engine share one.
        """
        name, roots = engine_of(name), self.keys.roots
        if part == "container":
            own = self.keys.of_host(name, self.host_keys.get(name, ROOT))
            return [own] if own == roots else [own, roots]
        derived = Keyring(roots, RootSignatures.REFUSED).signing(Purpose.to(part))
        if self.keys.root_signatures is RootSignatures.MADE:
            return [roots, derived]
        return [derived, roots]

    def of_root(self, root: str) -> OperatorKeys:
        """Return the same with *root* as the one secret."""
        keys = Keyring((root,), self.keys.root_signatures)
        return OperatorKeys(keys=keys, host_keys=self.host_keys)


def operator_keys(project: Project) -> OperatorKeys | None:
    """Return what this clone knows; None when there is no secret here.

    Raises ConfigurationError for an account.toml that makes no sense.
    """
    secret = read_secret(project)
    if secret is None:
        return None
    account = project.account()
    keys = Keyring(parse_secrets(secret), RootSignatures(account.root_signatures))
    return OperatorKeys(keys=keys, host_keys=parse_host_keys(account.host_keys))


def read_secret(project: Project) -> str | None:
    """Return the root secret or, in a rotation, the list of them; None when there is none here."""
    if given := os.environ.get(SECRET, "").strip():
        return given
    for name in (ROOT_FILE, ENV_FILE):
        if found := _read(project.root / name, SECRET):
            return found
    return None


def is_root_apart(project: Project) -> bool:
    """Return whether the root secret has a file of its own, off the containers' host."""
    return _read(project.root / ROOT_FILE, SECRET) is not None


def write_secrets(
    project: Project, roots: str, host_keys: Mapping[str, HostKey], *, apart: bool
) -> None:
    """Write the root secrets, and what the containers hold, readable by their owner alone.

    *roots*: the list, newest first. *apart*: the root secret gets a file of its own, and
    `containers/.env` has it no more once no container holds it.
    """
    keys = Keyring(parse_secrets(roots))
    held = {name: host_keys.get(name, ROOT) for name in HOSTS}
    if apart:
        # First of all: it must outlive a step that breaks off.
        _write(project.root / ROOT_FILE, {SECRET: roots})
    # A container signs with its newest key, which the orchestrator accepts by then.
    own = {
        f"{SECRET}_{name.upper()}": "" if key == ROOT else ",".join(keys.of_host(name, key[::-1]))
        for name, key in held.items()
        if key != ROOT or apart
    }
    shared = roots if not apart or any(None in key for key in held.values()) else ""
    _write(project.root / ENV_FILE, {SECRET: shared, **own})


def _read(file: Path, name: str) -> str | None:
    if not file.exists():
        return None
    found = re.search(rf"(?m)^{name}=(.*)$", file.read_text(encoding="utf-8"))
    return (found[1].strip() or None) if found else None


def _write(file: Path, values: Mapping[str, str]) -> None:
    example = file.with_name(f"{file.name}.example")
    source = file if file.exists() else example
    text = source.read_text(encoding="utf-8") if source.exists() else ""
    for name, value in values.items():
        line = f"{name}={value}"
        lines = [line if it.startswith(f"{name}=") else it for it in text.splitlines()]
        text = "\n".join(lines if line in lines else [*lines, line]) + "\n"
    file.parent.mkdir(exist_ok=True)
    partial = file.with_name(f"{file.name}.part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(text)
    partial.replace(file)
