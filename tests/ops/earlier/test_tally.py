"""What an import says while it runs, and at its end."""

from __future__ import annotations

from collections import Counter

from ops.earlier.bucket_index import Left
from ops.earlier.progress import Progress
from ops.earlier.tally import Tally, size


def test_progress_is_told_every_two_seconds_with_the_time_that_is_left() -> None:
    now_s, said = [0.0], list[str]()
    progress = Progress(said.append, lambda: now_s[0])
    for tenth in range(101):
        now_s[0] = tenth / 10
        progress.tick(f"{tenth}", tenth / 1000)

    assert said == [f"{tenth}; about 2 min left" for tenth in (20, 40, 60, 80, 100)]
    now_s[0] = 90.0
    progress.tick("nearly", 0.75)
    assert said[-1] == "nearly; about 30 s left"


def test_the_end_names_what_came_what_is_left_and_what_is_missing() -> None:
    tally = Tally(
        found=Counter(media=12_000, video=11_999),
        new=Counter(media=2),
        left=Counter({"rows of users": 3}),
        missing=["a", "b", "c", "d"],
        objects_left={"asr": Left(count=1_000, size_bytes=2_500_000)},
        objects=7,
        copied_bytes=1_234,
    )

    lines = [*tally.lines(dry_run=False)]

    assert lines[:2] == ["media: 12,000, 2 of them new", "videos: 11,999, 0 of them new"]
    assert "objects copied: 7, 1.2 kB" in lines
    assert "  rows of users: 3" in lines
    assert "named, but not in the bucket: a, b, c and 1 more" in lines
    assert lines[-1] == "  asr: 1,000 objects, 2.5 MB"
    assert "media: 12,000, 2 of them would be new" in tally.lines(dry_run=True)
    assert (size(0), size(5e12), size(7e15)) == ("0 B", "5.0 TB", "7000.0 TB")
