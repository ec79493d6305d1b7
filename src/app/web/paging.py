"""Pages of lists: how long one may be."""

from typing import Final

PAGE_DEFAULT: Final = 50
PAGE_MAX: Final = 100
"""Items of one page at most, and jobs of one bulk request."""
