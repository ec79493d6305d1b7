"""What a test of the log changes in this process is put back."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def own_handlers() -> Iterator[None]:
    """Put back how this process logs."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
