"""The gallery shows everything that there is to choose, and nothing that there is not."""

import re
from typing import get_args

from PIL import Image

from dev.installation import ROOT
from dev.pictures.gallery import BURNS, PICTURES
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.engines.remotion.options import Preset

PAGE = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")


def shown() -> set[str]:
    """Return the names of the pictures that the page shows."""
    return set(re.findall(r"\(gallery/([a-z-]+)\.jpg\)", PAGE))


def test_every_preset_of_both_engines_is_on_the_page() -> None:
    burner = get_args(BurnOptions.model_fields["preset"].annotation)
    comments = get_args(Preset)

    assert {f"burn-{preset}" for preset in burner} <= shown()
    assert {f"comments-{preset}" for preset in comments} <= shown()


def test_the_page_shows_the_pictures_that_the_command_makes() -> None:
    kept = {path.stem for path in PICTURES.iterdir()}

    assert shown() == kept
    assert {name for name in kept if name.startswith("burn-")} == set(BURNS)


def test_the_pictures_are_small_and_all_of_one_size_per_kind() -> None:
    sizes: dict[str, set[tuple[int, int]]] = {"burn": set(), "comments": set()}
    for path in PICTURES.iterdir():
        with Image.open(path) as picture:
            sizes[path.stem.partition("-")[0]].add(picture.size)
        assert path.stat().st_size < 200_000, path.name

    assert sizes == {"burn": {(800, 450)}, "comments": {(1319, 908)}}
