"""The pictures of the page: all are shown, all are small."""

import re

from dev.fixtures.showcase import FILMS, Showcase
from dev.installation import ROOT
from dev.pictures.screenshots import PICTURES, shots

PAGE = (ROOT / "docs/page.md").read_text(encoding="utf-8")
PICTURE_BYTES_MAX = 120_000
ALL_BYTES_MAX = 1_500_000


def made() -> set[str]:
    """Return the names of the pictures that the command makes."""
    media = dict.fromkeys(FILMS, "med_1")
    show = Showcase(media=media, burned="job_1", comments="job_2", failed="job_3", running=("j",))
    return set(shots(show))


def test_the_document_shows_every_picture_that_the_command_makes_and_no_other() -> None:
    kept = {path.name for path in PICTURES.iterdir()}

    assert set(re.findall(r"screenshots/([\w.-]+)", PAGE)) == kept
    assert {name.partition(".")[0] for name in kept} == made()


def test_each_picture_and_all_together_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}

    assert {name for name, size in sizes.items() if size > PICTURE_BYTES_MAX} == set()
    assert sum(sizes.values()) <= ALL_BYTES_MAX
