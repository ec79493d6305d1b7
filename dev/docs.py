"""The documents that are generated from the code: `python -m dev.docs` writes them."""

import sys

from dev.stack.errors import ROOT
from dev.sync_client import TARGET, sync_client
from media_jobs.machine import TRANSITIONS
from media_jobs.status import ENDED, Status


def lifecycle() -> str:
    """Return docs/lifecycle.md: the diagram and the table of `machine.TRANSITIONS`."""
    lines = [
        "# The life of a job",
        "",
        "Generated from `media_jobs/machine.py` by `python -m dev.docs`; the rules are there.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> queued",
    ]
    order = list(Status)
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for event, rows in TRANSITIONS.items():
        for before, afters in rows.items():
            for after in (status for status in order if status in afters):
                if after is not before:
                    arrows.setdefault((before, after), []).append(event.__name__)
    for (before, after), events in sorted(
        arrows.items(), key=lambda item: (order.index(item[0][0]), order.index(item[0][1]))
    ):
        lines.append(f"    {before} --> {after}: {', '.join(events)}")
    lines += [f"    {status} --> [*]" for status in order if status in ENDED]
    lines += ["```", "", "| event | while | then one of |", "|---|---|---|"]
    for event, rows in TRANSITIONS.items():
        for before, afters in rows.items():
            names = ", ".join(status for status in order if status in afters)
            lines.append(f"| {event.__name__} | {before} | {names} |")
    lines += ["", "Every other pair is refused and changes nothing."]
    return "\n".join(lines) + "\n"


GENERATED = {"docs/lifecycle.md": lifecycle, TARGET: sync_client}


def main() -> int:
    """Write every generated document."""
    for path, make in GENERATED.items():
        (ROOT / path).write_text(make())
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
