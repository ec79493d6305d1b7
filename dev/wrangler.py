"""Programs of Node, wrangler above all, run to their end: they ask nothing and tell nobody."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WRANGLER = "node_modules/wrangler/bin/wrangler.js"
QUIET = {"CI": "true", "FORCE_COLOR": "0", "WRANGLER_SEND_METRICS": "false"}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """How a tool ended, and what it printed, without colours."""

    status: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """What it says went wrong."""
        text = f"{self.err}\n{self.out}"
        _, mark, reason = text.rpartition("[ERROR]")
        reason = (reason if mark else text).partition("Logs were written")[0]
        return " ".join(reason.replace("🪵", "").split())[-500:]


def uncoloured(text: str) -> str:
    """Return *text* without colours: wrangler colours its errors even where they are off."""
    return _COLOUR.sub("", text)


def run(
    argv: Sequence[str], folder: Path, env: Mapping[str, str], *, given: str = "", timeout_s: float
) -> ToolResult:
    """Run a tool in *folder*; *given* is its input, *env* is added to this process's own.

    Raises OSError, TimeoutExpired.
    """
    ended = subprocess.run(
        argv,
        cwd=folder,
        env={**os.environ, **env, **QUIET},
        input=given,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    out, err = uncoloured(ended.stdout), uncoloured(ended.stderr)
    return ToolResult(status=ended.returncode, out=out, err=err)
