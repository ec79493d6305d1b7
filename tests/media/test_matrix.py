"""Videos of every kind are burned, and right; what is compared comes from what was drawn."""

import os
from pathlib import Path

import pytest

from tests.media import matrix, matrix_page
from tests.media.burning import Burner, vtt
from tests.media.matrix import FEW, HARMS, MANY, Sample
from tests.media.matrix_checks import CHECKS, STYLE
from tests.media.matrix_clips import made

SEED = int(os.environ.get("MATRIX_SEED", "11"))


def check(burns: Burner, sample: Sample, folder: Path) -> None:
    source = made(sample, folder)
    subtitles = vtt((0.4, 0.8, sample.text))
    if sample.harm:
        assert burns.failure(source, subtitles, STYLE)["code"] == HARMS[sample.harm]
        return
    video = burns.burn(source, subtitles, STYLE)
    for look in CHECKS.values():
        look(video, sample, source)


@pytest.mark.parametrize("sample", matrix.drawn(SEED, FEW), ids=lambda sample: sample.name)
def test_a_few_of_every_kind_come_out_right(burns: Burner, sample: Sample, tmp_path: Path) -> None:
    check(burns, sample, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("sample", matrix.drawn(SEED + 1, MANY), ids=lambda sample: sample.name)
def test_every_kind_comes_out_right(burns: Burner, sample: Sample, tmp_path: Path) -> None:
    check(burns, sample, tmp_path)


def test_the_docs_name_what_is_drawn() -> None:
    assert matrix_page.PAGE.read_text(encoding="utf-8").startswith(matrix_page.drawn())
