"""What was meant by a name that the API does not know: `fontsize` is `style.fontSize`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints, is_typeddict

from vidgen.errors import ApiError
from vidgen.options import OPTIONS

__all__ = ["closest", "option_paths", "with_suggestions"]

CLOSE: Final = 0.6
_CHOICES: Final = re.compile(r"'([^']*)'")


def with_suggestions(error: ApiError, given: Mapping[str, Any]) -> ApiError:
    """Return *error* whose reasons say what was meant, where that can be guessed.

    *given*: what was sent. Unknown options are compared with those of its engine, or of all where
    it is a recipe's; a value that is none of the choices with these.
    """
    fields = tuple((field, reason + _meant(field, reason, given)) for field, reason in error.fields)
    return type(error)(error.status, error.code, error.detail, fields, error.request_id)


def closest(name: str, known: Sequence[str]) -> str | None:
    """Return the one of *known* that *name* most resembles, whatever its case and dashes."""
    plain = {_plain(one): one for one in reversed(known)}
    found = get_close_matches(_plain(name), plain, n=1, cutoff=CLOSE)
    return plain[found[0]] if found else None


def _plain(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).casefold()


def _meant(field: str, reason: str, given: Mapping[str, Any]) -> str:
    choices = _CHOICES.findall(reason)
    if choices:
        value = _value(field, given)
        found = closest(value, choices) if isinstance(value, str) else None
        return f"; did you mean {found!r}?" if found is not None else ""
    path = field.split(".")[1:]
    if not path or not field.startswith("options."):
        return ""
    # Of a recipe, the first name is a step's.
    engines = [given["engine"]] if given.get("engine") in OPTIONS else list(OPTIONS)
    step, own = ("", path) if len(engines) == 1 else (f"{path[0]}.", path[1:])
    known = [known for engine in engines for known in option_paths(engine)]
    if not own or ".".join(own) in known:
        return ""
    parent = own[:-1]
    beside = [one for one in known if one.split(".")[:-1] == parent]
    for paths in (beside, known):
        last = closest(own[-1], [one.rpartition(".")[2] for one in paths])
        if last is not None:
            named = next(one for one in paths if one.rpartition(".")[2] == last)
            return f"; did you mean {step}{named}?"
    return ""


def _value(field: str, given: Mapping[str, Any]) -> object:
    found: Any = given
    for part in field.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list | tuple) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


@cache
def option_paths(engine: str) -> tuple[str, ...]:
    """Return the names of an engine's options, those of objects with a dot: `style.fontSize`."""
    return tuple(_paths(OPTIONS[engine]))


def _paths(kind: Any, before: str = "") -> Iterator[str]:  # Any: a form of typing.
    for name, inner in get_type_hints(kind).items():
        yield before + name
        for one in get_args(inner) if get_origin(inner) in (Union, UnionType) else (inner,):
            if is_typeddict(one):
                yield from _paths(one, f"{before}{name}.")
