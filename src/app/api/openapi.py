"""The reference of the API as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1).

It is built from the rows of the routes and the models that they name. That takes a while, so
nothing is built before it is requested (docs/decisions/0007-reference-made-of-the-models.md).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.access.auth import cookie_name
from app.access.tokens import NewPreset
from app.jobs.planning import JobToCheck, NewJob
from app.media.uploads import NewUpload, NewVideo
from app.settings import UPLOAD_BYTES_MAX
from app.web import (
    answers,
    media_answers,
    people_answers,
    recipe_answers,
    subscription_answers,
    translation_answers,
)
from app.web.caller import Access
from app.web.refusals import Problem
from media_jobs import __version__
from media_jobs.engines import ENGINES, Engine
from media_jobs.ids import ID
from media_jobs.routing import Binary, Route, Text

Schema = dict[str, Any]  # Any: JSON Schema, as deep as it comes.
Content = type[BaseModel] | Text | Binary
Refs = Mapping[type[BaseModel], Schema]

_SECURITY: Schema = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": cookie_name("https:"),
        "description": "What `POST /api/session` sets; over plain http its name is "
        f"`{cookie_name('http:')}`.",
    },
}
_SAID = {
    101: "The protocol is switched to WebSocket.",
    202: "Accepted; the rest follows.",
    206: "The range that was asked for.",
    304: "What the caller has is the newest.",
    416: "The range is beyond the end: `content-range` gives the size.",
}
_REF = "#/components/schemas/"
_EMPHASIS = re.compile(r"\*(\w+)\*")
_PARAMETER = re.compile(r"\{(\w+)\}")


def openapi_document(
    routes: Iterable[Route[Access]], upload_bytes_max: int = UPLOAD_BYTES_MAX
) -> Schema:
    """Return the document of all *routes* but those that only the orchestrator may call.

    *upload_bytes_max*: how large an upload may be in this installation.
    """
    shown = [route for route in routes if route.access is not Access.SIGNED]
    refs, schemas = _schemas(shown)
    for model in (NewUpload, NewVideo):
        schemas[model.__name__]["properties"]["sizeBytes"]["maximum"] = upload_bytes_max
    paths: dict[str, Schema] = {}
    for route in shown:
        operation = _operation(route, refs)
        paths.setdefault(_shown_path(route.pattern), {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Media jobs",
            "version": __version__,
            "description": "Download videos, burn subtitles, compose videos of comments.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": _SECURITY,
        },
    }


def answer_of(named: str | Binary | None) -> Content | None:
    """Return what a row names: `Job` and `Page[Job]` are models of `app.web.answers`
    or of its subject's module beside it.

    A name that is not there raises AttributeError.
    """
    if not isinstance(named, str):
        return named
    name, _, item = named.rstrip("]").partition("[")
    model: Any = _model(name)  # Any: an answer, or a page of one.
    content: type[BaseModel] = model[_model(item)] if item else model
    return content


def _model(name: str) -> Any:  # Any: as above.
    modules = (
        media_answers,
        people_answers,
        recipe_answers,
        subscription_answers,
        translation_answers,
    )
    return getattr(next((one for one in modules if hasattr(one, name)), answers), name)


def _shown_path(pattern: str) -> str:
    return _PARAMETER.sub(lambda found: "{" + _camel(found[1]) + "}", pattern)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _schemas(routes: Iterable[Route[Access]]) -> tuple[Refs, Schema]:
    """Return a reference for each model that *routes* name, and all schemas by name."""
    models: set[type[BaseModel]] = {
        Problem,
        NewJob,
        JobToCheck,
        *(engine.options() for engine in ENGINES.values()),
    }
    for route in routes:
        contents = (route.body, *map(answer_of, route.answers.values()))
        models.update(content for content in contents if isinstance(content, type))
    ordered = sorted(models, key=lambda model: (model.__module__, model.__qualname__))
    refs, made = models_json_schema(
        [(model, "validation") for model in ordered], ref_template=_REF + "{model}"
    )
    schemas: Schema = {name: _portable(schema) for name, schema in made["$defs"].items()}
    _split_by_engine(schemas, NewJob.__name__)
    _split_by_engine(schemas, JobToCheck.__name__, with_media=False)
    _split_presets(schemas)
    return {model: refs[model, "validation"] for model in ordered}, dict(sorted(schemas.items()))


def _portable(schema: object) -> Any:  # Any: JSON Schema.
    r"""Return *schema* with patterns as ECMA 262 writes them: `$` is the end, there is no `\z`.

    Its descriptions name fields as they are sent. Where names of fields have a pattern, there are
    no others.
    """
    if isinstance(schema, dict):
        members = {name: _portable_member(name, value) for name, value in schema.items()}
        by_name = members.get("patternProperties")
        if isinstance(by_name, dict):
            members["patternProperties"] = {
                pattern.replace(r"\z", "$"): value for pattern, value in by_name.items()
            }
            members.setdefault("additionalProperties", False)
        return members
    if isinstance(schema, list):
        return [_portable(item) for item in schema]
    return schema


def _portable_member(name: str, value: object) -> Any:  # Any: JSON Schema.
    if not isinstance(value, str):
        return _portable(value)
    if name == "pattern":
        return value.replace(r"\z", "$")
    if name == "description":
        return _EMPHASIS.sub(lambda found: f"`{_camel(found[1])}`", value)
    return value


def _split_by_engine(schemas: Schema, model: str, *, with_media: bool = True) -> None:
    """Say of a job what its engine takes: one schema per engine, *with_media* if it needs one."""
    whole = schemas.pop(model)
    mapping = {}
    for engine in ENGINES.values():
        name, options = f"{model}_{engine.id}", engine.options().__name__
        own: Schema = {
            "engine": {"const": engine.id, "type": "string"},
            "options": {"$ref": _REF + options},
            "inputs": _inputs(whole["properties"]["inputs"], engine),
        }
        needed = ["engine"]
        if "required" in schemas[options]:
            needed.append("options")
        if engine.media_from is None and with_media:
            needed.append("mediaId")
            own["mediaId"] = next(kind for kind in whole["properties"]["mediaId"]["anyOf"])
        properties = {**whole["properties"], **own}
        schemas[name] = {**whole, "title": name, "properties": properties, "required": needed}
        mapping[engine.id] = _REF + name
    schemas[model] = _one_of(mapping)


def _split_presets(schemas: Schema) -> None:
    """Say of a new preset what its engine takes: all but secrets, and no address is needed."""
    whole = schemas.pop(NewPreset.__name__)
    mapping = {}
    for engine in ENGINES.values():
        name = f"{NewPreset.__name__}_{engine.id}"
        options = {**schemas[engine.options().__name__]}
        known = options["properties"].items()
        options["properties"] = {n: v for n, v in known if n not in engine.secret_options}
        options["required"] = [n for n in options.get("required", []) if n != engine.media_from]
        own: Schema = {"engine": {"const": engine.id, "type": "string"}, "options": options}
        schemas[name] = {**whole, "title": name, "properties": {**whole["properties"], **own}}
        mapping[engine.id] = _REF + name
    schemas[NewPreset.__name__] = _one_of(mapping)


def _one_of(mapping: Mapping[str, str]) -> Schema:
    return {
        "oneOf": [{"$ref": ref} for ref in mapping.values()],
        "discriminator": {"propertyName": "engine", "mapping": mapping},
    }


def _inputs(whole: Schema, engine: Engine) -> Schema:
    version = whole["additionalProperties"]
    inputs: Schema = {
        "type": "object",
        "properties": {slot.name: version for slot in engine.inputs if not slot.of_job},
        "additionalProperties": False,
        "default": {},
    }
    for slot in engine.inputs:
        if slot.another_of is not None:
            alone = {"properties": {slot.name: {"type": "null"}}}
            other = {slot.another_of: {"not": {"type": "null"}}}
            inputs["anyOf"] = [alone, {"required": [slot.another_of], "properties": other}]
    return inputs


def _operation(route: Route[Access], refs: Refs) -> Schema:
    pattern, access, handler = route.pattern, route.access, route.handler
    summary, description = _said(handler.__doc__ or "")
    operation: Schema = {
        "operationId": _camel(handler.__name__) + ("Head" if route.method == "HEAD" else ""),
        "summary": summary,
        "tags": [pattern.split("/")[2] if pattern.startswith("/api/") else "health"],
        "parameters": _parameters(route),
        "responses": _responses(route, refs),
    }
    if access is not Access.OPEN:
        needed = {
            Access.ANY: "a caller",
            Access.OPERATOR: "an operator",
            Access.PERSON: "a person",
        }
        who = needed.get(access, f"the scope `{access}`")
        description = f"Needs {who}. {description}".strip()
        operation["security"] = [{"token": []}, {"session": []}]
        operation["x-scope"] = access
    if description:
        operation["description"] = description
    if route.body is not None:
        operation["requestBody"] = {
            "required": route.body_needed,
            "content": _content(route.body, refs),
        }
    return operation


def _said(doc: str) -> tuple[str, str]:
    """Return a handler's first sentence, without its stop, and what follows it."""
    first, _, rest = doc.partition("\n\n")
    return " ".join(first.split()).rstrip("."), " ".join(rest.split())


