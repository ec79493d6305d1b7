"""The files that are made of the code and of packages: `python -m dev.docs` writes them."""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from dev import (
    burn_looks,
    client_engines,
    client_options,
    container_files,
    kubernetes_files,
    page_messages,
    route_tables,
    sync_client,
)
from dev.installation import ROOT
from media_jobs.events import Event
from media_jobs.machine import ATTEMPTS, TRANSITIONS
from media_jobs.record import AttemptState
from media_jobs.status import ENDED, Status


def lifecycle() -> str:
    """Return docs/lifecycle.md: the diagrams and tables of the two tables in `machine`."""
    jobs = _chart("queued", [status for status in Status if status in ENDED], TRANSITIONS)
    attempts = _chart("waiting", [AttemptState.ENDED], ATTEMPTS)
    return f"""# The life of a job

Generated from `media_jobs/machine.py` by `python -m dev.docs`; the rules are there.

{jobs}
Every other pair is refused and changes nothing.

## One attempt

A job is worked on in one attempt at a time. *none*: it has none yet. From *ended*, the event opens
the next attempt.

{attempts}
Every other pair is refused and changes nothing, and so is every event of an attempt that is not the
current one.
"""


State = Status | AttemptState | None


def _chart(
    first: str,
    ends: Sequence[State],
    table: Mapping[type[Event], Mapping[Any, Collection[Any]]],
) -> str:
    """Return the diagram and the table of *table*: event -> state before -> states after."""
    order: list[State] = [None, *Status, *AttemptState]
    arrows: dict[tuple[State, State], list[str]] = {}
    rows = []
    for event, befores in table.items():
        for before in sorted(befores, key=order.index):
            afters = sorted(befores[before], key=order.index)
            names = ", ".join(after or "none" for after in afters)
            rows.append(f"| {event.__name__} | {before or 'none'} | {names} |")
            for after in afters:
                if None not in (before, after) and after is not before:
                    arrows.setdefault((before, after), []).append(event.__name__)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    for before, after in sorted(arrows, key=lambda pair: [order.index(state) for state in pair]):
        lines.append(f"    {before} --> {after}: {', '.join(arrows[before, after])}")
    lines += [f"    {end} --> [*]" for end in ends]
    lines += ["```", "", "| event | while | then one of |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def page_library() -> str:
    """Return the page's only library: a file of an npm package, kept byte for byte."""
    return (ROOT / "node_modules/htm/preact/standalone.module.js").read_text(encoding="utf-8")


def api_reference() -> str:
    """Return docs/api.md with its generated parts made anew."""
    return burn_looks.with_options(route_tables.api_reference())


GENERATED: Mapping[str, Callable[[], str]] = {
    "docs/lifecycle.md": lifecycle,
    route_tables.TARGET: api_reference,
    burn_looks.GALLERY: burn_looks.gallery,
    burn_looks.PAGE_MODULE: burn_looks.page_module,
    sync_client.TARGET: sync_client.sync_client,
    client_engines.TARGET: client_engines.client_engines,
    client_options.TARGET: client_options.client_options,
    **page_messages.TARGETS,
    **container_files.TARGETS,
    **kubernetes_files.TARGETS,
    "public/vendor/htm-preact.js": page_library,
}


def main() -> int:
    """Write every generated document."""
    for path, make in GENERATED.items():
        (ROOT / path).write_text(make())
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
