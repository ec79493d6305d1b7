"""What the tests of the import share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.earlier.here import Here


@pytest.fixture
def here() -> Iterator[Here]:
    """An app's database without media."""
    made = Here()
    yield made
    made.database.close()
