"""The rings of docs/architecture.md: imports point inwards only. And sizes and names.

Here is what only this project's own words can say; who may import whom, and how long things may be,
`make check` says line by line (`dev.check.sources`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.check.sources import imports_of
from tests.sources import ROOT, modules, nodes

pytestmark = pytest.mark.heavy
FOLDERS = ("src", "containers", "ops", "dev", "tests", "bench", "client")
LINES_MAX = 500

# What the core may use of the standard library: nothing with I/O, a clock, randomness or an
# environment. A module is added here when it is as pure as these.
PURE = {
    *(
        "base64",
        "binascii",
        "bisect",
        "collections",
        "collections.abc",
        "dataclasses",
        "decimal",
        "enum",
    ),
    *(
        "difflib",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "hmac",
        "html",
        "itertools",
        "json",
        "math",
    ),
    "array",
    "codecs",  # For the names of encodings.
    *("operator", "re", "string", "textwrap", "types", "typing", "unicodedata", "urllib.parse"),
    *("importlib", "pkgutil"),  # The registry of engines imports its own package's modules.
    "ipaddress",  # Parses and classifies; resolves nothing.
    "xml.parsers",  # Expat, which reads what it is given and fetches nothing.
    "datetime",  # For arithmetic and formats; its clock is refused below.
}
# What use cases get as arguments.
OUTSIDE = {"os", "random", "secrets", "socket", "subprocess", "threading", "time", "uuid"}
CLOCK_CALLS = {"now", "utcnow", "today"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "shared"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of each imported module, also of imports inside functions."""
    yield from (found.module for found in imports_of(path.read_bytes()))


def calls_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, attribute) of everything like ``json.loads``."""
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


def test_the_core_imports_only_itself_and_what_is_pure() -> None:
    allowed = {"media_jobs", "pydantic", "pydantic_core", "chardet"}
    impure = [
        f"{name(path)} imports {imported}"
        for path in modules("src/media_jobs")
        for imported in imports(path)
        if imported.partition(".")[0] not in allowed and imported not in PURE
    ]

    assert impure == []


def test_time_randomness_and_environment_are_arguments() -> None:
    taken = []
    for path in modules("src/media_jobs", "src/app", "src/orchestrator"):
        taken += [
            f"{name(path)} imports {imported}"
            for imported in imports(path)
            if imported.partition(".")[0] in OUTSIDE
        ]
        taken += [
            f"{name(path)} calls {owner}.{attribute}"
            for owner, attribute in calls_of(path)
            if owner in {"datetime", "date"} and attribute in CLOCK_CALLS
        ]

    assert taken == []


def test_no_worker_parses_json_with_the_parser_that_deep_nesting_kills() -> None:
    killed = {("json", "loads"), ("json", "load")}

    assert [name(path) for path in modules("src") if killed & set(calls_of(path))] == []


def test_the_folder_of_sources_holds_packages_only() -> None:
    assert [path for path in (ROOT / "src").iterdir() if path.suffix == ".py"] == []


def test_no_script_is_longer_than_can_be_read() -> None:
    found = [*ROOT.glob("dev/**/*.mjs"), *ROOT.glob("public/**/*.js")]
    scripts = [path for path in found if "messages" not in path.parts]  # Tables of words.
    lengths = {name(path): len(path.read_text().splitlines()) for path in scripts}

    assert {path: lines for path, lines in lengths.items() if lines > LINES_MAX} == {}


def test_every_module_is_named_for_what_it_is() -> None:
    assert [name(path) for path in modules(*FOLDERS) if path.stem.strip("_") in VAGUE] == []


def test_no_program_edits_the_path_of_imports() -> None:
    # But the host, which starts Python as Cloudflare's runtime does.
    for path in modules(*FOLDERS):
        if "sys.path" not in path.read_text():
            continue
        edited = [
            node.lineno
            for node in nodes(path)
            if (isinstance(node, ast.Attribute | ast.Subscript))
            and ast.unparse(node.value) == "sys.path"
        ]
        assert edited == [] or path.is_relative_to(ROOT / "dev/stack/host"), name(path)
