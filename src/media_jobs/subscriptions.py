"""Subscriptions: what a look has found of a list, which entries are new, and when to look again."""

from collections.abc import Set
from hashlib import sha256
from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationError

from media_jobs.redaction import without_grants
from media_jobs.retry import Backoff
from media_jobs.wire import Foreign

__all__ = [
    "ENTRIES_MAX",
    "FAILURES_MAX",
    "PASSING",
    "SKIPPED",
    "URL_CHARS_MAX",
    "ListedEntry",
    "Listing",
    "Skipped",
    "fresh_entries",
    "next_look_ms",
    "next_utc_day_ms",
    "read_listing",
    "skipped_for",
    "utc_day_ms",
]

ENTRIES_MAX = 500
"""How many entries a look reads: what the downloader lists at most."""
FAILURES_MAX = 5
"""So many looks that fail one after the other pause a subscription."""

URL_CHARS_MAX = 2000
"""A longer address is stored cut, and starts nothing."""

_DAY_MS = 24 * 3600_000
_SITE_ID_CHARS_MAX = 300

Skipped = Literal["live", "upcoming", "private", "members", "list", "too_long", "bad_address"]
"""Why an entry starts no run."""
SKIPPED: tuple[str, ...] = get_args(Skipped)
PASSING: frozenset[str] = frozenset({"live", "upcoming", "private", "members"})
"""Reasons that pass: the entry is a new one when a later look finds it without."""


class ListedEntry(Foreign):
    """One entry of a list, as the downloader's metadata has it; *duration_s* in seconds."""

    id: str
    url: str
    title: str | None = None
    duration_s: Annotated[float, Field(ge=0)] | None = None
    upload_date: str | None = None
    unavailable: str | None = None


class Listing(Foreign):
    """What a look has found; *entry_count*: of the whole list, where the site says it."""

    kind: Literal["list"]
    extractor: str
    title: str | None = None
    entries: list[ListedEntry] = Field(default_factory=list, max_length=ENTRIES_MAX)
    entry_count: int | None = None

    @property
    def is_long(self) -> bool:
        """Whether there may be more entries than were read."""
        return max(len(self.entries), self.entry_count or 0) > ENTRIES_MAX or (
            len(self.entries) == ENTRIES_MAX and self.entry_count is None
        )

    def by_site_id(self) -> dict[str, ListedEntry]:
        """Return the entries by what tells them apart, in the list's order, each once.

        The generic reader of pages numbers what it finds; there the address is what stays.
        """
        is_numbered = self.extractor.lower() == "generic"
        found = dict[str, ListedEntry]()
        for entry in self.entries:
            name = without_grants(entry.url) if is_numbered else entry.id
            found.setdefault(name[-_SITE_ID_CHARS_MAX:], entry)
        return found


def read_listing(metadata: str) -> Listing | None:
    """Return what a look's metadata says; None where it is not a list that can be read."""
    try:
        return Listing.model_validate_json(metadata)
    except ValidationError:
        return None


def skipped_for(entry: ListedEntry, duration_max_s: int | None) -> str | None:
    """Return why an entry starts no run; None: it may.

    *duration_max_s*: the longest video that the runs download, in seconds.
    """
    if entry.unavailable in SKIPPED:
        return entry.unavailable
    if len(entry.url) > URL_CHARS_MAX:
        return "bad_address"
    if duration_max_s is not None and (entry.duration_s or 0) > duration_max_s:
        return "too_long"
    return None


def fresh_entries(listing: Listing, known: Set[str]) -> tuple[list[str], list[str]]:
    """Return the site ids that are not *known*: those that are new, oldest first, and older ones.

    Channels list the newest first, playlists often the oldest. Upload dates decide where every new
    entry has one; else where the new ones stand beside the known ones; else the newest come first.
    Of a list that is longer than what was read, what follows all that is known has only moved up
    because something above it was removed.
    """
    entries = listing.by_site_id()
    names = list(entries)
    places = [place for place, name in enumerate(names) if name in known]
    last = places[-1] if places and listing.is_long else len(names)
    older = [name for name in names[last + 1 :] if name not in known]
    new = [name for name in names[: last + 1] if name not in known]
    dates = [entries[name].upload_date for name in new]
    is_oldest_first = bool(places) and all(names.index(name) > places[0] for name in new)
    if not is_oldest_first:
        new.reverse()
        dates.reverse()
    if all(dates):
        # Stable: of one day, the order above stays.
        new = [name for _, name in sorted(zip(dates, new, strict=True), key=_date)]
    return new, older


def _date(dated: tuple[str | None, str]) -> str:
    return dated[0] or ""


def next_look_ms(now_ms: int, every_s: int, failures: int, subscription_id: str, looks: int) -> int:
    """Return when to look again (Unix, ms): 90-100 % of the interval, so that many spread out.

    After *failures* in a row the interval doubles each time, up to a day or its own length.
    """
    every_ms = every_s * 1000
    if failures:
        backoff = Backoff(first_ms=every_ms, most_ms=max(every_ms, _DAY_MS))
        return now_ms + backoff.delay_ms(failures, subscription_id)
    share = sha256(f"{subscription_id}:{looks}".encode()).digest()[0] / 255
    return now_ms + round(every_ms * (0.9 + 0.1 * share))


def utc_day_ms(now_ms: int) -> int:
    """Return the beginning of the day (UTC) that *now_ms* is in."""
    return now_ms - now_ms % _DAY_MS


def next_utc_day_ms(now_ms: int) -> int:
    """Return the beginning of the day (UTC) after *now_ms*."""
    return utc_day_ms(now_ms) + _DAY_MS
