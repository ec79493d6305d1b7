"""The app's D1, asked and written to by wrangler: here and at Cloudflare alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.installation import APP_CONFIG
from ops.project import Project, ToolFailed
from ops.resources import DATABASE

# Cloudflare's own tables and SQLite's are neither exported nor dropped.
OBJECTS = (
    "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') "
    "AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' ORDER BY rowid DESC"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDatabase:
    """The app's D1: the deployed one, or the one that wrangler keeps in `.wrangler/`."""

    project: Project
    remote: bool

    @property
    def name(self) -> str:
        return "remote" if self.remote else "local"

    def _place(self) -> tuple[str, ...]:
        where = ("--remote", "--env", "production") if self.remote else ("--local",)
        return ("--config", APP_CONFIG, *where)

    def export(self, file: Path) -> None:
        """Write D1's dump to *file*. Raises ToolFailed."""
        options = ("--output", str(file), "--skip-confirmation")
        self.project.must_wrangler("d1", "export", DATABASE, *self._place(), *options)

    def run(self, file: Path) -> None:
        """Execute the file, as a whole or not at all. Raises ToolFailed."""
        options = ("--file", str(file), "--yes")
        self.project.must_wrangler("d1", "execute", DATABASE, *self._place(), *options)

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of one query. Raises ToolFailed."""
        options = ("--command", query, "--yes", "--json")
        command = ("d1", "execute", DATABASE, *self._place(), *options)
        try:
            [answer] = self.project.wrangler_json(*command)
            return list(answer["results"])
        except (ValueError, KeyError, TypeError):
            raise ToolFailed("D1's answer cannot be read.") from None

    def objects(self) -> dict[str, str]:
        """Return the kind of each table and view, those made last first."""
        return {row["name"]: row["type"] for row in self.ask(OBJECTS)}

    def rows(self, tables: Sequence[str]) -> dict[str, int]:
        """Return how many rows each table has."""
        counts = (f'(SELECT COUNT(*) FROM "{name}") AS "{name}"' for name in tables)  # noqa: S608 - names of its own schema.
        found = self.ask(f"SELECT {', '.join(counts)}") if tables else [{}]
        return {name: int(found[0][name]) for name in tables}

    def unfaithful(self, columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
        r"""Return how many rows of each table D1's export would change.

        It writes a line break as `\n` and turns every `\n` of that text into one at the import.
        """
        tests = {
            table: " OR ".join(
                f"""(instr("{name}", char({code})) AND instr("{name}", '{written}'))"""
                for name in names
                for code, written in ((10, r"\n"), (13, r"\r"))
            )
            for table, names in columns.items()
            if names
        }
        counts = (
            f'(SELECT COUNT(*) FROM "{table}" WHERE {test}) AS "{table}"'  # noqa: S608 - names of its own schema.
            for table, test in tests.items()
        )
        found = self.ask(f"SELECT {', '.join(counts)}") if tests else [{}]
        return {table: int(number) for table, number in found[0].items() if number}
