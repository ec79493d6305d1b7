"""The families that are there, read once."""

import pytest
from engine_kit.fonts import font_files, font_folders
from engine_kit.text.faces import Families, families_in


@pytest.fixture(scope="session")
def families() -> Families:
    """The families that text is drawn in."""
    return families_in(font_files(font_folders()))
