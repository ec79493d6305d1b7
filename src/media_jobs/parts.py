"""Large objects in parts: how they are cut. Sizes in bytes.

R2's limits (developers.cloudflare.com/r2/platform/limits): parts of 5 MiB to 5 GiB, all of one size
but the last, at most 10,000 of them; a single PUT of at most 4.995 GiB. Far fewer parts are made
here, so that the list of their ETags fits into a callback.
"""

__all__ = [
    "IN_PARTS_ABOVE",
    "MIB",
    "PARTS_MAX",
    "SIZE_MAX",
    "part_count",
    "part_size",
    "part_span",
]

MIB = 1024 * 1024
PART_MIN = 32 * MIB
PARTS_MAX = 1000
SIZE_MAX = 4 * 1024 * 1024 * MIB
IN_PARTS_ABOVE = 128 * MIB
"""Containers upload what is larger in parts: a broken connection then costs one part."""


def part_size(size: int, least: int = PART_MIN) -> int:
    """Return the size of the parts, whole MiB, of an object of *size* bytes (1 to `SIZE_MAX`).

    *least*: how small parts may be, whole MiB from 5 on.
    """
    assert 1 <= size <= SIZE_MAX
    smallest = -(-size // PARTS_MAX)
    return max(least, -(-smallest // MIB) * MIB)


def part_count(size: int, part: int) -> int:
    """Return how many parts of *part* bytes an object of *size* bytes has."""
    return -(-size // part)


def part_span(number: int, size: int, part: int) -> tuple[int, int]:
    """Return offset and length of part *number* (from 1); only the last may be shorter."""
    assert 1 <= number <= part_count(size, part)
    offset = (number - 1) * part
    return offset, min(part, size - offset)
