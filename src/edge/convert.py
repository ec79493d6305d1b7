"""Between Python and JavaScript values. The one home of conversions.

The runtime SDK wraps bindings so that they take and give Python values; each call through a
wrapper crosses the language border five to ten times (workers-runtime-sdk 1.9.5). Where a request's
cost matters, the raw objects are used, with strings and numbers that cross by themselves.
"""

from typing import Any

from js import Object
from pyodide.ffi import jsnull, to_js
from workers import import_from_javascript


def raw_env() -> Any:
    """Return the Worker's bindings unwrapped (`cloudflare:workers`); only inside a request."""
    return import_from_javascript("cloudflare:workers").env


def unwrap(wrapper: Any) -> Any:
    """Return the JavaScript object behind an SDK wrapper, or *wrapper* itself if it is one."""
    return getattr(wrapper, "_binding", wrapper)


def options(values: dict[str, Any]) -> Any:
    """Return *values*, nested dicts included, as a plain JavaScript object."""
    return to_js(values, dict_converter=Object.fromEntries)


def jsnull_to_none(value: Any) -> Any:
    """Return None for JavaScript's null, which is not Python's None; undefined already is."""
    return None if value is jsnull else value
