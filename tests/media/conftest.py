"""One burner for all tests of a module: starting it costs more than a burn."""

from collections.abc import Iterator

import pytest

from tests.media.burning import Burner, burner


@pytest.fixture(scope="module")
def burns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burner]:
    """A running burner, shared by the module's tests."""
    with burner(tmp_path_factory.mktemp("burner")) as running:
        yield running
