"""Options of an engine in the words of the earlier system's containers, and back. Pure.

Each engine that has a counterpart there has a table of rows, one for each option that both know.
What has no row, or a value that has no word there, can't be asked of such a container: it ignores
what it does not know, and nobody would be told. Paths are names joined by dots.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from media_jobs.errors import OptionsUnsupported

__all__ = [
    "EarlierOptions",
    "NoWord",
    "Row",
    "by_words",
    "from_earlier",
    "to_earlier",
]

Options = Mapping[str, Any]  # Any: JSON.
_Path = tuple[str, ...]


class NoWord(ValueError):
    """A value that the other side has no word for."""


def _same(value: Any) -> Any:
    return value


def by_words(
    words: Mapping[Any, str],
) -> tuple[Callable[[Any], str], Callable[[Any], Any]]:
    """Return how values are said, and read, that have a word each; both raise NoWord."""

    def say(value: Any) -> str:
        if value not in words:
            raise NoWord
        return words[value]

    def read(said: Any) -> Any:
        for value, word in words.items():
            if word == said:
                return value
        raise NoWord

    return say, read


@dataclass(frozen=True, slots=True)
class Row:
    """One option: its path here and there, and how its values are said there and read here.

    Both raise NoWord; *say* returns None for what is left unsaid. *read* None: its value follows
    from another row's.
    """

    ours: str
    theirs: str
    say: Callable[[Any], Any] = _same
    read: Callable[[Any], Any] | None = _same


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierOptions:
    """What an engine's options are called in the earlier system.

    *usual* returns options that ask for nothing, with all that a job may leave out. *asked* returns
    what of a job's options matters. *ignored*: their paths of which nothing is made here; *empty*:
    their names that may be there as long as they say nothing. *mend*: the last hand at what was
    read, which gets it and the options there.
    """

    rows: tuple[Row, ...]
    usual: Callable[[], BaseModel]
    asked: Callable[[Options], Options] = dict
    ignored: frozenset[str] = field(default_factory=frozenset)
    empty: frozenset[str] = field(default_factory=frozenset)
    mend: Callable[[dict[str, Any], Options], dict[str, Any]] = lambda ours, theirs: ours


def to_earlier(table: EarlierOptions, options: Options) -> dict[str, Any]:
    """Return a job's *options* as that system's container reads them; raises OptionsUnsupported."""
    usual = dict(_leaves(table.usual().model_dump(by_alias=True, exclude_none=True)))
    said: dict[str, Any] = {}
    unsupported: list[str] = []
    for path, value in _leaves(table.asked(options)):
        if value is None:
            continue
        rows = [row for row in table.rows if row.ours == ".".join(path)]
        if not rows and value != usual.get(path):
            unsupported.append(".".join(path))
        for row in rows:
            try:
                word = row.say(value)
                if word is not None:
                    _put(said, _path(row.theirs), word)
            except NoWord:
                unsupported.append(row.ours)
    if unsupported:
        raise OptionsUnsupported(tuple(dict.fromkeys(unsupported)))
    return said


def from_earlier(table: EarlierOptions, given: Options) -> dict[str, Any]:
    """Return options that may be in the earlier system's words in ours.

    Ours stay as they are, and so does what can't be understood, for the model to refuse it by name.
    """
    ours: dict[str, Any] = {}
    known = {_path(name) for name in table.ignored}
    for row in table.rows:
        path = _path(row.theirs)
        value = _at(given, path)
        if value is None or (value == "" and path[0] in table.empty):
            continue
        try:
            if row.read is not None:
                _put(ours, _path(row.ours), row.read(value))
            known.add(path)
        except NoWord:
            continue
    for path, value in _leaves(given, known):
        if not (path[0] in table.empty and value in (None, "", {}, [])):
            _put(ours, path, value)
    return table.mend(ours, given)


def _leaves(
    options: Options, known: set[_Path] | frozenset[_Path] = frozenset(), above: _Path = ()
) -> Iterator[tuple[_Path, Any]]:
    """Yield what is no object, or an empty one, with its path; nothing of what is *known*."""
    for name, value in options.items():
        path = (*above, name)
        if path in known:
            continue
        if isinstance(value, dict) and value:
            yield from _leaves(value, known, path)
        else:
            yield path, value


def _at(options: Options, path: _Path) -> Any:
    found: Any = options
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _path(names: str) -> _Path:
    return tuple(names.split("."))


def _put(options: dict[str, Any], path: _Path, value: Any) -> None:
    *above, name = path
    for step in above:
        options = options.setdefault(step, {})
    options[name] = value
