"""The gallery shows everything that there is to choose, and nothing that there is not."""

import re
from typing import get_args

from PIL import Image

from dev.installation import ROOT
from dev.pictures.gallery import BURNS, BYTES_MAX, PICTURES, makers
from media_jobs.engines.burner.options import SubtitleStyle
from media_jobs.engines.burner.presets import PRESETS
from media_jobs.engines.remotion.options import Preset

PAGE = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")
ALL_BYTES_MAX = 3_000_000


def shown() -> set[str]:
    """Return the names of the pictures that the page shows."""
    return set(re.findall(r"\(gallery/([a-z-]+)\.webp\)", PAGE))


def test_everything_that_there_is_to_choose_is_on_the_page() -> None:
    highlights = get_args(SubtitleStyle.model_fields["highlight"].annotation)

    assert {f"burn-{preset}{more}" for preset in PRESETS for more in ("", "-two")} <= shown()
    assert {f"burn-highlight-{manner}" for manner in highlights if manner != "none"} <= shown()
    assert {f"comments-{preset}" for preset in get_args(Preset)} <= shown()


def test_the_page_shows_the_pictures_that_the_command_makes() -> None:
    kept = {path.stem for path in PICTURES.iterdir()}

    assert shown() == kept == set(makers())


def test_the_pictures_are_small_and_those_of_burns_of_one_size() -> None:
    sizes = set()
    for path in PICTURES.iterdir():
        assert path.stat().st_size <= BYTES_MAX, path.name
        with Image.open(path) as picture:
            if path.stem in BURNS:
                sizes.add(picture.size)

    assert len(sizes) == 1
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= ALL_BYTES_MAX
