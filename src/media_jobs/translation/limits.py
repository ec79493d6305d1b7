"""How much a translation memory may hold."""

__all__ = ["GLOSSARY_MAX", "MEMORY_BYTES_MAX", "PAIRS_MAX", "TERM_CHARS_MAX", "TEXT_CHARS_MAX"]

MEMORY_BYTES_MAX = 4 << 20
GLOSSARY_MAX = 2_000
PAIRS_MAX = 20_000
TERM_CHARS_MAX = 200
TEXT_CHARS_MAX = 2_000
"""Of one cue's text on either side of a pair."""
