"""What the system says to people: one catalogue by key, in English and in Chinese.

The Workers and containers speak English; the page, which reads both languages from files that are
made of the catalogue, fills the same keys and values in the language of its reader. What only one
engine says stands in the module `messages` of its declaration.
"""

from media_jobs.messages.english import MESSAGES

__all__ = ["MESSAGES", "Value", "find_message", "message"]

Value = str | int | float
_NAMED = ("part.", "field.", "webhook_off.")
"""How a value begins that is itself the key of a message, for which it stands."""


def message(key: str, **values: Value) -> str:
    """Return the English message of *key* with its *values*; raises KeyError for an unknown one."""
    text = find_message(key)
    if text is None:
        raise KeyError(key)
    return text.format_map({n: _word(value) for n, value in values.items()}) if values else text


def _word(value: Value) -> Value:
    is_key = isinstance(value, str) and value.startswith(_NAMED)
    return MESSAGES.get(str(value), value) if is_key else value


def find_message(key: str) -> str | None:
    """Return the English message of *key* without its values, None for an unknown one."""
    if key in MESSAGES:
        return MESSAGES[key]
    # Here, because no start of a Worker needs it, and engines are declared with what is above.
    from media_jobs.messages.of_engines import ENGLISH

    return ENGLISH.get(key)
