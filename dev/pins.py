"""Pin what the images are built from: `python -m dev.pins [--propose]`, where there is Docker.

The base image is pinned by its digest, which only a registry knows, and Debian's packages by the
day of the archive that they come from. Both move together, so that the packages fit the image:
the day is that of the run. `--propose` makes a pull request of it, by `git` and `gh`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime

from dev.installation import ROOT

DOCKERFILE = ROOT / "containers/Dockerfile"
BRANCH = "pins"
_IMAGE = re.compile(r"^ARG PYTHON_IMAGE=([^\s@]+)(?:@\S+)?$", re.MULTILINE)
_SNAPSHOT = re.compile(r"^ARG DEBIAN_SNAPSHOT=\S+$", re.MULTILINE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def image_of(dockerfile: str) -> str:
    """Return the base image's name and tag, without its digest."""
    found = _IMAGE.search(dockerfile)
    assert found is not None, "the Dockerfile has no PYTHON_IMAGE"
    return found[1]


def pinned(dockerfile: str, digest: str, day: datetime) -> str:
    """Return the Dockerfile with the base image at *digest*, and Debian's archive of that *day*.

    Raises ValueError for what is no digest.
    """
    if _DIGEST.fullmatch(digest) is None:
        raise ValueError(f"not a digest: {digest!r}")
    text = _IMAGE.sub(f"ARG PYTHON_IMAGE={image_of(dockerfile)}@{digest}", dockerfile)
    return _SNAPSHOT.sub(f"ARG DEBIAN_SNAPSHOT={day:%Y%m%d}T000000Z", text)


def _run(*argv: str) -> str:
    ended = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def _propose() -> None:
    """Push the change as the branch *pins*, in the place of an older proposal."""
    who = "github-actions[bot]"
    named = ("-c", f"user.name={who}", "-c", f"user.email={who}@users.noreply.github.com")
    title = "Build the images from what the registry has today"
    _run("git", "checkout", "-B", BRANCH)
    _run("git", *named, "commit", "-m", title, "--", str(DOCKERFILE))
    _run("git", "push", "--force", "origin", BRANCH)
    if not _run("gh", "pr", "list", "--head", BRANCH, "--state", "open", "--json", "number")[2:-1]:
        body = "The base image's digest and the day of Debian's archive, as resolved in this run."
        _run("gh", "pr", "create", "--head", BRANCH, "--title", title, "--body", body)


def main() -> int:
    """Resolve, rewrite the Dockerfile, and propose the change if there is one and it is wished."""
    before = DOCKERFILE.read_text(encoding="utf-8")
    image = image_of(before)
    digest = _run(
        *("docker", "buildx", "imagetools", "inspect", image),
        *("--format", "{{.Manifest.Digest}}"),
    )
    after = pinned(before, digest, datetime.now(UTC))
    DOCKERFILE.write_text(after, encoding="utf-8")
    print(f"{image} is {digest}")
    if after != before and "--propose" in sys.argv[1:]:
        _propose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
