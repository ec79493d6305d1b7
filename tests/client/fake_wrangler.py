"""A wrangler that acts on an account of its own, kept in a JSON file, and records every call.

The clone's `node` is replaced by this program, so the operator's commands run it as they run the
real one. Its outputs are what these commands read, after the source of wrangler 4.164.
"""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

__all__ = ["FakeWrangler"]

PROGRAM = Path(__file__).with_name("fake_wrangler_program.py")


class FakeWrangler:
    """The account of the fake in the clone at *root*."""

    def __init__(self, root: Path) -> None:
        self.file = root / "account.json"
        node = root / ".venv/bin/node"
        node.parent.mkdir(parents=True)
        node.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -I -S "{PROGRAM}" "{self.file}" "$@"\n'
        )
        node.chmod(node.stat().st_mode | stat.S_IXUSR)
        script = root / "node_modules/wrangler/bin/wrangler.js"
        script.parent.mkdir(parents=True)
        script.touch()
        self.change(logged_in=True, d1={}, kv={}, r2=[], cors=None, secrets={}, calls=[], fail=[])

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    def change(self, **values: object) -> None:
        """Set parts of the account: `fail` are the beginnings of the commands that fail."""
        before = self.state if self.file.exists() else {}
        self.file.write_text(json.dumps({**before, **values}))

    @property
    def changes(self) -> list[str]:
        """The calls that were to change something."""
        words = ("create", "put", "set", "deploy", "execute")
        return [call for call in self.state["calls"] if any(w in call.split()[:4] for w in words)]
