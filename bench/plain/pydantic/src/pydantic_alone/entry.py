"""A Worker that imports pydantic and has one model."""

from typing import Any

from pydantic import BaseModel
from workers import Response, WorkerEntrypoint


class Hello(BaseModel):
    """What is said."""

    word: str


class Default(WorkerEntrypoint):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """HTTP in, HTTP out."""

    async def fetch(self, _request: Any) -> Any:
        """Say hello."""
        return Response(Hello(word="hello").word)
