"""What an import has found, brought along and left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ops.earlier.bucket_index import Left

KINDS = {
    "media": "media",
    "video": "videos",
    "subtitles": "subtitles",
    "comments-data": "comments",
    "thumbnail": "thumbnails",
    "jobs": "jobs",
    "outputs": "outputs of jobs",
}
"""What is brought along, by slot or kind, and what people call it."""
SHOWN_KEYS_MAX = 3
UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts, by the names of `KINDS`. *new*: of what was not here before.

    *renewed*: media that are here and called otherwise in the dump by now.
    *left*: what has no place here, by reason; *missing*: keys that are named and not in the bucket;
    *objects_left*: what stays in the bucket alone. *objects*: how many are new, and their size.
    """

    found: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    objects_left: Mapping[str, Left] = field(default_factory=dict)
    renewed: int = 0
    objects: int = 0
    copied_bytes: int = 0

    def document(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "found": {kind: self.found[kind] for kind in KINDS},
            "new": {kind: self.new[kind] for kind in KINDS},
            "renewed": self.renewed,
            "objects": self.objects,
            "copiedBytes": self.copied_bytes,
            "left": dict(sorted(self.left.items())),
            "missing": self.missing,
            "objectsLeft": {
                kind: {"count": left.count, "sizeBytes": left.size_bytes}
                for kind, left in self.objects_left.items()
            },
        }

    def lines(self, *, dry_run: bool) -> Iterator[str]:
        """Yield it for people."""
        verb = "would be new" if dry_run else "new"
        for kind, words in KINDS.items():
            yield f"{words}: {self.found[kind]:,}, {self.new[kind]:,} of them {verb}"
        if self.renewed:
            yield f"media whose title or site is another by now: {self.renewed:,}"
        did = "to copy" if dry_run else "copied"
        yield f"objects {did}: {self.objects:,}, {size(self.copied_bytes)}"
        if self.left:
            yield "has no place here, and stays in the dump alone:"
            yield from (f"  {reason}: {count:,}" for reason, count in sorted(self.left.items()))
        if self.missing:
            shown = ", ".join(self.missing[:SHOWN_KEYS_MAX])
            more = len(self.missing) - SHOWN_KEYS_MAX
            rest = f" and {more:,} more" if more > 0 else ""
            yield f"named, but not in the bucket: {shown}{rest}"
        if self.objects_left:
            yield "stays in the bucket alone:"
            for kind, left in self.objects_left.items():
                yield f"  {kind}: {left.count:,} objects, {size(left.size_bytes)}"


def size(size_bytes: float) -> str:
    """Return a size in words."""
    unit = 0
    while size_bytes >= 1000 and unit < len(UNITS) - 1:
        size_bytes /= 1000
        unit += 1
    return f"{size_bytes:.{1 if unit else 0}f} {UNITS[unit]}"
