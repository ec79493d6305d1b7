"""Every row of both Workers says what its handler takes, who is let in, and what it does."""

import inspect
import json
import re
from collections.abc import Iterator
from itertools import product
from typing import get_type_hints

from pydantic import BaseModel, ValidationError

from app.api.openapi import answer_of
from app.api.router import ROUTER as APP
from app.web.call import Call as AppCall
from app.web.call import OpenCall
from app.web.caller import Access as AppAccess
from media_jobs.engines import ENGINES
from media_jobs.opening import Opened
from media_jobs.routing import Binary, Route, Text
from media_jobs.validation import field_errors
from media_jobs.wire import Message
from orchestrator.call import Access, AttemptCall, Call, HostCall, LinkCall, ProbeCall
from orchestrator.routes import ROUTER as ORCHESTRATOR

Row = Route[AppAccess] | Route[Access]
OF_THE_ORCHESTRATOR: dict[Access, type] = {
    Access.OPEN: Call,
    Access.SIGNED: Call,
    Access.SIGNED_OR_LINK: Call,
    Access.LINK: LinkCall,
    Access.ATTEMPT: AttemptCall,
    Access.REPORT: Call,
    Access.PROBE: ProbeCall,
    Access.METRICS: Call,
    Access.HOST: HostCall,
}
"""What the handlers of each access are given."""
ROWS: list[tuple[Row, type]] = [
    *(
        (row, OpenCall if row.access in (AppAccess.OPEN, AppAccess.SIGNED) else AppCall)
        for row in APP.routes
    ),
    *((row, OF_THE_ORCHESTRATOR[row.access]) for row in ORCHESTRATOR.routes),
]


def test_a_handler_takes_what_its_row_gives() -> None:
    for row, call in ROWS:
        _takes_what_is_given(row, call)


def _takes_what_is_given(row: Row, call: type) -> None:
    takes = get_type_hints(row.handler)
    takes.pop("return")
    defaults = {
        name
        for name, parameter in inspect.signature(row.handler).parameters.items()
        if parameter.default is not parameter.empty
    }
    given: dict[str, object] = {"call": call}
    given |= dict.fromkeys(re.findall(r"\{(\w+)\}", row.pattern), str)
    if row.query is not None:
        assert issubclass(row.query, BaseModel), row
        given["query"] = row.query
    if isinstance(row.body, Text):
        given["body"] = str
    elif isinstance(row.body, Binary):
        given["body"] = bytes
    elif row.body is not None:
        assert issubclass(row.body, BaseModel), row
        given["body"] = row.body | list[Opened[row.body]] if row.list_max else row.body  # type: ignore[name-defined]

    assert given.items() <= takes.items(), row
    assert takes.keys() - given.keys() <= defaults, row


def test_a_signed_row_has_a_message_that_ages() -> None:
    for row in (row for row, _ in ROWS if row.access == "signed"):
        assert isinstance(row.body, type), row
        assert issubclass(row.body, Message), row
        assert {"type", "ts", "nonce"} <= row.body.model_fields.keys(), row
        assert ("job_id" in row.body.model_fields) or ("{job_id}" not in row.pattern), row


def test_a_row_says_what_it_does_and_answers() -> None:
    for row, _ in ROWS:
        sentence = " ".join((row.handler.__doc__ or "").partition("\n\n")[0].split())

        assert sentence.endswith("."), row
        assert row.answers, row


def test_the_answers_of_the_app_have_models() -> None:
    for row in (row for row in APP.routes if row.access != "signed"):
        for named in row.answers.values():
            answer = answer_of(named)
            assert answer is None or isinstance(answer, Binary | type), row


JUNK: tuple[object, ...] = (
    *(None, True, 0, -1, 10**30, 0.5, 1e308, "", "x", "x" * 5000, "\0", "2020-13-45"),
    *([], [None], ["x"] * 200, [{}], {}, {"x": {"y": [1]}}),
)


def models() -> Iterator[type[BaseModel]]:
    """Yield what the app reads of its callers: bodies, queries, and the options of engines."""
    for row in APP.routes:
        for model in (row.body, row.query):
            if isinstance(model, type) and issubclass(model, BaseModel):
                yield model
    for engine in ENGINES.values():
        yield engine.options()


def test_whatever_is_sent_is_refused_in_words_of_the_catalogue() -> None:
    said: set[str] = set()
    for model, junk in product(set(models()), JUNK):
        for name, field in model.model_fields.items():
            try:
                model.model_validate_json(json.dumps({field.alias or name: junk}))
            except ValidationError as error:
                said |= {f"{one['messageKey']} {one['reason']}" for one in field_errors(error)}

    assert len(said) > 20
    # What pydantic says itself is English in every language.
    assert [one for one in said if one.startswith("field.other ")] == []
