"""Calls to a job's Durable Object: text in, text out.

Numbers, None and nested values change on their way through RPC, and exceptions lose their type
(platform: Python Workers RPC), so an answer is a status of three digits and a JSON document in one
string.
"""

from typing import Any

from pydantic_core import to_json

from media_jobs.http import Reply


def pack(status: int, document: object) -> str:
    """Return an answer as text."""
    return f"{status:03d}{to_json(document).decode()}"


def unpack(answer: str) -> Reply:
    """Return a packed answer as an HTTP reply, without parsing its document."""
    return Reply(
        status=int(answer[:3]),
        body=answer[3:],
        headers={"content-type": "application/json; charset=utf-8"},
    )


class JobStub:
    """One job's Durable Object, seen from the Worker."""

    def __init__(self, namespace: Any, job_id: str) -> None:
        self._job_id = job_id
        self._stub = namespace.getByName(job_id)

    async def start(self, body: str, request_id: str) -> str:
        """Take a verified `StartJob`."""
        return str(await self._stub.start(body, request_id))

    async def callback(self, attempt: int, token: str, body: str, signers: str) -> str:
        """Take a container's callback whose signature is right."""
        return str(await self._stub.callback(attempt, token, body, signers))

    async def cancel(self, generation: int, reason: str, request_id: str) -> str:
        """Cancel the job."""
        return str(await self._stub.cancel(self._job_id, generation, reason, request_id))

    async def status(self) -> str:
        """Return the public status document."""
        return str(await self._stub.status())

    async def watch(self, for_s: int) -> str:
        """Show the job's progress for so long."""
        return str(await self._stub.watch(for_s))

    async def replay(self) -> str:
        """Deliver dead letters again."""
        return str(await self._stub.replay())

    async def urls(self, attempt: int, token: str, body: str) -> str:
        """Return fresh presigned URLs for an attempt."""
        return str(await self._stub.urls(attempt, token, body))

    async def pieces(self, attempt: int, token: str, body: str) -> str:
        """Return the next piece of an attempt."""
        return str(await self._stub.pieces(attempt, token, body))

    async def artifacts(self) -> str:
        """Return the accepted outputs by slot."""
        return str(await self._stub.artifacts())
