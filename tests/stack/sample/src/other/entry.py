"""The Worker at the other end of the sample's service bindings."""

# mypy: disable-error-code="misc"
# The SDK is untyped.

from typing import Any

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request: Any) -> Any:
        return Response(f"other: {await request.text()}")


class Reckoner(WorkerEntrypoint):
    async def add(self, a: int, b: int) -> int:
        return a + b