def _parameters(route: Route[Access]) -> list[Schema]:
    path = [
        {
            "name": _camel(name),
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{ID}$"},
        }
        for name in _PARAMETER.findall(route.pattern)
    ]
    queried = {} if route.query is None else _queried(route.query)
    needed = set() if route.query is None else _needed(route.query)
    return path + [
        {"name": name, "in": place, "schema": dict(schema)}
        | ({"required": True} if place == "query" and name in needed else {})
        for place, schemas in (("query", queried), ("header", route.headers))
        for name, schema in schemas.items()
    ]


def _needed(model: type[BaseModel]) -> set[str]:
    """Return the parameters that a query must have."""
    fields = model.model_fields.items()
    return {field.alias or name for name, field in fields if field.is_required()}


def _queried(model: type[BaseModel]) -> Schema:
    """Return the schema of each parameter."""
    made = _portable(model.model_json_schema())
    return {name: _parameter(schema, made) for name, schema in made["properties"].items()}


def _parameter(schema: Schema, made: Schema) -> Schema:
    """Return *schema* without what a query cannot say: null, references, names of its own."""
    one, *_ = schema.get("anyOf", [{}])
    if "$ref" in (one or schema):
        one = made["$defs"][(one or schema)["$ref"].rpartition("/")[2]]
    flat = {**schema, **one}
    allowed = {"type", "enum", "minimum", "maximum", "pattern", "maxLength", "minLength"}
    kept = {name: value for name, value in flat.items() if name in allowed}
    for name in ("default", "description"):
        if schema.get(name) not in (None, "", []):
            kept[name] = schema[name]
    return kept


def _responses(route: Route[Access], refs: Refs) -> Schema:
    refused = {
        "description": "Refused: `code` and `detail` say why.",
        "content": {"application/problem+json": {"schema": refs[Problem]}},
    }
    responses: Schema = {}
    for status, named in route.answers.items():
        responses[str(status)] = {"description": _SAID.get(status, "Done.")}
        if (content := answer_of(named)) is not None:
            responses[str(status)]["content"] = _content(content, refs)
    return {**responses, "4XX": refused, "5XX": refused}


def _content(content: Content, refs: Refs) -> Schema:
    if isinstance(content, Text):
        return {name: {"schema": {"type": "string"}} for name in content.types}
    if isinstance(content, Binary):
        return {name: {"schema": {}} for name in content.types}
    return {"application/json": {"schema": refs[content]}}
