"""A clone of the project: where it is, and the tools it is operated with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidgen.errors import ConfigurationError, VidgenError

from dev.wrangler import WRANGLER, ToolResult, run
from ops.account import Account

TIMEOUT_S = 600


class ToolFailed(VidgenError):
    """A tool ended with an error; the message has its own last lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The clone at *root*."""

    root: Path

    @classmethod
    def here(cls) -> Project:
        """Return the clone that the command runs in: make and npm start it at its root."""
        return cls(root=Path.cwd())

    def account(self) -> Account:
        """Read the account's values; raises ConfigurationError."""
        return Account.read(self.root)

    def migrations(self) -> list[str]:
        """Return the names of the D1 migrations, oldest first."""
        return sorted(path.name for path in (self.root / "drizzle").glob("*.sql"))

    def run(self, argv: Sequence[str], given: str = "", **settings: str) -> ToolResult:
        """Run a tool here and return how it ended; *given* is its standard input.

        *settings* are variables of its environment, which win over this process's own.
        """
        try:
            return run(argv, self.root, settings, given=given, timeout_s=TIMEOUT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ToolFailed(f"`{' '.join(argv[:3])}` did not run: {error}.") from None

    def wrangler(self, *arguments: str, given: str = "") -> ToolResult:
        """Run the pinned wrangler and return how it ended."""
        node = self.root / ".venv/bin/node"
        found = str(node) if node.exists() else shutil.which("node")
        if found is None or not (self.root / WRANGLER).exists():
            raise ConfigurationError("wrangler is not installed here. Run `make setup`.")
        return self.run([found, WRANGLER, *arguments], given, **self._account_id())

    def _account_id(self) -> dict[str, str]:
        """Return which account wrangler is to act on: a login may have several."""
        if os.environ.get("CLOUDFLARE_ACCOUNT_ID", "").strip():
            return {}
        try:
            account = self.account()
        except ConfigurationError:
            return {}
        known = "account_id" not in account.placeholders()
        return {"CLOUDFLARE_ACCOUNT_ID": account.account_id} if known else {}

    def must_wrangler(self, *arguments: str, given: str = "") -> str:
        """Run wrangler and return what it printed. Raises ToolFailed with its own reason."""
        done = self.wrangler(*arguments, given=given)
        if done.status != 0:
            raise ToolFailed(f"`wrangler {' '.join(arguments[:4])}` failed: {done.reason}")
        return done.out

    def wrangler_json(self, *arguments: str) -> Any:  # Any: validated by whoever asks.
        """Run wrangler and return the JSON that ends what it printed. Raises ToolFailed."""
        found = re.search(r"(?ms)^[\[{].*", self.must_wrangler(*arguments))
        try:
            return json.loads(found[0] if found else "")
        except ValueError:
            command = " ".join(arguments[:4])
            raise ToolFailed(f"`wrangler {command}` printed no JSON.") from None
