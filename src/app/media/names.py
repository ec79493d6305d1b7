"""Names of media and of the files that are saved from them."""

import re

from media_jobs.redaction import without_grants

__all__ = ["TITLE_CHARS_MAX", "UNTITLED", "file_stem", "name_from_url"]

TITLE_CHARS_MAX = 300
"""As for a title that a person gives."""
UNTITLED = "Untitled"
"""The title of a media that nobody has named."""
_STEM_CHARS_MAX = 80
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069]')


def file_stem(title: str | None) -> str | None:
    """Return what files of a media called *title* are called, or None for one that has no name yet.

    Without what a file's name may not have on some system, and short enough for all.
    """
    if title is None or title == UNTITLED or "://" in title:
        return None
    plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip(". ")
    return plain[:_STEM_CHARS_MAX].strip(". ") or None


def name_from_url(url: str) -> str:
    """Return the name of a media that is made of *url*, until its site or a person names it."""
    return without_grants(url)[:TITLE_CHARS_MAX]
