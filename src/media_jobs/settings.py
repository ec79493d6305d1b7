"""A Worker's settings, each read by its name; what is raised names the one at fault, no value."""

from collections.abc import Callable
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from media_jobs.errors import SettingError

S = TypeVar("S")
Get = Callable[[str], str | None]


def text(get: Get, name: str, default: str = "") -> str:
    """Return the setting *name*."""
    value = (get(name) or "").strip() or default
    if not value:
        raise SettingError(name, "setting.missing")
    return value


def url(get: Get, name: str) -> str:
    """Return a base URL, without a slash at its end."""
    return _base_url(name, text(get, name))


def urls(get: Get, name: str) -> tuple[str, ...]:
    """Return the base URLs of a setting that has one, or several with commas between."""
    return tuple(_base_url(name, one.strip()) for one in text(get, name).split(","))


def _base_url(name: str, value: str) -> str:
    value = value.rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingError(name, "setting.http_url")
    return value


def whole(get: Get, name: str, at_least: int, at_most: int, default: int | None = None) -> int:
    """Return a whole number, of seconds or of things."""
    value = text(get, name, "" if default is None else str(default))
    digits = value.isascii() and value.isdigit() and len(value) <= 15
    if not digits or not at_least <= int(value) <= at_most:
        raise SettingError(name, "field.whole_number_from_to", least=at_least, most=at_most)
    return int(value)


class FirstRead(Generic[S]):
    """The settings in a Worker's env, read at the isolate's first request.

    Settings and secrets change only with a deployment, which starts new isolates.
    """

    def __init__(self, read: Callable[[Get], S]) -> None:
        self._read = read
        self._settings: S | None = None

    def __call__(self, env: object) -> S:
        if self._settings is None:

            def get(name: str) -> str | None:
                value = getattr(env, name, None)
                return value if isinstance(value, str) else None

            self._settings = self._read(get)
        return self._settings

    def forget(self) -> None:
        """Begin a new isolate."""
        self._settings = None
