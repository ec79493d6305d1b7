"""The names of the engines for the users' client, which sees nothing of the project."""

from media_jobs.engines import ENGINES

TARGET = "client/vidgen/engines.py"


def client_engines() -> str:
    """Return client/vidgen/engines.py, formatted as ruff does it."""
    names = {engine.name.upper(): engine.id for engine in ENGINES.values()}
    constants = "\n".join(f'{name}: Final = "{engine_id}"' for name, engine_id in names.items())
    exported = "".join(f'    "{name}",\n' for name in [*names, "Engine"])
    literal = "".join(f'    "{engine_id}",\n' for engine_id in names.values())
    return f'''"""The engines by their ids on the wire.

Generated from src/media_jobs/engines by `python -m dev.docs`; do not edit.
"""

from typing import Final, Literal

__all__ = [
{exported}]

{constants}

Engine = Literal[
{literal}]
'''
