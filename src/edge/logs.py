"""One JSON object per line, as the dashboard's filters want it."""

import json

import js


def log(record: dict[str, object]) -> None:
    """Write *record* to the Worker's log, without absent fields."""
    present = {name: value for name, value in record.items() if value is not None}
    js.console.log(json.dumps(present, ensure_ascii=False, separators=(",", ":"), default=str))
