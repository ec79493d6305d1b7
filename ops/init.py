"""`init`: everything that is set up once in a Cloudflare account.

Each step looks before it acts, so a run that was broken off is simply run again.
"""

from __future__ import annotations

import json
import os
import secrets as randomness
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer
from vidgen.errors import ConfigurationError

from dev.installation import CONFIGS
from media_jobs.keyring import HostKey, RootSignatures, parse_host_keys, show_host_keys
from ops.account import ACCOUNT_FILE
from ops.deploy import configure
from ops.earlier.occupied import foreign_database, foreign_worker, refuse_other_system
from ops.options import DryRun
from ops.project import Project
from ops.resources import (
    BUCKET,
    CREATE,
    DATABASE,
    SECRETS,
    bucket_exists,
    listed,
    secret_names,
)
from ops.secret import ENV_FILE, HOSTS, ROOT_FILE, SECRET, is_root_apart, read_secret, write_secrets

NAMESPACE = "JOBS"
SECRET_BYTES = 32
FIRST: HostKey = (1,)
"""The generation of a key that is the first one."""


def init(dry_run: DryRun = False) -> None:
    """Create or adopt D1, R2 and KV, generate the secret and put it into all three places.

    Run again, it continues where it stopped. Exit code 1 while something is left for you to do.
    """
    steps = SetUp(project=Project.here(), dry_run=dry_run, report=typer.echo)
    left = steps.run()
    for item in left:
        typer.echo(f"still to do: {item}")
    raise typer.Exit(1 if left else 0)


def _database(project: Project) -> Mapping[str, Any] | None:
    """Return the account's database that account.toml names, else the one of the usual name."""
    wanted = project.account().d1_database_id
    rows = listed(project, "d1", "list", "--json")
    named = [row for row in rows if row.get("name") == DATABASE]
    return next(iter([row for row in rows if row.get("uuid") == wanted] or named), None)


def _namespace(project: Project) -> Mapping[str, Any] | None:
    rows = listed(project, "kv", "namespace", "list")
    return next((row for row in rows if row.get("title") == NAMESPACE), None)


