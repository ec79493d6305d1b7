"""The pictures of the page: all are shown, all are small."""

import json
import re

import pytest

from dev.fixtures.showcase import FILMS, Showcase
from dev.installation import ROOT
from dev.pictures.screenshots import PICTURES, shots
from dev.pictures.sheets import views
from tests.public.javascript import evaluate

PAGE = (ROOT / "docs/page.md").read_text(encoding="utf-8")
PICTURE_BYTES_MAX = 120_000
ALL_BYTES_MAX = 1_500_000


SHOW = Showcase(
    media=dict.fromkeys(FILMS, "med_1"),
    burned="job_1",
    comments="job_2",
    failed="job_3",
    running=("j",),
)
FURTHER = {"run": "runs/run_1", "transcript": "media/med_1/transcript", "join": "join/secret"}


def made() -> set[str]:
    """Return the names of the pictures that the command makes."""
    return set(shots(SHOW))


@pytest.mark.programs
def test_every_view_has_sheets() -> None:
    addresses = [address.partition("?")[0].split("/") for address in views(SHOW, FURTHER).values()]
    seen = evaluate("addresses.js", f"{json.dumps(addresses)}.map((one) => m.viewOf(one)[0])")

    table = (ROOT / "public/js/main.js").read_text().partition("const VIEWS = {")[2]
    shown = set(re.findall(r"^  (\w+): \(\) => import", table, re.MULTILINE))
    assert set(seen) == shown


def test_the_document_shows_every_picture_that_the_command_makes_and_no_other() -> None:
    kept = {path.name for path in PICTURES.iterdir()}

    assert set(re.findall(r"screenshots/([\w.-]+)", PAGE)) == kept
    assert {name.partition(".")[0] for name in kept} == made()


def test_each_picture_and_all_together_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}

    assert {name for name, size in sizes.items() if size > PICTURE_BYTES_MAX} == set()
    assert sum(sizes.values()) <= ALL_BYTES_MAX
