"""The versions of a deployed Worker, and the way back to an earlier one.

Source of the documents: wrangler 4.164 prints those of Cloudflare's API for `deployments list` and
`versions view` with `--json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import AliasPath, BaseModel, Field, ValidationError
from vidgen.errors import ConfigurationError

from ops.project import Project, ToolFailed


class _Share(BaseModel):
    version_id: str
    percentage: float


class _Deployment(BaseModel):
    created_on: str
    versions: list[_Share]


class _Binding(BaseModel):
    type: str
    class_name: str | None = None
    script_name: str | None = None


class WorkerVersion(BaseModel):
    """One version of the Worker *worker*, as `versions view` prints it.

    *migration* is the last migration that its Durable Objects have been through, where Cloudflare
    tells it; *etag* is that of its code.
    """

    worker: str
    version_id: str = Field(validation_alias="id")
    created: str = Field("", validation_alias=AliasPath("metadata", "created_on"))
    annotations: dict[str, Any] | None = None  # Any: Cloudflare adds what it likes.
    etag: str | None = Field(None, validation_alias=AliasPath("resources", "script", "etag"))
    migration: str | None = Field(
        None, validation_alias=AliasPath("resources", "script_runtime", "migration_tag")
    )
    bindings: list[_Binding] = Field([], validation_alias=AliasPath("resources", "bindings"))

    @property
    def tag(self) -> str:
        """The release it was deployed from, if known."""
        return str((self.annotations or {}).get("workers/tag") or "")

    @property
    def classes(self) -> set[str]:
        """Its own Durable Object classes."""
        return {
            binding.class_name
            for binding in self.bindings
            if binding.type == "durable_object_namespace"
            and binding.script_name in (None, self.worker)
            and binding.class_name
        }

    @property
    def shown(self) -> str:
        """What it is called in a sentence."""
        told = ", ".join(part for part in (self.tag, self.created[:16]) if part)
        return f"{self.version_id} ({told})" if told else self.version_id


def _deployments(project: Project, worker: str) -> list[_Deployment]:
    """Return the last ten, newest first."""
    rows = project.wrangler_json("deployments", "list", "--name", worker, "--json")
    try:
        found = [_Deployment.model_validate(row) for row in rows]
    except (TypeError, ValidationError):
        raise ToolFailed(f"The deployments of {worker} cannot be read.") from None
    return sorted(found, key=lambda item: item.created_on, reverse=True)


def deployed(project: Project, worker: str) -> list[str]:
    """Return the ids of the versions that had all requests, newest first, each once.

    The first is active now. Raises ToolFailed when there is no such Worker.
    """
    whole = [
        share.version_id
        for deployment in _deployments(project, worker)
        for share in deployment.versions
        if share.percentage == 100
    ]
    return list(dict.fromkeys(whole))


def version_of(project: Project, worker: str, version_id: str) -> WorkerVersion:
    """Return one version. Raises ToolFailed when there is none of that id."""
    row = project.wrangler_json("versions", "view", version_id, "--name", worker, "--json")
    try:
        return WorkerVersion.model_validate({**row, "worker": worker})
    except (TypeError, ValidationError):
        raise ToolFailed(f"The version {version_id} of {worker} cannot be read.") from None


def earlier(project: Project, worker: str, ids: Sequence[str]) -> WorkerVersion:
    """Return the newest version of *ids*, newest first, whose code is not the first one's.

    A change of a secret makes a version of the same code, which is not an earlier one.
    """
    if not ids:
        raise ConfigurationError(f"{worker} has no version that serves all requests.")
    now = version_of(project, worker, ids[0])
    for version_id in ids[1:]:
        found = version_of(project, worker, version_id)
        if found.etag is None or found.etag != now.etag:
            return found
    raise ConfigurationError(f"{worker} has no earlier version among its last ten deployments.")


def hindrance(now: WorkerVersion, target: WorkerVersion) -> str | None:
    """Return why Cloudflare cannot go from *now* back to *target*, and what to do instead."""
    if now.migration and target.migration:
        if now.migration == target.migration:
            return None
        between = f"the migration {now.migration}"
    elif now.classes == target.classes:
        return None
    else:
        between = f"a migration ({', '.join(sorted(now.classes ^ target.classes))})"
    return (
        f"Between {target.shown} and now lies {between} of Durable Objects, and Cloudflare cannot "
        "roll back across one. Go forward instead: check out the earlier release, keep the "
        "newer wrangler config with its list of migrations and its classes, and deploy that."
    )


def roll_back(project: Project, worker: str, target: WorkerVersion) -> bool:
    """Put *target* in force. Return whether secrets have changed since it was deployed.

    Raises ToolFailed when Cloudflare refuses.
    """
    printed = project.must_wrangler(
        *("rollback", target.version_id, "--name", worker),
        *("--message", "ops rollback", "--yes"),
    )
    return "secrets have changed" in printed
