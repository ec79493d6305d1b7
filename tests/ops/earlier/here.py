"""The app's database as an import finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.platform.database import Database


class Here:
    """D1 on SQLite, asked and written to as an import does."""

    def __init__(self) -> None:
        self.database = Database()

    def ask(self, query: str) -> list[dict[str, Any]]:
        return self.database.look(query)

    def run(self, file: Path) -> None:
        for line in file.read_text().splitlines():
            self.database.look(line)
