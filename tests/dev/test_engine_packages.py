"""Debian's packages of single engines are looked for before they are installed."""

import pytest

from dev.engine_packages import missing

pytestmark = pytest.mark.programs


def test_a_package_that_is_not_there_is_missing_and_one_of_every_debian_is_not() -> None:
    wanted = ["media-jobs-no-such-package", "dpkg"]
    is_debian = missing(["dpkg"]) == []

    assert missing(wanted) == (wanted[:1] if is_debian else wanted)
