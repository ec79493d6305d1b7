"""The generated documents are what their generators (dev/docs.py) make now."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dev.check.findings import Finding


def generated_faults(root: Path) -> Iterator[Finding]:
    """Yield the generated documents that are missing or out of date."""
    # The generators read the packages of src/, which a command started by hand has not on its path.
    sys.path.insert(0, str(root / "src"))
    from dev.docs import GENERATED

    yield from document_faults(root, GENERATED)


def document_faults(root: Path, generated: Mapping[str, Callable[[], str]]) -> Iterator[Finding]:
    """Yield the documents that are missing or differ from what their generator makes.

    *generated*: path below *root* -> the function that returns the document's text.
    """
    for name, generate in generated.items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != generate():
            state = "is out of date." if path.exists() else "is missing."
            yield Finding(where=name, what=state, fix="run `python -m dev.docs`.")
