"""The names of engines and presets for the users' client, which sees nothing of the project."""

from media_jobs.engines import ENGINES
from media_jobs.engines.burner.presets import PRESETS

TARGET = "client/vidgen/engines.py"


def client_engines() -> str:
    """Return client/vidgen/engines.py, formatted as ruff does it."""
    names = {engine.name.upper(): engine.id for engine in ENGINES.values()}
    constants = "\n".join(f'{name}: Final = "{engine_id}"' for name, engine_id in names.items())
    listed = [*sorted([*names, "BURN_PRESETS"]), "Engine"]
    exported = "".join(f'    "{name}",\n' for name in listed)
    presets = "".join(f'    "{name}",\n' for name in PRESETS)
    literal = "".join(f'    "{engine_id}",\n' for engine_id in names.values())
    return f'''"""The engines by their ids on the wire, and the names of the burner's presets.

Generated from src/media_jobs/engines by `python -m dev.docs`; do not edit.
"""

from typing import Final, Literal

__all__ = [
{exported}]

{constants}

Engine = Literal[
{literal}]

BURN_PRESETS: Final = (
{presets})
'''
