"""The engines' options as types for the users' client, which sees nothing of the project."""

import json
import keyword
import subprocess
import sys
from typing import Any

from pydantic.json_schema import models_json_schema

from dev.installation import ROOT
from media_jobs.engines import ENGINES

TARGET = "client/vidgen/options.py"
_REF = "#/$defs/"
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
Schema = dict[str, Any]  # Any: JSON Schema, as deep as it comes.


def client_options() -> str:
    """Return client/vidgen/options.py, formatted as ruff does it."""
    models = {engine.id: engine.options() for engine in ENGINES.values()}
    _, made = models_json_schema([(model, "validation") for model in models.values()])
    definitions = made["$defs"]
    classes = "\n\n".join(_typed(name, definitions[name]) for name in sorted(definitions))
    of = "".join(f"    {id_!r}: {model.__name__},\n" for id_, model in models.items())
    names = "".join(f"    {name!r},\n" for name in ["OPTIONS", *sorted(definitions)])
    source = f'''"""What each engine takes as its options.

Generated from src/media_jobs/engines by `python -m dev.docs`; do not edit.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypedDict

__all__ = [
{names}]

{classes}

OPTIONS: Final[Mapping[str, type]] = {{
{of}}}
"""By engine."""
'''
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "format", f"--stdin-filename={TARGET}", "-"],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def _typed(name: str, schema: Schema) -> str:
    """Return a TypedDict of an object; one with a keyword among its names is made by a call."""
    fields = {field: _type(kind) for field, kind in schema["properties"].items()}
    about = json.dumps(schema.get("description", f"{name}."), ensure_ascii=False)[1:-1]
    sentence = about.split("\\n")[0].replace('\\"', '"').partition(". ")[0]
    first = f"{sentence.rstrip('.:')}."
    if any(map(keyword.iskeyword, fields)):
        listed = ", ".join(f'"{field}": {kind}' for field, kind in fields.items())
        return f'{name} = TypedDict("{name}", {{{listed}}}, total=False)\n"""{first}"""'
    listed = "\n".join(f"    {field}: {kind}" for field, kind in fields.items())
    return f'class {name}(TypedDict, total=False):\n    """{first}"""\n\n{listed}'


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return f'"{schema["$ref"].removeprefix(_REF)}"'
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            kinds = dict.fromkeys(_type(kind) for kind in schema[several])
            return _union(list(kinds))
    if schema["type"] == "array":
        return f"Sequence[{_type(schema['items'])}]"
    return _PLAIN[schema["type"]]


def _union(kinds: list[str]) -> str:
    """Return one of *kinds*; a name among them is read when it is needed."""
    if not any('"' in kind for kind in kinds):
        return " | ".join(kinds)
    return '"' + " | ".join(kind.replace('"', "") for kind in kinds) + '"'
