"""The API's reference: each operation as a call."""

import ast
import json
import shlex
from typing import Any

import pytest

from tests.public.javascript import PUBLIC, evaluate

pytestmark = pytest.mark.programs

CALLS = str(PUBLIC / "reference/calls.js")
WHOLE = {
    "components": {
        "schemas": {
            "New": {
                "type": "object",
                "required": ["engine", "size", "names", "nested"],
                "properties": {
                    "engine": {"enum": ["burner", "other"]},
                    "size": {"type": "integer", "minimum": 3},
                    "names": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                    "nested": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/In"}]},
                    "note": {"type": "string"},
                },
            },
            "In": {
                "type": "object",
                "required": ["on"],
                "properties": {"on": {"type": "boolean", "default": True}},
            },
        }
    }
}
NEW = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}}
HARD = 'it\'s a "test" \\ of $HOME\n字'


def call(expression: str) -> Any:
    return evaluate(CALLS, expression)


def test_a_body_begins_with_the_fields_that_are_needed() -> None:
    operation = json.dumps({"requestBody": NEW})

    body = call(f"m.bodyOf({operation}, {json.dumps(WHOLE)})")

    expected = {"engine": "burner", "size": 3, "names": [""], "nested": {"on": True}}
    assert (body["type"], json.loads(body["text"])) == ("application/json", expected)


def test_an_address_has_the_values_that_were_given_and_no_empty_ones() -> None:
    parameters = [{"in": "path", "name": "id"}, *({"in": "query", "name": n} for n in "ab")]
    given = json.dumps({"id": "a/b", "a": "1 2", "b": ""})

    assert call(f"m.addressOf('/x/{{id}}', {json.dumps(parameters)}, {given})") == "/x/a%2Fb?a=1+2"


def test_the_command_sends_what_was_written_whatever_is_in_it() -> None:
    sent = {"method": "post", "address": "/api/x?q='", "body": {"type": "text/x", "text": HARD}}

    # As a shell joins lines.
    words = shlex.split(call(f"m.curlOf({json.dumps(sent)})").replace(" \\\n", " "))

    assert words == [
        *("curl", "-X", "POST", "$VIDGEN_URL/api/x?q='"),
        *("-H", "Authorization: Bearer $VIDGEN_TOKEN", "-H", "Content-Type: text/x"),
        *("--data", HARD),
    ]


def test_the_program_is_python_and_sends_what_was_written() -> None:
    sent = {"method": "put", "address": "/api/x", "body": {"type": "text/x", "text": HARD}}

    tree = ast.parse(call(f"m.pythonOf({json.dumps(sent)})"))

    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {HARD, "PUT", "/api/x", "text/x"} <= texts


def test_what_takes_something_away_is_asked_about() -> None:
    calls = [["delete", "/api/x"], ["post", "/api/jobs/{id}/cancel"], ["post", "/api/jobs"]]

    asked = call(f"{json.dumps(calls)}.map(([method, path]) => m.isDestructive(method, path))")

    assert asked == [True, True, False]
