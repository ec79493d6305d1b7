"""What the system says to people: one catalogue by key, in English and in Chinese.

The Workers and containers speak English; the page, which reads both languages from files that are
made of the catalogue, fills the same keys and values in the language of its reader.
"""

from media_jobs.messages.english import MESSAGES

__all__ = ["MESSAGES", "Value", "message"]

Value = str | int | float


def message(key: str, **values: Value) -> str:
    """Return the English message of *key* with its *values*; raises KeyError for an unknown one."""
    text = MESSAGES[key]
    return text.format_map(values) if values else text
