"""The synchronous client, made from the asynchronous one by replacing words."""

import re
import subprocess
import sys
from collections.abc import Sequence

from dev.installation import ROOT

SOURCE = "client/vidgen/async_client.py"
TARGET = "client/vidgen/client.py"
# Patterns of whole words and what takes their place, in this order.
RULES = (
    (r"import asyncio", "import time"),
    (r"from anyio import to_thread\n", ""),
    (r"await asyncio\.sleep", "time.sleep"),
    (r"await to_thread\.run_sync\((\w[\w.]*), ", r"\1("),
    (r"an `async with`", "a `with`"),
    (r"async (def|for|with)", r"\1"),
    (r"await ", ""),
    (r"Async(BaseTransport|Client|Iterator)", r"\1"),
    (r"__a(enter|exit)__", r"__\1__"),
    (r"a(close|iter_bytes)", r"\1"),
    (r"for (\w+) in ([\w.]+):\n\s+yield \1\n", r"yield from \2\n"),
    (
        r'"""The client for asyncio.*?"""',
        '"""The client for ordinary code; AsyncClient has the same methods for asyncio.\n\n'
        'Generated from async_client.py by `python -m dev.docs`; do not edit.\n"""',
    ),
)


def blocking(source: str, rules: Sequence[tuple[str, str]] = RULES) -> str:
    """Return *source* with every rule applied. Raises ValueError for a rule that finds nothing."""
    for pattern, text in rules:
        source, found = re.subn(rf"(?<!\w){pattern}", text, source)
        if not found:
            raise ValueError(f"{SOURCE} has no {pattern!r} any more: remove the rule.")
    return source


def sync_client() -> str:
    """Return client/vidgen/client.py, sorted and formatted as ruff does it."""
    made = blocking((ROOT / SOURCE).read_text(encoding="utf-8"))
    for command in (["check", "--select=I", "--fix", "--quiet"], ["format"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *command, f"--stdin-filename={TARGET}", "-"],
            cwd=ROOT,
            input=made,
            capture_output=True,
            text=True,
            check=True,
        )
        made = ran.stdout
    return made
