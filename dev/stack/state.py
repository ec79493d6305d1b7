"""The folder of a stack's state: data of the Workers, secrets, the lock of the running stack."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dev.stack.errors import StackError, StateInUse
from media_jobs.tokens import ENTROPY_BYTES, new_token

LOCK = "lock"
SECRETS = "secrets.json"
RUNNING = "running.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Made at random for each state folder and kept there, readable by its owner alone."""

    callback_secret: str
    s3_access_key_id: str
    s3_secret_access_key: str
    admin_token: str

    def s3_credentials(self) -> dict[str, str]:
        """The key pair in the form in which wrangler and Miniflare take it."""
        return {
            "accessKeyId": self.s3_access_key_id,
            "secretAccessKey": self.s3_secret_access_key,
        }

    @classmethod
    def make(cls) -> Secrets:
        return cls(
            callback_secret=secrets.token_hex(32),
            s3_access_key_id=secrets.token_hex(16),
            s3_secret_access_key=secrets.token_hex(32),
            admin_token=new_token(secrets.token_bytes(ENTROPY_BYTES)),
        )


class StateFolder:
    """A locked state folder. Use it as a context manager.

    Entering raises StateInUse when another running stack holds it. *fresh* empties it first.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        self.path = path.resolve()
        self._fresh = fresh
        self._lock: int | None = None

    def __enter__(self) -> StateFolder:
        self.path.mkdir(parents=True, exist_ok=True)
        # Not inheritable, so that only this process holds the lock, however it ends.
        self._lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._lock, 100).decode().strip()
            os.close(self._lock)
            self._lock = None
            raise StateInUse(self.path, holder or "unknown") from None
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)
        if self._fresh:
            self._empty()
        return self

    def __exit__(self, *_exc: object) -> None:
        (self.path / RUNNING).unlink(missing_ok=True)
        if self._lock is not None:
            os.truncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    @property
    def persist(self) -> Path:
        """Where D1, KV, R2 and Durable Objects are kept: wrangler's `--persist-to` + `/v3`."""
        return self.path / "v3"

    def secrets(self) -> Secrets:
        """The folder's secrets, made at the first call."""
        file = self.path / SECRETS
        if file.exists():
            try:
                return Secrets(**json.loads(file.read_text(encoding="utf-8")))
            except (ValueError, TypeError):
                raise StackError(f"{file} is damaged: start with --fresh.") from None
        made = Secrets.make()
        write_private(file, asdict(made))
        return made

    def announce(self, document: dict[str, Any]) -> None:
        """Leave the running stack's addresses for tests that attach to it (STACK_URL)."""
        write_private(self.path / RUNNING, document)

    def _empty(self) -> None:
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK:
                entry.unlink()


def write_private(file: Path, document: dict[str, Any]) -> None:
    """Write *document* as JSON, never readable by others, not even for a moment."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        json.dump(document, output, indent=2)
