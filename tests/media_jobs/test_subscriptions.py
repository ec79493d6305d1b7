"""What a look has found: which entries are new, in which order, and when to look again."""

import json
from collections.abc import Mapping

import pytest

from media_jobs.subscriptions import (
    ENTRIES_MAX,
    Listing,
    fresh_entries,
    next_look_ms,
    next_utc_day_ms,
    read_listing,
    skipped_for,
)

HOUR_MS = 3_600_000


def listing(*names: str, dates: Mapping[str, str] | None = None, **more: object) -> Listing:
    entries = [
        {"id": name, "url": f"https://v.test/{name}", "uploadDate": (dates or {}).get(name)}
        for name in names
    ]
    document = {"kind": "list", "extractor": "YoutubeTab", "entries": entries, **more}
    found = read_listing(json.dumps(document))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("names", "known", "new"),
    [
        ("cba", "", "abc"),
        ("edcba", "abc", "de"),
        ("abcde", "abc", "de"),
        ("abc", "abc", ""),
        ("dabc", "abc", "d"),
        ("bd", "ac", "db"),
    ],
    ids=["unknown", "above", "below", "none", "one above", "all new"],
)
def test_new_entries_come_oldest_first_whichever_way_the_list_runs(
    names: str, known: str, new: str
) -> None:
    assert fresh_entries(listing(*names), set(known)) == (list(new), [])


def test_dates_decide_where_every_new_entry_has_one() -> None:
    dates = {"a": "2026-03-01", "b": "2026-01-01", "c": "2026-02-01"}

    assert fresh_entries(listing(*"abc", dates=dates), set())[0] == ["b", "c", "a"]
    assert fresh_entries(listing(*"abcd", dates=dates), set())[0] == ["d", "c", "b", "a"]


def test_what_moves_up_in_a_list_that_is_longer_than_a_look_is_not_new() -> None:
    names = ["new", *(f"v{number}" for number in range(ENTRIES_MAX - 1))]
    known = set(names[1:-2])

    assert fresh_entries(listing(*names, entryCount=900), known) == (["new"], names[-2:])
    assert fresh_entries(listing(*names, entryCount=ENTRIES_MAX), known)[1] == []


def test_entries_that_are_only_numbered_are_known_by_their_addresses() -> None:
    one = {"id": "page-1", "url": "https://v.test/a?token=1"}
    two = {"id": "page-2", "url": "https://v.test/b"}
    document = {"kind": "list", "extractor": "Generic", "entries": [one, two]}

    found = read_listing(json.dumps(document))

    assert found is not None
    assert list(found.by_site_id()) == ["https://v.test/a", "https://v.test/b"]


@pytest.mark.parametrize(
    "metadata",
    ["", "{", "[]", '{"kind": "video", "extractor": "x"}', '{"kind": "list"}'],
)
def test_what_is_no_list_is_none(metadata: str) -> None:
    assert read_listing(metadata) is None


def test_an_entry_is_skipped_for_what_the_list_says_and_for_its_length() -> None:
    document = {
        "kind": "list",
        "extractor": "x",
        "entries": [
            {"id": "a", "url": "https://v.test/a", "unavailable": "live", "durationS": 99},
            {"id": "b", "url": "https://v.test/b", "unavailable": "a word of later"},
            {"id": "c", "url": "https://v.test/c", "durationS": 61.0},
            {"id": "d", "url": "https://v.test/d", "durationS": 60.0},
            {"id": "e", "url": "https://v.test/" + "e" * 2000},
        ],
    }
    found = read_listing(json.dumps(document))
    assert found is not None

    reasons = [skipped_for(one, 60) for one in found.entries]
    assert reasons == ["live", None, "too_long", None, "bad_address"]
    assert skipped_for(found.entries[2], None) is None


def test_looks_spread_over_a_tenth_of_the_interval() -> None:
    gaps = [next_look_ms(0, 3600, 0, f"scr_{number}", 1) for number in range(300)]

    assert 0.9 * HOUR_MS <= min(gaps) < 0.91 * HOUR_MS
    assert 0.99 * HOUR_MS < max(gaps) <= HOUR_MS


@pytest.mark.parametrize(
    ("every_h", "failures", "most_h"),
    [(1, 1, 1), (1, 2, 2), (1, 4, 8), (12, 2, 24), (12, 4, 24), (48, 3, 48)],
)
def test_after_failures_the_interval_doubles_up_to_a_day(
    every_h: int, failures: int, most_h: int
) -> None:
    gap = next_look_ms(0, every_h * 3600, failures, "scr_1", 7)

    assert 0.75 * most_h * HOUR_MS <= gap <= most_h * HOUR_MS


def test_a_day_ends_at_midnight_utc() -> None:
    # 2026-11-30T23:59:59.999Z and the millisecond after it.
    assert next_utc_day_ms(1_796_083_199_999) == 1_796_083_200_000
    assert next_utc_day_ms(1_796_083_200_000) == 1_796_169_600_000