def cors_rules(origin: str) -> str:
    """Return the bucket's CORS policy, as R2's API takes it, for uploads from *origin*."""
    allowed = {
        "origins": [origin],
        "methods": ["PUT"],
        "headers": ["content-type", "if-none-match", "x-amz-content-sha256"],
    }
    return json.dumps(
        {"rules": [{"allowed": allowed, "exposeHeaders": ["ETag"], "maxAgeSeconds": 3600}]}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """One run of the set-up; *report* takes a line for each step."""

    project: Project
    dry_run: bool
    report: Callable[[str], object]

    def run(self) -> list[str]:
        """Do what is not done yet; return what only a person can do.

        Raises ConfigurationError when wrangler is not logged in, another system has the names or
        the Workers have a secret that is not known here, ToolFailed when wrangler refuses a step.
        """
        if self.project.wrangler("whoami").status != 0:
            raise ConfigurationError("wrangler is not logged in. Run `npx wrangler login`.")
        self._refuse_other_system()
        there = {part: secret_names(self.project, part) for part in SECRETS}
        secret = self._secret(there)
        self._resources()
        left = list(self._names_left())
        self._put(there, secret)
        left += self._keys(there)
        return left

    def _refuse_other_system(self) -> None:
        """Raise ConfigurationError, before anything is changed, for what is not this project's."""
        found = [line for part in SECRETS for line in foreign_worker(self.project, part)]
        if database := _database(self.project):
            found += foreign_database(self.project, str(database["name"]))
        refuse_other_system(found)

    def _act(self, *command: str, given: str = "") -> None:
        if self.dry_run:
            self.report(f"would run: wrangler {' '.join(command)}")
        else:
            self.report(f"wrangler {' '.join(command)}")
            self.project.must_wrangler(*command, given=given)

    def _resources(self) -> None:
        account = self.project.account()
        database = self._adopted(lambda: _database(self.project), DATABASE, "uuid", "d1")
        namespace = self._adopted(lambda: _namespace(self.project), NAMESPACE, "id", "kv")
        if bucket_exists(self.project):
            self.report(f"R2 bucket {BUCKET}: exists")
        else:
            self._act(*CREATE["r2"].split())
        changed = replace(
            account,
            d1_database_id=database or account.d1_database_id,
            kv_namespace_id=namespace or account.kv_namespace_id,
        )
        if self.dry_run:
            self.report(f"would write the ids into {ACCOUNT_FILE}, and the configs from it")
            return
        changed.write(self.project.root)
        written = configure(self.project)
        self.report(f"{ACCOUNT_FILE}: ids written; configs changed: {', '.join(written) or 'none'}")

    def _adopted(
        self, look: Callable[[], Mapping[str, Any] | None], name: str, id_key: str, step: str
    ) -> str | None:
        """Return the id of the resource, made when there is none; None in a dry run."""
        if (there := look()) is None:
            self._act(*CREATE[step].split())
            there = None if self.dry_run else look()
        else:
            self.report(f"{step} {there.get('name', name)}: exists, {there[id_key]}")
        return None if there is None else str(there[id_key])

    def _names_left(self) -> Iterator[str]:
        account = self.project.account()
        names = account.placeholders()
        if self.dry_run:
            names = [name for name in names if name not in ("d1_database_id", "kv_namespace_id")]
        if names:
            fields = ", ".join(names)
            yield f"fill in {fields} in {ACCOUNT_FILE}; then run `make ops ARGS=init` again"
        if "app_domain" in names:
            return  # The bucket's CORS policy names the app's origin.
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "cors.json"
            file.write_text(cors_rules(account.app_url), encoding="utf-8")
            self._act("r2", "bucket", "cors", "set", BUCKET, "--file", str(file), "--force")

    def _secret(self, there: dict[str, set[str]]) -> str:
        """Return the root secret, made and kept here when there is none.

        It is written before it is put anywhere else: a broken run never loses it.
        """
        if known := read_secret(self.project):
            if not self.dry_run and is_root_apart(self.project):
                self._derive(known)
            return known
        if holders := [part for part, names in there.items() if SECRET in names]:
            raise ConfigurationError(
                f"The {' and the '.join(holders)} have a {SECRET} that is not known here. "
                f"Put it into ops/.env, then run `make ops ARGS=init` again."
            )
        secret = randomness.token_hex(SECRET_BYTES)
        if self.dry_run:
            self.report(
                f"would generate {SECRET} and write it into {ROOT_FILE}, and the containers' keys "
                f"into {ENV_FILE}"
            )
        else:
            self._derive(secret)
            self.report(
                f"{SECRET} generated and written into {ROOT_FILE}; the containers' own keys are in "
                f"{ENV_FILE}, which goes to their host"
            )
        return secret

    def _derive(self, secret: str) -> None:
        """Give each container a key of its own, and let the root secret sign nothing itself."""
        account = self.project.account()
        known = parse_host_keys(account.host_keys)
        keys = {name: known.get(name, FIRST) for name in HOSTS}
        write_secrets(self.project, secret, keys, apart=True)
        signatures = account.root_signatures if known else RootSignatures.REFUSED
        replace(account, host_keys=show_host_keys(keys), root_signatures=signatures).write(
            self.project.root
        )

    def _put(self, there: dict[str, set[str]], secret: str) -> None:
        for part, names in there.items():
            if SECRET in names:
                self.report(f"{part}: has {SECRET}")
            else:
                self._put_secret(part, SECRET, secret)

    def _put_secret(self, part: str, name: str, value: str) -> None:
        # By standard input: an argument could be read by everybody on this machine.
        options = ("--config", CONFIGS[part], "--env", "production")
        self._act("secret", "put", name, *options, given=value)

    def _keys(self, there: dict[str, set[str]]) -> Iterator[str]:
        """Put the S3 keys of the environment; yield those that are nowhere."""
        for part, names in SECRETS.items():
            for name in names:
                if name == SECRET or name in there[part]:
                    continue
                if given := os.environ.get(name, "").strip():
                    self._put_secret(part, name, given)
                else:
                    yield (
                        f"create an S3 API token for {BUCKET} in the dashboard (R2 > API tokens), "
                        f"set {name} in the environment and run `make ops ARGS=init` again"
                    )
