"""A new app for each test."""

from collections.abc import Iterator

import pytest

from tests.app.stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.database.close()


@pytest.fixture
def media_id(stage: Stage) -> str:
    """A media without anything."""
    return str(stage.send("POST", "/api/media", {"title": "Clip"}).json["mediaId"])
