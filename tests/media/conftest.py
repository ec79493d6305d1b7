"""One engine for all tests of a module: starting it costs more than a job."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.engines.stage import RunningEngine, surroundings
from tests.media.burning import Burner, burner
from tests.media.composing import Composer
from tests.media.downloading import Downloader, downloader


@pytest.fixture(scope="module")
def burns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burner]:
    """A running burner, shared by the module's tests."""
    with burner(tmp_path_factory.mktemp("burner")) as running:
        yield running


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Iterator[Downloader]:
    """A running downloader; its world serves the module's clips."""
    environment = {"DOWNLOADER_ALLOW_LOOPBACK": "1", "CAPACITY": "4"}
    with downloader(tmp_path_factory.mktemp("work"), clips, environment) as running:
        yield running


@pytest.fixture(scope="module")
def composes(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Iterator[Composer]:
    """A running comments engine; its world serves the module's clips."""
    environment = {"CAPACITY": "2", "REMOTION_ALLOW_LOOPBACK": "1"}
    folder = tmp_path_factory.mktemp("work")
    served = {path.name: path for path in clips.iterdir()}
    with surroundings(served) as world, RunningEngine("remotion", folder, environment) as engine:
        yield Composer(engine=engine, world=world)
