"""Titles of media that nobody has named."""

from media_jobs.file_names import UNTITLED
from media_jobs.redaction import without_grants

__all__ = ["TITLE_CHARS_MAX", "UNTITLED", "name_from_url"]

TITLE_CHARS_MAX = 300
"""As for a title that a person gives."""


def name_from_url(url: str) -> str:
    """Return the name of a media that is made of *url*, until its site or a person names it."""
    return without_grants(url)[:TITLE_CHARS_MAX]
