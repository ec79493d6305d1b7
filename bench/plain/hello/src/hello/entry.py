"""A Worker that says hello: what the SDK alone costs."""

from typing import Any

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """HTTP in, HTTP out."""

    async def fetch(self, _request: Any) -> Any:
        """Say hello."""
        return Response("hello")
