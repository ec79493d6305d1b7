"""One engine for all tests of a module: starting it costs more than a job.

What uses an engine runs with the FFmpeg that is installed here, and in a long run once more with
that of the images (`dev.debian_ffmpeg`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dev import debian_ffmpeg
from dev.engines.stage import RunningEngine, surroundings
from tests.media.burning import Burner, burner
from tests.media.composing import Composer
from tests.media.downloading import Downloader, downloader
from tests.media.sites import Site, a_site
from tests.media.sourcing import CASES, make_clips

pytest.register_assert_rewrite("tests.media.matrix_checks")

DEBIAN_SAMPLE = {
    "test_p01_full_range_becomes_limited_and_keeps_its_tags",
    "test_l17_text_in_a_strip_can_be_read",
    "test_full_range_keeps_its_black_and_white",
}
"""What is tried with Debian's FFmpeg in each run."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests of engines both programs."""
    if "ffmpeg_env" in metafunc.fixturenames:
        marks = [] if metafunc.function.__name__ in DEBIAN_SAMPLE else [pytest.mark.long]
        programs = ["here", pytest.param("debian", marks=marks)]
        metafunc.parametrize("ffmpeg_env", programs, indirect=True, scope="module")


@pytest.fixture(scope="module")
def ffmpeg_env(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """What an engine has in its environment to use the program that is asked for."""
    if request.param == "here":
        return {}
    if reason := debian_ffmpeg.why_not():
        pytest.skip(reason)
    return {"IMAGEIO_FFMPEG_EXE": str(debian_ffmpeg.FFMPEG)}


@pytest.fixture(scope="module")
def burns(
    tmp_path_factory: pytest.TempPathFactory, ffmpeg_env: Mapping[str, str]
) -> Iterator[Burner]:
    """A running burner, shared by the module's tests."""
    with burner(tmp_path_factory.mktemp("burner"), **ffmpeg_env) as running:
        yield running


@pytest.fixture(scope="module")
def downloads(
    tmp_path_factory: pytest.TempPathFactory, clips: Path, ffmpeg_env: Mapping[str, str]
) -> Iterator[Downloader]:
    """A running downloader; its world serves the module's clips."""
    environment = {"DOWNLOADER_ALLOW_LOOPBACK": "1", "CAPACITY": "4", **ffmpeg_env}
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
def composes(
    tmp_path_factory: pytest.TempPathFactory, clips: Path, ffmpeg_env: Mapping[str, str]
) -> Iterator[Composer]:
    """A running comments engine; its world serves the module's clips."""
    environment = {"CAPACITY": "2", "REMOTION_ALLOW_LOOPBACK": "1", **ffmpeg_env}
    folder = tmp_path_factory.mktemp("work")
    served = {path.name: path for path in clips.iterdir()}
    with surroundings(served) as world, RunningEngine("remotion", folder, environment) as engine:
        yield Composer(engine=engine, world=world)
