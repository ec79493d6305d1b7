"""`python -m dev.engine_packages` gets what engines' images have of Debian beside what all have,
where root and apt are: an engine whose program is missing says so in its container's health.
"""

import subprocess
from collections.abc import Iterable

from dev import debian
from media_jobs.engines import ENGINES


def missing(packages: Iterable[str]) -> list[str]:
    """Return those of *packages* that are not installed; all of them where there is no dpkg."""
    return [package for package in packages if not _is_installed(package)]


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    try:
        found = subprocess.run(query, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return False
    return found.stdout == "installed"


def install() -> None:
    """Install what is missing, or say which engine does without it."""
    for engine in ENGINES.values():
        wanted = missing(engine.debian)
        if wanted and debian.can_install():
            print(f"setup: {', '.join(wanted)} of Debian for the {engine.name}", flush=True)
            debian.install(*wanted)
        if wanted := missing(wanted):
            print(
                f"setup: the {engine.name} does without {', '.join(wanted)} on this machine. "
                f"On Debian, apt-get install {' '.join(wanted)} adds it."
            )


if __name__ == "__main__":
    install()
