"""One engine for all tests of a module: starting it costs more than a job."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.engines.stage import RunningEngine, surroundings
from tests.media.burning import Burner, burner
from tests.media.composing import Composer
from tests.media.downloading import Downloader, downloader
from tests.media.sites import Site, a_site
from tests.media.sourcing import CASES, make_clips


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


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clips of the cases of downloads: one film in many containers and in pieces."""
    folder = tmp_path_factory.mktemp("sources")
    make_clips(folder)
    return folder


@pytest.fixture
def site(sources: Path) -> Iterator[Site]:
    """The sources and the cases' pages, on a site that serves them well."""
    with a_site() as served:
        served.add(sources)
        served.add(CASES / "pages")
        yield served


@pytest.fixture(scope="module")
def composes(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Iterator[Composer]:
    """A running comments engine; its world serves the module's clips."""
    environment = {"CAPACITY": "2", "REMOTION_ALLOW_LOOPBACK": "1"}
    folder = tmp_path_factory.mktemp("work")
    served = {path.name: path for path in clips.iterdir()}
    with surroundings(served) as world, RunningEngine("remotion", folder, environment) as engine:
        yield Composer(engine=engine, world=world)
