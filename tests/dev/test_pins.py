from datetime import UTC, datetime

import pytest

from dev.pins import DOCKERFILE, image_of, pinned

DIGEST = "sha256:" + "0123456789abcdef" * 4
DAY = datetime(2026, 12, 7, 4, 41, tzinfo=UTC)
BEFORE = """\
ARG PYTHON_IMAGE=python:3.13-slim-trixie
ARG DEBIAN_SNAPSHOT=20261115T000000Z

FROM ${PYTHON_IMAGE} AS packages
"""
AFTER = f"""\
ARG PYTHON_IMAGE=python:3.13-slim-trixie@{DIGEST}
ARG DEBIAN_SNAPSHOT=20261207T000000Z

FROM ${{PYTHON_IMAGE}} AS packages
"""


def test_the_image_and_the_day_of_the_archive_are_pinned_together() -> None:
    assert pinned(BEFORE, DIGEST, DAY) == AFTER


def test_what_is_pinned_is_renewed_by_its_tag() -> None:
    older = AFTER.replace("0123", "9999").replace("20261207", "20261130")

    assert image_of(older) == "python:3.13-slim-trixie"
    assert pinned(older, DIGEST, DAY) == AFTER


@pytest.mark.parametrize("answer", ["", "latest", "sha256:0123", f"{DIGEST}\nmore"])
def test_what_is_no_digest_is_not_written(answer: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        pinned(BEFORE, answer, DAY)


def test_the_dockerfile_has_both_lines() -> None:
    text = DOCKERFILE.read_text()

    made = pinned(text, DIGEST, DAY)

    assert f"ARG PYTHON_IMAGE=python:3.13-slim-trixie@{DIGEST}\n" in made
    assert "ARG DEBIAN_SNAPSHOT=20261207T000000Z\n" in made
    assert len(made.splitlines()) == len(text.splitlines())
