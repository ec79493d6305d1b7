"""Values that are completed in a shell: engines, states, presets."""

from __future__ import annotations

from typing import Annotated, Final, get_args

import typer

from vidgen import engines
from vidgen.engines import BURN_PRESETS, Engine

__all__ = ["ENGINE_NAMES", "EngineName", "JobStatus", "Preset", "engine_of"]

ENGINE_NAMES: Final = {
    name.lower(): getattr(engines, name)
    for name in engines.__all__
    if name.isupper() and getattr(engines, name) in get_args(Engine)
}
"""The engines' ids by their short names: `burner`, `downloader`, …"""
STATES: Final = (
    *("waiting", "queued", "fetching_metadata", "preparing", "running", "uploading"),
    *("completed", "failed", "canceled"),
)


def engine_of(name: str | None) -> str | None:
    """Return an engine's id, which may have been given by its short name."""
    return None if name is None else ENGINE_NAMES.get(name, name)


def _starting(known: tuple[str, ...], written: str) -> list[str]:
    return [name for name in known if name.startswith(written)]


Preset = Annotated[
    str | None,
    typer.Option(
        help=f"One of {', '.join(BURN_PRESETS)}.",
        autocompletion=lambda incomplete: _starting(BURN_PRESETS, incomplete),
    ),
]
EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help=f"Only of this engine: {', '.join(ENGINE_NAMES)}.",
        autocompletion=lambda incomplete: _starting(tuple(ENGINE_NAMES), incomplete),
    ),
]
JobStatus = Annotated[
    list[str] | None,
    typer.Option(
        "--status",
        help="Only jobs with this status. Repeatable.",
        autocompletion=lambda incomplete: _starting(STATES, incomplete),
    ),
]
