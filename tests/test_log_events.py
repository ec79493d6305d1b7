"""docs/observability.md names every log event, with its fields; its queries name what there is."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from media_jobs.machine import TRANSITIONS
from tests.sources import ROOT, modules, nodes

pytestmark = pytest.mark.heavy
DOCUMENT = (ROOT / "docs" / "observability.md").read_text()

COMMON = {"event", "service", "requestId", "jobId", "attempt", "engine", "at", "level", "traceback"}
"""What every line may have; the document says when."""
LOGGERS = {"log", "_log", "_note", "line"}
PLACES = {"app": "app", "orchestrator": "orchestrator"}
WORKERS = set(PLACES.values())
ROW = re.compile(r"^\| `(\w+)` \| ([a-z, ]+) \|([^|]*)\| [^|]+ \|$", re.MULTILINE)


def _places(path: Path) -> set[str]:
    """Return who logs what *path* does; what both Workers share, both."""
    folder, package, *_ = path.relative_to(ROOT).parts
    return {PLACES[package]} if package in PLACES else WORKERS if folder == "src" else {"container"}


def _texts(node: ast.expr | None) -> list[str]:
    """Return the text that *node* is, or the two of ``"this" if … else "that"``."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return [node.value]
    return []


def _of_record(node: ast.Dict) -> Iterator[tuple[str, set[str]]]:
    """Yield event and fields of ``{"event": "swept", "jobs": 3}``."""
    fields = {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    for event in _texts(fields.get("event")):
        yield event, set(fields)


def _of_call(node: ast.Call) -> Iterator[tuple[str, set[str]]]:
    """Yield event and fields of ``log("ready", port=port)`` and its kind."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if isinstance(node.func, ast.Name):
        called = node.func.id
    texts = [text for argument in node.args for text in _texts(argument)]
    if called in LOGGERS and texts:
        yield texts[0], {keyword.arg for keyword in node.keywords if keyword.arg is not None}


@cache
def _in_code() -> dict[str, tuple[set[str], set[str]]]:
    """Return where each event is logged, and with which fields of its own."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in modules("src", "containers"):
        for event, fields in _logged(path):
            places, known = found.setdefault(event, (set(), set()))
            places |= _places(path)
            known |= fields - COMMON
    return found


def _logged(path: Path) -> Iterator[tuple[str, set[str]]]:
    in_worker = path.is_relative_to(ROOT / "src")  # In containers, records are of other kinds, too.
    for node in nodes(path):
        if in_worker and isinstance(node, ast.Dict):
            yield from _of_record(node)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)


@cache
def _documented() -> dict[str, tuple[set[str], set[str]]]:
    return {
        event: (set(places.split(", ")), set(re.findall(r"`(\w+)`", fields)))
        for event, places, fields in ROW.findall(DOCUMENT)
    }


def test_the_code_s_events_are_found() -> None:
    assert len(_in_code()) > 50
    assert _in_code()["swept"] == ({"app"}, {"jobs"})
    assert _in_code()["ready"] == ({"container"}, {"port", "version", "tools"})


def test_every_event_is_documented_and_no_other() -> None:
    assert sorted(_documented()) == sorted(_in_code())


def test_an_event_is_documented_where_it_is_logged_and_with_its_fields() -> None:
    for event, (places, fields) in _in_code().items():
        documented_places, documented_fields = _documented().get(event, (set(), set()))

        assert (event, documented_places) == (event, places)
        assert (event, fields - documented_fields) == (event, set())


def test_events_and_fields_are_written_in_one_way() -> None:
    for event, (_, fields) in _in_code().items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", event)
        for field in fields:
            assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", field)


def test_queries_name_events_and_causes_that_there_are() -> None:
    named = set(re.findall(r"`event = (\w+)`", DOCUMENT))
    causes = set(re.findall(r"`cause = (\w+)`", DOCUMENT))

    assert len(named) >= 10
    assert named <= set(_in_code())
    steps = {re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower() for kind in TRANSITIONS}
    assert causes
    assert causes <= steps
