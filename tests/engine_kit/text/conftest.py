"""The families that are installed, read once."""

import pytest
from engine_kit.fonts import font_files, font_folders
from engine_kit.text.faces import Families, families_in
from engine_kit.text.typesetter import Typesetter


@pytest.fixture(scope="session")
def families() -> Families:
    """The families that text is set in."""
    return families_in(font_files(font_folders()))


@pytest.fixture
def setter(families: Families) -> Typesetter:
    """A typesetter without colour emoji."""
    return Typesetter(families)
