"""How long the parts of a comments document may be, in characters, and how many there are."""

__all__ = ["COMMENTS_MAX", "COUNT_MAX", "NAME_CHARS_MAX", "TEXT_CHARS_MAX", "TITLE_CHARS_MAX"]

COMMENTS_MAX = 500
"""So many comments are kept; of more, those with the most likes."""
TITLE_CHARS_MAX = 300
NAME_CHARS_MAX = 100
TEXT_CHARS_MAX = 10_000
"""YouTube's own limit."""
COUNT_MAX = 10**15
"""Of likes, views and answers."""
