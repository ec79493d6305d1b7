"""The generated documents are what their generators (dev/docs.py) make now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dev.check.faults import Fault
from dev.docs import GENERATED


def generated_faults(root: Path) -> Iterator[Fault]:
    """Yield the generated documents that are missing or out of date."""
    yield from document_faults(root, GENERATED)


def document_faults(root: Path, generated: Mapping[str, Callable[[], str]]) -> Iterator[Fault]:
    """Yield the documents that are missing or differ from what their generator makes.

    *generated*: path below *root* -> the function that returns the document's text.
    """
    for name, generate in generated.items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != generate():
            state = "is out of date." if path.exists() else "is missing."
            yield Fault(where=name, what=state, fix="run `python -m dev.docs`.")
