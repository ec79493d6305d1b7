"""One attempt's pieces, which several hosts make: what its container asks the orchestrator.

The attempt that leads asks with its plan, a helper with what it has made (`media_jobs.pieces`).
Whoever gets no answer goes on alone: nobody ever needs another host.
"""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from engine_kit.failures import EngineFailure
from engine_kit.fonts import font_folders
from engine_kit.links import Links
from engine_kit.logs import log
from engine_kit.settings import VERSION
from engine_kit.transfer import Transfers
from media_jobs.limits import PIECES_MAX
from media_jobs.options import HttpUrl
from media_jobs.pieces import PiecesWanted

__all__ = ["CONTENT_TYPE", "Given", "Piecework", "kit_of"]

CONTENT_TYPE = "application/octet-stream"
_Number = Annotated[int, Field(ge=0, lt=PIECES_MAX)]


class Given(BaseModel):
    """An answer. *piece*: the next one to make; *put_url*: where a helper puts it; *made*: where
    those are that helpers have made; *others*: those that helpers are at.
    """

    piece: _Number | None
    put_url: HttpUrl | None = Field(default=None, alias="putUrl")
    made: dict[_Number, HttpUrl] = Field(default_factory=dict)
    others: list[_Number] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piecework:
    """The way to the pieces of an attempt; *url*: where it asks."""

    links: Links
    transfers: Transfers
    url: str

    async def ask(self, wanted: PiecesWanted) -> Given | None:
        """Return the answer, None where there is none; an attempt that is fenced out ends here."""
        content = await self.links.answer(self.url, wanted.to_json())
        if content is None:
            return None
        try:
            return Given.model_validate_json(content)
        except ValidationError:
            log("pieces_refused", why="answered something else than a piece")
            return None

    async def fetch(
        self, number: int, url: str, path: Path, *, size_bytes_max: int | None = None
    ) -> None:
        """Fetch a piece that a helper has made; raises EngineFailure as any download."""
        field = _field(number)
        self.links.add({field: url})
        await self.transfers.download(field, path, size_bytes_max=size_bytes_max)

    async def send(self, number: int, url: str, path: Path) -> None:
        """Put a piece where its leader looks for it; raises EngineFailure as any upload."""
        field = _field(number)
        self.links.add({field: url})
        await self.transfers.upload(path, field, content_type=CONTENT_TYPE)


def _field(number: int) -> str:
    return f"piece-{number}"


def kit_of(tools: Mapping[str, str]) -> str:
    """Return a word that two hosts share if they work alike: by version, tools, fonts, machine."""
    fonts = sorted(f"{path.name} {path.stat().st_size}" for path in _font_files())
    parts = [VERSION, platform.machine(), *(f"{name} {tools[name]}" for name in sorted(tools))]
    return sha256("\n".join([*parts, *fonts]).encode()).hexdigest()[:32]


def _font_files() -> Iterable[Path]:
    try:
        folders = font_folders()
    except EngineFailure:  # What draws nothing needs none.
        folders = ()
    return (path for folder in folders for path in folder.iterdir() if path.is_file())
