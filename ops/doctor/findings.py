"""What the doctor finds: each finding says what, why it matters, and the command that fixes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]
ORCHESTRATOR_SECRET = "npx wrangler secret put {name} --config wrangler.toml --env production"  # noqa: S105
APP_SECRET = "npx wrangler secret put {name} --config wrangler.root.jsonc --env production"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. *name* is stable; *fix* is a command, or names the file to edit."""

    name: str
    severity: Severity
    what: str
    why: str
    fix: str

    def document(self) -> dict[str, str]:
        """Return it for `--json`."""
        return asdict(self)


# name: (severity, what, why it matters, fix). Words in braces are given to `finding`.
CATALOGUE: Mapping[str, tuple[Severity, str, str, str]] = {
    "secret_unknown": (
        "error",
        "This command has no JOB_CALLBACK_HMAC_SECRET to compare with.",
        "Without it no part answers the doctor, and the secrets cannot be compared.",
        "export JOB_CALLBACK_HMAC_SECRET=…, or put it into containers/.env",
    ),
    "secret_app": (
        "error",
        "The app's JOB_CALLBACK_HMAC_SECRET is not the one given here.",
        "The orchestrator refuses the app's jobs, and the app its events, both with 401.",
        APP_SECRET,
    ),
    "secret_orchestrator": (
        "error",
        "The orchestrator's JOB_CALLBACK_HMAC_SECRET is not the one given here.",
        "It refuses jobs from the app and callbacks from containers with 401.",
        ORCHESTRATOR_SECRET,
    ),
    "secret_container": (
        "error",
        "The {part} container's JOB_CALLBACK_HMAC_SECRET is not the one given here.",
        "It refuses every job with 401: they fail with container_unauthorized.",
        "set JOB_CALLBACK_HMAC_SECRET in containers/.env; docker compose -f "
        "containers/compose.yaml up -d {part}",
    ),
    "secret_here": (
        "error",
        "No part accepts the JOB_CALLBACK_HMAC_SECRET given here.",
        "Either it is an old secret, or all parts were changed and this machine was not.",
        "export JOB_CALLBACK_HMAC_SECRET=… with the secret that is deployed",
    ),
    "secret_signing": (
        "warning",
        "{part} accepts the secret given here, but signs with another one.",
        "Parts that accept only the first refuse what it sends. Expected only during a rotation.",
        "put the same list of secrets everywhere, newest first (docs/deploy.md, section 3)",
    ),
    "root_secret": (
        "warning",
        "The {part} container holds the secret of both Workers itself.",
        "Who breaks into it can sign everything: jobs, events of all jobs, links, sessions.",
        "make ops ARGS='keys renew {part}' (docs/deploy.md, section 3)",
    ),
    "host_key": (
        "error",
        "The {part} container still holds the secret of both Workers, and not its own key.",
        "The orchestrator refuses its reports with 401 as soon as the key is retired.",
        "copy containers/.env to its host; docker compose -f containers/compose.yaml up -d {part}",
    ),
    "clock": (
        "error",
        "The clock of {part} is {skew} s off.",
        "Signed messages are refused when clocks differ by more than five minutes.",
        "enable NTP on that host: timedatectl set-ntp true",
    ),
    "setting": (
        "error",
        "{part} has no usable {name}.",
        "It refuses every request that needs its settings.",
        "{command}",
    ),
    "unreachable": (
        "error",
        "{part} does not answer at {url} ({reason}).",
        "Nothing works without it.",
        "{command}",
    ),
    "not_ours": (
        "error",
        "{url} is answered by something other than this release of {part} ({reason}).",
        "The route may still belong to another Worker, or an earlier release is deployed.",
        "{command}",
    ),
    "container_down": (
        "error",
        "The {part} container cannot be reached from the orchestrator ({reason}).",
        "Its jobs wait in the queue; they do not use up attempts.",
        "docker compose -f containers/compose.yaml up -d {part}; its address is containers.{part} "
        "in account.toml",
    ),
    "container_full": (
        "warning",
        "The {part} container is at its capacity of {capacity}.",
        "Further jobs wait.",
        "raise CAPACITY in containers/.env, or add a host",
    ),
    "earlier_contract": (
        "warning",
        "The {part} container speaks the earlier system's contract.",
        "It runs one job at a time, can't be stopped, says little while it works, and neither its "
        "secret nor its way to the bucket can be checked. Jobs that ask for more than it can do "
        "fail as options_unsupported (docs/containers.md, Contracts).",
        "docker compose -f containers/compose.yaml up -d --build {part}; its address is "
        "containers.{part} in account.toml",
    ),
    "callback_blocked": (
        "error",
        "The {part} container cannot report to the orchestrator ({reason}).",
        "Jobs run, but neither progress nor results arrive: their leases run out.",
        "allow outgoing HTTPS to ORCHESTRATOR_BASE_URL_CONTAINER on that host, and its "
        "/callbacks/container in the zone's firewall; check orchestrator_url in account.toml",
    ),
    "callback_unauthorized": (
        "error",
        "The orchestrator refuses the reports of the {part} container with 401.",
        "Jobs run, but neither progress nor results arrive: their leases run out.",
        ORCHESTRATOR_SECRET,
    ),
    "engine_unfit": (
        "error",
        "The {part} container can't work as it is set ({reason}).",
        "Its jobs fail until that is put right.",
        "correct containers/.env; docker compose -f containers/compose.yaml up -d {part}",
    ),
    "object_unreadable": (
        "error",
        "The {part} container cannot read from the bucket ({reason}).",
        "Its jobs fail with transfer_failed.",
        "check S3_INTERNAL_ENDPOINT in wrangler.toml, and outgoing connections of that host",
    ),
    "s3_endpoint": (
        "error",
        "S3_ENDPOINT {url} does not answer as R2's S3 API ({reason}).",
        "No presigned URL works: no upload, no render.",
        "correct account_id in account.toml; make ops ARGS=configure; npm run cf:deploy",
    ),
    "s3_keys": (
        "error",
        "The bucket refuses the orchestrator's S3 keys ({step}: {reason}).",
        "No presigned URL works: no upload, no render.",
        ORCHESTRATOR_SECRET,
    ),
    "s3_bucket": (
        "error",
        "Presigned URLs and the R2 binding point to different buckets.",
        "Outputs are uploaded and never found: jobs fail with output_not_verified.",
        "make S3_BUCKET_NAME, S3_ENDPOINT and the binding RENDER_BUCKET name the same bucket",
    ),
    "s3_copies": (
        "error",
        "The bucket copies any object into an upload: it minds headers that were not signed.",
        "Who holds an upload URL can read every object whose key they know.",
        "use R2 or S3, which refuse unsigned x-amz headers, as the bucket",
    ),
    "cors": (
        "error",
        "The bucket does not let browsers upload from {origin}.",
        "Uploads from the page fail; those from the API and the command line work.",
        "npx wrangler r2 bucket cors set vidgen-render --file cors.json (docs/deploy.md, 1.)",
    ),
    "migration": (
        "error",
        "D1 lacks the migrations {names}.",
        "The app's requests fail because tables or columns are missing.",
        "npm run db:d1:migrate:remote",
    ),
    "kv": (
        "error",
        "The orchestrator cannot use its KV namespace JOBS ({reason}).",
        "Jobs continue, but those that ended long ago can be neither archived nor looked up.",
        "{command}",
    ),
    "durable_object": (
        "error",
        "The Durable Object does not answer ({reason}).",
        "No job can be accepted.",
        "npm run cf:deploy",
    ),
    "neighbour": (
        "error",
        "{part} cannot reach {other} at {url} ({reason}).",
        "Jobs are accepted but never start, or their results never reach the app.",
        "correct that address in account.toml; make ops ARGS=configure; npm run cf:deploy; "
        "npm run deploy:root",
    ),
    "version": (
        "warning",
        "{part} is version {there}, this clone is version {here}.",
        "Adjacent releases work together, but do not leave it so for longer than needed.",
        "npm run cf:deploy; npm run deploy:root; rebuild the containers",
    ),
    "placeholder": (
        "error",
        "account.toml still has the example values of {names}.",
        "A deploy with it would be refused.",
        "edit account.toml; make ops ARGS=configure",
    ),
    "account": ("error", "{reason}", "The configs cannot be written from it.", "edit account.toml"),
    "config_differs": (
        "error",
        "{names} differs from account.toml.",
        "What is deployed is not what account.toml says.",
        "make ops ARGS=configure",
    ),
    "tool": ("error", "{reason}", "The project cannot be checked or deployed here.", "make setup"),
    "config": ("error", "{reason}", "A deploy would fail or misbehave.", "{command}"),
    "resource_missing": (
        "error",
        "The account has no {kind} {id}.",
        "A deploy is refused, or the Worker cannot use it.",
        "{command}",
    ),
    "route_conflict": (
        "error",
        "The route {route} belongs to {other}.",
        "A deploy of the app is refused: Can't deploy routes that are assigned to another worker.",
        "{command}",
    ),
    "route_conflict.narrower": (
        "error",
        "On the app's domain, something else answers {routes}.",
        "A narrower route takes precedence: the app's page, API or callbacks fail there.",
        "in the dashboard, {zone} > Workers Routes, delete those routes of other Workers; "
        "`make ops ARGS=cutover` does not touch them",
    ),
    "routes_unknown": (
        "warning",
        "Could not check which Worker has the app's route: {reason}",
        "A deploy of the app is refused while another Worker has its route.",
        "npx wrangler login",
    ),
    "secret_unset": (
        "error",
        "{part} has no secret {name}.",
        "It refuses every request that needs it.",
        "{command}",
    ),
    "not_logged_in": (
        "warning",
        "wrangler is not logged in: the account was not checked.",
        "Missing resources, secrets and routes cannot be found.",
        "npx wrangler login",
    ),
}


def finding(key: str, *, suffix: str = "", **words: object) -> Finding:
    """Return the finding *key* of the catalogue; *suffix* (a part) is added to its name."""
    severity, what, why, fix = CATALOGUE[key]
    given = {"name": "JOB_CALLBACK_HMAC_SECRET", **words}
    return Finding(
        name=f"{key}.{suffix}" if suffix else key,
        severity=severity,
        what=what.format(**given),
        why=why.format(**given),
        fix=fix.format(**given),
    )
