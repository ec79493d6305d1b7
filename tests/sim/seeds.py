"""Which worlds the tests meet: the same ones for the same sources."""

import hashlib
from pathlib import Path

SEEDS = 1 << 40
"""Seeds are drawn below this."""


def seed_of(sources: Path) -> int:
    """Return the seed that the sources in a folder begin with: of their paths and contents."""
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(sources).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return int.from_bytes(digest.digest()) % SEEDS
