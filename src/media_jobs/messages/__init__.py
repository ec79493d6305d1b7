"""What the system says to people: one catalogue by key, in English and in Chinese.

The Workers and containers speak English; the page, which reads both languages from files that are
made of the catalogue, fills the same keys and values in the language of its reader. What only one
engine says stands in the module `messages` of its declaration.
"""

from collections.abc import Mapping

from media_jobs.later import Later

__all__ = ["Value", "find_message", "message"]

Value = str | int | float
_ENGLISH: Later[Mapping[str, str]] = Later("media_jobs.messages.english", "MESSAGES")
_OF_ENGINES: Later[Mapping[str, str]] = Later("media_jobs.messages.of_engines", "ENGLISH")
_NAMED = (
    *("down.", "failure.", "field.", "input.", "notice.", "part.", "setting.", "state."),
    *("upstream_failed", "webhook_off.", "why.", "bad_request."),
)
"""How a value begins that is itself the key of a message, for which it stands."""


def message(key: str, **values: Value) -> str:
    """Return the English message of *key* with its *values*; raises KeyError for an unknown one.

    A value that is a key stands for its message, which is filled with the other values, or with
    those that begin with this key and a dot; so do several with commas between.
    """
    text = find_message(key)
    if text is None:
        raise KeyError(key)
    return _filled(text, values) if values else text


def find_message(key: str) -> str | None:
    """Return the English message of *key* without its values, None for an unknown one."""
    found = _ENGLISH().get(key)
    return _OF_ENGINES().get(key) if found is None else found


class _Words(dict[str, Value]):
    """Values by name; a text that comes from outside may be a key, and bring none of its values."""

    def __missing__(self, _name: str) -> str:
        return ""


def _filled(text: str, values: Mapping[str, Value]) -> str:
    return text.format_map(_Words({name: _word(name, values) for name in values}))


def _word(name: str, values: Mapping[str, Value]) -> Value:
    value = values[name]
    if not isinstance(value, str) or not value.startswith(_NAMED):
        return value
    keys = value.split(", ")
    texts = [_ENGLISH().get(key) for key in keys]
    if None in texts or not all(key.startswith(_NAMED) for key in keys):
        return value
    others = {other: one for other, one in values.items() if other != name}
    words = [_filled(text or "", _own(key, others)) for key, text in zip(keys, texts, strict=True)]
    return (" " if keys[0].startswith("notice.") else ", ").join(words)


def _own(key: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return what the message of *key* is filled with."""
    mine = f"{key}."
    return {
        **values,
        **{name.removeprefix(mine): one for name, one in values.items() if name.startswith(mine)},
    }
