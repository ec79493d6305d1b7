"""Bindings by name. One that the config lacks fails what uses it, and names itself."""

from typing import Any, NoReturn

from media_jobs.errors import SettingError


class _Unbound:
    """Stands for a missing binding: any use of it raises SettingError."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, _: str) -> NoReturn:
        raise SettingError(self._name, "setting.not_bound")


def binding(env: Any, name: str) -> Any:
    """Return the binding *name* of the Worker's raw *env*."""
    found = getattr(env, name, None)
    return _Unbound(name) if found is None else found
