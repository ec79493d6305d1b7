"""JSON with comments and trailing commas, as wrangler reads its configs."""

from __future__ import annotations

import json
import re
from typing import Any

_TOKENS = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*")     # A string keeps whatever looks like a comment in it.
      | (?P<line>//[^\n]*)
      | (?P<block>/\*.*?\*/)
      | (?P<comma>,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]]))""",
    re.DOTALL | re.VERBOSE,
)


def read_jsonc(source: str) -> Any:
    """Return the document in *source*. Raises ValueError with the line and column at fault."""

    def blank(found: re.Match[str]) -> str:
        # Blanked, not removed: the positions in error messages stay right.
        token = found.group()
        return token if found.lastgroup == "text" else re.sub(r"[^\n]", " ", token)

    return json.loads(_TOKENS.sub(blank, source))
