"""Which worlds the tests meet: the same ones for the same sources, shared out among processes."""

import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path

SEEDS = 1 << 40
"""Seeds are drawn below this."""
CLAIM = 16
"""How many a process takes at a time."""


def seed_of(sources: Path) -> int:
    """Return the seed that the sources in a folder begin with: of their paths and contents."""
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(sources).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return int.from_bytes(digest.digest()) % SEEDS


def claimed(seeds: range, ledger: Path) -> Iterator[int]:
    """Yield those of *seeds* that no other process takes which was given the same *ledger*."""
    ledger.touch()
    while seeds_next := seeds[(begin := _claim(ledger)) : begin + CLAIM]:
        yield from seeds_next


def _claim(ledger: Path) -> int:
    with ledger.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        begin = int(file.read() or 0)
        file.seek(0)
        file.write(str(begin + CLAIM))
        return begin
