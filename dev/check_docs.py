"""The generated documents are what their generators make now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dev.check_findings import Finding

__all__ = ["GENERATED", "document_faults"]

# Path below the root -> the function that returns the document's text. None is generated yet.
GENERATED: Mapping[str, Callable[[], str]] = {}


def document_faults(
    root: Path, generated: Mapping[str, Callable[[], str]] = GENERATED
) -> Iterator[Finding]:
    """Yield the documents that are missing or differ from what their generator makes."""
    for name, generate in generated.items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != generate():
            state = "is out of date." if path.exists() else "is missing."
            yield Finding(where=name, what=state, fix="run `make docs`.")
