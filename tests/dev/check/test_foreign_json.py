"""No Worker reads JSON by what deep nesting kills."""

from pathlib import Path

import pytest

from dev.check.foreign_json import foreign_json_faults
from dev.installation import ROOT


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import json\n\nx = json.loads(body)\n", "json.loads"),
        ("from json import dumps, loads\n", "json.loads"),
        ("import json\n\nread = json.JSONDecoder\n", "json.JSONDecoder"),
        ("async def f(r):\n    return await r.json()\n", ".json()"),
    ],
)
def test_a_reader_that_nesting_kills_is_found(tmp_path: Path, source: str, what: str) -> None:
    file = tmp_path / "src" / "edge" / "x.py"
    file.parent.mkdir(parents=True)
    file.write_text(source)

    (fault,) = foreign_json_faults(tmp_path)

    assert fault.where.startswith("src/edge/x.py:")
    assert fault.what.startswith(f"{what} reads JSON")


@pytest.mark.heavy
def test_json_is_written_and_read_by_pydantic(tmp_path: Path) -> None:
    file = tmp_path / "src" / "edge" / "x.py"
    file.parent.mkdir(parents=True)
    file.write_text("import json\n\njson.dumps(1)\nM.model_validate_json(b)\nresponse.json\n")

    assert list(foreign_json_faults(tmp_path)) == []
    assert list(foreign_json_faults(ROOT)) == []
