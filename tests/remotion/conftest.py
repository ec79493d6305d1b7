"""The fonts that are there, read once."""

import pytest
from engine_kit.fonts import font_files, font_folders
from remotion.typefaces import Typefaces, typefaces


@pytest.fixture(scope="session")
def faces() -> Typefaces:
    """The faces that text is drawn with."""
    return typefaces(font_files(font_folders()))
